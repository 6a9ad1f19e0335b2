//! A query for a set of items given by their places in the record.

use std::sync::Arc;

use cahoots_record::ItemOrd;
use tantivy::query::{
    BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight,
};
use tantivy::{DocId, Score, SegmentReader};

/// Matches the items at these places.
#[derive(Clone, Debug)]
pub(crate) struct Members {
    /// Sorted.
    ords: Arc<Vec<u64>>,
}

impl Members {
    pub(crate) fn new(ords: impl IntoIterator<Item = ItemOrd>) -> Self {
        let mut ords: Vec<u64> = ords.into_iter().map(|ord| ord.0).collect();
        ords.sort_unstable();
        ords.dedup();
        Self { ords: Arc::new(ords) }
    }
}

impl Query for Members {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Members {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let column = reader.fast_fields().u64("ord")?;
        let mut set = tantivy::BitSet::with_max_value(reader.max_doc());
        if !self.ords.is_empty() {
            for doc in 0..reader.max_doc() {
                if column.first(doc).is_some_and(|ord| self.ords.binary_search(&ord).is_ok()) {
                    set.insert(doc);
                }
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(set), boost)))
    }

    fn explain(&self, _: &SegmentReader, _: DocId) -> tantivy::Result<Explanation> {
        Ok(Explanation::new("member of a set of items", 1.0))
    }
}
