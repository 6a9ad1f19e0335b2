//! The questions together, on small invented records.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use super::*;
use crate::{ObjectNo, Share};

const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3600 * SECOND;

struct Random(ChaCha8Rng);

impl Random {
    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: u32) -> u32 {
        (self.unit() * f64::from(n)) as u32
    }
}

/// News: 300 objects that live for some hours, 120 accounts that share thirty of them on average,
/// some far more; everybody waits for as long as the news lives, on average.
fn news(random: &mut Random) -> BTreeSet<Share> {
    let born: Vec<i64> =
        (0..300).map(|_| (random.unit() * 14.0 * 24.0 * HOUR as f64) as i64).collect();
    let lives: Vec<f64> = (0..300).map(|_| 0.5 + 5.0 * random.unit()).collect();
    let mut shares = BTreeSet::new();
    for account in 0..120 {
        for _ in 0..(10.0 / (0.05 + random.unit())) as u32 {
            // Early objects are the popular ones.
            let object = (300.0 * random.unit() * random.unit()) as u32;
            let age = -lives[object as usize] * libm::log(1.0 - random.unit());
            let micros = born[object as usize] + (age * HOUR as f64) as i64;
            shares.insert(share(object, micros / SECOND, account));
        }
    }
    shares
}

fn share(object: u32, seconds: i64, account: u32) -> Share {
    Share { object: ObjectNo(object), micros: seconds * SECOND, account: AccountNo(account) }
}

/// Five accounts push twelve objects together within twenty seconds: objects of their own, or such
/// as others share around that time.
fn push(shares: &mut BTreeSet<Share>, random: &mut Random, own: bool) {
    let there: Vec<Share> = shares.iter().copied().collect();
    for number in 0..12 {
        let (object, start) = if own {
            (1_000 + number, i64::from(random.below(14 * 24 * 3600)))
        } else {
            let beside = there[random.below(there.len() as u32) as usize];
            (beside.object.0, beside.micros / SECOND + i64::from(random.below(1800)))
        };
        for account in 0..5 {
            shares.insert(share(object, start + i64::from(random.below(20)), account));
        }
    }
}

fn all_pairs(shares: &[Share]) -> Vec<(AccountNo, AccountNo)> {
    let mut pairs = BTreeSet::new();
    for of_object in shares.chunk_by(|x, y| x.object == y.object) {
        for (at, x) in of_object.iter().enumerate() {
            let others = of_object[at + 1..].iter().filter(|y| y.account != x.account);
            pairs.extend(others.map(|y| (x.account.min(y.account), x.account.max(y.account))));
        }
    }
    pairs.into_iter().collect()
}

fn with_threads(threads: usize) -> Parameters {
    Parameters { fdr: 0.05, threads: NonZeroUsize::new(threads).unwrap() }
}

/// News alone must not look like acting in step: p stays small as often as it should, and no edge
/// passes.
#[test]
fn news_is_not_acting_in_step() {
    let (mut occasions, mut small, mut selected, mut pairs) = (0, 0, 0, 0);
    for seed in 0..3 {
        let mut random = Random(ChaCha8Rng::seed_from_u64(seed));
        let shares: Vec<Share> = news(&mut random).into_iter().collect();
        let all = all_pairs(&shares);
        let grounds = Grounds::new(&shares, with_threads(2)).unwrap();
        assert_eq!(grounds.family(), Family { pairs: all.len() as u64, exact: true });
        for window in [60, 3600] {
            let evidence = grounds.evidence(window * SECOND, &all).unwrap();
            for edge in &evidence.edges {
                let synchrony = edge.synchrony.found;
                occasions += u32::from(synchrony.occasions > 0);
                small += u32::from(synchrony.p <= 0.05);
                assert!(!edge.synchrony.passes, "{seed} {window} {edge:?}");
                selected += u32::from(edge.selection.found.p <= 0.05);
                pairs += 1;
            }
        }
    }
    assert!(occasions > 10_000 && pairs > 30_000, "{occasions} {pairs}");
    assert!(f64::from(small) <= 0.05 * f64::from(occasions), "{small} of {occasions}");
    assert!(f64::from(selected) <= 0.05 * f64::from(pairs), "{selected} of {pairs}");
}

/// A group is found when it is all of its objects' sharers and when it is a few among many.
#[test]
fn groups_are_found_among_themselves_and_among_others() {
    for (seed, own) in [(7, true), (8, false)] {
        let mut random = Random(ChaCha8Rng::seed_from_u64(seed));
        let mut shares = news(&mut random);
        push(&mut shares, &mut random, own);
        let shares: Vec<Share> = shares.into_iter().collect();
        let all = all_pairs(&shares);
        let grounds = Grounds::new(&shares, with_threads(2)).unwrap();
        let evidence = grounds.evidence(60 * SECOND, &all).unwrap();
        let passing: Vec<_> = all
            .iter()
            .zip(&evidence.edges)
            .filter(|(_, edge)| edge.synchrony.passes)
            .map(|(pair, _)| *pair)
            .collect();
        let inside = |(a, b): &&(AccountNo, AccountNo)| a.0.max(b.0) < 5;
        assert_eq!(passing.iter().filter(inside).count(), 10, "{own} {passing:?}");
        assert_eq!(passing.len(), 10, "{own} {passing:?}");
        // Who is compared with whom is said.
        let at = all.iter().position(|pair| *pair == passing[0]).unwrap();
        let found = evidence.edges[at].synchrony.found;
        assert!(found.in_step >= 10 && (found.compared >= 10) != own, "{found:?}");
        let explained = explain(&grounds, &evidence.yardstick, passing[0].0, passing[0].1).unwrap();
        assert_eq!(explained.synchrony, found);
        assert_eq!(explained.selection, evidence.edges[at].selection.found);
        let meetings = || explained.objects.iter().flat_map(|it| &it.meetings);
        assert_eq!(meetings().filter(|it| it.counts).count() as u32, found.occasions);
        let chances: f64 = meetings().filter(|it| it.counts).map(|it| it.chance).sum();
        assert!((chances - found.expected).abs() < 1e-9);
        assert_eq!(explained.objects.len() as u32, explained.selection.both);
        assert!(explained.objects.iter().all(|it| it.chance > 0.0 && it.sharers >= 2));
    }
}

/// Same answer to the bit for any number of threads, and for any order of the pairs.
#[test]
fn threads_and_order_change_nothing() {
    let mut random = Random(ChaCha8Rng::seed_from_u64(11));
    let mut shares = news(&mut random);
    push(&mut shares, &mut random, false);
    let shares: Vec<Share> = shares.into_iter().collect();
    let all = all_pairs(&shares);
    let answers = |threads: usize, pairs: &[(AccountNo, AccountNo)]| {
        let grounds = Grounds::new(&shares, with_threads(threads)).unwrap();
        grounds.evidence(60 * SECOND, pairs).unwrap().edges
    };
    let one = answers(1, &all);
    assert_eq!(one, answers(5, &all));
    let turned: Vec<_> = all.iter().rev().map(|(a, b)| (*b, *a)).collect();
    let mut back = answers(3, &turned);
    back.reverse();
    for (one, other) in one.iter().zip(&back) {
        assert_eq!(one.synchrony.found.p.to_bits(), other.synchrony.found.p.to_bits());
        let (one, other) = (one.selection.found, other.selection.found);
        assert!((one.expected_by_moment - other.expected_by_moment).abs() < 1e-9);
        assert_eq!(one.p_by_degree.to_bits(), other.p_by_degree.to_bits());
    }
}

#[test]
fn what_is_not_a_pair_is_refused() {
    let shares = [share(0, 1, 0), share(0, 2, 1), share(3, 9, 4)];
    let grounds = Grounds::new(&shares, with_threads(1)).unwrap();
    let ask = |a, b| grounds.evidence(SECOND, &[(AccountNo(a), AccountNo(b))]);
    for (a, b) in [(0, 0), (0, 2), (9, 1)] {
        let error = ask(a, b).unwrap_err();
        assert_eq!(error, EvidenceError::NotAPair { place: 0, a, b });
    }
    // Far too little to tell anything, and said so.
    let edge = ask(0, 1).unwrap().edges[0];
    assert!(edge.synchrony.found.p >= 1.0 && edge.selection.q > 0.05);
    assert_eq!(ask(0, 4).unwrap().edges[0].selection.found.both, 0);
    let empty = Grounds::new(&[], with_threads(1)).unwrap();
    assert!(empty.evidence(SECOND, &[]).unwrap().edges.is_empty());
}
