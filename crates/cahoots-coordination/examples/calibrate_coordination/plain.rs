//! The test one would write first, to be held against the one that is used: given the objects both
//! shared, were they within the window more often than two of the objects' other sharers?

use std::collections::{BTreeMap, BTreeSet};

use cahoots_coordination::evidence::poisson_binomial::upper_tail;
use cahoots_coordination::{AccountNo, Share};

type Pair = (AccountNo, AccountNo);

/// p of each pair: Poisson-binomial, with the chance of an object from its other sharers, one close
/// pair added. No horizon, no occasions, no habits, no groups.
pub fn p_values(shares: &[Share], window: i64, pairs: &[Pair]) -> Vec<f64> {
    let mut chances: BTreeMap<Pair, (Vec<f64>, usize)> = BTreeMap::new();
    for of_object in shares.chunk_by(|x, y| x.object == y.object) {
        let accounts: BTreeSet<AccountNo> = of_object.iter().map(|it| it.account).collect();
        let mut close: BTreeSet<Pair> = BTreeSet::new();
        for (at, x) in of_object.iter().enumerate() {
            for y in of_object[at + 1..].iter().take_while(|y| y.micros - x.micros <= window) {
                if x.account != y.account {
                    close.insert((x.account.min(y.account), x.account.max(y.account)));
                }
            }
        }
        let mut of_account: BTreeMap<AccountNo, usize> = BTreeMap::new();
        for (a, b) in &close {
            *of_account.entry(*a).or_default() += 1;
            *of_account.entry(*b).or_default() += 1;
        }
        let others = accounts.len().saturating_sub(2);
        let other_pairs = others * others.saturating_sub(1) / 2;
        for a in &accounts {
            for b in accounts.range((std::ops::Bound::Excluded(*a), std::ops::Bound::Unbounded)) {
                let here = close.contains(&(*a, *b));
                let own = |it: &AccountNo| of_account.get(it).copied().unwrap_or(0);
                let other_close = close.len() + usize::from(here) - own(a) - own(b);
                let entry = chances.entry((*a, *b)).or_default();
                entry.0.push((1 + other_close) as f64 / (1 + other_pairs) as f64);
                entry.1 += usize::from(here);
            }
        }
    }
    pairs
        .iter()
        .map(|pair| chances.get(pair).map_or(1.0, |(chances, close)| upper_tail(chances, *close)))
        .collect()
}
