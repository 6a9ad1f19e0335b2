//! What a search gives: hits in an order, the exact total, counts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use cahoots_record::{ItemId, ItemKind, ItemOrd, UtcMicros};
use rustc_hash::FxHashMap;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

use crate::snippet::Marks;

/// One result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The item's place in the record.
    pub ord: ItemOrd,
    /// The item's lasting name.
    pub id: ItemId,
    /// How well it matches; comparable within one search.
    pub score: f32,
    /// Its sort key.
    pub time: Option<UtcMicros>,
}

/// How the results are spread. Every item counts once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// By month in UTC (`"1996-03"`), in order.
    pub by_month: Vec<(String, u64)>,
    /// By kind.
    pub by_kind: Vec<(ItemKind, u64)>,
    /// By archive of the first occurrence, by number.
    pub by_archive: Vec<(u32, u64)>,
    /// Of all results, those made in public; the others are private.
    pub n_public: u64,
    /// By account in any role but mentions and quotations, most first. An item counts once for
    /// each of its accounts.
    pub by_account: Vec<(u32, u64)>,
}

/// The result of a search.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Everything that matches.
    pub total: u64,
    /// The hits asked for, in order.
    pub hits: Vec<Hit>,
    /// Counts, if asked for.
    pub counts: Option<Counts>,
    /// If the query names a period: items that match otherwise and have no time.
    pub undated: Option<u64>,
    /// Words of the query with the words of the same stem that were also looked for.
    pub expanded: Vec<(String, Vec<String>)>,
    pub(crate) marks: Marks,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Score,
    Oldest,
    Newest,
}

/// Collects hits, total and counts in one pass.
pub(crate) struct Gather {
    pub wanted: usize,
    pub order: Order,
    pub counts: bool,
}

/// A hit with what it is ranked by: larger is better, then the earlier place. Last, its number in
/// the index's segment.
type Ranked = (u64, Reverse<u64>, u32, i64, DocId);

/// No time.
pub(crate) const NEVER: i64 = i64::MIN;

/// What a document is ranked by: larger is better. `score` is the bits of one that is not
/// negative, which sort as it does.
pub(crate) fn rank(order: Order, time: i64, score: u32) -> u64 {
    let sortable = (time as u64) ^ (1 << 63);
    match order {
        Order::Score => u64::from(score),
        Order::Newest => sortable,
        Order::Oldest if time == NEVER => 0,
        Order::Oldest => u64::MAX - sortable,
    }
}

/// Whether an account in its role takes a part of its own: who is mentioned or quoted does not.
pub(crate) fn takes_part(account_term: u64) -> bool {
    !matches!(account_term & 7, 5 | 6)
}

#[derive(Default)]
pub(crate) struct Fruit {
    total: u64,
    ranked: Vec<(Ranked, ItemId)>,
    spread: Spread,
    accounts: FxHashMap<u32, u64>,
}

/// How results are spread, in no order.
#[derive(Default)]
pub(crate) struct Spread {
    pub months: FxHashMap<i32, u64>,
    pub kinds: FxHashMap<u64, u64>,
    pub archives: FxHashMap<u64, u64>,
    pub n_public: u64,
    /// Each account once.
    pub accounts: Vec<(u32, u64)>,
}

pub(crate) struct Segment {
    wanted: usize,
    order: Order,
    counts: bool,
    ord: Column<u64>,
    id: [Column<u64>; 2],
    time: Column<i64>,
    kind: Column<u64>,
    archive: Column<u64>,
    account: Column<u64>,
    heap: BinaryHeap<Reverse<Ranked>>,
    fruit: Fruit,
    seen: Vec<u32>,
}

impl Collector for Gather {
    type Fruit = Found;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Segment> {
        let fast = reader.fast_fields();
        Ok(Segment {
            wanted: self.wanted,
            order: self.order,
            counts: self.counts,
            ord: fast.u64("ord")?,
            id: [fast.u64("id_high")?, fast.u64("id_low")?],
            time: fast.i64("time")?,
            kind: fast.u64("kind")?,
            archive: fast.u64("archive")?,
            account: fast.u64("account")?,
            heap: BinaryHeap::new(),
            fruit: Fruit::default(),
            seen: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Score
    }

    fn merge_fruits(&self, fruits: Vec<Fruit>) -> tantivy::Result<Found> {
        let mut all = Fruit::default();
        for fruit in fruits {
            all.total += fruit.total;
            all.ranked.extend(fruit.ranked);
            add(&mut all.spread.months, fruit.spread.months);
            add(&mut all.spread.kinds, fruit.spread.kinds);
            add(&mut all.spread.archives, fruit.spread.archives);
            add(&mut all.accounts, fruit.accounts);
        }
        all.spread.accounts = all.accounts.into_iter().collect();
        all.ranked.sort_unstable_by_key(|(ranked, _)| Reverse(*ranked));
        all.ranked.truncate(self.wanted);
        let hits = all.ranked.iter().map(|((_, Reverse(ord), score, time, _), id)| Hit {
            ord: ItemOrd(*ord),
            id: *id,
            score: f32::from_bits(*score),
            time: (*time != NEVER).then_some(UtcMicros(*time)),
        });
        Ok(Found {
            total: all.total,
            hits: hits.collect(),
            counts: self.counts.then(|| all.spread.counts()),
            ..Found::default()
        })
    }
}

impl SegmentCollector for Segment {
    type Fruit = Fruit;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.fruit.total += 1;
        let time = self.time.first(doc).unwrap_or(NEVER);
        if self.wanted > 0 {
            let score = score.max(0.0).to_bits();
            let rank = rank(self.order, time, score);
            // A full heap turns most documents away by their rank alone.
            let full = self.heap.len() >= self.wanted;
            if !full || self.heap.peek().is_some_and(|Reverse(worst)| rank >= worst.0) {
                let ord = self.ord.first(doc).unwrap_or_default();
                self.heap.push(Reverse((rank, Reverse(ord), score, time, doc)));
                if full {
                    self.heap.pop();
                }
            }
        }
        if self.counts {
            self.count(doc, time);
        }
    }

    fn harvest(mut self) -> Fruit {
        let half = |column: &Column<u64>, doc| column.first(doc).unwrap_or_default();
        let [high, low] = &self.id;
        self.fruit.ranked = self
            .heap
            .into_iter()
            .map(|Reverse(ranked)| {
                let (high, low) = (half(high, ranked.4), half(low, ranked.4));
                (ranked, ItemId::from_halves(high, low))
            })
            .collect();
        self.fruit
    }
}

impl Segment {
    fn count(&mut self, doc: DocId, time: i64) {
        let fruit = &mut self.fruit;
        if time != NEVER {
            *fruit.spread.months.entry(month(time)).or_default() += 1;
        }
        if let Some(kind) = self.kind.first(doc) {
            *fruit.spread.kinds.entry(kind).or_default() += 1;
        }
        if let Some(archive) = self.archive.first(doc) {
            *fruit.spread.archives.entry(archive).or_default() += 1;
        }
        self.seen.clear();
        for value in self.account.values_for_doc(doc) {
            if !takes_part(value) {
                continue;
            }
            let account = (value >> 3) as u32;
            if !self.seen.contains(&account) {
                self.seen.push(account);
                *fruit.accounts.entry(account).or_default() += 1;
            }
        }
    }
}

fn add<K: std::hash::Hash + Eq>(into: &mut FxHashMap<K, u64>, from: FxHashMap<K, u64>) {
    for (key, n) in from {
        *into.entry(key).or_default() += n;
    }
}

impl Spread {
    /// The same in order.
    pub fn counts(self) -> Counts {
        let months: BTreeMap<i32, u64> = self.months.into_iter().collect();
        let kinds: BTreeMap<u64, u64> = self.kinds.into_iter().collect();
        let archives: BTreeMap<u64, u64> = self.archives.into_iter().collect();
        let mut by_account = self.accounts;
        by_account.sort_unstable_by_key(|(account, n)| (Reverse(*n), *account));
        let name =
            |month: i32| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
        Counts {
            by_month: months.into_iter().map(|(month, n)| (name(month), n)).collect(),
            by_kind: kinds
                .into_iter()
                .filter_map(|(kind, n)| Some((ItemKind::from_code(kind as u8)?, n)))
                .collect(),
            by_archive: archives.into_iter().map(|(archive, n)| (archive as u32, n)).collect(),
            by_account,
            n_public: self.n_public,
        }
    }
}

/// Months since year 0 of an instant in UTC.
pub(crate) fn month(micros: i64) -> i32 {
    // Days to a civil date without a table: years begin in March here, so that the leap day is
    // the last of its year.
    let days = micros.div_euclid(86_400_000_000) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let year = era * 400 + year_of_era;
    (year * 12 + march_month + 2) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_agree_with_the_calendar() {
        let mut day = jiff::civil::date(1899, 1, 1);
        while day.year() < 2105 {
            let at = day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_microsecond();
            assert_eq!(month(at), i32::from(day.year()) * 12 + i32::from(day.month()) - 1, "{day}");
            day = day.checked_add(jiff::Span::new().days(13)).unwrap();
        }
    }
}
