//! What is shown of a party, of one party telling another, and of where it came from.

use serde::Serialize;

use super::public::Lead;
use super::{Grade, Who, span_out};
use crate::finding::Cite;
use crate::record::Span;

/// How a party is shown to have had it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::How))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Wrote an item that carries it.
    Wrote,
    /// Forwarded an item that carries it.
    Forwarded,
    /// Wrote an item that tells the content of one that carries it.
    Retold,
    /// Answered an item that carries it.
    Answered,
    /// Was an addressee.
    Received,
}

/// The earliest evidence of one grade for one party.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Label))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Label {
    /// The grade.
    pub grade: Grade,
    /// What the party did or was.
    pub how: How,
    /// The earliest time at which an item shows it: the smallest of the earliest bounds and the
    /// smallest of the latest bounds.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// The item or items that set these bounds.
    pub items: Vec<Cite>,
    /// Their authors, where the party received them.
    pub told_by: Vec<Who>,
    /// Custodians whose archives hold a copy of these items.
    pub shown_by: Vec<String>,
    /// First public appearance less this time.
    pub lead: Option<Lead>,
    /// The time limit of the question may lie before it.
    pub may_be_later: bool,
}

/// What the record shows of one party.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Told))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Told {
    /// Who.
    pub who: Who,
    /// The best grade.
    pub grade: Grade,
    /// The earliest time, whatever the grade.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub earliest: Span,
    /// The best grade at each time: each later label has a better grade than those before it.
    pub labels: Vec<Label>,
    /// Items by which the party was told, or which it wrote.
    pub items: u64,
    /// Whether it was so before the first public appearance: `null` if the times do not decide
    /// it, or nothing public is in the record.
    pub before_public: Option<bool>,
    /// First public appearance less the earliest time.
    pub lead: Option<Lead>,
}

/// One party told another, in one item.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Edge))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Edge {
    /// Author; `null` if the item has none.
    pub from: Option<Who>,
    /// Addressee.
    pub to: Who,
    /// The item.
    pub item: Cite,
    /// The grade of the addressee's evidence.
    pub grade: Grade,
    /// When.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// Nothing in the record certainly shows the addressee with it before. These edges make the
    /// tree of who told whom.
    pub first: bool,
    /// Whether the author already had it from others when writing cannot be told from the times.
    pub order_unknown: bool,
}

/// A party that no item shows to have been told before it wrote.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Origin))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Origin {
    /// Who.
    pub who: Who,
    /// What it did. Who forwards, retells or answers had it from somebody: the record does not
    /// show from whom.
    pub how: How,
    /// The item or items that may be the first.
    pub items: Vec<Cite>,
    /// When, at the earliest.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// The party may have been told before: the times do not decide it.
    pub order_unknown: bool,
    /// No other party certainly wrote it before.
    pub may_be_first: bool,
}
