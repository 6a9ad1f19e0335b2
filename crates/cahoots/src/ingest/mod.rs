//! Archives into the record: split, parse on all cores, take in order, write, index.
//!
//! ```text
//!  splitter ──chunks──► parsers (n) ──batches──► sequencer ──segment──► writer
//!     ▲                                             │  ▲                  │
//!     └───────────── tokens (bounded) ──────────────┘  └──── commit ◄─────┘
//! ```
//!
//! The sequencer takes batches in the order of the input, whatever the parsers' order was, so
//! the record does not depend on the number of threads. A segment ends after a fixed number of
//! input bytes or items, at the end of a chunk; the catalog then knows the chunk to go on with,
//! so an import that was cut off anywhere goes on to the same record.

mod accounts;
mod pipeline;
mod sequencer;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use cahoots_import::discover::{self, Holding};
use cahoots_import::tree::{Limits, TreeError};
use cahoots_import::{Format, ImportError, Options, StopFlag};
use cahoots_record::{Balance, Issue, Locator, Selector, Severity, Sha256};
use cahoots_store::{ArchiveState, Case, NewArchive};

use crate::progress::Progress;
use pipeline::Parsed;
use sequencer::Sequencer;

/// Bytes of input after which a segment ends.
pub const SEGMENT_BYTES: u64 = 16 << 20;
/// Items after which a segment ends.
pub const SEGMENT_ITEMS: u64 = 1 << 15;

/// [`SEGMENT_BYTES`], or what a test asks for: small segments make kills fall between commits.
fn segment_bytes() -> u64 {
    let asked = std::env::var("CAHOOTS_SEGMENT_BYTES").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(SEGMENT_BYTES)
}
/// Segments after which the text index is committed within one import.
pub const INDEX_COMMIT_SEGMENTS: u64 = 16;

/// What the person asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// `--format`.
    pub format: Option<String>,
    /// `--custodian`.
    pub custodian: String,
    /// Name of `--zone`, for the catalog.
    pub zone: Option<String>,
    /// What importers get.
    pub options: Options,
    /// Parser threads; 0 for one per core.
    pub threads: usize,
}

/// What became of one archive.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its number in the catalog.
    pub archive: u32,
    /// Whether it was in the case already, whole.
    pub known: bool,
    /// Items that the record did not have before.
    pub new_items: u64,
}

/// What became of a request.
#[derive(Debug, Default)]
pub struct Report {
    /// One entry an archive, in order.
    pub outcomes: Vec<Outcome>,
    /// Files that belong to no archive because nothing reads them.
    pub passed_over: Vec<Issue>,
    /// Archives that could not be read at all, with the reason.
    pub unreadable: Vec<(String, anyhow::Error)>,
    /// The person stopped it; `open` or `add` goes on.
    pub stopped: bool,
}

/// Adds archives to a case that is open for writing, goes on with what was cut off, and brings
/// the index up to date.
///
/// # Errors
/// When a path does not exist, an archive cannot be read at all, or the case cannot be written.
/// What was committed before stays.
pub fn add(
    case: &mut Case,
    request: &Request,
    stop: &StopFlag,
    progress: &Progress,
) -> Result<Report> {
    let (holdings, passed_over) = discover::holdings(&request.paths, request.format.as_deref())?;
    let mut report = Report { passed_over, ..Report::default() };
    let threads = match request.threads {
        0 => std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
        threads => threads,
    };
    let mut sequencer = Sequencer::new(case, threads)?;
    if !sequencer.catch_up(progress, stop)? {
        // Dropped without a commit: the next command begins the rest of the index again.
        report.stopped = true;
        return Ok(report);
    }
    let mut damaged = Vec::new();
    for holding in &holdings {
        if stop.is_set() {
            report.stopped = true;
            break;
        }
        match add_one(&mut sequencer, holding, request, threads, stop, progress) {
            Ok(Some(outcome)) => report.outcomes.push(outcome),
            Ok(None) => {
                report.stopped = true;
                break;
            }
            // A container in a folder that holds nothing we read, photographs say, is no failure.
            Err(error) if holdings.len() > 1 && request.asks_for_nothing() && is_unfit(&error) => {
                report.passed_over.push(Issue {
                    severity: Severity::Note,
                    code: "not-recognised".to_owned(),
                    locator: Locator::new(holding.name.clone(), Selector::Whole),
                    what: one_line(&error),
                    kept: "nothing".to_owned(),
                });
            }
            // One archive that cannot be read does not keep the others out.
            Err(error) => {
                damaged.extend(damage(&error).map(|why| (holding, why)));
                report.unreadable.push((holding.name.clone(), error));
            }
        }
    }
    // What is no case yet does not become one for archives of which nothing can be read.
    if sequencer.n_items() > 0 && !report.stopped {
        for (holding, why) in damaged {
            note_unreadable(&mut sequencer, holding, request, why, progress)?;
        }
    }
    sequencer.finish(progress)?;
    Ok(report)
}

impl Request {
    /// Whether the formats were left to the program.
    fn asks_for_nothing(&self) -> bool {
        self.format.is_none() && self.options.map.is_empty()
    }
}

fn is_unfit(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| matches!(cause.downcast_ref::<ImportError>(), Some(ImportError::Unfit { .. })))
}

/// The first line of the deepest cause.
fn one_line(error: &anyhow::Error) -> String {
    error.root_cause().to_string().lines().next().unwrap_or_default().to_owned()
}

fn add_one(
    sequencer: &mut Sequencer<'_>,
    holding: &Holding,
    request: &Request,
    threads: usize,
    stop: &StopFlag,
    progress: &Progress,
) -> Result<Option<Outcome>> {
    progress.stage(&holding.name, "hashing", None);
    let (sha256, size) = discover::hash(holding, &mut |bytes| progress.bytes(bytes))
        .with_context(|| format!("{} cannot be read", holding.path.display()))?;
    let path = absolute(&holding.path);
    let known = sequencer.case().catalog().find_archive(&sha256, &request.custodian)?;
    if let Some(row) = &known {
        if row.path != path {
            sequencer.case().catalog().move_archive(row.archive, &path)?;
        }
        if row.state == ArchiveState::Done {
            return Ok(Some(Outcome { archive: row.archive, known: true, new_items: 0 }));
        }
    }
    let spool = sequencer.case().spool_dir();
    let opened = discover::open(holding, request.format.as_deref(), &Limits::default(), &spool)
        .with_context(|| format!("{} cannot be read", holding.path.display()))?;
    let formats: Vec<Format> = opened.units.iter().map(|unit| unit.importer.format()).collect();
    let (archive, from) = match known {
        Some(row) => {
            // The rest of an archive read in another way would be another record.
            let versions = versions(&formats);
            if row.options != options_json(request) || row.versions != versions {
                bail!(
                    "the import of {} was begun with {} and {}, and cannot go on with {versions} \
                     and {}; give the same options, or use another --case",
                    row.name,
                    row.versions,
                    row.options,
                    options_json(request)
                );
            }
            (row.archive, (row.next_unit, row.next_chunk))
        }
        None => {
            let new = new_archive(holding, request, path, (sha256, size), &formats);
            (sequencer.case().catalog().begin_archive(&new)?, (0, 0))
        }
    };
    progress.stage(&holding.name, "reading", Some(size));
    let before = sequencer.n_items();
    sequencer.begin(archive, from);
    let ended = pipeline::run(sequencer, opened, from, &request.options, threads, stop, progress);
    match ended {
        Ok(true) => sequencer.end_archive()?,
        Ok(false) => return Ok(None),
        Err(error) => {
            // Nothing of an archive that cannot be read at all stays, unless parts of it were
            // already committed: those are whole segments and remain citable.
            sequencer.abandon()?;
            sequencer.case().catalog().forget_archive(archive)?;
            return Err(error.context(format!("{} cannot be read", holding.path.display())));
        }
    }
    let new_items = sequencer.n_items() - before;
    Ok(Some(Outcome { archive, known: false, new_items }))
}

fn new_archive(
    holding: &Holding,
    request: &Request,
    path: String,
    (sha256, size): (Sha256, u64),
    formats: &[Format],
) -> NewArchive {
    NewArchive {
        name: holding.name.clone(),
        path,
        folder: holding.folder,
        members: holding.members.clone(),
        size,
        sha256,
        custodian: request.custodian.clone(),
        format: distinct(formats.iter().map(|format| format.name.to_owned())),
        versions: versions(formats),
        options: options_json(request),
    }
}

/// What is wrong with a container of which nothing can be read; reading it again changes nothing.
fn damage(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| match cause.downcast_ref::<TreeError>()? {
        damage @ TreeError::Container { .. } => Some(damage.to_string()),
        TreeError::Io { .. } => None,
    })
}

/// Adds an archive of which nothing can be read: it is in the case with its digest, and its one
/// problem says why there is nothing of it.
fn note_unreadable(
    sequencer: &mut Sequencer<'_>,
    holding: &Holding,
    request: &Request,
    why: String,
    progress: &Progress,
) -> Result<()> {
    let facts = discover::hash(holding, &mut |bytes| progress.bytes(bytes))
        .with_context(|| format!("{} cannot be read", holding.path.display()))?;
    let catalog = sequencer.case().catalog();
    if catalog.find_archive(&facts.0, &request.custodian)?.is_some() {
        return Ok(());
    }
    let new = new_archive(holding, request, absolute(&holding.path), facts, &[]);
    let archive = catalog.begin_archive(&new)?;
    sequencer.begin(archive, (0, 0));
    sequencer.take(unreadable(why))?;
    sequencer.end_archive()
}

/// An archive of which nothing could be read, as its only batch.
fn unreadable(why: String) -> Parsed {
    let issue = Issue {
        severity: Severity::Lost,
        code: "unreadable-archive".to_owned(),
        locator: Locator::new(String::new(), Selector::Whole),
        what: why,
        kept: "nothing".to_owned(),
    };
    Parsed { batch: discovery_batch(vec![issue], 1), prepared: Vec::new(), bytes: 0, next: (1, 0) }
}

/// What `discover::open` found wrong, as the first batch of the archive.
fn discovery_batch(issues: Vec<Issue>, skipped: u64) -> cahoots_import::Batch {
    let lost = issues.iter().filter(|issue| issue.severity == Severity::Lost).count() as u64;
    let skipped = skipped.max(lost);
    cahoots_import::Batch {
        issues,
        balance: Balance { found: skipped, skipped, ..Balance::default() },
        ..cahoots_import::Batch::default()
    }
}

fn versions(formats: &[Format]) -> String {
    distinct(formats.iter().map(|format| format!("{}/{}", format.name, format.version)))
}

fn distinct(names: impl Iterator<Item = String>) -> String {
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen.join("+")
}

fn options_json(request: &Request) -> String {
    let mut options = serde_json::Map::new();
    if let Some(zone) = &request.zone {
        options.insert("zone".into(), zone.clone().into());
    }
    if let Some(format) = &request.format {
        options.insert("format".into(), format.clone().into());
    }
    if !request.options.map.is_empty() {
        let map: serde_json::Map<_, _> = request
            .options
            .map
            .iter()
            .map(|(ours, theirs)| (ours.clone(), theirs.clone().into()))
            .collect();
        options.insert("map".into(), map.into());
    }
    if request.options.public_list {
        options.insert("public_list".into(), true.into());
    }
    serde_json::Value::Object(options).to_string()
}

fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_while_the_index_catches_up_leaves_it_to_be_caught_up() {
        let dir = tempfile::tempdir().unwrap();
        let mailbox = dir.path().join("box.mbox");
        let message = "From a@b.example Thu Mar  1 10:00:00 2018\nFrom: a@b.example\n\
                       Date: Thu, 1 Mar 2018 10:00:00 +0000\nMessage-ID: <x@b>\n\nharbour\n";
        std::fs::write(&mailbox, message).unwrap();
        let mut case = Case::open_for_writing(&dir.path().join("case"), "t").unwrap();
        let progress = Progress::new(true);
        let go = StopFlag::default();
        let request = Request { paths: vec![mailbox], threads: 1, ..Request::default() };
        add(&mut case, &request, &go, &progress).unwrap();
        let through = |case: &Case| {
            let index = cahoots_search::Index::open(&case.index_dir()).unwrap();
            (index.through_segment(), index.len())
        };
        assert_eq!(through(&case), (Some(0), 1));
        std::fs::remove_dir_all(case.index_dir()).unwrap();
        let stop = StopFlag::default();
        stop.stop();
        assert!(add(&mut case, &Request::default(), &stop, &progress).unwrap().stopped);
        assert_eq!(through(&case), (None, 0));
        add(&mut case, &Request::default(), &go, &progress).unwrap();
        assert_eq!(through(&case), (Some(0), 1));
    }
}
