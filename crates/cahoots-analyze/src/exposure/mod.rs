//! Who was told, who told them and when; and, set apart from it, who could have known.
//!
//! *Told* needs an item that carries what was asked about (see [`carriers`]), and has a grade of
//! evidence from 1 to 6 (see [`Grade`]); who lies between two parties that had it, where no item
//! shows how it passed (grade 7, module `unseen`), is a possibility and kept apart. *Could have known* is mere reachability over contacts (see
//! [`reach`] and [`could`]). The two are never merged: they are two fields of the result.

use rustc_hash::FxHashSet;
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::finding::{Cite, Finding, Searched};
use crate::record::{Party, Place, Record, Span, Thing};

pub mod carriers;
pub mod could;
mod public;
pub mod reach;
mod say;
mod shown;
mod told;
mod unseen;

pub use public::{FirstPublic, Lead};
pub use reach::{Could, Hop, Reached};
pub use say::edge as edge_in_words;
pub use shown::{Edge, How, Label, Origin, Told};
pub use unseen::{Between, Gap};

/// Version of the method: it changes when the same record could give another answer.
pub const VERSION: u32 = 2;

/// What is asked. Items are chosen by the caller from an object, an item id or a query.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The items that carry it in their own words, links or attachments.
    pub about: Vec<Place>,
    /// Items that carry it only in a quoted tail below what they say themselves, or only behind
    /// a link: they show grade 6 and no more.
    pub only_quoted: Vec<Place>,
    /// An object: every item that has it carries it.
    pub thing: Option<Thing>,
    /// Only what may have happened by this instant, in microseconds of UTC.
    pub as_of: Option<i64>,
    /// The party from which to search who could have known.
    pub could: Option<Party>,
    /// By how much two clocks may differ, in microseconds; times closer than this have no order.
    pub skew: i64,
    /// Parties asked about by name: if no item shows them told, the result says just that.
    pub asked: Vec<Party>,
}

/// How good the evidence is that a party had it: 1 is best. Grades 2 to 6 say «received», and only
/// grade 1 says more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Grade {
    /// 1: wrote, forwarded, retold or answered it.
    Acted = 1,
    /// 2: addressed (To), and the addressee's own archive holds a copy.
    Delivered = 2,
    /// 3: addressed (To), delivery not shown.
    Addressed = 3,
    /// 4: sent a copy (Cc), or a member of the group at the time.
    Copied = 4,
    /// 5: sent a blind copy (Bcc).
    Blind = 5,
    /// 6: only in a quoted tail, behind a link, or in an item known from a quotation.
    Quoted = 6,
}

impl Grade {
    /// Every grade, best first.
    pub const ALL: [Self; 6] =
        [Self::Acted, Self::Delivered, Self::Addressed, Self::Copied, Self::Blind, Self::Quoted];

    /// What it means, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Acted => "wrote, forwarded, retold or answered it",
            Self::Delivered => "addressed; their own archive holds it",
            Self::Addressed => "addressed; delivery not shown",
            Self::Copied => "copied, or member of the group",
            Self::Blind => "blind copy",
            Self::Quoted => "only in a quotation or behind a link",
        }
    }
}

#[cfg(feature = "schema")]
impl utoipa::PartialSchema for Grade {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        u8::schema()
    }
}

#[cfg(feature = "schema")]
impl utoipa::ToSchema for Grade {
    fn name() -> std::borrow::Cow<'static, str> {
        "exposure.Grade".into()
    }
}

impl Serialize for Grade {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

pub use crate::finding::Who;

/// What `span_out` writes.
#[cfg(feature = "schema")]
#[derive(utoipa::ToSchema)]
#[schema(as = exposure::Span)]
pub struct SpanOut {
    /// Not before this instant, RFC 3339 in UTC.
    pub earliest: Option<String>,
    /// Not after this instant.
    pub latest: Option<String>,
}

/// A time with its doubt, as it is written out: RFC 3339 in UTC, `null` for a bound not known.
pub(crate) fn span_out<S: Serializer>(span: &Span, serializer: S) -> Result<S::Ok, S::Error> {
    let bound = |value: i64, open: i64| {
        (value != open).then(|| cahoots_record::UtcMicros(value).to_string())
    };
    json!({ "earliest": bound(span.lo, i64::MIN), "latest": bound(span.hi, i64::MAX) })
        .serialize(serializer)
}

/// A line for a reader, with what it rests on.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Sentence))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Sentence {
    /// The words.
    pub words: String,
    /// The items to open.
    pub cites: Vec<Cite>,
}

/// Somebody whose archive holds a copy of an item that does not name them.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Holder))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Holder {
    /// Who.
    pub who: Who,
    /// The item.
    pub item: Cite,
}

/// Who was told, by whom and when; and apart from it who could have known.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Exposure))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Exposure {
    /// The items that carry it, in the order of time.
    pub items: Vec<carriers::Carrier>,
    /// Everybody whom an item shows to have had it, by earliest time, then grade, then name.
    pub told: Vec<Told>,
    /// Who told whom, in the order of time.
    pub edges: Vec<Edge>,
    /// Those whom nobody in this record told before they wrote it.
    pub origins: Vec<Origin>,
    /// Its first appearance in public, if the record holds one.
    pub public: Option<FirstPublic>,
    /// Custodians whose archive holds a copy that does not name them: when it came to them, and
    /// whether by this way, is not shown, so they are not among those told.
    pub holders: Vec<Holder>,
    /// Parties asked about of whom no item of the record shows that they were told. That is no
    /// evidence that they were not.
    pub no_item_shows: Vec<Who>,
    /// Those of whom an item shows that they had it and none shows from whom, with the parties that
    /// may have passed it on unseen (grade 7). These are possibilities and never among those told.
    pub unseen: Vec<Gap>,
    /// Who could have known by contacts alone, if asked. No item shows that they did.
    pub could: Option<Could>,
    /// The summary in words.
    pub sentences: Vec<Sentence>,
}

/// Finds out who was told, by whom and when.
///
/// Definitions and grades: METHODS §4; «received» is never taken for «knew». Never panics; items
/// and parties that are not of this record are left out.
pub fn exposure(record: &Record, question: &Question) -> Finding<Exposure> {
    let mut caveats = Vec::new();
    let skew = question.skew.max(0);
    let carried = carriers::collect(record, question, &mut caveats);
    let mut told = told::trace(record, &carried, skew);
    let public = public::first(&carried, &mut told, skew);
    let could = question
        .could
        .filter(|start| (start.0 as usize) < record.parties.len())
        .map(|start| reach::could(record, start, &told, question.as_of, skew, &mut caveats));
    let shown: FxHashSet<Party> = told.parties.iter().map(|told| told.who.party).collect();
    let mut asked = question.asked.clone();
    asked.sort_unstable();
    asked.dedup();
    let no_item_shows = asked
        .into_iter()
        .filter(|party| !shown.contains(party) && (party.0 as usize) < record.parties.len())
        .map(|party| Who::of(record, party))
        .collect();
    let unseen = unseen::gaps(
        record,
        &carried,
        &told.parties,
        &told.origins,
        public.as_ref(),
        question.as_of,
        skew,
    );
    let places: Vec<Place> = carried.items.iter().map(|item| item.place).collect();
    let mut result = Exposure {
        items: carried.items,
        told: told.parties,
        edges: told.edges,
        origins: told.origins,
        public,
        holders: told.holders,
        no_item_shows,
        unseen,
        could,
        sentences: Vec::new(),
    };
    say::caveats(record, &result, question, &mut caveats);
    result.sentences = say::sentences(record, &result);
    Finding {
        method: "exposure",
        version: VERSION,
        parameters: parameters(record, question),
        searched: Searched::over(record, "items that carry it, pass it on or answer it", places),
        caveats,
        result,
    }
}

fn parameters(record: &Record, question: &Question) -> serde_json::Value {
    let cites = |places: &[Place]| -> Vec<Cite> {
        places
            .iter()
            .filter(|place| (place.0 as usize) < record.rows.len())
            .map(|place| Cite::of(record, *place))
            .collect()
    };
    let thing = question.thing.and_then(|thing| record.things.get(thing.0 as usize));
    json!({
        "about": cites(&question.about),
        "only_quoted": cites(&question.only_quoted),
        "object": thing.map(|facts| json!({ "kind": facts.kind, "key": facts.key })),
        "as_of": question.as_of.map(|at| cahoots_record::UtcMicros(at).to_string()),
        "could_from": question.could.map(|party| Who::of(record, party)),
        "clocks_may_differ_by_seconds": question.skew.max(0) as f64 / 1e6,
        "asked": question.asked.iter().map(|party| Who::of(record, *party)).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
