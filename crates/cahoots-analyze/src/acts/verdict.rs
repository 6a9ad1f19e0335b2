//! The ladder of verdicts, and what would be needed where the record cannot tell.

use serde::Serialize;

use crate::record::{DAY, HOUR, MINUTE, SECOND};
use crate::stats::binomial_tail;

/// The level of significance of every test here.
pub const ALPHA: f64 = 0.05;

/// What the record says about messages being followed by acts, from least to most. No level says
/// that a message caused an act.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Verdict))]
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "level", rename_all = "snake_case")]
pub enum Verdict {
    /// No session was followed by an act within the window.
    NoneSeen,
    /// The record does not suffice. This comes before every other level.
    CannotTell {
        /// The reasons, each a sentence.
        why: Vec<String>,
        /// What would be needed, each a sentence.
        needed: Vec<String>,
    },
    /// As many sessions were followed by an act as on other days.
    NotMoreThanChance,
    /// More sessions were followed by an act than on other days of the same block and class. A
    /// common cause, such as news that both react to, does the same.
    MoreThanChanceInTiming,
    /// The party acted on more of the requested items than comparable accounts did in the same
    /// time.
    MoreThanComparableAccounts,
}

impl Verdict {
    /// The words to print.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::NoneSeen => "none seen",
            Self::CannotTell { .. } => "cannot tell",
            Self::NotMoreThanChance => "not more than chance",
            Self::MoreThanChanceInTiming => "more than chance in timing",
            Self::MoreThanComparableAccounts => "more than comparable accounts",
        }
    }
}

/// How many sessions would have to be followed by an act to tell it from chance.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Needed))]
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Needed {
    /// Sessions.
    pub sessions: u32,
    /// The share that chance gives.
    pub chance_share: f64,
    /// The tests that share the level.
    pub tests: u32,
    /// The least count with p ≤ 0.05; `None` if not even all would do.
    pub answered: Option<u32>,
    /// The true share at which that count is reached in 80% of records.
    pub true_share: Option<f64>,
}

impl Needed {
    /// Works it out from the exact binomial distribution.
    pub fn of(sessions: u32, chance_share: f64, tests: u32) -> Self {
        let n = u64::from(sessions);
        let alpha = ALPHA / f64::from(tests.max(1));
        // Tails fall with the count: the least count by halving.
        let (mut low, mut high) = (0_u64, n + 1);
        while low < high {
            let middle = (low + high) / 2;
            if binomial_tail(middle, n, chance_share) <= alpha {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if low > n {
            return Self { sessions, chance_share, tests, answered: None, true_share: None };
        }
        let (mut below, mut above) = (0.0_f64, 1.0_f64);
        for _ in 0..60 {
            let middle = 0.5 * (below + above);
            if binomial_tail(low, n, middle) < 0.8 {
                below = middle;
            } else {
                above = middle;
            }
        }
        let answered = Some(low as u32);
        Self { sessions, chance_share, tests, answered, true_share: Some(above) }
    }

    /// The sentence to print.
    pub fn words(&self) -> String {
        let chance = percent(self.chance_share);
        let n = match self.sessions {
            1 => "1 session".to_owned(),
            n => format!("{n} sessions"),
        };
        let family = match self.tests {
            0 | 1 => String::new(),
            tests => format!(" after paying for {tests} tests"),
        };
        match (self.answered, self.true_share) {
            (Some(k), Some(share)) => format!(
                "With {n} and a chance share of {chance}, {k} followed by an act would give p <= \
                 0.05{family}; a true share of {} reaches that in 80% of records.",
                percent(share)
            ),
            _ => format!(
                "With {n} and a chance share of {chance}, no number followed by an act would give \
                 p <= 0.05{family}."
            ),
        }
    }
}

/// A share as a percentage, with one digit behind the point below 10%.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 10.0 { format!("{percent:.1}%") } else { format!("{percent:.0}%") }
}

/// A length of time in its largest whole unit.
pub(super) fn length(micros: i64) -> String {
    let units = [(DAY, "days"), (HOUR, "h"), (MINUTE, "min"), (SECOND, "s")];
    for (unit, name) in units {
        let whole = micros % unit == 0 && micros != 0;
        if whole && (unit != DAY || micros >= 4 * DAY) {
            return format!("{} {name}", micros / unit);
        }
    }
    format!("{} s", micros as f64 / SECOND as f64)
}

/// A p-value in words, never as 0.
pub(super) fn p_words(p: f64) -> String {
    match p {
        p if p < 0.0001 => "below 0.0001".to_owned(),
        p if p < 0.001 => format!("{p:.4}"),
        p => format!("{p:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts needed and shares for 80% power by exact binomial, recomputed with SciPy 1.16.3
    /// (`binom.sf`, `brentq`).
    #[test]
    fn what_is_needed_is_the_exact_binomial() {
        let table = [
            (3, 0.05, Some((2, 0.712859))),
            (3, 0.2, Some((3, 0.928318))),
            (3, 0.4, None),
            (5, 0.05, Some((2, 0.490192))),
            (5, 0.2, Some((4, 0.831391))),
            (5, 0.4, Some((5, 0.956352))),
            (10, 0.05, Some((3, 0.380937))),
            (10, 0.2, Some((5, 0.580865))),
            (10, 0.4, Some((8, 0.842365))),
            (20, 0.05, Some((4, 0.258635))),
            (20, 0.2, Some((8, 0.469215))),
            (20, 0.4, Some((13, 0.709370))),
            (50, 0.05, Some((6, 0.153522))),
            (50, 0.2, Some((16, 0.367671))),
            (50, 0.4, Some((27, 0.588423))),
        ];
        for (n, chance, expected) in table {
            let needed = Needed::of(n, chance, 1);
            assert_eq!(needed.answered, expected.map(|it| it.0), "{n} {chance}");
            if let (Some(share), Some((_, expected))) = (needed.true_share, expected) {
                assert!((share - expected).abs() < 1e-6, "{n} {chance}: {share} {expected}");
            }
        }
        assert_eq!(Needed::of(0, 0.1, 1).answered, None);
    }

    #[test]
    fn lengths_and_shares_are_read_easily() {
        assert_eq!(length(24 * HOUR), "24 h");
        assert_eq!(length(72 * HOUR), "72 h");
        assert_eq!(length(28 * DAY), "28 days");
        assert_eq!(length(90 * MINUTE), "90 min");
        assert_eq!(length(0), "0 s");
        assert_eq!(percent(0.0032), "0.3%");
        assert_eq!(percent(0.27), "27%");
    }
}
