//! What keeps a record open although its table calls it complete, and what counts as one message.

use cahoots_record::{Flags, Medium, Role};
use serde_json::json;

use super::super::*;
use super::tests::Case;
use crate::record::build::Entry;
use crate::record::{DAY, Span};

/// A table that calls everything of Bo's complete.
fn complete(from: Option<&str>) -> Coverage {
    let row = CoverageRow {
        custodian: "Bo Mooring".to_owned(),
        channel: "*".to_owned(),
        from: from.map(str::to_owned),
        completeness: Completeness::Full,
        ..CoverageRow::default()
    };
    Coverage { zone: Some("UTC".to_owned()), rows: vec![row] }
}

/// The verdict on «no contact of Ada with Bo» after adding one item.
fn verdict(coverage: &Coverage, from: Option<&str>, add: impl FnOnce(&mut Case)) -> Verdict {
    let mut case = Case::new();
    add(&mut case);
    let record = case.builder.finish();
    let mut claim = Claim::new("r", Some(cahoots_record::Template::NoContact));
    let named = |name: &str| Named::confirmed(record.party_named(name).unwrap(), name);
    claim.actors = vec![named("Ada Quay")];
    claim.counterparts = vec![named("Bo Mooring")];
    claim.from = from.and_then(|from| read_time(from, zone("UTC").as_ref()));
    let statement = Statement {
        place: None,
        id: "S".to_owned(),
        speaker: record.party_named("Ada Quay"),
        speaker_name: "Ada Quay".to_owned(),
        made: Span::at(9 * DAY),
        question: None,
        words: None,
        place_made: None,
        where_published: Vec::new(),
        hedge: None,
        claims: vec![claim],
    };
    let all = Ledger { statements: vec![statement] };
    let found = ledger(&record, &all, coverage, &Options::default());
    found.result[0].readings[0].verdict.clone()
}

fn to_cy() -> Entry {
    Entry { takers: vec![(0, Role::From), (2, Role::To)], ..Entry::new(0, Span::at(DAY)) }
}

#[test]
fn a_letter_in_the_other_ones_archive_may_be_a_blind_copy() {
    let all = complete(None);
    let ours = verdict(&all, None, |case| {
        case.add(to_cy());
    });
    assert_eq!(ours, Verdict::ConsistentWithCompleteRecord);
    let held = verdict(&all, None, |case| {
        let bo = case.builder.custodian("Bo Mooring", Some(crate::Party(1)));
        case.add(Entry { held_by: vec![bo], ..to_cy() });
    });
    assert_eq!(held, Verdict::NotContradicted { coverage_percent: 99 });
    let open = verdict(&all, None, |case| {
        case.add(Entry { detail: json!({ "recipients_open": true }).into(), ..to_cy() });
    });
    assert_eq!(open, Verdict::NotContradicted { coverage_percent: 99 });
    let unsigned = verdict(&all, None, |case| {
        case.add(Entry { takers: vec![(0, Role::To)], ..to_cy() });
    });
    assert_eq!(unsigned, Verdict::NotContradicted { coverage_percent: 99 });
}

#[test]
fn a_quotation_or_a_copy_alone_does_not_contradict() {
    let to_bo = |role: Role| vec![(0, Role::From), (1, role)];
    let with = |role: Role, recovered: bool| {
        verdict(&Coverage::default(), None, |case| {
            let flags = Flags { recovered, ..Flags::default() };
            case.add(Entry { takers: to_bo(role), flags, ..to_cy() });
        })
    };
    assert_eq!(with(Role::To, false), Verdict::Contradicted);
    assert_eq!(with(Role::To, true), Verdict::InTension);
    assert_eq!(with(Role::Cc, false), Verdict::InTension);
    assert_eq!(with(Role::Member, false), Verdict::InTension);
    assert_eq!(with(Role::Mention, false), Verdict::NotContradicted { coverage_percent: 0 });
}

#[test]
fn a_table_that_starts_a_day_late_is_not_complete() {
    let judge = |table: &str| verdict(&complete(Some(table)), Some("1970-01-03"), |_| {});
    assert_eq!(judge("1970-01-03"), Verdict::ConsistentWithCompleteRecord);
    // 6 of 7 days, on each channel.
    assert_eq!(judge("1970-01-04"), Verdict::NotContradicted { coverage_percent: 85 });
}

#[test]
fn entries_of_a_compiled_record_are_different_messages_even_at_one_time() {
    let record = |detail: serde_json::Value| {
        let mut case = Case::new();
        for _ in 0..2 {
            case.add(Entry {
                medium: Medium::Email,
                takers: vec![(0, Role::From), (1, Role::To)],
                detail: detail.clone().into(),
                ..Entry::new(0, Span { lo: 0, hi: DAY })
            });
        }
        case.builder.finish()
    };
    for (detail, expected) in [(json!({ "schema": "compiled/1" }), 2), (json!({ "mail": 1 }), 1)] {
        let record = record(detail);
        let places: Vec<_> = record.places().collect();
        assert_eq!(super::super::contact::distinct(&record, &places), expected);
    }
}
