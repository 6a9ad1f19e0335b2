//! How improbable a gap is, given the other gaps of the same series.
//!
//! Gaps between events of people are far from exponential: bursts and pauses give a long tail
//! (Barabási 2005). Two fits are made, and the larger probability counts:
//!
//! - logarithms of gaps are normal. The fit's own doubt is part of the answer: Student's t with
//!   n − 2 degrees of freedom for n gaps;
//! - the longest third of the gaps has a power-law tail (Hill 1975), again with the doubt of its
//!   exponent: the predictive tail of an exponential whose mean was estimated from k values.
//!
//! The gap that is tested is left out of both, so that it cannot widen what it is measured against.

/// The probability of a gap at least as long as each of `gaps`, fitted to the others; 1 where
/// the others do not vary or are too few. Gaps are lengths of time above zero.
pub(super) fn tail_probabilities(gaps: &[f64]) -> Vec<f64> {
    let logs: Vec<f64> = gaps.iter().map(|gap| libm::log(gap.max(1e-9))).collect();
    let mut sorted = logs.clone();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let n = logs.len() as f64;
    let sum: f64 = logs.iter().sum();
    let squares: f64 = logs.iter().map(|x| x * x).sum();
    logs.iter()
        .map(|x| {
            let rest = n - 1.0;
            if rest < 6.0 {
                return 1.0;
            }
            let mean = (sum - x) / rest;
            let variance = ((squares - x * x) - rest * mean * mean) / (rest - 1.0);
            if variance <= 1e-12 {
                return 1.0;
            }
            let t = (x - mean) / (variance * (1.0 + 1.0 / rest)).sqrt();
            student_tail(t, rest - 1.0).max(power_tail(&sorted, *x))
        })
        .collect()
}

/// P(gap ≥ x) by a power-law tail over the longest third of the other gaps; `sorted` holds the
/// logarithms of all gaps, longest first, `x` is one of them.
fn power_tail(sorted: &[f64], x: f64) -> f64 {
    let own = sorted.partition_point(|other| *other > x);
    let n = sorted.len() - 1;
    let k = n / 3;
    // Without x itself, later ranks move up by one.
    let other = |rank: usize| sorted[if rank < own { rank } else { rank + 1 }];
    let threshold = other(k);
    let excess = x - threshold;
    if k < 2 || excess <= 0.0 {
        return 1.0;
    }
    let sum: f64 = (0..k).map(|rank| other(rank) - threshold).sum();
    if sum <= 1e-12 {
        return 1.0;
    }
    let k_float = k as f64;
    k_float / n as f64 * libm::pow(1.0 + excess / sum, -k_float)
}

/// P(T ≥ t) for Student's distribution with `degrees` of freedom.
pub(super) fn student_tail(t: f64, degrees: f64) -> f64 {
    let half = 0.5 * incomplete_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t));
    if t >= 0.0 { half } else { 1.0 - half }
}

/// The regularised incomplete beta function, by Lentz's continued fraction (Press et al. 2007,
/// §6.4).
fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    let front = libm::exp(
        libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b)
            + a * libm::log(x)
            + b * libm::log(1.0 - x),
    );
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(a, b, x) / a
    } else {
        1.0 - front * fraction(b, a, 1.0 - x) / b
    }
}

fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut product = d;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        product *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        let step = d * c;
        product *= step;
        if (step - 1.0).abs() < 1e-14 {
            break;
        }
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_of_students_distribution_are_those_of_the_tables() {
        // Critical values of the one-sided test as every table of the distribution prints them.
        for (t, degrees, tail) in
            [(1.812, 10.0, 0.05), (2.764, 10.0, 0.01), (1.699, 29.0, 0.05), (6.314, 1.0, 0.05)]
        {
            assert!((student_tail(t, degrees) - tail).abs() < 5e-5, "{t} {degrees}");
        }
        assert!((student_tail(0.0, 7.0) - 0.5).abs() < 1e-12);
        assert!((student_tail(-1.812, 10.0) - 0.95).abs() < 5e-5);
    }

    #[test]
    fn one_long_gap_stands_out_and_equal_gaps_say_nothing() {
        let mut gaps: Vec<f64> = (0..24).map(|n| 20.0 + f64::from(n * 7 % 12)).collect();
        gaps.push(400.0);
        let tails = tail_probabilities(&gaps);
        assert!(tails[24] < 1e-5, "{}", tails[24]);
        assert!(tails[..24].iter().all(|p| *p > 0.02));
        assert_eq!(tail_probabilities(&[5.0; 12]), [1.0; 12]);
        assert_eq!(tail_probabilities(&[1.0]), [1.0]);
    }
}
