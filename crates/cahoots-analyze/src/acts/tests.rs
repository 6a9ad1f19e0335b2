//! An invented case with the awkward points of a real one: who acted is not who was asked, the
//! link comes two days later from somebody else, an act comes first, another has its own cause.

use cahoots_record::{AccountKey, Flags, ItemOrd, Medium, ObjectKind, Role};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::record::build::{Detail, Entry};
use crate::record::{Builder, DAY, HOUR, MINUTE, SECOND, Tie};

/// 12 October 2021, 13:30 UTC.
const T: i64 = 1_634_045_400 * SECOND;

struct Case {
    record: Record,
    paper: Party,
    son: Party,
    father: Party,
    other: Party,
}

/// The paper asks the son that the father post a link. Ords 1 to 5 are messages, from 10 on acts.
fn case() -> Case {
    let mut b = Builder::new("America/New_York");
    let paper = b.party("paper", "The Tidewater Post");
    let son = b.party("son", "Bo Mooring");
    let father = b.party("father", "Al Mooring");
    let other = b.party("other", "Cy Cleat");
    let p = b.account(AccountKey::x_handle("tidewater"), paper);
    let s = b.account(AccountKey::x_handle("bomooring"), son);
    let f = b.account(AccountKey::x_handle("almooring"), father);
    let o = b.account(AccountKey::x_handle("cycleat"), other);
    let link = b.thing(ObjectKind::Url, "https://quay.example");
    let topic = b.thing(ObjectKind::Other, "topic:the quay");
    let handle = b.thing(ObjectKind::Mention, "tidewater");
    let lease = b.thing(ObjectKind::Other, "topic:the lease");
    let message = |ord, span, things: Vec<_>, detail| Entry {
        takers: vec![(p, Role::From), (s, Role::To)],
        things,
        detail: Detail::from(detail),
        ..Entry::new(ord, span)
    };
    // A day is all that is known of the first request.
    b.push(message(
        1,
        Span { lo: T - 9 * DAY, hi: T - 8 * DAY },
        vec![lease],
        json!({
            "asked": { "act": "post", "of": "Bo Mooring" }
        }),
    ));
    b.push(message(2, Span { lo: T, hi: T + 2 * MINUTE }, vec![link, topic], json!({
        "asked": { "act": "post", "kind": "amplify", "object": "quay.example", "of": "Al Mooring" }
    })));
    b.push(message(
        3,
        Span::at(T + 60 * DAY),
        vec![lease],
        json!({
            "asked": { "act": "send", "of": "Bo Mooring" }
        }),
    ));
    let post = |ord, account, t, things| Entry {
        takers: vec![(account, Role::From)],
        things,
        ..Entry::post(ord, Span::at(t))
    };
    // Before the end of the first request's day, and reported to be before it.
    b.push(Entry {
        ties: vec![(Tie::About, ItemOrd(1))],
        ..post(10, s, T - 9 * DAY + 4 * HOUR, vec![lease])
    });
    b.push(post(11, f, T + 16 * MINUTE, vec![topic, handle]));
    b.push(Entry {
        medium: Medium::Repost,
        takers: vec![(s, Role::From), (p, Role::Quoted)],
        ..post(12, s, T + 51 * MINUTE, vec![topic, handle])
    });
    b.push(post(13, s, T + 48 * HOUR + 3 * MINUTE, vec![link]));
    b.push(Entry {
        detail: json!({ "other_cause": "a newspaper was about to print it" }).into(),
        ties: vec![(Tie::About, ItemOrd(3))],
        ..post(14, s, T + 60 * DAY + 2 * HOUR, vec![lease])
    });
    // A repost of the son by somebody else: not the son's act.
    b.push(Entry {
        takers: vec![(o, Role::From), (s, Role::Quoted)],
        medium: Medium::Repost,
        ..post(15, o, T + 10 * MINUTE, vec![link])
    });
    // The father's other posts, and the son's.
    for n in 0..40 {
        b.push(post(100 + n, f, T - 16 * DAY + n as i64 * 19 * HOUR, vec![]));
        b.push(post(200 + n, s, T - 11 * DAY + n as i64 * 31 * HOUR, vec![]));
    }
    Case { record: b.finish(), paper, son, father, other }
}

fn place(record: &Record, ord: u64) -> Cite {
    let at = record.rows.iter().position(|row| row.ord == ItemOrd(ord)).unwrap();
    Cite::of(record, Place(at as u32))
}

fn found<'a>(case: &Case, acts: &'a Acts, message: u64, act: u64) -> &'a Candidate {
    let (message, act) = (place(&case.record, message), place(&case.record, act));
    let sessions = acts.sessions.iter().chain(&acts.time_too_wide);
    let mut all = sessions.flat_map(|session| &session.candidates);
    all.find(|it| it.message == message && it.act == act).unwrap()
}

use crate::finding::Cite;

#[test]
fn the_axes_of_a_match_stand_apart() {
    let case = case();
    let question = Question { circle: vec![case.father], ..Question::new(case.paper, case.son) };
    let finding = acts(&case.record, &question);
    let result = &finding.result;

    // 15 minutes later: the father, who was asked; the topic, no link.
    let near = found(&case, result, 2, 11);
    assert_eq!(near.actor.account.as_str(), "x:@almooring");
    assert!(near.actor.same && near.actor.asked_is_stated && !near.actor.is_recipient);
    assert_eq!(near.content.grade, Some(Grade::D));
    assert_eq!((near.time.least_seconds, near.time.most_seconds), (Some(840.0), Some(960.0)));
    assert_eq!(near.time.before_request, Some(false));
    assert!(near.time.within_window);
    assert_eq!(near.act_kind.same, Some(true));
    assert_eq!(near.public_before, PublicBefore::NothingShared);
    let rate = near.base_rate.unwrap();
    assert_eq!(rate.acts_like_it, 1);
    assert!(rate.any_time < 0.001, "{rate:?}");

    // 48 h 03 min later: the link, from the one who was written to and not asked.
    let link = found(&case, result, 2, 13);
    assert_eq!(link.actor.account.as_str(), "x:@bomooring");
    assert!(!link.actor.same && link.actor.is_recipient);
    assert_eq!(link.content.grade, Some(Grade::A));
    assert_eq!(link.time.most_seconds, Some(48.0 * 3600.0 + 180.0));
    assert!(!link.time.within_window);
    assert_eq!(link.public_before, PublicBefore::NotInThisRecord);

    // A repost of the sender: shown, and not counted.
    let repost = found(&case, result, 2, 12);
    assert!(repost.to_the_sender);
    assert_eq!(repost.act_kind.acted, "repost");
    assert_eq!(result.tests[0].acts.to_the_sender, 1);
    assert_eq!(result.tests[0].acts.counted, 43);

    // The first request is a day wide: shown beside its act, with a lag that may be negative.
    assert_eq!(result.time_too_wide.len(), 1);
    let first = found(&case, result, 1, 10);
    assert_eq!(first.time.before_request, None);
    assert_eq!(first.time.least_seconds, Some(-20.0 * 3600.0));
    assert_eq!(first.time.most_seconds, Some(4.0 * 3600.0));
    assert!(first.reported_tie);

    let last = found(&case, result, 3, 14);
    assert_eq!(last.other_cause_reported.as_deref(), Some("a newspaper was about to print it"));
    assert_eq!(last.act_kind.same, Some(false));

    // Somebody else's repost is nobody's here.
    assert!(!format!("{:?}", result.sessions).contains("cycleat"));

    let Verdict::CannotTell { why, needed } = &result.verdict else { panic!("{result:?}") };
    assert!(why[0].contains("Fewer than 5"), "{why:?}");
    assert!(!needed.is_empty());
    assert_eq!(result.tests.len(), 3);
    assert!(result.tests[2].any_of_group);
    assert_eq!(finding.parameters["family"], 3);
    let alone = acts(&case.record, &Question::new(case.paper, case.son));
    assert!(alone.caveats.iter().any(|it| it.contains("acts of Al Mooring")));
    assert!(!finding.caveats.iter().any(|it| it.contains("declare a circle")));
}

/// One post in 72 hours of posts about a thing says little, one in a month of others says more:
/// how usual an act is belongs to the account, and to where its record is complete.
#[test]
fn base_rates_are_those_of_the_account() {
    let mut b = Builder::new("UTC");
    let (paper, son, father) = (b.party("p", "Post"), b.party("s", "Son"), b.party("f", "Father"));
    let p = b.account(AccountKey::x_handle("post"), paper);
    let s = b.account(AccountKey::x_handle("son"), son);
    let f = b.account(AccountKey::x_handle("father"), father);
    let topic = b.thing(ObjectKind::Other, "topic:post");
    b.push(Entry {
        takers: vec![(p, Role::From), (s, Role::To)],
        things: vec![topic],
        ..Entry::new(1, Span::at(T))
    });
    let mut ord = 10;
    let mut post = |b: &mut Builder, account, t, things| {
        ord += 1;
        b.push(Entry {
            takers: vec![(account, Role::From)],
            things,
            ..Entry::post(ord, Span::at(t))
        });
        ord
    };
    // The father: one such post 15 minutes after, among posts of a month.
    let one = post(&mut b, f, T + 15 * MINUTE, vec![topic]);
    for n in 0..64 {
        post(&mut b, f, T - 16 * DAY + n * 12 * HOUR, vec![]);
    }
    // The son: one every three hours for three days, and nothing else that is kept.
    let mut near = 0;
    for n in 0..24 {
        let at = T - 20 * HOUR + 51 * MINUTE + n * 3 * HOUR;
        let ord = post(&mut b, s, at, vec![topic]);
        if (T..T + 3 * HOUR).contains(&at) {
            near = ord;
        }
    }
    post(&mut b, s, T + 200 * DAY, vec![]);
    let record = b.finish();
    let days = |from: i64, until: i64| vec![Span { lo: T + from * DAY, hi: T + until * DAY }];
    let question = Question {
        circle: vec![father],
        coverage_of: vec![
            (son, vec![Span { lo: T - 20 * HOUR, hi: T + 52 * HOUR }]),
            (father, days(-16, 16)),
        ],
        ..Question::new(paper, son)
    };
    let result = acts(&record, &question).result;
    let rate = |ord| {
        let act = place(&record, ord);
        let mut all = result.sessions[0].candidates.iter();
        all.find(|it| it.act == act).unwrap().base_rate.unwrap()
    };
    let father = rate(one);
    assert_eq!((father.acts_like_it, father.within_seconds), (1, 900.0));
    assert!((father.any_time - 15.0 / (32.0 * 1440.0)).abs() < 1e-12);
    // The hour from 13:00 UTC, on 32 days: of the quarter before 13:45 all but 13:30 on lies in it.
    assert!((father.same_hour.unwrap() - 15.0 / (32.0 * 60.0)).abs() < 1e-12);
    // A request outside the coverage has no base rate.
    let elsewhere = Question { coverage_of: vec![(question.to, days(-9, -3))], ..question.clone() };
    let elsewhere = acts(&record, &elsewhere).result;
    let by_son = |it: &&Candidate| it.actor.is_recipient;
    let near_son = elsewhere.sessions[0].candidates.iter().find(by_son).unwrap();
    assert_eq!(near_son.base_rate, None);
    let son = rate(near);
    assert_eq!(son.acts_like_it, 24);
    let lag = son.within_seconds / 60.0;
    assert!(
        (son.any_time - (lag.min(180.0) * 23.0 + lag.min(51.0)) / (72.0 * 60.0)).abs() < 1e-12,
        "{son:?}"
    );
}

#[test]
fn an_act_before_the_request_keeps_its_negative_lag() {
    let mut b = Builder::new("UTC");
    let (ada, bo) = (b.party("a", "Ada"), b.party("b", "Bo"));
    let (from, to) =
        (b.account(AccountKey::name("ada"), ada), b.account(AccountKey::name("bo"), bo));
    let link = b.thing(ObjectKind::Url, "https://quay.example");
    b.push(Entry {
        takers: vec![(from, Role::From), (to, Role::To)],
        things: vec![link],
        ..Entry::new(1, Span::at(T))
    });
    let act = |ord, t| Entry {
        takers: vec![(to, Role::From)],
        things: vec![link],
        ..Entry::post(ord, Span::at(t))
    };
    b.push(act(2, T - 2 * HOUR));
    b.push(act(3, T - 3 * DAY));
    b.push(act(4, T + 3 * DAY));
    let record = b.finish();
    let result = acts(&record, &Question::new(ada, bo)).result;
    let session = &result.sessions[0];
    assert_eq!(session.candidates.len(), 2, "{session:?}");
    let before = &session.candidates[0];
    assert_eq!(before.time.most_seconds, Some(-7200.0));
    assert_eq!(before.time.before_request, Some(true));
    assert_eq!(before.public_before, PublicBefore::Yes { item: place(&record, 3) });
    assert_eq!(session.counted, Counted::AlreadyActedOn);
    assert_eq!(result.tests[0].left_out.already_acted_on, 1);
}

#[test]
fn a_link_to_a_post_is_the_post_that_was_reposted() {
    let mut b = Builder::new("UTC");
    let (ada, bo) = (b.party("a", "Ada"), b.party("b", "Bo"));
    let (from, to) =
        (b.account(AccountKey::name("ada"), ada), b.account(AccountKey::name("bo"), bo));
    let status = b.thing(ObjectKind::Status, "77");
    let repost = b.thing(ObjectKind::Repost, "77");
    b.push(Entry {
        takers: vec![(from, Role::From), (to, Role::To)],
        things: vec![status],
        ..Entry::new(1, Span::at(T))
    });
    b.push(Entry {
        takers: vec![(to, Role::From)],
        things: vec![repost],
        ..Entry::post(2, Span::at(T + HOUR))
    });
    let record = b.finish();
    let result = acts(&record, &Question::new(ada, bo)).result;
    assert_eq!(result.sessions[0].candidates[0].content.grade, Some(Grade::A));
}

#[test]
fn what_is_in_everything_is_said_and_not_rare() {
    let mut b = Builder::new("UTC");
    let (ada, bo) = (b.party("a", "Ada"), b.party("b", "Bo"));
    let (from, to) =
        (b.account(AccountKey::name("ada"), ada), b.account(AccountKey::name("bo"), bo));
    let common = b.thing(ObjectKind::Hashtag, "harbour");
    let rare = b.thing(ObjectKind::Hashtag, "quaygate");
    for n in 0..600 {
        let things = if n % 2 == 0 { vec![common] } else { vec![] };
        let takers = vec![(to, Role::From)];
        b.push(Entry {
            takers,
            things,
            ..Entry::post(n, Span::at(T - 600 * HOUR + n as i64 * HOUR))
        });
    }
    b.push(Entry {
        takers: vec![(from, Role::From), (to, Role::To)],
        things: vec![common, rare],
        ..Entry::new(1000, Span::at(T))
    });
    let post = |ord, things| Entry {
        takers: vec![(to, Role::From)],
        things,
        ..Entry::post(ord, Span::at(T + ord as i64 * MINUTE))
    };
    b.push(post(1001, vec![common]));
    b.push(post(1002, vec![rare]));
    let record = b.finish();
    let result = acts(&record, &Question::new(ada, bo)).result;
    assert_eq!(result.in_everything.len(), 1);
    assert_eq!(result.in_everything[0].key, "harbour");
    let grades: Vec<_> = result.sessions[0]
        .candidates
        .iter()
        .map(|it| (it.content.grade, it.content.bits))
        .collect();
    assert_eq!(grades[0], (Some(Grade::D), None));
    // No earlier public item of 600 has it: log2(601).
    assert_eq!(grades[1].0, Some(Grade::C));
    assert!((grades[1].1.unwrap() - 9.231_221_f64).abs() < 1e-5, "{grades:?}");
}

#[test]
fn odd_questions_are_answered_in_words() {
    let case = case();
    let why = |question: &Question| match acts(&case.record, question).result.verdict {
        Verdict::CannotTell { why, .. } => why.join(" "),
        other => panic!("{other:?}"),
    };
    let ask = Question::new(case.paper, case.son);
    assert!(why(&Question { within: -HOUR, ..ask.clone() }).contains("inverted"));
    assert!(why(&Question { within: 0, ..ask.clone() }).contains("empty"));
    assert!(why(&Question { to: case.paper, ..ask.clone() }).contains("are one"));
    assert!(why(&Question { to: Party(99), ..ask.clone() }).contains("not in the record"));
    assert!(why(&Question::new(case.other, case.son)).contains("no private message"));
    assert!(why(&Question { redraws: 10, ..ask.clone() }).contains("p floor"));
    let odd = Question { coverage: Some(vec![Span { lo: 9, hi: 3 }]), ..ask };
    assert!(acts(&case.record, &odd).caveats.iter().any(|it| it.contains("inverted")));
    let empty = Record::empty("Not/A_Zone");
    assert_eq!(acts(&empty, &Question::new(Party(0), Party(1))).result.words, "cannot tell");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Nothing panics on any record, and the same question has the same answer.
    #[test]
    fn any_record_is_answered(
        rows in proptest::collection::vec(
            (any::<(i64, u8)>(), 0_u32..3, 0_u32..3, 0_u32..4, any::<bool>(), any::<bool>()),
            0..30,
        ),
        within in prop_oneof![Just(24 * HOUR), any::<i64>()],
        cover in proptest::option::of((any::<i64>(), any::<i64>())),
        zone in prop_oneof![Just("UTC"), Just("Europe/Berlin"), Just("Mars/Base")],
    ) {
        let mut b = Builder::new(zone);
        let parties: Vec<Party> = (0..3).map(|n| b.party(&n.to_string(), &n.to_string())).collect();
        let accounts: Vec<u32> = parties
            .iter()
            .enumerate()
            .map(|(n, party)| b.account(AccountKey::name(&n.to_string()), *party))
            .collect();
        let link = b.thing(ObjectKind::Url, "https://a.example");
        let tag = b.thing(ObjectKind::Hashtag, "a");
        for (ord, ((t, shape), from, to, things, public, automated)) in rows.into_iter().enumerate() {
            let span = match shape % 6 {
                0 => Span::at(t),
                1 => Span::UNKNOWN,
                2 => Span { lo: t, hi: i64::MAX },
                3 => Span { lo: i64::MIN, hi: t },
                4 => Span { lo: t, hi: t.wrapping_add(DAY) },
                _ => Span::at(T + t % (300 * DAY)),
            };
            let entry = if public { Entry::post } else { Entry::new };
            b.push(Entry {
                takers: vec![(accounts[from as usize], Role::From), (accounts[to as usize], Role::To)],
                things: [link, tag].into_iter().take(things as usize).collect(),
                flags: Flags { automated, ..Flags::default() },
                ties: vec![(Tie::About, ItemOrd(u64::from(things)))],
                ..entry(ord as u64, span)
            });
        }
        let record = b.finish();
        let question = Question {
            circle: vec![parties[2]],
            peers: parties.clone(),
            within,
            other_windows: vec![within, i64::MAX, -3, 0, HOUR],
            coverage: cover.map(|(lo, hi)| vec![Span { lo, hi }]),
            redraws: 19,
            ..Question::new(parties[0], parties[1])
        };
        let one = acts(&record, &question);
        prop_assert_eq!(&one, &acts(&record, &question));
        for test in &one.result.tests {
            prop_assert!(test.test.p > 0.0 && test.test.p_limit > 0.0 && test.p_any_window > 0.0);
            prop_assert!(test.answered <= test.sessions);
            prop_assert!(test.answered_with_content <= test.answered);
        }
        serde_json::to_string(&one).unwrap();
    }
}
