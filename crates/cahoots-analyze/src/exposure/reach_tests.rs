//! Tests of who could have known: intervals, ties, limits, and its distance from «told».

use cahoots_record::{AccountKey, Role};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use crate::exposure::{Exposure, Question, exposure};
use crate::record::build::Entry;
use crate::record::{Builder, Party, Place, Record, Span};

/// A record of private messages between numbered parties.
fn record(parties: u32, messages: &[(u32, u32, Span)]) -> Record {
    let mut builder = Builder::new("UTC");
    for n in 0..parties {
        let party = builder.party(&n.to_string(), &format!("P{n}"));
        builder.account(AccountKey::name(&format!("P{n}")), party);
    }
    for (ord, (from, to, span)) in messages.iter().enumerate() {
        let takers = vec![(*from, Role::From), (*to, Role::To)];
        builder.push(Entry { takers, ..Entry::new(ord as u64, *span) });
    }
    builder.finish()
}

fn ask(record: &Record, about: &[u32], question: Question) -> Exposure {
    let about = about.iter().map(|place| Place(*place)).collect();
    exposure(record, &Question { about, could: Some(Party(0)), ..question }).result
}

/// "1 2? 3": parties reached, `?` where the order is open.
fn reached(found: &Exposure) -> String {
    let mut words = Vec::new();
    for each in &found.could.as_ref().unwrap().reached {
        words.push(format!("{}{}", each.who.id, if each.order_unknown { "?" } else { "" }));
    }
    words.join(" ")
}

#[test]
fn ties_overlaps_and_undated_messages_are_open() {
    let at = Span::at;
    let messages = [
        (0, 1, at(10)),
        (1, 2, at(10)),
        (1, 3, at(11)),
        (3, 4, Span { lo: 5, hi: 20 }),
        (4, 5, at(21)),
        (3, 6, Span { lo: 12, hi: 20 }),
        (6, 7, at(20)),
        (6, 8, at(21)),
        (1, 9, Span::UNKNOWN),
    ];
    let record = record(11, &messages);
    let found = ask(&record, &[], Question::default());
    assert_eq!(reached(&found), "4? 1 2? 3 6 7? 5? 8 9?");
    let path = |id: &str| -> Vec<String> {
        let could = found.could.as_ref().unwrap();
        let each = could.reached.iter().find(|each| each.who.id == id).unwrap();
        each.path.iter().map(|hop| hop.to.id.clone()).collect()
    };
    assert_eq!(path("8"), ["1", "3", "6", "8"]);
    assert_eq!(path("5"), ["1", "3", "4", "5"]);
    let early = ask(&record, &[], Question { as_of: Some(19), ..Question::default() });
    assert_eq!(reached(&early), "4? 1 2? 3 6? 9?");
    assert!(found.told.is_empty() && found.edges.is_empty(), "reachable is not told");
}

#[test]
fn it_begins_when_the_start_had_it() {
    let at = Span::at;
    let messages = [(0, 1, at(5)), (2, 0, at(10)), (0, 3, at(10)), (0, 4, at(11)), (0, 5, at(13))];
    let record = record(7, &messages);
    // The item is the message from 2 to 0 (the second in time, or third): 0 was told at 10.
    let about = record.places().find(|place| record.wrote(Party(2), *place)).unwrap();
    let found = ask(&record, &[about.0], Question::default());
    assert_eq!(reached(&found), "3? 4 5");
    let found = ask(&record, &[about.0], Question { skew: 1, ..Question::default() });
    assert_eq!(reached(&found), "3? 4? 5");
    // Written by the start itself, it goes out with that very message.
    let found = ask(&record, &[0], Question::default());
    assert_eq!(reached(&found), "1 3 4 5");
    assert!(found.could.as_ref().unwrap().start_is_shown);
    let nobody = ask(&record, &[], Question { could: Some(Party(99)), ..Question::default() });
    assert!(nobody.could.is_some(), "the helper sets the start");
    let question = Question { could: Some(Party(99)), ..Question::default() };
    assert!(exposure(&record, &question).result.could.is_none());
}

/// Draws an instant for each doubtful time and walks; whoever is certain must be reached in every
/// draw, and whoever is reached in some draw must be listed.
#[test]
fn certain_means_in_every_draw_and_open_means_in_some() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut surely = 0;
    for _ in 0..300 {
        let parties = 3 + rng.next_u32() % 4;
        let messages: Vec<(u32, u32, Span)> = (0..1 + rng.next_u32() % 9)
            .map(|_| {
                let lo = i64::from(rng.next_u32() % 12);
                let span = Span { lo, hi: lo + i64::from(rng.next_u32() % 4) };
                (rng.next_u32() % parties, rng.next_u32() % parties, span)
            })
            .collect();
        let found = ask(&record(parties, &messages), &[], Question::default());
        let listed = found.could.unwrap().reached;
        for _ in 0..20 {
            let mut drawn: Vec<(i64, u32, u32)> = messages
                .iter()
                .map(|(from, to, span)| {
                    let width = (span.hi - span.lo + 1) as u32;
                    (span.lo + i64::from(rng.next_u32() % width), *from, *to)
                })
                .collect();
            drawn.sort_unstable();
            let mut at = vec![i64::MAX; parties as usize];
            at[0] = -1;
            for (when, from, to) in drawn {
                if at[from as usize] < when && when < at[to as usize] {
                    at[to as usize] = when;
                }
            }
            for each in &listed {
                let there = at[each.who.party.0 as usize] != i64::MAX;
                assert!(each.order_unknown || there, "{} in {messages:?}", each.who.id);
                surely += usize::from(!each.order_unknown);
            }
            for node in (1..parties).filter(|node| at[*node as usize] != i64::MAX) {
                assert!(listed.iter().any(|each| each.who.party.0 == node), "{node} {messages:?}");
            }
        }
    }
    assert!(surely > 2_000, "too few certain ones to mean anything: {surely}");
}
