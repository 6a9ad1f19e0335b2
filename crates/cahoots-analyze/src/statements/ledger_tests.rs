//! A case with the structure of the published example and invented people.

use cahoots_record::{AccountKey, ItemKind, ItemOrd, Medium, Role};
use serde_json::{Value, json};

use super::super::*;
use crate::record::build::Entry;
use crate::record::{Builder, DAY, Party, Record, Span, Tie};

fn utc(text: &str) -> i64 {
    text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
}

fn span(from: &str, until: &str) -> Span {
    Span { lo: utc(from), hi: utc(until) }
}

pub(super) struct Case {
    pub(super) builder: Builder,
    next: u64,
}

impl Case {
    pub(super) fn new() -> Self {
        let mut builder = Builder::new("Europe/Berlin");
        for (id, name) in
            [("ada", "Ada Quay"), ("bo", "Bo Mooring"), ("cy", "Cy Harbour"), ("di", "Di Jetty")]
        {
            let party = builder.party(id, name);
            builder.account(AccountKey::email(&format!("{id}@harbour.example")), party);
        }
        Self { builder, next: 0 }
    }

    /// Accounts are numbered like parties: 0 Ada, 1 Bo, 2 Cy, 3 Di.
    fn mail(&mut self, id: &str, when: Span, from: u32, to: &[u32], ties: &[(Tie, u64)]) -> u64 {
        let takers = std::iter::once((from, Role::From));
        let takers = takers.chain(to.iter().map(|to| (*to, Role::To))).collect();
        self.add(Entry {
            medium: Medium::Email,
            takers,
            ties: ties.iter().map(|(tie, ord)| (*tie, ItemOrd(*ord))).collect(),
            detail: json!({ "schema": "compiled/1", "id": id }).into(),
            ..Entry::new(0, when)
        })
    }

    fn statement(&mut self, id: &str, speaker: Option<u32>, when: Span, claims: &Value) -> u64 {
        self.add(Entry {
            kind: ItemKind::Statement,
            medium: Medium::Publication,
            takers: speaker.into_iter().map(|who| (who, Role::From)).collect(),
            detail: json!({
                "schema": "compiled/1",
                "id": id,
                "time": { "zone": "Europe/Berlin" },
                "where": "Morning Tide",
                "question": "whether they had been in touch",
                "quoted": "We were not in touch.",
                "published": [
                    { "id": "S2", "title": "Tide", "date": "2021-03-21" },
                    { "id": "S1", "title": "Log", "date": "2021-03-20", "url": "https://log.example/1" },
                ],
                "claims": claims,
            })
            .into(),
            ..Entry::post(0, when)
        })
    }

    pub(super) fn add(&mut self, entry: Entry) -> u64 {
        let ord = self.next;
        self.next += 1;
        let fresh = Entry::new(ord, Span::UNKNOWN);
        self.builder.push(Entry { id: fresh.id, ord: fresh.ord, thread: ord, ..entry });
        ord
    }

    fn judge(self, coverage: &Coverage) -> (Record, Vec<Judged>) {
        let record = self.builder.finish();
        let all = Ledger::from_record(&record, &|_| None, &|_| Vec::new());
        let found = ledger(&record, &all, coverage, &Options::default());
        assert_eq!(found.method, "statements");
        serde_json::to_string(&found).unwrap();
        (record, found.result)
    }
}

fn ids(record: &Record, reading: &Reading) -> Vec<String> {
    let id = |witness: &Witness| {
        let place = record.by_id(witness.item.0).unwrap();
        record.details[&place]["id"].as_str().unwrap().to_owned()
    };
    reading.witnesses.iter().map(id).collect()
}

/// Ada hears from Bo four times before 20 March, answers twice, and tells Cy of the first.
fn told() -> Case {
    let mut case = Case::new();
    let m1 = case.mail("M1", span("2021-03-02T10:00:00Z", "2021-03-02T11:00:00Z"), 1, &[0], &[]);
    case.mail(
        "M2",
        span("2021-03-03T08:00:00Z", "2021-03-03T12:00:00Z"),
        0,
        &[1],
        &[(Tie::Answers, m1)],
    );
    case.mail("M3", span("2021-03-09T00:00:00Z", "2021-03-09T22:59:59Z"), 1, &[0], &[]);
    case.mail("M4", span("2021-03-09T00:00:00Z", "2021-03-09T22:59:59Z"), 0, &[1], &[]);
    let e1 = case.mail(
        "E1",
        span("2021-03-03T00:00:00Z", "2021-03-03T22:59:59Z"),
        0,
        &[2],
        &[(Tie::TellsOf, m1)],
    );
    case.mail("E2", Span::UNKNOWN, 2, &[3], &[(Tie::Forwards, e1), (Tie::TellsOf, m1)]);
    // On the day of the statement, perhaps after it.
    case.mail("M5", span("2021-03-20T06:00:00Z", "2021-03-20T22:59:00Z"), 1, &[0], &[]);
    case
}

fn said() -> Span {
    Span { lo: utc("2021-03-19T23:00:00Z"), hi: utc("2021-03-20T22:59:59Z") }
}

#[test]
fn each_reading_has_its_own_verdict_and_the_strongest_witnesses() {
    let mut case = told();
    case.statement(
        "D1",
        Some(3),
        said(),
        &json!([
            { "reading": "they did not act in concert", "until": "2021-03-20" },
            { "reading": "nobody was in contact", "template": "no_contact",
              "actors": ["Ada Quay", "Cy Harbour"], "counterparts": ["Bo Mooring"],
              "until": "2021-03-20", "hedge": "as far as I know" },
        ]),
    );
    let (record, judged) = case.judge(&Coverage::default());
    let [a, b] = judged[0].readings.as_slice() else { panic!("two readings") };
    assert_eq!(a.verdict, Verdict::NotTestable { why: "no template was chosen".to_owned() });
    assert_eq!(b.verdict, Verdict::Contradicted);
    assert_eq!(ids(&record, b), ["E1", "M2", "M4"]);
    assert_eq!(
        b.sentence,
        "Contradicted under the reading «nobody was in contact»: 3 items of the record show \
         contact of Ada Quay or Cy Harbour with Bo Mooring before 20 March 2021."
    );
    assert_eq!(b.hedge.as_deref(), Some("as far as I know"));
    assert!(b.reasons.iter().any(|reason| reason.starts_with("2 more items show it")));
    assert_eq!(
        b.coverage_line.as_deref(),
        Some("email 0%, direct message 0%, chat 0%; not recorded: voice, in person")
    );
    // The speaker had E2, of which the day is not known.
    let told = b.told_before.as_ref().unwrap();
    assert_eq!((told.len(), told[0].grade, told[0].certainly_before), (1, 3, false));
    assert_eq!(judged[0].made_on.as_deref(), Some("20 March 2021"));
}

#[test]
fn doubt_about_time_identity_or_arrival_stops_at_in_tension() {
    let mut case = told();
    let claim = |template: &str, until: &str, about: &str| {
        json!([{ "reading": "r", "template": template, "actors": ["Di Jetty"],
                 "counterparts": ["Cy Harbour"], "until": until, "about": about }])
    };
    // E2 is undated; even dated, it shows that Di received it and no more.
    case.statement("D2", Some(3), said(), &claim("did_not_know", "2021-03-20", "E1"));
    case.statement("D3", Some(3), said(), &claim("no_contact", "2021-03-20", ""));
    case.statement("D4", Some(3), said(), &claim("never_discussed", "2021-03-20", "M3"));
    let (record, judged) = case.judge(&Coverage::default());
    let verdicts: Vec<&Verdict> = judged.iter().map(|one| &one.readings[0].verdict).collect();
    let open = Verdict::NotContradicted { coverage_percent: 0 };
    assert_eq!(verdicts, [&Verdict::InTension, &Verdict::InTension, &open]);
    assert_eq!(ids(&record, &judged[0].readings[0]), ["E2"]);
    assert_eq!(judged[0].readings[0].reasons.len(), 2);

    // The same contact as in the first test, by an account that nobody confirmed.
    let mut case = told();
    case.statement(
        "D1",
        Some(0),
        said(),
        &json!([
            { "reading": "r", "template": "no_contact", "actors": ["Ada Quay"],
              "counterparts": ["Bo Mooring"], "until": "2021-03-20" },
        ]),
    );
    let record = case.builder.finish();
    let mut all = Ledger::from_record(&record, &|_| None, &|_| Vec::new());
    let verdict = |all: &Ledger, options: &Options<'_>| {
        ledger(&record, all, &Coverage::default(), options).result[0].readings[0].verdict.clone()
    };
    assert_eq!(verdict(&all, &Options::default()), Verdict::Contradicted);
    let probable = Options { probable_accounts: [1].into(), ..Options::default() };
    assert_eq!(verdict(&all, &probable), Verdict::InTension);
    all.statements[0].claims[0].counterparts[0].identity = Identity::Probable;
    assert_eq!(verdict(&all, &Options::default()), Verdict::InTension);
}

#[test]
fn a_count_has_a_side_and_two_halves() {
    let count = |reading: &str, bound: &str, n: u64| {
        json!({ "reading": reading, "template": "contact_count", "actors": ["Ada Quay"],
                "counterparts": ["Bo Mooring"], "bound": bound, "count": n,
                "until": "2021-03-19" })
    };
    let mut case = told();
    case.statement(
        "D1",
        Some(0),
        said(),
        &json!([
            count("she sent two messages", "exactly", 2),
            count("there were two messages", "exactly", 2),
            count("she sent one message", "at most", 1),
            count("there were three messages", "at least", 3),
            count("she sent three messages", "at least", 3),
        ]),
    );
    let (_, judged) = case.judge(&Coverage::default());
    let readings = &judged[0].readings;
    let verdicts: Vec<Verdict> = readings.iter().map(|one| one.verdict.clone()).collect();
    let open = Verdict::NotContradicted { coverage_percent: 0 };
    use Verdict::{Contradicted, Supported};
    assert_eq!(verdicts, [Supported, Contradicted, Contradicted, Supported, open]);
    assert!(readings[0].reasons[0].contains("that there were no more is not contradicted"));
    let counts = readings[1].counts.unwrap();
    assert_eq!((counts.least, counts.most, counts.sent, counts.came), (4, 4, 2, 2));
}

#[test]
fn a_complete_record_lets_absence_speak() {
    let claims = json!([
        { "reading": "never", "template": "no_contact", "actors": ["Di Jetty"],
          "counterparts": ["Bo Mooring"], "until": "2021-03-20" },
        { "reading": "told", "template": "told", "actors": ["Di Jetty"], "about": "M1",
          "counterparts": ["Bo Mooring"], "until": "2021-03-20" },
        { "reading": "often", "template": "contact_count", "actors": ["Di Jetty"],
          "counterparts": ["Bo Mooring"], "bound": "at least", "count": 1 },
        { "reading": "knew", "template": "did_not_know", "actors": ["Bo Mooring"],
          "about": "E1", "until": "2021-03-20" },
    ]);
    let row = |channel: &str, completeness| CoverageRow {
        custodian: "Bo Mooring".to_owned(),
        channel: channel.to_owned(),
        to: Some("2021-12-31".to_owned()),
        completeness,
        how_known: "certified production".to_owned(),
        ..CoverageRow::default()
    };
    let verdicts = |rows: Vec<CoverageRow>| -> Vec<Verdict> {
        let mut case = told();
        case.statement("D1", Some(3), said(), &claims);
        let (_, judged) = case.judge(&Coverage { zone: None, rows });
        judged[0].readings.iter().map(|one| one.verdict.clone()).collect()
    };
    let open = |coverage_percent| Verdict::NotContradicted { coverage_percent };
    let full = verdicts(vec![row("*", Completeness::Full)]);
    assert_eq!(
        full[..3],
        [Verdict::ConsistentWithCompleteRecord, Verdict::Contradicted, Verdict::Contradicted,]
    );
    assert_eq!(full[3], open(100), "nobody's record is complete for what was learned");
    let mail = verdicts(vec![row("mail", Completeness::Full)]);
    assert_eq!(mail, [open(33), open(33), open(33), open(33)]);
    let partial = verdicts(vec![row("*", Completeness::Partial)]);
    assert_eq!(partial, [open(0), open(0), open(0), open(0)]);
}

#[test]
fn automated_and_shared_messages_are_counted_apart() {
    let mut case = Case::new();
    case.mail("shared", Span::at(DAY), 2, &[0, 1], &[]);
    let auto = case.mail("auto", Span::at(2 * DAY), 0, &[1], &[]);
    case.statement(
        "D1",
        Some(0),
        Span::at(9 * DAY),
        &json!([
            { "reading": "never", "template": "no_contact", "actors": ["Ada Quay"],
              "counterparts": ["Bo Mooring"] },
        ]),
    );
    let mut record = case.builder.finish();
    let place = record.places().find(|place| record.row(*place).ord.0 == auto).unwrap();
    record.rows[place.0 as usize].flags.automated = true;
    let all = Ledger::from_record(&record, &|_| None, &|_| Vec::new());
    let judge = |count_automated| {
        let options = Options { count_automated, ..Options::default() };
        ledger(&record, &all, &Coverage::default(), &options).result[0].readings[0].clone()
    };
    let reading = judge(false);
    assert_eq!(reading.verdict, Verdict::NotContradicted { coverage_percent: 0 });
    assert_eq!((reading.excluded.automated, reading.excluded.shared), (1, 1));
    assert_eq!(judge(true).verdict, Verdict::Contradicted);
}

#[test]
fn what_cannot_be_tested_is_kept_and_says_why() {
    let claim = json!({ "reading": "r", "template": "no_contact", "actors": ["Ada Quay"],
                        "counterparts": ["Bo Mooring"], "until": "2021-03-20" });
    let with = |key: &str, value: Value| {
        let mut claim = claim.clone();
        claim[key] = value;
        claim
    };
    let mut case = told();
    case.statement("undated", Some(0), Span::UNKNOWN, &json!([claim]));
    case.statement("unsigned", None, said(), &json!([claim]));
    case.statement("empty", Some(0), said(), &json!([]));
    case.statement("bad", Some(0), said(), &json!([
        with("actors", json!(["Nobody Known"])),
        with("counterparts", json!([])),
        with("counterparts", json!(["Ada Quay"])),
        with("until", json!("next week")),
        with("from", json!("2021-04-01")),
        with("template", json!("contact_count")),
        with("template", json!("first_contact")),
        with("template", json!("never_discussed")),
        { "reading": "about", "template": "not_forwarded", "actors": ["Ada Quay"], "about": "M99" },
    ]));
    let (_, judged) = case.judge(&Coverage::default());
    let mut whys: Vec<String> = Vec::new();
    for one in &judged {
        for reading in &one.readings {
            match &reading.verdict {
                Verdict::NotTestable { why } => whys.push(format!("{}: {why}", one.id)),
                other => whys.push(format!("{}: tested, {other:?}", one.id)),
            }
        }
    }
    assert_eq!(
        whys,
        [
            "unsigned: who said it is not known",
            "empty: no claim was read in it",
            "bad: the record knows none of the actors (Nobody Known)",
            "bad: the claim names no counterparts",
            "bad: both sides of the claim are one party",
            "bad: the time «next week» could not be read",
            "bad: the time claimed ends before it starts",
            "bad: the claim gives no number, or does not say how it is bounded",
            "bad: tested, Contradicted",
            "bad: the claim does not say what it is about",
            "bad: the record holds nothing named «M99»",
            "undated: when it was said is not known",
        ]
    );
}

#[test]
fn exposure_may_be_asked_instead() {
    let mut case = told();
    case.statement(
        "D1",
        Some(3),
        said(),
        &json!([
            { "reading": "r", "template": "did_not_know", "actors": ["Di Jetty"], "about": "E1",
              "until": "2021-03-20" },
        ]),
    );
    let record = case.builder.finish();
    let all = Ledger::from_record(&record, &|_| None, &|_| Vec::new());
    let e2 = record.places().find(|place| record.details[place]["id"] == "E2").unwrap();
    let cite = crate::Cite::of(&record, e2);
    let told = |grade: u8, when: i64| {
        move |_: Party, _: &About, _: Span| vec![(grade, cite, Span::at(when))]
    };
    let verdict = |ask: Told<'_>| {
        let options = Options { told: Some(ask), ..Options::default() };
        ledger(&record, &all, &Coverage::default(), &options).result[0].readings[0].clone()
    };
    assert_eq!(verdict(&told(1, said().lo - 1)).verdict, Verdict::Contradicted);
    assert_eq!(verdict(&told(1, said().lo)).verdict, Verdict::InTension);
    assert_eq!(verdict(&told(3, said().lo - 1)).verdict, Verdict::InTension);
    let late = verdict(&told(3, said().hi + 1));
    assert_eq!(late.verdict, Verdict::NotContradicted { coverage_percent: 0 });
    assert_eq!(late.told_before, Some(Vec::new()));
}

#[test]
fn a_review_carries_words_and_no_number() {
    let mut case = told();
    case.statement(
        "D1",
        Some(3),
        said(),
        &json!([
            { "reading": "nobody was in contact", "template": "no_contact", "actors": ["Ada Quay"],
              "counterparts": ["Bo Mooring"], "until": "2021-03-20" },
            { "reading": "acted in concert" },
        ]),
    );
    let (record, judged) = case.judge(&Coverage::default());
    let reviews = claim_reviews(&record, &judged[0], &Publication::default());
    assert_eq!(reviews.len(), 2);
    assert_eq!(
        reviews[0],
        json!({
            "@context": "https://schema.org",
            "@type": "ClaimReview",
            "claimReviewed": "nobody was in contact",
            "itemReviewed": {
                "@type": "Claim",
                "author": { "name": "Di Jetty" },
                "datePublished": "2021-03-20",
                "text": "We were not in touch.",
                "firstAppearance": { "@type": "CreativeWork", "name": "Morning Tide" },
                "appearance": [
                    { "@type": "CreativeWork", "name": "Tide", "datePublished": "2021-03-21",
                      "identifier": "S2" },
                    { "@type": "CreativeWork", "name": "Log", "url": "https://log.example/1",
                      "datePublished": "2021-03-20", "identifier": "S1" },
                ],
            },
            "reviewRating": { "@type": "Rating", "alternateName": "Contradicted" },
            "reviewBody": judged[0].readings[0].sentence,
        })
    );
    assert_eq!(reviews[1]["reviewRating"]["alternateName"], "Not testable");
    // With a page and a publisher it has everything that search engines ask for.
    let by = Publication {
        page: Some("https://paper.example/check".to_owned()),
        reviewer: Some("The Paper".to_owned()),
    };
    let published = &claim_reviews(&record, &judged[0], &by)[0];
    assert_eq!(published["url"], "https://paper.example/check");
    assert_eq!(published["author"], json!({ "@type": "Organization", "name": "The Paper" }));
}

#[test]
fn copies_of_a_letter_count_once_and_bare_names_are_an_alternative() {
    let mut case = Case::new();
    for _ in 0..2 {
        case.add(Entry {
            medium: Medium::Email,
            takers: vec![(0, Role::From), (1, Role::To)],
            ..Entry::new(0, Span::at(DAY))
        });
    }
    let ed = case.builder.party("ed", "Ed Pier");
    let by_name = case.builder.account(AccountKey::name("Ed Pier"), ed);
    case.add(Entry {
        takers: vec![(by_name, Role::From), (1, Role::To)],
        ..Entry::new(0, Span::at(2 * DAY))
    });
    case.statement(
        "D1",
        Some(0),
        Span::at(9 * DAY),
        &json!([
            { "reading": "she wrote once", "template": "contact_count", "actors": ["Ada Quay"],
              "counterparts": ["Bo Mooring"], "bound": "at most", "count": 1 },
            { "reading": "never", "template": "no_contact", "actors": ["Ed Pier"],
              "counterparts": ["Bo Mooring"] },
        ]),
    );
    let (_, judged) = case.judge(&Coverage::default());
    assert_eq!(judged[0].readings[0].verdict, Verdict::InTension);
    let said = &judged[0].readings[1].alternatives;
    assert!(said.iter().any(|one| one.contains("same name")), "{said:?}");
}
