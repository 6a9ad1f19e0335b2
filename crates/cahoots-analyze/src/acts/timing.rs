//! The test of timing: would as many sessions be followed by an act had the messages been sent on
//! other days?
//!
//! Session-level block-day permutation: acts stay where they are; each session is put on another
//! day of the same class (Monday to Friday, Saturday and Sunday) in its block of 28 days, at its
//! own local clock time, independently of the others. This is interval jitter (Platkiewicz, Stark
//! and Amarasingham 2017) that respects the clock and the week. Shuffling times uniformly, shifting
//! them in a circle and permuting contents among messages were measured and reject true nulls in
//! 28 to 99% of records with a common rhythm; they are not offered.

use super::coverage::Coverage;
use super::days::Days;
use crate::record::{HOUR, MINUTE};
use crate::stats::{Observation, Stream, min_p, permutation_p, poisson_binomial};

/// At most this many windows in one question.
pub(super) const WINDOWS: usize = 8;

/// Upper ends of the lag table's rows, in microseconds.
pub(super) const LAGS: [i64; 7] =
    [15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 72 * HOUR];

/// No act follows.
const NEVER: i64 = i64::MAX;

/// What the test found.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Timing {
    /// Sessions tested.
    pub n: usize,
    /// Sessions followed by an act, by window; the first is the primary one.
    pub k: [u32; WINDOWS],
    /// Chance of each count, by window: (1 + reached) / (1 + redraws).
    pub p: [f64; WINDOWS],
    /// What `p` tends to with endless redraws: draws of sessions are independent, so the count has
    /// a Poisson-binomial distribution.
    pub p_limit: [f64; WINDOWS],
    /// Mean of the redrawn counts over n, by window.
    pub chance: [f64; WINDOWS],
    /// 2.5% and 97.5% points of the redrawn counts of the primary window.
    pub range: (u32, u32),
    /// P(every session is followed by an act) under the null, by window.
    pub all_answered: [f64; WINDOWS],
    /// p of the best window, paid for all of them.
    pub p_any_window: f64,
    /// Sessions whose first act lies in each row of [`LAGS`], and how many chance would give.
    pub lags: Vec<(u32, f64)>,
}

/// One session ready for the test.
pub(super) struct Trial {
    /// When it began.
    pub t: i64,
    /// When it could as well have begun.
    pub choices: Vec<i64>,
}

/// The trials of those sessions whose window is covered.
pub(super) fn trials(
    times: impl IntoIterator<Item = i64>,
    within: i64,
    coverage: &Coverage,
    days: &mut Days,
) -> Vec<Trial> {
    times
        .into_iter()
        .filter(|t| coverage.holds(*t, t.saturating_add(within)))
        .map(|t| Trial { t, choices: days.choices(t, within, coverage) })
        .collect()
}

/// The lag from `t` to the first act after it.
pub(super) fn lag(acts: &[i64], t: i64) -> i64 {
    let next = acts.partition_point(|act| *act <= t);
    acts.get(next).map_or(NEVER, |act| act.saturating_sub(t))
}

/// Runs the test. `windows[0]` is the primary window; `acts` are sorted.
pub(super) fn test(
    trials: &[Trial],
    acts: &[i64],
    windows: &[i64],
    redraws: u32,
    stream: &mut Stream,
) -> Timing {
    let windows = &windows[..windows.len().min(WINDOWS)];
    let n = trials.len();
    let mut timing = Timing { n, p_any_window: 1.0, ..Timing::default() };
    timing.p = [1.0; WINDOWS];
    timing.p_limit = [1.0; WINDOWS];
    timing.all_answered = [1.0; WINDOWS];
    timing.lags = vec![(0, 0.0); LAGS.len()];
    let mask = |lag: i64| {
        let bit = |(place, within): (usize, &i64)| u8::from(lag <= *within) << place;
        windows.iter().enumerate().map(bit).fold(0, |a, b| a | b)
    };
    // What each choice would count for: the redraws only look it up.
    let mut starts: Vec<(u32, u32)> = Vec::with_capacity(n);
    let mut masks: Vec<u8> = Vec::new();
    let mut shares: Vec<[f64; WINDOWS]> = Vec::with_capacity(n);
    for trial in trials {
        let seen = lag(acts, trial.t);
        add(&mut timing.k, mask(seen));
        if let Some(row) = LAGS.iter().position(|until| seen <= *until) {
            timing.lags[row].0 += 1;
        }
        starts.push((masks.len() as u32, trial.choices.len() as u32));
        let mut counts = [0_u32; WINDOWS];
        let weight = 1.0 / trial.choices.len().max(1) as f64;
        for at in &trial.choices {
            let other = lag(acts, *at);
            masks.push(mask(other));
            add(&mut counts, mask(other));
            if let Some(row) = LAGS.iter().position(|until| other <= *until) {
                timing.lags[row].1 += weight;
            }
        }
        shares.push(counts.map(|count| f64::from(count) * weight));
    }
    if n == 0 || windows.is_empty() {
        return timing;
    }
    let mut redrawn: Vec<[u32; WINDOWS]> = Vec::with_capacity(redraws as usize);
    for _ in 0..redraws {
        let mut counts = [0_u32; WINDOWS];
        for (start, choices) in &starts {
            add(&mut counts, masks[(start + stream.below(*choices)) as usize]);
        }
        redrawn.push(counts);
    }
    for w in 0..windows.len() {
        let reached = redrawn.iter().filter(|counts| counts[w] >= timing.k[w]).count() as u64;
        timing.p[w] = permutation_p(reached, u64::from(redraws));
        let q: Vec<f64> = shares.iter().map(|share| share[w]).collect();
        let mass = poisson_binomial(&q);
        timing.p_limit[w] = mass.iter().skip(timing.k[w] as usize).rev().sum::<f64>().min(1.0);
        timing.all_answered[w] = mass.last().copied().unwrap_or(1.0);
        timing.chance[w] = if redrawn.is_empty() {
            q.iter().sum::<f64>() / n as f64
        } else {
            let total: u64 = redrawn.iter().map(|counts| u64::from(counts[w])).sum();
            total as f64 / redrawn.len() as f64 / n as f64
        };
    }
    timing.p_any_window = min_p(&timing.k, &redrawn, windows.len()).unwrap_or(1.0);
    let mut primary: Vec<u32> = redrawn.iter().map(|counts| counts[0]).collect();
    primary.sort_unstable();
    if let (Some(low), Some(high)) = (
        primary.get(primary.len() / 40),
        primary.get((primary.len() - primary.len() / 40).saturating_sub(1)),
    ) {
        timing.range = (*low, *high);
    }
    timing
}

fn add(counts: &mut [u32; WINDOWS], mask: u8) {
    for (bit, count) in counts.iter_mut().enumerate() {
        *count += u32::from(mask >> bit & 1);
    }
}

/// Sessions with an act only after them, and only before them, within the same window; those with
/// the window before them outside the coverage are not compared.
pub(super) fn before_and_after(
    trials: &[Trial],
    acts: &[i64],
    within: i64,
    coverage: &Coverage,
) -> (u64, u64, u64) {
    let (mut after_only, mut before_only, mut compared) = (0, 0, 0);
    for trial in trials {
        let begin = trial.t.saturating_sub(within);
        if !coverage.holds(begin, trial.t) {
            continue;
        }
        compared += 1;
        let after = lag(acts, trial.t) <= within;
        let first = acts.partition_point(|act| *act < begin);
        let before = acts.get(first).is_some_and(|act| *act < trial.t);
        after_only += u64::from(after && !before);
        before_only += u64::from(before && !after);
    }
    (after_only, before_only, compared)
}

/// The time from each session to the first act after it, watched until the next session begins or
/// the coverage ends: an act answers the latest session before it.
pub(super) fn observations(
    trials: &[Trial],
    acts: &[i64],
    coverage: &Coverage,
) -> Vec<Observation> {
    let next = trials.iter().skip(1).map(|trial| trial.t).chain([i64::MAX]);
    trials
        .iter()
        .zip(next)
        .map(|(trial, next)| {
            let end = coverage.end_from(trial.t).unwrap_or(trial.t).min(next);
            let watched = end.saturating_sub(trial.t);
            let lag = lag(acts, trial.t);
            Observation { time: lag.min(watched), seen: lag <= watched }
        })
        .collect()
}
