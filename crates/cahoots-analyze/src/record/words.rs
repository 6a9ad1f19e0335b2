//! Times and lengths of time in words, in the case's own zone.

use jiff::tz::TimeZone;

use super::{DAY, HOUR, MINUTE, Record, SECOND, Span};

/// Puts times into words in one zone, and says which.
#[derive(Clone, Debug)]
pub struct Clock {
    zone: TimeZone,
}

impl Clock {
    /// The clock of a case; UTC where its zone is not known.
    pub fn of(record: &Record) -> Self {
        Self { zone: record.time_zone() }
    }

    /// Day, time of day, and the name of the zone at that time.
    fn parts(&self, at: i64) -> Option<(String, String, String)> {
        let at = jiff::Timestamp::from_microsecond(at).ok()?;
        let at = at.to_zoned(self.zone.clone());
        let part = |format: &str| at.strftime(format).to_string();
        Some((part("%-d %B %Y"), part("%H:%M"), part("%Z")))
    }

    /// The day of a time, with its doubt: «12 October 2016», «about 12 October 2016»; no finer than it
    /// is known: «about November 2018», «about 2018».
    pub fn day_of(&self, when: Span) -> String {
        let wide = if when.is_bounded() { when.hi.saturating_sub(when.lo) } else { 0 };
        match when.day_in(&self.zone) {
            Some((day, false)) if wide > 62 * DAY => format!("about {}", day.strftime("%Y")),
            Some((day, false)) if wide > 3 * DAY => format!("about {}", day.strftime("%B %Y")),
            Some((day, true)) => day.strftime("%-d %B %Y").to_string(),
            Some((day, false)) => format!("about {}", day.strftime("%-d %B %Y")),
            None => "an unknown day".to_owned(),
        }
    }

    /// An interval: «on 12 October 2016 at 13:31», «between …», «on 12 October 2016», «at an
    /// unknown time».
    pub fn when(&self, when: Span) -> String {
        let full = |at| match self.parts(at) {
            Some((day, clock, zone)) => format!("{day}, {clock} {zone}"),
            None => "a time that no calendar has".to_owned(),
        };
        match (when.lo, when.hi) {
            (i64::MIN, i64::MAX) => "at an unknown time".to_owned(),
            (i64::MIN, hi) => format!("not after {}", full(hi)),
            (lo, i64::MAX) => format!("not before {}", full(lo)),
            (lo, hi) if hi.saturating_sub(lo) < MINUTE => format!("on {}", full(lo)),
            (lo, hi) => match (self.parts(lo), self.parts(hi)) {
                (Some((day, from, zone)), Some((other, to, last))) if day == other => {
                    if from == "00:00" && to == "23:59" {
                        format!("on {day}")
                    } else if zone == last {
                        format!("on {day} between {from} and {to} {zone}")
                    } else {
                        format!("on {day} between {from} {zone} and {to} {last}")
                    }
                }
                // A day of another zone, or a time without one.
                (Some((day, ..)), Some((other, ..))) if hi.saturating_sub(lo) >= DAY - MINUTE => {
                    format!("between {day} and {other}")
                }
                _ => format!("between {} and {}", full(lo), full(hi)),
            },
        }
    }
}

/// A length of time: «15 min», «48 h 03 min», «12 days».
pub fn length(micros: i64) -> String {
    let sign = if micros < 0 { "minus " } else { "" };
    let n = micros.saturating_abs();
    let words = if n < MINUTE {
        format!("{} s", n / SECOND)
    } else if n < HOUR {
        format!("{} min", n / MINUTE)
    } else if n < 4 * DAY {
        match n % HOUR / MINUTE {
            0 => format!("{} h", n / HOUR),
            minutes => format!("{} h {minutes:02} min", n / HOUR),
        }
    } else {
        format!("{} days", n / DAY)
    };
    format!("{sign}{words}")
}

/// A length known between bounds.
pub fn between(least: Option<i64>, most: Option<i64>) -> String {
    match (least, most) {
        (Some(least), Some(most)) if length(least) == length(most) => length(least),
        (Some(least), Some(most)) => format!("{} to {}", length(least), length(most)),
        (Some(least), None) => format!("at least {}", length(least)),
        (None, Some(most)) => format!("at most {}", length(most)),
        (None, None) => "an unknown time".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_the_zone_of_the_case_with_their_doubt() {
        let clock = Clock::of(&Record::empty("America/New_York"));
        // 2016-10-14T13:34:48Z.
        let at = 1_476_452_088 * SECOND;
        assert_eq!(clock.when(Span::at(at)), "on 14 October 2016, 09:34 EDT");
        let day = Span { lo: 1_476_417_600 * SECOND, hi: 1_476_504_000 * SECOND - 1 };
        assert_eq!(clock.when(day), "on 14 October 2016");
        let utc = Clock::of(&Record::empty("UTC"));
        assert_eq!(utc.when(Span::at(at)), "on 14 October 2016, 13:34 UTC");
        assert_eq!(utc.when(day), "between 14 October 2016 and 15 October 2016");
        assert_eq!(utc.day_of(day), "about 14 October 2016");
        let weeks = Span { lo: day.lo - 10 * DAY, hi: day.hi + 10 * DAY };
        assert_eq!(utc.day_of(weeks), "about October 2016");
        let months = Span { lo: day.lo - 90 * DAY, hi: day.hi + 60 * DAY };
        assert_eq!(utc.day_of(months), "about 2016");
        assert_eq!(utc.when(Span::UNKNOWN), "at an unknown time");
        assert_eq!(
            utc.when(Span { lo: i64::MIN, hi: i64::MIN + 1 }),
            "not after a time that no calendar has"
        );
        assert_eq!(between(Some(-HOUR), Some(15 * MINUTE)), "minus 1 h to 15 min");
    }
}
