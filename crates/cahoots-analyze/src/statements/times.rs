//! Times as people write them in claims and coverage tables: `2016`, `2016-10`, `2016-10-14`,
//! `2016-10-14T09:30`, with or without an offset ([`cahoots_record::written`] reads them).
//!
//! A day without a zone starts anywhere within 14 hours of its start in UTC: the ends of a
//! [`Bound`] are then intervals themselves.

use cahoots_record::Precision;
use cahoots_record::written::Written;
pub use cahoots_record::written::zone;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::claim::Bound;
use crate::record::Span;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Reads a time. `zone` settles it where it carries no offset; `None` leaves 14 hours of doubt to
/// either side. `None` is returned for what is no time.
pub fn read(text: &str, zone: Option<&TimeZone>) -> Option<Bound> {
    let written = Written::read(text)?;
    let settled = written.settle(zone)?;
    let (first, last) = (settled.first, settled.next);
    let name = MONTHS[(written.first.month() as usize).saturating_sub(1).min(11)];
    let label = match written.date_parts {
        1 => written.first.year().to_string(),
        2 => format!("{name} {}", written.first.year()),
        _ => format!("{} {name} {}", written.first.day(), written.first.year()),
    };
    let clock = match written.precision {
        Precision::Second => "%H:%M:%S",
        Precision::Hour | Precision::Minute => "%H:%M",
        _ => "",
    };
    Some(Bound {
        first: Span { lo: first.0.0, hi: first.1.0 },
        last: Span { lo: last.0.0.saturating_sub(1), hi: last.1.0.saturating_sub(1) },
        label: match clock {
            "" => label,
            clock => format!("{} on {label}", written.first.strftime(clock)),
        },
    })
}

/// The days that a span covers in a zone (UTC without one): «14 October 2016», «14 October 2016 to
/// 16 October 2016», «before 3 May 2017», or `None` for a span without bounds.
pub fn days(span: Span, zone: Option<&TimeZone>) -> Option<String> {
    let zone = zone.cloned().unwrap_or(TimeZone::UTC);
    let day = |micros: i64| {
        let date = Timestamp::from_microsecond(micros).ok()?.to_zoned(zone.clone()).date();
        let name = MONTHS[(date.month() as usize).saturating_sub(1).min(11)];
        Some(format!("{} {name} {}", date.day(), date.year()))
    };
    match (span.lo, span.hi) {
        (i64::MIN, i64::MAX) => None,
        (i64::MIN, hi) => Some(format!("before the end of {}", day(hi)?)),
        (lo, i64::MAX) => Some(format!("{} or later", day(lo)?)),
        (lo, hi) => {
            let (a, b) = (day(lo)?, day(hi)?);
            Some(if a == b { a } else { format!("{a} to {b}") })
        }
    }
}

/// The day of a span as `2016-10-14`, in a zone (UTC without one); `None` if it covers several.
pub fn iso_day(span: Span, zone: Option<&TimeZone>) -> Option<String> {
    let zone = zone.cloned().unwrap_or(TimeZone::UTC);
    let day =
        |micros: i64| Some(Timestamp::from_microsecond(micros).ok()?.to_zoned(zone.clone()).date());
    let (first, last) = (day(span.lo)?, day(span.hi)?);
    (first == last).then(|| first.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{DAY, HOUR};

    const DOUBT: i64 = 14 * HOUR;

    fn utc(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn a_day_ends_with_its_last_microsecond_in_its_zone() {
        let new_york = zone("America/New_York").unwrap();
        let day = read("2016-10-14", Some(&new_york)).unwrap();
        assert_eq!(day.first, Span::at(utc("2016-10-14T04:00:00Z")));
        assert_eq!(day.last, Span::at(utc("2016-10-15T04:00:00Z") - 1));
        assert_eq!(day.label, "14 October 2016");
        // The day on which the clock goes back has 25 hours.
        let long = read("2016-11-06", Some(&new_york)).unwrap();
        assert_eq!(long.last.lo - long.first.lo, 25 * HOUR - 1);
    }

    #[test]
    fn a_day_without_a_zone_keeps_its_doubt_at_both_ends() {
        let day = read("2016-10-14", None).unwrap();
        let start = utc("2016-10-14T00:00:00Z");
        assert_eq!(day.first, Span { lo: start - DOUBT, hi: start + DOUBT });
        assert_eq!(day.last, Span { lo: start + DAY - 1 - DOUBT, hi: start + DAY - 1 + DOUBT });
    }

    #[test]
    fn months_years_minutes_and_offsets_are_read() {
        let month = read("2018-11", Some(&TimeZone::UTC)).unwrap();
        assert_eq!(month.last.lo, utc("2018-12-01T00:00:00Z") - 1);
        assert_eq!(month.label, "November 2018");
        let minute = read("2016-10-14T09:30+02:00", None).unwrap();
        assert_eq!(minute.first, Span::at(utc("2016-10-14T07:30:00Z")));
        assert_eq!(minute.last, Span::at(utc("2016-10-14T07:31:00Z") - 1));
        assert_eq!(read("2016", None).unwrap().label, "2016");
        for bad in ["", "14 October", "2016-13", "2016-10-14T25:00", "16-10-14", "2016-10T09"] {
            assert_eq!(read(bad, None), None, "{bad}");
        }
    }
}
