//! Times as compilers write them, read as intervals.
//!
//! `at` is an instant, a minute, an hour, a day, a month or a year; `earliest` and `latest` are
//! bounds in the same forms. What states no zone keeps ±14 h of doubt, unless the entry or the
//! person names one.

use cahoots_record::{Basis, Confidence, Precision, UtcMicros, When};
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use serde_json::{Map, Value};

use super::fields::Fields;
use super::model::Notes;

/// Milliseconds from 1970 to the start of the clock in X's ids.
const X_EPOCH_MS: i64 = 1_288_834_974_657;

/// The first id of X that carries a clock; smaller ones are plain counters.
const FIRST_X_CLOCK_ID: u64 = 29_700_859_247;

/// Clocks of the world are at most this far from UTC, in seconds.
const DOUBT: i64 = 14 * 3600;

/// The keys of a time; they stand beside the other keys of an entry.
pub(crate) const KEYS: &[&str] = &[
    "at",
    "earliest",
    "latest",
    "printed",
    "zone",
    "zone_printed",
    "zone_assumed",
    "basis",
    "precision",
];

/// A point or span as written, before its zone is settled.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Written {
    /// With an offset: nothing to settle.
    Instant { at: UtcMicros, offset: i32, width: i64, precision: Precision },
    /// By a clock or calendar on some wall: from `first` up to, not including, `next`.
    Wall { first: DateTime, next: DateTime, precision: Precision },
}

/// Reads an instant, minute, hour, day, month or year.
fn written(text: &str) -> Option<Written> {
    let text = text.trim();
    let (body, offset) = split_offset(text);
    let wall = wall(body)?;
    let Written::Wall { first, next, precision } = wall else { return None };
    let Some(offset) = offset else { return Some(wall) };
    if precision > Precision::Hour {
        return None;
    }
    let at = offset.to_timestamp(first).ok()?;
    let width = match precision {
        Precision::Second => 0,
        _ => seconds_between(first, next)? - 1,
    };
    Some(Written::Instant { at: at.into(), offset: offset.seconds(), width, precision })
}

fn seconds_between(first: DateTime, next: DateTime) -> Option<i64> {
    let span = TimeZone::UTC.to_timestamp(next).ok()?.as_second();
    Some(span - TimeZone::UTC.to_timestamp(first).ok()?.as_second())
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
    let Some(clock) = clock else {
        let (next, precision) = match numbers.len() {
            1 => (Date::new(first.year().checked_add(1)?, 1, 1).ok()?, Precision::Unknown),
            2 => (first.last_of_month().tomorrow().ok()?, Precision::Unknown),
            _ => (first.tomorrow().ok()?, Precision::Day),
        };
        return Some(Written::Wall { first: first.into(), next: next.into(), precision });
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
    let first =
        first.to_datetime(jiff::civil::Time::new(parts[0], parts[1], parts[2], nanos).ok()?);
    let next = first.checked_add(jiff::SignedDuration::from_secs(length)).ok()?;
    Some(Written::Wall { first, next, precision })
}

/// An interval with what is known about its reading.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Span {
    earliest: UtcMicros,
    latest: UtcMicros,
    offset: Option<i32>,
    precision: Precision,
    /// The zone was doubtful: unknown, or the clock showed this time twice or never.
    doubtful: bool,
}

fn settle(written: Written, zone: Option<&TimeZone>) -> Option<Span> {
    match written {
        Written::Instant { at, offset, width, precision } => Some(Span {
            earliest: at,
            latest: at.plus_seconds(width),
            offset: Some(offset),
            precision,
            doubtful: false,
        }),
        Written::Wall { first, next, precision } => {
            let ends_at_start = precision == Precision::Second;
            let Some(zone) = zone else {
                let utc = |wall| Some(UtcMicros::from(TimeZone::UTC.to_timestamp(wall).ok()?));
                let end = if ends_at_start { utc(first)? } else { utc(next)?.plus_seconds(-1) };
                return Some(Span {
                    earliest: utc(first)?.plus_seconds(-DOUBT),
                    latest: end.plus_seconds(DOUBT),
                    offset: None,
                    precision,
                    doubtful: true,
                });
            };
            let (early, late, offset) = readings(zone, first)?;
            let latest = match ends_at_start {
                true => late,
                false => readings(zone, next)?.1.plus_seconds(-1),
            };
            Some(Span { earliest: early, latest, offset, precision, doubtful: early != late })
        }
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

/// A zone by its name in the time zone database, as an offset, or by a usual abbreviation.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    let name = name.trim();
    let hours = match name.to_uppercase().as_str() {
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
                // Not the machine's own rules: records must not differ between machines.
                None => TimeZoneDatabase::bundled().get(name).ok(),
            };
        }
    };
    Some(TimeZone::fixed(Offset::from_hours(hours).ok()?))
}

/// The instant in an id of X, if the id is large enough to carry one.
pub(crate) fn x_clock(id: &str) -> Option<UtcMicros> {
    let id: u64 = id.parse().ok().filter(|id| *id >= FIRST_X_CLOCK_ID)?;
    let millis = i64::try_from(id >> 22).ok()?.checked_add(X_EPOCH_MS)?;
    Some(UtcMicros::from_millis(millis))
}

/// Whether a text is a time that an entry may have (bounds of claims, coverage).
pub(crate) fn is_time(text: &str) -> bool {
    written(text).is_some()
}

/// A time as read, and what `detail` keeps of it.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) when: When,
    pub(crate) detail: Map<String, Value>,
    /// The times as written, for the identity of the entry.
    pub(crate) identity: String,
}

/// Reads the time keys of an entry. `id` is the entry's id on X, if it has one.
pub(crate) fn read(
    mut fields: Fields,
    id: Option<&str>,
    default_zone: Option<&TimeZone>,
    notes: &mut Notes,
) -> Read {
    let mut detail = Map::new();
    let names = ["at", "earliest", "latest"];
    let texts = names.map(|name| fields.text(name, notes));
    let printed = fields.text("printed", notes);
    let mut zone_name = fields.text("zone", notes);
    let assumed = fields.truth("zone_assumed", notes);
    let zone_words = fields.text("zone_printed", notes);
    let basis = fields.text("basis", notes);
    let precision = precision(&mut fields, notes);

    let stated = zone_name.as_deref().and_then(zone);
    if let Some(name) = zone_name.as_deref().filter(|_| stated.is_none()) {
        let what = format!(
            "\"{name}\" is no zone: a name such as America/New_York, an offset such as -05:00, or \
             an abbreviation such as EST was expected; words go to zone_printed"
        );
        notes.damaged("bad-zone", &fields.path("zone"), &what, "the words, in detail");
        detail.insert("zone_unread".to_owned(), zone_name.take().into());
    }
    let zone = stated.as_ref().or(default_zone);
    let mut low = assumed || (stated.is_none() && default_zone.is_some());
    let mut spans = [None; 3];
    for ((name, text), slot) in names.iter().zip(&texts).zip(&mut spans) {
        let Some(text) = text else { continue };
        *slot = written(text).and_then(|written| settle(written, zone));
        if slot.is_none() {
            let what = format!(
                "\"{text}\" is no time: 2016-10-12T13:31:00Z, 2016-10-12T09:31, 2016-10-12, \
                 2016-10 and 2016 are"
            );
            notes.damaged("bad-time", &fields.path(name), &what, "the text, not as a time");
        }
    }
    let identity = texts.iter().map(|text| text.as_deref().unwrap_or("")).collect::<Vec<_>>();
    let identity = format!("{}|{}", identity.join("|"), printed.as_deref().unwrap_or(""));

    let mut when = combine(spans, &fields, notes);
    // An offset in every time that was given leaves nothing for an assumed zone to decide.
    let all_offset =
        texts.iter().flatten().all(|text| matches!(written(text), Some(Written::Instant { .. })));
    low = low && (assumed || !all_offset) || spans.iter().flatten().any(|span| span.doubtful);
    if when.confidence == Confidence::Normal && low {
        when.confidence = Confidence::Low;
    }
    if let Some(precision) = precision
        && when.sort_key().is_some()
    {
        when.precision = precision;
    }
    when.raw = printed.clone().or_else(|| raw(&texts));
    check_id(&mut when, id, &fields, &mut detail, notes);

    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            detail.insert(key.to_owned(), value.into());
        }
    };
    put("printed", printed);
    put("zone_printed", zone_words);
    put("zone", zone_name);
    put("basis", basis);
    if assumed {
        detail.insert("zone_assumed".to_owned(), true.into());
    }
    for (name, text) in names.iter().zip(texts) {
        if let Some(text) = text {
            detail.insert((*name).to_owned(), text.into());
        }
    }
    let other = fields.leftovers(notes);
    if !other.is_empty() {
        detail.insert("other".to_owned(), other.into());
    }
    Read { when, detail, identity }
}

fn precision(fields: &mut Fields, notes: &mut Notes) -> Option<Precision> {
    let name = fields.text("precision", notes)?;
    let found = Precision::from_name(&name.to_lowercase());
    if found.is_none() {
        let names: Vec<_> = Precision::ALL.iter().map(|precision| precision.name()).collect();
        let what = format!("\"{name}\" is none of {}", names.join(", "));
        let kept = "the time with the precision it is written in";
        notes.damaged("bad-precision", &fields.path("precision"), &what, kept);
        fields.keep("precision", name.into());
    }
    found
}

fn raw(texts: &[Option<String>; 3]) -> Option<String> {
    match texts {
        [Some(at), _, _] => Some(at.clone()),
        [None, None, None] => None,
        [None, earliest, latest] => Some(format!(
            "{} / {}",
            earliest.as_deref().unwrap_or("unknown"),
            latest.as_deref().unwrap_or("unknown")
        )),
    }
}

fn combine([at, earliest, latest]: [Option<Span>; 3], fields: &Fields, notes: &mut Notes) -> When {
    let mut when = When::unknown();
    if let (Some(early), Some(late)) = (earliest, latest)
        && late.latest < early.earliest
    {
        let kept = "the entry, with its time unknown and both texts in detail";
        notes.damaged("inverted-time", &fields.path("latest"), "is before earliest", kept);
        when.basis = Basis::Compiled;
        return when;
    }
    let bounds = earliest.is_some() || latest.is_some();
    if at.is_some() && bounds {
        let kept = "the widest of them";
        notes.damaged("two-times", &fields.path("at"), "stands beside earliest or latest", kept);
    }
    let low = earliest.or(at.filter(|_| bounds)).or(at);
    let high = latest.or(at);
    when.earliest = match (at, low) {
        (Some(at), Some(low)) => Some(at.earliest.min(low.earliest)),
        (_, low) => low.map(|span| span.earliest),
    };
    when.latest = match (at, high) {
        (Some(at), Some(high)) => Some(at.latest.max(high.latest)),
        (_, high) => high.map(|span| span.latest),
    };
    if at.is_none() && !bounds {
        return when;
    }
    when.basis = Basis::Compiled;
    when.confidence = Confidence::Normal;
    when.offset = at.or(earliest).or(latest).and_then(|span| span.offset);
    when.precision = match (at, bounds) {
        (Some(at), false) => at.precision,
        _ => Precision::Unknown,
    };
    when
}

/// Holds the time against the clock inside the id.
fn check_id(
    when: &mut When,
    id: Option<&str>,
    fields: &Fields,
    detail: &mut Map<String, Value>,
    notes: &mut Notes,
) {
    let Some(clock) = id.and_then(x_clock) else { return };
    detail.insert("id_clock".to_owned(), clock.to_string().into());
    // Archives print whole seconds; the clock counts milliseconds.
    let second = UtcMicros::from_seconds(clock.seconds());
    let stated = when.sort_key().is_some();
    let after = when.earliest.is_none_or(|earliest| earliest <= clock);
    let before = when.latest.is_none_or(|latest| second <= latest);
    if after && before {
        let confidence = if stated { Confidence::High } else { Confidence::Normal };
        let exact = when.is_instant();
        when.confidence = confidence;
        if !exact {
            when.earliest = Some(second);
            when.latest = Some(second);
            when.offset = when.offset.or(Some(0));
            when.precision = Precision::Second;
            when.basis = Basis::IdClock;
        }
        return;
    }
    when.confidence = Confidence::Low;
    let key = fields.path("at");
    let what = format!("does not agree with the clock in the id, {second}");
    notes.damaged("clock-mismatch", &key, &what, "the time as written, marked as doubtful");
}

#[cfg(test)]
#[path = "times_tests.rs"]
mod tests;
