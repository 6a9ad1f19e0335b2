//! Selection: do two accounts choose the same objects more often than their activity and the
//! objects' popularity explain?

use std::num::NonZeroUsize;

use super::degrees::Degrees;
use super::moments::{Moments, poisson_tail};
use super::parallel;
use super::poisson_binomial::upper_tails;
use super::rarity::{CUTS, cuts_of, most_sharers};
use super::table::Table;
use crate::AccountNo;

/// How much two accounts chose the same objects. It is looked at three times: for objects with at
/// most four sharers, with at most sixteen, and for all; `counted` and what follows is the cut that
/// says most, and `p` pays for having looked three times.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Selection {
    /// Objects that both shared.
    pub both: u32,
    /// How many that would be on average, if each shared as much as it did and each object were
    /// shared as often as it was, and nothing else mattered.
    pub expected: f64,
    /// The most sharers of the objects that count below; `None` if all do.
    pub most_sharers: Option<u32>,
    /// Objects of this cut that both shared.
    pub counted: u32,
    /// How many that would be on average from activity and popularity alone.
    pub expected_by_degree: f64,
    /// The chance of at least `counted` then: the tail of the Poisson-binomial distribution of the
    /// sum over objects of the product of both accounts' chances.
    pub p_by_degree: f64,
    /// How many that would be at most on average, if each took what was going round when it was
    /// active.
    pub expected_by_moment: f64,
    /// The chance of at least `counted` then, at most.
    pub p_by_moment: f64,
    /// The larger of the two, three times.
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
    let both: Vec<[u32; CUTS]> = parallel::each(pairs, threads, |(a, b)| {
        let mut counts = [0; CUTS];
        for both in table.common(*a, *b) {
            for cut in cuts_of(table.sharers_of(both.object)) {
                counts[cut] += 1;
            }
        }
        counts
    });
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
    let by_degree = parallel::each(&alike, threads, |alike| {
        let Some((a, b, _)) = alike.first() else { return Vec::new() };
        let tails: [(f64, Vec<f64>); CUTS] = std::array::from_fn(|cut| {
            let classes = degrees.both(*a, *b, most_sharers(cut));
            let expected = classes.iter().map(|it| it.trials as f64 * it.chance).sum();
            let most = alike.iter().map(|(_, _, place)| both[*place as usize][cut]).max();
            (expected, upper_tails(&classes, most.unwrap_or(0) as usize))
        });
        alike
            .iter()
            .map(|(_, _, place)| {
                let counts = both[*place as usize];
                let cut = |cut: usize| (tails[cut].0, tails[cut].1[counts[cut] as usize]);
                (*place, std::array::from_fn(cut))
            })
            .collect::<Vec<(u32, [(f64, f64); CUTS])>>()
    });
    let mut tails = vec![[(0.0, 1.0); CUTS]; pairs.len()];
    for (place, found) in by_degree.into_iter().flatten() {
        tails[place as usize] = found;
    }
    let by_moment = moments.expected(pairs, threads);
    let all = both.iter().zip(&tails).zip(&by_moment);
    all.map(|((both, tails), by_moment)| put_together(both, tails, by_moment)).collect()
}

fn put_together(
    both: &[u32; CUTS],
    by_degree: &[(f64, f64); CUTS],
    by_moment: &[f64; CUTS],
) -> Selection {
    let whole = CUTS - 1;
    let at = |cut: usize| {
        let p_by_moment = poisson_tail(both[cut], by_moment[cut]);
        (by_degree[cut].1.max(p_by_moment), p_by_moment)
    };
    // The whole first: at a tie it is the plainest.
    let mut best = whole;
    for cut in 0..whole {
        if at(cut).0 < at(best).0 {
            best = cut;
        }
    }
    let (p, p_by_moment) = at(best);
    Selection {
        both: both[whole],
        expected: by_degree[whole].0,
        most_sharers: most_sharers(best),
        counted: both[best],
        expected_by_degree: by_degree[best].0,
        p_by_degree: by_degree[best].1,
        expected_by_moment: by_moment[best],
        p_by_moment,
        p: (CUTS as f64 * p).min(1.0),
    }
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
        // All at one moment: 2 · 2 shares, of one object with 4 · (2/8)². Three times 0.264.
        assert!((found[0].expected_by_moment - 1.0).abs() < 1e-12);
        assert!((found[0].p_by_moment - (1.0 - 2.0 / std::f64::consts::E)).abs() < 1e-9);
        assert!((found[0].p - 3.0 * (1.0 - 2.0 / std::f64::consts::E)).abs() < 1e-9);
        assert!(found[1].p >= 1.0);
    }
}
