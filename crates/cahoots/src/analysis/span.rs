//! Intervals and windows: as a person types them, and as a line shows them.

use anyhow::{Result, bail};
use cahoots_analyze::Span;
use cahoots_record::written::Written;
use cahoots_record::{Precision, UtcMicros};

use crate::output::Output;

/// A length of time as typed: `24h`, `90 min`, `7d`, `30s`.
///
/// # Errors
/// When it is no length or not above zero.
pub fn length(text: &str) -> Result<i64> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let unit = match unit.trim().to_lowercase().as_str() {
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hour" | "hours" | "" => 3_600,
        "d" | "day" | "days" => 86_400,
        "w" | "week" | "weeks" => 7 * 86_400,
        other => bail!("{other} is no unit of time; write 30s, 15min, 24h, 7d or 2w"),
    };
    let number: f64 = match number.trim().parse() {
        Ok(number) if number > 0.0 => number,
        _ => bail!("{text} is no length of time; write 30s, 15min, 24h, 7d or 2w"),
    };
    Ok((number * f64::from(unit) * 1e6).min(i64::MAX as f64) as i64)
}

/// A moment as typed, as an interval: an instant, a time of day in the zone shown, a day, a month
/// or a year.
///
/// # Errors
/// When it is none of these.
pub fn moment(text: &str, zone: &jiff::tz::TimeZone) -> Result<Span> {
    let written =
        Written::read(text).and_then(|written| Some((written, written.settle(Some(zone))?)));
    let Some((written, settled)) = written else {
        bail!("{text} is no time; write 2016-10-14, 2016-10-14T09:30, 2016-10 or 2016")
    };
    let hi = match written.is_second() {
        true => settled.first.1.0,
        false => settled.next.1.0 - 1,
    };
    Ok(Span { lo: settled.first.0.0, hi })
}

/// The day of a time for a column: `2016-10-12`, `~2016-10-12` where it is not certain.
pub fn day(span: Span, out: &Output) -> String {
    let mark = |sure| if sure { "" } else { "~" };
    span.day_in(out.zone()).map(|(day, sure)| format!("{}{day}", mark(sure))).unwrap_or_default()
}

/// An interval for a line: `2016-10-12 13:31`, `2016-10-12 13:31 to 13:32`, `after …`, `time unknown`.
pub fn span(span: Span, out: &Output) -> String {
    let at = |micros: i64| out.instant(UtcMicros(micros), Precision::Minute);
    match (span.lo, span.hi) {
        (i64::MIN, i64::MAX) => "time unknown".to_owned(),
        (i64::MIN, hi) => format!("not after {}", at(hi)),
        (lo, i64::MAX) => format!("not before {}", at(lo)),
        (lo, hi) => {
            let (lo, hi) = (at(lo), at(hi));
            match (lo == hi, lo.split_once(' '), hi.split_once(' ')) {
                (true, ..) => lo,
                (_, Some((day, _)), Some((other, clock))) if day == other => {
                    format!("{lo} to {clock}")
                }
                _ => format!("{lo} to {hi}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        assert_eq!(length("24h").unwrap(), 86_400_000_000);
        assert_eq!(length("90 min").unwrap(), 5_400_000_000);
        assert_eq!(length("1.5d").unwrap(), 129_600_000_000);
        let utc = jiff::tz::TimeZone::UTC;
        let day = moment("1970-01-02", &utc).unwrap();
        assert_eq!((day.lo, day.hi), (86_400_000_000, 2 * 86_400_000_000 - 1));
        assert_eq!(moment("1970-01-01T00:00:01Z", &utc).unwrap(), Span::at(1_000_000));
        assert_eq!(moment("1970-01-01 00:00:01", &utc).unwrap(), Span::at(1_000_000));
        assert_eq!(moment("1970", &utc).unwrap().hi, 365 * 86_400_000_000 - 1);
        assert!(moment("yesterday", &utc).is_err());
        assert!(length("0h").is_err() && length("soon").is_err() && length("-3h").is_err());
    }
}
