//! Three-valued logic and counts with a margin: what a record shows, denies, or leaves open.
//!
//! Strong Kleene logic (Kleene 1938): an operation has a value as soon as its known operands
//! settle it. Its use over incomplete logs follows Basin, Klaedtke and Zălinescu 2017.

use serde::Serialize;

/// A truth value that may be open.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Tri))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tri {
    /// Shown not to be so.
    False,
    /// The record does not settle it.
    Unknown,
    /// Shown to be so.
    True,
}

impl Tri {
    /// Both: the lesser of the two.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either: the greater of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// There is one: an `or` over all, false for none.
    pub fn any(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().max().unwrap_or(Self::False)
    }

    /// It holds of each: an `and` over all, true for none.
    pub fn all(values: impl IntoIterator<Item = Self>) -> Self {
        values.into_iter().min().unwrap_or(Self::True)
    }
}

impl std::ops::Not for Tri {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }
}

impl From<bool> for Tri {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

/// A number of things: at least so many, and at most so many if that is known.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Count))]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
pub struct Count {
    /// So many are certain.
    pub least: u64,
    /// There cannot be more; `None` where the record is not known to be complete.
    pub most: Option<u64>,
}

impl Count {
    /// Whether it is `n` or fewer.
    pub fn at_most(self, n: u64) -> Tri {
        if self.least > n {
            Tri::False
        } else if self.most.is_some_and(|most| most <= n) {
            Tri::True
        } else {
            Tri::Unknown
        }
    }

    /// Whether it is `n` or more.
    pub fn at_least(self, n: u64) -> Tri {
        if self.least >= n {
            Tri::True
        } else if self.most.is_some_and(|most| most < n) {
            Tri::False
        } else {
            Tri::Unknown
        }
    }

    /// Whether it is `n`.
    pub fn exactly(self, n: u64) -> Tri {
        self.at_most(n).and(self.at_least(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [Tri; 3] = [Tri::False, Tri::Unknown, Tri::True];

    /// The tables of Kleene 1952, §64.
    #[test]
    fn the_tables_are_those_of_strong_kleene_logic() {
        use Tri::{False as F, True as T, Unknown as U};
        let and: Vec<Tri> = VALUES.iter().flat_map(|a| VALUES.map(|b| a.and(b))).collect();
        assert_eq!(and, [F, F, F, F, U, U, F, U, T]);
        let or: Vec<Tri> = VALUES.iter().flat_map(|a| VALUES.map(|b| a.or(b))).collect();
        assert_eq!(or, [F, U, T, U, U, T, T, T, T]);
        assert_eq!(VALUES.map(|a| !a), [T, U, F]);
        assert_eq!((Tri::any([]), Tri::all([])), (F, T));
    }

    #[test]
    fn a_count_is_compared_only_where_both_ends_agree() {
        for least in 0..4_u64 {
            for most in (least..5).map(Some).chain([None]) {
                let count = Count { least, most };
                for n in 0..6 {
                    let possible: Vec<u64> = (least..=most.unwrap_or(9)).collect();
                    let expected = |holds: &dyn Fn(u64) -> bool| {
                        let yes = possible.iter().filter(|value| holds(**value)).count();
                        match yes {
                            0 => Tri::False,
                            all if all == possible.len() => Tri::True,
                            _ => Tri::Unknown,
                        }
                    };
                    assert_eq!(count.at_most(n), expected(&|value| value <= n));
                    assert_eq!(count.at_least(n), expected(&|value| value >= n));
                    assert_eq!(count.exactly(n), expected(&|value| value == n));
                }
            }
        }
    }
}
