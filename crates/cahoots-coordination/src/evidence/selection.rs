//! Selection: do two accounts choose the same objects more often than their activity and the
//! objects' popularity explain?

use std::num::NonZeroUsize;

use super::degrees::Degrees;
use super::parallel;
use super::poisson_binomial::upper_tails;
use super::table::Table;
use crate::AccountNo;

/// How much two accounts chose the same objects.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Selection {
    /// Objects that both shared.
    pub both: u32,
    /// How many that would be on average, if each shared as much as it did and each object were
    /// shared as often as it was, and nothing else mattered.
    pub expected: f64,
    /// The chance of at least `both`: the tail of the Poisson-binomial distribution of the sum over
    /// objects of the product of both accounts' chances.
    pub p: f64,
}

/// The selection of each pair, in their order.
pub fn selections(
    table: &Table<'_>,
    degrees: &Degrees,
    pairs: &[(AccountNo, AccountNo)],
    threads: NonZeroUsize,
) -> Vec<Selection> {
    let both = parallel::each(pairs, threads, |(a, b)| table.common(*a, *b).count() as u32);
    // The tail depends on the two degrees only: pairs of the same degrees are done together.
    let mut order: Vec<(u32, u32, u32)> = pairs
        .iter()
        .enumerate()
        .map(|(place, (a, b))| {
            let (a, b) = (degrees.class_of(*a), degrees.class_of(*b));
            (a.min(b), a.max(b), place as u32)
        })
        .collect();
    order.sort_unstable();
    let alike: Vec<&[(u32, u32, u32)]> = order.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)).collect();
    let found = parallel::each(&alike, threads, |alike| {
        let Some((a, b, _)) = alike.first() else { return Vec::new() };
        let classes = degrees.both(*a, *b);
        let expected = classes.iter().map(|it| it.trials as f64 * it.chance).sum();
        let most = alike.iter().map(|(_, _, place)| both[*place as usize]).max().unwrap_or(0);
        let tails = upper_tails(&classes, most as usize);
        alike
            .iter()
            .map(|(_, _, place)| {
                let both = both[*place as usize];
                (*place, Selection { both, expected, p: tails[both as usize] })
            })
            .collect::<Vec<_>>()
    });
    let mut selections = vec![Selection { both: 0, expected: 0.0, p: 1.0 }; pairs.len()];
    for (place, selection) in found.into_iter().flatten() {
        selections[place as usize] = selection;
    }
    selections
}
