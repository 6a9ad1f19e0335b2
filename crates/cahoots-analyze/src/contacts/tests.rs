//! Tests of this folder's analysis on small invented records.

use cahoots_record::{AccountKey, ItemOrd, Role};
use serde_json::json;

use super::super::{Options, table};
use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, HOUR, Span, Tie};

/// Ann and Ben with a few messages: (writer is Ann, from hour, to hour, answers).
fn letters(lines: &[(bool, i64, i64, Option<u64>)]) -> Record {
    let mut builder = Builder::new("UTC");
    let ann = builder.party("a", "Ann");
    let ben = builder.party("b", "Ben");
    let cleo = builder.party("c", "Cleo");
    let ann = builder.account(AccountKey::email("ann@a.example"), ann);
    let ben = builder.account(AccountKey::email("ben@b.example"), ben);
    let cleo = builder.account(AccountKey::email("cleo@c.example"), cleo);
    let channel = builder.channel("ann and ben");
    for (ord, (by_ann, lo, hi, answers)) in lines.iter().enumerate() {
        let (from, to) = if *by_ann { (ann, ben) } else { (ben, ann) };
        let mut entry = Entry::new(ord as u64, Span { lo: lo * HOUR, hi: hi * HOUR });
        entry.channel = Some(channel);
        entry.takers = vec![(from, Role::From), (to, Role::To)];
        entry.ties = answers.iter().map(|ord| (Tie::Answers, ItemOrd(*ord))).collect();
        builder.push(entry);
    }
    let mut shared = Entry::new(100, Span::at(3 * HOUR));
    shared.takers = vec![(cleo, Role::From), (ann, Role::To), (ben, Role::Cc)];
    builder.push(shared);
    let mut doubted = Entry::new(101, Span::UNKNOWN);
    doubted.takers = vec![(ann, Role::From), (ben, Role::To)];
    doubted.detail = json!({ "certainty": "unverified: hearsay" }).into();
    builder.push(doubted);
    let mut robot = Entry::new(102, Span::at(4 * HOUR));
    robot.takers = vec![(ann, Role::From), (ben, Role::To)];
    robot.flags.automated = true;
    builder.push(robot);
    builder.finish()
}

fn both(record: &Record) -> Dossier {
    dossier(record, Party(0), Party(1), &Options::default()).result
}

#[test]
fn answers_are_counted_where_certain_and_others_apart() {
    let record = letters(&[(true, 0, 0, None), (false, 2, 2, None), (true, 400, 400, None)]);
    let dossier = both(&record);
    assert_eq!((dossier.a_to_b.messages.n, dossier.a_to_b.answered.n), (2, 1));
    assert_eq!((dossier.b_to_a.messages.n, dossier.b_to_a.answered.n), (1, 0));
    assert_eq!(dossier.a_to_b.median_answer, Some((2 * HOUR, 2 * HOUR)));
    assert_eq!(dossier.shared.n, 1);
    assert_eq!(dossier.unverified.n, 1);
    assert_eq!(dossier.longest_silence.unwrap().least, 398 * HOUR);
    assert_eq!(dossier.others, []);
    assert_eq!(dossier.active_days, 2);
    assert_eq!(dossier.messages.len(), 4);
}

#[test]
fn a_stated_answer_counts_although_the_times_overlap() {
    let lines = [(true, 0, 8, None), (false, 4, 12, Some(0))];
    let dossier = both(&letters(&lines));
    assert_eq!(dossier.a_to_b.answered.n, 1);
    assert_eq!(dossier.a_to_b.median_answer, Some((0, 12 * HOUR)));
    // What Ben answers came before his answer: it cannot be an answer to it.
    assert_eq!(dossier.b_to_a.open.n, 0);
    let unsaid = [(true, 0, 8, None), (false, 4, 12, None)];
    let dossier = both(&letters(&unsaid));
    assert_eq!((dossier.a_to_b.answered.n, dossier.a_to_b.open.n), (0, 1));
}

#[test]
fn the_table_agrees_with_the_dossier() {
    let record = letters(&[(true, 0, 0, None), (false, 2, 2, None), (true, 400, 400, None)]);
    let pairs = table(&record, &Options::default());
    let pair = &pairs.result[0];
    assert_eq!((pair.messages, pair.unverified), (3, 1));
    assert_eq!((pair.a_to_b.messages, pair.a_to_b.answered), (2, 1));
    // Cleo wrote to both.
    assert_eq!(pairs.result.len(), 3);
    assert_eq!(pairs.caveats.len(), 1);
}

#[test]
fn strangers_have_an_empty_dossier() {
    let record = letters(&[]);
    let dossier = dossier(&record, Party(0), Party(2), &Options::default());
    assert_eq!(dossier.result.a_to_b.messages.n, 0);
    assert!(dossier.result.first.is_none() || dossier.result.b_to_a.messages.n > 0);
    let nobody = super::dossier(&Record::empty("UTC"), Party(0), Party(9), &Options::default());
    assert!(nobody.result.messages.is_empty());
}
