//! What was asked: requests in private messages, with a score, a reason and what came back.
//!
//! The model ranks and highlights; a person decides. English only.

mod answers;
mod features;
pub mod kept;
mod kinds;
mod listing;
mod marks;
mod model;
mod request;
mod sentences;
mod tokens;
mod zones;

use std::ops::Range;

use serde::Serialize;

pub use answers::{ANSWER_WINDOW, Answer, Declined, How};
pub use kinds::Kind;
pub use listing::{Ranked, explain, mark_declined, messages, ranked, requests};
pub use model::{Bucket, Model};
pub use request::{Concerns, Decision, Read, Request, Stated, Verdict, Words};
pub use zones::{Zone, Zoned, zones};

use kinds::Kinds;
use tokens::{Lexicon, Token, class};
use zones::Zoner;

/// Where a kind comes from.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Basis))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub enum Basis {
    /// The model says that the sentence asks something, and no pattern says what kind.
    #[serde(rename = "measured model")]
    Model,
    /// A pattern says the kind.
    #[serde(rename = "rule, not measured")]
    Rule,
}

/// Why a sentence is listed.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Reason))]
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Reason {
    /// The pattern that gave the kind; `|` stands between alternatives.
    pub pattern: Option<&'static str>,
    /// Rules of thumb that spoke for it, weightiest first.
    pub rules: Vec<&'static str>,
    /// Words of the sentence that spoke for it, weightiest first.
    pub words: Vec<String>,
}

/// How a range of bytes is written out.
#[cfg(feature = "schema")]
#[derive(utoipa::ToSchema)]
#[schema(as = requests::ByteRange)]
pub struct ByteRange {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// A sentence that asks something, as far as the model and the rules can tell.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Asked))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Asked {
    /// Its bytes in the text.
    #[cfg_attr(feature = "schema", schema(value_type = crate::requests::ByteRange))]
    pub range: Range<usize>,
    /// Its words, spaces and line ends evened out.
    pub sentence: String,
    /// Request, proposal, offer, information, commitment.
    pub kind: Kind,
    /// What the kind rests on.
    pub kind_basis: Basis,
    /// The probability, by the model, that the sentence asks something of its reader. It says
    /// nothing about the kind.
    pub score: f64,
    /// How sure that is; `None` when only a pattern speaks for it.
    pub bucket: Option<Bucket>,
    /// What spoke for it.
    pub reason: Reason,
    /// Where in the message it stands: always the sender's own words.
    pub zone: Zone,
}

/// Whether a text could be read for requests.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Language))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// It is English.
    English,
    /// It is too short to tell, and was read as English.
    Unknown,
    /// It is not, and was not read: the model and the rules know English only.
    OtherNotRead,
}

impl Language {
    /// From a language code: `"eng"`, `"en"`, `"en-GB"`.
    pub fn of(code: Option<&str>) -> Self {
        match code.map(|code| code.split(['-', '_']).next().unwrap_or("")) {
            None | Some("" | "und") => Self::Unknown,
            Some(code) if code.eq_ignore_ascii_case("eng") || code.eq_ignore_ascii_case("en") => {
                Self::English
            }
            Some(_) => Self::OtherNotRead,
        }
    }
}

/// What was found in a text.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = requests::Detection))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Detection {
    /// Whether it could be read.
    pub language: Language,
    /// The sentences that ask something, in order.
    pub asked: Vec<Asked>,
}

/// Finds requests; holds its tables and buffers from one message to the next.
///
/// One detector for each thread: what it finds does not depend on what it read before.
#[derive(Debug)]
pub struct Detector {
    model: &'static Model,
    lexicon: Lexicon,
    kinds: Kinds,
    zoner: Zoner,
    zones: Vec<Zoned>,
    tokens: Vec<Token>,
    commitments: bool,
    reasons: bool,
}

impl Default for Detector {
    fn default() -> Self {
        let mut lexicon = Lexicon::embedded();
        let kinds = Kinds::new(&mut lexicon);
        Self {
            model: Model::embedded(),
            lexicon,
            kinds,
            zoner: Zoner::default(),
            zones: Vec::new(),
            tokens: Vec::new(),
            commitments: false,
            reasons: true,
        }
    }
}

impl Detector {
    /// A detector that finds commitments too (by rule, not measured).
    pub fn with_commitments() -> Self {
        Self { commitments: true, ..Self::default() }
    }

    /// A detector for long lists: it scores, and leaves words and reasons empty. See [`explain`].
    pub fn for_ranking() -> Self {
        Self { reasons: false, ..Self::default() }
    }

    /// The model's score of one sentence.
    pub fn score(&mut self, sentence: &str) -> f64 {
        self.lexicon.read(sentence, &mut self.tokens);
        self.model.score(&self.tokens)
    }

    /// The sentences of a message that ask something. Quoted and forwarded text, signatures,
    /// disclaimers and footers are not read.
    pub fn detect(&mut self, text: &str, language: Option<&str>) -> Detection {
        let language = Language::of(language);
        let mut asked = Vec::new();
        if language == Language::OtherNotRead {
            return Detection { language, asked };
        }
        self.zoner.read(text, &mut self.zones);
        for zoned in &self.zones {
            if zoned.zone != Zone::Own {
                continue;
            }
            sentences::split(text, zoned.range.clone(), |range| {
                let sentence = &text[range.clone()];
                self.lexicon.read(sentence, &mut self.tokens);
                let tokens = &self.tokens;
                let score = self.model.score(tokens);
                let bucket = self.model.bucket(score);
                let pattern = self.kinds.find(tokens, self.commitments);
                let Some((kind, kind_basis, pattern)) = kind_of(tokens, bucket, pattern) else {
                    return;
                };
                let (sentence, reason) = if self.reasons {
                    let reason = reason(self.model, sentence, tokens, bucket, pattern);
                    (even(sentence), reason)
                } else {
                    (String::new(), Reason::default())
                };
                asked.push(Asked {
                    range,
                    sentence,
                    kind,
                    kind_basis,
                    score,
                    bucket,
                    reason,
                    zone: zoned.zone,
                });
            });
        }
        Detection { language, asked }
    }
}

/// Finds requests in one text, see [`Detector::detect`].
pub fn detect(text: &str, language: Option<&str>) -> Detection {
    Detector::default().detect(text, language)
}

/// What a plain command is listed for when the model does not know its words.
const COMMAND: &str = "begins with a command";

/// The kind of a sentence; `None` when it asks nothing. A pattern of a request or a question
/// counts only together with the model; the other kinds have no model and stand by themselves.
/// So does a sentence that begins with a command and does not advertise: the model learnt from
/// mail full of advertisements, whose commands ask nothing, and misses "post the story".
fn kind_of(
    tokens: &[Token],
    bucket: Option<Bucket>,
    pattern: Option<(Kind, &'static str)>,
) -> Option<(Kind, Basis, Option<&'static str>)> {
    let question = tokens.last().is_some_and(|last| last.classes & class::QUESTION != 0);
    match (pattern, bucket) {
        (Some((Kind::Request | Kind::Information, _)), None) | (None, None) => {
            let commands = features::begins_with_command(tokens);
            commands.then_some((Kind::Request, Basis::Rule, Some(COMMAND)))
        }
        (Some((Kind::Request, said)), Some(_)) => Some((Kind::Request, Basis::Model, Some(said))),
        (Some((kind, said)), _) => Some((kind, Basis::Rule, Some(said))),
        (None, Some(_)) if question => Some((Kind::Information, Basis::Rule, None)),
        (None, Some(_)) => Some((Kind::Request, Basis::Model, None)),
    }
}

fn reason(
    model: &Model,
    sentence: &str,
    tokens: &[Token],
    bucket: Option<Bucket>,
    pattern: Option<&'static str>,
) -> Reason {
    if bucket.is_none() {
        return Reason { pattern, ..Reason::default() };
    }
    let explained = model.explain(tokens);
    let words = explained
        .words
        .iter()
        .map(|(from, to)| even(&sentence[tokens[*from].start as usize..tokens[*to].end as usize]))
        .collect();
    Reason { pattern, rules: explained.rules, words }
}

/// One space for every run of spaces and line ends.
fn even(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_ascii_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_senders_own_words_are_read() {
        let text = "I agree.\n\n> Could you send me the plan?\n\n-- \nPlease call Ada.\n";
        assert!(detect(text, None).asked.is_empty());
        let found = detect("Hello Bob,\ncould you send me\nthe plan? I was out.\n", Some("eng"));
        assert_eq!(found.language, Language::English);
        assert_eq!(found.asked.len(), 1);
        let asked = &found.asked[0];
        assert_eq!(asked.kind, Kind::Request);
        assert_eq!(asked.bucket, Some(Bucket::High));
        assert!(asked.sentence.ends_with("could you send me the plan?"));
        assert!(!asked.reason.words.is_empty());
    }

    #[test]
    fn what_is_found_for_ranking_is_found_in_full() {
        let text = "Hi Bob,\ncould you send me the plan? I can bring it.\nPost the story.\n";
        let full = detect(text, None).asked;
        let mut bare = full.clone();
        for asked in &mut bare {
            (asked.sentence, asked.reason) = (String::new(), Reason::default());
        }
        assert_eq!(full.len(), 3);
        assert_eq!(Detector::for_ranking().detect(text, None).asked, bare);
    }

    #[test]
    fn other_languages_are_not_read_and_that_is_said() {
        let found = detect("Could you send me the plan?", Some("deu"));
        assert_eq!(found, Detection { language: Language::OtherNotRead, asked: Vec::new() });
        assert_eq!(detect("ok", Some("und")).language, Language::Unknown);
    }

    #[test]
    fn a_command_that_the_model_does_not_know_is_listed_by_rule() {
        let found = detect("Post the story.", None);
        assert_eq!((found.asked[0].kind, found.asked[0].kind_basis), (Kind::Request, Basis::Rule));
        assert_eq!(found.asked[0].bucket, None);
        assert!(detect("Click here to win a free boat.", None).asked.is_empty());
    }

    #[test]
    fn questions_are_information_and_offers_need_no_score() {
        let kind = |text| detect(text, None).asked.first().map(|asked| asked.kind);
        assert_eq!(kind("What time does the ferry leave?"), Some(Kind::Information));
        assert_eq!(kind("I can bring the chart."), Some(Kind::Offer));
        assert_eq!(kind("I'll bring the chart tomorrow."), None);
        let text = "I'll bring the chart tomorrow.";
        let found = Detector::with_commitments().detect(text, None);
        assert_eq!(found.asked[0].kind, Kind::Commitment);
    }
}
