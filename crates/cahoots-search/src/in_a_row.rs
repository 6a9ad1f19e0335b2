//! Where some words stand in a row, asked many times over.

use cahoots_record::ItemOrd;
use tantivy::columnar::Column;
use tantivy::query::{EnableScoring, PhraseQuery, Query, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, TERMINATED, Term};

use crate::error::SearchError;
use crate::index::Index;
use crate::tokens;

/// Finds items by words in a row; what every question needs is opened once.
pub struct InARow {
    searcher: Searcher,
    body: tantivy::schema::Field,
    /// Places in the record, by segment of the index.
    ords: Vec<Column<u64>>,
}

impl Index {
    /// Gets ready to ask where words stand in a row.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn in_a_row(&self) -> Result<InARow, SearchError> {
        let searcher = self.searcher();
        let column = |reader: &tantivy::SegmentReader| reader.fast_fields().u64("ord");
        let ords: Result<Vec<_>, _> = searcher.segment_readers().iter().map(column).collect();
        let ords = ords.map_err(SearchError::index("read"))?;
        Ok(InARow { body: self.fields().body, ords, searcher })
    }
}

impl InARow {
    /// Places of the items whose text holds these words in a row, sorted; `None` if there are more
    /// than `most`, which is found out without looking at all of them.
    ///
    /// Case, punctuation and spaces do not matter. Words of more than 40 characters are not in the
    /// index and match any word.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn find(&self, words: &str, most: usize) -> Result<Option<Vec<ItemOrd>>, SearchError> {
        let words = tokens::words(words).map(|(word, _)| word).enumerate();
        let terms: Vec<(usize, Term)> = words
            .filter(|(_, word)| word.chars().count() <= tokens::LONGEST)
            .map(|(at, word)| (at, Term::from_field_text(self.body, &word)))
            .collect();
        let query: Box<dyn Query> = match terms.as_slice() {
            [] => return Ok(Some(Vec::new())),
            [(_, term)] => Box::new(TermQuery::new(term.clone(), IndexRecordOption::Basic)),
            _ => Box::new(PhraseQuery::new_with_offset(terms)),
        };
        let wrong = SearchError::index("searched");
        let weight = match query.weight(EnableScoring::disabled_from_searcher(&self.searcher)) {
            Ok(weight) => weight,
            Err(error) => return Err(wrong(error)),
        };
        let mut found = Vec::new();
        for (reader, ords) in self.searcher.segment_readers().iter().zip(&self.ords) {
            let mut scorer = weight.scorer(reader, 1.0).map_err(SearchError::index("searched"))?;
            let mut doc = scorer.doc();
            while doc != TERMINATED {
                if !reader.is_deleted(doc) {
                    found.extend(ords.first(doc).map(ItemOrd));
                    if found.len() > most {
                        return Ok(None);
                    }
                }
                doc = scorer.advance();
            }
        }
        found.sort_unstable();
        Ok(Some(found))
    }
}
