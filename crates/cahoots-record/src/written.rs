//! Times as people write them: `2016`, `2016-10`, `2016-10-14`, `2016-10-14T09`,
//! `2016-10-14T09:30`, `2016-10-14 09:30:05.5`, those with a clock also with an offset.
//!
//! The one reader of such times. What is written is a stretch on some wall clock or calendar; a
//! zone settles which instants that was. Without one it keeps 14 hours of doubt to either side.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};

use crate::{Precision, UtcMicros, ZONE_DOUBT};

/// A time as written, before its zone is settled.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Written {
    /// The first moment that the wall clock or calendar may have shown.
    pub first: DateTime,
    /// The moment after the last one.
    pub next: DateTime,
    /// How fine it is; [`Precision::Unknown`] for a month or a year.
    pub precision: Precision,
    /// The offset from UTC, if one was written.
    pub offset: Option<Offset>,
    /// How many parts of the date were written: 1 for a year, 2 for a month, 3 for a day.
    pub date_parts: u8,
}

/// The instants that a written time may mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settled {
    /// The earliest and the latest instant at which the stretch may begin.
    pub first: (UtcMicros, UtcMicros),
    /// The earliest and the latest instant at which the stretch may be over (not included).
    pub next: (UtcMicros, UtcMicros),
    /// Offset from UTC at its beginning, in seconds, if it is known.
    pub offset: Option<i32>,
}

impl Settled {
    /// Whether its beginning is open: no zone, or a clock that showed this time twice or never.
    pub fn is_doubtful(&self) -> bool {
        self.first.0 != self.first.1
    }
}

impl Written {
    /// Reads a text; `None` for what is no time.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let (body, offset) = split_offset(text);
        let written = wall(body)?;
        match offset {
            Some(_) if written.precision > Precision::Hour => None,
            offset => Some(Self { offset, ..written }),
        }
    }

    /// Whether it names one second or less.
    pub fn is_second(&self) -> bool {
        self.precision == Precision::Second
    }

    /// The instants that it may mean, in a zone. A written offset goes before the zone.
    pub fn settle(&self, zone: Option<&TimeZone>) -> Option<Settled> {
        let fixed = self.offset.map(TimeZone::fixed);
        let Some(zone) = fixed.as_ref().or(zone) else {
            let utc = |wall| Some(UtcMicros::from(TimeZone::UTC.to_timestamp(wall).ok()?));
            let around =
                |at: UtcMicros| (at.plus_seconds(-ZONE_DOUBT), at.plus_seconds(ZONE_DOUBT));
            return Some(Settled {
                first: around(utc(self.first)?),
                next: around(utc(self.next)?),
                offset: None,
            });
        };
        let (from, until, offset) = readings(zone, self.first)?;
        let (next_from, next_until, _) = readings(zone, self.next)?;
        Some(Settled { first: (from, until), next: (next_from, next_until), offset })
    }
}

/// The earliest and the latest instant at which a clock in `zone` may have shown `wall`.
fn readings(zone: &TimeZone, wall: DateTime) -> Option<(UtcMicros, UtcMicros, Option<i32>)> {
    let at = |offset: Offset| Some(UtcMicros::from(offset.to_timestamp(wall).ok()?));
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => {
            Some((at(offset)?, at(offset)?, Some(offset.seconds())))
        }
        AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
            let (a, b) = (at(before)?, at(after)?);
            Some((a.min(b), a.max(b), None))
        }
    }
}

/// Parts the offset (`Z`, `+02:00`, `+0200`, `+02`) from the end of a clock time.
fn split_offset(text: &str) -> (&str, Option<Offset>) {
    let Some(clock) = text.find([':', 'T', 't']) else { return (text, None) };
    if let Some(body) = text.strip_suffix(['Z', 'z']) {
        return (body.trim_end(), Some(Offset::UTC));
    }
    match text[clock..].rfind(['+', '-']) {
        Some(at) => {
            let (body, tail) = text.split_at(clock + at);
            match offset(tail) {
                Some(offset) => (body.trim_end(), Some(offset)),
                // Left in place, so that the whole is refused and not read without its offset.
                None => (text, None),
            }
        }
        None => (text, None),
    }
}

fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

fn wall(text: &str) -> Option<Written> {
    let (date, clock) = match text.split_once(['T', 't', ' ']) {
        Some((date, clock)) => (date.trim(), Some(clock.trim())),
        None => (text, None),
    };
    let numbers: Vec<i16> = date
        .split('-')
        .map(|part| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| digits && !part.is_empty())
        })
        .collect::<Option<_>>()?;
    if date.split('-').next()?.len() != 4 {
        return None;
    }
    let day = |month: i16, day: i16| {
        Date::new(*numbers.first()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    };
    let first = match numbers.as_slice() {
        [_] => day(1, 1)?,
        [_, month] => day(*month, 1)?,
        [_, month, number] => day(*month, *number)?,
        _ => return None,
    };
    let of = |first: DateTime, next: DateTime, precision| Written {
        first,
        next,
        precision,
        offset: None,
        date_parts: numbers.len() as u8,
    };
    let Some(clock) = clock else {
        let (next, precision) = match numbers.len() {
            1 => (Date::new(first.year().checked_add(1)?, 1, 1).ok()?, Precision::Unknown),
            2 => (first.last_of_month().tomorrow().ok()?, Precision::Unknown),
            _ => (first.tomorrow().ok()?, Precision::Day),
        };
        return Some(of(first.into(), next.into(), precision));
    };
    if numbers.len() != 3 {
        return None;
    }
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let parts: Vec<i8> = clock
        .split(':')
        .map(|part| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| digits && (1..=2).contains(&part.len()))
        })
        .collect::<Option<_>>()?;
    let (precision, parts, length) = match parts.as_slice() {
        [hour] => (Precision::Hour, [*hour, 0, 0], 3600),
        [hour, minute] => (Precision::Minute, [*hour, *minute, 0], 60),
        // A leap second is the second before it to every clock that has none.
        [hour, minute, second] => (Precision::Second, [*hour, *minute, (*second).min(59)], 1),
        _ => return None,
    };
    if precision != Precision::Second && fraction.is_some() {
        return None;
    }
    let nanos = match fraction {
        None => 0,
        Some(digits)
            if (1..=9).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{digits:0<9}").parse().ok()?
        }
        Some(_) => return None,
    };
    let first = first.to_datetime(Time::new(parts[0], parts[1], parts[2], nanos).ok()?);
    let length = match fraction {
        Some(_) => jiff::SignedDuration::from_micros(1),
        None => jiff::SignedDuration::from_secs(length),
    };
    Some(of(first, first.checked_add(length).ok()?, precision))
}

/// A zone by its name in the time zone database that comes with the program, as an offset, or by a
/// usual abbreviation.
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
                // Not the machine's own rules: what is read must not differ between machines.
                None => TimeZoneDatabase::bundled().get(name).ok(),
            };
        }
    };
    Some(TimeZone::fixed(Offset::from_hours(hours).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(text: &str, zone_name: &str) -> [String; 4] {
        let settled = Written::read(text).unwrap().settle(zone(zone_name).as_ref()).unwrap();
        [settled.first.0, settled.first.1, settled.next.0, settled.next.1].map(|at| at.to_string())
    }

    #[test]
    fn each_form_is_a_stretch_of_its_own_width() {
        for (text, first, next) in [
            ("2016", "2016-01-01T00:00:00Z", "2017-01-01T00:00:00Z"),
            ("2016-02", "2016-02-01T00:00:00Z", "2016-03-01T00:00:00Z"),
            ("2016-10-14", "2016-10-14T00:00:00Z", "2016-10-15T00:00:00Z"),
            ("2016-10-14T09", "2016-10-14T09:00:00Z", "2016-10-14T10:00:00Z"),
            ("2016-10-14 09:30", "2016-10-14T09:30:00Z", "2016-10-14T09:31:00Z"),
            ("2016-10-14T09:30:05", "2016-10-14T09:30:05Z", "2016-10-14T09:30:06Z"),
            ("2016-10-14T09:30:05.5", "2016-10-14T09:30:05.5Z", "2016-10-14T09:30:05.500001Z"),
            ("2016-12-31T23:59:60", "2016-12-31T23:59:59Z", "2017-01-01T00:00:00Z"),
        ] {
            assert_eq!(settled(text, "UTC"), [first, first, next, next], "{text}");
        }
    }

    #[test]
    fn an_offset_goes_before_the_zone_and_no_zone_leaves_doubt() {
        let [first, ..] = settled("2016-10-14T09:30:05+02:00", "America/New_York");
        assert_eq!(first, "2016-10-14T07:30:05Z");
        let [first, ..] = settled("2016-10-14T09:30:05", "America/New_York");
        assert_eq!(first, "2016-10-14T13:30:05Z");
        let doubt = Written::read("2016-10-14").unwrap().settle(None).unwrap();
        assert!(doubt.is_doubtful() && doubt.offset.is_none());
        assert_eq!(doubt.first.0.to_string(), "2016-10-13T10:00:00Z");
        assert_eq!(doubt.next.1.to_string(), "2016-10-15T14:00:00Z");
        // An hour that the clock shows twice.
        let [early, late, ..] = settled("2016-11-06T01:30:00", "America/New_York");
        assert_eq!(
            (early.as_str(), late.as_str()),
            ("2016-11-06T05:30:00Z", "2016-11-06T06:30:00Z")
        );
    }

    #[test]
    fn what_is_no_time_is_refused_whole() {
        for bad in [
            "",
            "yesterday",
            "14 October",
            "2016-13",
            "2016-10-32",
            "2016-10-14T25:00",
            "16-10-14",
            "2016-10T09",
            "2016-10-14T09:30+99",
            "2016-10-14+02:00",
            "2016-10-14T09:30.5",
            "9999",
            "2016-10-14T09:30:05.",
            "+2016-10-14",
            "2016-1O-14",
        ] {
            assert_eq!(Written::read(bad), None, "{bad}");
        }
        assert!(zone("").is_none() && zone("Nowhere/Here").is_none() && zone("+15").is_none());
        assert!(zone("EST").is_some() && zone("UTC-05:00").is_some() && zone("+0530").is_some());
    }
}
