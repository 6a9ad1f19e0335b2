//! Runs claims about invented worlds and counts verdicts that the worlds deny.

use std::collections::BTreeMap;

use cahoots_analyze::statements::{Ledger, Options, Reading, Verdict, ledger};
use cahoots_record::Template;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::claims::{Meant, Truth, claim, truth};
use super::{Deed, Held, below, chance, record, world};

/// Claims tested on each world.
pub const EACH: usize = 40;

/// What came of the claims in one class.
#[derive(Clone, Copy, Default, Debug)]
pub struct Tally {
    pub holding: u64,
    pub failing: u64,
    /// Failing and contradicted.
    pub caught: u64,
    /// Failing and in tension.
    pub tension: u64,
    /// Holding, and found consistent with a complete record or supported.
    pub upheld: u64,
}

/// What came of all of them.
#[derive(Default, Debug)]
pub struct Outcome {
    pub claims: u64,
    pub not_testable: u64,
    /// Contradicted, and not failing in the narrowest sense.
    pub wrongly_contradicted: Vec<String>,
    /// Consistent with a complete record, and not holding in the widest sense.
    pub wrongly_complete: Vec<String>,
    /// Supported, and not holding; «exactly» left out.
    pub wrongly_supported: Vec<String>,
    pub by_template: BTreeMap<Template, Tally>,
    /// By the coverage printed: 0, 1 to 24, 25 to 49, 50 to 74, 75 to 99, 100.
    pub by_coverage: BTreeMap<u8, Tally>,
}

/// One world with its record and some claims, each with its verdict and its truth.
pub fn run(seed: u64, stream: u64) -> (Vec<Deed>, Held, Vec<(Meant, Truth, Reading)>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    let deeds = world(&mut rng);
    let quality = [0, 30, 60, 85, 100][below(&mut rng, 5) as usize];
    let held = record(&mut rng, &deeds, quality);
    let meant: Vec<Meant> = (0..EACH)
        .map(|n| {
            let template = Template::ALL[n % Template::ALL.len()];
            let mut best = claim(&mut rng, &deeds, &held, template);
            // Draw again now and then, so that both kinds are common in each template.
            let wanted = chance(&mut rng, 50);
            for _ in 0..6 {
                if truth(&deeds, &best).holds == wanted {
                    break;
                }
                best = claim(&mut rng, &deeds, &held, template);
            }
            best
        })
        .collect();
    let all = Ledger { statements: meant.iter().map(|meant| meant.statement.clone()).collect() };
    let options = Options { probable_accounts: held.probable.clone(), ..Options::default() };
    let found = ledger(&held.record, &all, &held.coverage, &options);
    let judged = meant
        .into_iter()
        .zip(found.result)
        .map(|(meant, judged)| {
            let truth = truth(&deeds, &meant);
            (meant, truth, judged.readings.into_iter().next().unwrap())
        })
        .collect();
    (deeds, held, judged)
}

/// Adds the claims of one world.
pub fn add(outcome: &mut Outcome, seed: u64, stream: u64) {
    let (_, _, judged) = run(seed, stream);
    for (meant, truth, reading) in judged {
        outcome.claims += 1;
        let say = || format!("{stream} {:?} {truth:?}: {}", meant.template, reading.sentence);
        let exactly = reading.counts.is_some()
            && meant.statement.claims[0].bound
                == Some(cahoots_analyze::statements::CountBound::Exactly);
        match &reading.verdict {
            Verdict::Contradicted if !truth.fails => outcome.wrongly_contradicted.push(say()),
            Verdict::ConsistentWithCompleteRecord if !truth.holds => {
                outcome.wrongly_complete.push(say());
            }
            Verdict::Supported if !truth.holds && !exactly => {
                outcome.wrongly_supported.push(say());
            }
            Verdict::NotTestable { .. } => {
                outcome.not_testable += 1;
                continue;
            }
            _ => {}
        }
        let coverage = reading.coverage.as_ref().map_or(0, |share| share.percent);
        let class = match coverage {
            0 => 0,
            1..25 => 1,
            25..50 => 25,
            50..75 => 50,
            75..100 => 75,
            _ => 100,
        };
        for tally in [
            outcome.by_template.entry(meant.template).or_default(),
            outcome.by_coverage.entry(class).or_default(),
        ] {
            tally.holding += u64::from(truth.holds);
            tally.failing += u64::from(truth.fails);
            tally.caught += u64::from(truth.fails && reading.verdict == Verdict::Contradicted);
            tally.tension += u64::from(truth.fails && reading.verdict == Verdict::InTension);
            let upheld = matches!(
                reading.verdict,
                Verdict::ConsistentWithCompleteRecord | Verdict::Supported
            );
            tally.upheld += u64::from(truth.holds && upheld);
        }
    }
}
