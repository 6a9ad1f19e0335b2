//! A search over columns in memory: the same hits, total and counts as from the columns on disk.
//!
//! The segments of a large index are shared among the cores. What is found does not depend on who
//! read which: hits are ranked by a total order, and everything else is a sum.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

use cahoots_record::{ItemId, ItemOrd, UtcMicros};
use tantivy::query::{EnableScoring, Query};
use tantivy::{DocId, Searcher};

use crate::collect::{Found, Gather, Hit, NEVER, Order, Spread, rank};
use crate::columns::{Columns, SegmentColumns};

/// What a hit is ranked by: larger is better, then the earlier place. Then its score's bits, its
/// segment and its number there.
type Ranked = (u64, Reverse<u32>, u32, u32, DocId);

/// The best so many.
struct Best {
    wanted: usize,
    order: Order,
    heap: BinaryHeap<Reverse<Ranked>>,
    /// What a further one must exceed, once there are enough.
    bar: Option<(u64, Reverse<u32>)>,
}

impl Best {
    fn see(&mut self, columns: &SegmentColumns, segment: u32, doc: DocId, score: u32) {
        let at = doc as usize;
        let key = (rank(self.order, columns.time[at], score), Reverse(columns.ord[at]));
        if self.bar.is_some_and(|bar| key <= bar) {
            return;
        }
        self.heap.push(Reverse((key.0, key.1, score, segment, doc)));
        if self.heap.len() > self.wanted {
            self.heap.pop();
        }
        if self.heap.len() == self.wanted {
            self.bar = self.heap.peek().map(|Reverse(worst)| (worst.0, worst.1));
        }
    }
}

/// Counts by cell and by account.
struct Tally {
    cells: Vec<u64>,
    accounts: Vec<u32>,
}

impl Tally {
    fn see(&mut self, columns: &SegmentColumns, docs: &[DocId]) {
        for doc in docs {
            self.cells[columns.cell[*doc as usize] as usize] += 1;
            for account in columns.accounts(*doc) {
                self.accounts[*account as usize] += 1;
            }
        }
    }

    fn add(&mut self, other: &Self) {
        self.cells.iter_mut().zip(&other.cells).for_each(|(own, other)| *own += other);
        self.accounts.iter_mut().zip(&other.accounts).for_each(|(own, other)| *own += other);
    }

    fn spread(&self, columns: &Columns) -> Spread {
        let mut spread = Spread::default();
        for (cell, n) in columns.cells.iter().zip(&self.cells).filter(|(_, n)| **n > 0) {
            if let Some(month) = cell.month {
                *spread.months.entry(month).or_default() += n;
            }
            if let Some(kind) = cell.kind {
                *spread.kinds.entry(kind).or_default() += n;
            }
            if let Some(archive) = cell.archive {
                *spread.archives.entry(archive).or_default() += n;
            }
            if cell.public {
                spread.n_public += n;
            }
        }
        let accounts = (0u32..).zip(&self.accounts).filter(|(_, n)| **n > 0);
        spread.accounts = accounts.map(|(account, n)| (account, u64::from(*n))).collect();
        spread
    }
}

/// What one core found.
struct Part {
    total: u64,
    best: Best,
    tally: Option<Tally>,
}

impl Part {
    fn add(&mut self, other: Self) {
        self.total += other.total;
        self.best.heap.extend(other.best.heap);
        if let (Some(own), Some(other)) = (&mut self.tally, &other.tally) {
            own.add(other);
        }
    }
}

/// Documents from which on a search is worth a second core.
const WORTH_SHARING: usize = 20_000;

impl Columns {
    /// Has every segment looked at, by as many cores as are worth it; each of them begins with what
    /// `begin` gives.
    fn side_by_side<T: Send>(
        &self,
        begin: impl Fn() -> T + Sync,
        look: impl Fn(&mut T, usize, &SegmentColumns) -> tantivy::Result<()> + Sync,
    ) -> tantivy::Result<Vec<T>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut own = begin();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(columns) = self.segments.get(at) else { break };
                look(&mut own, at, columns)?;
            }
            tantivy::Result::Ok(own)
        };
        let docs: usize = self.segments.iter().map(|segment| segment.ord.len()).sum();
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = cores.min(self.segments.len()).min(docs / WORTH_SHARING).max(1);
        std::thread::scope(|scope| {
            let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
            let mut found = vec![work()?];
            for other in others {
                found.push(other.join().unwrap_or_else(|panic| resume_unwind(panic))?);
            }
            Ok(found)
        })
    }

    /// Runs a query. The columns must [fit](Self::fits) the searcher.
    pub fn search(
        &self,
        searcher: &Searcher,
        query: &dyn Query,
        gather: &Gather,
    ) -> tantivy::Result<Found> {
        let begin = || Part {
            total: 0,
            best: Best {
                wanted: gather.wanted,
                order: gather.order,
                heap: BinaryHeap::new(),
                bar: None,
            },
            tally: gather.counts.then(|| Tally {
                cells: vec![0; self.cells.len()],
                accounts: vec![0; self.n_accounts],
            }),
        };
        let ranked = gather.wanted > 0;
        let scored = ranked && gather.order == Order::Score;
        let weight = query.weight(match scored {
            true => EnableScoring::enabled_from_searcher(searcher),
            false => EnableScoring::disabled_from_searcher(searcher),
        })?;
        let parts = self.side_by_side(begin, |part, at, columns| {
            let Part { total, best, tally } = part;
            let (number, reader) = (at as u32, searcher.segment_reader(at as u32));
            if scored {
                return weight.for_each(reader, &mut |doc, score| {
                    *total += 1;
                    best.see(columns, number, doc, score.max(0.0).to_bits());
                    if let Some(tally) = tally {
                        tally.see(columns, &[doc]);
                    }
                });
            }
            weight.for_each_no_score(reader, &mut |docs| {
                *total += docs.len() as u64;
                if ranked {
                    docs.iter().for_each(|doc| best.see(columns, number, *doc, 0));
                }
                if let Some(tally) = tally {
                    tally.see(columns, docs);
                }
            })
        })?;
        let all = parts.into_iter().reduce(|mut all, part| {
            all.add(part);
            all
        });
        let Part { total, best, tally } = all.unwrap_or_else(begin);
        let mut ranked: Vec<Ranked> = best.heap.into_iter().map(|Reverse(ranked)| ranked).collect();
        ranked.sort_unstable_by_key(|ranked| Reverse(*ranked));
        ranked.truncate(gather.wanted);
        Ok(Found {
            total,
            hits: self.hits(searcher, &ranked)?,
            counts: tally.map(|tally| tally.spread(self).counts()),
            ..Found::default()
        })
    }

    /// How many match of a query that only documents without a time can match.
    pub fn count_undated(&self, searcher: &Searcher, query: &dyn Query) -> tantivy::Result<u64> {
        if self.segments.iter().all(|segment| segment.n_undated == 0) {
            return Ok(0);
        }
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let parts = self.side_by_side(
            || 0,
            |n, at, columns| {
                if columns.n_undated > 0 {
                    *n += u64::from(weight.count(searcher.segment_reader(at as u32))?);
                }
                Ok(())
            },
        )?;
        Ok(parts.iter().sum())
    }

    /// The few that are shown, with their ids.
    fn hits(&self, searcher: &Searcher, ranked: &[Ranked]) -> tantivy::Result<Vec<Hit>> {
        let mut hits = Vec::with_capacity(ranked.len());
        for (_, Reverse(ord), score, segment, doc) in ranked {
            let fast = searcher.segment_reader(*segment).fast_fields();
            let half = |name| Ok::<_, tantivy::TantivyError>(fast.u64(name)?.first(*doc));
            let (high, low) = (half("id_high")?, half("id_low")?);
            let time = self.segments[*segment as usize].time[*doc as usize];
            hits.push(Hit {
                ord: ItemOrd(u64::from(*ord)),
                id: ItemId::from_halves(high.unwrap_or_default(), low.unwrap_or_default()),
                score: f32::from_bits(*score),
                time: (time != NEVER).then_some(UtcMicros(time)),
            });
        }
        Ok(hits)
    }

    /// Shows the place in the record of everything that matches, in no order.
    pub fn each_match(
        &self,
        searcher: &Searcher,
        query: &dyn Query,
        each: &mut dyn FnMut(ItemOrd),
    ) -> tantivy::Result<()> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let found = self.side_by_side(Vec::new, |found, at, columns| {
            weight.for_each_no_score(searcher.segment_reader(at as u32), &mut |docs| {
                found.extend(docs.iter().map(|doc| columns.ord[*doc as usize]));
            })
        })?;
        found.iter().flatten().for_each(|ord| each(ItemOrd(u64::from(*ord))));
        Ok(())
    }
}
