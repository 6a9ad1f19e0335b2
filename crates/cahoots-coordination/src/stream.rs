//! The sweep where rows or pairs do not fit into memory: rows stream by, object by object; pairs
//! go to sorted runs on disk; the runs of each part are merged into edges.

use std::collections::{BinaryHeap, VecDeque};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashSet;

use crate::compat::{Compat, kept_contents};
use crate::edges::{Adding, Edges, Meeting, Wanted};
use crate::names::SHARDS;
use crate::network::{LeftOut, NetworkError, Question};
use crate::row_runs::{Merged, put_row, read_row};
use crate::rows::Row;
use crate::shares::Shares;
use crate::spill::{PartReader, Run, RunWriter, SpillError, put, put_signed};
use crate::sweep::{Swept, count_pairs, joined, takes_part};
use crate::threads::tasks;

/// Rows of one object that are held at once, at least; a larger object goes over the disk.
const LEAST_GROUP: u64 = if cfg!(test) { 3 } else { 1 << 12 };
/// Pairs that a thread holds, at least.
const LEAST_PAIRS: u64 = if cfg!(test) { 5 } else { 1 << 12 };
/// Bytes of a pair in a run, at most.
const LONGEST: usize = 72;

/// A pair with everything that its edge needs.
#[derive(Clone, Copy, Debug)]
struct FullPair {
    a: u32,
    b: u32,
    meeting: Meeting,
}

impl FullPair {
    fn part(&self) -> usize {
        self.a as usize % SHARDS
    }
}

/// What all threads share.
struct Common<'a> {
    shares: &'a Shares,
    active: &'a [bool],
    question: &'a Question,
    /// Pairs counted so far, by all threads.
    counted: AtomicU64,
    runs: Mutex<Vec<Run>>,
    rows_held: usize,
    pairs_held: usize,
}

/// What one thread finds.
struct Finding<'a> {
    common: &'a Common<'a>,
    pairs: Vec<FullPair>,
    made: u64,
    matched: Vec<u32>,
    left_out: Vec<LeftOut>,
    paired: FxHashSet<u64>,
}

/// Sweeps with what does not fit on disk.
pub(crate) fn spilled(
    shares: &Shares,
    active: &[bool],
    question: &Question,
    wanted: Wanted<'_>,
    threads: usize,
) -> Result<Swept, NetworkError> {
    let budget = &question.budget;
    let each = |of: u64, size: usize| budget.part(of) / threads as u64 / size as u64;
    let common = Common {
        shares,
        active,
        question,
        counted: AtomicU64::new(0),
        runs: Mutex::default(),
        rows_held: each(16, size_of::<Row>()).clamp(LEAST_GROUP, 1 << 26) as usize,
        pairs_held: each(8, size_of::<FullPair>()).clamp(LEAST_PAIRS, 1 << 26) as usize,
    };
    let too_many: Mutex<Option<NetworkError>> = Mutex::default();
    let found = tasks(threads, SHARDS, |next| {
        let mut finding = Finding {
            common: &common,
            pairs: Vec::new(),
            made: 0,
            matched: vec![0; if question.counts_matched() { shares.accounts.len() } else { 0 }],
            left_out: Vec::new(),
            paired: FxHashSet::default(),
        };
        while let Some(shard) = next() {
            match finding.shard(shard) {
                Ok(()) => {}
                Err(NetworkError::Spill(error)) => return Err(error),
                Err(error) => {
                    *too_many.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    break;
                }
            }
        }
        finding.flush()?;
        Ok((finding.made, finding.matched, finding.left_out, finding.paired))
    })?;
    if let Some(error) = too_many.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut swept = Swept::default();
    let mut paired: FxHashSet<u64> = FxHashSet::default();
    for (made, matched, left_out, own) in found {
        swept.pairs += made;
        swept.left_out.extend(left_out);
        swept.matched.resize(matched.len(), 0);
        for (all, own) in swept.matched.iter_mut().zip(matched) {
            *all += own;
        }
        paired.extend(own);
    }
    let runs = common.runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    swept.spilled = runs.iter().map(Run::size).sum();
    let kept = match question.compat {
        Some(Compat::CooRTweet) => Some(kept_contents(
            &paired,
            |take| {
                shares.each_row(|row| {
                    if active[row.account as usize] {
                        take(row.account, row.content);
                    }
                })
            },
            shares.accounts.len(),
            question.min_participation,
        )?),
        _ => None,
    };
    let held = AtomicU64::new(0);
    let mut parts = tasks(threads, SHARDS, |next| {
        let mut own = Vec::new();
        while let Some(part) = next() {
            let (edges, light) = added(&runs, part, shares, wanted, kept.as_ref(), question)?;
            let size = held.fetch_add(edges.size(), Relaxed) + edges.size();
            if size > budget.part(3) {
                return Err(SpillError::Edges { given: budget.part(1) });
            }
            own.push((part, edges, light));
        }
        Ok(own)
    })?
    .into_iter()
    .flatten()
    .collect::<Vec<_>>();
    parts.sort_unstable_by_key(|(part, ..)| *part);
    swept.light = parts.iter().map(|(_, _, light)| light).sum();
    let parts: Vec<Edges> = parts.into_iter().map(|(_, edges, _)| edges).collect();
    swept.edges = joined(&parts, wanted);
    Ok(swept)
}

impl Finding<'_> {
    fn failed(&self, error: io::Error) -> SpillError {
        self.common.question.budget.failed(error)
    }

    /// Goes through the rows of one shard.
    fn shard(&mut self, shard: usize) -> Result<(), NetworkError> {
        let mut object = Object::default();
        if let Some(held) = self.common.shares.held() {
            for row in &held[shard] {
                self.row(*row, &mut object)?;
            }
        } else if let Some(runs) = self.common.shares.runs() {
            let mut merge = runs.shard(shard)?;
            while let Some(row) = merge.next_row()? {
                if let Merged::Row(row) = row {
                    self.row(row, &mut object)?;
                }
            }
        }
        self.end(&mut object)
    }

    fn row(&mut self, row: Row, object: &mut Object) -> Result<(), NetworkError> {
        if object.rows.first().is_some_and(|first| first.object != row.object) {
            self.end(object)?;
        }
        let question = self.common.question;
        if !takes_part(&row, self.common.active, question.compat) {
            return Ok(());
        }
        if object.large.is_none() && object.rows.len() >= self.common.rows_held {
            let mut large = Large::new(question)?;
            for row in &object.rows {
                large.add(row, question).map_err(|error| self.failed(error))?;
            }
            // The first row stays, to know the object by.
            object.rows.truncate(1);
            object.large = Some(large);
        }
        match &mut object.large {
            Some(large) => large.add(&row, question).map_err(|error| self.failed(error))?,
            None => object.rows.push(row),
        }
        Ok(())
    }

    /// Ends an object: its pairs are made, or it is left out.
    fn end(&mut self, object: &mut Object) -> Result<(), NetworkError> {
        let question = self.common.question;
        let rows = &object.rows;
        let (shares, pairs) = match &object.large {
            Some(large) => (large.n, large.pairs),
            None => {
                let of = |at: usize| rows[at].micros;
                (rows.len() as u64, count_pairs(of, rows.len(), question.widest()))
            }
        };
        if pairs > question.pairs_per_object {
            let object = rows.first().map_or(0, |row| row.object);
            self.left_out.push(LeftOut { object, shares, pairs });
        } else if pairs > 0 {
            question.allow(self.common.counted.fetch_add(pairs, Relaxed) + pairs)?;
            let mut back = Back::default();
            match object.large.take() {
                None => {
                    for row in &object.rows {
                        self.newer(*row, &mut back)?;
                    }
                }
                Some(large) => {
                    let run = large.finish().map_err(|error| self.failed(error))?;
                    let mut reader = run.part(0);
                    let mut before = Row::BLANK;
                    loop {
                        reader.ready(LONGEST).map_err(|error| self.failed(error))?;
                        if reader.is_done() {
                            break;
                        }
                        before =
                            read_row(&mut reader, &before).map_err(|error| self.failed(error))?;
                        self.newer(before, &mut back)?;
                    }
                }
            }
            back.0.into_iter().for_each(|(row, is_matched)| self.leaves(&row, is_matched));
        }
        *object = Object { rows: std::mem::take(&mut object.rows), large: None };
        object.rows.clear();
        Ok(())
    }

    /// Pairs a row with those before it within the window.
    fn newer(&mut self, newer: Row, back: &mut Back) -> Result<(), SpillError> {
        let question = self.common.question;
        let window = question.widest();
        while let Some((older, is_matched)) = back.0.front() {
            if newer.micros.saturating_sub(older.micros) <= window {
                break;
            }
            let (older, is_matched) = (*older, *is_matched);
            self.leaves(&older, is_matched);
            back.0.pop_front();
        }
        let mut matches = false;
        let by_content = question.compat == Some(Compat::CooRTweet);
        for (older, is_matched) in &mut back.0 {
            if older.account == newer.account || by_content && older.content == newer.content {
                continue;
            }
            (*is_matched, matches) = (true, true);
            let a = older.account.min(newer.account);
            let b = older.account.max(newer.account);
            let meeting = Meeting {
                object: newer.object,
                older_micros: older.micros,
                newer_micros: newer.micros,
                older_content: older.content,
                newer_content: newer.content,
                older_is_a: older.account == a,
            };
            self.made += 1;
            self.pairs.push(FullPair { a, b, meeting });
        }
        back.0.push_back((newer, matches));
        if self.pairs.len() >= self.common.pairs_held {
            self.flush()?;
        }
        Ok(())
    }

    /// A row is out of the window: whether it was in a pair is known.
    fn leaves(&mut self, row: &Row, is_matched: bool) {
        if !is_matched {
            return;
        }
        if self.common.question.compat == Some(Compat::CooRTweet) {
            self.paired.insert(row.content);
        }
        if let Some(n) = self.matched.get_mut(row.account as usize) {
            *n += 1;
        }
    }

    /// Writes the pairs at hand as a run.
    fn flush(&mut self) -> Result<(), SpillError> {
        if self.pairs.is_empty() {
            return Ok(());
        }
        self.pairs.sort_unstable_by_key(|pair| (pair.part(), pair.a, pair.b));
        let budget = &self.common.question.budget;
        let mut run = RunWriter::new(budget)?;
        let mut bytes = Vec::new();
        let mut rest = &self.pairs[..];
        for part in 0..SHARDS {
            let end = rest.partition_point(|pair| pair.part() <= part);
            let (own, later) = rest.split_at(end);
            rest = later;
            let mut before = BLANK;
            for pair in own {
                put_pair(&mut bytes, pair, &before);
                before = *pair;
                if bytes.len() > 1 << 16 {
                    run.write(&bytes).map_err(|error| budget.failed(error))?;
                    bytes.clear();
                }
            }
            run.write(&bytes).map_err(|error| budget.failed(error))?;
            bytes.clear();
            run.end_part();
        }
        let run = run.finish().map_err(|error| budget.failed(error))?;
        self.pairs.clear();
        self.common.runs.lock().unwrap_or_else(PoisonError::into_inner).push(run);
        Ok(())
    }
}

/// The rows of the object at hand.
#[derive(Default)]
struct Object {
    rows: Vec<Row>,
    large: Option<Large>,
}

/// The rows that a newer one may still meet, and whether each is in a pair.
#[derive(Default)]
struct Back(VecDeque<(Row, bool)>);

/// An object whose rows are too many to hold: they are counted and written.
struct Large {
    run: RunWriter,
    n: u64,
    pairs: u64,
    before: Row,
    back: VecDeque<i64>,
}

impl Large {
    fn new(question: &Question) -> Result<Self, SpillError> {
        let run = RunWriter::new(&question.budget)?;
        Ok(Self { run, n: 0, pairs: 0, before: Row::BLANK, back: VecDeque::new() })
    }

    fn add(&mut self, row: &Row, question: &Question) -> io::Result<()> {
        let window = question.widest();
        while self.back.front().is_some_and(|old| row.micros.saturating_sub(*old) > window) {
            self.back.pop_front();
        }
        self.pairs += self.back.len() as u64;
        self.back.push_back(row.micros);
        self.n += 1;
        let mut bytes = Vec::with_capacity(LONGEST);
        put_row(&mut bytes, row, &self.before);
        self.before = *row;
        self.run.write(&bytes)
    }

    fn finish(mut self) -> io::Result<Run> {
        self.run.end_part();
        self.run.finish()
    }
}

const BLANK: FullPair = FullPair {
    a: 0,
    b: 0,
    meeting: Meeting {
        object: 0,
        older_micros: 0,
        newer_micros: 0,
        older_content: 0,
        newer_content: 0,
        older_is_a: false,
    },
};

fn put_pair(bytes: &mut Vec<u8>, pair: &FullPair, before: &FullPair) {
    let meeting = &pair.meeting;
    put(bytes, u64::from(pair.a - before.a));
    put(bytes, u64::from(pair.b) << 1 | u64::from(meeting.older_is_a));
    put(bytes, u64::from(meeting.object));
    put_signed(bytes, meeting.older_micros.wrapping_sub(before.meeting.older_micros));
    put(bytes, meeting.newer_micros.wrapping_sub(meeting.older_micros) as u64);
    bytes.extend_from_slice(&meeting.older_content.to_le_bytes());
    bytes.extend_from_slice(&meeting.newer_content.to_le_bytes());
}

fn read_pair(reader: &mut PartReader<'_>, before: &FullPair) -> io::Result<FullPair> {
    let a = before.a + reader.varint()? as u32;
    let b = reader.varint()?;
    let object = reader.varint()? as u32;
    let older_micros = before.meeting.older_micros.wrapping_add(reader.signed()?);
    let newer_micros = older_micros.wrapping_add(reader.varint()? as i64);
    let (older_content, newer_content) = (reader.fixed()?, reader.fixed()?);
    let older_is_a = b & 1 == 1;
    let meeting =
        Meeting { object, older_micros, newer_micros, older_content, newer_content, older_is_a };
    Ok(FullPair { a, b: (b >> 1) as u32, meeting })
}

/// Merges one part of all runs into edges.
fn added(
    runs: &[Run],
    part: usize,
    shares: &Shares,
    wanted: Wanted<'_>,
    kept: Option<&FxHashSet<u64>>,
    question: &Question,
) -> Result<(Edges, u64), SpillError> {
    let failed = |error| question.budget.failed(error);
    let mut readers: Vec<(PartReader<'_>, FullPair)> =
        runs.iter().map(|run| (run.part(part), BLANK)).collect();
    let mut heap = BinaryHeap::new();
    let mut advance = |number: usize, heap: &mut BinaryHeap<_>| -> io::Result<FullPair> {
        let (reader, pair) = &mut readers[number];
        let now = *pair;
        reader.ready(LONGEST)?;
        if !reader.is_done() {
            *pair = read_pair(reader, &now)?;
            heap.push(std::cmp::Reverse((pair.a, pair.b, number)));
        }
        Ok(now)
    };
    for number in 0..runs.len() {
        advance(number, &mut heap).map_err(failed)?;
    }
    let mut adding = Adding::new(wanted);
    while let Some(std::cmp::Reverse((.., number))) = heap.pop() {
        let FullPair { a, b, meeting } = advance(number, &mut heap).map_err(failed)?;
        let stays = kept.is_none_or(|kept| {
            kept.contains(&meeting.older_content) || kept.contains(&meeting.newer_content)
        });
        if stays {
            adding.add(a, b, &meeting, |object| shares.objects.kind(object));
        }
    }
    adding.end();
    Ok((adding.edges, adding.light))
}
