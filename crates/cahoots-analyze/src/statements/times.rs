//! Times as people write them in claims and coverage tables: `2016`, `2016-10`, `2016-10-14`,
//! `2016-10-14T09:30`, with or without an offset.
//!
//! A day without a zone starts anywhere within 14 hours of its start in UTC: the ends of a
//! [`Bound`] are then intervals themselves.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use super::claim::Bound;
use crate::record::{HOUR, Span};

/// Clocks of the world are at most this far from UTC.
const DOUBT: i64 = 14 * HOUR;

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

/// A zone by its name in the time zone database that comes with the program, as an offset, or by
/// one of the abbreviations that compiled records may use.
pub fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    let hours = match name.to_uppercase().as_str() {
        "" => return None,
        "UTC" | "GMT" | "Z" => 0,
        "EST" | "CDT" => -5,
        "EDT" => -4,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "BST" | "CET" => 1,
        "CEST" => 2,
        upper => {
            let digits = upper.strip_prefix("UTC").or(upper.strip_prefix("GMT")).unwrap_or(upper);
            return match offset(digits) {
                Some(offset) => Some(TimeZone::fixed(offset)),
                // Not the machine's own rules: findings must not differ between machines.
                None => TimeZoneDatabase::bundled().get(name).ok(),
            };
        }
    };
    Some(TimeZone::fixed(Offset::from_hours(hours).ok()?))
}

/// Reads a time. `zone` settles it where it carries no offset; `None` leaves 14 hours of doubt to
/// either side. `None` is returned for what is no time.
pub fn read(text: &str, zone: Option<&TimeZone>) -> Option<Bound> {
    let text = text.trim();
    let (date, clock) = match text.split_once(['T', 't', ' ']) {
        Some((date, clock)) => (date, Some(clock.trim())),
        None => (text, None),
    };
    let numbers: Vec<i16> = date
        .split('-')
        .map(|part| digits(part).and_then(|n| n.try_into().ok()))
        .collect::<Option<_>>()?;
    if date.split('-').next()?.len() != 4 {
        return None;
    }
    let month = |at: usize| numbers.get(at).map_or(Ok(1), |n| i8::try_from(*n)).ok();
    let first = Date::new(*numbers.first()?, month(1)?, month(2)?).ok()?;
    let name = MONTHS[(first.month() as usize).saturating_sub(1).min(11)];
    let (last, label) = match (numbers.len(), clock) {
        (1, None) => (Date::new(first.year(), 12, 31).ok()?, first.year().to_string()),
        (2, None) => (first.last_of_month(), format!("{name} {}", first.year())),
        (3, _) => (first, format!("{} {name} {}", first.day(), first.year())),
        _ => return None,
    };
    let Some(clock) = clock else {
        let next = last.tomorrow().ok()?;
        let end =
            |span: Span| Span { lo: span.lo.saturating_sub(1), hi: span.hi.saturating_sub(1) };
        return Some(Bound {
            first: instants(first.into(), zone)?,
            last: end(instants(next.into(), zone)?),
            label,
        });
    };
    let (clock, stated) = split_offset(clock)?;
    let (time, width) = clock_time(clock)?;
    let zone = stated.map(TimeZone::fixed).or_else(|| zone.cloned());
    let first = instants(last.to_datetime(time), zone.as_ref())?;
    let later =
        |span: Span| Span { lo: span.lo.saturating_add(width), hi: span.hi.saturating_add(width) };
    Some(Bound { first, last: later(first), label: format!("{clock} on {label}") })
}

/// The instants at which a clock in the zone may show this.
fn instants(wall: DateTime, zone: Option<&TimeZone>) -> Option<Span> {
    let at = |offset: Offset| offset.to_timestamp(wall).ok().map(Timestamp::as_microsecond);
    let Some(zone) = zone else {
        let utc = at(Offset::UTC)?;
        return Some(Span { lo: utc.saturating_sub(DOUBT), hi: utc.saturating_add(DOUBT) });
    };
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => Some(Span::at(at(offset)?)),
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
            let (a, b) = (at(before)?, at(after)?);
            Some(Span { lo: a.min(b), hi: a.max(b) })
        }
    }
}

fn digits(text: &str) -> Option<i32> {
    let good = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    if good { text.parse().ok() } else { None }
}

/// Parts the offset from the end of a clock time. `None` when there is one that cannot be read.
fn split_offset(clock: &str) -> Option<(&str, Option<Offset>)> {
    if let Some(body) = clock.strip_suffix(['Z', 'z']) {
        return Some((body.trim_end(), Some(Offset::UTC)));
    }
    match clock.rfind(['+', '-']) {
        Some(at) => {
            let (body, tail) = clock.split_at(at);
            Some((body.trim_end(), Some(offset(tail)?)))
        }
        None => Some((clock, None)),
    }
}

fn offset(text: &str) -> Option<Offset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let rest: String = rest.chars().filter(|c| *c != ':').collect();
    let number = digits(&rest)?;
    let (hours, minutes) = match rest.len() {
        1 | 2 => (number, 0),
        4 => (number / 100, number % 100),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// A time of day, and how much of it was left open in microseconds, less one.
fn clock_time(text: &str) -> Option<(Time, i64)> {
    let (text, fraction) = match text.split_once(['.', ',']) {
        Some((text, fraction)) => (text, Some(fraction)),
        None => (text, None),
    };
    let parts: Vec<i8> = text
        .split(':')
        .map(|part| digits(part).and_then(|n| n.try_into().ok()))
        .collect::<Option<_>>()?;
    let ([hour, minute, second], width) = match parts.as_slice() {
        [hour] => ([*hour, 0, 0], HOUR),
        [hour, minute] => ([*hour, *minute, 0], HOUR / 60),
        // A leap second is the second before it to every clock that has none.
        [hour, minute, second] => ([*hour, *minute, (*second).min(59)], 1_000_000),
        _ => return None,
    };
    let (nanos, width) = match fraction {
        None => (0, width),
        Some(fraction) if parts.len() == 3 && fraction.len() <= 9 => {
            digits(fraction)?;
            (format!("{fraction:0<9}").parse().ok()?, 1)
        }
        Some(_) => return None,
    };
    Some((Time::new(hour, minute, second, nanos).ok()?, width - 1))
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
    use crate::record::DAY;

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
