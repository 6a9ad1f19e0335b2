//! What is said of a claim: verdicts, their witnesses, and the sentence that people read.

use cahoots_record::Template;
use serde::Serialize;

use super::contact::Excluded;
use super::coverage::Share;
use crate::finding::Cite;
use crate::record::Span;
use crate::words::quote::Compared;

/// How a claim stands to the record.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Verdict))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// The record shows something that cannot be so if the claim holds.
    Contradicted,
    /// The record shows something that speaks against the claim and does not settle it.
    InTension,
    /// Nothing speaks against it in a record that is stated to hold everything that could, on the
    /// channels that are recorded.
    ConsistentWithCompleteRecord,
    /// Nothing speaks against it in what the record holds.
    NotContradicted {
        /// How much of what the claim needs the record is known to hold, rounded down.
        coverage_percent: u8,
    },
    /// It was not tested.
    NotTestable {
        /// Why.
        why: String,
    },
    /// The record shows what a positive claim says.
    Supported,
    /// It is a judgement: no record can settle it.
    Opinion,
}

impl Verdict {
    /// In words, as in `alternateName` of an exported rating.
    pub fn words(&self) -> String {
        match self {
            Self::Contradicted => "Contradicted".to_owned(),
            Self::InTension => "In tension".to_owned(),
            Self::ConsistentWithCompleteRecord => "Consistent with a complete record".to_owned(),
            Self::NotContradicted { coverage_percent } => {
                format!("Not contradicted (coverage {coverage_percent}%)")
            }
            Self::NotTestable { .. } => "Not testable".to_owned(),
            Self::Supported => "Supported".to_owned(),
            Self::Opinion => "Opinion, left unscored".to_owned(),
        }
    }
}

/// An item that bears on the verdict.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Witness))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Witness {
    /// The item.
    pub item: Cite,
    /// How well it shows that somebody had what it carries or got it (1 best to 6).
    pub grade: u8,
    /// Whether it suffices: its time, its parties and what it carries are certain enough.
    pub suffices: bool,
    /// Why not, in words; empty if it does.
    pub doubts: Vec<&'static str>,
}

/// The numbers behind a claim about a count.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Counts))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Counts {
    /// Certain and certainly different messages.
    pub least: u64,
    /// With every doubtful one.
    pub most: u64,
    /// Of the certain ones: written by the actors.
    pub sent: u64,
    /// Of the certain ones: written by the counterparts.
    pub came: u64,
    /// Whether only messages by the actor count.
    pub only_sent: bool,
}

/// A quotation beside one wording that the record holds.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Quotation))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Quotation {
    /// The item quoted.
    pub item: Cite,
    /// Who printed the wording; empty for the item's own text.
    pub publication: String,
    /// How the two stand to each other.
    #[serde(flatten)]
    pub compared: Compared,
}

/// Whether the speaker had been told, by one item.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::ToldBefore))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct ToldBefore {
    /// The evidence grade of METHODS §4.1, 1 best.
    pub grade: u8,
    /// The item.
    pub item: Cite,
    /// Its time, in microseconds of UTC.
    #[cfg_attr(feature = "schema", schema(value_type = crate::statements::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// Whether that is certainly before the statement was made.
    pub certainly_before: bool,
    /// Whether the account through which it reached the speaker is confirmed.
    pub confirmed: bool,
}

/// A span as it is written out, in microseconds of UTC: bounds that are not known are null.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Span))]
pub struct SpanOut {
    from: Option<i64>,
    until: Option<i64>,
}

/// A span in JSON: bounds that are not known are null.
pub(crate) fn span_out<S: serde::Serializer>(span: &Span, out: S) -> Result<S::Ok, S::Error> {
    let from = (span.lo != i64::MIN).then_some(span.lo);
    let until = (span.hi != i64::MAX).then_some(span.hi);
    SpanOut { from, until }.serialize(out)
}

/// One reading of a statement, judged.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Reading))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reading {
    /// The reading in words.
    pub reading: String,
    /// The template that a person chose.
    pub template: Option<Template>,
    /// How it stands to the record.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// The verdict in one sentence.
    pub sentence: String,
    /// At most five items, strongest first. For *contradicted*, only the strongest that suffice;
    /// `reasons` says how many more show it less directly.
    pub witnesses: Vec<Witness>,
    /// How many such items there are.
    pub witness_count: u64,
    /// For counts.
    pub counts: Option<Counts>,
    /// For quotations: each wording in the record beside it, closest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quotations: Vec<Quotation>,
    /// What the verdict rests on beyond the witnesses, in sentences.
    pub reasons: Vec<String>,
    /// How else the witnesses may be read.
    pub alternatives: Vec<String>,
    /// What is known to be complete; `None` where the claim was not tested.
    pub coverage: Option<Share>,
    /// The same in a line.
    pub coverage_line: Option<String>,
    /// What was not counted as contact.
    pub excluded: Excluded,
    /// The hedge spoken, if any.
    pub hedge: Option<String>,
    /// Items by which the speaker had been told, or may have been, before speaking: of what the
    /// claim is about, or of the witnesses. `None` where there is nothing to ask.
    pub told_before: Option<Vec<ToldBefore>>,
}

/// A statement, judged.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Judged))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Judged {
    /// The item that holds it.
    pub statement: Option<Cite>,
    /// Its name in the record.
    pub id: String,
    /// Who said it; empty if not known.
    pub speaker: String,
    /// When, in microseconds of UTC.
    #[cfg_attr(feature = "schema", schema(value_type = crate::statements::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub made: Span,
    /// When, in words, in the display zone of the case.
    pub made_on: Option<String>,
    /// What was asked.
    pub question: Option<String>,
    /// The words spoken.
    pub words: Option<String>,
    /// Where it was made.
    #[serde(rename = "where")]
    pub place_made: Option<String>,
    /// Where it was published.
    pub published: Vec<serde_json::Value>,
    /// One verdict for each reading.
    pub readings: Vec<Reading>,
}

/// What a template found.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) verdict: Verdict,
    /// The sentence after the verdict's name and the reading, without the full stop.
    pub(crate) found: String,
    /// Sorted, strongest first.
    pub(crate) witnesses: Vec<Witness>,
    pub(crate) counts: Option<Counts>,
    pub(crate) quotations: Vec<Quotation>,
    pub(crate) reasons: Vec<String>,
    pub(crate) alternatives: Vec<String>,
    pub(crate) share: Option<Share>,
    pub(crate) excluded: Excluded,
}

impl Judgement {
    pub(crate) fn not_testable(why: &str) -> Self {
        Self {
            verdict: Verdict::NotTestable { why: why.to_owned() },
            found: why.to_owned(),
            witnesses: Vec::new(),
            counts: None,
            quotations: Vec::new(),
            reasons: Vec::new(),
            alternatives: Vec::new(),
            share: None,
            excluded: Excluded::default(),
        }
    }

    /// What is somebody's judgement.
    pub(crate) fn opinion() -> Self {
        Self {
            verdict: Verdict::Opinion,
            found: "it is a judgement, and no record can settle it".to_owned(),
            ..Self::not_testable("")
        }
    }

    /// The verdict in one sentence, neutral and exact.
    pub(crate) fn sentence(&self, reading: &str) -> String {
        let (coverage, found) = match &self.verdict {
            Verdict::NotContradicted { coverage_percent } => {
                (format!(" (coverage {coverage_percent}%)"), &self.found)
            }
            _ => (String::new(), &self.found),
        };
        let name = match &self.verdict {
            Verdict::NotContradicted { .. } => "Not contradicted".to_owned(),
            verdict => verdict.words(),
        };
        let under = match reading.trim() {
            "" => String::new(),
            reading => format!(" under the reading «{reading}»"),
        };
        format!("{name}{under}{coverage}: {found}.")
    }
}

/// «1 item of the record shows», «4 items of the record show».
pub(crate) fn items_show(n: usize) -> String {
    match n {
        1 => "1 item of the record shows".to_owned(),
        n => format!("{n} items of the record show"),
    }
}
