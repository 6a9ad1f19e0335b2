//! Takes batches in order: what is new becomes rows, what is known becomes a further copy.

use std::path::PathBuf;
use std::thread::JoinHandle;

use anyhow::{Context, Result, anyhow};
use cahoots_import::StopFlag;
use cahoots_record::{Balance, Issue, Item, ItemId, ItemOrd, Severity};
use cahoots_search::{Index, Prepared, Writer};
use cahoots_store::segment::SegmentFile;
use cahoots_store::{
    AccountTally, Case, Commit, Declared, ItemIds, Parts, SegmentBuilder, SegmentRow, SegmentStats,
    StoreError, Taken,
};

use super::accounts::Accounts;
use super::pipeline::Parsed;
use super::{INDEX_COMMIT_SEGMENTS, SEGMENT_ITEMS, segment_bytes};
use crate::progress::Progress;

/// An entry for the index, held back until its segment is committed.
struct Entry {
    prepared: Prepared,
    ord: ItemOrd,
    archive: u32,
    accounts: Vec<u32>,
    bytes: u64,
}

/// A segment whose tables are being written.
struct Sealed {
    number: u64,
    first: ItemOrd,
    n_items: u64,
    archive: u32,
    stats: SegmentStats,
    balance: Balance,
    next: (u64, u64),
    accounts: Vec<AccountTally>,
    declared: Vec<Declared>,
    entries: Vec<Entry>,
    files: JoinHandle<Result<Vec<SegmentFile>, StoreError>>,
}

pub(super) struct Sequencer<'a> {
    case: &'a mut Case,
    ids: ItemIds,
    accounts: Accounts,
    writer: Writer,
    through: Option<u64>,
    next_segment: u64,
    builder: SegmentBuilder,
    bytes: u64,
    segment_bytes: u64,
    balance: Balance,
    next: (u64, u64),
    entries: Vec<Entry>,
    sealed: Option<Sealed>,
    /// Items and bytes of text given to the index since its last commit.
    queued: (u64, u64),
}

impl<'a> Sequencer<'a> {
    pub(super) fn new(case: &'a mut Case, threads: usize) -> Result<Self> {
        let index = Index::open(&case.index_dir())?;
        let through = index.through_segment();
        let writer = index.writer(threads.clamp(1, 4), INDEX_HEAP)?;
        let ids = case.item_ids()?;
        let accounts = Accounts::of(case)?;
        let next_segment = case.segments().last().map_or(0, |row| row.segment + 1);
        let builder = SegmentBuilder::new(0, ItemOrd(ids.len() as u64));
        Ok(Self {
            case,
            ids,
            accounts,
            writer,
            through,
            next_segment,
            builder,
            bytes: 0,
            segment_bytes: segment_bytes(),
            balance: Balance::default(),
            next: (0, 0),
            entries: Vec::new(),
            sealed: None,
            queued: (0, 0),
        })
    }

    pub(super) fn case(&self) -> &Case {
        self.case
    }

    pub(super) fn n_items(&self) -> u64 {
        self.ids.len() as u64
    }

    /// Adds to the index the segments that it does not have yet: after a kill, or a rebuild.
    /// `Ok(false)` when stopped: the index then has a part of a segment that no commit may claim.
    pub(super) fn catch_up(&mut self, progress: &Progress, stop: &StopFlag) -> Result<bool> {
        let behind: Vec<usize> = (0..self.case.segments().len())
            .filter(|place| {
                let segment = self.case.segments()[*place].segment;
                self.through.is_none_or(|through| segment > through)
            })
            .collect();
        if behind.is_empty() {
            return Ok(true);
        }
        let total: u64 = behind.iter().map(|place| self.case.segments()[*place].n_items).sum();
        progress.stage("index", "bringing up to date", None);
        progress.expect_items(total);
        let mut last = self.through;
        for place in behind {
            let row = &self.case.segments()[place];
            let number = row.segment;
            let ords: Vec<ItemOrd> =
                (row.first.0..row.first.0 + row.n_items).map(ItemOrd).collect();
            for ords in ords.chunks(2048) {
                if stop.is_set() {
                    return Ok(false);
                }
                for stored in self.case.items(ords, Parts::All)? {
                    let accounts = self.accounts.count(&stored.item);
                    let prepared = Prepared::new(&stored.item);
                    self.writer.add_prepared(prepared, stored.ord, stored.archive, &accounts)?;
                }
                progress.chunk(0, ords.len() as u64);
            }
            last = Some(number);
        }
        // The counts were only wanted for their numbers.
        drop(self.accounts.seal());
        if let Some(last) = last {
            self.writer.commit(last)?;
            self.through = Some(last);
        }
        Ok(true)
    }

    /// Starts an archive, or goes on with one.
    pub(super) fn begin(&mut self, archive: u32, from: (u64, u64)) {
        self.builder = SegmentBuilder::new(archive, ItemOrd(self.n_items()));
        self.bytes = 0;
        self.balance = Balance::default();
        self.next = from;
    }

    /// Takes the next batch of the archive.
    pub(super) fn take(&mut self, parsed: Parsed) -> Result<()> {
        let Parsed { batch, prepared, bytes, next } = parsed;
        debug_assert!(batch.balance.holds(), "found = read + damaged + skipped");
        let archive = self.builder.archive();
        for account in &batch.accounts {
            self.accounts.declare(account, archive);
        }
        for (mut item, prepared) in batch.items.into_iter().zip(prepared) {
            let (ord, prepared) = match self.ids.take(&mut item) {
                Taken::Copy(ord) => {
                    self.builder.push_copy(ord, &item);
                    continue;
                }
                Taken::New(ord) => (ord, prepared),
                Taken::Variant(ord, first) => {
                    self.builder.push_issue(&variant(&item, &first));
                    // The entry made ready before names the other content's id.
                    (ord, Prepared::new(&item))
                }
            };
            let accounts = self.accounts.count(&item);
            self.builder.push_item(&item);
            let bytes = item.text.len() as u64;
            self.entries.push(Entry { prepared, ord, archive, accounts, bytes });
        }
        batch.issues.iter().for_each(|issue| self.builder.push_issue(issue));
        self.balance.add(&batch.balance);
        self.bytes += bytes;
        self.next = next;
        if self.bytes >= self.segment_bytes || self.builder.n_items() >= SEGMENT_ITEMS {
            self.seal()?;
        }
        Ok(())
    }

    /// Sends the open segment to the writer and commits the one before it.
    fn seal(&mut self) -> Result<()> {
        self.settle()?;
        let archive = self.builder.archive();
        let first_of_next = ItemOrd(self.n_items());
        let builder =
            std::mem::replace(&mut self.builder, SegmentBuilder::new(archive, first_of_next));
        let (accounts, declared) = self.accounts.seal();
        let number = self.next_segment;
        self.next_segment += 1;
        self.bytes = 0;
        let dir: PathBuf = self.case.segment_dir(number);
        self.sealed = Some(Sealed {
            number,
            first: builder.first(),
            n_items: builder.n_items(),
            archive,
            stats: builder.stats().clone(),
            balance: std::mem::take(&mut self.balance),
            next: self.next,
            accounts,
            declared,
            entries: std::mem::take(&mut self.entries),
            files: std::thread::spawn(move || builder.write(&dir)),
        });
        Ok(())
    }

    /// Waits for the segment being written, commits it and hands its items to the index.
    fn settle(&mut self) -> Result<()> {
        let Some(sealed) = self.sealed.take() else { return Ok(()) };
        let files = sealed
            .files
            .join()
            .map_err(|_| anyhow!("the thread that writes segment {} died", sealed.number))?
            .with_context(|| format!("segment {} cannot be written", sealed.number))?;
        self.case.catalog().commit_segment(&Commit {
            segment: SegmentRow {
                segment: sealed.number,
                archive: sealed.archive,
                first: sealed.first,
                n_items: sealed.n_items,
                files,
                stats: sealed.stats,
            },
            next_unit: sealed.next.0,
            next_chunk: sealed.next.1,
            balance: sealed.balance,
            accounts: &sealed.accounts,
            declared: &sealed.declared,
        })?;
        for entry in sealed.entries {
            self.queued.0 += 1;
            self.queued.1 += entry.bytes;
            self.writer.add_prepared(entry.prepared, entry.ord, entry.archive, &entry.accounts)?;
        }
        let due =
            self.through.is_none_or(|through| sealed.number >= through + INDEX_COMMIT_SEGMENTS)
                && sealed.number + 1 >= INDEX_COMMIT_SEGMENTS;
        // The index's own queue is bounded by a number of items, whatever their size.
        let waiting = self.queued.1 / self.queued.0.max(1) * self.queued.0.min(QUEUE_ITEMS);
        if due || waiting > QUEUE_BYTES {
            self.writer.commit(sealed.number)?;
            self.through = Some(sealed.number);
            self.queued = (0, 0);
        }
        Ok(())
    }

    /// Ends an archive: its last segment is committed and it counts as done.
    pub(super) fn end_archive(&mut self) -> Result<()> {
        if !self.builder.is_empty() || self.balance != Balance::default() {
            self.seal()?;
        }
        self.settle()?;
        let archive = self.builder.archive();
        self.case.catalog().finish_archive(archive)?;
        Ok(())
    }

    /// Forgets what was taken and not committed, after an error in one archive; the next archive
    /// starts from the record as it is on disk.
    pub(super) fn abandon(&mut self) -> Result<()> {
        self.settle()?;
        self.entries.clear();
        self.case.reload()?;
        self.ids = self.case.item_ids()?;
        self.accounts = Accounts::of(self.case)?;
        self.next_segment = self.case.segments().last().map_or(0, |row| row.segment + 1);
        Ok(())
    }

    /// Commits the index and reads the case's tables anew.
    pub(super) fn finish(mut self, progress: &Progress) -> Result<()> {
        self.settle()?;
        self.case.reload()?;
        if let Some(last) = self.case.segments().last().map(|row| row.segment)
            && self.through != Some(last)
        {
            progress.stage("index", "writing", None);
            // Neither needs the other: the threads come from the record alone.
            let (writer, case) = (&mut self.writer, &*self.case);
            std::thread::scope(|scope| {
                let commit = scope.spawn(|| writer.commit(last));
                let threads = case.write_threads();
                commit.join().map_err(|_| anyhow!("the thread that writes the index died"))??;
                threads.map_err(anyhow::Error::from)
            })?;
        }
        self.writer.finish()?;
        progress.done();
        Ok(())
    }
}

fn variant(item: &Item, first: &ItemId) -> Issue {
    Issue {
        severity: Severity::Note,
        code: "variant".to_owned(),
        locator: item.locator.clone(),
        what: format!("the record has another content under the same id as item {first}"),
        kept: format!("both; this one as item {}", item.id),
    }
}

/// Items that the index library takes into its queue before it blocks.
const QUEUE_ITEMS: u64 = 10_000;
/// Bytes of text that may wait there.
const QUEUE_BYTES: u64 = 128 << 20;

/// Memory of the index writer in bytes, over all its threads.
const INDEX_HEAP: usize = 144 << 20;
