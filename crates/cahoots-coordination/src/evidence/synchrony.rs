//! Synchrony: where two accounts shared one object at roughly the same time, did they do so closer
//! together than its other sharers around that time?
//!
//! The times of one account are taken as given. Each of its shares that has one of the other account
//! within the horizon is a *meeting*; meetings within the horizon of one another are one *occasion*,
//! of which the first counts, because whoever sits down and shares five things shares them all at
//! that time. On each occasion the other account would be within the window with the chance that
//! bystanders have: those who shared the object within the horizon as well and, where they are few,
//! the sharers of the record's other objects of that kind. What is counted is on how many occasions
//! it was.

use super::habits::{Habit, Habits};
use super::leave_out::LeaveOut;
use super::parallel;
use super::poisson_binomial::upper_tail;
use super::reference::{Prior, Reference, Stratum};
use super::table::Table;
use super::window::{Windows, count};
use crate::{AccountNo, ObjectNo, Share};

use std::num::NonZeroUsize;

/// How much two accounts were in step.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Synchrony {
    /// Occasions on which both shared an object within the horizon of each other.
    pub occasions: u32,
    /// On how many of them they were within the window.
    pub in_step: u32,
    /// On how many they would have been, if the second had been any other sharer.
    pub expected: f64,
    /// On how many of the occasions others shared the object within the horizon as well. Where
    /// nobody did, the other objects of the record are all there is to compare with.
    pub compared: u32,
    /// The chance of at least `in_step`.
    pub p: f64,
}

/// A share of the account whose times are given, held against those of the other.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Meeting {
    /// The object.
    pub object: ObjectNo,
    /// When the account shared it.
    pub micros: i64,
    /// By how much the other's nearest share came later; negative if it came earlier.
    pub lag: i64,
    /// How often the other shared it within the horizon.
    pub times: u32,
    /// Whether it is the first of its occasion, the one that counts.
    pub counts: bool,
    /// How many shares of bystanders lie within the horizon.
    pub near: u32,
    /// How many of those lie within the window.
    pub close: u32,
    /// The chance that the other account would be within the window here.
    pub chance: f64,
}

/// What synchrony is judged by at one window.
#[derive(Clone, Debug)]
pub struct Yardstick {
    /// Window and horizon.
    pub windows: Windows,
    out: LeaveOut,
    reference: Reference,
    habits: Habits,
    bystanders: Bystanders,
}

/// Who the accounts are held against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bystanders {
    /// The record at large only: those who shared the same object may all be of one group.
    Elsewhere,
    /// The other sharers of the object, and where they are few the record at large.
    HereAndElsewhere,
}

impl Yardstick {
    /// A yardstick for a record of which no groups are known yet.
    pub(super) fn first(table: &Table<'_>, windows: Windows, threads: NonZeroUsize) -> Self {
        let out = LeaveOut::nobody();
        Self {
            windows,
            reference: Reference::new(table, windows, &out, threads),
            habits: Habits::new(table, &out, Habit::Minute),
            out,
            bystanders: Bystanders::Elsewhere,
        }
    }

    /// The yardstick proper: accounts of these groups are not bystanders for each other.
    pub(super) fn second(
        table: &Table<'_>,
        windows: Windows,
        groups: &[Vec<AccountNo>],
        threads: NonZeroUsize,
    ) -> Self {
        let out = LeaveOut::groups_of(table, groups);
        Self {
            windows,
            reference: Reference::new(table, windows, &out, threads),
            habits: Habits::new(table, &out, Habit::MinuteAndAge),
            out,
            bystanders: Bystanders::HereAndElsewhere,
        }
    }

    /// How many groups are known whose members are no bystanders for each other.
    pub fn groups(&self) -> usize {
        self.out.groups()
    }

    /// The synchrony of each pair, in their order.
    pub(super) fn synchronies(
        &self,
        table: &Table<'_>,
        pairs: &[(AccountNo, AccountNo)],
        threads: NonZeroUsize,
    ) -> Vec<Synchrony> {
        parallel::each(pairs, threads, |(a, b)| self.synchrony(table, *a, *b).0)
    }

    /// The synchrony of a pair, and whether it is that of `b` with `a`'s times given (the other way
    /// round otherwise). Each account in turn is the one that might be anybody; the weaker result
    /// counts, so it holds if either of them is like the bystanders.
    pub fn synchrony(&self, table: &Table<'_>, a: AccountNo, b: AccountNo) -> (Synchrony, bool) {
        let one = self.judge(&self.meetings(table, a, b));
        let other = self.judge(&self.meetings(table, b, a));
        if one.p >= other.p { (one, true) } else { (other, false) }
    }

    fn judge(&self, meetings: &[Meeting]) -> Synchrony {
        let occasions = || meetings.iter().filter(|it| it.counts);
        let close = |it: &&Meeting| it.lag.unsigned_abs() <= self.windows.window as u64;
        let in_step = occasions().filter(close).count();
        let chances: Vec<f64> = occasions().map(|it| it.chance).collect();
        Synchrony {
            occasions: chances.len() as u32,
            in_step: in_step as u32,
            expected: chances.iter().sum(),
            compared: occasions().filter(|it| it.near > 0).count() as u32,
            p: upper_tail(&chances, in_step),
        }
    }

    /// The meetings of `given` with `other` in the order of time. Those that do not count have the
    /// chance they would have if they did.
    pub fn meetings(&self, table: &Table<'_>, given: AccountNo, other: AccountNo) -> Vec<Meeting> {
        let horizon = self.windows.horizon;
        let share = |place: &u32| table.shares()[*place as usize];
        let mut met: Vec<u32> = Vec::new();
        let mut meetings: Vec<Meeting> = Vec::new();
        for both in table.common(given, other) {
            let mut from = 0;
            for place in both.a {
                let micros = share(place).micros;
                let lag = |place: &u32| share(place).micros.saturating_sub(micros);
                while from < both.b.len() && lag(&both.b[from]) < -horizon {
                    from += 1;
                }
                let near = both.b[from..].iter().take_while(|place| lag(place) <= horizon);
                let times = near.clone().count();
                met.extend(&both.b[from..from + times]);
                if let Some(lag) = near.map(lag).min_by_key(|lag| (lag.unsigned_abs(), *lag)) {
                    meetings.push(Meeting {
                        object: both.object,
                        micros,
                        lag,
                        times: times as u32,
                        counts: false,
                        near: 0,
                        close: 0,
                        chance: 1.0,
                    });
                }
            }
        }
        meetings.sort_unstable_by_key(|it| (it.micros, it.object));
        // One share that is met by several is one share.
        met.sort_unstable();
        met.dedup();
        let met: Vec<Share> = met.iter().map(share).collect();
        let mut began: Option<i64> = None;
        for meeting in &mut meetings {
            if began.is_none_or(|began| meeting.micros.saturating_sub(began) > horizon) {
                began = Some(meeting.micros);
                meeting.counts = true;
            }
            self.weigh(table, given, other, meeting, &met);
        }
        meetings
    }

    fn weigh(
        &self,
        table: &Table<'_>,
        given: AccountNo,
        other: AccountNo,
        meeting: &mut Meeting,
        met: &[Share],
    ) {
        let Meeting { object, micros, lag, times, .. } = *meeting;
        if self.bystanders == Bystanders::HereAndElsewhere {
            [meeting.close, meeting.near] = [self.windows.window, self.windows.horizon]
                .map(|reach| self.others(table, given, other, object, micros, reach));
        }
        let born = table.of_object(object).first().map_or(micros, |it| it.micros);
        let age = micros.saturating_sub(born);
        let first = age == 0 || micros.saturating_add(lag) == born;
        let stratum = Stratum::of(table.sharers_of(object), first, age, self.windows);
        let groups = [given, other].map(|account| self.out.group_of(account));
        let prior = self.reference.prior(stratum, groups);
        let at = Share { object, micros, account: given };
        let odds = self.habits.odds(&self.out, other, at, self.windows, met);
        meeting.chance = predicted(prior, meeting.near, meeting.close, times, odds);
    }

    /// Shares of an object within reach of a time by accounts that are neither of the two nor in a
    /// group with either.
    fn others(
        &self,
        table: &Table<'_>,
        a: AccountNo,
        b: AccountNo,
        object: ObjectNo,
        micros: i64,
        reach: i64,
    ) -> u32 {
        let groups = [a, b].map(|account| self.out.group_of(account));
        let mut found = count(table.of_object(object), micros, reach);
        for (account, group) in [a, b].into_iter().zip(groups) {
            if group.is_none() {
                found -= table.within(table.run_of(account, object), micros, reach);
            }
        }
        let second = if groups[0] == groups[1] { None } else { groups[1] };
        for group in [groups[0], second].into_iter().flatten() {
            found -= self.out.count(group, object, micros, reach);
        }
        found as u32
    }
}

/// The chance that one of `times` further shares within the horizon lies within the window, where
/// `close` of `near` bystanders do and `prior` says what is usual; `odds` is what habits add.
///
/// Bystanders and what is usual are weighed as in a beta-binomial model. One more close share is
/// added, the more so the more the bystanders have to say: if the other account is one like them, it
/// is within the window with at most the chance (1 + close) / (1 + near), whatever happened.
fn predicted(prior: Prior, near: u32, close: u32, times: u32, odds: f64) -> f64 {
    let (near, close) = (f64::from(near), f64::from(close));
    let one_more = near / (near + prior.weight);
    let chance = (one_more + close + prior.weight * prior.mean) / (one_more + near + prior.weight);
    let chance = chance * odds / (1.0 - chance + chance * odds);
    1.0 - (0..times).fold(1.0, |none, _| none * (1.0 - chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Prior = Prior { mean: 0.1, weight: 4.0 };

    #[test]
    fn bystanders_and_what_is_usual_are_weighed() {
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found}");
        // Nobody else: what is usual.
        near(predicted(USUAL, 0, 0, 1, 1.0), 0.1);
        // Four bystanders, none close, weigh as much as what is usual; half a share is added.
        near(predicted(USUAL, 4, 0, 1, 1.0), (0.5 + 0.4) / (0.5 + 8.0));
        // Very many: they decide.
        assert!((predicted(USUAL, 4_000, 400, 1, 1.0) - 0.1).abs() < 1e-3);
        // Two tries.
        near(predicted(USUAL, 0, 0, 2, 1.0), 1.0 - 0.81);
        // Odds of 1 to 9, doubled.
        near(predicted(USUAL, 0, 0, 1, 2.0), 2.0 / 11.0);
    }

    fn share(object: u32, seconds: i64, account: u32) -> Share {
        Share { object: ObjectNo(object), micros: seconds * 1_000_000, account: AccountNo(account) }
    }

    /// What follows within the horizon (an hour, for a window of a minute) is the same occasion.
    #[test]
    fn a_sitting_is_one_occasion() {
        let mut shares = vec![
            share(0, 0, 0),
            share(0, 30, 1),
            share(1, 60, 0),
            share(1, 80, 1),
            share(2, 3_600, 0),
            share(2, 3_700, 1),
            share(3, 3_601, 0),
            share(3, 3_611, 1),
            share(3, 3_000, 1),
            share(4, 90_000, 0),
            share(4, 99_000, 1),
            share(5, 95_000, 1),
        ];
        shares.sort();
        let table = Table::new(&shares).unwrap();
        let yardstick = Yardstick::first(&table, Windows::new(60_000_000), NonZeroUsize::MIN);
        let meetings = yardstick.meetings(&table, AccountNo(0), AccountNo(1));
        let shown: Vec<(u32, i64, u32, bool)> = meetings
            .iter()
            .map(|it| (it.object.0, it.lag / 1_000_000, it.times, it.counts))
            .collect();
        assert_eq!(
            shown,
            [(0, 30, 1, true), (1, 20, 1, false), (2, 100, 1, false), (3, 10, 2, true)]
        );
        let (synchrony, _) = yardstick.synchrony(&table, AccountNo(0), AccountNo(1));
        assert_eq!((synchrony.occasions, synchrony.in_step), (2, 2));
    }
}
