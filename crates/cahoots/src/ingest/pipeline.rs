//! The threads of an import: one splits, several parse, the caller takes in order.

use std::collections::BTreeMap;
use std::sync::Mutex;

use anyhow::Result;
use cahoots_import::discover::Opened;
use cahoots_import::{Batch, Chunk, ChunkSink, ImportError, Importer, Options, StopFlag};
use cahoots_record::{Balance, Issue, Locator, Selector, Severity};
use cahoots_search::Prepared;
use crossbeam_channel::{Receiver, Sender, bounded};

use super::discovery_batch;
use super::sequencer::Sequencer;
use crate::progress::Progress;

/// One batch on its way to the sequencer.
pub(super) struct Parsed {
    pub(super) batch: Batch,
    /// Index entries of `batch.items`, in the same order.
    pub(super) prepared: Vec<Prepared>,
    /// Bytes of input it came from.
    pub(super) bytes: u64,
    /// Where the import goes on after it.
    pub(super) next: (u64, u64),
}

struct Work {
    seq: u64,
    next: (u64, u64),
    importer: Option<&'static dyn Importer>,
    load: Load,
}

enum Load {
    Chunk(Chunk),
    Batch(Batch),
}

/// Runs an archive through the pipeline from `(unit, chunk)` on; `Ok(false)` when stopped.
pub(super) fn run(
    sequencer: &mut Sequencer<'_>,
    opened: Opened,
    from: (u64, u64),
    options: &Options,
    threads: usize,
    stop: &StopFlag,
    progress: &Progress,
) -> Result<bool> {
    // Everything between the splitter and the sequencer holds one of these, so memory is bounded
    // even when one chunk takes long and the others overtake it.
    let in_flight = threads * 2 + 2;
    let (token_out, tokens) = bounded::<()>(in_flight);
    for _ in 0..in_flight {
        let _ = token_out.send(());
    }
    let (work_out, work) = bounded::<Work>(in_flight);
    let (done_out, done) = bounded::<(u64, Parsed)>(in_flight);
    let failure: Mutex<Option<ImportError>> = Mutex::new(None);
    let failure = &failure;
    // Set when the sequencer cannot go on with this archive; `stop` is the person's.
    let cancel = &StopFlag::default();

    let taken = std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut feed =
                Feed { seq: 0, next: (0, 0), from, tokens, work: work_out, stop, cancel };
            if let Err(error) = feed.archive(opened, options)
                && let Ok(mut slot) = failure.lock()
            {
                *slot = Some(error);
            }
        });
        for _ in 0..threads {
            let (work, done) = (work.clone(), done_out.clone());
            scope.spawn(move || parse(&work, &done, options));
        }
        drop(work);
        drop(done_out);
        take(sequencer, &done, &token_out, (stop, cancel), progress)
    });
    let stopped = !taken?;
    match failure.lock().ok().and_then(|mut slot| slot.take()) {
        None => Ok(!stopped && !stop.is_set()),
        Some(ImportError::Stopped) => Ok(false),
        Some(error) => Err(error.into()),
    }
}

/// Takes batches in order. Dropping `done` and the tokens on an error ends the other threads.
fn take(
    sequencer: &mut Sequencer<'_>,
    done: &Receiver<(u64, Parsed)>,
    tokens: &Sender<()>,
    (stop, cancel): (&StopFlag, &StopFlag),
    progress: &Progress,
) -> Result<bool> {
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    let mut result = Ok(true);
    for (seq, parsed) in done {
        if result.is_err() || stop.is_set() {
            // Keep the channels moving until the splitter has seen the flag.
            let _ = tokens.try_send(());
            if result.is_ok() {
                result = Ok(false);
            }
            continue;
        }
        waiting.insert(seq, parsed);
        while let Some(parsed) = waiting.remove(&next) {
            next += 1;
            progress.chunk(parsed.bytes, parsed.batch.items.len() as u64);
            let _ = tokens.try_send(());
            if let Err(error) = sequencer.take(parsed) {
                cancel.stop();
                result = Err(error);
                break;
            }
        }
    }
    result
}

fn parse(work: &Receiver<Work>, done: &Sender<(u64, Parsed)>, options: &Options) {
    for Work { seq, next, importer, load } in work {
        let (batch, bytes) = match (load, importer) {
            (Load::Chunk(chunk), Some(importer)) => {
                (importer.parse(&chunk, options), chunk.data.len() as u64)
            }
            (Load::Chunk(_), None) => (Batch::default(), 0),
            (Load::Batch(batch), _) => (batch, 0),
        };
        let prepared = batch.items.iter().map(Prepared::new).collect();
        if done.send((seq, Parsed { batch, prepared, bytes, next })).is_err() {
            return;
        }
    }
}

/// The splitter's end: numbers the work, leaves out what is already in the record.
struct Feed<'a> {
    seq: u64,
    /// Unit and chunk of the next piece of work.
    next: (u64, u64),
    from: (u64, u64),
    tokens: Receiver<()>,
    work: Sender<Work>,
    stop: &'a StopFlag,
    cancel: &'a StopFlag,
}

impl Feed<'_> {
    fn archive(&mut self, opened: Opened, options: &Options) -> Result<(), ImportError> {
        let Opened { tree, units, issues, skipped } = opened;
        self.feed(None, Load::Batch(discovery_batch(issues, skipped)))?;
        let several = units.len() > 1;
        for unit in units {
            self.next = (self.next.0 + 1, 0);
            if self.next.0 < self.from.0 {
                continue;
            }
            let mut sink = UnitSink { feed: self, importer: unit.importer };
            match unit.importer.split(tree.as_ref(), &unit.members, options, &mut sink) {
                // One member that only looked like its format does not keep the others out.
                Err(ImportError::Unfit { member, reason }) if several => {
                    self.feed(None, Load::Batch(unfit(member, reason)))?;
                }
                other => other?,
            }
        }
        Ok(())
    }

    fn feed(
        &mut self,
        importer: Option<&'static dyn Importer>,
        load: Load,
    ) -> Result<(), ImportError> {
        let place = self.next;
        self.next.1 += 1;
        if self.stop.is_set() || self.cancel.is_set() {
            return Err(ImportError::Stopped);
        }
        if place < self.from {
            return Ok(());
        }
        self.tokens.recv().map_err(|_| ImportError::Stopped)?;
        let work = Work { seq: self.seq, next: self.next, importer, load };
        self.seq += 1;
        self.work.send(work).map_err(|_| ImportError::Stopped)
    }
}

fn unfit(member: String, reason: String) -> Batch {
    let issue = Issue {
        severity: Severity::Lost,
        code: "unfit".to_owned(),
        locator: Locator::new(member, Selector::Whole),
        what: reason,
        kept: "nothing of this member".to_owned(),
    };
    let balance = Balance { found: 1, skipped: 1, ..Balance::default() };
    Batch { issues: vec![issue], balance, ..Batch::default() }
}

struct UnitSink<'f, 'a> {
    feed: &'f mut Feed<'a>,
    importer: &'static dyn Importer,
}

impl ChunkSink for UnitSink<'_, '_> {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
        self.feed.feed(Some(self.importer), Load::Chunk(chunk))
    }

    fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
        self.feed.feed(Some(self.importer), Load::Batch(batch))
    }
}
