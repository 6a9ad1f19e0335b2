//! What can go wrong with the index.

use std::path::PathBuf;

/// The index cannot be read or written. It can always be made again from the record.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// Its folder cannot be made or read.
    #[error("{path}: {what}", path = .path.display())]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// It was made by another version; `cahoots rebuild` makes it anew.
    #[error("{path}: the index was made by another version; run `cahoots rebuild`", path = .path.display())]
    Schema {
        /// The index folder.
        path: PathBuf,
    },
    /// The library refused.
    #[error("the text index cannot be {what}; `cahoots rebuild` makes it anew from the record")]
    Index {
        /// What was being done.
        what: &'static str,
        /// What it said.
        #[source]
        source: tantivy::TantivyError,
    },
}

impl SearchError {
    pub(crate) fn index(what: &'static str) -> impl FnOnce(tantivy::TantivyError) -> Self {
        move |source| Self::Index { what, source }
    }
}
