//! The interval around a share.

use serde::Serialize;

/// An interval of shares, both ends included, within 0 to 1.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = stats::Interval))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 97.5th percentile of the standard normal distribution.
const Z_95: f64 = 1.959_963_984_540_054;

/// The score interval at 95% for `k` of `n` (Wilson 1927). `None` when `n` is 0 or `k` exceeds it.
pub fn wilson(k: u64, n: u64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    let (kf, nf) = (k as f64, n as f64);
    let share = kf / nf;
    let z2 = Z_95 * Z_95;
    let middle = (share + z2 / (2.0 * nf)) / (1.0 + z2 / nf);
    let half = Z_95 * (share * (1.0 - share) / nf + z2 / (4.0 * nf * nf)).sqrt() / (1.0 + z2 / nf);
    // The ends at 0 and n are exact; computed, they would miss by a rounding.
    let low = if k == 0 { 0.0 } else { (middle - half).max(0.0) };
    let high = if k == n { 1.0 } else { (middle + half).min(1.0) };
    Some(Interval { low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `proportion_confint(k, n, 0.05, "wilson")` of statsmodels 0.15.0. The cases 81/263, 15/148
    /// and 1/29 are those of Newcombe 1998, table I, who prints them to four places.
    #[test]
    fn the_interval_is_that_of_statsmodels() {
        let expected = [
            (3, 10, 0.107_791_267_406_301_04, 0.603_221_852_538_854_6),
            (0, 10, 0.0, 0.277_532_799_862_889_26),
            (5, 5, 0.565_517_535_216_825_2, 1.0),
            (1, 29, 0.006_113_214_292_762_667, 0.171_755_218_793_202_94),
            (81, 263, 0.255_288_519_878_274_2, 0.366_209_576_982_800_04),
            (15, 148, 0.062_386_399_530_736_28, 0.160_487_241_723_308_03),
        ];
        for (k, n, low, high) in expected {
            let found = wilson(k, n).unwrap();
            assert!((found.low - low).abs() < 1e-14, "{k} of {n}: {found:?}");
            assert!((found.high - high).abs() < 1e-14, "{k} of {n}: {found:?}");
        }
    }

    #[test]
    fn no_trials_have_no_interval() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(2, 1), None);
    }
}
