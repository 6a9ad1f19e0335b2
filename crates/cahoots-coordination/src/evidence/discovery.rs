//! Many pairs at once: what a p-value is worth within its family.

/// The adjusted p-values of Benjamini and Hochberg (1995), in the order given, when the tests given
/// are part of a family of `family`: those that are not given are ranked behind all that are. That
/// is exact where their p-values are 1, and too large, never too small, where they are not.
pub fn adjusted(p: &[f64], family: u64) -> Vec<f64> {
    let family = family.max(p.len() as u64) as f64;
    let value = |place: u32| {
        let p = p[place as usize];
        if p.is_nan() { 1.0 } else { p }
    };
    let mut order: Vec<u32> = (0..p.len() as u32).collect();
    order.sort_unstable_by(|a, b| value(*a).total_cmp(&value(*b)).then(a.cmp(b)));
    let mut adjusted = vec![1.0_f64; p.len()];
    let mut least = 1.0_f64;
    for (rank, place) in order.iter().enumerate().rev() {
        least = least.min(value(*place) * family / (rank + 1) as f64);
        adjusted[*place as usize] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The fifteen p-values of Benjamini and Hochberg (1995), section 3.2: four are kept at 0.05.
    #[test]
    fn the_published_example_keeps_four() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let found = adjusted(&p, 15);
        assert_eq!(found.iter().filter(|q| **q <= 0.05).count(), 4);
        assert!((found[3] - 0.035_625).abs() < 1e-12);
    }

    proptest! {
        /// Leaving out tests with p = 1 changes nothing as long as they are counted.
        #[test]
        fn what_is_certain_need_not_be_given(p in proptest::collection::vec(0.0..1.0_f64, 0..40), more in 0_usize..60) {
            let mut all = p.clone();
            all.extend(std::iter::repeat_n(1.0, more));
            let long = adjusted(&all, all.len() as u64);
            let short = adjusted(&p, all.len() as u64);
            for (long, short) in long.iter().zip(&short) {
                prop_assert!((long - short).abs() < 1e-12);
            }
        }
    }
}
