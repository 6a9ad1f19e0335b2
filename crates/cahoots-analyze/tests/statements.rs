//! Soundness of verdicts on statements, over invented worlds with known truth.

mod worlds;

use cahoots_analyze::Span;
use cahoots_analyze::record::HOUR;
use cahoots_analyze::statements::{Coverage, Verdict};
use worlds::check::{EACH, Outcome, add, draw, judge};
use worlds::{Parts, assemble, below, chance};

#[test]
fn no_claim_that_holds_is_contradicted_and_none_that_fails_is_called_complete() {
    let mut outcome = Outcome::default();
    for stream in 0..2_000 / EACH as u64 {
        add(&mut outcome, 1, stream);
    }
    assert_eq!(outcome.claims, 2_000);
    assert_eq!(outcome.wrongly_contradicted, [] as [&str; 0]);
    assert_eq!(outcome.wrongly_complete, [] as [&str; 0]);
    assert_eq!(outcome.wrongly_supported, [] as [&str; 0]);
    // Silence would be sound too.
    for (template, tally) in &outcome.by_template {
        assert!(tally.caught > 0, "{template} caught nothing: {tally:?}");
    }
    let upheld: u64 = outcome.by_template.values().map(|tally| tally.upheld).sum();
    assert!(upheld > 100, "{upheld}");
}

/// With an empty coverage table, so that absence counts for nothing: the positive half of a claim
/// («there was one that day») may well be settled by another message.
#[test]
fn further_messages_never_take_a_contradiction_back() {
    let mut contradicted = 0;
    for stream in 0..50 {
        let (_, parts, meant, mut rng) = draw(2, stream);
        let some = Parts {
            entries: parts.entries.iter().filter(|_| chance(&mut rng, 60)).cloned().collect(),
            ..parts.clone()
        };
        let nothing = Coverage::default();
        let before = judge(&assemble(&some), &nothing, &meant);
        let after = judge(&assemble(&parts), &nothing, &meant);
        for (before, after) in before.iter().zip(&after) {
            if before.verdict == Verdict::Contradicted {
                contradicted += 1;
                assert_eq!(after.verdict, Verdict::Contradicted, "{before:?} {after:?}");
            }
        }
    }
    assert!(contradicted > 100, "{contradicted}");
}

#[test]
fn wider_times_never_add_a_contradiction() {
    let mut taken_back = 0;
    for stream in 0..30 {
        let (_, parts, meant, mut rng) = draw(3, stream);
        let mut wider = parts.clone();
        for entry in &mut wider.entries {
            if !chance(&mut rng, 40) {
                continue;
            }
            let by = |n: u64| n as i64 * HOUR;
            let Span { lo, hi } = entry.span;
            entry.span = match below(&mut rng, 6) {
                0 => Span::UNKNOWN,
                1 => Span { lo, hi: i64::MAX },
                2 => Span { lo: i64::MIN, hi },
                _ => Span {
                    lo: lo.saturating_sub(by(below(&mut rng, 90))),
                    hi: hi.saturating_add(by(below(&mut rng, 90))),
                },
            };
        }
        let narrow = assemble(&parts);
        let before = judge(&narrow, &narrow.coverage, &meant);
        let after = judge(&assemble(&wider), &narrow.coverage, &meant);
        for (before, after) in before.iter().zip(&after) {
            if after.verdict == Verdict::Contradicted {
                assert_eq!(before.verdict, Verdict::Contradicted, "{before:?} {after:?}");
            } else if before.verdict == Verdict::Contradicted {
                taken_back += 1;
            }
        }
    }
    assert!(taken_back > 20, "{taken_back}");
}
