//! The days on which a message could as well have been sent: same block, same weekday class, same
//! local clock time.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span as Length, Timestamp};
use rustc_hash::FxHashMap;

use super::coverage::Coverage;
use crate::record::DAY;

/// Days in a block of the permutation test.
pub(super) const BLOCK: i32 = 28;

/// Local days of one zone, worked out once each.
#[derive(Debug)]
pub(super) struct Days {
    zone: TimeZone,
    known: FxHashMap<i32, Option<Day>>,
}

/// How a local day lies in UTC.
#[derive(Clone, Copy, Debug)]
struct Day {
    /// Its first instant, in microseconds.
    begins: i64,
    /// Whether the zone's clock is changed on it.
    changes: bool,
}

/// A local time: days since 1970-01-01 and microseconds since midnight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Local {
    day: i32,
    clock: i64,
}

const EPOCH: Date = Date::constant(1970, 1, 1);

impl Days {
    /// The days of a zone by its IANA name; `None` for a name that is not known.
    pub(super) fn of_zone(name: &str) -> Option<Self> {
        let zone = if name.is_empty() || name.eq_ignore_ascii_case("utc") {
            TimeZone::UTC
        } else {
            TimeZoneDatabase::bundled().get(name).ok()?
        };
        Some(Self { zone, known: FxHashMap::default() })
    }

    /// Days in UTC.
    pub(super) fn utc() -> Self {
        Self { zone: TimeZone::UTC, known: FxHashMap::default() }
    }

    /// The instants at which a message of `t` could as well have been sent, in order, itself among
    /// them: those days of its block and class on which `t`'s clock time lies in the coverage
    /// together with the whole window after it. Blocks of 28 local days are counted from the start
    /// of the coverage; a last block that is not full belongs to the one before.
    pub(super) fn choices(&mut self, t: i64, within: i64, coverage: &Coverage) -> Vec<i64> {
        let (Some(start), Some(last)) = (coverage.start(), coverage.spans().last()) else {
            return vec![t];
        };
        let (Some(here), Some(first), Some(last)) =
            (self.local(t), self.local(start), self.local(last.hi))
        else {
            return vec![t];
        };
        let days = last.day - first.day + 1;
        let blocks = (days / BLOCK).max(1);
        let block = ((here.day - first.day) / BLOCK).min(blocks - 1);
        let from = first.day + block * BLOCK;
        let until = if block == blocks - 1 { last.day } else { from + BLOCK - 1 };
        let mut choices = Vec::with_capacity(BLOCK as usize);
        for day in from..=until {
            if day == here.day {
                choices.push(t);
            } else if weekend(day) == weekend(here.day)
                && let Some(at) = self.instant(Local { day, clock: here.clock })
                && coverage.holds(at, at.saturating_add(within))
            {
                choices.push(at);
            }
        }
        if choices.is_empty() { vec![t] } else { choices }
    }

    /// The local day of the week of an instant.
    pub(super) fn weekday(&self, t: i64) -> Option<&'static str> {
        const NAMES: [&str; 7] =
            ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];
        NAMES.get(self.local(t)?.day.rem_euclid(7) as usize).copied()
    }

    fn local(&self, t: i64) -> Option<Local> {
        let civil = self.zone.to_datetime(Timestamp::from_microsecond(t).ok()?);
        let day = EPOCH.until(civil.date()).ok()?.get_days();
        let midnight = civil.date().to_datetime(jiff::civil::Time::midnight());
        let clock = midnight.until(civil).ok()?.total(jiff::Unit::Microsecond).ok()?;
        Some(Local { day, clock: clock as i64 })
    }

    fn instant(&mut self, local: Local) -> Option<i64> {
        let zone = &self.zone;
        let day = (*self.known.entry(local.day).or_insert_with(|| Day::of(local.day, zone)))?;
        if !day.changes {
            return Some(day.begins + local.clock);
        }
        // Where the clock jumps over a time, the time after the jump; where it comes twice, the
        // first.
        let time = Length::new().microseconds(local.clock);
        let civil = date(local.day)?.to_datetime(jiff::civil::Time::midnight());
        let civil = civil.checked_add(time).ok()?;
        let stamp = self.zone.to_ambiguous_timestamp(civil).compatible().ok()?;
        Some(stamp.as_microsecond())
    }
}

impl Day {
    fn of(number: i32, zone: &TimeZone) -> Option<Self> {
        let begins = |number| {
            let civil = date(number)?.to_datetime(jiff::civil::Time::midnight());
            Some(zone.to_ambiguous_timestamp(civil).compatible().ok()?.as_microsecond())
        };
        let (begins, ends) = (begins(number)?, begins(number + 1)?);
        Some(Self { begins, changes: ends - begins != DAY })
    }
}

fn date(number: i32) -> Option<Date> {
    EPOCH.checked_add(Length::new().try_days(number).ok()?).ok()
}

/// Saturday or Sunday; day 0 was a Thursday.
fn weekend(day: i32) -> bool {
    matches!((day + 3).rem_euclid(7), 5 | 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{HOUR, Span};

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    fn covered(from: &str, until: &str) -> Coverage {
        Coverage::new(&[Span { lo: at(from), hi: at(until) }]).0
    }

    #[test]
    fn the_clock_time_is_the_local_one_through_a_change_of_clocks() {
        let mut days = Days::of_zone("Europe/Berlin").unwrap();
        // Four weeks around 27 March 2022, when Berlin went from +01 to +02.
        let coverage = covered("2022-03-13T23:00:00Z", "2022-04-11T00:00:00Z");
        let choices = days.choices(at("2022-03-16T08:30:00Z"), 24 * HOUR, &coverage);
        assert_eq!(choices.len(), 20);
        assert_eq!(choices.first(), Some(&at("2022-03-14T08:30:00Z")));
        assert_eq!(choices.last(), Some(&at("2022-04-08T07:30:00Z")));
        let weekend = days.choices(at("2022-03-19T01:30:00Z"), 24 * HOUR, &coverage);
        // 02:30 does not exist on the 27th and becomes 03:30, which is 01:30 UTC.
        assert!(weekend.contains(&at("2022-03-27T01:30:00Z")), "{weekend:?}");
    }

    #[test]
    fn a_short_last_block_belongs_to_the_one_before() {
        let mut days = Days::of_zone("UTC").unwrap();
        // Monday 3 January 2022 and 37 days: one block, not two.
        let coverage = covered("2022-01-03T00:00:00Z", "2022-02-08T23:59:59Z");
        let choices = days.choices(at("2022-02-07T12:00:00Z"), HOUR, &coverage);
        assert_eq!(choices.len(), 27);
        // 56 days: two blocks.
        let coverage = covered("2022-01-03T00:00:00Z", "2022-02-27T23:59:59Z");
        let choices = days.choices(at("2022-02-07T12:00:00Z"), HOUR, &coverage);
        assert_eq!(choices.len(), 20);
        assert_eq!(choices.first(), Some(&at("2022-01-31T12:00:00Z")));
    }

    #[test]
    fn only_days_with_the_whole_window_covered_are_drawn() {
        let mut days = Days::of_zone("").unwrap();
        let coverage = covered("2022-01-03T00:00:00Z", "2022-01-14T12:00:00Z");
        let choices = days.choices(at("2022-01-04T18:00:00Z"), 24 * HOUR, &coverage);
        assert_eq!(choices.last(), Some(&at("2022-01-12T18:00:00Z")));
        assert_eq!(choices.len(), 8);
    }

    #[test]
    fn extreme_times_stay_where_they_are() {
        let mut days = Days::of_zone("America/New_York").unwrap();
        let (coverage, _) = Coverage::new(&[Span { lo: i64::MIN + 1, hi: i64::MAX - 1 }]);
        assert_eq!(days.choices(i64::MAX - 5, HOUR, &coverage), [i64::MAX - 5]);
        assert!(Days::of_zone("Not/A_Zone").is_none());
    }

    #[test]
    fn the_first_of_january_1970_was_a_thursday() {
        assert!(!weekend(0) && !weekend(1) && weekend(2) && weekend(3) && !weekend(4));
        assert!(weekend(-4) && weekend(-5) && !weekend(-6));
    }
}
