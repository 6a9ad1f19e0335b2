//! The requests of a record: each private message that asks something, and what came back.

use cahoots_record::{ItemId, UtcMicros};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Value, json};

use super::answers::{ANSWER_WINDOW, Answer, Answers, declines};
use super::{Asked, Basis, Bucket, Detection, Detector, Language, Model};
use crate::finding::{Cite, Finding, Searched};
use crate::record::{Party, Place, Record};

/// The words of an item.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Words {
    /// Its subject; not scored.
    pub subject: Option<String>,
    /// Its text, lines ended by `\n`.
    pub text: String,
    /// ISO 639-3 code of its language, if known.
    pub language: Option<String>,
}

/// What a person decided about a message.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Verdict))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It asks something.
    Yes,
    /// It asks nothing.
    No,
    /// It cannot be told.
    Unsure,
}

/// A decision, by whom and when.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Decision))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// Who decided.
    pub author: String,
    /// When.
    pub at: UtcMicros,
}

/// How a message was read.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Read))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Read {
    /// Its words were scored.
    Scored,
    /// Its words are somebody's summary and were not scored.
    SummaryNotScored,
    /// It is not in English and was not scored.
    OtherLanguageNotScored,
    /// The record does not hold its words.
    NoWords,
}

/// A request that whoever compiled the record states, in their words.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Stated))]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Stated {
    /// The kind.
    pub kind: Option<String>,
    /// The kind of act that would answer it.
    pub act: Option<String>,
    /// What was asked.
    pub what: Option<String>,
    /// The link or document it is about.
    pub object: Option<String>,
    /// Who was to do it.
    pub of: Option<String>,
}

/// An object that a request concerns.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Concerns))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Concerns {
    /// `url`, `hashtag` and so on.
    pub kind: &'static str,
    /// Its canonical form.
    pub key: String,
}

/// A private message that asks something, or that a person decided about.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Request))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Request {
    /// The message.
    pub cite: Cite,
    /// Names of its authors.
    pub from: Vec<String>,
    /// Names of those it was addressed to.
    pub to: Vec<String>,
    /// Not sent before, if known.
    pub earliest: Option<UtcMicros>,
    /// Not sent after, if known.
    pub latest: Option<UtcMicros>,
    /// The kind, of the weightiest sentence or as the record states it.
    pub kind: Option<String>,
    /// What the kind rests on.
    pub kind_basis: &'static str,
    /// What the message refers to.
    pub objects: Vec<Concerns>,
    /// The highest score of its sentences; `None` where the request is stated or decided.
    pub score: Option<f64>,
    /// How sure that is.
    pub bucket: Option<Bucket>,
    /// Why it is listed, in words.
    pub reason: String,
    /// Stated by whoever compiled the record.
    pub stated: Option<Stated>,
    /// The sentences that ask something, in order.
    pub asked: Vec<Asked>,
    /// How it was read.
    pub read: Read,
    /// The first answer that the record shows.
    pub answer: Option<Answer>,
    /// No answer is in the record, and the record ends before the time for one was over.
    pub record_ends_before_window: bool,
    /// The decision that holds: the last one.
    pub decision: Option<Decision>,
    /// Decisions before it, oldest first.
    pub earlier_decisions: Vec<Decision>,
    /// Where it is in the record.
    #[serde(skip)]
    pub place: Place,
}

impl Request {
    /// Whether a person decided that it is a request: only these are tested for acts.
    pub fn is_decided(&self) -> bool {
        self.decision.as_ref().is_some_and(|decision| decision.verdict == Verdict::Yes)
    }
}

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
/// `words` gives the words of an item, `None` when the record does not hold them. See
/// [`requests_read`] to score messages beforehand, on several threads.
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
    requests_read(record, from, to, &mut read, words, decisions)
}

/// The same, with what a [`Detector`] found in each message given by `read`; `words` is asked for
/// the words of answers only. Summaries are never asked for.
pub fn requests_read(
    record: &Record,
    from: Option<Party>,
    to: Option<Party>,
    read: &mut dyn FnMut(Place) -> Option<Detection>,
    words: &dyn Fn(Place) -> Option<Words>,
    decisions: &[(ItemId, Decision)],
) -> Finding<Vec<Request>> {
    let decided = by_item(decisions);
    let answers = Answers::of(record);
    let ends = record.dated().iter().map(|row| row.span.hi).filter(|hi| *hi != i64::MAX).max();
    let places = messages(record, from, to);
    let mut counts = Counts::default();
    let mut found = Vec::new();
    for place in &places {
        let (how, asked) = read_one(record, *place, read);
        counts.add(how);
        let stated = stated(record, *place);
        let decision = decided.get(&record.row(*place).id);
        if asked.is_empty() && stated.is_none() && decision.is_none() {
            continue;
        }
        let mut request = request(record, *place, how, asked, stated, decision);
        let authors: Vec<Party> = record.authors(*place).map(|taker| taker.party).collect();
        let mut responders: Vec<Party> = match to {
            Some(to) => vec![to],
            None => record.addressees(*place).map(|taker| taker.party).collect(),
        };
        responders.retain(|party| !authors.contains(party));
        request.answer = answers.first(record, *place, &authors, &responders);
        mark_declined(record, &mut request, words);
        let until = record.row(*place).span.hi.saturating_add(ANSWER_WINDOW);
        request.record_ends_before_window =
            request.answer.is_none() && ends.is_none_or(|ends| ends < until);
        found.push(request);
    }
    let what = match (from, to) {
        (Some(from), Some(to)) => {
            format!("private messages from {} to {}", record.name(from), record.name(to))
        }
        (Some(from), None) => format!("private messages from {}", record.name(from)),
        (None, Some(to)) => format!("private messages to {}", record.name(to)),
        (None, None) => "private messages".to_owned(),
    };
    let [low, balanced, high] = Model::embedded().thresholds();
    Finding {
        method: "requests",
        version: 1,
        parameters: json!({
            "from": from.map(|party| record.name(party)),
            "to": to.map(|party| record.name(party)),
            "answer_window_days": 7,
            "threshold_high_recall": low,
            "threshold_balanced": balanced,
            "threshold_high_precision": high,
            "commitments": false,
        }),
        searched: Searched::over(record, &what, places.iter().copied()),
        caveats: counts.caveats(&found),
        result: found,
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

fn request(
    record: &Record,
    place: Place,
    read: Read,
    asked: Vec<Asked>,
    stated: Option<Stated>,
    decisions: Option<&Vec<Decision>>,
) -> Request {
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
    let (decision, earlier_decisions) = match decisions.map(|list| list.split_last()) {
        Some(Some((last, earlier))) => (Some(last.clone()), earlier.to_vec()),
        _ => (None, Vec::new()),
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

    fn caveats(&self, found: &[Request]) -> Vec<String> {
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
        let open = found.iter().filter(|request| request.record_ends_before_window).count();
        if open > 0 {
            said.push(format!(
                "Requests without an answer whose 7 days run past the end of the record: {open}."
            ));
        }
        said
    }
}
