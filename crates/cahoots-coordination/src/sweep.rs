//! The sweep over rows in memory: for each share, back to those of the same object within the
//! window; the pairs counted first, then made.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rustc_hash::FxHashSet;

use crate::compat::{Compat, kept_contents};
use crate::edges::{Adding, Edges, Meeting, Wanted};
use crate::names::SHARDS;
use crate::network::{LeftOut, NetworkError, Question};
use crate::rows::Row;
use crate::shares::Shares;
use crate::threads::{by_shard, tasks};

/// Pairs that one task makes, about.
const TASK: u64 = 1 << 17;

/// What the sweep reads of a row.
#[derive(Clone, Copy, Debug)]
struct Lean {
    micros: i64,
    account: u32,
    /// The row, by its place in its shard.
    row: u32,
}

/// The shares of one object.
#[derive(Clone, Copy, Debug)]
struct Group {
    start: u32,
    end: u32,
    pairs: u64,
}

/// The rows of one shard that can be in a pair.
struct Field {
    lean: Vec<Lean>,
    groups: Vec<Group>,
    left_out: Vec<LeftOut>,
}

/// Two rows of two accounts, each row by shard and place.
#[derive(Clone, Copy, Debug)]
struct Pair {
    a: u32,
    b: u32,
    older: u32,
    newer: u32,
}

/// A part of a shard for one thread: whole groups, or some of the newer rows of one.
#[derive(Clone, Copy, Debug)]
struct Task {
    shard: u32,
    groups: (u32, u32),
    newer: (u32, u32),
}

/// What the sweep found.
#[derive(Debug, Default)]
pub(crate) struct Swept {
    pub(crate) edges: Edges,
    /// Pairs that were made, before any filter on them.
    pub(crate) pairs: u64,
    /// For each account, how many of its shares are in a pair; empty when nothing asks for it.
    pub(crate) matched: Vec<u32>,
    pub(crate) light: u64,
    pub(crate) left_out: Vec<LeftOut>,
    /// Bytes of pairs that were spilled.
    pub(crate) spilled: u64,
}

/// How many pairs the shares of one object make within the window: those of one account with
/// itself are among them.
pub(crate) fn count_pairs(micros: impl Fn(usize) -> i64, n: usize, window: i64) -> u64 {
    let mut low = 0;
    let mut pairs = 0;
    for newer in 0..n {
        let now = micros(newer);
        while now.saturating_sub(micros(low)) > window {
            low += 1;
        }
        pairs += (newer - low) as u64;
    }
    pairs
}

/// Whether a row can be in a pair at all.
pub(crate) fn takes_part(row: &Row, active: &[bool], compat: Option<Compat>) -> bool {
    active[row.account as usize] && (compat == Some(Compat::Cnt) || !row.at.is_origin())
}

fn field(rows: &[Row], active: &[bool], question: &Question) -> Field {
    let mut field = Field { lean: Vec::new(), groups: Vec::new(), left_out: Vec::new() };
    let window = question.widest();
    let mut start = 0;
    for of_object in rows.chunk_by(|a, b| a.object == b.object) {
        let from = field.lean.len();
        let mut shares = 0;
        // The row before, and whether it was taken. One without a neighbour is in no pair.
        let mut before: Option<(Lean, bool)> = None;
        for (at, row) in of_object.iter().enumerate() {
            if !takes_part(row, active, question.compat) {
                continue;
            }
            shares += 1;
            let row = (start + at) as u32;
            let now = Lean { micros: of_object[at].micros, account: of_object[at].account, row };
            let meets =
                before.filter(|(older, _)| now.micros.saturating_sub(older.micros) <= window);
            if let Some((older, taken)) = meets {
                field.lean.extend((!taken).then_some(older));
                field.lean.push(now);
            }
            before = Some((now, meets.is_some()));
        }
        start += of_object.len();
        let lean = &field.lean[from..];
        let pairs = count_pairs(|at| lean[at].micros, lean.len(), window);
        if pairs > question.pairs_per_object {
            field.left_out.push(LeftOut { object: of_object[0].object, shares, pairs });
            field.lean.truncate(from);
        } else if pairs > 0 {
            field.groups.push(Group { start: from as u32, end: field.lean.len() as u32, pairs });
        }
    }
    field
}

/// Cuts the work into parts of about equal size.
fn cut(fields: &[Field]) -> Vec<Task> {
    let mut tasks = Vec::new();
    for (shard, field) in fields.iter().enumerate() {
        let shard = shard as u32;
        let (mut first, mut pairs) = (0, 0);
        let all = (0, u32::MAX);
        for (at, group) in field.groups.iter().enumerate() {
            let at = at as u32;
            if group.pairs > TASK {
                if first < at {
                    tasks.push(Task { shard, groups: (first, at), newer: all });
                }
                let n = u64::from(group.end - group.start);
                let parts = (group.pairs / TASK + 1).min(n);
                for part in 0..parts {
                    let bound = |part: u64| (n * part / parts) as u32;
                    let newer = (bound(part), bound(part + 1));
                    tasks.push(Task { shard, groups: (at, at + 1), newer });
                }
                (first, pairs) = (at + 1, 0);
                continue;
            }
            pairs += group.pairs + u64::from(group.end - group.start);
            if pairs > TASK {
                tasks.push(Task { shard, groups: (first, at + 1), newer: all });
                (first, pairs) = (at + 1, 0);
            }
        }
        if (first as usize) < field.groups.len() {
            tasks.push(Task { shard, groups: (first, field.groups.len() as u32), newer: all });
        }
    }
    tasks
}

/// A row by shard and place, as one number.
fn packed(shard: u32, row: u32) -> u32 {
    row * SHARDS as u32 + shard
}

fn unpacked(packed: u32, held: &[Vec<Row>]) -> &Row {
    &held[packed as usize % SHARDS][packed as usize / SHARDS]
}

/// The most rows of a shard that can be packed.
const MOST_ROWS: usize = u32::MAX as usize / SHARDS;

/// Sweeps over rows in memory.
pub(crate) fn held(
    shares: &Shares,
    rows: &[Vec<Row>],
    active: &[bool],
    question: &Question,
    wanted: Wanted<'_>,
    threads: usize,
) -> Result<Option<Swept>, NetworkError> {
    if rows.iter().any(|rows| rows.len() > MOST_ROWS) {
        return Ok(None);
    }
    let fields = by_shard(threads, |shard| field(&rows[shard], active, question));
    let total: u64 = fields.iter().flat_map(|field| &field.groups).map(|group| group.pairs).sum();
    question.allow(total)?;
    // Pairs that would not fit beside the rows take the other way, by runs on disk.
    if total.saturating_mul(2 * size_of::<Pair>() as u64) > question.budget.part(2) {
        return Ok(None);
    }
    // Starting threads takes longer than making few pairs.
    let all_threads = threads;
    let threads = if total < TASK { 1 } else { threads };
    let parts = cut(&fields);
    let marks: Vec<Vec<AtomicBool>> = match question.counts_matched() {
        true => {
            rows.iter().map(|rows| rows.iter().map(|_| AtomicBool::new(false)).collect()).collect()
        }
        false => Vec::new(),
    };
    // By the part of their first account. The order within is that of the threads: it matters to
    // nothing that comes after.
    let made: Vec<Vec<Vec<Pair>>> = tasks(threads, parts.len(), |next| {
        let mut own = Vec::new();
        let mut pairs = vec![Vec::new(); SHARDS];
        while let Some(number) = next() {
            pairs_of(&parts[number], &fields, rows, question, &marks, &mut pairs);
            // Many pairs are not moved for the sake of a few more.
            if pairs.iter().map(Vec::len).sum::<usize>() as u64 > TASK / 2 {
                own.push(std::mem::replace(&mut pairs, vec![Vec::new(); SHARDS]));
            }
        }
        own.push(pairs);
        Ok(own)
    })?
    .into_iter()
    .flatten()
    .collect();
    let pairs = made.iter().flatten().map(|part| part.len() as u64).sum();
    let matched = matched(rows, &marks, shares.accounts.len());
    let kept = match question.compat {
        Some(Compat::CooRTweet) => {
            let paired: FxHashSet<u64> = made
                .iter()
                .flatten()
                .flatten()
                .flat_map(|pair| [pair.older, pair.newer])
                .map(|row| unpacked(row, rows).content)
                .collect();
            // Most rows are in no pair: a bit tells it sooner than the set.
            let mut bits = vec![0_u64; (paired.len() / 4).next_power_of_two()];
            let place = |content: u64, bits: &[u64]| (content >> 6) as usize & (bits.len() - 1);
            for content in &paired {
                let at = place(*content, &bits);
                bits[at] |= 1 << (content % 64);
            }
            let may_be_there =
                |content: u64| bits[place(content, &bits)] >> (content % 64) & 1 == 1;
            let is_there = |content: &u64| may_be_there(*content) && paired.contains(content);
            let in_pairs: Vec<Vec<(u32, u64)>> = by_shard(all_threads, |shard| {
                rows[shard]
                    .iter()
                    .filter(|row| is_there(&row.content) && active[row.account as usize])
                    .map(|row| (row.account, row.content))
                    .collect()
            });
            let each_row = |take: &mut dyn FnMut(u32, u64)| {
                in_pairs.iter().flatten().for_each(|(account, content)| take(*account, *content));
                Ok(())
            };
            let n_accounts = shares.accounts.len();
            Some(kept_contents(&paired, each_row, n_accounts, question.min_participation)?)
        }
        _ => None,
    };
    let partial = by_shard(threads, |part| {
        let n = made.iter().map(|parts| parts[part].len()).sum();
        let mut pairs: Vec<Pair> = Vec::with_capacity(n);
        for parts in &made {
            pairs.extend_from_slice(&parts[part]);
        }
        pairs.sort_unstable_by_key(|pair| (u64::from(pair.a) << 32) | u64::from(pair.b));
        let mut adding = Adding::new(wanted);
        for pair in &pairs {
            let (older, newer) = (unpacked(pair.older, rows), unpacked(pair.newer, rows));
            if let Some(kept) = &kept
                && !kept.contains(&older.content)
                && !kept.contains(&newer.content)
            {
                continue;
            }
            let meeting = Meeting {
                object: older.object,
                older_micros: older.micros,
                newer_micros: newer.micros,
                older_content: older.content,
                newer_content: newer.content,
                older_is_a: older.account == pair.a,
            };
            adding.add(pair.a, pair.b, &meeting, |object| shares.objects.kind(object));
        }
        adding.end();
        (adding.edges, adding.light)
    });
    let light = partial.iter().map(|(_, light)| light).sum();
    let left_out = fields.into_iter().flat_map(|field| field.left_out).collect();
    let partial: Vec<Edges> = partial.into_iter().map(|(edges, _)| edges).collect();
    let edges = joined(&partial, wanted);
    Ok(Some(Swept { edges, pairs, matched, light, left_out, spilled: 0 }))
}

/// Adds the pairs of a task, by the part of their first account.
fn pairs_of(
    task: &Task,
    fields: &[Field],
    rows: &[Vec<Row>],
    question: &Question,
    marks: &[Vec<AtomicBool>],
    parts: &mut [Vec<Pair>],
) {
    let field = &fields[task.shard as usize];
    let rows = &rows[task.shard as usize];
    let marks = marks.get(task.shard as usize);
    let window = question.widest();
    let by_content = question.compat == Some(Compat::CooRTweet);
    for group in &field.groups[task.groups.0 as usize..task.groups.1 as usize] {
        let lean = &field.lean[group.start as usize..group.end as usize];
        let from = task.newer.0 as usize;
        let to = (task.newer.1 as usize).min(lean.len());
        let Some(first) = lean.get(from) else { continue };
        let mut low = lean[..from]
            .partition_point(|share| first.micros.saturating_sub(share.micros) > window);
        for (at, newer) in lean.iter().enumerate().take(to).skip(from) {
            while newer.micros.saturating_sub(lean[low].micros) > window {
                low += 1;
            }
            for older in &lean[low..at] {
                if older.account == newer.account {
                    continue;
                }
                if by_content
                    && rows[older.row as usize].content == rows[newer.row as usize].content
                {
                    continue;
                }
                if let Some(marks) = marks {
                    marks[older.row as usize].store(true, Relaxed);
                    marks[newer.row as usize].store(true, Relaxed);
                }
                let a = older.account.min(newer.account);
                let b = older.account.max(newer.account);
                parts[a as usize % SHARDS].push(Pair {
                    a,
                    b,
                    older: packed(task.shard, older.row),
                    newer: packed(task.shard, newer.row),
                });
            }
        }
    }
}

fn matched(rows: &[Vec<Row>], marks: &[Vec<AtomicBool>], n_accounts: usize) -> Vec<u32> {
    if marks.is_empty() {
        return Vec::new();
    }
    let mut matched = vec![0; n_accounts];
    for (row, mark) in rows.iter().flatten().zip(marks.iter().flatten()) {
        matched[row.account as usize] += u32::from(mark.load(Relaxed));
    }
    matched
}

/// Edges of all parts in the order of their accounts: each first account stands in one part.
pub(crate) fn joined(parts: &[Edges], wanted: Wanted<'_>) -> Edges {
    let n = parts.iter().map(|part| part.list.len()).sum();
    let (windows, layers) = (wanted.windows.len(), wanted.n_layers);
    let mut all = Edges { list: Vec::with_capacity(n), ..Edges::default() };
    let mut at = vec![0_usize; parts.len()];
    let mut account = 0_u32;
    while all.list.len() < n {
        let number = account as usize % SHARDS;
        let part = &parts[number];
        while part.list.get(at[number]).is_some_and(|edge| edge.a.0 == account) {
            all.push_from(part, at[number], windows, layers);
            at[number] += 1;
        }
        account += 1;
    }
    all
}
