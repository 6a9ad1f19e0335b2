//! Runs claims about invented worlds and counts verdicts that the worlds deny.

use std::collections::BTreeMap;

use cahoots_analyze::statements::{Coverage, Ledger, Options, Reading, Verdict, ledger};
use cahoots_record::Template;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng;

use super::claims::{Meant, about, claim, truth};
use super::{Deed, Held, Parts, assemble, below, chance, record, world};

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

/// One world, what its record is made of, and some claims about it.
pub fn draw(seed: u64, stream: u64) -> (Vec<Deed>, Parts, Vec<Meant>, ChaCha8Rng) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    let deeds = world(&mut rng);
    let quality = [0, 30, 60, 85, 100][below(&mut rng, 5) as usize];
    let parts = record(&mut rng, &deeds, quality);
    let held = assemble(&parts);
    let draw_one = |rng: &mut ChaCha8Rng, n: usize| {
        // The worlds have no words, so there is nothing to quote.
        let tested = Template::ALL.iter().filter(|template| **template != Template::Quoted);
        let tested: Vec<Template> = tested.copied().collect();
        let template = tested[n % tested.len()];
        let mut best = claim(rng, &deeds, &held, template);
        // Draw again now and then, so that both kinds are common in each template.
        let wanted = chance(rng, 50);
        for _ in 0..6 {
            if truth(&deeds, &best).holds == wanted {
                break;
            }
            best = claim(rng, &deeds, &held, template);
        }
        best
    };
    let meant = (0..EACH).map(|n| draw_one(&mut rng, n)).collect();
    (deeds, parts, meant, rng)
}

/// The verdicts on claims by a record.
pub fn judge(held: &Held, coverage: &Coverage, meant: &[Meant]) -> Vec<Reading> {
    let statements = meant.iter().map(|meant| {
        let mut statement = meant.statement.clone();
        statement.claims[0].about = about(meant.matter, held);
        statement
    });
    let all = Ledger { statements: statements.collect() };
    let options = Options { probable_accounts: held.probable.clone(), ..Options::default() };
    let found = ledger(&held.record, &all, coverage, &options);
    found.result.into_iter().filter_map(|judged| judged.readings.into_iter().next()).collect()
}

/// Adds the claims of one world.
pub fn add(outcome: &mut Outcome, seed: u64, stream: u64) {
    let (deeds, parts, all, _) = draw(seed, stream);
    let held = assemble(&parts);
    for (meant, reading) in all.iter().zip(judge(&held, &held.coverage, &all)) {
        let truth = truth(&deeds, meant);
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
