//! The worked example of docs/methods/coordination.md: every number there stands here.

use std::num::NonZeroUsize;

use super::*;
use crate::{ObjectNo, Share};

const SECOND: i64 = 1_000_000;
const ADA: AccountNo = AccountNo(0);
const BO: AccountNo = AccountNo(1);

/// Six links, one every two days. Ada shares each, and Bo twenty seconds later. Nine others share it
/// too, in the hour around: of those `at_once` within the minute, the others minutes apart.
fn record(at_once: i64) -> Vec<Share> {
    let mut shares = Vec::new();
    for link in 0..6_i64 {
        let noon = link * 2 * 86_400 + 43_200 + link * 1_234;
        let mut add = |account: u32, seconds: i64| {
            shares.push(Share {
                object: ObjectNo(link as u32),
                micros: (noon + seconds) * SECOND,
                account: AccountNo(account),
            });
        };
        add(0, 0);
        add(1, 20);
        for other in 0..9_i64 {
            let seconds =
                if other < at_once { 3 + other * 4 } else { (other - 4) * 300 + 150 + link * 7 };
            add(2 + other as u32, seconds);
        }
    }
    shares.sort();
    shares
}

fn judged(shares: &[Share]) -> (EdgeEvidence, Family) {
    let parameters = Parameters { fdr: 0.05, threads: NonZeroUsize::MIN };
    let grounds = Grounds::new(shares, parameters).unwrap();
    let evidence = grounds.evidence(60 * SECOND, &[(ADA, BO)]).unwrap();
    (evidence.edges[0], evidence.family)
}

#[test]
fn six_times_at_once_while_others_take_their_time() {
    let (edge, family) = judged(&record(0));
    assert_eq!(family, Family { pairs: 55, exact: true });
    let found = edge.synchrony.found;
    assert_eq!((found.occasions, found.in_step, found.compared), (6, 6, 6));
    // Nine bystanders, none within the minute; what is usual is not known, which weighs one share.
    let chance: f64 = (0.9 + 0.0 + 1.0) / (0.9 + 9.0 + 1.0);
    assert!((found.expected - 6.0 * chance).abs() < 1e-9, "{found:?}");
    assert!((found.p - libm::pow(chance, 6.0)).abs() < 1e-12, "{found:?}");
    assert!((found.p - 2.81e-5).abs() < 1e-7, "{found:?}");
    assert!((edge.synchrony.q - 55.0 * found.p).abs() < 1e-12 && edge.in_step());
    // Everybody shared everything: choosing the same says nothing.
    assert_eq!(edge.selection.found.both, 6);
    assert!(edge.selection.found.p > 0.99);
}

#[test]
fn six_times_at_once_as_nearly_everybody() {
    let (edge, _) = judged(&record(8));
    let found = edge.synchrony.found;
    assert_eq!((found.occasions, found.in_step), (6, 6));
    let chance: f64 = (0.9 + 8.0 + 1.0) / (0.9 + 9.0 + 1.0);
    assert!((found.p - libm::pow(chance, 6.0)).abs() < 1e-9, "{found:?}");
    assert!((found.p - 0.561).abs() < 1e-3 && !edge.in_step(), "{found:?}");
}
