//! Tests of this folder's analysis on small invented records.

use cahoots_record::{AccountKey, ItemOrd, ObjectKind, Role};
use serde_json::json;

use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, HOUR, Span, Tie};

/// Ann asks Ben to post a link; Ben posts it two hours later; Ben tells Cleo of the request.
fn case() -> Record {
    let mut builder = Builder::new("UTC");
    let (ann, ben, cleo) =
        (builder.party("a", "Ann"), builder.party("b", "Ben"), builder.party("c", "Cleo"));
    let ann = builder.account(AccountKey::email("ann@a.example"), ann);
    let ben = builder.account(AccountKey::email("ben@b.example"), ben);
    let cleo = builder.account(AccountKey::email("cleo@c.example"), cleo);
    let link = builder.thing(ObjectKind::Url, "https://plan.example");
    builder.push(Entry {
        takers: vec![(ann, Role::From), (ben, Role::To)],
        things: vec![link],
        detail:
            json!({ "id": "M1", "asked": { "what": "post the link", "act": "post", "of": "Ben" } })
                .into(),
        ..Entry::new(0, Span::at(0))
    });
    builder.push(Entry {
        takers: vec![(ben, Role::From), (cleo, Role::To)],
        ties: vec![(Tie::TellsOf, ItemOrd(0))],
        ..Entry::new(1, Span::at(HOUR))
    });
    builder.push(Entry {
        takers: vec![(ben, Role::From)],
        things: vec![link],
        ..Entry::post(2, Span::at(2 * HOUR))
    });
    builder.finish()
}

fn words(brief: &Brief, title: &str) -> Vec<String> {
    let section = brief.sections.iter().find(|section| section.title == title).unwrap();
    section.lines.iter().map(|line| line.words.clone()).collect()
}

#[test]
fn the_page_says_what_was_asked_done_and_told() {
    let brief = brief(&case(), &Options::default(), Vec::new()).result;
    let asked = words(&brief, "What was asked, and what was then done");
    assert_eq!(
        asked[0],
        "On 1 January 1970, 00:00 UTC: Ann asks: post the link (of Ben). Ben posts 2 h later, \
         sharing the same thing (https://plan.example)."
    );
    assert!(asked[1].starts_with("Was what Ann wrote to Ben acted on in response? Cannot tell."));
    let told = words(&brief, "Who was told");
    assert_eq!(
        told[1],
        "On 1 January 1970, 01:00 UTC: Ben sent M1, or told of it, to Cleo (grade 3)."
    );
    let contact = words(&brief, "Who was in contact");
    assert!(contact[0].contains("The one by Ann has no answer in the record."), "{contact:?}");
}

#[test]
fn every_line_that_claims_something_is_cited_and_an_empty_record_says_so() {
    for section in brief(&case(), &Options::default(), Vec::new()).result.sections {
        assert!(
            section.lines.iter().any(|line| !line.cites.is_empty())
                || section.title == "What is missing",
            "{section:?}"
        );
    }
    let nothing = brief(&Record::empty("UTC"), &Options::default(), Vec::new()).result;
    assert!(nothing.sections.iter().all(|section| !section.lines.is_empty()));
}
