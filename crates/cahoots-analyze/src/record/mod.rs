//! The record as analyses see it: columns in the order of time, people as parties.
//!
//! A [`Record`] is built once from a case (or by a test from a few lines, see [`build`]) and never
//! changes. Items are named by their [`Place`] in it, parties by [`Party`], objects by [`Thing`]:
//! dense numbers that mean nothing outside the record they come from.

use cahoots_record::{
    AccountKey, Flags, ItemId, ItemKind, ItemOrd, Medium, ObjectKind, Role, Visibility,
};
use rustc_hash::FxHashMap;
use serde_json::Value;

pub mod build;
mod lists;
mod numbers;
mod span;
pub mod words;

pub use build::Builder;
pub use lists::Lists;
pub use numbers::Numbers;
pub use span::{DAY, HOUR, MINUTE, SECOND, Span};

/// The place of an item in a [`Record`]; places are in the order of time, undated items last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place(pub u32);

/// The number of a party in a [`Record`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Party(pub u32);

/// The number of an object in a [`Record`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Thing(pub u32);

/// One item, without its people, objects and words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// Its place in the case.
    pub ord: ItemOrd,
    /// Its lasting name.
    pub id: ItemId,
    /// When, as an interval.
    pub span: Span,
    /// What it is.
    pub kind: ItemKind,
    /// The form in which it travelled.
    pub medium: Medium,
    /// Private or public.
    pub visibility: Visibility,
    /// Recovered, summary, deleted, automated, cut.
    pub flags: Flags,
    /// Number of its thread; items alone have a thread of their own.
    pub thread: u32,
    /// Number of its channel (conversation, group), if it has one.
    pub channel: Option<u32>,
    /// Number of the archive it was first read from; see [`Record::archives`].
    pub archive: u32,
}

impl Row {
    /// Whether it is a private message between people: not automated, not a list's.
    pub fn is_private_message(&self) -> bool {
        self.kind == ItemKind::Message && self.visibility == Visibility::Private
    }

    /// Whether it is a public act: a post, or anything else said or published in public.
    pub fn is_public(&self) -> bool {
        self.visibility == Visibility::Public && self.kind != ItemKind::Event
    }
}

/// How somebody took part in an item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Taker {
    /// The party behind the account.
    pub party: Party,
    /// Number of the account, see [`Record::accounts`].
    pub account: u32,
    /// Author, addressee, mentioned.
    pub role: Role,
}

/// How an item says it stands to another one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tie {
    /// It answers the other.
    Answers,
    /// It forwards the other.
    Forwards,
    /// It quotes or retells the other, as whoever compiled the record says.
    TellsOf,
    /// Whoever compiled the record says that it concerns the other.
    About,
    /// It came attached to the other.
    AttachedTo,
    /// It has the other's id and another content: one communication in two wordings, or one id used
    /// twice.
    Variant,
}

/// An account and the party it is taken to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Platform and name.
    pub key: AccountKey,
    /// The party behind it.
    pub party: Party,
}

/// A party: one or more accounts taken to be one person or organisation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartyFacts {
    /// Its lasting id.
    pub id: String,
    /// The name to print.
    pub name: String,
}

/// An object that items share.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ThingFacts {
    /// What kind of thing.
    pub kind: ObjectKind,
    /// Its canonical form.
    pub key: String,
}

/// A message that others refer to and that the record does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Missing {
    /// The native id that is referred to.
    pub native_id: String,
    /// The items that refer to it, in the order of time.
    pub referred_by: Vec<Place>,
}

/// Every item of a case, in the order of time.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The items.
    pub rows: Vec<Row>,
    /// Who took part in each; author first.
    pub takers: Lists<Taker>,
    /// What each refers to, without repeats.
    pub things_of: Lists<Thing>,
    /// What each says of others in the record.
    pub ties: Lists<(Tie, Place)>,
    /// Numbers of the custodians whose archives hold a copy of each; see [`Record::custodians`].
    pub held_by: Lists<u16>,
    /// Parties by number.
    pub parties: Vec<PartyFacts>,
    /// Accounts by number.
    pub accounts: Vec<Account>,
    /// Objects by number.
    pub things: Vec<ThingFacts>,
    /// Where each object occurs, in the order of time.
    pub places_of: Lists<Place>,
    /// Custodians by number: name, and the party of that name if there is one.
    pub custodians: Vec<(String, Option<Party>)>,
    /// What whoever compiled the record adds about an item, as stored (`Item.detail`).
    pub details: FxHashMap<Place, Value>,
    /// The platform's or archive's own id of each item.
    pub native_ids: Vec<Option<Box<str>>>,
    /// Attachments that an item names and whose bytes no archive holds.
    pub lost_attachments: Vec<(Place, String)>,
    /// Names of archives by number.
    pub archives: Vec<String>,
    /// Messages that are referred to and absent, by native id.
    pub missing: Vec<Missing>,
    /// IANA name of the case's display zone.
    pub zone: String,
    /// Names of channels by number.
    pub channels: Vec<String>,
    by_id: Numbers,
    by_thing: FxHashMap<ThingFacts, Thing>,
    /// How many public items come before each place.
    public_before: Vec<u32>,
}

impl Record {
    /// Every place, in the order of time.
    pub fn places(&self) -> impl DoubleEndedIterator<Item = Place> + ExactSizeIterator + use<> {
        (0..self.rows.len() as u32).map(Place)
    }

    /// An item.
    ///
    /// # Panics
    /// When the place is another record's.
    pub fn row(&self, place: Place) -> &Row {
        &self.rows[place.0 as usize]
    }

    /// Who took part in an item.
    pub fn takers(&self, place: Place) -> &[Taker] {
        self.takers.of(place.0)
    }

    /// The authors of an item: `from`, or `sender` where there is none.
    pub fn authors(&self, place: Place) -> impl Iterator<Item = Taker> + '_ {
        let takers = self.takers(place);
        let role = if takers.iter().any(|taker| taker.role == Role::From) {
            Role::From
        } else {
            Role::Sender
        };
        takers.iter().copied().filter(move |taker| taker.role == role)
    }

    /// Those an item was addressed to, openly, as a copy or blind, or as members of its group.
    pub fn addressees(&self, place: Place) -> impl Iterator<Item = Taker> + '_ {
        let to = [Role::To, Role::Cc, Role::Bcc, Role::Member];
        self.takers(place).iter().copied().filter(move |taker| to.contains(&taker.role))
    }

    /// Whether a party wrote an item.
    pub fn wrote(&self, party: Party, place: Place) -> bool {
        self.authors(place).any(|taker| taker.party == party)
    }

    /// Whether an item was addressed to a party.
    pub fn received(&self, party: Party, place: Place) -> bool {
        self.addressees(place).any(|taker| taker.party == party)
    }

    /// What an item refers to.
    pub fn things(&self, place: Place) -> &[Thing] {
        self.things_of.of(place.0)
    }

    /// The items that an item stands in relation `tie` to.
    pub fn tied(&self, place: Place, tie: Tie) -> impl Iterator<Item = Place> + '_ {
        self.ties.of(place.0).iter().filter(move |(kind, _)| *kind == tie).map(|(_, other)| *other)
    }

    /// The place of an item by its lasting name.
    pub fn by_id(&self, id: ItemId) -> Option<Place> {
        self.by_id.find(&id, |place| self.rows[place as usize].id).map(Place)
    }

    /// The number of an object.
    pub fn thing(&self, kind: ObjectKind, key: &str) -> Option<Thing> {
        self.by_thing.get(&ThingFacts { kind, key: key.to_owned() }).copied()
    }

    /// How many public items come before a place; for a place beyond the end, how many there are.
    pub fn public_before(&self, place: Place) -> u64 {
        let counts = &self.public_before;
        counts.get(place.0 as usize).or(counts.last()).copied().unwrap_or(0).into()
    }

    /// Fills in [`Record::public_before`] from the rows.
    fn count_public(&mut self) {
        let mut count = 0;
        self.public_before = Vec::with_capacity(self.rows.len() + 1);
        self.public_before.push(0);
        for row in &self.rows {
            count += u32::from(row.is_public());
            self.public_before.push(count);
        }
    }

    /// Adds objects to items: what their texts share is found after the record is built, for the
    /// items of one question only. Nothing else changes, and places stay what they are.
    pub fn add_objects(&mut self, found: impl IntoIterator<Item = (Place, ThingFacts)>) {
        let mut added: FxHashMap<Place, Vec<Thing>> = FxHashMap::default();
        for (place, facts) in found {
            let next = Thing(self.things.len() as u32);
            let thing = *self.by_thing.entry(facts).or_insert_with_key(|facts| {
                self.things.push(facts.clone());
                next
            });
            added.entry(place).or_default().push(thing);
        }
        if added.is_empty() {
            return;
        }
        let mut things_of = Lists::default();
        for place in self.places() {
            let more = added.get(&place).map_or(&[][..], Vec::as_slice);
            let mut all: Vec<Thing> = self.things(place).iter().chain(more).copied().collect();
            if !more.is_empty() {
                all.sort_unstable();
                all.dedup();
            }
            things_of.push(all);
        }
        self.places_of = things_of.inverse(self.things.len(), |thing| thing.0).map(Place);
        self.things_of = things_of;
    }

    /// A party's name.
    pub fn name(&self, party: Party) -> &str {
        self.parties.get(party.0 as usize).map_or("", |facts| &facts.name)
    }

    /// A party by its exact name or id, letter case aside.
    pub fn party_named(&self, text: &str) -> Option<Party> {
        let text = text.trim().to_lowercase();
        let place = self
            .parties
            .iter()
            .position(|facts| facts.name.to_lowercase() == text || facts.id == text)?;
        Some(Party(place as u32))
    }

    /// Whether whoever compiled the record doubts that the item exists at all (its certainty says
    /// «unverified»). Such items are shown and never counted as evidence.
    pub fn is_unverified(&self, place: Place) -> bool {
        self.details
            .get(&place)
            .and_then(|detail| detail.get("certainty"))
            .and_then(Value::as_str)
            .is_some_and(|words| words.trim_start().to_lowercase().starts_with("unverified"))
    }

    /// The case's display zone by the rules that come with the program; UTC where they do not know
    /// it.
    pub fn time_zone(&self) -> jiff::tz::TimeZone {
        cahoots_record::written::zone(&self.zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }

    /// The id under which a compiled entry stands in its file (`"M6"`).
    pub fn label(&self, place: Place) -> Option<&str> {
        self.details.get(&place)?.get("id")?.as_str()
    }

    /// The dated items, in the order of time: those with at least one bound.
    pub fn dated(&self) -> &[Row] {
        let end = self.rows.partition_point(|row| row.span.is_dated());
        &self.rows[..end]
    }
}
