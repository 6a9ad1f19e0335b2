//! The columns of the index unpacked in memory, for a program that answers many questions.
//!
//! A column on disk is packed in bits, and each value costs a look-up. Here every document has one
//! number that stands for its month, kind, archive and visibility together, so that counting all of
//! them is one addition. Twenty-four bytes a document and four for each account on it.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::index::SegmentId;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, Searcher, SegmentReader, TERMINATED, Term};

use crate::collect::{NEVER, month, takes_part};
use crate::error::SearchError;
use crate::schema::Fields;

/// What counts of results are made of, but for accounts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Cell {
    /// Months since year 0, of what has a time.
    pub month: Option<i32>,
    pub kind: Option<u64>,
    pub archive: Option<u64>,
    pub public: bool,
}

/// The columns of one segment of the index, by document.
#[derive(Debug)]
pub(crate) struct SegmentColumns {
    /// Places in the record.
    pub ord: Vec<u32>,
    /// Sort keys; [`NEVER`] for none.
    pub time: Vec<i64>,
    /// Places in [`Columns::cells`].
    pub cell: Vec<u32>,
    /// Documents without a time.
    pub n_undated: usize,
    /// Where the accounts of a document begin; one more than there are documents.
    starts: Vec<u32>,
    /// Accounts that take part, each once a document.
    accounts: Vec<u32>,
}

impl SegmentColumns {
    /// The accounts that take part in a document.
    pub fn accounts(&self, doc: u32) -> &[u32] {
        let (start, end) = (self.starts[doc as usize], self.starts[doc as usize + 1]);
        &self.accounts[start as usize..end as usize]
    }
}

/// The columns of all segments, in the order of the searcher they were made for.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    pub segments: Vec<Arc<SegmentColumns>>,
    pub cells: Vec<Cell>,
    /// One more than the highest account.
    pub n_accounts: usize,
    ids: Vec<SegmentId>,
    numbers: FxHashMap<Cell, u32>,
}

impl Columns {
    /// Reads the columns; those of segments that `before` has are shared. `None` when the index
    /// holds what has no place here (documents that were deleted, places beyond 32 bits): its
    /// columns are then read from disk, as without this.
    pub fn read(
        searcher: &Searcher,
        fields: &Fields,
        before: Option<&Self>,
    ) -> Result<Option<Self>, SearchError> {
        let mut columns = Self::default();
        if let Some(before) = before {
            columns.cells.clone_from(&before.cells);
            columns.numbers.clone_from(&before.numbers);
        }
        for reader in searcher.segment_readers() {
            let id = reader.segment_id();
            let known = before.and_then(|before| {
                let at = before.ids.iter().position(|known| *known == id)?;
                before.segments.get(at)
            });
            let segment = match known {
                Some(known) => Arc::clone(known),
                None => match columns.segment(reader, fields)? {
                    Some(segment) => Arc::new(segment),
                    None => return Ok(None),
                },
            };
            let highest = segment.accounts.iter().max().map_or(0, |most| *most as usize + 1);
            columns.n_accounts = columns.n_accounts.max(highest);
            columns.segments.push(segment);
            columns.ids.push(id);
        }
        Ok(Some(columns))
    }

    /// Whether these are the columns of what this searcher sees.
    pub fn fits(&self, searcher: &Searcher) -> bool {
        let readers = searcher.segment_readers();
        readers.len() == self.ids.len()
            && readers.iter().zip(&self.ids).all(|(reader, id)| reader.segment_id() == *id)
    }

    fn segment(
        &mut self,
        reader: &SegmentReader,
        fields: &Fields,
    ) -> Result<Option<SegmentColumns>, SearchError> {
        if reader.alive_bitset().is_some() {
            return Ok(None);
        }
        let wrong = SearchError::index("read");
        match self.unpacked(reader, fields) {
            Ok(columns) => Ok(columns),
            Err(error) => Err(wrong(error)),
        }
    }

    fn unpacked(
        &mut self,
        reader: &SegmentReader,
        fields: &Fields,
    ) -> tantivy::Result<Option<SegmentColumns>> {
        let fast = reader.fast_fields();
        let (ord, time) = (fast.u64("ord")?, fast.i64("time")?);
        let (kind, archive) = (fast.u64("kind")?, fast.u64("archive")?);
        let account = fast.u64("account")?;
        let n = reader.max_doc() as usize;
        let mut columns = SegmentColumns {
            ord: Vec::with_capacity(n),
            time: Vec::with_capacity(n),
            cell: Vec::with_capacity(n),
            n_undated: 0,
            starts: Vec::with_capacity(n + 1),
            accounts: Vec::new(),
        };
        columns.starts.push(0);
        let public = public_ones(reader, fields)?;
        let mut seen = FxHashSet::default();
        let mut last: Option<(Cell, u32)> = None;
        for doc in 0..reader.max_doc() {
            let Ok(place) = u32::try_from(ord.first(doc).unwrap_or_default()) else {
                return Ok(None);
            };
            let at = time.first(doc).unwrap_or(NEVER);
            let cell = Cell {
                month: (at != NEVER).then(|| month(at)),
                kind: kind.first(doc),
                archive: archive.first(doc),
                public: public.contains(doc),
            };
            let number = match last {
                Some((known, number)) if known == cell => number,
                _ => self.number(cell),
            };
            last = Some((cell, number));
            columns.ord.push(place);
            columns.time.push(at);
            columns.n_undated += usize::from(at == NEVER);
            columns.cell.push(number);
            let start = columns.accounts.len();
            for value in account.values_for_doc(doc).filter(|value| takes_part(*value)) {
                let account = (value >> 3) as u32;
                // A message to hundreds: a set is quicker than looking through the list.
                let is_new = match columns.accounts.len() - start {
                    0..32 => !columns.accounts[start..].contains(&account),
                    32 => {
                        seen.clear();
                        seen.extend(columns.accounts[start..].iter().copied());
                        seen.insert(account)
                    }
                    _ => seen.insert(account),
                };
                if is_new {
                    columns.accounts.push(account);
                }
            }
            let Ok(end) = u32::try_from(columns.accounts.len()) else { return Ok(None) };
            columns.starts.push(end);
        }
        columns.accounts.shrink_to_fit();
        Ok(Some(columns))
    }

    fn number(&mut self, cell: Cell) -> u32 {
        let next = self.cells.len() as u32;
        let number = *self.numbers.entry(cell).or_insert(next);
        if number == next {
            self.cells.push(cell);
        }
        number
    }
}

/// The documents that were made in public.
fn public_ones(reader: &SegmentReader, fields: &Fields) -> tantivy::Result<tantivy::BitSet> {
    let mut set = tantivy::BitSet::with_max_value(reader.max_doc());
    let term = Term::from_field_text(fields.tag, "in:public");
    let inverted = reader.inverted_index(fields.tag)?;
    if let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
        let mut doc = postings.doc();
        while doc != TERMINATED {
            set.insert(doc);
            doc = postings.advance();
        }
    }
    Ok(set)
}
