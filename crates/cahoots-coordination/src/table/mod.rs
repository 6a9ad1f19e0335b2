//! Tables of shares and posts: CSV, JSON lines, Parquet, many files at once, on all cores.
//!
//! One thread cuts files into pieces that end where rows end; the others turn pieces into numbers.
//! What comes out depends on the input alone: names are numbered by first appearance, problems
//! keep the order of the rows.

pub mod check;
mod csv;
mod encode;
mod ends;
mod feed;
mod json;
mod layout;
mod near;
mod parquet;
pub mod problem;
#[cfg(test)]
mod tests;
mod time;

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use jiff::tz::TimeZone;
use thiserror::Error;

use self::encode::{ChunkRows, Encoder};
use self::feed::Piece;
use crate::compat::Compat;
use crate::kind::Kind;
use crate::names::Interner;
use crate::row_runs;
use crate::rows::MOST_CHUNKS;
use crate::shares::{Gathered, Parts, Shares};
use crate::spill::Budget;

pub use self::feed::FileFacts;
pub use self::near::near_objects;
pub use self::problem::{Counted, Fault, Problems, Spot};

/// How tables are read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Pairs of our column name and theirs.
    pub map: Vec<(String, String)>,
    /// The kinds of object wanted; empty for what the table gives.
    pub kinds: Vec<Kind>,
    /// Zone of times that state none.
    pub zone: Option<TimeZone>,
    /// The peer whose rules for objects and times are kept.
    pub compat: Option<Compat>,
    /// The least resemblance of texts that count as nearly the same; `None` for a half.
    pub resemblance: Option<f64>,
    /// Keep the ids of posts, to name them beside pairs of shares.
    pub keeps_posts: bool,
    /// Threads; 0 for one a core.
    pub threads: usize,
    /// What may be held in memory, and where the rest goes.
    pub budget: Budget,
}

/// Why tables cannot be read.
#[derive(Debug, Error)]
pub enum TableError {
    /// A file cannot be read.
    #[error("{file} cannot be read")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A folder was given.
    #[error("{file} is a folder; name the files in it")]
    Folder {
        /// The folder.
        file: String,
    },
    /// There is nothing in a file.
    #[error("{file} is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// JSON that is one array.
    #[error("{file} is one JSON array; one object a line is needed (jq -c '.[]' makes that)")]
    Array {
        /// The file.
        file: String,
    },
    /// The columns do not fit.
    #[error("{file}: {reason}")]
    Columns {
        /// The file.
        file: String,
        /// What was looked for and what is there.
        reason: String,
    },
    /// More than can be numbered.
    #[error("the input has more pieces or names than can be numbered")]
    TooMuch,
    /// Memory or temporary space.
    #[error(transparent)]
    Spill(#[from] crate::spill::SpillError),
}

/// Reads tables into shares. The result depends on the files and their order alone, not on the
/// number of threads or on what had to be spilled.
///
/// # Errors
/// When a file cannot be read or is no table of shares, or memory or temporary space run out.
pub fn read(paths: &[PathBuf], how: &Reading) -> Result<Shares, TableError> {
    how.budget.check()?;
    let threads = match how.threads {
        0 => crate::threads::cores().get(),
        threads => threads,
    };
    let (objects, accounts, posts) = (Interner::new(), Interner::new(), Interner::new());
    let kept = how.keeps_posts.then_some(&posts);
    let parts = Parts::new(&how.budget);
    let done: Mutex<Vec<ChunkRows>> = Mutex::new(Vec::new());
    let failure: Mutex<Option<TableError>> = Mutex::new(None);
    let fail = |error: TableError| {
        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    };
    let has_failed = || failure.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    // Takes a piece; gives its buffer back.
    let take = |encoder: &mut Encoder<'_>, (chunk, piece): (u32, Piece)| {
        if has_failed() {
            return None;
        }
        let (file, table) = (piece.file, piece.table.clone());
        encoder.start(chunk, table.clock.clone());
        let buffer = match piece.take(encoder) {
            Ok(buffer) => buffer,
            Err(error) => {
                let path = paths.get(file as usize);
                let file = path.map_or_else(String::new, |path| path.display().to_string());
                fail(TableError::Read { file, error });
                return None;
            }
        };
        let mut rows = encoder.finish(file);
        let names = || objects.size() + accounts.size();
        let (own, ends) = (std::mem::take(&mut rows.rows), std::mem::take(&mut rows.ends));
        match parts.hold(chunk, own, ends, names) {
            Ok(()) => done.lock().unwrap_or_else(PoisonError::into_inner).push(rows),
            Err(error) => fail(error.into()),
        }
        Some(buffer)
    };
    let encoder = || Encoder::new(&objects, &accounts, kept);
    std::thread::scope(|scope| {
        let (send, receive) = crossbeam_channel::bounded::<(u32, Piece)>(threads * 2);
        let (give_back, spare) = crossbeam_channel::bounded::<Vec<u8>>(threads * 4);
        for _ in 1..threads {
            let (receive, give_back) = (receive.clone(), give_back.clone());
            let (take, encoder) = (&take, &encoder);
            scope.spawn(move || {
                let mut encoder = encoder();
                while let Ok(piece) = receive.recv() {
                    if let Some(buffer) = take(&mut encoder, piece) {
                        drop(give_back.try_send(buffer));
                    }
                }
            });
        }
        // This thread cuts, and takes pieces itself where the others have enough to do.
        let mut own = encoder();
        let mut chunk = 0;
        for (number, path) in paths.iter().enumerate() {
            let mut give = |piece: Piece| {
                if chunk == MOST_CHUNKS {
                    fail(TableError::TooMuch);
                }
                chunk += 1;
                if has_failed() {
                    return false;
                }
                if let Err(error) = send.try_send((chunk - 1, piece))
                    && let Some(buffer) = take(&mut own, error.into_inner())
                {
                    drop(give_back.try_send(buffer));
                }
                true
            };
            let mut buffer = || spare.try_recv().unwrap_or_default();
            if let Err(error) =
                feed::file(path, number as u32, how, threads, &mut buffer, &mut give)
            {
                fail(error);
            }
            if has_failed() {
                break;
            }
        }
        drop(send);
        while let Ok(piece) = receive.recv() {
            drop(take(&mut own, piece));
        }
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut chunks = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    chunks.sort_unstable_by_key(|chunk| chunk.chunk);
    let near = near::join(&mut chunks, &objects, how.resemblance);
    let (rows, ends) = row_runs::by_shard(&near);
    parts.hold(MOST_CHUNKS, rows, ends, || 0)?;
    let mut files: Vec<FileFacts> =
        paths.iter().map(|path| FileFacts { name: path.display().to_string(), rows: 0 }).collect();
    let mut problems = Problems::default();
    // The file and the first row of each chunk.
    let mut places: Vec<(u32, u64)> = Vec::with_capacity(chunks.len());
    for chunk in &mut chunks {
        let Some(facts) = files.get_mut(chunk.file as usize) else { continue };
        places.push((chunk.file, facts.rows));
        problems.append(std::mem::take(&mut chunk.problems), chunk.file, facts.rows);
        facts.rows += chunk.n_rows;
    }
    let gathered = Gathered { parts, objects, accounts, posts, files, places, problems };
    Ok(Shares::gather(gathered, threads, how)?)
}
