//! Many pairs with known truth.

use cahoots_record::{AccountKey, Role};

use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, DAY, HOUR};
use crate::stats::Stream;

/// `pairs` pairs with 20 messages and 60 acts in a year; the first `moved` act four hours after
/// half of the messages.
fn record(pairs: u32, moved: u32) -> Record {
    let mut stream = Stream::new(5, 5);
    let mut b = Builder::new("UTC");
    let mut ord = 0_u64;
    for pair in 0..pairs {
        let (a, z) = (format!("a{pair:03}"), format!("z{pair:03}"));
        let (from, to) = (b.party(&a, &a), b.party(&z, &z));
        let from = b.account(AccountKey::name(&a), from);
        let to = b.account(AccountKey::name(&z), to);
        let mut act = |b: &mut Builder, t: i64| {
            ord += 1;
            let takers = vec![(to, Role::From)];
            b.push(Entry { takers, ..Entry::post(ord, Span::at(t)) });
        };
        let mut when = || i64::from(stream.below(364 * 24 * 60)) * 60_000_000;
        let messages: Vec<i64> = (0..20).map(|_| when()).collect();
        for _ in 0..60 {
            act(&mut b, when());
        }
        for t in messages.iter().skip(10).filter(|_| pair < moved) {
            act(&mut b, t + 4 * HOUR);
        }
        for t in messages {
            ord += 1;
            let takers = vec![(from, Role::From), (to, Role::To)];
            b.push(Entry { takers, ..Entry::new(ord, Span::at(t)) });
        }
    }
    b.finish()
}

#[test]
fn a_scan_finds_the_pairs_that_move_and_agrees_with_the_single_question() {
    let record = record(30, 3);
    let pairs = pairs_with_sessions(&record, 24 * HOUR, FEWEST_SESSIONS);
    assert_eq!(pairs.len(), 30);
    let question = Question { redraws: 999, ..Question::new(Party(0), Party(1)) };
    let found = scan(&record, &pairs, &question).result;
    assert_eq!(found.family, 30);
    assert!(!found.p_floor_reached);
    let hits: Vec<&str> =
        found.pairs.iter().filter(|row| row.q <= ALPHA).map(|row| row.from.name.as_str()).collect();
    assert!(hits.iter().all(|name| ["a000", "a001", "a002"].contains(name)), "{hits:?}");
    assert!(hits.len() >= 2, "{hits:?}");
    // The same numbers as one question alone, whatever else was scanned.
    let first = &found.pairs[0];
    let party = |name: &str| record.party_named(name).unwrap();
    let alone =
        Question { redraws: 999, ..Question::new(party(&first.from.name), party(&first.to.name)) };
    assert_eq!(acts(&record, &alone).result.tests[0].test, first.test);
    let few = scan(&record, &pairs[..5], &question).result;
    let again = found.pairs.iter().find(|row| row.from == few.pairs[0].from).unwrap();
    assert_eq!(again.test, few.pairs[0].test);
}

#[test]
fn too_few_redraws_are_said() {
    let record = record(12, 2);
    let pairs = pairs_with_sessions(&record, 24 * HOUR, FEWEST_SESSIONS);
    let question = Question { redraws: 39, ..Question::new(Party(0), Party(1)) };
    let finding = scan(&record, &pairs, &question);
    assert!(finding.result.p_floor_reached);
    assert!(finding.caveats.iter().any(|it| it.starts_with("p floor reached")));
    let told = |row: &PairRow| row.verdict == Verdict::MoreThanChanceInTiming;
    assert!(!finding.result.pairs.iter().any(told));
    let odd = scan(&record, &[(Party(0), Party(0)), (Party(900), Party(1))], &question);
    assert!(odd.result.pairs.iter().all(|row| row.words == "cannot tell"));
    assert!(scan(&record, &[], &question).result.pairs.is_empty());
    assert_eq!(pairs_with_sessions(&record, 400 * DAY, 2), []);
}
