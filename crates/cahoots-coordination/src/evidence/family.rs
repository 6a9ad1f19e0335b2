//! How many pairs of accounts share at least one object: the family that a pair is one of.

use std::num::NonZeroUsize;

use super::parallel;
use super::table::Table;
use crate::{AccountNo, ObjectNo};

/// The number of pairs that share at least one object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Family {
    /// How many, or at most how many.
    pub pairs: u64,
    /// Whether every pair was counted. If not, `pairs` is an upper bound, which makes every q-value
    /// larger than it need be, never smaller.
    pub exact: bool,
}

impl Family {
    /// Counts the pairs if that takes at most `steps` steps (the sum over objects of the square of
    /// their sharers); otherwise bounds them by the pairs of each object added up, and by all pairs.
    pub fn count(table: &Table<'_>, steps: u64, threads: NonZeroUsize) -> Self {
        let sharers = |object: usize| u64::from(table.sharers_of(ObjectNo(object as u32)));
        let accounts: Vec<u32> = (0..table.accounts() as u32)
            .filter(|account| table.objects_of(AccountNo(*account)) > 0)
            .collect();
        let needed = (0..table.objects()).fold(0_u64, |sum, object| {
            sum.saturating_add(
                sharers(object)
                    .saturating_mul(table.of_object(ObjectNo(object as u32)).len() as u64),
            )
        });
        if needed > steps {
            let by_object = (0..table.objects()).fold(0_u64, |sum, object| {
                sum.saturating_add(sharers(object) * sharers(object).saturating_sub(1) / 2)
            });
            let n = accounts.len() as u64;
            return Self { pairs: by_object.min(n * n.saturating_sub(1) / 2), exact: false };
        }
        let counts = parallel::parts(&accounts, threads, |_, part| {
            // seen[b] is the last account of this part that b was counted with.
            let mut seen = vec![u32::MAX; table.accounts()];
            let mut pairs = 0_u64;
            for a in part {
                let mut last = None;
                for share in table.shares_of(AccountNo(*a)) {
                    if last.replace(share.object) == Some(share.object) {
                        continue;
                    }
                    for other in table.of_object(share.object) {
                        let b = other.account.0;
                        if b > *a && seen[b as usize] != *a {
                            seen[b as usize] = *a;
                            pairs += 1;
                        }
                    }
                }
            }
            pairs
        });
        Self { pairs: counts.iter().sum(), exact: true }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::Share;

    proptest! {
        #[test]
        fn the_pairs_are_those_that_share(rows in proptest::collection::vec((0_u32..9, 0_i64..9, 0_u32..9), 0..80)) {
            let mut shares: Vec<Share> = rows
                .iter()
                .map(|(o, t, a)| Share { object: ObjectNo(*o), micros: *t, account: AccountNo(*a) })
                .collect();
            shares.sort();
            let mut pairs = BTreeSet::new();
            for x in &shares {
                for y in &shares {
                    if x.object == y.object && x.account < y.account {
                        pairs.insert((x.account, y.account));
                    }
                }
            }
            let table = Table::new(&shares).unwrap();
            let exact = Family::count(&table, u64::MAX, NonZeroUsize::MIN);
            prop_assert_eq!(exact, Family { pairs: pairs.len() as u64, exact: true });
            let bound = Family::count(&table, 0, NonZeroUsize::MIN);
            prop_assert!(bound.pairs >= exact.pairs);
        }
    }
}
