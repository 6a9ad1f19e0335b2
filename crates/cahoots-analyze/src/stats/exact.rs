//! Exact tails of counts: equal chances, unequal chances, signs.

/// P(X >= k) for X binomial with `n` trials of chance `p`; exact up to rounding.
/// `p` is taken into 0 to 1; something that is not a number counts as 1, which never convinces.
pub fn binomial_tail(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if k > n {
        return 0.0;
    }
    let p = chance(p);
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let odds = p / (1.0 - p);
    // Terms are summed away from the middle, so that each is smaller than the one before.
    if k as f64 > n as f64 * p {
        let mut term = binomial_mass(k, n, p);
        let mut sum = 0.0;
        for i in k..=n {
            sum += term;
            if term < sum * 1e-18 {
                break;
            }
            term *= (n - i) as f64 / (i + 1) as f64 * odds;
        }
        sum.min(1.0)
    } else {
        let mut term = binomial_mass(k - 1, n, p);
        let mut sum = 0.0;
        for i in (0..k).rev() {
            sum += term;
            if term < sum * 1e-18 {
                break;
            }
            term *= i as f64 / (n - i + 1) as f64 / odds;
        }
        (1.0 - sum).max(0.0)
    }
}

fn binomial_mass(k: u64, n: u64, p: f64) -> f64 {
    let ln_factorial = |m: u64| libm::lgamma(m as f64 + 1.0);
    let ln_ways = ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k);
    libm::exp(ln_ways + k as f64 * libm::log(p) + (n - k) as f64 * libm::log1p(-p))
}

/// The distribution of the number of successes in independent trials of chances `q`: element `k`
/// is P(X = k). Exact by convolution, in O(n²) steps.
pub fn poisson_binomial(q: &[f64]) -> Vec<f64> {
    let mut mass = Vec::with_capacity(q.len() + 1);
    mass.push(1.0);
    for q in q {
        let q = chance(*q);
        mass.push(0.0);
        for k in (1..mass.len()).rev() {
            mass[k] = mass[k] * (1.0 - q) + mass[k - 1] * q;
        }
        mass[0] *= 1.0 - q;
    }
    mass
}

/// P(X >= k) for the number of successes in independent trials of chances `q`.
pub fn poisson_binomial_tail(k: usize, q: &[f64]) -> f64 {
    if k == 0 {
        return 1.0;
    }
    // From the small end, so that a small tail keeps its digits.
    poisson_binomial(q).iter().skip(k).rev().sum::<f64>().min(1.0)
}

fn chance(p: f64) -> f64 {
    if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }
}

/// The one-sided sign test: the chance of at least `plus` among `plus + minus` fair signs
/// (Dixon and Mood 1946). 1 when there are none.
pub fn sign_test(plus: u64, minus: u64) -> f64 {
    binomial_tail(plus, plus.saturating_add(minus), 0.5)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() <= 1e-12 * expected.max(1e-3), "{found} {expected}");
    }

    /// `scipy.stats.binom.sf(k - 1, n, p)` of SciPy 1.16.3.
    #[test]
    fn the_binomial_tail_is_that_of_scipy() {
        for (k, n, p, expected) in [
            (3, 10, 0.05, 0.011_503_557_379_296_871),
            (3, 10, 0.1, 0.070_190_826_4),
            (3, 10, 0.2, 0.322_200_473_6),
            (8, 10, 0.4, 0.012_294_553_6),
            (27, 50, 0.4, 0.031_405_553_099_220_29),
            (1, 3, 1e-9, 2.999_999_997e-9),
            (120, 1000, 0.1, 0.021_996_144_965_794_422),
        ] {
            near(binomial_tail(k, n, p), expected);
        }
        near(sign_test(8, 2), 0.054_687_5);
        near(sign_test(0, 0), 1.0);
    }

    /// `scipy.stats.poisson_binom` of SciPy 1.16.3.
    #[test]
    fn unequal_chances_are_those_of_scipy() {
        let q = [0.1, 0.25, 0.4, 0.05, 0.9, 0.33];
        let expected = [
            0.025_778_25,
            0.274_700_25,
            0.409_14,
            0.229_947_5,
            0.055_141_25,
            0.005_144_25,
            0.000_148_5,
        ];
        for (found, expected) in poisson_binomial(&q).into_iter().zip(expected) {
            near(found, expected);
        }
        near(poisson_binomial_tail(3, &q), 0.290_381_5);
        near(poisson_binomial_tail(0, &[]), 1.0);
        near(poisson_binomial_tail(1, &[]), 0.0);
    }

    proptest! {
        #[test]
        fn equal_chances_are_the_binomial(n in 1_usize..60, p in 0.0..=1.0_f64, k in 0_usize..62) {
            let one = poisson_binomial_tail(k, &vec![p; n]);
            let other = binomial_tail(k as u64, n as u64, p);
            prop_assert!((one - other).abs() < 1e-11, "{one} {other}");
        }

        #[test]
        fn a_tail_falls_with_the_count(n in 1_u64..3000, p in 0.0..=1.0_f64, k in 0_u64..3000) {
            let (here, next) = (binomial_tail(k, n, p), binomial_tail(k + 1, n, p));
            prop_assert!((0.0..=1.0).contains(&here));
            prop_assert!(next <= here + 1e-9, "{here} {next}");
        }
    }
}
