//! Many tests at once: what each is worth within its family.

/// The adjusted p-values of Benjamini and Hochberg 1995, in the order given: the smallest rate of
/// false discoveries at which each would be kept. What is not a number counts as 1.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let value = |place: usize| if p[place].is_nan() { 1.0 } else { p[place] };
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| value(*a).total_cmp(&value(*b)).then(a.cmp(b)));
    let mut adjusted = vec![1.0_f64; p.len()];
    let mut least = 1.0_f64;
    for (rank, place) in order.iter().enumerate().rev() {
        least = least.min(value(*place) * p.len() as f64 / (rank + 1) as f64);
        adjusted[*place] = least;
    }
    adjusted
}

/// The p-value of the best of several tests that share their redraws (single-step min-p, Westfall
/// and Young 1993). `observed[w]` is the statistic of test `w`, `redrawn[r][w]` that of redraw
/// `r`; large values speak against the null. The observed set counts as one of the redraws, so
/// the result is never 0. `None` without a test.
pub fn min_p<const N: usize>(
    observed: &[u32; N],
    redrawn: &[[u32; N]],
    tests: usize,
) -> Option<f64> {
    let tests = tests.min(N);
    if tests == 0 {
        return None;
    }
    // at_least[w][k]: how many of the pool have at least k in test w.
    let at_least: Vec<Vec<u32>> = (0..tests)
        .map(|w| {
            let most = redrawn.iter().map(|row| row[w]).max().unwrap_or(0).max(observed[w]);
            let mut counts = vec![0_u32; most as usize + 1];
            counts[observed[w] as usize] += 1;
            for row in redrawn {
                counts[row[w] as usize] += 1;
            }
            for k in (1..counts.len()).rev() {
                counts[k - 1] += counts[k];
            }
            counts
        })
        .collect();
    let best = |row: &[u32; N]| (0..tests).map(|w| at_least[w][row[w] as usize]).min();
    let here = best(observed)?;
    let as_good = redrawn.iter().filter(|row| best(row).is_some_and(|it| it <= here)).count();
    Some((1 + as_good) as f64 / (1 + redrawn.len()) as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The fifteen p-values of Benjamini and Hochberg 1995, section 3.2, of which their procedure
    /// keeps four at 0.05; the adjusted values are those of `multipletests(p, method="fdr_bh")` of
    /// statsmodels 0.15.0.
    #[test]
    fn the_published_example_keeps_four() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let expected = [
            0.0015,
            0.003,
            0.0095,
            0.035_625,
            0.0603,
            0.063_857_142_857_142_86,
            0.063_857_142_857_142_86,
            0.0645,
            0.0765,
            0.486,
            0.581_181_818_181_818_2,
            0.714_875,
            0.753_230_769_230_769_2,
            0.813_214_285_714_285_7,
            1.0,
        ];
        let found = benjamini_hochberg(&p);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert_eq!(found.iter().filter(|q| **q <= 0.05).count(), 4);
    }

    /// Unsorted and with ties; statsmodels 0.15.0 again.
    #[test]
    fn the_order_given_is_kept() {
        let found = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.55, 0.2, 0.041]);
        let expected = [0.035, 0.0574, 0.0574, 0.035, 0.55, 0.233_333_333_333_333_33, 0.0574];
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        assert!(benjamini_hochberg(&[]).is_empty());
    }

    #[test]
    fn the_best_of_two_tests_pays_for_both() {
        // Test 0 alone is beaten by no redraw, test 1 by all; each redraw is best at one.
        let redrawn = [[0, 9], [1, 8], [2, 7]];
        assert_eq!(min_p(&[3, 0], &redrawn, 2), Some(0.5));
        assert_eq!(min_p(&[3, 0], &redrawn, 1), Some(0.25));
        assert_eq!(min_p(&[3, 0], &redrawn, 0), None);
    }

    proptest! {
        #[test]
        fn one_test_alone_is_the_permutation_p(redrawn in proptest::collection::vec(0_u32..9, 0..50), k in 0_u32..12) {
            let rows: Vec<[u32; 1]> = redrawn.iter().map(|k| [*k]).collect();
            let reached = redrawn.iter().filter(|it| **it >= k).count() as u64;
            let alone = crate::stats::permutation_p(reached, redrawn.len() as u64);
            prop_assert_eq!(min_p(&[k], &rows, 1), Some(alone));
        }
    }
}
