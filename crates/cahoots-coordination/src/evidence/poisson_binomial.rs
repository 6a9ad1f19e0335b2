//! The number of successes in independent trials of unequal chances: exact upper tails.
//!
//! All arithmetic adds and multiplies numbers that are not negative, so a tail of 1e-20 has the
//! same number of right digits as one of 0.5. What is cut off is added to the tail, never lost.

/// Mass below which the far end of a class is not followed; it counts as reaching any number.
const CUT: f64 = 1e-40;

/// P(S >= k), S the number of successes in independent trials of chances `q`: exact up to
/// rounding, in O(n k) steps. What is not a number counts as 1, which never convinces.
pub fn upper_tail(q: &[f64], k: usize) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > q.len() {
        return 0.0;
    }
    // mass[s]: P(s successes so far), s < k; what reaches k stays there.
    let mut mass = vec![0.0; k];
    mass[0] = 1.0;
    let mut reached = 0.0;
    for q in q {
        let q = chance(*q);
        reached += mass[k - 1] * q;
        for s in (1..k).rev() {
            mass[s] = mass[s] * (1.0 - q) + mass[s - 1] * q;
        }
        mass[0] *= 1.0 - q;
    }
    reached.min(1.0)
}

/// Trials of one chance: how many, and the chance of each.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Class {
    /// The number of trials.
    pub trials: u64,
    /// The chance of success of each.
    pub chance: f64,
}

/// The upper tails of the number of successes over classes of trials: element `k` is P(S >= k),
/// for `k` from 0 to `most`. Exact up to rounding and up to 1e-40 for each class, which is added
/// to the tail: the result is never too small by more than rounding.
pub fn upper_tails(classes: &[Class], most: usize) -> Vec<f64> {
    // Element `most` of `mass` holds everything that reached it.
    let mut mass = vec![0.0; most + 1];
    mass[0] = 1.0;
    let mut width = 0;
    let mut next = vec![0.0; most + 1];
    for class in classes {
        let (one, beyond) = binomial(*class, most);
        if one.len() == 1 && beyond <= 0.0 {
            continue;
        }
        let reach = (width + one.len() - 1).min(most);
        next[..=reach].fill(0.0);
        // at_least[s]: the chance that this class alone gives s or more.
        let mut at_least = beyond;
        let mut tails = vec![0.0; one.len()];
        for s in (0..one.len()).rev() {
            at_least += one[s];
            tails[s] = at_least.min(1.0);
        }
        let mut reached = 0.0;
        for (have, mass) in mass[..=width].iter().enumerate() {
            if *mass <= 0.0 {
                continue;
            }
            let short = most - have;
            for (s, chance) in one.iter().enumerate().take(short) {
                next[have + s] += mass * chance;
            }
            reached += mass * tails.get(short).copied().unwrap_or(beyond);
        }
        if reached > 0.0 {
            next[most] += reached;
            width = most;
        } else {
            width = reach;
        }
        std::mem::swap(&mut mass, &mut next);
    }
    for k in (0..most).rev() {
        mass[k] += mass[k + 1];
    }
    for tail in &mut mass {
        *tail = tail.min(1.0);
    }
    mass[0] = 1.0;
    mass
}

/// The mass of 0, 1, … successes of one class, up to `most` or to where what is left is below the
/// cut, and the mass beyond.
fn binomial(class: Class, most: usize) -> (Vec<f64>, f64) {
    let q = chance(class.chance);
    let n = class.trials;
    if n == 0 || q <= 0.0 {
        return (vec![1.0], 0.0);
    }
    if q >= 1.0 {
        let mut mass = vec![0.0; usize::try_from(n).unwrap_or(usize::MAX).min(most) + 1];
        let beyond = if n > most as u64 { 1.0 } else { 0.0 };
        if beyond <= 0.0
            && let Some(last) = mass.last_mut()
        {
            *last = 1.0;
        }
        return (mass, beyond);
    }
    let odds = q / (1.0 - q);
    let log_none = n as f64 * libm::log1p(-q);
    let mut mass = Vec::with_capacity(8);
    // The start may be too small for a double; the terms are then built from logarithms.
    let tiny = log_none < -600.0;
    let mut term = libm::exp(log_none);
    let mut s = 0_u64;
    loop {
        if tiny {
            term = libm::exp(log_mass(s, n, q));
        }
        mass.push(term);
        if s == n {
            return (mass, 0.0);
        }
        let ratio = (n - s) as f64 / (s + 1) as f64 * odds;
        // Once terms fall, what follows is below a geometric series.
        if ratio < 0.5 && term * ratio < CUT {
            return (mass, 2.0 * term * ratio);
        }
        if s == most as u64 {
            return (mass, rest(s + 1, n, q));
        }
        term *= ratio;
        s += 1;
    }
}

/// P(X >= s) of a binomial.
fn rest(s: u64, n: u64, q: f64) -> f64 {
    let odds = q / (1.0 - q);
    let mode = (((n + 1) as f64 * q) as u64).min(n);
    if s <= mode {
        // From the middle both ways; the part below `s` is the small one or half at most.
        let mut below = 0.0;
        let mut term = if s == 0 { 0.0 } else { libm::exp(log_mass(s - 1, n, q)) };
        let mut at = s;
        while at > 0 && term > 0.0 {
            below += term;
            at -= 1;
            if at > 0 {
                term *= at as f64 / (n - at + 1) as f64 / odds;
            }
            if term < below * 1e-18 {
                break;
            }
        }
        return (1.0 - below).max(0.0);
    }
    let mut term = libm::exp(log_mass(s, n, q));
    let mut sum = 0.0;
    for at in s..=n {
        sum += term;
        if term < sum * 1e-18 {
            break;
        }
        term *= (n - at) as f64 / (at + 1) as f64 * odds;
    }
    sum.min(1.0)
}

fn log_mass(s: u64, n: u64, q: f64) -> f64 {
    let ln_factorial = |m: u64| libm::lgamma(m as f64 + 1.0);
    ln_factorial(n) - ln_factorial(s) - ln_factorial(n - s)
        + s as f64 * libm::log(q)
        + (n - s) as f64 * libm::log1p(-q)
}

fn chance(q: f64) -> f64 {
    if q.is_nan() { 1.0 } else { q.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By adding up all outcomes.
    fn enumerated(q: &[f64], k: usize) -> f64 {
        (0..1_u32 << q.len())
            .filter(|outcome| outcome.count_ones() as usize >= k)
            .map(|outcome| {
                q.iter()
                    .enumerate()
                    .map(|(i, q)| if outcome >> i & 1 == 1 { *q } else { 1.0 - q })
                    .product::<f64>()
            })
            .sum()
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-11 * expected + 1e-36, "{found:e} {expected:e}");
    }

    #[test]
    fn the_ends() {
        near(upper_tail(&[], 0), 1.0);
        near(upper_tail(&[], 1), 0.0);
        near(upper_tail(&[0.2, 0.5], 3), 0.0);
        near(upper_tail(&[1.0, 1.0, 0.0], 2), 1.0);
        near(upper_tail(&[f64::NAN], 1), 1.0);
        assert_eq!(upper_tails(&[], 0), [1.0]);
        assert_eq!(upper_tails(&[], 2), [1.0, 0.0, 0.0]);
        assert_eq!(upper_tails(&[Class { trials: 3, chance: 1.0 }], 5)[3..], [1.0, 0.0, 0.0]);
        assert_eq!(upper_tails(&[Class { trials: 9, chance: 1.0 }], 5)[5], 1.0);
    }

    proptest! {
        #[test]
        fn every_tail_is_the_sum_of_its_outcomes(q in proptest::collection::vec(0.0..=1.0_f64, 0..11), k in 0_usize..12) {
            near(upper_tail(&q, k), enumerated(&q, k));
        }

        #[test]
        fn classes_are_their_trials_one_by_one(
            classes in proptest::collection::vec((0_u64..40, 0.0..=1.0_f64), 0..7),
            most in 0_usize..60,
        ) {
            let q: Vec<f64> =
                classes.iter().flat_map(|(n, q)| vec![*q; *n as usize]).collect();
            let classes: Vec<Class> =
                classes.iter().map(|(trials, chance)| Class { trials: *trials, chance: *chance }).collect();
            for (k, tail) in upper_tails(&classes, most).into_iter().enumerate() {
                let exact = upper_tail(&q, k);
                prop_assert!((tail - exact).abs() <= 1e-10 * exact + 1e-36, "{} {:e} {:e}", k, tail, exact);
            }
        }
    }

    /// Poisson's tail bounds that of unequal chances from the mean plus one on (Hoeffding 1956).
    #[test]
    fn many_rare_trials_are_nearly_poisson() {
        let tails = upper_tails(&[Class { trials: 2_000_000, chance: 1e-6 }], 12);
        let mut term = libm::exp(-2.0);
        let mut below = 0.0;
        for (k, tail) in tails.iter().enumerate() {
            let poisson: f64 = 1.0 - below;
            assert!((tail - poisson).abs() < 1e-4 * poisson + 1e-12, "{k} {tail} {poisson}");
            assert!(k < 3 || *tail <= poisson + 1e-12);
            below += term;
            term *= 2.0 / (k + 1) as f64;
        }
    }
}
