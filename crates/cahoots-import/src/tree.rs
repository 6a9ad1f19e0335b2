//! An archive as a tree of members, whatever container it came in.

use std::io::{self, Read};

/// One file inside an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Path inside the archive; `!` steps into a container (`mail.zip!inbox/1.eml`).
    /// Empty when the archive is one plain file.
    pub path: String,
    /// Size after decompression in bytes, where the container states it.
    pub size: Option<u64>,
    /// Modification time in seconds since 1970, where the container keeps one.
    pub modified: Option<i64>,
}

/// The members of an archive, in a fixed order, each readable from its start.
pub trait Tree: Send + Sync {
    /// All members: sorted by path in byte order within each container.
    fn members(&self) -> &[Member];

    /// Opens a member by its place in `members`, decompressed. Reading past a limit
    /// (ratio, size) gives an `io::Error` of kind `InvalidData` whose text says which.
    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>>;
}

/// Why an archive's members cannot be listed.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// The file system said no.
    #[error("{path}: cannot be read")]
    Io {
        /// The path as given.
        path: String,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// The container is damaged beyond listing, or encrypted.
    #[error("{path}: {reason}")]
    Container {
        /// The container's path.
        path: String,
        /// What is wrong.
        reason: String,
    },
}
