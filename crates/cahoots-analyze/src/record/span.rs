//! Times as intervals, for comparing only where the comparison is certain.

use cahoots_record::{When, ZONE_DOUBT};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Microseconds in a second.
pub const SECOND: i64 = 1_000_000;
/// Microseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Microseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Microseconds in a day of 24 hours.
pub const DAY: i64 = 24 * HOUR;

/// From `lo` to `hi`, both included, in microseconds of UTC. `i64::MIN` and `i64::MAX` stand for
/// a bound that is not known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Span {
    /// Not before.
    pub lo: i64,
    /// Not after.
    pub hi: i64,
}

impl Span {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { lo: i64::MIN, hi: i64::MAX };

    /// One instant.
    pub const fn at(instant: i64) -> Self {
        Self { lo: instant, hi: instant }
    }

    /// The interval of a time of the record.
    pub fn of(when: &When) -> Self {
        let lo = when.earliest.map_or(i64::MIN, |time| time.0);
        let hi = when.latest.map_or(i64::MAX, |time| time.0);
        Self { lo, hi }
    }

    /// Whether at least one bound is known.
    pub const fn is_dated(self) -> bool {
        self.lo != i64::MIN || self.hi != i64::MAX
    }

    /// Whether both bounds are known.
    pub const fn is_bounded(self) -> bool {
        self.lo != i64::MIN && self.hi != i64::MAX
    }

    /// The instant, if it is one.
    pub const fn instant(self) -> Option<i64> {
        if self.lo == self.hi { Some(self.lo) } else { None }
    }

    /// The value to sort by: the earliest bound, else the latest; undated last.
    pub const fn sort_key(self) -> i64 {
        match (self.lo, self.hi) {
            (i64::MIN, hi) => hi,
            (lo, _) => lo,
        }
    }

    /// Halfway between the bounds, where both are known: the reading itself, as if it stood in UTC,
    /// of a time without a zone.
    pub fn middle(self) -> Option<i64> {
        self.is_bounded().then(|| self.lo.midpoint(self.hi))
    }

    /// The moment by which to name the day of a time, in a zone, and whether that day is certain.
    /// Where a time may be on several days it is the one of the middle: the first possible moment of
    /// a time without a zone may be on the day before the one that is written.
    pub fn day_in(self, zone: &TimeZone) -> Option<(Date, bool)> {
        let day = |at: i64, zone: &TimeZone| {
            Some(Timestamp::from_microsecond(at).ok()?.to_zoned(zone.clone()).date())
        };
        let Some(middle) = self.middle() else {
            return self
                .is_dated()
                .then(|| day(self.sort_key(), zone))
                .flatten()
                .map(|d| (d, false));
        };
        let (first, last) = (day(self.lo, zone)?, day(self.hi, zone)?);
        if first == last {
            return Some((first, true));
        }
        let without_zone = self.hi.saturating_sub(self.lo) >= 2 * ZONE_DOUBT * SECOND;
        let middle = if without_zone { day(middle, &TimeZone::UTC) } else { day(middle, zone) };
        Some((middle?, false))
    }

    /// `Some(true)` if certainly before, `Some(false)` if certainly not, `None` if open.
    pub const fn before(self, other: Self) -> Option<bool> {
        if self.hi != i64::MAX && other.lo != i64::MIN && self.hi < other.lo {
            Some(true)
        } else if self.lo != i64::MIN && other.hi != i64::MAX && self.lo >= other.hi {
            Some(false)
        } else {
            None
        }
    }

    /// How much later than `earlier` this is: the smallest and the largest lag the two intervals
    /// allow, in microseconds. Either is `None` where a bound is not known. Lags may be negative.
    pub const fn lag_after(self, earlier: Self) -> (Option<i64>, Option<i64>) {
        let least = if self.lo == i64::MIN || earlier.hi == i64::MAX {
            None
        } else {
            Some(self.lo.saturating_sub(earlier.hi))
        };
        let most = if self.hi == i64::MAX || earlier.lo == i64::MIN {
            None
        } else {
            Some(self.hi.saturating_sub(earlier.lo))
        };
        (least, most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_one_that_is_written() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let hour = |n: i64| n * 3_600 * SECOND;
        let date = |day| jiff::civil::date(1970, 1, day);
        // Two in the morning of the second, without a zone: it may have been the first.
        let written = Span { lo: hour(26 - 14), hi: hour(26 + 14) };
        assert_eq!(written.day_in(&zone), Some((date(2), false)));
        // The second, a day without a zone.
        let written = Span { lo: hour(24 - 14), hi: hour(48 + 14) - 1 };
        assert_eq!(written.day_in(&zone), Some((date(2), false)));
        assert_eq!(Span::at(hour(26)).day_in(&zone), Some((date(1), true)));
        assert_eq!(Span { lo: hour(26), hi: i64::MAX }.day_in(&zone), Some((date(1), false)));
        assert_eq!(Span::UNKNOWN.day_in(&zone), None);
    }

    #[test]
    fn order_and_lags_keep_their_doubt() {
        let day = Span { lo: 0, hi: DAY };
        assert_eq!(day.before(Span::at(DAY + 1)), Some(true));
        assert_eq!(day.before(Span::at(DAY / 2)), None);
        assert_eq!(Span::at(DAY / 2).lag_after(day), (Some(-DAY / 2), Some(DAY / 2)));
        assert_eq!(Span::UNKNOWN.lag_after(day), (None, None));
        assert_eq!(Span { lo: i64::MIN, hi: 3 }.before(Span::at(4)), Some(true));
    }
}
