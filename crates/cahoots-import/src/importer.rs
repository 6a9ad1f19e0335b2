//! The contract between a format and everything else.
//!
//! An importer says whether bytes look like its format (`recognize`, which never parses), cuts
//! them into chunks in one cheap sequential pass (`split`), and turns each chunk into items
//! (`parse`, pure and run on many threads). Content never fails: what cannot be read becomes an
//! [`Issue`] with a locator. The order of chunks and of the items in them is a function of the
//! input alone, which is what makes a record the same on any machine and an import resumable.

use std::any::Any;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cahoots_record::{Account, Balance, Issue, Item, Locator};

use crate::tree::{Tree, TreeError};

/// How sure an importer is that bytes are its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Confidence {
    /// The shape fits, as would others.
    Possible,
    /// A person would bet on it.
    Likely,
    /// The format names itself.
    Certain,
}

/// What `recognize` may look at.
#[derive(Clone, Copy, Debug)]
pub enum Probe<'a> {
    /// One member: its path and its first bytes (up to 64 KiB, fewer if it is shorter).
    File {
        /// Path inside the archive, or the file's own name.
        path: &'a str,
        /// The first bytes after decompression.
        head: &'a [u8],
        /// Whether `head` is the whole content.
        complete: bool,
    },
    /// A folder or container: the paths of its members, sorted, `/`-separated.
    Folder {
        /// Every member path below the folder, relative to it.
        paths: &'a [String],
    },
}

/// A format's entry in the list: help, docs and completions derive from it.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name used with `--format` and stored with archives (`"mbox"`).
    pub name: &'static str,
    /// Raised whenever the same bytes give other items.
    pub version: u32,
    /// One line for a person.
    pub title: &'static str,
    /// Whether the importer claims whole folders (Maildir, X archive) or single files.
    pub folder: bool,
}

/// What the person said about an archive.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Zone for times that state none (`--zone`); without it they keep their ±14 h doubt.
    pub zone: Option<jiff::tz::TimeZone>,
    /// Column mapping (`--map text=body,time=created`), as pairs of our name and theirs.
    pub map: Vec<(String, String)>,
    /// Items of a mailbox that went to a public list are public.
    pub public_list: bool,
}

/// A cut of the input that can be parsed without its neighbours.
#[derive(Clone)]
pub struct Chunk {
    /// Member path inside the archive (`""` when the archive is one plain file).
    pub member: Arc<str>,
    /// Byte offset of `data` in the member, after decompression.
    pub offset: u64,
    /// Number of rows, entries or lines before this chunk in the member.
    pub rows_before: u64,
    /// The bytes.
    pub data: Vec<u8>,
    /// The member's modification time in seconds since 1970, where the container keeps one.
    pub modified: Option<i64>,
    /// What `split` learnt that `parse` needs (a CSV header, the archive's owner).
    pub shared: Option<Arc<dyn Any + Send + Sync>>,
}

/// What one chunk gave. Items in input order.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// The items.
    pub items: Vec<Item>,
    /// What went wrong.
    pub issues: Vec<Issue>,
    /// Statements of the archive about accounts (owner, handles, named parties).
    pub accounts: Vec<Account>,
    /// The account of the chunk: `found == read + damaged + skipped`.
    pub balance: Balance,
}

/// Why an archive cannot be read at all. The case stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Members could not be listed or read.
    #[error("the archive cannot be read")]
    Tree(#[source] TreeError),
    /// The content does not fit the format that was asked for, or the mapping is wrong.
    #[error("{member}: {reason}")]
    Unfit {
        /// The member.
        member: String,
        /// What was looked for, what was found, and a way out, over several lines if needed.
        reason: String,
    },
    /// The person asked to stop.
    #[error("stopped")]
    Stopped,
}

/// Receives chunks from `split`. Blocks when the parsers are behind.
pub trait ChunkSink {
    /// Hands a chunk on. `Err(Stopped)` ends the split.
    fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError>;

    /// Hands on what `split` itself found (accounts, issues about members, entries it skipped).
    fn batch(&mut self, batch: Batch) -> Result<(), ImportError>;
}

/// A format. One file each, listed once in [`crate::importers`].
pub trait Importer: Send + Sync {
    /// Its entry in the list.
    fn format(&self) -> Format;

    /// Whether these bytes or this listing look like the format. Never parses, never fails.
    /// For `Probe::Folder`, answer for a folder whose *root* is the format's root.
    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence>;

    /// Cuts members `members` of `tree` into chunks, in a fixed order, in bounded memory.
    /// A file importer gets one member; a folder importer gets all that lie below its root.
    fn split(
        &self,
        tree: &dyn Tree,
        members: &[usize],
        options: &Options,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError>;

    /// Turns one chunk into items. Pure: same chunk, same batch. Never panics.
    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch;

    /// The exact original bytes that an item's locator selects, from a reader at the start of
    /// its member. `Ok(None)` when the place does not exist. The default knows `Whole`, `Bytes`
    /// and `Lines` without a part; formats with rows, pointers or parts add theirs.
    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        crate::select::plain(member, &locator.selector)
    }

    /// Named fields of an original for `show` (mail headers, table columns), in order.
    /// `bytes` is what the item's locator selects. Defaults to none.
    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        let _ = bytes;
        Vec::new()
    }
}

/// A flag that long loops look at, set by Ctrl-C.
#[derive(Clone, Debug, Default)]
pub struct StopFlag(Arc<AtomicBool>);

impl StopFlag {
    /// Asks everybody to stop at the next safe point.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
