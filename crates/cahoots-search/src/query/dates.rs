//! Dates as people write them, as spans of time.

use cahoots_record::UtcMicros;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, Zoned};

/// A span of time: from inclusive, until exclusive.
pub(super) type Stretch = (UtcMicros, UtcMicros);

/// The stretch that a date means: the day of `2016-10-12`, the month of `oct 2016`, the second of
/// a time. Two of them with `..` between: from the start of one to the end of the other.
pub(super) fn parse(text: &str, now: &Zoned) -> Option<Stretch> {
    let text = text.trim();
    if let Some((from, until)) = text.split_once("..") {
        let (from, until) = (single(from, now)?, single(until, now)?);
        return (from.0 < until.1).then_some((from.0, until.1));
    }
    single(text, now)
}

fn single(text: &str, now: &Zoned) -> Option<Stretch> {
    let text = text.trim().to_lowercase().replace(',', " ");
    let zone = now.time_zone().clone();
    if let Some(stretch) = exact(&text, &zone) {
        return Some(stretch);
    }
    if let Some(stretch) = relative(&text, now) {
        return Some(stretch);
    }
    let words: Vec<&str> =
        text.split([' ', '-', '/', '.']).filter(|word| !word.is_empty()).collect();
    let number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let suffix = &word[digits.len()..];
        let ordinal = ["", "st", "nd", "rd", "th"].contains(&suffix);
        ordinal.then(|| digits.parse::<i16>().ok()).flatten()
    };
    let year = |word: &str| (word.len() == 4).then(|| word.parse::<i16>().ok()).flatten();
    match words.as_slice() {
        [y] => year(y).and_then(|y| year_of(y, &zone)),
        [y, m] if year(y).is_some() => month_of(year(y)?, month(m).or(m.parse().ok())?, &zone),
        [m, y] if year(y).is_some() => month_of(year(y)?, month(m).or(m.parse().ok())?, &zone),
        [y, m, d] if year(y).is_some() => {
            day_of(year(y)?, month(m).or(m.parse().ok())?, number(d)?, &zone)
        }
        [d, m, y] if month(m).is_some() => day_of(year(y)?, month(m)?, number(d)?, &zone),
        [m, d, y] if month(m).is_some() => day_of(year(y)?, month(m)?, number(d)?, &zone),
        _ => None,
    }
}

/// A date with a time, with or without a zone of its own.
fn exact(text: &str, zone: &TimeZone) -> Option<Stretch> {
    if !text.contains(':') {
        return None;
    }
    let upper = text.to_uppercase();
    if let Ok(time) = upper.replacen(' ', "T", 1).replace(' ', "").parse::<jiff::Timestamp>() {
        let from = UtcMicros::from(time);
        return Some((from, from.plus_seconds(1)));
    }
    let civil: DateTime = upper.trim().replacen(' ', "T", 1).parse().ok()?;
    let from = instant(civil, zone)?;
    // A time without seconds means the whole minute.
    let seconds = if text.matches(':').count() == 1 { 60 } else { 1 };
    Some((from, from.plus_seconds(seconds)))
}

fn relative(text: &str, now: &Zoned) -> Option<Stretch> {
    let zone = now.time_zone();
    let today = now.date();
    let words: Vec<&str> = text.split([' ', '-', '_']).filter(|word| !word.is_empty()).collect();
    let monday =
        today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
    match words.as_slice() {
        ["today"] => days(today, 1.day(), zone),
        ["yesterday"] => days(today.yesterday().ok()?, 1.day(), zone),
        ["this", "week"] => days(monday, 1.week(), zone),
        ["last", "week"] => days(monday.checked_sub(1.week()).ok()?, 1.week(), zone),
        ["this", "month"] => days(today.first_of_month(), 1.month(), zone),
        ["last", "month"] => {
            days(today.first_of_month().checked_sub(1.month()).ok()?, 1.month(), zone)
        }
        ["this", "year"] => year_of(today.year(), zone),
        ["last", "year"] => year_of(today.year() - 1, zone),
        [n, unit, "ago"] => {
            let n: i64 = n.parse().ok().filter(|n| (0..10_000).contains(n))?;
            let span = match unit.trim_end_matches('s') {
                "day" => n.days(),
                "week" => n.weeks(),
                "month" => n.months(),
                "year" => n.years(),
                _ => return None,
            };
            days(today.checked_sub(span).ok()?, 1.day(), zone)
        }
        _ => None,
    }
}

fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let place = NAMES.iter().position(|name| word.len() >= 3 && name.starts_with(word));
    place.or((word == "sept").then_some(8)).map(|place| place as i8 + 1)
}

fn year_of(year: i16, zone: &TimeZone) -> Option<Stretch> {
    days(Date::new(year, 1, 1).ok()?, 1.year(), zone)
}

fn month_of(year: i16, month: i8, zone: &TimeZone) -> Option<Stretch> {
    days(Date::new(year, month, 1).ok()?, 1.month(), zone)
}

fn day_of(year: i16, month: i8, day: i16, zone: &TimeZone) -> Option<Stretch> {
    days(Date::new(year, month, i8::try_from(day).ok()?).ok()?, 1.day(), zone)
}

fn days(from: Date, length: Span, zone: &TimeZone) -> Option<Stretch> {
    let until = from.checked_add(length).ok()?;
    Some((instant(from.at(0, 0, 0, 0), zone)?, instant(until.at(0, 0, 0, 0), zone)?))
}

fn instant(civil: DateTime, zone: &TimeZone) -> Option<UtcMicros> {
    zone.to_ambiguous_zoned(civil).compatible().ok().map(|time| UtcMicros::from(time.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(text: &str) -> Option<String> {
        let now: Zoned = "2026-11-23T12:00:00[UTC]".parse().unwrap();
        parse(text, &now).map(|(from, until)| format!("{from} {until}"))
    }

    #[test]
    fn people_write_dates_in_many_ways() {
        let day = Some("2016-10-12T00:00:00Z 2016-10-13T00:00:00Z".to_owned());
        for text in [
            "2016-10-12",
            "12 Oct 2016",
            "12 october 2016",
            "oct 12 2016",
            "October 12th, 2016",
            "2016/10/12",
            "12-oct-2016",
            "2016.10.12",
        ] {
            assert_eq!(span(text), day, "{text}");
        }
        let month = Some("2016-10-01T00:00:00Z 2016-11-01T00:00:00Z".to_owned());
        for text in ["2016-10", "oct 2016", "oct-2016", "October 2016", "10/2016"] {
            assert_eq!(span(text), month, "{text}");
        }
        assert_eq!(span("2016").unwrap(), "2016-01-01T00:00:00Z 2017-01-01T00:00:00Z");
        assert_eq!(span("2016-10-12 13:46").unwrap(), "2016-10-12T13:46:00Z 2016-10-12T13:47:00Z");
        assert_eq!(
            span("2016-10-12T13:46:43+02:00").unwrap(),
            "2016-10-12T11:46:43Z 2016-10-12T11:46:44Z"
        );
        assert_eq!(span("2016-09..oct 2016").unwrap(), "2016-09-01T00:00:00Z 2016-11-01T00:00:00Z");
        assert_eq!(span("yesterday").unwrap(), "2026-11-22T00:00:00Z 2026-11-23T00:00:00Z");
        assert_eq!(span("last week").unwrap(), "2026-11-16T00:00:00Z 2026-11-23T00:00:00Z");
        assert_eq!(span("3 days ago").unwrap(), "2026-11-20T00:00:00Z 2026-11-21T00:00:00Z");
        for text in ["", "soon", "2016-13-01", "32 oct 2016", "2016..2015", "12 2016 oct"] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
