//! Requests of small records: who asked whom, what came back, what a person decided.

use cahoots_analyze::record::build::Entry;
use cahoots_analyze::record::{Builder, DAY, HOUR, Party, Place, Record, Span, Tie};
use cahoots_analyze::requests::{
    Decision, How, Kind, Read, Request, Verdict, Words, ranked, requests,
};
use cahoots_record::{AccountKey, Flags, ItemId, ItemOrd, ObjectKind, Role, UtcMicros};

struct Case {
    builder: Builder,
    parties: Vec<(Party, u32)>,
    texts: Vec<Option<&'static str>>,
}

impl Case {
    fn new() -> Self {
        let mut builder = Builder::new("UTC");
        let mut parties = Vec::new();
        for name in ["Ada Quay", "Bob Hale", "Cy Moor"] {
            let party = builder.party(name, name);
            let account =
                builder.account(AccountKey::email(&format!("{}@example.org", &name[..3])), party);
            parties.push((party, account));
        }
        Self { builder, parties, texts: Vec::new() }
    }

    /// A message from one to another, all in one channel.
    fn says(&mut self, from: usize, to: usize, span: Span, text: &'static str) -> &mut Self {
        let channel = self.builder.channel("quay");
        let ord = self.texts.len() as u64;
        let takers = vec![(self.parties[from].1, Role::From), (self.parties[to].1, Role::To)];
        self.push(Entry { takers, channel: Some(channel), ..Entry::new(ord, span) }, Some(text))
    }

    fn push(&mut self, entry: Entry, text: Option<&'static str>) -> &mut Self {
        self.texts.push(text);
        self.builder.push(entry);
        self
    }

    fn ask(self, decisions: &[(ItemId, Decision)]) -> (Record, Vec<Request>, Vec<String>) {
        let record = self.builder.finish();
        let texts = self.texts;
        let words = |place: Place| {
            let text = texts[record.row(place).ord.0 as usize]?;
            let language = text.starts_with("Bitte").then(|| "deu".to_owned());
            Some(Words { subject: None, text: text.to_owned(), language })
        };
        let finding = requests(&record, None, None, &words, decisions);
        (record.clone(), finding.result, finding.caveats)
    }
}

const ASKS: &str = "Could you please send me the plan of the quay?";

#[test]
fn a_request_has_its_kind_score_reason_and_first_answer() {
    let mut case = Case::new();
    case.says(0, 1, Span::at(0), ASKS)
        .says(2, 0, Span::at(HOUR), "The plan is lost.")
        .says(1, 0, Span::at(2 * HOUR), "Sorry, I can't send it.")
        .says(1, 0, Span::at(3 * HOUR), "Here it is after all.");
    let (record, found, _) = case.ask(&[]);
    assert_eq!(found.len(), 1);
    let request = &found[0];
    assert_eq!(
        (request.from.join(","), request.to.join(",")),
        ("Ada Quay".into(), "Bob Hale".into())
    );
    assert_eq!(request.kind.as_deref(), Some("request"));
    assert_eq!(request.kind_basis, "measured model");
    assert!(request.score.unwrap() > 0.9);
    assert!(request.reason.contains("please"), "{}", request.reason);
    let answer = request.answer.as_ref().unwrap();
    assert_eq!((answer.place, answer.how, answer.certain), (Place(2), How::Channel, true));
    assert_eq!(answer.lag_at_least, Some(2 * HOUR));
    assert_eq!(answer.declined.as_ref().unwrap().basis, "rule, not measured");
    assert_eq!(record.row(request.place).span, Span::at(0));
}

#[test]
fn the_window_is_seven_days_and_a_stated_answer_has_none() {
    let mut case = Case::new();
    case.says(0, 1, Span::at(0), ASKS).says(1, 0, Span::at(7 * DAY + 1), "Here.");
    let (_, found, _) = case.ask(&[]);
    assert_eq!(found[0].answer, None);
    assert!(!found[0].record_ends_before_window);

    let mut case = Case::new();
    case.says(0, 1, Span::at(0), ASKS);
    let takers = vec![(case.parties[1].1, Role::From)];
    let ties = vec![(Tie::Answers, ItemOrd(0))];
    case.push(Entry { takers, ties, ..Entry::new(1, Span::at(30 * DAY)) }, None);
    let (_, found, _) = case.ask(&[]);
    let answer = found[0].answer.as_ref().unwrap();
    assert_eq!((answer.how, answer.lag_at_most), (How::Says, Some(30 * DAY)));

    let mut case = Case::new();
    case.says(0, 1, Span::at(0), ASKS).says(2, 1, Span::at(DAY), "Hello.");
    let (_, found, caveats) = case.ask(&[]);
    assert!(found[0].record_ends_before_window);
    assert!(caveats.iter().any(|said| said.contains("past the end of the record: 1")));
}

#[test]
fn an_answer_of_the_same_day_is_open_and_said_so() {
    let day = Span { lo: 0, hi: DAY };
    for earlier_in_the_record in [true, false] {
        let mut case = Case::new();
        if earlier_in_the_record {
            case.says(1, 0, day, "The chart is here.").says(0, 1, day, ASKS);
        } else {
            case.says(0, 1, day, ASKS).says(1, 0, day, "The chart is here.");
        }
        case.says(1, 0, Span::at(3 * DAY), "Here it is.");
        let (record, found, _) = case.ask(&[]);
        let answer = found[0].answer.as_ref().unwrap();
        assert!(answer.certain);
        assert_eq!(record.row(answer.place).span, Span::at(3 * DAY));
        assert!(answer.perhaps_before.is_some());
    }
    let mut case = Case::new();
    case.says(0, 1, day, ASKS).says(1, 0, day, "The chart is here.");
    assert!(!case.ask(&[]).1[0].answer.as_ref().unwrap().certain);
}

#[test]
fn what_the_record_states_is_not_scored() {
    let mut case = Case::new();
    let takers = vec![(case.parties[0].1, Role::From), (case.parties[1].1, Role::To)];
    let link = case.builder.thing(ObjectKind::Url, "https://quay.example/plan");
    let detail = serde_json::json!({"asked": {
        "kind": "share", "act": "post", "what": "share the plan", "of": "Bob's father"}});
    let flags = Flags { summary: true, ..Flags::default() };
    case.push(
        Entry {
            takers,
            detail: detail.into(),
            flags,
            things: vec![link],
            ..Entry::new(0, Span::at(0))
        },
        Some("Please asks him to share the plan. Could you send it?"),
    );
    case.says(0, 1, Span::at(1), "Bitte senden Sie den Plan.");
    let (_, found, caveats) = case.ask(&[]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].kind.as_deref(), Some("share"));
    assert_eq!(found[0].reason, "stated in the compiled record");
    assert_eq!((found[0].score, found[0].read), (None, Read::SummaryNotScored));
    assert!(found[0].asked.is_empty());
    assert_eq!(found[0].objects[0].key, "https://quay.example/plan");
    assert_eq!(found[0].stated.as_ref().unwrap().of.as_deref(), Some("Bob's father"));
    assert!(caveats.iter().any(|said| said.contains("summary only and not scored: 1")));
    assert!(caveats.iter().any(|said| said.contains("other languages than English")));
}

#[test]
fn decisions_win_and_all_are_kept() {
    let decision = |verdict, at| Decision { verdict, author: "Eve".to_owned(), at: UtcMicros(at) };
    let mut case = Case::new();
    case.says(0, 1, Span::at(0), ASKS).says(1, 0, Span::at(1), "The quay is closed.");
    let id = |ord: u64| Entry::new(ord, Span::UNKNOWN).id;
    let (_, found, _) = case.ask(&[
        (id(0), decision(Verdict::No, 9)),
        (id(0), decision(Verdict::Yes, 5)),
        (id(1), decision(Verdict::Yes, 6)),
    ]);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].decision, Some(decision(Verdict::No, 9)));
    assert_eq!(found[0].earlier_decisions, [decision(Verdict::Yes, 5)]);
    assert!(!found[0].is_decided());
    assert_eq!(found[0].asked[0].kind, Kind::Request);
    assert!(found[1].is_decided());
    assert_eq!(found[1].reason, "decided by a person");
    assert_eq!(found[1].score, None);
}

#[test]
fn odd_records_are_read_without_harm() {
    let mut case = Case::new();
    for (number, span) in [
        Span::UNKNOWN,
        Span { lo: i64::MIN, hi: 0 },
        Span { lo: 0, hi: i64::MAX },
        Span { lo: i64::MAX - 1, hi: i64::MAX - 1 },
        Span { lo: 5, hi: -5 },
    ]
    .into_iter()
    .enumerate()
    {
        case.says(number % 2, (number + 1) % 2, span, ASKS);
    }
    case.push(Entry::new(5, Span::at(0)), None);
    case.push(
        Entry { detail: serde_json::json!({"asked": 7}).into(), ..Entry::new(6, Span::at(0)) },
        Some(""),
    );
    let (record, found, _) = case.ask(&[]);
    assert_eq!(found.len(), 5);
    let nobody = ranked(&record, Some(Party(99)), None, &mut |_| None, &[], true, usize::MAX);
    assert!(nobody.finding.result.is_empty());
    assert_eq!(nobody.finding.searched.items, 0);
    let empty = requests(&Record::empty("UTC"), None, None, &|_| None, &[]);
    assert!(empty.result.is_empty());
    assert!(serde_json::to_value(&found).unwrap().is_array());
}
