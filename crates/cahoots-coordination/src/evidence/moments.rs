//! What was going round when each account was active: the part of choosing the same objects that
//! news explains.
//!
//! The record is cut into blocks of six hours (longer ones, if there would be more than 512). An
//! account that shares in a block takes each object with the chance that a share of that block is
//! one of it. Two accounts then choose the same object λ times on average, and the number is spread
//! at most as a Poisson number with this mean. It overstates λ rather than understating it: shares
//! of one object by one account count apart, and the two accounts' own shares belong to the block.

use std::num::NonZeroUsize;

use super::parallel;
use super::table::Table;
use crate::AccountNo;

const SIX_HOURS: i64 = 6 * 3_600_000_000;
const BLOCKS: i64 = 512;

/// The model: how many shares each account has in each block, and how alike blocks are.
#[derive(Clone, Debug)]
pub struct Moments {
    blocks: usize,
    /// For two blocks the chance that a share of one and a share of the other are of one object.
    alike: Vec<f64>,
    /// Block and number of shares, by account.
    active: Vec<(u32, f64)>,
    ends: Vec<u32>,
}

impl Moments {
    /// Looks at every share of the table.
    pub fn new(table: &Table<'_>) -> Self {
        let times = || table.shares().iter().map(|share| share.micros);
        let (first, last) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let span = last.saturating_sub(first);
        let length = SIX_HOURS.max(span / BLOCKS + 1);
        let block = |micros: i64| (micros.saturating_sub(first) / length) as usize;
        let blocks = block(last) + 1;
        let mut all = vec![0.0; blocks];
        for micros in times() {
            all[block(micros)] += 1.0;
        }
        let mut alike = vec![0.0; blocks * blocks];
        let mut of_object: Vec<(usize, f64)> = Vec::new();
        for shares in table.shares().chunk_by(|x, y| x.object == y.object) {
            of_object.clear();
            of_object.extend(
                shares
                    .chunk_by(|x, y| block(x.micros) == block(y.micros))
                    .map(|shares| (block(shares[0].micros), shares.len() as f64)),
            );
            for (one, count) in &of_object {
                let part = count / all[*one];
                for (other, count) in &of_object {
                    alike[one * blocks + other] += part * count / all[*other];
                }
            }
        }
        let (mut active, mut ends) = (Vec::new(), Vec::new());
        let mut own = Vec::new();
        for account in (0..table.accounts() as u32).map(AccountNo) {
            own.clear();
            own.extend(table.shares_of(account).map(|share| block(share.micros) as u32));
            own.sort_unstable();
            active.extend(own.chunk_by(|x, y| x == y).map(|same| (same[0], same.len() as f64)));
            ends.push(active.len() as u32);
        }
        Self { blocks, alike, active, ends }
    }

    fn active(&self, account: AccountNo) -> &[(u32, f64)] {
        let at = account.0 as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.active[start as usize..self.ends[at] as usize]
    }

    /// How often each pair would choose the same object on average, in their order. Fast where pairs
    /// of one first account stand together.
    pub fn expected(&self, pairs: &[(AccountNo, AccountNo)], threads: NonZeroUsize) -> Vec<f64> {
        let parts = parallel::parts(pairs, threads, |_, part| {
            let mut last = None;
            let mut towards = vec![0.0; self.blocks];
            part.iter()
                .map(|(a, b)| {
                    if last != Some(*a) {
                        last = Some(*a);
                        towards.fill(0.0);
                        for (block, count) in self.active(*a) {
                            let row = &self.alike[*block as usize * self.blocks..][..self.blocks];
                            for (sum, alike) in towards.iter_mut().zip(row) {
                                *sum += count * alike;
                            }
                        }
                    }
                    self.active(*b).iter().map(|(at, count)| count * towards[*at as usize]).sum()
                })
                .collect::<Vec<f64>>()
        });
        parts.into_iter().flatten().collect()
    }
}

/// P(X >= k) for a Poisson number of this mean, with its leading digits right however small.
pub fn poisson_tail(k: u32, mean: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if mean.is_nan() || mean <= 0.0 {
        return 0.0;
    }
    let log_mass = |k: f64| k * libm::log(mean) - mean - libm::lgamma(k + 1.0);
    let start = f64::from(k);
    if start > mean {
        let (mut term, mut sum, mut at) = (libm::exp(log_mass(start)), 0.0, start);
        while term > sum * 1e-18 {
            sum += term;
            at += 1.0;
            term *= mean / at;
        }
        return sum.min(1.0);
    }
    let (mut term, mut below, mut at) = (libm::exp(log_mass(start - 1.0)), 0.0, start - 1.0);
    while at >= 0.0 && term > below * 1e-18 {
        below += term;
        term *= at / mean;
        at -= 1.0;
    }
    (1.0 - below).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ObjectNo, Share};

    #[test]
    fn the_tail_adds_up() {
        for mean in [0.01_f64, 0.7, 3.0, 40.0] {
            let mut term = libm::exp(-mean);
            let mut below = 0.0;
            for k in 0..80 {
                let tail: f64 = 1.0 - below;
                let found = poisson_tail(k, mean);
                assert!((found - tail).abs() < 1e-12, "{mean} {k} {found} {tail}");
                below += term;
                term *= mean / f64::from(k + 1);
            }
        }
        // 1e-9 to the fifth over 5!: no digits are lost.
        let tiny = poisson_tail(5, 1e-9);
        assert!((tiny / (1e-45 / 120.0) - 1.0).abs() < 1e-8, "{tiny:e}");
        assert!(poisson_tail(1, 0.0) == 0.0 && poisson_tail(0, 0.0) == 1.0);
    }

    /// Two blocks. In the first, three shares of object 0 and one of object 1; in the second, two
    /// shares of object 1. Account 0 shares once in each, account 1 once in the first.
    #[test]
    fn blocks_are_as_alike_as_what_went_round() {
        let share = |object, hours: i64, account| Share {
            object: ObjectNo(object),
            micros: hours * 3_600_000_000,
            account: AccountNo(account),
        };
        let mut shares = vec![
            share(0, 0, 0),
            share(0, 1, 1),
            share(0, 2, 2),
            share(1, 3, 3),
            share(1, 6, 0),
            share(1, 7, 2),
        ];
        shares.sort();
        let moments = Moments::new(&Table::new(&shares).unwrap());
        let pairs = [(AccountNo(0), AccountNo(1)), (AccountNo(0), AccountNo(2))];
        let found = moments.expected(&pairs, NonZeroUsize::MIN);
        // Within the first block 9/16 + 1/16; between the blocks 1/4 · 1; within the second 1.
        assert!((found[0] - (0.625 + 0.25)).abs() < 1e-12, "{found:?}");
        assert!((found[1] - (0.625 + 0.25 + 0.25 + 1.0)).abs() < 1e-12, "{found:?}");
    }
}
