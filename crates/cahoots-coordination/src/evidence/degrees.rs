//! Who could be expected to share what, from nothing but how much each account shares and how much
//! each object is shared: the bipartite configuration model.
//!
//! Among all ways to tie accounts to objects with these expected numbers it is the one of greatest
//! entropy (Saracco et al. 2015, 2017): account `i` shares object `o` with the chance
//! x_i y_o / (1 + x_i y_o), independently, and the factors are such that each account shares as
//! many objects, and each object is shared by as many accounts, as in the record. The stochastic
//! degree sequence model (Neal 2014) asks the same question; its present form takes its chances
//! from this model (Neal, Domagalski and Sagan 2021).
//!
//! Accounts of one degree have one factor, and so have objects, so the equations are solved for
//! classes, not for accounts: alternately for all accounts and all objects, each equation exactly.
//! That is ascent by blocks on a concave likelihood, and it cannot run away.

use std::collections::BTreeMap;

use super::poisson_binomial::Class;
use super::table::Table;
use crate::{AccountNo, ObjectNo};

/// Rounds after which solving stops even if the degrees are not met yet.
const ROUNDS: usize = 2_000;
/// Largest departure from a degree, as a share of it, that counts as met.
const MET: f64 = 1e-9;
/// The factor beyond which a chance is 1 for all purposes.
const LARGEST: f64 = 1e15;

/// A degree, how many have it, and the factor.
#[derive(Clone, Copy, Debug)]
struct Degree {
    degree: u32,
    count: u64,
    factor: f64,
}

/// The model, solved.
#[derive(Clone, Debug)]
pub struct Degrees {
    accounts: Vec<Degree>,
    objects: Vec<Degree>,
    account_class: Vec<u32>,
    object_class: Vec<u32>,
    departure: f64,
}

impl Degrees {
    /// Solves the model for the accounts and objects of a table.
    pub fn new(table: &Table<'_>) -> Self {
        let accounts: Vec<u32> =
            (0..table.accounts()).map(|it| table.objects_of(AccountNo(it as u32))).collect();
        let objects: Vec<u32> =
            (0..table.objects()).map(|it| table.sharers_of(ObjectNo(it as u32))).collect();
        Self::of(&accounts, &objects)
    }

    /// Solves the model for these degrees. Degrees of 0 take no part.
    pub fn of(accounts: &[u32], objects: &[u32]) -> Self {
        let ties: f64 = accounts.iter().map(|it| f64::from(*it)).sum();
        let scale = if ties > 0.0 { libm::sqrt(ties) } else { 1.0 };
        let (account_degrees, account_class) = classes(accounts, scale);
        let (object_degrees, object_class) = classes(objects, scale);
        let mut model = Self {
            accounts: account_degrees,
            objects: object_degrees,
            account_class,
            object_class,
            departure: 0.0,
        };
        for _ in 0..ROUNDS {
            let rows = solve(&mut model.accounts, &model.objects);
            let columns = solve(&mut model.objects, &model.accounts);
            // Before each half its side was off by this much; the other side is exact then.
            model.departure = rows.max(columns);
            if model.departure <= MET {
                break;
            }
        }
        model
    }

    /// The largest departure of an expected degree from the true one, as a share of it.
    pub fn departure(&self) -> f64 {
        self.departure
    }

    /// The class of an account: accounts of one class share as many objects.
    pub fn class_of(&self, account: AccountNo) -> u32 {
        self.account_class[account.0 as usize]
    }

    /// The chance that an account shares an object.
    pub fn chance(&self, account: AccountNo, object: ObjectNo) -> f64 {
        tie(
            self.accounts[self.account_class[account.0 as usize] as usize].factor,
            self.objects[self.object_class[object.0 as usize] as usize].factor,
        )
    }

    /// For two classes of accounts: the chance that both share an object, for each class of objects.
    pub fn both(&self, a: u32, b: u32) -> Vec<Class> {
        let (a, b) = (self.accounts[a as usize].factor, self.accounts[b as usize].factor);
        self.objects
            .iter()
            .map(|object| Class {
                trials: object.count,
                chance: tie(a, object.factor) * tie(b, object.factor),
            })
            .collect()
    }
}

fn tie(x: f64, y: f64) -> f64 {
    let odds = x * y;
    odds / (1.0 + odds)
}

/// The degrees above 0 in order, and for each member the place of its own (0 if it has none).
fn classes(degrees: &[u32], scale: f64) -> (Vec<Degree>, Vec<u32>) {
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for degree in degrees.iter().filter(|degree| **degree > 0) {
        *counts.entry(*degree).or_default() += 1;
    }
    let list: Vec<Degree> = counts
        .into_iter()
        .map(|(degree, count)| Degree { degree, count, factor: f64::from(degree) / scale })
        .collect();
    let class = degrees
        .iter()
        .map(|degree| list.partition_point(|it| it.degree < *degree) as u32)
        .collect();
    (list, class)
}

/// Solves one side for the other as it stands; returns by how much the side was off before.
fn solve(side: &mut [Degree], other: &[Degree]) -> f64 {
    let mut worst = 0.0_f64;
    for own in side {
        let degree = f64::from(own.degree);
        // Newton's method in the logarithm of the factor: the sum rises and is smooth in it.
        for step in 0..60 {
            let (mut sum, mut slope) = (0.0, 0.0);
            for it in other {
                let chance = tie(own.factor, it.factor);
                sum += it.count as f64 * chance;
                slope += it.count as f64 * chance * (1.0 - chance);
            }
            let off = (degree - sum) / degree;
            if step == 0 && own.factor < LARGEST {
                worst = worst.max(off.abs());
            }
            if off.abs() <= MET / 10.0 || slope <= 0.0 {
                break;
            }
            let move_by = ((degree - sum) / slope).clamp(-2.0, 2.0);
            own.factor = (own.factor * libm::exp(move_by)).min(LARGEST);
            if own.factor >= LARGEST {
                break;
            }
        }
    }
    worst
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sums(model: &Degrees, accounts: usize, objects: usize) -> (Vec<f64>, Vec<f64>) {
        let chance = |a: usize, o: usize| model.chance(AccountNo(a as u32), ObjectNo(o as u32));
        (
            (0..accounts).map(|a| (0..objects).map(|o| chance(a, o)).sum()).collect(),
            (0..objects).map(|o| (0..accounts).map(|a| chance(a, o)).sum()).collect(),
        )
    }

    /// Two accounts and two objects with one tie more: by hand, x y / (1 + x y) with
    /// p11 = t², p12 = p21 = t(1 - t)…; here all degrees 1, so every chance is a half.
    #[test]
    fn equal_degrees_give_equal_chances() {
        let model = Degrees::of(&[1, 1], &[1, 1]);
        for (a, o) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let chance = model.chance(AccountNo(a), ObjectNo(o));
            assert!((chance - 0.5).abs() < 1e-9, "{chance}");
        }
    }

    /// An account that shared everything has the chance 1 for each object.
    #[test]
    fn an_account_that_shared_everything_is_certain() {
        let model = Degrees::of(&[4, 1, 1], &[2, 2, 1, 1]);
        for o in 0..4 {
            assert!(model.chance(AccountNo(0), ObjectNo(o)) > 1.0 - 1e-6);
        }
        assert!((model.chance(AccountNo(1), ObjectNo(0)) - 0.5).abs() < 1e-6);
    }

    proptest! {
        /// Every degree is met, for degrees that some table has.
        #[test]
        fn degrees_are_met(ties in proptest::collection::btree_set((0_usize..12, 0_usize..20), 1..120)) {
            let (mut accounts, mut objects) = (vec![0_u32; 12], vec![0_u32; 20]);
            for (a, o) in &ties {
                accounts[*a] += 1;
                objects[*o] += 1;
            }
            // Factors run off to the edge where an account shared all that others shared: the
            // degrees are met in the limit, slowly.
            let model = Degrees::of(&accounts, &objects);
            accounts.retain(|k| *k > 0);
            objects.retain(|d| *d > 0);
            let model_of_the_rest = Degrees::of(&accounts, &objects);
            let (rows, columns) = sums(&model_of_the_rest, accounts.len(), objects.len());
            for (found, degree) in rows.iter().zip(&accounts).chain(columns.iter().zip(&objects)) {
                prop_assert!((found - f64::from(*degree)).abs() < 2e-3 * f64::from(*degree), "{} {}", found, degree);
            }
            prop_assert_eq!(model.departure().to_bits(), model_of_the_rest.departure().to_bits());
        }
    }
}
