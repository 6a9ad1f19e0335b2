//! Two clocks: the time that the export states, and the one inside the id.

use cahoots_record::{Basis, Confidence, Precision, Severity, UtcMicros, When};

use super::Doubts;
use crate::extract::snowflake_time;

/// The stated time is cut to the second; a little more than that is allowed.
const AGREE: i64 = 2_000_000;

/// A time as X writes it: `2020-01-02T12:00:00.000Z` or `Thu Jan 02 12:00:00 +0000 2020`.
pub(crate) fn parse_date(text: &str) -> Option<(UtcMicros, i32)> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        let offset = jiff::fmt::temporal::Pieces::parse(text)
            .ok()
            .and_then(|pieces| pieces.to_numeric_offset())
            .map_or(0, jiff::tz::Offset::seconds);
        return Some((timestamp.into(), offset));
    }
    let parts: Vec<&str> = text.split_ascii_whitespace().collect();
    let [_, month, day, clock, zone, year] = parts.as_slice() else { return None };
    let months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let month = months.iter().position(|name| month.eq_ignore_ascii_case(name))? + 1;
    let zone = zone.get(..3).zip(zone.get(3..)).filter(|(_, minutes)| minutes.len() == 2)?;
    let whole = format!("{year}-{month:02}-{day:0>2}T{clock}{}:{}", zone.0, zone.1);
    let timestamp = whole.parse::<jiff::Timestamp>().ok()?;
    let hours: i32 = zone.0.parse().ok()?;
    let minutes: i32 = zone.1.parse().ok()?;
    let sign = if zone.0.starts_with('-') { -1 } else { 1 };
    Some((timestamp.into(), hours * 3600 + sign * minutes * 60))
}

/// When something with this id was made, by the stated time and the clock in the id.
pub(crate) fn stamp(stated: Option<&str>, id: Option<&str>, doubts: &mut Doubts<'_>) -> When {
    let clock = id.and_then(snowflake_time);
    let raw = stated.map(str::to_owned);
    match (stated.and_then(parse_date), clock) {
        (Some((at, offset)), clock) => {
            let mut when = When::instant(at, Basis::Platform);
            when.raw = raw;
            when.offset = Some(offset);
            if let Some(clock) = clock {
                if (at.0 - clock.0).abs() <= AGREE {
                    when.confidence = Confidence::High;
                } else {
                    when.confidence = Confidence::Low;
                    doubts.add(
                        Severity::Damaged,
                        "clock-mismatch",
                        format!("the stated time is {at}, the clock in the id says {clock}"),
                        "the stated time, with low confidence",
                    );
                }
            }
            when
        }
        (None, Some(clock)) => {
            let what = match stated {
                Some(text) => format!("the time «{}» cannot be read", short(text)),
                None => "no time is stated".to_owned(),
            };
            doubts.add(Severity::Damaged, "bad-date", what, "the time of the clock in the id");
            When { raw, ..When::instant(clock, Basis::IdClock) }
        }
        (None, None) => {
            let what = match stated {
                Some(text) => format!("the time «{}» cannot be read", short(text)),
                None => "no time is stated".to_owned(),
            };
            doubts.add(Severity::Damaged, "bad-date", what, "the entry without a time");
            When { raw, precision: Precision::Unknown, ..When::unknown() }
        }
    }
}

/// The beginning of a value, for a message.
fn short(text: &str) -> String {
    let mut out: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().count() > 60 {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_time() {
        let read = |text: &str| parse_date(text).map(|(at, offset)| (at.to_string(), offset));
        let at = |text: &str| Some((text.to_owned(), 0));
        assert_eq!(read("2020-01-02T12:00:00.123Z"), at("2020-01-02T12:00:00.123Z"));
        assert_eq!(read("Thu Jan 02 12:00:00 +0000 2020"), at("2020-01-02T12:00:00Z"));
        assert_eq!(
            read("Thu Jan 2 12:00:00 -0530 2020"),
            Some(("2020-01-02T17:30:00Z".to_owned(), -19_800))
        );
        assert_eq!(read("2020-01-02T12:00:00+02:00").unwrap().1, 7200);
        for text in ["", "yesterday", "Thu Jan 99 12:00:00 +0000 2020", "a b c d ü00 e"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
