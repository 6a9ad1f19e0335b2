//! Tests of exposure over small records.

use cahoots_record::{AccountKey, Flags, ItemKind, ItemOrd, Medium, ObjectKind, Role, Visibility};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, DAY, HOUR, Tie};

/// People are single letters; an item is (number, span, author, "t:bc c:d b:e m:f").
struct Made {
    builder: Builder,
    accounts: Vec<u32>,
}

impl Made {
    fn new() -> Self {
        let mut builder = Builder::new("UTC");
        let accounts = ('a'..='j')
            .map(|letter| {
                let name = format!("P{letter}");
                let party = builder.party(&letter.to_string(), &name);
                builder.account(AccountKey::name(&name), party)
            })
            .collect();
        Self { builder, accounts }
    }

    fn takers(&self, from: char, to: &str) -> Vec<(u32, Role)> {
        let account = |letter: char| self.accounts[letter as usize - 'a' as usize];
        let mut takers = vec![(account(from), Role::From)];
        for words in to.split_whitespace() {
            let (role, letters) = words.split_once(':').unwrap();
            let role = match role {
                "t" => Role::To,
                "c" => Role::Cc,
                "b" => Role::Bcc,
                "m" => Role::Member,
                "q" => Role::Quoted,
                _ => Role::Mention,
            };
            takers.extend(letters.chars().map(|letter| (account(letter), role)));
        }
        takers
    }

    fn message(&self, ord: u64, span: Span, from: char, to: &str) -> Entry {
        Entry { takers: self.takers(from, to), ..Entry::new(ord, span) }
    }

    fn post(&self, ord: u64, span: Span, from: char) -> Entry {
        Entry { takers: self.takers(from, ""), ..Entry::post(ord, span) }
    }
}

fn place(record: &Record, ord: u64) -> Place {
    record.places().find(|place| record.row(*place).ord == ItemOrd(ord)).unwrap()
}

fn about(record: &Record, ords: &[u64]) -> Question {
    let about = ords.iter().map(|ord| place(record, *ord)).collect();
    Question { about, ..Question::default() }
}

fn ask(record: &Record, ords: &[u64]) -> Exposure {
    exposure(record, &about(record, ords)).result
}

/// "a1@10 b3@10": who, best grade, earliest time.
fn told(found: &Exposure) -> String {
    let mut words = Vec::new();
    for told in &found.told {
        let when = match told.earliest.instant() {
            Some(at) => at.to_string(),
            None => "?".to_owned(),
        };
        words.push(format!("{}{}@{when}", told.who.id, told.grade as u8));
    }
    words.join(" ")
}

/// "a>b3 b>c4?": author, addressee, grade; `?` order unknown, `*` not the first.
fn edges(found: &Exposure) -> String {
    let mut words = Vec::new();
    for edge in &found.edges {
        let from = edge.from.as_ref().map_or("", |who| &who.id);
        let (star, open) =
            (if edge.first { "" } else { "*" }, if edge.order_unknown { "?" } else { "" });
        words.push(format!("{from}>{}{}{star}{open}", edge.to.id, edge.grade as u8));
    }
    words.join(" ")
}

fn origins(found: &Exposure) -> String {
    let mut words = Vec::new();
    for origin in &found.origins {
        let open = if origin.order_unknown { "?" } else { "" };
        let first = if origin.may_be_first { "!" } else { "" };
        words.push(format!("{}{first}{open}", origin.who.id));
    }
    words.join(" ")
}

#[test]
fn every_role_has_its_grade() {
    let mut made = Made::new();
    let mut entry = made.message(1, Span::at(10), 'a', "t:bc c:d b:e m:f q:g x:h t:a");
    entry.held_by = vec![made.builder.custodian("archive of Pb", Some(Party(1)))];
    entry.held_by.push(made.builder.custodian("archive of Pi", Some(Party(8))));
    made.builder.push(entry);
    let record = made.builder.finish();
    let question = Question { asked: vec![Party(6), Party(1)], ..about(&record, &[1]) };
    let found = exposure(&record, &question).result;
    assert_eq!(told(&found), "a1@10 b2@10 c3@10 d4@10 f4@10 e5@10");
    assert_eq!(edges(&found), "a>b2 a>c3 a>d4 a>e5 a>f4");
    assert_eq!(origins(&found), "a!");
    // Who is mentioned or quoted was not told; who holds a copy without being named is apart.
    assert_eq!(found.holders.len(), 1);
    assert_eq!(found.holders[0].who.id, "i");
    assert_eq!(found.no_item_shows, [Who::of(&record, Party(6))]);
    assert_eq!(found.told[1].labels[0].shown_by, ["archive of Pb", "archive of Pi"]);
    assert_eq!(found.told[1].labels[0].told_by, [Who::of(&record, Party(0))]);
}

#[test]
fn what_is_forwarded_retold_attached_and_answered_follows() {
    let mut made = Made::new();
    made.builder.push(made.message(1, Span::at(10), 'a', "t:b"));
    let tied = |entry: Entry, tie, ord| Entry { ties: vec![(tie, ItemOrd(ord))], ..entry };
    made.builder.push(tied(made.message(2, Span::at(20), 'b', "t:c"), Tie::Forwards, 1));
    made.builder.push(tied(made.message(3, Span::at(30), 'c', "t:d"), Tie::TellsOf, 2));
    // An answer shows that d had it. Whether it hands it on to j is not shown.
    made.builder.push(tied(made.message(4, Span::at(40), 'd', "t:cj"), Tie::Answers, 3));
    made.builder.push(tied(made.message(5, Span::at(50), 'i', "t:h"), Tie::About, 1));
    let record = made.builder.finish();
    let found = ask(&record, &[1]);
    assert_eq!(told(&found), "a1@10 b1@10 c1@20 d1@30");
    assert_eq!(edges(&found), "a>b3 b>c3 c>d3");
    assert_eq!(origins(&found), "a!");
    let d = &found.told[3];
    let labels: Vec<_> = d.labels.iter().map(|label| (label.grade as u8, label.when.lo)).collect();
    assert_eq!(labels, [(3, 30), (1, 40)], "better grades come later");
    // From the middle on: c had it from b, and nothing is said of a.
    assert_eq!(told(&ask(&record, &[2])), "b1@20 c1@20 d1@30");
}

#[test]
fn a_file_makes_its_message_carry_it_and_not_the_other_way_round() {
    let mut made = Made::new();
    made.builder.push(made.message(1, Span::at(10), 'a', "t:b"));
    let file = Entry { kind: ItemKind::File, medium: Medium::Other, ..Entry::new(2, Span::at(10)) };
    made.builder.push(Entry { ties: vec![(Tie::AttachedTo, ItemOrd(1))], ..file });
    let record = made.builder.finish();
    assert_eq!(told(&ask(&record, &[2])), "a1@10 b3@10");
    assert_eq!(ask(&record, &[1]).items.len(), 1);
}

#[test]
fn quotations_and_recovered_items_show_grade_six_only() {
    let mut made = Made::new();
    let mut entry = made.message(1, Span::at(10), 'a', "t:b");
    entry.flags.recovered = true;
    made.builder.push(entry);
    made.builder.push(made.message(2, Span::at(20), 'b', "t:c"));
    made.builder.push(made.message(3, Span::at(30), 'c', "t:d"));
    let record = made.builder.finish();
    let only_quoted = vec![place(&record, 2)];
    let question = Question { only_quoted, ..about(&record, &[1, 3]) };
    let found = exposure(&record, &question).result;
    assert_eq!(told(&found), "a6@10 b6@10 c1@20 d3@30");
}

#[test]
fn equal_times_do_not_chain_and_are_said_to_be_open() {
    let mut made = Made::new();
    made.builder.push(made.message(1, Span::at(10), 'a', "t:b"));
    made.builder.push(made.message(2, Span::at(10), 'b', "t:c"));
    made.builder.push(made.message(3, Span::at(11), 'c', "t:d"));
    let record = made.builder.finish();
    let found = ask(&record, &[1, 2, 3]);
    assert_eq!(edges(&found), "a>b3 b>c3? c>d3");
    assert_eq!(origins(&found), "a! b!?");
    // With clocks that may differ by a second, c's order is open too.
    let question = Question { skew: 1, ..about(&record, &[1, 2, 3]) };
    let found = exposure(&record, &question).result;
    assert_eq!(edges(&found), "a>b3 b>c3? c>d3?");
    assert_eq!(origins(&found), "a! b!? c!?");
}

#[test]
fn an_undated_forward_is_later_than_what_it_forwards() {
    let mut made = Made::new();
    let day = Span { lo: 20 * DAY, hi: 21 * DAY };
    let mut told_of = made.message(2, day, 'b', "t:cd");
    told_of.ties = vec![(Tie::TellsOf, ItemOrd(1))];
    told_of.detail = json!({ "recipients_open": true }).into();
    made.builder.push(made.message(1, Span { lo: 19 * DAY, hi: 20 * DAY + HOUR }, 'a', "t:b"));
    made.builder.push(told_of);
    let ties = vec![(Tie::Forwards, ItemOrd(2)), (Tie::TellsOf, ItemOrd(1))];
    let forward = Entry { ties, ..made.message(3, Span::UNKNOWN, 'd', "t:e") };
    made.builder.push(forward);
    made.builder.push(made.post(4, Span { lo: 19 * DAY, hi: 22 * DAY }, 'a'));
    let record = made.builder.finish();
    let found = ask(&record, &[1, 4]);
    assert_eq!(edges(&found), "a>b3 b>c3 b>d3 d>e3");
    // Whether a's post was before a's message is open; that a had it before b is not asked.
    assert_eq!(origins(&found), "a!");
    let e = found.told.iter().find(|told| told.who.id == "e").unwrap();
    assert_eq!(e.earliest, Span { lo: 20 * DAY, hi: i64::MAX });
    assert!(found.items.iter().filter(|item| item.recipients_open).count() == 1);
    assert_eq!(e.before_public, None);
    assert_eq!(e.lead.unwrap().at_least_seconds, None);
    assert_eq!(e.lead.unwrap().at_most_seconds, Some(2.0 * 86_400.0));
}

#[test]
fn who_already_had_it_is_not_told_first() {
    let mut made = Made::new();
    made.builder.push(made.message(1, Span::at(10), 'a', "t:b"));
    made.builder.push(made.message(2, Span::at(20), 'b', "t:a"));
    made.builder.push(made.message(3, Span::at(30), 'a', "t:b c:c"));
    // Nobody is known to have written this one.
    let takers = made.takers('a', "t:d").split_off(1);
    made.builder.push(Entry { takers, ..Entry::new(4, Span::at(40)) });
    let record = made.builder.finish();
    let found = ask(&record, &[1, 2, 3, 4]);
    assert_eq!(edges(&found), "a>b3 b>a3* a>b3* a>c4 >d3");
    assert_eq!(origins(&found), "a!");
    assert_eq!(found.told[0].items, 3);
}

#[test]
fn a_tie_that_the_clocks_contradict_changes_no_time_and_is_said() {
    let mut made = Made::new();
    made.builder.push(made.message(1, Span::at(20), 'a', "t:b"));
    let ties = vec![(Tie::Forwards, ItemOrd(1))];
    made.builder.push(Entry { ties, ..made.message(2, Span::at(10), 'b', "t:c") });
    let record = made.builder.finish();
    let finding = exposure(&record, &about(&record, &[1]));
    assert_eq!(told(&finding.result), "b1@10 c3@10 a1@20");
    assert_eq!(origins(&finding.result), "b? a!");
    assert!(finding.caveats.iter().any(|caveat| caveat.starts_with("1 tie contradicts")));
}

#[test]
fn what_a_program_sent_shows_nothing_of_a_person() {
    let grades = |automated: bool| {
        let mut made = Made::new();
        made.builder.push(made.message(1, Span::at(10), 'a', "b:b"));
        let ties = vec![(Tie::Answers, ItemOrd(1))];
        let mut answer = Entry { ties, ..made.message(2, Span::at(20), 'b', "t:a") };
        answer.flags.automated = automated;
        made.builder.push(answer);
        let record = made.builder.finish();
        let found = ask(&record, &[1]);
        found.told[1].labels.iter().map(|label| label.grade as u8).collect::<Vec<_>>()
    };
    assert_eq!((grades(true), grades(false)), (vec![5], vec![5, 1]));
}

#[test]
fn lead_times_keep_both_bounds_and_their_sign() {
    let mut made = Made::new();
    let link = made.builder.thing(ObjectKind::Url, "https://example.org/a");
    let with = |entry: Entry| Entry { things: vec![link], ..entry };
    made.builder.push(with(made.message(1, Span::at(HOUR), 'a', "t:b")));
    made.builder.push(with(made.post(2, Span { lo: 2 * HOUR, hi: 3 * HOUR }, 'c')));
    made.builder.push(with(made.post(3, Span { lo: 2 * HOUR, hi: 4 * HOUR }, 'd')));
    made.builder.push(with(made.message(4, Span::at(5 * HOUR), 'a', "t:e")));
    let record = made.builder.finish();
    let question = Question { thing: Some(link), ..Question::default() };
    let found = exposure(&record, &question).result;
    let public = found.public.as_ref().unwrap();
    assert_eq!((public.when, public.order_unknown), (Span { lo: 2 * HOUR, hi: 3 * HOUR }, true));
    let lead = |id: &str| {
        let told = found.told.iter().find(|told| told.who.id == id).unwrap();
        let lead = told.lead.unwrap();
        (told.before_public, lead.at_least_seconds, lead.at_most_seconds)
    };
    assert_eq!(lead("b"), (Some(true), Some(3600.0), Some(7200.0)));
    assert_eq!(lead("e"), (Some(false), Some(-10800.0), Some(-7200.0)));
    assert_eq!(lead("c"), (None, Some(-3600.0), Some(3600.0)));
    assert_eq!(origins(&found), "a! c d");
    let early = Question { as_of: Some(2 * HOUR), ..question };
    let found = exposure(&record, &early).result;
    assert_eq!(found.told.len(), 4);
    assert!(found.told[2].labels[0].may_be_later && !found.told[0].labels[0].may_be_later);
}

#[test]
fn the_sentences_say_what_items_show_and_no_more() {
    let mut made = Made::new();
    let tied = |entry: Entry, tie, ord| Entry { ties: vec![(tie, ItemOrd(ord))], ..entry };
    made.builder.push(made.message(1, Span { lo: 0, hi: DAY - 1 }, 'a', "t:b"));
    // c forwards it and is not among those it was sent to; d answers, and so on.
    made.builder.push(tied(made.message(2, Span::at(2 * DAY), 'c', "t:de"), Tie::Forwards, 1));
    made.builder.push(tied(made.message(3, Span::at(3 * DAY), 'd', "t:c"), Tie::Answers, 2));
    made.builder.push(tied(made.post(4, Span::at(4 * DAY), 'e'), Tie::TellsOf, 2));
    let record = made.builder.finish();
    let question =
        Question { asked: vec![Party(9)], could: Some(Party(2)), ..about(&record, &[1]) };
    let found = exposure(&record, &question).result;
    let words: Vec<&str> = found.sentences.iter().map(|sentence| sentence.words.as_str()).collect();
    let addressed = "(grade 3: addressed; delivery not shown)";
    let before = "on 3 January 1970, 00:00 UTC";
    assert_eq!(
        words,
        [
            "In this record Pa wrote it first, on 1 January 1970.".to_owned(),
            format!("Pc forwarded it, {before}; no item shows how it came to them."),
            format!("Pb received it from Pa on 1 January 1970 {addressed}."),
            format!(
                "Pd received it from Pc {before} {addressed}; \
                 answered it on 4 January 1970, 00:00 UTC (grade 1)."
            ),
            format!(
                "Pe received it from Pc {before} {addressed}; \
                 told of it on 5 January 1970, 00:00 UTC (grade 1)."
            ),
            "It is first seen in public on 5 January 1970, 00:00 UTC.".to_owned(),
            "Before its first public appearance the record shows it with: \
             Pa (72 h to 4 days before); Pb (72 h to 4 days before); Pc (48 h before); Pd (48 h before); \
             Pe (48 h before)."
                .to_owned(),
            "No item of the record shows that Pj was told of it.".to_owned(),
            "Set apart from the above: by contacts alone, 2 of 9 other parties could have been \
             reached from Pc after Pc had it. This does not show that anybody was told."
                .to_owned(),
        ]
    );
    assert_eq!(found.sentences[3].cites.len(), 2);
}

/// Any record at all: odd spans, ties in circles and to itself, nobody, events.
fn anything() -> impl Strategy<Value = (Record, Question)> {
    let bound = prop_oneof![Just(i64::MIN), Just(i64::MAX), 0_i64..20];
    let span = (bound.clone(), bound).prop_map(|(lo, hi)| Span { lo, hi });
    let takers = prop::collection::vec((0_u32..5, 0_usize..Role::ALL.len()), 0..5);
    let ties = prop::collection::vec((0_usize..5, 0_u64..8), 0..4);
    let kind = (0_usize..ItemKind::ALL.len(), any::<bool>(), 0_u8..32);
    let entry = (span, takers, ties, kind, any::<bool>(), 0_u16..3);
    let asked = (prop::collection::vec(0_u32..9, 0..4), 0_u32..4, 0_u32..7, -3_i64..20);
    (prop::collection::vec(entry, 0..8), asked).prop_map(|(entries, (about, thing, could, n))| {
        let mut builder = Builder::new("UTC");
        let link = builder.thing(ObjectKind::Url, "https://example.org/");
        for n in 0..5 {
            let party = builder.party(&n.to_string(), &format!("P{n}"));
            builder.account(AccountKey::name(&format!("P{n}")), party);
            builder.custodian(&n.to_string(), (n != 2).then_some(party));
        }
        for (ord, (span, takers, ties, (kind, public, flags), things, held)) in
            entries.into_iter().enumerate()
        {
            let tie = [Tie::Answers, Tie::Forwards, Tie::TellsOf, Tie::About, Tie::AttachedTo];
            let visibility = if public { Visibility::Public } else { Visibility::Private };
            builder.push(Entry {
                kind: ItemKind::ALL[kind],
                visibility,
                flags: Flags::from_bits(flags),
                takers: takers.into_iter().map(|(who, role)| (who, Role::ALL[role])).collect(),
                ties: ties.into_iter().map(|(kind, ord)| (tie[kind], ItemOrd(ord))).collect(),
                things: if things { vec![link] } else { Vec::new() },
                held_by: vec![held],
                ..Entry::new(ord as u64, span)
            });
        }
        let question = Question {
            only_quoted: about.iter().skip(2).map(|place| Place(*place)).collect(),
            about: about.into_iter().take(2).map(Place).collect(),
            thing: thing.checked_sub(1).map(Thing),
            as_of: (n > 9).then_some(n),
            could: Some(Party(could)),
            skew: if n == 3 { i64::MAX } else { n },
            asked: vec![Party(could), Party(77)],
        };
        (builder.finish(), question)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_record_has_an_answer_that_holds_together((record, question) in anything()) {
        let finding = exposure(&record, &question);
        let found = &finding.result;
        let item = |cite: &Cite| found.items.iter().any(|item| item.item == *cite);
        for told in &found.told {
            let by: Vec<Grade> = told.labels.iter().map(|label| label.grade).collect();
            prop_assert!(by.windows(2).all(|pair| pair[0] > pair[1]), "best last");
            prop_assert_eq!(by.last(), Some(&told.grade));
            prop_assert!(told.labels.iter().all(|label| !label.items.is_empty()));
            prop_assert!(told.labels.iter().flat_map(|label| &label.items).all(item));
            // Whoever is listed stands on an item as author or addressee.
            let stands = |cite: &Cite| record.by_id(cite.0).is_some_and(|place| {
                record.wrote(told.who.party, place) || record.received(told.who.party, place)
            });
            prop_assert!(told.labels.iter().flat_map(|label| &label.items).all(stands));
        }
        let listed = |who: &Who| found.told.iter().any(|told| told.who == *who);
        for edge in &found.edges {
            prop_assert!(listed(&edge.to) && edge.from.as_ref().is_none_or(listed));
            prop_assert!(edge.grade != Grade::Acted);
        }
        // Everybody had it from somebody or is an origin. (With ties in a circle or times that
        // contradict them, nobody may be first; that is not invented away.)
        prop_assert!(found.origins.iter().all(|origin| listed(&origin.who)));
        prop_assert!(!found.no_item_shows.iter().any(listed));
        prop_assert!(serde_json::to_string(&finding).is_ok());
    }
}
