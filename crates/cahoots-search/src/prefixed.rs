//! A query for everything with a word that begins in one way.

use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, Score, SegmentReader};

/// Matches items with a term of the field that begins with `prefix`. Each segment's terms are read
/// once, in their order, and their items marked as they come.
#[derive(Clone, Debug)]
pub(crate) struct Prefixed {
    field: Field,
    prefix: String,
}

impl Prefixed {
    pub(crate) fn new(field: Field, prefix: &str) -> Self {
        Self { field, prefix: prefix.to_owned() }
    }
}

impl Query for Prefixed {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Prefixed {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut set = tantivy::BitSet::with_max_value(reader.max_doc());
        let inverted = reader.inverted_index(self.field)?;
        let mut stream = inverted.terms().range().ge(self.prefix.as_bytes()).into_stream()?;
        while stream.advance() && stream.key().starts_with(self.prefix.as_bytes()) {
            let (term, record) = (stream.value(), IndexRecordOption::Basic);
            mark(inverted.read_block_postings_from_terminfo(term, record)?, &mut set);
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(set), boost)))
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
