//! Selection: do two accounts choose the same objects more often than their activity and the
//! objects' popularity explain?

use std::num::NonZeroUsize;

use super::degrees::Degrees;
use super::moments::{Moments, poisson_tail};
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
    /// The chance of at least `both` then: the tail of the Poisson-binomial distribution of the sum
    /// over objects of the product of both accounts' chances.
    pub p_by_degree: f64,
    /// How many that would be at most on average, if each took what was going round when it was
    /// active.
    pub expected_by_moment: f64,
    /// The chance of at least `both` then, at most.
    pub p_by_moment: f64,
    /// The larger of the two.
    pub p: f64,
}

/// The selection of each pair, in their order.
pub fn selections(
    table: &Table<'_>,
    degrees: &Degrees,
    moments: &Moments,
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
                let p_by_degree = tails[both[*place as usize] as usize];
                (*place, expected, p_by_degree)
            })
            .collect::<Vec<_>>()
    });
    let by_moment = moments.expected(pairs, threads);
    let mut selections: Vec<Selection> = both
        .into_iter()
        .zip(by_moment)
        .map(|(both, expected_by_moment)| Selection {
            both,
            expected: 0.0,
            p_by_degree: 1.0,
            expected_by_moment,
            p_by_moment: poisson_tail(both, expected_by_moment),
            p: 1.0,
        })
        .collect();
    for (place, expected, p_by_degree) in found.into_iter().flatten() {
        let selection = &mut selections[place as usize];
        selection.expected = expected;
        selection.p_by_degree = p_by_degree;
        selection.p = p_by_degree.max(selection.p_by_moment);
    }
    selections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ObjectNo, Share};

    /// Four accounts, four objects, every account shares two and every object is shared by two: each
    /// chance is a half, two accounts share an object with a quarter, and both of two with
    /// P(Binomial(4, 1/4) >= 2) = 67/256.
    #[test]
    fn a_table_one_can_do_by_hand() {
        let rows = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)];
        let mut shares: Vec<Share> = rows
            .iter()
            .map(|(account, object)| Share {
                object: ObjectNo(*object),
                micros: 0,
                account: AccountNo(*account),
            })
            .collect();
        shares.sort();
        let table = Table::new(&shares).unwrap();
        let (degrees, moments) = (Degrees::new(&table), Moments::new(&table));
        let pairs = [(AccountNo(0), AccountNo(1)), (AccountNo(0), AccountNo(2))];
        let found = selections(&table, &degrees, &moments, &pairs, NonZeroUsize::MIN);
        assert_eq!((found[0].both, found[1].both), (2, 0));
        assert!((found[0].expected - 1.0).abs() < 1e-9);
        assert!((found[0].p_by_degree - 67.0 / 256.0).abs() < 1e-9, "{found:?}");
        // All at one moment: 2 · 2 shares, of one object with 4 · (2/8)².
        assert!((found[0].expected_by_moment - 1.0).abs() < 1e-12);
        assert!((found[0].p - (1.0 - 2.0 / std::f64::consts::E)).abs() < 1e-9);
        assert!(found[1].p >= 1.0);
    }
}
