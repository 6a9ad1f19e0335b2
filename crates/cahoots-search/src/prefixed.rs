//! A query for everything with a word that begins in one way.

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::index::SegmentId;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader};

/// Matches items with a term of the field that begins with `prefix`. Each segment's terms are read
/// once, in their order, and their items marked as they come; copies of the query share what was
/// marked.
#[derive(Clone)]
pub(crate) struct Prefixed {
    field: Field,
    prefix: String,
    marked: Arc<Mutex<FxHashMap<SegmentId, tantivy::BitSet>>>,
}

impl std::fmt::Debug for Prefixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Prefixed").field(&self.field).field(&self.prefix).finish()
    }
}

impl Prefixed {
    pub(crate) fn new(field: Field, prefix: &str) -> Self {
        Self { field, prefix: prefix.to_owned(), marked: Arc::default() }
    }

    pub(crate) fn is(&self, field: Field, prefix: &str) -> bool {
        self.field == field && self.prefix == prefix
    }

    fn marked(&self, reader: &SegmentReader) -> tantivy::Result<tantivy::BitSet> {
        let id = reader.segment_id();
        // Every change of the map is one call: what a panic left is whole.
        let marked = || self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = marked().get(&id) {
            return Ok(known.clone());
        }
        let mut set = tantivy::BitSet::with_max_value(reader.max_doc());
        let inverted = reader.inverted_index(self.field)?;
        let mut stream = inverted.terms().range().ge(self.prefix.as_bytes()).into_stream()?;
        while stream.advance() && stream.key().starts_with(self.prefix.as_bytes()) {
            let (term, record) = (stream.value(), IndexRecordOption::Basic);
            mark(inverted.read_block_postings_from_terminfo(term, record)?, &mut set);
        }
        marked().insert(id, set.clone());
        Ok(set)
    }
}

impl Query for Prefixed {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Prefixed {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(self.marked(reader)?), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("a word that begins in this way", 1.0))
    }
}

fn mark(mut postings: BlockSegmentPostings, set: &mut tantivy::BitSet) {
    loop {
        let docs = postings.docs();
        if docs.is_empty() {
            break;
        }
        for doc in docs {
            set.insert(*doc);
        }
        postings.advance();
    }
}
