//! Gaps with known paths.

use cahoots_record::{AccountKey, ItemOrd, Role};

use super::*;
use crate::exposure::{Exposure, Question, exposure};
use crate::record::build::Entry;
use crate::record::{Builder, HOUR, Place, Tie};

/// Parties a to h; each message is (ord, from, to, hour). Message 1 is what is asked about; ties
/// are (of, tie, to).
fn found(messages: &[(u64, usize, usize, i64)], ties: &[(u64, Tie, u64)]) -> Exposure {
    let mut b = Builder::new("UTC");
    let names = ["Ada", "Bo", "Cy", "Di", "Ed", "Flo", "Gil", "Hal"];
    let accounts = names.map(|name| {
        let party = b.party(name, name);
        b.account(AccountKey::name(name), party)
    });
    for (ord, from, to, at) in messages {
        let ties = ties.iter().filter(|tie| tie.0 == *ord);
        b.push(Entry {
            takers: vec![(accounts[*from], Role::From), (accounts[*to], Role::To)],
            ties: ties.map(|(_, tie, other)| (*tie, ItemOrd(*other))).collect(),
            ..Entry::new(*ord, Span::at(at * HOUR))
        });
    }
    let record = b.finish();
    let about: Vec<Place> =
        record.places().filter(|place| record.row(*place).ord == ItemOrd(1)).collect();
    exposure(&record, &Question { about, ..Question::default() }).result
}

const FORWARDS: &[(u64, Tie, u64)] = &[(9, Tie::Forwards, 1)];

#[test]
fn who_lies_on_a_path_between_two_who_had_it_is_grade_7_and_never_told() {
    // Ada tells Bo at 1; Ed forwards it to Hal at 9 and nothing shows from whom he had it. Bo
    // wrote to Cy at 2, Cy to Di at 3, Di to Ed at 4; Flo wrote to Ed before she heard from Bo.
    let found = found(
        &[
            (1, 0, 1, 1),
            (2, 1, 2, 2),
            (3, 2, 3, 3),
            (4, 3, 4, 4),
            (5, 5, 4, 2),
            (6, 1, 5, 3),
            (9, 4, 7, 9),
        ],
        FORWARDS,
    );
    let gap = &found.unseen[0];
    assert_eq!(gap.who.name, "Ed");
    let names: Vec<&str> = gap.between.iter().map(|each| each.who.name.as_str()).collect();
    assert_eq!(names, ["Cy", "Di"]);
    assert!(gap.direct.is_empty() && gap.public_before.is_none());
    let path: Vec<&str> = gap.between[0].path.iter().map(|hop| hop.to.name.as_str()).collect();
    assert_eq!((gap.between[0].from.name.as_str(), path), ("Bo", vec!["Cy", "Di", "Ed"]));
    assert!(gap.between.iter().all(|each| each.grade == 7));
    let told: Vec<&str> = found.told.iter().map(|told| told.who.name.as_str()).collect();
    assert!(!told.contains(&"Cy") && !told.contains(&"Di"), "{told:?}");
    let words = found.sentences.iter().find(|it| it.words.starts_with("From whom")).unwrap();
    assert!(words.words.contains("may have passed through Cy and Di (grade 7"), "{}", words.words);
}

#[test]
fn a_message_from_somebody_who_had_it_is_named_apart() {
    let found = found(&[(1, 0, 1, 1), (2, 1, 4, 2), (9, 4, 7, 9)], FORWARDS);
    let gap = &found.unseen[0];
    let direct: Vec<&str> = gap.direct.iter().map(|hop| hop.to.name.as_str()).collect();
    assert_eq!(direct, ["Bo"]);
    assert!(gap.between.is_empty());
}

#[test]
fn equal_times_do_not_chain_and_later_messages_do_not_count() {
    // Bo to Cy and Cy to Ed at the same hour; Bo to Di before, Di to Ed only after the forward.
    let found = found(
        &[(1, 0, 1, 1), (2, 1, 2, 5), (3, 2, 4, 5), (4, 1, 3, 2), (5, 3, 4, 10), (9, 4, 7, 9)],
        FORWARDS,
    );
    let gap = &found.unseen[0];
    assert!(gap.between.is_empty() && gap.direct.is_empty(), "{gap:?}");
    assert!(found.sentences.iter().any(|it| it.words.contains("No path of contacts")));
}

#[test]
fn without_a_gap_there_is_nothing_of_grade_7() {
    // Bo forwards what he was sent.
    let found = found(&[(1, 0, 1, 1), (2, 1, 2, 2), (9, 1, 7, 9)], FORWARDS);
    assert!(found.unseen.is_empty());
}
