//! Every item on the axis of time, and sets of items on it: what drawing and paging need, and
//! nothing else of the record.
//!
//! Items stand in the order of time, undated ones last; a set of them is one bit for each place,
//! with running sums, so that counting a stretch of any length is two look-ups. Seventeen bytes an
//! item, and a fifth of a byte for a set.

use anyhow::{Context, Result};
use cahoots_record::{ItemOrd, Visibility};
use cahoots_store::{Case, StoreError};

/// A set of places, with how many stand before each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    words: Vec<u64>,
    /// How many places of the set stand before each word.
    before: Vec<u32>,
    total: u32,
}

impl Places {
    fn of(words: Vec<u64>) -> Self {
        let mut before = Vec::with_capacity(words.len());
        let mut total = 0;
        for word in &words {
            before.push(total);
            total += word.count_ones();
        }
        Self { words, before, total }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.total as usize
    }

    /// How many of them stand before a place.
    pub fn rank(&self, place: u32) -> usize {
        let (word, bit) = (place as usize / 64, place % 64);
        match (self.words.get(word), self.before.get(word)) {
            (Some(bits), Some(before)) => {
                (before + (bits & ((1_u64 << bit) - 1)).count_ones()) as usize
            }
            _ => self.len(),
        }
    }

    /// Those from number `from` of them on, in order.
    pub fn from(&self, from: usize) -> impl Iterator<Item = u32> {
        let word = self.before.partition_point(|before| *before as usize <= from).max(1) - 1;
        let before = self.before.get(word).copied().unwrap_or_default() as usize;
        let words = (word as u32..).zip(self.words.get(word..).unwrap_or_default());
        let all = words.flat_map(|(word, bits)| {
            let mut rest = *bits;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                Some(word * 64 + bit)
            })
        });
        all.skip(from.saturating_sub(before))
    }

    /// The places of two sets, word by word.
    fn with(&self, other: &Self, join: impl Fn(u64, u64) -> u64) -> Self {
        Self::of(self.words.iter().zip(&other.words).map(|(a, b)| join(*a, *b)).collect())
    }
}

/// Every item in the order of time, undated ones last.
#[derive(Debug, Default)]
pub struct Axis {
    /// Places in the case.
    ords: Vec<u32>,
    /// The values to sort by of the dated ones, in microseconds of UTC.
    times: Vec<i64>,
    /// Places here, by place in the case.
    places: Vec<u32>,
    public: Places,
    /// Those that print a message again that another one prints.
    again: Places,
}

impl Axis {
    /// Reads when and how visible every item is.
    ///
    /// # Errors
    /// When the case cannot be read, or has more items than 32 bits count.
    pub fn read(case: &Case) -> Result<Self> {
        let n = usize::try_from(case.n_items()).ok().filter(|n| u32::try_from(*n).is_ok());
        let n = n.context("the case has more items than this program can count")?;
        let mut seen = vec![(None, Visibility::Private); n];
        read_times(case, &mut seen)?;
        let again: Vec<bool> =
            (0..).zip(case.messages()?).map(|(ord, message)| message != ord).collect();
        Ok(Self::of(&seen, &again))
    }

    /// The axis of items with these times and visibilities, by place in the case; `again` says
    /// which print a message again.
    fn of(seen: &[(Option<i64>, Visibility)], again: &[bool]) -> Self {
        let ords = || (0_u32..).zip(seen);
        let mut dated: Vec<(i64, u32)> =
            ords().filter_map(|(ord, (time, _))| Some(((*time)?, ord))).collect();
        dated.sort_unstable();
        let mut axis = Self {
            ords: dated.iter().map(|(_, ord)| *ord).collect(),
            times: dated.iter().map(|(time, _)| *time).collect(),
            places: vec![0; seen.len()],
            ..Self::default()
        };
        drop(dated);
        axis.ords.extend(ords().filter(|(_, (time, _))| time.is_none()).map(|(ord, _)| ord));
        for (place, ord) in (0..).zip(&axis.ords) {
            axis.places[*ord as usize] = place;
        }
        let where_ = |is: &dyn Fn(usize) -> bool| {
            axis.set(|see| {
                (0..seen.len()).filter(|ord| is(*ord)).for_each(|ord| see(ItemOrd(ord as u64)));
            })
        };
        let public = where_(&|ord| seen[ord].1 == Visibility::Public);
        let again = where_(&|ord| again.get(ord).copied().unwrap_or_default());
        Self { public, again, ..axis }
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.ords.len()
    }

    /// The item at a place.
    pub fn ord(&self, place: u32) -> Option<ItemOrd> {
        self.ords.get(place as usize).map(|ord| ItemOrd(u64::from(*ord)))
    }

    /// The place of an item.
    pub fn place(&self, ord: ItemOrd) -> Option<u32> {
        self.places.get(ord.0 as usize).copied()
    }

    /// The set of the items that `tell` shows.
    fn set(&self, tell: impl FnOnce(&mut dyn FnMut(ItemOrd))) -> Places {
        let mut words = vec![0_u64; self.len().div_ceil(64)];
        tell(&mut |ord| {
            // What the index knows and this state of the case does not is not on the axis.
            if let Some(place) = self.places.get(ord.0 as usize) {
                words[*place as usize / 64] |= 1 << (place % 64);
            }
        });
        Places::of(words)
    }

    /// The first place of a time that is not before `time`.
    fn not_before(&self, time: i64) -> u32 {
        self.times.partition_point(|at| *at < time) as u32
    }

    /// What matches, of the items that `tell` shows.
    ///
    /// # Errors
    /// What `tell` fails with.
    pub fn matching(
        &self,
        tell: impl FnOnce(&mut dyn FnMut(ItemOrd)) -> Result<()>,
    ) -> Result<Matching> {
        let mut told = Ok(());
        let all = self.set(|see| told = tell(see));
        told?;
        Ok(self.split(all))
    }

    /// All of them.
    pub fn everything(&self) -> Matching {
        let mut words = vec![u64::MAX; self.len().div_ceil(64)];
        if let Some(last) = words.last_mut() {
            *last >>= (64 - self.len() % 64) % 64;
        }
        self.split(Places::of(words))
    }

    fn split(&self, all: Places) -> Matching {
        let once = all.with(&self.again, |all, again| all & !again);
        let private = once.with(&self.public, |once, public| once & !public);
        let public = once.with(&self.public, |once, public| once & public);
        Matching { all, once, lanes: [private, public] }
    }
}

/// Reads the times of all segments, on all cores.
fn read_times(case: &Case, seen: &mut [(Option<i64>, Visibility)]) -> Result<()> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // Segments lie end to end, so each thread fills a stretch of its own.
    let share = case.segments().len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let mut rest = seen;
        let mut running = Vec::new();
        for segments in case.shared_segments().chunks(share) {
            let segments = segments.to_vec();
            let first = segments.first().map_or(0, |segment| segment.ords().start);
            let end = segments.last().map_or(0, |segment| segment.ords().end);
            let (own, others) = std::mem::take(&mut rest).split_at_mut((end - first) as usize);
            rest = others;
            running.push(scope.spawn(move || -> Result<(), StoreError> {
                for segment in segments {
                    segment.each_time(|ord, earliest, latest, visibility| {
                        if let Some(slot) = own.get_mut((ord.0 - first) as usize) {
                            *slot = (earliest.or(latest).map(|time| time.0), visibility);
                        }
                    })?;
                }
                Ok(())
            }));
        }
        for thread in running {
            match thread.join() {
                Ok(done) => done?,
                Err(_) => anyhow::bail!("a thread that read times died"),
            }
        }
        Ok(())
    })
}

/// Everything that a query finds, on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    all: Places,
    /// Without what prints a message again.
    once: Places,
    /// Private and public, each message once.
    lanes: [Places; 2],
}

impl Matching {
    /// What it takes in memory.
    pub fn bytes(&self) -> usize {
        self.all.words.len() * (8 + 4) * 4
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.once.len()
    }

    /// Every message once, oldest first, undated ones last.
    pub fn once(&self) -> impl Iterator<Item = u32> {
        self.once.from(0)
    }

    /// How many messages have no time.
    pub fn undated(&self, axis: &Axis) -> usize {
        self.once.len() - self.once.rank(axis.times.len() as u32)
    }

    /// The first and the last time.
    pub fn ends(&self, axis: &Axis) -> Option<(i64, i64)> {
        let dated = self.once.rank(axis.times.len() as u32);
        let time = |number| axis.times.get(self.once.from(number).next()? as usize).copied();
        Some((time(0)?, time(dated.checked_sub(1)?)?))
    }

    /// How many messages lie in each of the stretches between two neighbouring `edges`, private
    /// and public.
    pub fn counts(&self, axis: &Axis, edges: &[i64]) -> [Vec<u32>; 2] {
        let places: Vec<u32> = edges.iter().map(|time| axis.not_before(*time)).collect();
        self.lanes.each_ref().map(|lane| {
            let ranks: Vec<usize> = places.iter().map(|place| lane.rank(*place)).collect();
            ranks.windows(2).map(|pair| pair[1].saturating_sub(pair[0]) as u32).collect()
        })
    }

    /// Messages from one time to before another, in the order of time.
    pub fn between(&self, axis: &Axis, from: i64, until: i64) -> Vec<ItemOrd> {
        let (begin, end) = (axis.not_before(from), axis.not_before(until));
        let places = self.once.from(self.once.rank(begin)).take_while(|place| *place < end);
        places.filter_map(|place| axis.ord(place)).collect()
    }

    /// A window of the list of everything, oldest first, undated ones last.
    pub fn oldest(&self, axis: &Axis, offset: usize, limit: usize) -> Vec<ItemOrd> {
        self.all.from(offset).take(limit).filter_map(|place| axis.ord(place)).collect()
    }

    /// A window of the list of everything, newest first, undated ones last. Among equal times the
    /// order is that of the case, as in a search.
    pub fn newest(&self, axis: &Axis, offset: usize, limit: usize) -> Vec<ItemOrd> {
        let dated = self.all.rank(axis.times.len() as u32);
        let mut window = Vec::with_capacity(limit.min(self.all.len()));
        let mut number = offset;
        while window.len() < limit && number < dated {
            // The stretch of equal times that this one of the list stands in.
            let Some(place) = self.all.from(dated - 1 - number).next() else { break };
            let Some(time) = axis.times.get(place as usize).copied() else { break };
            let begin = self.all.rank(axis.not_before(time));
            let after = axis.times.partition_point(|at| *at <= time) as u32;
            let end = self.all.rank(after);
            let skipped = number - (dated - end);
            let taken = (end - begin - skipped).min(limit - window.len());
            window.extend(self.all.from(begin + skipped).take(taken));
            number += taken;
        }
        let undated = self.all.from(number.max(dated)).take(limit - window.len());
        window.extend(undated);
        window.into_iter().filter_map(|place| axis.ord(place)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Time, public, prints again, matches.
    type Made = (Option<i64>, bool, bool, bool);

    fn made() -> impl Strategy<Value = Vec<Made>> {
        let time = proptest::option::weighted(0.8, -5_i64..5);
        proptest::collection::vec((time, any::<bool>(), any::<bool>(), any::<bool>()), 0..300)
    }

    /// The matches in an order, by looking at all of them.
    fn sorted(items: &[Made], newest: bool) -> Vec<ItemOrd> {
        let mut found: Vec<usize> = (0..items.len()).filter(|ord| items[*ord].3).collect();
        found.sort_by_key(|ord| {
            let time = items[*ord].0;
            (time.is_none(), time.map(|time| if newest { -time } else { time }), *ord)
        });
        found.into_iter().map(|ord| ItemOrd(ord as u64)).collect()
    }

    proptest! {
        #[test]
        fn windows_and_counts_are_those_of_looking_at_all(
            items in made(),
            offset in 0_usize..320,
            limit in 0_usize..50,
            mut edges in proptest::collection::vec(-7_i64..7, 2..6),
        ) {
            edges.sort_unstable();
            let visibility =
                |public: bool| if public { Visibility::Public } else { Visibility::Private };
            let seen: Vec<_> =
                items.iter().map(|(time, public, ..)| (*time, visibility(*public))).collect();
            let again: Vec<bool> = items.iter().map(|item| item.2).collect();
            let axis = Axis::of(&seen, &again);
            let matching = axis
                .matching(|see| {
                    (0..items.len()).rev().filter(|ord| items[*ord].3).for_each(|ord| {
                        see(ItemOrd(ord as u64));
                    });
                    // An item that came after the axis was read.
                    see(ItemOrd(items.len() as u64));
                    Ok(())
                })
                .unwrap();
            let all = axis.matching(|see| {
                (0..items.len() as u64).for_each(|ord| see(ItemOrd(ord)));
                Ok(())
            });
            prop_assert_eq!(all.unwrap(), axis.everything());
            let window = |all: Vec<ItemOrd>| -> Vec<ItemOrd> {
                all.into_iter().skip(offset).take(limit).collect()
            };
            prop_assert_eq!(matching.oldest(&axis, offset, limit), window(sorted(&items, false)));
            prop_assert_eq!(matching.newest(&axis, offset, limit), window(sorted(&items, true)));
            let once: Vec<&Made> = items.iter().filter(|item| item.3 && !item.2).collect();
            prop_assert_eq!(matching.len(), once.len());
            let undated = once.iter().filter(|item| item.0.is_none()).count();
            prop_assert_eq!(matching.undated(&axis), undated);
            let times = once.iter().filter_map(|item| item.0);
            let ends = times.clone().min().zip(times.clone().max());
            prop_assert_eq!(matching.ends(&axis), ends);
            let [private, public] = matching.counts(&axis, &edges);
            for (lane, counts) in [(false, private), (true, public)] {
                let wanted: Vec<u32> = edges
                    .windows(2)
                    .map(|edge| {
                        let within = |item: &&&Made| {
                            item.1 == lane && item.0.is_some_and(|at| at >= edge[0] && at < edge[1])
                        };
                        once.iter().filter(within).count() as u32
                    })
                    .collect();
                prop_assert_eq!(counts, wanted);
            }
            let from = edges[0];
            let until = edges[edges.len() - 1];
            let between: Vec<ItemOrd> = sorted(&items, false)
                .into_iter()
                .filter(|ord| {
                    let item = &items[ord.0 as usize];
                    !item.2 && item.0.is_some_and(|at| at >= from && at < until)
                })
                .collect();
            prop_assert_eq!(matching.between(&axis, from, until), between);
        }
    }
}
