//! What can go wrong with a case folder, and what the person can do.

use std::path::PathBuf;

/// A case folder cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no case at the path.
    #[error("{path}: no case here", path = .path.display())]
    NoCase {
        /// The folder that was looked at.
        path: PathBuf,
    },
    /// The folder holds something else.
    #[error("{path}: this folder is not a case and not empty", path = .path.display())]
    NotACase {
        /// The folder that was looked at.
        path: PathBuf,
    },
    /// Another process is writing.
    #[error("{path}: another cahoots is writing to this case", path = .path.display())]
    Locked {
        /// The case folder.
        path: PathBuf,
    },
    /// The case was written by a newer program.
    #[error("{path}: written with schema {found}, this program knows up to {known}", path = .path.display())]
    Newer {
        /// The case folder.
        path: PathBuf,
        /// The schema it has.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// A file could not be read or written.
    #[error("{path}: {what}", path = .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// `case.toml` is not what it should be.
    #[error("{path}: {reason}", path = .path.display())]
    CaseFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The catalog refused.
    #[error("the catalog cannot be {what}")]
    Catalog {
        /// What was being done.
        what: &'static str,
        /// What SQLite said.
        #[source]
        source: rusqlite::Error,
    },
    /// A segment's table could not be read or written.
    #[error("{path}: {what}", path = .path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// What was being done.
        what: &'static str,
        /// What the Parquet library said.
        #[source]
        source: parquet::errors::ParquetError,
    },
    /// A segment's table does not hold what the catalog says.
    #[error("{path}: {reason}; `cahoots verify` says more", path = .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl StoreError {
    pub(crate) fn io(
        path: impl Into<PathBuf>,
        what: &'static str,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, what, source }
    }

    pub(crate) fn catalog(what: &'static str) -> impl FnOnce(rusqlite::Error) -> Self {
        move |source| Self::Catalog { what, source }
    }
}
