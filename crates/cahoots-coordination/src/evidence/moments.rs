//! What was going round when each account was active: the part of choosing the same objects that
//! news explains.
//!
//! The record is cut into blocks of six hours (longer ones, if there would be more than 512). Only
//! the first share of an object by an account counts. An account that takes up an object in a block
//! takes each with the chance that somebody who does so in that block takes it. Two accounts then
//! choose the same object λ times on average, and the number is spread at most as a Poisson number
//! with this mean. It overstates λ rather than understating it: the two accounts' own shares belong
//! to the block.

use std::num::NonZeroUsize;

use super::parallel;
use super::rarity::{CUTS, cuts_of};
use super::table::Table;
use crate::{AccountNo, ObjectNo};

const SIX_HOURS: i64 = 6 * 3_600_000_000;
const BLOCKS: i64 = 512;
/// The objects that most accounts shared are looked at one by one: whoever is active long enough
/// takes them up for certain, but only once.
const SINGLE: usize = 64;

/// The model: when each account took up objects, and how alike blocks are.
#[derive(Clone, Debug)]
pub struct Moments {
    blocks: usize,
    /// For each cut of rarity and two blocks: the chance that what is taken up in the one and in the
    /// other is one object. Objects that are looked at one by one are left out.
    alike: [Vec<f64>; CUTS],
    /// For each object looked at one by one and each block: its part of what is taken up.
    single: Vec<f64>,
    /// Block and number of objects taken up, by account.
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
        let (mut active, mut ends) = (Vec::new(), Vec::new());
        let mut taken: Vec<(u32, u32)> = Vec::new();
        let mut all = vec![0.0; blocks];
        let mut own = Vec::new();
        for account in (0..table.accounts() as u32).map(AccountNo) {
            own.clear();
            for run in table.runs_of(account) {
                let Some(share) = run.first().map(|place| table.shares()[*place as usize]) else {
                    continue;
                };
                let block = block(share.micros);
                all[block] += 1.0;
                own.push(block as u32);
                taken.push((share.object.0, block as u32));
            }
            own.sort_unstable();
            active.extend(own.chunk_by(|x, y| x == y).map(|same| (same[0], same.len() as f64)));
            ends.push(active.len() as u32);
        }
        taken.sort_unstable();
        let singles = most_shared(table);
        let mut moments = Self {
            blocks,
            alike: std::array::from_fn(|_| vec![0.0; blocks * blocks]),
            single: vec![0.0; singles.len() * blocks],
            active,
            ends,
        };
        let mut parts: Vec<(usize, f64)> = Vec::new();
        for of_object in taken.chunk_by(|x, y| x.0 == y.0) {
            let object = ObjectNo(of_object[0].0);
            parts.clear();
            parts.extend(of_object.chunk_by(|x, y| x == y).map(|same| {
                let block = same[0].1 as usize;
                (block, same.len() as f64 / all[block])
            }));
            if let Ok(at) = singles.binary_search(&object) {
                for (block, part) in &parts {
                    moments.single[at * blocks + block] = *part;
                }
                continue;
            }
            for cut in cuts_of(table.sharers_of(object)) {
                for (one, part) in &parts {
                    let row = &mut moments.alike[cut][one * blocks..][..blocks];
                    for (other, part_of_other) in &parts {
                        row[*other] += part * part_of_other;
                    }
                }
            }
        }
        moments
    }

    fn active(&self, account: AccountNo) -> &[(u32, f64)] {
        let at = account.0 as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.active[start as usize..self.ends[at] as usize]
    }

    /// The chance that an account takes up each of the objects looked at one by one.
    fn singles(&self, account: AccountNo, chances: &mut Vec<f64>) {
        chances.clear();
        chances.extend(self.single.chunks_exact(self.blocks).map(|parts| {
            let often: f64 =
                self.active(account).iter().map(|(at, count)| count * parts[*at as usize]).sum();
            1.0 - libm::exp(-often)
        }));
    }

    /// How often each pair would choose the same object on average, in their order, for each cut of
    /// rarity. Fast where pairs of one first account stand together.
    pub fn expected(
        &self,
        pairs: &[(AccountNo, AccountNo)],
        threads: NonZeroUsize,
    ) -> Vec<[f64; CUTS]> {
        let parts = parallel::parts(pairs, threads, |_, part| {
            let mut last = None;
            let mut towards: [Vec<f64>; CUTS] = std::array::from_fn(|_| vec![0.0; self.blocks]);
            let (mut singles, mut others) = (Vec::new(), Vec::new());
            part.iter()
                .map(|(a, b)| {
                    if last != Some(*a) {
                        last = Some(*a);
                        for (towards, alike) in towards.iter_mut().zip(&self.alike) {
                            towards.fill(0.0);
                            for (block, count) in self.active(*a) {
                                let row = &alike[*block as usize * self.blocks..][..self.blocks];
                                for (sum, alike) in towards.iter_mut().zip(row) {
                                    *sum += count * alike;
                                }
                            }
                        }
                        self.singles(*a, &mut singles);
                    }
                    let active = self.active(*b);
                    let mut expected: [f64; CUTS] = std::array::from_fn(|cut| {
                        active.iter().map(|(at, n)| n * towards[cut][*at as usize]).sum()
                    });
                    self.singles(*b, &mut others);
                    let single: f64 = singles.iter().zip(&others).map(|(x, y)| x * y).sum();
                    // Whatever is looked at one by one is not rare.
                    expected[CUTS - 1] += single;
                    expected
                })
                .collect::<Vec<_>>()
        });
        parts.into_iter().flatten().collect()
    }
}

/// The objects that most accounts shared, in order of their numbers; none that counts as rare.
fn most_shared(table: &Table<'_>) -> Vec<ObjectNo> {
    let mut objects: Vec<ObjectNo> = (0..table.objects() as u32)
        .map(ObjectNo)
        .filter(|object| cuts_of(table.sharers_of(*object)).len() == 1)
        .collect();
    objects.sort_unstable_by_key(|object| (std::cmp::Reverse(table.sharers_of(*object)), *object));
    objects.truncate(SINGLE);
    objects.sort_unstable();
    objects
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

    /// Two blocks. In the first, object 0 is taken up three times and object 1 once; in the second
    /// object 1 twice and, again, object 0, which does not count. Account 0 takes up one in each,
    /// account 1 one in the first.
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
            share(0, 8, 2),
            share(1, 3, 3),
            share(1, 6, 0),
            share(1, 7, 2),
        ];
        shares.sort();
        let moments = Moments::new(&Table::new(&shares).unwrap());
        let pairs = [(AccountNo(0), AccountNo(1)), (AccountNo(0), AccountNo(2))];
        let found = moments.expected(&pairs, NonZeroUsize::MIN);
        // Within the first block 9/16 + 1/16; between the blocks 1/4 · 1; within the second 1.
        assert!((found[0][0] - (0.625 + 0.25)).abs() < 1e-12, "{found:?}");
        assert!((found[1][0] - (0.625 + 0.25 + 0.25 + 1.0)).abs() < 1e-12, "{found:?}");
        assert_eq!(found[0][0].to_bits(), found[0][CUTS - 1].to_bits());
    }

    /// Thirty accounts share one object and each an object of its own, all at one time: the popular
    /// one is half of what is taken up, but nobody takes it up more than once.
    #[test]
    fn what_everybody_shares_is_expected_once() {
        let mut shares: Vec<Share> = (0..30)
            .flat_map(|account| [(0, account), (1 + account, account)])
            .map(|(object, account)| Share {
                object: ObjectNo(object),
                micros: 0,
                account: AccountNo(account),
            })
            .collect();
        shares.sort();
        let moments = Moments::new(&Table::new(&shares).unwrap());
        let found = moments.expected(&[(AccountNo(0), AccountNo(1))], NonZeroUsize::MIN)[0];
        let once = 1.0 - libm::exp(-2.0 * 0.5);
        let rare = 2.0 * 2.0 * 30.0 / 3600.0;
        assert!((found[CUTS - 1] - (once * once + rare)).abs() < 1e-12, "{found:?}");
        assert!((found[0] - rare).abs() < 1e-12);
    }
}
