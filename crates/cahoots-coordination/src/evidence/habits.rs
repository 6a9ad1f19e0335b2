//! Habits that bring two accounts close without either knowing of the other: the minute of the hour
//! at which an account's program posts, and how soon it shares what is new.
//!
//! A habit is judged by the account's other shares, those at which it met the account it is held
//! against left out, and compared with the habit of all accounts. It makes closeness likelier by a
//! factor on the odds and never less likely, so it only ever explains.

use super::leave_out::LeaveOut;
use super::table::Table;
use super::window::Windows;
use crate::{AccountNo, Share};

const HOUR: i64 = 3_600_000_000;
/// The habit of all accounts counts for this many shares of one.
const WEIGHT: f64 = 5.0;

/// Which habits are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Habit {
    /// The minute of the hour only. As long as no groups are known, what a group began itself would
    /// pass for speed.
    Minute,
    /// The minute of the hour and the age at which an account shares.
    MinuteAndAge,
}

/// The habits of all accounts.
#[derive(Clone, Debug)]
pub struct Habits {
    minutes: Values,
    ages: Values,
    births: Vec<Birth>,
    looked_at: Habit,
}

impl Habits {
    /// Looks at every share of the table. Ages count from the first share by an account that is not
    /// in one group with the one that shares: what a group began says nothing about its members'
    /// speed.
    pub fn new(table: &Table<'_>, out: &LeaveOut, looked_at: Habit) -> Self {
        let births = (0..table.objects() as u32)
            .map(|object| Birth::of(table.of_object(crate::ObjectNo(object)), out))
            .collect();
        let mut habits =
            Self { minutes: Values::new(true), ages: Values::new(false), births, looked_at };
        for account in (0..table.accounts() as u32).map(AccountNo) {
            habits.minutes.push(table.shares_of(account).map(minute));
            let ages = table.shares_of(account).filter(|_| looked_at == Habit::MinuteAndAge);
            let ages: Vec<i64> = ages.filter_map(|share| habits.age(share, account, out)).collect();
            habits.ages.push(ages.into_iter());
        }
        habits.minutes.finish();
        habits.ages.finish();
        habits
    }

    /// The factor on the odds that `account` is within the window of the share `at`, given that it
    /// is within the horizon. `met` are its own shares that do not count.
    pub fn odds(
        &self,
        out: &LeaveOut,
        account: AccountNo,
        at: Share,
        windows: Windows,
        met: &[Share],
    ) -> f64 {
        let mut minutes: Vec<i64> = met.iter().copied().map(minute).collect();
        minutes.sort_unstable();
        let by_minute = self.minutes.odds(account, minute(at), windows, &minutes);
        if self.looked_at == Habit::Minute {
            return by_minute;
        }
        let Some(age) = self.age(at, account, out) else { return by_minute };
        let mut ages: Vec<i64> =
            met.iter().filter_map(|share| self.age(*share, account, out)).collect();
        ages.sort_unstable();
        by_minute * self.ages.odds(account, age, windows, &ages)
    }

    /// How long after its birth an object was shared, as far as `account` is concerned.
    fn age(&self, share: Share, account: AccountNo, out: &LeaveOut) -> Option<i64> {
        let born = self.births[share.object.0 as usize].for_account(account, out)?;
        Some(share.micros.saturating_sub(born))
    }
}

fn minute(share: Share) -> i64 {
    share.micros.rem_euclid(HOUR)
}

/// Who an account stands for: its group, or itself.
fn side(account: AccountNo, out: &LeaveOut) -> (bool, u32) {
    out.group_of(account).map_or((false, account.0), |group| (true, group))
}

/// The first share of an object, and the first by anybody on another side.
#[derive(Clone, Copy, Debug)]
struct Birth {
    first: Option<((bool, u32), i64)>,
    other: Option<i64>,
}

impl Birth {
    fn of(shares: &[Share], out: &LeaveOut) -> Self {
        let first = shares.first().map(|it| (side(it.account, out), it.micros));
        let other = first.and_then(|(first, _)| {
            shares.iter().find(|it| side(it.account, out) != first).map(|it| it.micros)
        });
        Self { first, other }
    }

    fn for_account(&self, account: AccountNo, out: &LeaveOut) -> Option<i64> {
        let (first, micros) = self.first?;
        if side(account, out) == first { self.other } else { Some(micros) }
    }
}

/// Values on a line or around the hour: of all shares together and of each account, in order.
#[derive(Clone, Debug)]
struct Values {
    all: Vec<i64>,
    by_account: Vec<i64>,
    ends: Vec<u32>,
    around_the_hour: bool,
}

impl Values {
    fn new(around_the_hour: bool) -> Self {
        Self { all: Vec::new(), by_account: Vec::new(), ends: Vec::new(), around_the_hour }
    }

    /// Adds the values of the next account.
    fn push(&mut self, values: impl Iterator<Item = i64>) {
        let start = self.by_account.len();
        self.by_account.extend(values);
        self.by_account[start..].sort_unstable();
        self.ends.push(self.by_account.len() as u32);
    }

    fn finish(&mut self) {
        self.all.clone_from(&self.by_account);
        self.all.sort_unstable();
    }

    fn own(&self, account: AccountNo) -> &[i64] {
        let at = account.0 as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.by_account[start as usize..self.ends[at] as usize]
    }

    fn count(&self, values: &[i64], at: i64, reach: i64) -> f64 {
        let within = |at: i64| {
            let start = values.partition_point(|value| *value < at.saturating_sub(reach));
            values[start..].partition_point(|value| *value <= at.saturating_add(reach))
        };
        let found = if !self.around_the_hour {
            within(at)
        } else if reach >= HOUR / 2 {
            values.len()
        } else {
            within(at - HOUR) + within(at) + within(at + HOUR)
        };
        found as f64
    }

    fn odds(&self, account: AccountNo, at: i64, windows: Windows, met: &[i64]) -> f64 {
        let part = |values: &[i64], reach: i64| self.count(values, at, reach);
        let own = self.own(account);
        let usual = part(&self.all, windows.window) / part(&self.all, windows.horizon).max(1.0);
        let close = (part(own, windows.window) - part(met, windows.window)).max(0.0);
        let near = (part(own, windows.horizon) - part(met, windows.horizon)).max(close);
        // One standard error less, or chance would pass for habit.
        let habit = (close - libm::sqrt(close) + WEIGHT * usual) / (near + WEIGHT);
        if usual <= 0.0 || usual >= 1.0 || habit <= usual {
            return 1.0;
        }
        habit / (1.0 - habit) * (1.0 - usual) / usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ObjectNo;

    const MINUTE: i64 = 60_000_000;

    fn share(object: u32, micros: i64, account: u32) -> Share {
        Share { object: ObjectNo(object), micros, account: AccountNo(account) }
    }

    /// Account 0 posts on the full hour, the others at any minute.
    #[test]
    fn a_program_on_the_full_hour_is_likely_there() {
        let mut shares = Vec::new();
        for day in 0..60_i64 {
            shares.push(share(day as u32, day * 25 * HOUR, 0));
            for other in 1..6_i64 {
                let micros = day * 25 * HOUR + (other * 13 + day * 7) % 60 * MINUTE;
                shares.push(share(day as u32, micros, other as u32));
            }
        }
        shares.sort();
        let table = Table::new(&shares).unwrap();
        let out = LeaveOut::nobody();
        let habits = Habits::new(&table, &out, Habit::Minute);
        let windows = Windows::new(MINUTE);
        let odds = |account, micros, met: &[Share]| {
            habits.odds(&out, AccountNo(account), share(0, micros, 9), windows, met)
        };
        assert!(odds(0, 100 * HOUR, &[]) > 15.0);
        assert!(odds(0, 100 * HOUR + 30 * MINUTE, &[]) < 1.01);
        assert!(odds(1, 100 * HOUR, &[]) < 2.0);
        // Around the hour: a second before it is as near as a second after.
        assert!(odds(0, 100 * HOUR - 1, &[]) > 15.0);
        // If those were all meetings, nothing is known of its habits.
        let met: Vec<Share> = table.shares_of(AccountNo(0)).collect();
        assert!(odds(0, 100 * HOUR, &met) < 1.01);
    }

    /// Account 0 is always a minute behind account 1; the others come at any time of the hour. If
    /// the two are one group, the age counts from the others.
    #[test]
    fn speed_counts_from_the_first_that_is_not_of_the_group() {
        let mut shares = Vec::new();
        for object in 0..60_i64 {
            let start = object * 25 * HOUR;
            shares.push(share(object as u32, start, 1));
            shares.push(share(object as u32, start + MINUTE, 0));
            for other in 2..6_i64 {
                let micros = start + (other * 13 + object * 7) % 60 * MINUTE + 2 * MINUTE;
                shares.push(share(object as u32, micros, other as u32));
            }
        }
        shares.sort();
        let table = Table::new(&shares).unwrap();
        let windows = Windows::new(MINUTE);
        let odds = |out: &LeaveOut| {
            let habits = Habits::new(&table, out, Habit::MinuteAndAge);
            habits.odds(out, AccountNo(0), share(0, MINUTE, 9), windows, &[])
        };
        let alone = odds(&LeaveOut::nobody());
        let group = odds(&LeaveOut::groups_of(&table, &[vec![AccountNo(0), AccountNo(1)]]));
        assert!(alone > 10.0 * group, "{alone} {group}");
    }
}
