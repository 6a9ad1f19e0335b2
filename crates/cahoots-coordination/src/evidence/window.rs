//! The window within which two shares are close, and the horizon within which they are compared.

use crate::Share;

/// The longest horizon: beyond it the hours at which people are awake would matter.
const LONGEST: i64 = 6 * 3600 * 1_000_000;
/// The horizon, in windows.
const WINDOWS: i64 = 10;

/// Two lengths of time in microseconds, both inclusive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Windows {
    /// Shares at most this far apart are close.
    pub window: i64,
    /// Shares at most this far apart are compared: of those, how many are close?
    pub horizon: i64,
}

impl Windows {
    /// The horizon that goes with a window: ten windows, but no more than six hours unless the
    /// window is longer than half of that; then two windows.
    pub fn new(window: i64) -> Self {
        let window = window.max(0);
        let ten = window.saturating_mul(WINDOWS).max(10_000_000);
        Self { window, horizon: ten.min(LONGEST.max(window.saturating_mul(2))) }
    }
}

/// How many shares of one object, by time, lie within `reach` of a time.
pub fn count(shares: &[Share], micros: i64, reach: i64) -> usize {
    let from = micros.saturating_sub(reach);
    let to = micros.saturating_add(reach);
    let start = shares.partition_point(|share| share.micros < from);
    shares[start..].partition_point(|share| share.micros <= to)
}
