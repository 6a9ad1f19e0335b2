//! From what a person typed to the items meant: an id, a compiled entry's label, or a query.

use std::sync::Arc;

use anyhow::{Result, bail};
use cahoots_analyze::{Place, Record};
use cahoots_record::ItemOrd;
use cahoots_search::{InARow, Index, Query, SearchOptions, Sort};

use crate::desk::Desk;

/// Finds items by id, label or query.
pub struct Finder<'a> {
    desk: &'a Desk,
    index: Arc<Index>,
    rows: InARow,
    by_ord: Vec<Option<Place>>,
}

impl<'a> Finder<'a> {
    /// A finder over a case and a record of it.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn new(desk: &'a Desk, record: &Record) -> Result<Self> {
        let mut by_ord = vec![None; desk.case().n_items() as usize];
        for place in record.places() {
            if let Some(slot) = by_ord.get_mut(record.row(place).ord.0 as usize) {
                *slot = Some(place);
            }
        }
        let index = desk.index()?;
        let rows = index.in_a_row()?;
        Ok(Self { desk, index, rows, by_ord })
    }

    fn places(&self, ords: impl IntoIterator<Item = ItemOrd>) -> Vec<Place> {
        let mut places: Vec<Place> = ords
            .into_iter()
            .filter_map(|ord| self.by_ord.get(ord.0 as usize).copied().flatten())
            .collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The items whose text holds these words in a row, in the order of the record; `None` if there
    /// are more than `most`.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn in_a_row(&self, words: &str, most: usize) -> Result<Option<Vec<Place>>> {
        Ok(self.rows.find(words, most)?.map(|ords| self.places(ords)))
    }

    /// The items that a text means: an item id or the beginning of one, a native id or label
    /// (`M6`), else everything that the query finds.
    ///
    /// # Errors
    /// When the text is a query with a mistake in it, or an id that several items share.
    pub fn find(&self, text: &str) -> Result<Vec<Place>> {
        let text = text.trim();
        if !text.is_empty() && !text.contains(char::is_whitespace) {
            let exact = self.index.with_native_id(text)?;
            if !exact.is_empty() {
                return Ok(self.places(exact));
            }
            let short = text.trim_start_matches('[').trim_end_matches(']').to_lowercase();
            if short.len() >= 6 {
                let by_id = self.index.find_id_prefix(&short)?;
                match by_id.as_slice() {
                    [] => {}
                    [(_, ord)] => return Ok(self.places([*ord])),
                    several => {
                        bail!("{text} begins the ids of {} items; give more of it", several.len())
                    }
                }
            }
        }
        let today = jiff::Timestamp::now().to_zoned(self.desk.zone().clone());
        let query = Query::parse(text, &today)
            .map_err(|error| anyhow::anyhow!("{}", error.render(text)))?;
        let options = SearchOptions {
            limit: self.by_ord.len(),
            offset: 0,
            sort: Sort::TimeAsc,
            counts: false,
        };
        let found = self.index.search(&query, self.desk, &options)?;
        Ok(self.places(found.hits.into_iter().map(|hit| hit.ord)))
    }
}
