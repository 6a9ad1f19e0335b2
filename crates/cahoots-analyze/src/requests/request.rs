//! A request as it is told: who asked whom, when, why it is listed, what came back and what people
//! decided.

use cahoots_record::UtcMicros;
use serde::Serialize;

use super::answers::Answer;
use super::{Asked, Bucket};
use crate::finding::Cite;
use crate::record::Place;

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
