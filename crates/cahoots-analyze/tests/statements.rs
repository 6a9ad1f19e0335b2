//! Soundness of verdicts on statements, over invented worlds with known truth.

mod worlds;

use worlds::check::{EACH, Outcome, add};

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
