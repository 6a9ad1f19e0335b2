//! The window within which two shares are close, and the horizon within which they are compared.

use crate::Share;

const HOUR: i64 = 3600 * 1_000_000;
const SECOND: i64 = 1_000_000;

/// Two lengths of time in microseconds, both inclusive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Windows {
    /// Shares at most this far apart are close.
    pub window: i64,
    /// Shares at most this far apart are compared: of those, how many are close?
    pub horizon: i64,
}

impl Windows {
    /// The horizon that goes with a window. It is wide enough that being close within it says
    /// something, and narrow enough that the hours people are awake, the life of a piece of news and
    /// the speed of most people matter little within it: sixty windows up to six hours, two windows
    /// beyond, and never less than ten seconds.
    pub fn new(window: i64) -> Self {
        let window = window.max(0);
        let windows = |count: i64| window.saturating_mul(count);
        let horizon = windows(60).min(6 * HOUR).max(windows(2));
        Self { window, horizon: horizon.max(10 * SECOND) }
    }
}

/// How many shares of one object, by time, lie within `reach` of a time.
pub fn count(shares: &[Share], micros: i64, reach: i64) -> usize {
    let from = micros.saturating_sub(reach);
    let to = micros.saturating_add(reach);
    let start = shares.partition_point(|share| share.micros < from);
    shares[start..].partition_point(|share| share.micros <= to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_horizon_follows_the_window() {
        for (window, horizon) in [
            (0, 10),
            (1, 60),
            (10, 600),
            (60, 3600),
            (300, 18_000),
            (600, 21_600),
            (3600, 21_600),
            (86_400, 172_800),
        ] {
            let found = Windows::new(window * SECOND);
            assert_eq!(found, Windows { window: window * SECOND, horizon: horizon * SECOND });
        }
        assert_eq!(Windows::new(i64::MAX).horizon, i64::MAX);
        assert_eq!(Windows::new(-5).window, 0);
    }
}
