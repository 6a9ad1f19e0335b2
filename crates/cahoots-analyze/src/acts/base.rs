//! How usual an act is for an account: the share of time that is followed by such an act anyway.
//!
//! Computed exactly, as the length of a union of intervals: a moment is followed by an act within
//! a lag if it lies less than the lag before one. Nothing is sampled.

use super::actors::seconds;
use super::coverage::Coverage;
use super::result::BaseRate;
use crate::record::{DAY, HOUR};

/// The base rate of acts at sorted `times`, for a lag and a message at `t`, over a coverage.
/// `None` without coverage or with a lag that is not positive.
pub(super) fn base_rate(times: &[i64], lag: i64, t: i64, coverage: &Coverage) -> Option<BaseRate> {
    let hour = t.rem_euclid(DAY) / HOUR;
    let (mut all, mut hit, mut all_hour, mut hit_hour) = (0_i128, 0_i128, 0_i128, 0_i128);
    if lag <= 0 {
        return None;
    }
    for span in coverage.spans() {
        all += i128::from(span.hi) - i128::from(span.lo);
        all_hour += in_hour(span.lo, span.hi, hour);
        let mut done = span.lo;
        let first = times.partition_point(|act| *act <= span.lo);
        for act in times[first..].iter().take_while(|act| act.saturating_sub(lag) < span.hi) {
            let from = act.saturating_sub(lag).max(done);
            let until = (*act).min(span.hi);
            if from < until {
                hit += i128::from(until) - i128::from(from);
                hit_hour += in_hour(from, until, hour);
                done = until;
            }
        }
    }
    let inside =
        times.iter().filter(|act| coverage.spans().iter().any(|s| s.lo <= **act && **act <= s.hi));
    let n = inside.count() as f64;
    (all > 0).then(|| BaseRate {
        evenly: 1.0 - libm::exp(-n * lag as f64 / all as f64),
        acts_like_it: times.len() as u32,
        within_seconds: seconds(lag),
        any_time: hit as f64 / all as f64,
        same_hour: (all_hour > 0).then(|| hit_hour as f64 / all_hour as f64),
        covered_days: all as f64 / DAY as f64,
    })
}

/// How much of an interval lies in an hour of the day (UTC).
fn in_hour(from: i64, until: i64, hour: i64) -> i128 {
    // Whole hours of that number before a time, and the part of the one it lies in.
    let before = |t: i64| {
        let into = (t.rem_euclid(DAY) - hour * HOUR).clamp(0, HOUR);
        i128::from(t.div_euclid(DAY)) * i128::from(HOUR) + i128::from(into)
    };
    before(until) - before(from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::{MINUTE, Span};

    fn over(lo: i64, hi: i64) -> Coverage {
        Coverage::new(&[Span { lo, hi }]).0
    }

    #[test]
    fn intervals_that_overlap_count_once() {
        // Two acts ten minutes apart, a lag of 15 minutes: 25 minutes of 24 hours.
        let times = [13 * HOUR + 20 * MINUTE, 13 * HOUR + 30 * MINUTE];
        let rate = base_rate(&times, 15 * MINUTE, 13 * HOUR, &over(0, DAY)).unwrap();
        assert_eq!(rate.any_time, 25.0 / 1440.0);
        // 2 acts in 1,440 minutes, 15 of them: 1 − e^(−1/48).
        assert!((rate.evenly - 0.020_617_8).abs() < 1e-6);
        assert_eq!(rate.same_hour, Some(25.0 / 60.0));
        let other = base_rate(&times, 15 * MINUTE, 14 * HOUR, &over(0, DAY)).unwrap();
        assert_eq!(other.same_hour, Some(0.0));
        assert_eq!(base_rate(&times, 0, 0, &over(0, DAY)), None);
        assert_eq!(base_rate(&times, HOUR, 0, &Coverage::default()), None);
    }

    #[test]
    fn only_covered_time_counts() {
        let rate = base_rate(&[HOUR], 2 * HOUR, 0, &over(30 * MINUTE, 90 * MINUTE)).unwrap();
        assert_eq!(rate.any_time, 0.5);
        let after = base_rate(&[3 * HOUR], HOUR, 0, &over(0, 150 * MINUTE)).unwrap();
        assert_eq!(after.any_time, 30.0 / 150.0);
    }

    proptest! {
        /// Held against asking every minute.
        #[test]
        fn the_union_is_what_asking_every_minute_finds(
            mut minutes in proptest::collection::vec(0_i64..4000, 0..20),
            lag in 1_i64..600,
            hour in 0_i64..24,
        ) {
            minutes.sort_unstable();
            let times: Vec<i64> = minutes.iter().map(|it| it * MINUTE).collect();
            let rate = base_rate(&times, lag * MINUTE, hour * HOUR, &over(0, 3000 * MINUTE)).unwrap();
            let mut hits = [0_u32; 2];
            let mut all = 0_u32;
            for minute in 0..3000_i64 {
                // The minute that begins here is followed within the lag by an act at its end or
                // later, and not later than the lag after its start.
                let hit = minutes.iter().any(|act| *act > minute && *act - minute <= lag);
                hits[0] += u32::from(hit);
                if minute % 1440 / 60 == hour {
                    all += 1;
                    hits[1] += u32::from(hit);
                }
            }
            prop_assert!((rate.any_time - f64::from(hits[0]) / 3000.0).abs() < 1e-12);
            prop_assert!((rate.same_hour.unwrap() - f64::from(hits[1]) / f64::from(all)).abs() < 1e-12);
        }
    }
}
