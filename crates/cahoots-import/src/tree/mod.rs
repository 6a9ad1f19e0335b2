//! An archive as a tree of members, whatever container it came in.
//!
//! A [`Tree`] lists members and opens each from its start, decompressed. A plain file, a folder,
//! a zip, a tar and a compressed file are trees; [`Nested`] joins them into one. Nothing here
//! writes a member under its own name: names inside containers are labels and no more. The rules
//! and limits are described in `docs/formats/containers.md`.

#[cfg(test)]
pub(crate) mod build;
mod compressed;
mod dir;
pub(crate) mod limits;
mod log;
mod memory;
pub(crate) mod name;
pub(crate) mod nested;
mod region;
mod single;
pub(crate) mod sniff;
mod spool;
mod tar;
#[cfg(test)]
mod tests;
mod zip;
mod zip_scan;

use std::io::{self, Read};
use std::sync::Arc;

pub use dir::DirTree;
pub use limits::{Limits, ReadFault, read_issue};
pub use memory::MemoryTree;
pub use name::{escape, unescape};
pub use nested::Nested;
pub use region::{Region, RegionReader};
pub use single::SingleFile;

pub(crate) use dir::real_path as dir_path;
pub(crate) use log::Log;
pub(crate) use spool::Spool;

/// One file inside an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Path inside the archive; `!` steps into a container (`mail.zip!inbox/1.eml`).
    /// Empty when the archive is one plain file. Bytes that are not UTF-8, control characters
    /// and a literal `!` stand as `%XX` (see [`escape`]).
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
    /// (ratio, size) gives an `io::Error` of kind `InvalidData` whose text says which;
    /// [`read_issue`] makes an issue of any error met while reading.
    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>>;

    /// Where the member's bytes lie uncompressed, when they do: a plain file, a member of a tar,
    /// a stored member of a zip. Gives random access without reading through.
    fn region(&self, member: usize) -> Option<Region> {
        let _ = member;
        None
    }

    /// About how many bytes on disk hold the member, for the limit on the ratio.
    fn weight(&self, member: usize) -> Option<u64> {
        let _ = member;
        None
    }
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
    #[error("{} {reason}", named(path))]
    Container {
        /// The container's path; empty for the file that was given.
        path: String,
        /// What is wrong.
        reason: String,
    },
}

fn named(path: &str) -> &str {
    if path.is_empty() { "the file" } else { path }
}

impl TreeError {
    pub(crate) fn io(path: impl Into<String>, source: io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }
}

/// One member of one tree, to be opened or stepped into.
#[derive(Clone)]
pub(crate) struct Handle {
    tree: Arc<dyn Tree>,
    member: usize,
}

impl Handle {
    pub(crate) fn new(tree: Arc<dyn Tree>, member: usize) -> Self {
        Self { tree, member }
    }

    pub(crate) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        self.tree.open(self.member)
    }

    pub(crate) fn region(&self) -> Option<Region> {
        self.tree.region(self.member)
    }

    pub(crate) fn weight(&self) -> Option<u64> {
        self.tree.weight(self.member)
    }

    pub(crate) fn member(&self) -> Option<&Member> {
        self.tree.members().get(self.member)
    }
}

/// The error for a place in `members` that does not exist.
fn no_member() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "no such member")
}

/// Fills `buffer` as far as the reader goes; returns the length and the error that stopped it.
pub(crate) fn read_head(reader: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

/// The file name at the end of a path with `/` and `!`.
pub(crate) fn label_of(path: &str) -> &str {
    path.rsplit(['/', '!']).next().unwrap_or(path)
}
