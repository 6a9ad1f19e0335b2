//! Calibration.
mod worlds;

use std::collections::{BTreeMap, BTreeSet};

use cahoots_coordination::evidence::{Evidence, Grounds, Parameters};
use cahoots_coordination::{AccountNo, Share};
use worlds::{Planted, QUIET, WORLDS, World};

type Pairs = Vec<(AccountNo, AccountNo)>;

/// All pairs that share an object, and those within the window.
fn pairs(shares: &[Share], window: i64) -> (Pairs, BTreeSet<(AccountNo, AccountNo)>) {
    let (mut all, mut close) = (BTreeSet::new(), BTreeSet::new());
    for of_object in shares.chunk_by(|x, y| x.object == y.object) {
        for (at, x) in of_object.iter().enumerate() {
            for y in &of_object[at + 1..] {
                if x.account == y.account {
                    continue;
                }
                let pair = (x.account.min(y.account), x.account.max(y.account));
                all.insert(pair);
                if y.micros - x.micros <= window {
                    close.insert(pair);
                }
            }
        }
    }
    (all.into_iter().collect(), close)
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let repeats: u64 = arguments.get(1).and_then(|it| it.parse().ok()).unwrap_or(5);
    println!(
        "world | window | pairs | with occasions | sel p<=.05 | sync p<=.05 | p<=.001 | sel pass | sync pass | worlds sel | worlds sync"
    );
    let only: String = std::env::var("ONLY").unwrap_or_default();
    for world in WORLDS.into_iter().filter(|w| {
        !only.contains("plant") && (!only.contains("dense") || w.name.contains("dense"))
    }) {
        for window in [10, 60, 600, 3600] {
            let w = window * 1_000_000;
            let (mut n, mut occ, mut sel05, mut syn05, mut syn001) = (0, 0, 0, 0, 0);
            let (mut selpass, mut synpass, mut wsel, mut wsyn) = (0, 0, 0, 0);
            for seed in 0..repeats {
                let made = world.make(&[], 1000 + seed);
                let (all, _) = pairs(&made.shares, w);
                let grounds = Grounds::new(&made.shares, Parameters::default()).unwrap();
                let e = grounds.evidence(w, &all).unwrap();
                assert!(e.family.exact && e.family.pairs as usize == all.len());
                n += all.len();
                occ += e.edges.iter().filter(|e| e.synchrony.found.occasions > 0).count();
                sel05 += e.edges.iter().filter(|e| e.selection.found.p <= 0.05).count();
                syn05 += e.edges.iter().filter(|e| e.synchrony.found.p <= 0.05).count();
                syn001 += e.edges.iter().filter(|e| e.synchrony.found.p <= 0.001).count();
                let (a, b) = (
                    e.edges.iter().filter(|e| e.selection.passes).count(),
                    e.edges.iter().filter(|e| e.synchrony.passes).count(),
                );
                selpass += a;
                synpass += b;
                wsel += usize::from(a > 0);
                wsyn += usize::from(b > 0);
            }
            let r = |x: usize, y: usize| x as f64 / y.max(1) as f64;
            println!(
                "{} | {window} | {n} | {occ} | {:.4} | {:.4} | {:.5} | {selpass} | {synpass} | {wsel}/{repeats} | {wsyn}/{repeats}",
                world.name,
                r(sel05, n),
                r(syn05, occ),
                r(syn001, occ)
            );
        }
    }
    println!(
        "planted: minority size | K | part | jitter | window | truth pairs | cand | sel found | sync found | sync false "
    );
    for minority in [false, true].into_iter().filter(|_| !only.contains("null")) {
        for (size, objects, participation, jitter) in [
            (5, 10, 1.0, 20.0),
            (10, 20, 0.7, 20.0),
            (10, 20, 0.7, 120.0),
            (20, 10, 0.5, 20.0),
            (5, 5, 1.0, 20.0),
            (3, 10, 1.0, 20.0),
        ] {
            for window in [60, 600] {
                let w = window * 1_000_000;
                let world = WORLDS[3];
                let group = Planted { size, objects, participation, jitter, minority };
                let (mut truth, mut cand, mut sel, mut syn, mut fal) = (0, 0, 0, 0, 0);
                for seed in 0..repeats {
                    let made = world.make(&[group], 77 + seed);
                    let (all, close) = pairs(&made.shares, w);
                    let cand_: Pairs = close.iter().copied().collect();
                    let grounds = Grounds::new(&made.shares, Parameters::default()).unwrap();
                    let e = grounds.evidence(w, &cand_).unwrap();
                    let inside = |p: &(AccountNo, AccountNo)| {
                        made.groups.iter().any(|g| g.contains(&p.0) && g.contains(&p.1))
                    };
                    truth += size * (size - 1) / 2;
                    cand += cand_.len();
                    for (p, e) in cand_.iter().zip(&e.edges) {
                        if inside(p) {
                            sel += usize::from(e.selection.passes);
                            syn += usize::from(e.synchrony.passes);
                        } else {
                            fal += usize::from(e.synchrony.passes);
                        }
                    }
                    let _ = all;
                }
                println!(
                    "{minority} {size} | {objects} | {participation} | {jitter} | {window} | {truth} | {cand} | {sel} | {syn} | {fal}"
                );
            }
        }
    }
    let _: Option<(Evidence, BTreeMap<u8, u8>, World)> = None;
    let _ = QUIET;
}
