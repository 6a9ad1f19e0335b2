//! The typed result of an analysis.

use cahoots_record::{ItemId, UtcMicros};
use serde::Serialize;
use serde_json::Value;

use crate::record::{Party, Place, Record};

/// A pointer to an item of the record. Printed as the item's lasting name; the program adds
/// archive, locator and words.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(transparent)]
pub struct Cite(pub ItemId);

impl Cite {
    /// Cites the item at a place.
    pub fn of(record: &Record, place: Place) -> Self {
        Self(record.row(place).id)
    }
}

/// A party in a finding, by its lasting id and the name to print.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Who {
    /// Its number in the record.
    #[serde(skip)]
    pub party: Party,
    /// Its lasting id.
    pub id: String,
    /// The name to print.
    pub name: String,
}

impl Who {
    /// A party of a record; empty names for one that the record does not have.
    pub fn of(record: &Record, party: Party) -> Self {
        let facts = record.parties.get(party.0 as usize);
        Self {
            party,
            id: facts.map(|facts| facts.id.clone()).unwrap_or_default(),
            name: facts.map(|facts| facts.name.clone()).unwrap_or_default(),
        }
    }
}

/// What was looked through for a finding.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Searched {
    /// In words: «messages from A to B», «public items of B».
    pub what: String,
    /// How many items that was.
    pub items: u64,
    /// When the first of them was, in UTC.
    pub from: Option<String>,
    /// When the last of them was, in UTC.
    pub until: Option<String>,
}

impl Searched {
    /// Describes a set of items.
    pub fn over(record: &Record, what: &str, places: impl IntoIterator<Item = Place>) -> Self {
        let mut searched = Self { what: what.to_owned(), items: 0, from: None, until: None };
        let (mut from, mut until) = (i64::MAX, i64::MIN);
        for place in places {
            searched.items += 1;
            let span = record.row(place).span;
            if span.lo != i64::MIN {
                from = from.min(span.lo);
            }
            if span.hi != i64::MAX {
                until = until.max(span.hi);
            }
        }
        searched.from = (from != i64::MAX).then(|| UtcMicros(from).to_string());
        searched.until = (until != i64::MIN).then(|| UtcMicros(until).to_string());
        searched
    }
}

/// What an analysis found. Without citations, `searched` says what was looked through in vain.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Finding<T> {
    /// Name of the method: `"contacts"`.
    pub method: &'static str,
    /// Its version: it changes when the same record could give another answer.
    pub version: u32,
    /// The parameters it ran with, defaults included.
    pub parameters: Value,
    /// What was looked through.
    pub searched: Searched,
    /// What the record cannot tell, and what to keep in mind.
    pub caveats: Vec<String>,
    /// What was found.
    pub result: T,
}
