//! Clock shift, for a pair or a group somebody names: what is left of being in step if each
//! account's clock is set to another day?
//!
//! Every account is moved by a number of whole days, drawn for itself; what leaves the record at the
//! end comes in again at the start. Its hours, its sittings and its order of sharing stay. Two
//! things are counted: shares of the same object within the window, and shares of whatever object
//! within the window. The first is nearly always lost when news lives for hours, with or without
//! coordination, so a small p there says no more than that the accounts follow one news cycle; it
//! means something for objects that live for weeks, such as hashtags. The second asks whether they
//! are active at the same moments more than their daily rhythms explain; news that both react to at
//! once explains that too.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use super::table::Table;
use crate::{AccountNo, ObjectNo};

const DAY: i64 = 24 * 3_600_000_000;

/// How often clocks are set, and by which random numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Redraws {
    /// How many times.
    pub number: u32,
    /// The seed.
    pub seed: u64,
}

/// One count, held against what it is with other clocks.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shifted {
    /// The count in the record.
    pub observed: u64,
    /// Its mean over the redraws.
    pub mean: f64,
    /// Redraws with at least as many.
    pub reached: u32,
    /// (1 + reached) / (1 + redraws) (Phipson and Smyth 2010).
    pub p: f64,
}

/// The result for a pair or a group.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ClockShift {
    /// Whole days over which clocks were moved. With few days few settings differ, and p cannot be
    /// smaller than one in that number for a pair.
    pub days: u32,
    /// What was drawn.
    pub redraws: Redraws,
    /// Pairs of shares of one object by two members within the window.
    pub same_object: Shifted,
    /// Pairs of shares by two members within the window, whatever the objects.
    pub any_object: Shifted,
}

/// Shifts the clocks of the members. `window` is in microseconds. The record is taken to last from
/// its first share to its last, in whole days.
pub fn clock_shift(
    table: &Table<'_>,
    members: &[AccountNo],
    window: i64,
    redraws: Redraws,
) -> ClockShift {
    let times = || table.shares().iter().map(|share| share.micros);
    let (start, end) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
    let days = (end.saturating_sub(start) / DAY + 1).clamp(1, i64::from(u32::MAX));
    let mut members = members.to_vec();
    members.sort_unstable();
    members.dedup();
    let own: Vec<Vec<(ObjectNo, i64)>> = members
        .iter()
        .map(|member| {
            table
                .shares_of(*member)
                .map(|it| (it.object, it.micros.saturating_sub(start)))
                .collect()
        })
        .collect();
    let mut count = Counter { span: days * DAY, window: window.max(0), shares: Vec::new() };
    let observed = count.with(&own, &vec![0; own.len()]);
    let mut random = ChaCha8Rng::seed_from_u64(redraws.seed);
    let (mut reached, mut sums) = ([0_u32; 2], [0_u64; 2]);
    let mut moved = vec![0; own.len()];
    for _ in 0..redraws.number {
        for days_on in &mut moved {
            // The bias of a 64-bit remainder is below one in a billion.
            *days_on = (random.next_u64() % days as u64) as i64 * DAY;
        }
        let found = count.with(&own, &moved);
        for at in 0..2 {
            sums[at] += found[at];
            reached[at] += u32::from(found[at] >= observed[at]);
        }
    }
    let shifted = |at: usize| Shifted {
        observed: observed[at],
        mean: sums[at] as f64 / f64::from(redraws.number.max(1)),
        reached: reached[at],
        p: (1.0 + f64::from(reached[at])) / (1.0 + f64::from(redraws.number)),
    };
    ClockShift { days: days as u32, redraws, same_object: shifted(0), any_object: shifted(1) }
}

struct Counter {
    span: i64,
    window: i64,
    shares: Vec<(i64, ObjectNo, usize)>,
}

impl Counter {
    /// Pairs of shares of one object, and of any objects, by two members within the window.
    fn with(&mut self, own: &[Vec<(ObjectNo, i64)>], moved: &[i64]) -> [u64; 2] {
        self.shares.clear();
        for (member, (shares, days)) in own.iter().zip(moved).enumerate() {
            let at = |micros: i64| (micros + days).rem_euclid(self.span);
            self.shares
                .extend(shares.iter().map(|(object, micros)| (at(*micros), *object, member)));
        }
        let by_time = |x: &(i64, ObjectNo, usize), y: &(i64, ObjectNo, usize)| {
            (x.0, x.2, x.1).cmp(&(y.0, y.2, y.1))
        };
        self.shares.sort_unstable_by(by_time);
        let any = pairs(&self.shares, self.window);
        self.shares.sort_unstable_by(|x, y| x.1.cmp(&y.1).then_with(|| by_time(x, y)));
        let same = self.shares.chunk_by(|x, y| x.1 == y.1).map(|it| pairs(it, self.window)).sum();
        [same, any]
    }
}

/// Pairs within the window by two members, of shares in the order of time.
fn pairs(shares: &[(i64, ObjectNo, usize)], window: i64) -> u64 {
    let mut found = 0;
    let mut from = 0;
    for (at, (micros, _, member)) in shares.iter().enumerate() {
        while shares[from].0 < micros - window {
            from += 1;
        }
        found += shares[from..at].iter().filter(|(_, _, other)| other != member).count() as u64;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Share;

    fn table_of(rows: &[(u32, i64, u32)]) -> Vec<Share> {
        let mut shares: Vec<Share> = rows
            .iter()
            .map(|(object, seconds, account)| Share {
                object: ObjectNo(*object),
                micros: seconds * 1_000_000,
                account: AccountNo(*account),
            })
            .collect();
        shares.sort();
        shares
    }

    const DAY_SECONDS: i64 = 86_400;

    /// Both share one hashtag at noon every day for thirty days: with other clocks they still meet
    /// on the twenty-nine or thirty days, so nothing is left to be explained.
    #[test]
    fn a_daily_rhythm_explains_meeting_every_day() {
        let rows: Vec<(u32, i64, u32)> = (0..30)
            .flat_map(|day| {
                let noon = day * DAY_SECONDS + 43_200;
                [(0, noon, 0), (0, noon + 20, 1)]
            })
            .collect();
        let shares = table_of(&rows);
        let table = Table::new(&shares).unwrap();
        let members = [AccountNo(0), AccountNo(1)];
        let redraws = Redraws { number: 199, seed: 7 };
        let found = clock_shift(&table, &members, 60_000_000, redraws);
        assert_eq!((found.days, found.same_object.observed), (30, 30));
        assert_eq!(found.same_object.reached, 199);
        assert!(found.same_object.p >= 1.0 && found.any_object.p >= 1.0);
        assert_eq!(found, clock_shift(&table, &[members[1], members[0]], 60_000_000, redraws));
    }

    /// They meet on the same ten of thirty days, at an hour of their own: other clocks lose that.
    #[test]
    fn meeting_on_the_same_days_is_not_explained() {
        let mut rows: Vec<(u32, i64, u32)> = vec![(9, 0, 2), (9, 30 * DAY_SECONDS - 1, 2)];
        for day in [1, 2, 4, 8, 9, 13, 17, 20, 26, 28] {
            let noon = day * DAY_SECONDS + 43_200;
            rows.extend([(0, noon, 0), (0, noon + 20, 1)]);
        }
        let shares = table_of(&rows);
        let table = Table::new(&shares).unwrap();
        let redraws = Redraws { number: 199, seed: 7 };
        let found = clock_shift(&table, &[AccountNo(0), AccountNo(1)], 60_000_000, redraws);
        assert_eq!(found.same_object.observed, 10);
        // One setting in thirty moves both by the same number of days.
        assert!(found.same_object.p < 0.1 && found.same_object.p >= 1.0 / 200.0);
        assert!(found.same_object.mean < 4.5, "{found:?}");
    }
}
