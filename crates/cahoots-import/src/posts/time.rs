//! Times in columns: numbers by their magnitude, ISO 8601, X's own form, and the clock in X ids.

use cahoots_record::{Basis, Confidence, Precision, UtcMicros, When};
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

/// The doubt of a time without a zone: zones run from −12 to +14 hours.
const NO_ZONE: i64 = 14 * 3600;

/// The millisecond that the clock in X ids counts from: 2010-11-04T01:42:54.657Z.
const SNOWFLAKE_EPOCH: i64 = 1_288_834_974_657;

/// Ids below this were given out in sequence, before the ids had a clock.
const FIRST_SNOWFLAKE: u64 = 29_700_859_247;

/// Reads the text of a time column. `utc` says that the column's name promises UTC.
/// `Err` says in words why it is no time.
pub(crate) fn read(text: &str, zone: Option<&TimeZone>, utc: bool) -> Result<When, String> {
    let text = text.trim();
    let mut when = match number(text) {
        Some(number) => number?,
        None => {
            calendar(text, zone, utc).ok_or_else(|| "not a time that can be read".to_owned())?
        }
    };
    when.basis = Basis::Column;
    when.raw = Some(text.to_owned());
    Ok(when)
}

/// A number of seconds, milliseconds, microseconds or nanoseconds since 1970.
fn number(text: &str) -> Option<Result<When, String>> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    if negative {
        return Some(Err("a negative number is no time of a post".to_owned()));
    }
    if whole.len() == 8
        && fraction.is_empty()
        && (whole.starts_with("19") || whole.starts_with("20"))
    {
        // `20200102` is a date; as seconds it would be a day in August 1970.
        if let Some(day) = date_of_digits(whole) {
            return days(day, Some(&TimeZone::UTC)).map(Ok);
        }
    }
    let Ok(value) = whole.parse::<i64>() else {
        return Some(Err("the number is too large for a time".to_owned()));
    };
    let micros = match value {
        0..100_000_000_000 => {
            let padded = format!("{fraction:0<6}");
            let part = padded.get(..6).and_then(|digits| digits.parse::<i64>().ok());
            value.saturating_mul(1_000_000).saturating_add(part.unwrap_or(0))
        }
        100_000_000_000..100_000_000_000_000 => value.saturating_mul(1000),
        100_000_000_000_000..100_000_000_000_000_000 => value,
        _ => value / 1000,
    };
    Some(Ok(When { offset: Some(0), ..When::instant(UtcMicros(micros), Basis::Column) }))
}

fn date_of_digits(text: &str) -> Option<Date> {
    let year = text.get(..4)?.parse().ok()?;
    Date::new(year, text.get(4..6)?.parse().ok()?, text.get(6..8)?.parse().ok()?).ok()
}

/// Written forms.
fn calendar(text: &str, zone: Option<&TimeZone>, utc: bool) -> Option<When> {
    let zone = if utc { Some(&TimeZone::UTC) } else { zone };
    for form in ["%a %b %d %H:%M:%S %z %Y", "%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S %z"] {
        if let Ok(parts) = BrokenDownTime::parse(form, text) {
            let offset = parts.offset()?;
            return stated(parts.to_datetime().ok()?, offset.seconds(), Precision::Second);
        }
    }
    let upper = text.to_ascii_uppercase();
    let (body, named_utc) = match upper.strip_suffix("UTC").or_else(|| upper.strip_suffix("GMT")) {
        Some(body) => (body.trim_end(), true),
        None => (upper.as_str(), false),
    };
    let body = join_offset(body);
    let pieces = Pieces::parse(body.as_str()).ok()?;
    let time = pieces.time();
    let zone = if named_utc { Some(&TimeZone::UTC) } else { zone };
    let Some(time) = time else { return days(pieces.date(), zone) };
    let clock = body.get(10..).unwrap_or_default();
    let clock = clock.split(['+', 'Z']).next().unwrap_or_default();
    let precision = match clock.split('-').next().unwrap_or_default().matches(':').count() {
        0 if clock.trim().len() <= 3 => Precision::Hour,
        1 => Precision::Minute,
        _ => Precision::Second,
    };
    let moment = pieces.date().to_datetime(time);
    match pieces.to_numeric_offset() {
        Some(offset) => stated(moment, offset.seconds(), precision),
        None if named_utc || utc => stated(moment, 0, precision),
        None => unzoned(moment, zone, precision),
    }
}

/// `2020-01-02 12:00:00 +00:00` with the space before the offset taken out.
fn join_offset(text: &str) -> String {
    match text.rfind([' ']) {
        Some(at) if at > 10 && matches!(text.as_bytes().get(at + 1), Some(b'+' | b'-' | b'Z')) => {
            format!("{}{}", text[..at].trim_end(), &text[at + 1..])
        }
        _ => text.to_owned(),
    }
}

/// The instants from a reading of given fineness on.
fn span(from: UtcMicros, precision: Precision) -> UtcMicros {
    match precision {
        Precision::Minute => UtcMicros(from.0.saturating_add(59_999_999)),
        Precision::Hour => UtcMicros(from.0.saturating_add(3_599_999_999)),
        _ => from,
    }
}

fn stated(moment: DateTime, offset: i32, precision: Precision) -> Option<When> {
    let at = utc(moment)?.plus_seconds(-i64::from(offset));
    Some(When {
        latest: Some(span(at, precision)),
        offset: Some(offset),
        precision,
        ..When::instant(at, Basis::Column)
    })
}

fn unzoned(moment: DateTime, zone: Option<&TimeZone>, precision: Precision) -> Option<When> {
    let (first, last) = bounds(moment, zone)?;
    Some(When {
        earliest: Some(first),
        latest: Some(span(last, precision)),
        precision,
        confidence: if zone.is_some() { Confidence::Normal } else { Confidence::Low },
        ..When::instant(first, Basis::Column)
    })
}

/// The first and last instant that a reading without a zone can mean.
fn bounds(moment: DateTime, zone: Option<&TimeZone>) -> Option<(UtcMicros, UtcMicros)> {
    match zone {
        Some(zone) => {
            let ambiguous = zone.to_ambiguous_timestamp(moment);
            let one = UtcMicros::from(ambiguous.earlier().ok()?);
            let other = UtcMicros::from(ambiguous.later().ok()?);
            Some((one.min(other), one.max(other)))
        }
        None => {
            let at = utc(moment)?;
            Some((at.plus_seconds(-NO_ZONE), at.plus_seconds(NO_ZONE)))
        }
    }
}

/// A date without a clock: the whole day.
fn days(date: Date, zone: Option<&TimeZone>) -> Option<When> {
    let first = bounds(date.to_datetime(jiff::civil::Time::midnight()), zone)?.0;
    let next = date.tomorrow().ok()?.to_datetime(jiff::civil::Time::midnight());
    let last = UtcMicros(bounds(next, zone)?.1.0 - 1);
    Some(When {
        earliest: Some(first),
        latest: Some(last),
        precision: Precision::Day,
        confidence: if zone.is_some() { Confidence::Normal } else { Confidence::Low },
        ..When::instant(first, Basis::Column)
    })
}

fn utc(moment: DateTime) -> Option<UtcMicros> {
    TimeZone::UTC.to_timestamp(moment).ok().map(UtcMicros::from)
}

/// The instant in an X id that has a clock.
pub(crate) fn snowflake(id: &str) -> Option<UtcMicros> {
    if !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let id = id.parse::<u64>().ok().filter(|id| *id >= FIRST_SNOWFLAKE && *id < 1 << 63)?;
    Some(UtcMicros::from_millis(i64::try_from(id >> 22).ok()? + SNOWFLAKE_EPOCH))
}

/// Whether a number can be an id of X at all by its time: it must have a clock that does not
/// speak against the column.
pub(crate) fn clock_fits(id: &str, when: &When) -> bool {
    let (Some(clock), true) = (snowflake(id), id.len() >= 15) else { return false };
    near(clock, when, 2)
}

fn near(clock: UtcMicros, when: &When, seconds: i64) -> bool {
    let after = when.earliest.is_some_and(|first| first.plus_seconds(-seconds) <= clock);
    after && when.latest.is_some_and(|last| clock <= last.plus_seconds(seconds))
}

/// Holds a column's time to the clock in the X id. `Err` carries the words of an issue where the
/// two disagree; the time is then marked down.
pub(crate) fn against_id(when: &mut When, id: &str) -> Result<(), String> {
    let Some(clock) = snowflake(id) else { return Ok(()) };
    if when.earliest.is_none() {
        let raw = when.raw.take();
        *when = When { raw, ..When::instant(clock, Basis::IdClock) };
        return Ok(());
    }
    if !near(clock, when, 2) {
        when.confidence = Confidence::Low;
        return Err(format!("the column's time and the clock in the id ({clock}) disagree"));
    }
    if when.is_instant() {
        when.confidence = Confidence::High;
    } else {
        // The id's clock falls into what the column leaves open, and is finer.
        let raw = when.raw.take();
        *when = When { raw, confidence: Confidence::High, ..When::instant(clock, Basis::IdClock) };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, zone: Option<&str>) -> String {
        let zone = zone.map(|name| TimeZone::get(name).unwrap());
        match read(text, zone.as_ref(), false) {
            Ok(when) => {
                let end = |at: Option<UtcMicros>| at.unwrap().to_string();
                let offset = when.offset.map_or("?".to_owned(), |offset| offset.to_string());
                let from = end(when.earliest);
                match when.is_instant() {
                    true => format!("{from} {offset} {}", when.precision),
                    false => format!("{from}..{} {offset} {}", end(when.latest), when.precision),
                }
            }
            Err(why) => why,
        }
    }

    #[test]
    fn forms_of_time() {
        for (text, zone, expected) in [
            ("0", None, "1970-01-01T00:00:00Z 0 second"),
            ("1577966400", None, "2020-01-02T12:00:00Z 0 second"),
            ("1577966400.25", None, "2020-01-02T12:00:00.25Z 0 second"),
            ("1577966400123", None, "2020-01-02T12:00:00.123Z 0 second"),
            ("1577966400123456", None, "2020-01-02T12:00:00.123456Z 0 second"),
            ("1577966400123456789", None, "2020-01-02T12:00:00.123456Z 0 second"),
            ("2020-01-02T12:00:00Z", None, "2020-01-02T12:00:00Z 0 second"),
            ("2020-01-02T12:00:00.000Z", None, "2020-01-02T12:00:00Z 0 second"),
            ("2020-01-02 12:00:00 UTC", None, "2020-01-02T12:00:00Z 0 second"),
            ("2020-01-02 12:00:00+01:00", None, "2020-01-02T11:00:00Z 3600 second"),
            ("2020-01-02 12:00:00 +0100", None, "2020-01-02T11:00:00Z 3600 second"),
            ("2020-01-02T12:00:00-05:00", None, "2020-01-02T17:00:00Z -18000 second"),
            ("Thu Jan 02 12:00:00 +0000 2020", None, "2020-01-02T12:00:00Z 0 second"),
            ("Thu, 02 Jan 2020 12:00:00 +0000", None, "2020-01-02T12:00:00Z 0 second"),
            ("2020-01-02 12:00:00", None, "2020-01-01T22:00:00Z..2020-01-03T02:00:00Z ? second"),
            ("2020-01-02 12:00:00", Some("Europe/Berlin"), "2020-01-02T11:00:00Z ? second"),
            (
                "2020-10-25 02:30:00",
                Some("Europe/Berlin"),
                "2020-10-25T00:30:00Z..2020-10-25T01:30:00Z ? second",
            ),
            (
                "2020-01-02T12:00Z",
                None,
                "2020-01-02T12:00:00Z..2020-01-02T12:00:59.999999Z 0 minute",
            ),
            ("2020-01-02", Some("UTC"), "2020-01-02T00:00:00Z..2020-01-02T23:59:59.999999Z ? day"),
            ("2020-01-02", None, "2020-01-01T10:00:00Z..2020-01-03T13:59:59.999999Z ? day"),
            ("20200102", None, "2020-01-02T00:00:00Z..2020-01-02T23:59:59.999999Z ? day"),
            ("-5", None, "a negative number is no time of a post"),
            ("yesterday", None, "not a time that can be read"),
            ("02/01/2020", None, "not a time that can be read"),
            ("1.58e9", None, "not a time that can be read"),
            ("99999999999999999999999", None, "the number is too large for a time"),
        ] {
            assert_eq!(shown(text, zone), expected, "{text}");
        }
    }

    #[test]
    fn the_clock_in_an_id_confirms_contradicts_or_fills_in() {
        // A hundred days behind the epoch of the ids.
        let id = ((100 * 86_400_000_u64) << 22).to_string();
        assert_eq!(snowflake(&id).unwrap().to_string(), "2011-02-12T01:42:54.657Z");
        let check = |text: &str| {
            let mut when = read(text, None, false).unwrap_or(When::unknown());
            let result = against_id(&mut when, &id);
            (when.confidence, when.basis, result.is_ok())
        };
        assert_eq!(check("2011-02-12T01:42:53Z"), (Confidence::High, Basis::Column, true));
        assert_eq!(check("2011-02-12T01:42:50Z"), (Confidence::Low, Basis::Column, false));
        assert_eq!(check("2011-02-12"), (Confidence::High, Basis::IdClock, true));
        assert_eq!(check(""), (Confidence::Normal, Basis::IdClock, true));
        assert_eq!(snowflake("20"), None);
        assert_eq!(snowflake("99999999999999999999"), None);
    }
}
