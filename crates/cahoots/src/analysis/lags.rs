//! Lengths of time in words: `15 min`, `48 h 03 min`, `2 d 4 h`.

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of time in microseconds, in two units.
pub fn lag(micros: i64) -> String {
    let sign = if micros < 0 { "−" } else { "" };
    let n = micros.saturating_abs();
    let text = if n < MINUTE {
        format!("{} s", n / SECOND)
    } else if n < HOUR {
        format!("{} min", n / MINUTE)
    } else if n < 4 * DAY {
        match n % HOUR / MINUTE {
            0 => format!("{} h", n / HOUR),
            minutes => format!("{} h {minutes:02} min", n / HOUR),
        }
    } else {
        format!("{} d", n / DAY)
    };
    format!("{sign}{text}")
}

/// A length known between bounds: one value where they agree to the minute.
pub fn lags(least: Option<i64>, most: Option<i64>) -> String {
    match (least, most) {
        (Some(least), Some(most)) if lag(least) == lag(most) => lag(least),
        (Some(least), Some(most)) => format!("{} to {}", lag(least), lag(most)),
        (Some(least), None) => format!("at least {}", lag(least)),
        (None, Some(most)) => format!("at most {}", lag(most)),
        (None, None) => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_people_say_them() {
        assert_eq!(lag(15 * MINUTE + 4 * SECOND), "15 min");
        assert_eq!(lag(48 * HOUR + 3 * MINUTE), "48 h 03 min");
        assert_eq!(lag(-HOUR), "−1 h");
        assert_eq!(lag(5 * DAY + HOUR), "5 d");
        assert_eq!(lags(Some(MINUTE), Some(MINUTE + SECOND)), "1 min");
        assert_eq!(lags(None, Some(HOUR)), "at most 1 h");
    }
}
