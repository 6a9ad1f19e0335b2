//! Tests of reachability: against all paths by brute force, and by its own symmetries.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use super::*;

/// Up to 8 nodes, up to 22 contacts, few distinct times, so that ties are common.
fn graph(rng: &mut ChaCha8Rng) -> (u32, Contacts) {
    let nodes = 2 + rng.next_u32() % 7;
    let times = 1 + rng.next_u32() % 16;
    let rows = (0..rng.next_u32() % 23)
        .map(|_| {
            (rng.next_u32() % nodes, rng.next_u32() % nodes, i64::from(rng.next_u32() % times))
        })
        .collect();
    (nodes, Contacts::sorted(rows))
}

/// Walks every strict path from a node, one contact at a time.
fn walk(contacts: &Contacts, node: u32, after: i64, best: &mut [Option<i64>], skew: i64) {
    for n in 0..contacts.len() {
        if contacts.from[n] == node && contacts.at[n] > after {
            let (to, at) = (contacts.to[n], contacts.at[n]);
            let known = &mut best[to as usize];
            *known = Some(known.map_or(at, |known| known.min(at)));
            walk(contacts, to, at + skew, best, skew);
        }
    }
}

fn brute(contacts: &Contacts, start: u32, t0: i64, nodes: u32, skew: i64) -> Vec<Option<i64>> {
    let mut best = vec![None; nodes as usize];
    walk(contacts, start, t0 - 1, &mut best, skew);
    best[start as usize] = Some(t0);
    best
}

#[test]
fn ten_thousand_graphs_agree_with_a_walk_over_all_paths() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let (mut reached, mut tied) = (0, 0);
    for round in 0..10_000 {
        let (nodes, contacts) = graph(&mut rng);
        let start = rng.next_u32() % nodes;
        let t0 = i64::from(rng.next_u32() % 4);
        let skew = if round % 3 == 0 { i64::from(rng.next_u32() % 3) } else { 0 };
        let found = earliest(&contacts, start, t0, nodes, skew);
        let all = brute(&contacts, start, t0, nodes, skew);
        for node in 0..nodes {
            assert_eq!(found.of(node), all[node as usize], "node {node} of {contacts:?}");
            let Some(path) = found.path(&contacts, node) else { continue };
            let (mut at, mut here) = (t0 - 1 - skew, start);
            for step in path {
                let step = step as usize;
                assert_eq!(contacts.from[step], here);
                assert!(contacts.at[step] > at + skew);
                (at, here) = (contacts.at[step], contacts.to[step]);
            }
            assert_eq!(here, node);
        }
        reached += found.reached();
        tied += usize::from(contacts.at.windows(2).any(|pair| pair[0] == pair[1]));
    }
    assert!(reached > 10_000 && tied > 5_000, "too thin: {reached}, {tied}");
}

#[test]
fn reversing_time_and_contacts_turns_arrivals_into_departures() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..3_000 {
        let (nodes, contacts) = graph(&mut rng);
        let (start, t0) = (rng.next_u32() % nodes, i64::from(rng.next_u32() % 5));
        let skew = i64::from(rng.next_u32() % 2);
        let rows = (0..contacts.len())
            .map(|n| (contacts.to[n], contacts.from[n], -contacts.at[n]))
            .collect();
        let back = earliest(&Contacts::sorted(rows), start, -t0, nodes, skew);
        let last = latest(&contacts, start, t0, nodes, skew);
        for node in 0..nodes {
            assert_eq!(last.of(node), back.of(node).map(|at| -at));
        }
        // And between the two: v is reached from u in time exactly if u can leave in time for v.
        let (from, to, t1) = (rng.next_u32() % nodes, start, t0 + i64::from(rng.next_u32() % 6));
        let arrives = earliest(&contacts, from, t0, nodes, skew).of(to).is_some_and(|at| at <= t1);
        let leaves = latest(&contacts, to, t1, nodes, skew).of(from).is_some_and(|at| at >= t0);
        assert_eq!(arrives, leaves);
    }
}

#[test]
fn adding_a_contact_delays_nobody() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..3_000 {
        let (nodes, contacts) = graph(&mut rng);
        let start = rng.next_u32() % nodes;
        let before = earliest(&contacts, start, 0, nodes, 0);
        let mut rows: Vec<_> = (0..contacts.len())
            .map(|n| (contacts.from[n], contacts.to[n], contacts.at[n]))
            .collect();
        rows.push((rng.next_u32() % nodes, rng.next_u32() % nodes, i64::from(rng.next_u32() % 10)));
        let after = earliest(&Contacts::sorted(rows), start, 0, nodes, 0);
        for node in 0..nodes {
            if let Some(then) = before.of(node) {
                assert!(after.of(node).is_some_and(|now| now <= then));
            }
        }
    }
}

/// A record on which a program that stops once its set of reached nodes stops growing goes wrong:
/// the node 8 is reached early and again later, and only the early time leads on to 5.
#[test]
fn node_five_is_reached_at_83() {
    let rows = vec![
        (19, 5, 16),
        (18, 21, 17),
        (4, 21, 19),
        (1, 22, 21),
        (21, 18, 24),
        (4, 3, 27),
        (20, 1, 28),
        (24, 19, 36),
        (18, 12, 44),
        (12, 8, 45),
        (8, 24, 50),
        (18, 1, 63),
        (1, 20, 79),
        (24, 5, 83),
        (20, 24, 85),
        (3, 10, 91),
        (10, 4, 115),
    ];
    let contacts = Contacts::sorted(rows);
    let found = earliest(&contacts, 4, i64::MIN, 25, 0);
    assert_eq!(found.of(5), Some(83));
    let path = found.path(&contacts, 5).unwrap();
    let nodes: Vec<u32> = path.iter().map(|n| contacts.to[*n as usize]).collect();
    assert_eq!(nodes, [21, 18, 12, 8, 24, 5]);
}

/// `fixtures/exposure/README.md` says where the numbers come from.
#[test]
fn arrivals_are_those_of_tglib_on_a_pinned_file() {
    let numbers = |text: &str| -> Vec<Vec<i64>> {
        let line = |line: &str| line.split(',').map(|n| n.parse().unwrap()).collect();
        text.lines().map(line).collect()
    };
    let contacts = numbers(include_str!("../../fixtures/exposure/contacts.csv"));
    let rows = contacts.iter().map(|row| (row[0] as u32, row[1] as u32, row[2])).collect();
    let found = earliest(&Contacts::sorted(rows), 125, i64::MIN, 150, 0);
    let ours: Vec<Vec<i64>> = (0..150)
        .filter(|node| *node != 125)
        .filter_map(|node| Some(vec![i64::from(node), found.of(node)?]))
        .collect();
    assert_eq!(ours, numbers(include_str!("../../fixtures/exposure/tglib.csv")));
    assert!((20..150).contains(&found.reached()));
}

#[test]
fn ties_do_not_chain_and_skew_widens_them() {
    let contacts = Contacts::sorted(vec![(0, 1, 10), (1, 2, 10), (1, 3, 11), (3, 4, 20)]);
    let strict = earliest(&contacts, 0, 0, 5, 0);
    assert_eq!([1, 2, 3, 4].map(|node| strict.of(node)), [Some(10), None, Some(11), Some(20)]);
    let loose = earliest(&contacts, 0, 0, 5, 1);
    assert_eq!([1, 2, 3, 4].map(|node| loose.of(node)), [Some(10), None, None, None]);
}

#[test]
fn nothing_odd_panics() {
    let contacts = Contacts::sorted(vec![
        (0, 0, i64::MIN),
        (0, 9, 0),
        (9, 0, 0),
        (0, 1, i64::MAX),
        (1, 2, i64::MAX),
        (63, 64, 5),
    ]);
    assert_eq!(earliest(&contacts, 7, 0, 3, 0).reached(), 0);
    assert_eq!(earliest(&contacts, 0, i64::MIN, 3, i64::MAX).of(1), Some(i64::MAX));
    assert_eq!(earliest(&contacts, 0, i64::MAX, 3, -4).of(2), None);
    assert_eq!(latest(&contacts, 2, i64::MAX, 3, i64::MAX).of(1), Some(i64::MAX));
    assert_eq!(earliest(&Contacts::default(), 0, 0, 0, 0).reached(), 0);
    let short = Contacts { at: vec![1, 2], ..contacts };
    assert_eq!(earliest(&short, 0, 0, 3, 0).reached(), 0);
    assert_eq!(latest(&short, 0, 9, 3, 0).of(0), Some(9));
}
