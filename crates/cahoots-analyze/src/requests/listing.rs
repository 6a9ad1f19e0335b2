//! The requests of a record: each private message that asks something, and what came back.

use cahoots_record::{ItemId, UtcMicros};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::answers::{ANSWER_WINDOW, Answer, Answers, declines};
use super::request::{Concerns, Decision, Read, Request, Stated, Verdict, Words};
use super::{Asked, Basis, Bucket, Detection, Detector, Language, Model};
use crate::finding::{Cite, Finding, Searched};
use crate::record::{Party, Place, Record};

/// The private messages of `from` (anybody, if `None`) to `to` (likewise), in the order of time,
/// automated ones left out.
pub fn messages(record: &Record, from: Option<Party>, to: Option<Party>) -> Vec<Place> {
    let fits = |place: &Place| {
        let row = record.row(*place);
        row.is_private_message()
            && !row.flags.automated
            && from.is_none_or(|party| record.wrote(party, *place))
            && to.is_none_or(|party| record.received(party, *place))
    };
    record.places().filter(fits).collect()
}

/// What was asked in private messages, with score, reason, first answer and decisions.
///
/// `words` gives the words of an item, `None` when the record does not hold them. See [`ranked`] to
/// score messages beforehand, and for lists of which only the beginning is shown.
pub fn requests(
    record: &Record,
    from: Option<Party>,
    to: Option<Party>,
    words: &dyn Fn(Place) -> Option<Words>,
    decisions: &[(ItemId, Decision)],
) -> Finding<Vec<Request>> {
    let mut detector = Detector::default();
    let mut read = |place: Place| {
        let words = words(place)?;
        Some(detector.detect(&words.text, words.language.as_deref()))
    };
    let asking = Asking { record, from, to, answers: Answers::of(record), ends: end_of(record) };
    let decided = by_item(decisions);
    let places = messages(record, from, to);
    let (found, counts) = candidates(record, &places, &mut read, &decided);
    let mut result: Vec<Request> = found.into_iter().map(|one| asking.request(one)).collect();
    for request in &mut result {
        mark_declined(record, request, words);
    }
    let open = result.iter().filter(|request| request.record_ends_before_window).count();
    asking.finding(&places, counts.caveats(open), result)
}

/// What [`ranked`] gives.
pub struct Ranked {
    /// The first of them.
    pub finding: Finding<Vec<Request>>,
    /// How many there are in all.
    pub total: usize,
    /// How many merely possible ones were left out.
    pub possible_left_out: usize,
}

/// The first `most` requests: what people decided or stated first, then by the model's score.
/// Unless `all` are wanted, those that are merely possible are counted and left out.
///
/// What a [`Detector`] found in each message is given by `read`, so that messages can be scored
/// beforehand on several threads; summaries are never asked for. Whether an answer declines is left
/// open, see [`mark_declined`]. A request costs its answer and its names only where it is shown.
pub fn ranked(
    record: &Record,
    from: Option<Party>,
    to: Option<Party>,
    read: &mut dyn FnMut(Place) -> Option<Detection>,
    decisions: &[(ItemId, Decision)],
    all: bool,
    most: usize,
) -> Ranked {
    let asking = Asking { record, from, to, answers: Answers::of(record), ends: end_of(record) };
    let decided = by_item(decisions);
    let places = messages(record, from, to);
    let (mut found, counts) = candidates(record, &places, read, &decided);
    let before = found.len();
    if !all {
        found.retain(Candidate::is_worth_a_look);
    }
    let (total, possible_left_out) = (found.len(), before - found.len());
    let open = found.iter().filter(|one| asking.is_open(one.place)).count();
    found.sort_by(|a, b| b.weight().total_cmp(&a.weight()).then(a.place.cmp(&b.place)));
    found.truncate(most);
    let result = found.into_iter().map(|one| asking.request(one)).collect();
    let finding = asking.finding(&places, counts.caveats(open), result);
    Ranked { finding, total, possible_left_out }
}

/// A message that asks something, before anything is looked up for it.
struct Candidate<'d> {
    place: Place,
    read: Read,
    asked: Vec<Asked>,
    stated: Option<Stated>,
    /// Oldest first.
    decisions: &'d [Decision],
}

impl Candidate<'_> {
    /// Decided, stated, or scored above the threshold with the best F1.
    fn is_worth_a_look(&self) -> bool {
        !self.decisions.is_empty()
            || self.stated.is_some()
            || self.asked.iter().any(|asked| asked.bucket >= Some(Bucket::Balanced))
    }

    /// What people decided or stated before the model's score.
    fn weight(&self) -> f64 {
        let score = weightiest(&self.asked).filter(|top| top.bucket.is_some()).map(|top| top.score);
        let (ground, score) = match (self.decisions.last(), &self.stated) {
            (Some(last), stated) => {
                let ground = match last.verdict {
                    Verdict::Yes => 4.0,
                    Verdict::Unsure => 2.0,
                    Verdict::No => -2.0,
                };
                (ground, if stated.is_some() { None } else { score })
            }
            (None, Some(_)) => (3.0, None),
            (None, None) => (0.0, score),
        };
        ground + score.unwrap_or_default()
    }
}

/// The messages that ask something, in the order given, and how all of them were read.
fn candidates<'d>(
    record: &Record,
    places: &[Place],
    read: &mut dyn FnMut(Place) -> Option<Detection>,
    decided: &'d FxHashMap<ItemId, Vec<Decision>>,
) -> (Vec<Candidate<'d>>, Counts) {
    let mut counts = Counts::default();
    let mut found = Vec::new();
    for &place in places {
        let (read, asked) = read_one(record, place, read);
        counts.add(read);
        let stated = stated(record, place);
        let decisions = decided.get(&record.row(place).id).map_or(&[][..], Vec::as_slice);
        if !asked.is_empty() || stated.is_some() || !decisions.is_empty() {
            found.push(Candidate { place, read, asked, stated, decisions });
        }
    }
    (found, counts)
}

/// The last moment of a record that is known.
fn end_of(record: &Record) -> Option<i64> {
    record.dated().iter().map(|row| row.span.hi).filter(|hi| *hi != i64::MAX).max()
}

/// What requests are completed from.
struct Asking<'r> {
    record: &'r Record,
    from: Option<Party>,
    to: Option<Party>,
    answers: Answers,
    ends: Option<i64>,
}

impl Asking<'_> {
    fn answer(&self, place: Place) -> Option<Answer> {
        let record = self.record;
        let authors: Vec<Party> = record.authors(place).map(|taker| taker.party).collect();
        let mut responders: Vec<Party> = match self.to {
            Some(to) => vec![to],
            None => record.addressees(place).map(|taker| taker.party).collect(),
        };
        responders.retain(|party| !authors.contains(party));
        self.answers.first(record, place, &authors, &responders)
    }

    /// Whether the record ends before the time for an answer was over.
    fn ends_early(&self, place: Place) -> bool {
        let until = self.record.row(place).span.hi.saturating_add(ANSWER_WINDOW);
        self.ends.is_none_or(|ends| ends < until)
    }

    /// Whether there is no answer and the record ends before the time for one was over.
    fn is_open(&self, place: Place) -> bool {
        self.ends_early(place) && self.answer(place).is_none()
    }

    fn request(&self, one: Candidate<'_>) -> Request {
        let place = one.place;
        let mut request = request(self.record, one);
        request.answer = self.answer(place);
        request.record_ends_before_window = request.answer.is_none() && self.ends_early(place);
        request
    }

    fn finding(
        &self,
        places: &[Place],
        caveats: Vec<String>,
        result: Vec<Request>,
    ) -> Finding<Vec<Request>> {
        let record = self.record;
        let (from, to) =
            (self.from.map(|party| record.name(party)), self.to.map(|party| record.name(party)));
        let what = match (from, to) {
            (Some(from), Some(to)) => format!("private messages from {from} to {to}"),
            (Some(from), None) => format!("private messages from {from}"),
            (None, Some(to)) => format!("private messages to {to}"),
            (None, None) => "private messages".to_owned(),
        };
        let [low, balanced, high] = Model::embedded().thresholds();
        Finding {
            method: "requests",
            version: 1,
            parameters: json!({
                "from": from,
                "to": to,
                "answer_window_days": 7,
                "threshold_high_recall": low,
                "threshold_balanced": balanced,
                "threshold_high_precision": high,
                "commitments": false,
            }),
            searched: Searched::over(record, &what, places.iter().copied()),
            caveats,
            result,
        }
    }
}

/// Says whether the answer to a request declines, by its words.
///
/// A long list is made without words first; those of the answers that will be shown are read
/// together and marked then.
pub fn mark_declined(
    record: &Record,
    request: &mut Request,
    words: &dyn Fn(Place) -> Option<Words>,
) {
    if let Some(answer) = &mut request.answer
        && !record.row(answer.place).flags.summary
    {
        let english =
            |words: &Words| Language::of(words.language.as_deref()) != Language::OtherNotRead;
        answer.declined =
            words(answer.place).filter(english).and_then(|words| declines(&words.text));
    }
}

fn by_item(decisions: &[(ItemId, Decision)]) -> FxHashMap<ItemId, Vec<Decision>> {
    let mut decided: FxHashMap<ItemId, Vec<Decision>> = FxHashMap::default();
    for (item, decision) in decisions {
        decided.entry(*item).or_default().push(decision.clone());
    }
    for list in decided.values_mut() {
        list.sort_by_key(|decision| decision.at);
    }
    decided
}

fn read_one(
    record: &Record,
    place: Place,
    read: &mut dyn FnMut(Place) -> Option<Detection>,
) -> (Read, Vec<Asked>) {
    if record.row(place).flags.summary {
        return (Read::SummaryNotScored, Vec::new());
    }
    match read(place) {
        None => (Read::NoWords, Vec::new()),
        Some(Detection { language: Language::OtherNotRead, .. }) => {
            (Read::OtherLanguageNotScored, Vec::new())
        }
        Some(detection) => (Read::Scored, detection.asked),
    }
}

/// `details[place]["asked"]`: a table, or a text that says what.
fn stated(record: &Record, place: Place) -> Option<Stated> {
    match record.details.get(&place)?.get("asked")? {
        Value::String(what) => Some(Stated { what: Some(what.clone()), ..Stated::default() }),
        Value::Object(table) => {
            let text = |key: &str| match table.get(key)? {
                Value::String(text) => Some(text.clone()),
                Value::Null => None,
                other => Some(other.to_string()),
            };
            Some(Stated {
                kind: text("kind"),
                act: text("act"),
                what: text("what"),
                object: text("object"),
                of: text("of"),
            })
        }
        _ => None,
    }
}

fn request(record: &Record, one: Candidate<'_>) -> Request {
    let Candidate { place, read, asked, stated, decisions } = one;
    let row = record.row(place);
    let names = |parties: &mut dyn Iterator<Item = Party>| {
        let mut names: Vec<String> = Vec::new();
        for party in parties {
            let name = record.name(party).to_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    };
    let top = weightiest(&asked);
    let (kind, kind_basis, score, bucket, reason) = match (&stated, top) {
        (Some(stated), _) => {
            let words = "stated in the compiled record";
            (stated.kind.clone(), words, None, None, words.to_owned())
        }
        (None, Some(top)) => {
            let basis = match top.kind_basis {
                Basis::Model => "measured model",
                Basis::Rule => "rule, not measured",
            };
            let kind = Some(top.kind.as_str().to_owned());
            let score = top.bucket.map(|_| top.score);
            (kind, basis, score, top.bucket, in_words(top))
        }
        (None, None) => (None, "decided by a person", None, None, "decided by a person".to_owned()),
    };
    let (decision, earlier_decisions) = match decisions.split_last() {
        Some((last, earlier)) => (Some(last.clone()), earlier.to_vec()),
        None => (None, Vec::new()),
    };
    Request {
        cite: Cite::of(record, place),
        from: names(&mut record.authors(place).map(|taker| taker.party)),
        to: names(&mut record.addressees(place).map(|taker| taker.party)),
        earliest: (row.span.lo != i64::MIN).then_some(UtcMicros(row.span.lo)),
        latest: (row.span.hi != i64::MAX).then_some(UtcMicros(row.span.hi)),
        kind,
        kind_basis,
        objects: record
            .things(place)
            .iter()
            .filter_map(|thing| record.things.get(thing.0 as usize))
            .map(|facts| Concerns { kind: facts.kind.name(), key: facts.key.clone() })
            .collect(),
        score,
        bucket,
        reason,
        stated,
        asked,
        read,
        answer: None,
        record_ends_before_window: false,
        decision,
        earlier_decisions,
        place,
    }
}

/// The weightiest sentence: scored ones before those that only a pattern speaks for.
fn weightiest(asked: &[Asked]) -> Option<&Asked> {
    asked.iter().reduce(|best, next| {
        let weight = |asked: &Asked| (asked.bucket, asked.score);
        if weight(next) > weight(best) { next } else { best }
    })
}

/// Gives a request that was found by [`Detector::for_ranking`] its words and reasons: what a full
/// detector finds in the same message.
pub fn explain(request: &mut Request, detection: Detection) {
    request.asked = detection.asked;
    if request.stated.is_none()
        && let Some(top) = weightiest(&request.asked)
    {
        request.reason = in_words(top);
    }
}

/// A reason in words: «pattern "could you"; a question mark; words "could you", "send"».
fn in_words(asked: &Asked) -> String {
    let reason = &asked.reason;
    let mut parts: Vec<String> = Vec::new();
    parts.extend(reason.pattern.map(|pattern| format!("pattern \"{pattern}\"")));
    parts.extend(reason.rules.iter().map(|rule| (*rule).to_owned()));
    if !reason.words.is_empty() {
        let words: Vec<String> = reason.words.iter().map(|word| format!("\"{word}\"")).collect();
        parts.push(format!("words {}", words.join(", ")));
    }
    parts.join("; ")
}

/// How many messages were read in which way.
#[derive(Default)]
struct Counts {
    summaries: u64,
    foreign: u64,
    wordless: u64,
}

impl Counts {
    fn add(&mut self, read: Read) {
        match read {
            Read::Scored => {}
            Read::SummaryNotScored => self.summaries += 1,
            Read::OtherLanguageNotScored => self.foreign += 1,
            Read::NoWords => self.wordless += 1,
        }
    }

    /// `open` is how many requests have no answer yet and a window beyond the end of the record.
    fn caveats(&self, open: usize) -> Vec<String> {
        let mut said = vec![
            "The score ranks sentences for a reader and decides nothing. Two people who labelled \
             the same sentences agree at kappa 0.58."
                .to_owned(),
            "Only whether a sentence asks something is measured. The kinds and whether an answer \
             declines are rules, not measured."
                .to_owned(),
            "An answer is a later message the other way within 7 days in the same thread or \
             channel, or one that says that it answers. None in the record does not mean that \
             none was given."
                .to_owned(),
        ];
        for (count, what) in [
            (self.summaries, "known by somebody else's summary only and not scored"),
            (self.foreign, "in other languages than English and not scored"),
            (self.wordless, "in the record without words and not scored"),
        ] {
            if count > 0 {
                said.push(format!("Messages that are {what}: {count}."));
            }
        }
        if open > 0 {
            said.push(format!(
                "Requests without an answer whose 7 days run past the end of the record: {open}."
            ));
        }
        said
    }
}
