//! What a message and an act have in common, and how telling that is.
//!
//! | grade | shared |
//! |---|---|
//! | A | an address, a post (linked or reposted), an attachment, another archive's object id |
//! | B | a whole text or a picture, by their hashes |
//! | C | handles, hashtags, sites that are rare among earlier public items, by surprise in bits |
//! | D | a topic as the compiler put it, a handle, hashtag or site that is not rare, the sender's own handle |

use std::cell::RefCell;

use cahoots_record::ObjectKind;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::result::Everywhere;
use crate::record::{Party, Place, Record, Thing};

/// How telling a shared object is; `A` most.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Grade))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub enum Grade {
    /// The same thing: address, post, attachment.
    A,
    /// The same text or picture.
    B,
    /// Something rare.
    C,
    /// A topic, or something common. Never counted.
    D,
}

/// One thing that a message and an act share.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Shared))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Shared {
    /// What kind of thing: `"url"`, `"hashtag"`.
    pub kind: &'static str,
    /// Its canonical form.
    pub key: String,
    /// What it is worth by itself. Rare things count together, see [`Content::bits`].
    pub grade: Grade,
    /// Public items before the message that have it.
    pub earlier_public_items: u32,
    /// In more than 5% of the public items and in at least 20: it says nothing and is not counted
    /// as rare.
    pub in_everything: bool,
}

/// The content axis of a match.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Content))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Content {
    /// The best grade, `None` when nothing is shared.
    pub grade: Option<Grade>,
    /// What is shared.
    pub shared: Vec<Shared>,
    /// Surprise of the shared handles, hashtags and sites: the sum of −log2((df + 1) / (N + 1)),
    /// where df of the N public items before the message have it. `None` when there are none.
    pub bits: Option<f64>,
}

/// The least surprise that counts as rare: fewer than one in 256 earlier public items. A proposal,
/// not calibrated.
pub const RARE_BITS: f64 = 8.0;

/// Looks up what is shared, how often it occurs in public, and since when.
pub(super) struct Links<'a> {
    record: &'a Record,
    /// How many public items come before each place.
    public_before: Vec<u32>,
    /// Public places of the objects that were asked for.
    public_of: RefCell<FxHashMap<Thing, Vec<Place>>>,
    /// The sender's own handles.
    own: FxHashSet<Thing>,
    from: Party,
}

impl<'a> Links<'a> {
    pub(super) fn new(record: &'a Record, from: Party) -> Self {
        let mut public_before = Vec::with_capacity(record.rows.len() + 1);
        let mut count = 0;
        public_before.push(0);
        for row in &record.rows {
            count += u32::from(row.is_public());
            public_before.push(count);
        }
        let handles = record.accounts.iter().filter(|account| account.party == from);
        let own = handles
            .filter_map(|account| {
                let handle = account.key.native().trim_start_matches('@').to_lowercase();
                record.thing(ObjectKind::Mention, &handle)
            })
            .collect();
        Self { record, public_before, public_of: RefCell::default(), own, from }
    }

    /// How many public items the record has.
    pub(super) fn public_items(&self) -> u32 {
        self.public_before.last().copied().unwrap_or(0)
    }

    /// The things that a message's thing equals: itself, and for a post the other way of naming
    /// it (linked or reposted).
    pub(super) fn same_as(&self, thing: Thing) -> impl Iterator<Item = Thing> + use<> {
        let other = self.record.things.get(thing.0 as usize).and_then(|facts| {
            let kind = match facts.kind {
                ObjectKind::Repost => ObjectKind::Status,
                ObjectKind::Status => ObjectKind::Repost,
                _ => return None,
            };
            self.record.thing(kind, &facts.key)
        });
        [Some(thing), other].into_iter().flatten()
    }

    /// The grade that a kind of thing can reach.
    fn best_grade(&self, thing: Thing) -> Grade {
        let Some(facts) = self.record.things.get(thing.0 as usize) else { return Grade::D };
        match facts.kind {
            ObjectKind::Url | ObjectKind::Status | ObjectKind::Repost | ObjectKind::Attachment => {
                Grade::A
            }
            ObjectKind::Other if !facts.key.starts_with("topic:") => Grade::A,
            ObjectKind::Other => Grade::D,
            ObjectKind::Text | ObjectKind::Image => Grade::B,
            ObjectKind::Domain | ObjectKind::Hashtag | ObjectKind::Mention => {
                if self.own.contains(&thing) { Grade::D } else { Grade::C }
            }
        }
    }

    /// The things of some messages that name one thing and no other (grade A), sorted.
    pub(super) fn items(&self, messages: &[Place]) -> Vec<Thing> {
        let things = messages.iter().flat_map(|place| self.record.things(*place));
        let mut items: Vec<Thing> =
            things.copied().filter(|thing| self.best_grade(*thing) == Grade::A).collect();
        items.sort_unstable();
        items.dedup();
        items
    }

    /// Public items that have a thing, in the order of time.
    pub(super) fn public_with(&self, thing: Thing) -> Vec<Place> {
        let mut known = self.public_of.borrow_mut();
        let find = || {
            let places = self.record.places_of.of(thing.0).iter().copied();
            places.filter(|place| self.record.row(*place).is_public()).collect()
        };
        known.entry(thing).or_insert_with(find).clone()
    }

    fn earlier(&self, thing: Thing, before: Place) -> u32 {
        let mut known = self.public_of.borrow_mut();
        let find = || {
            let places = self.record.places_of.of(thing.0).iter().copied();
            places.filter(|place| self.record.row(*place).is_public()).collect()
        };
        let places: &Vec<Place> = known.entry(thing).or_insert_with(find);
        places.partition_point(|place| *place < before) as u32
    }

    /// In more than 5% of public items, and in at least 20.
    pub(super) fn in_everything(&self, thing: Thing) -> bool {
        let have = self.earlier(thing, Place(u32::MAX));
        have >= 20 && u64::from(have) * 20 > u64::from(self.public_items())
    }

    /// The things of some messages that occur in everything.
    pub(super) fn everywhere(&self, messages: impl Iterator<Item = Place>) -> Vec<Everywhere> {
        let things = messages.flat_map(|place| self.record.things(place).iter().copied());
        let mut things: Vec<Thing> = things.collect();
        things.sort_unstable();
        things.dedup();
        let common = things.into_iter().filter(|thing| self.in_everything(*thing));
        let mut found: Vec<Everywhere> = common
            .map(|thing| {
                let facts = &self.record.things[thing.0 as usize];
                let public_items = self.earlier(thing, Place(u32::MAX));
                Everywhere { kind: facts.kind.name(), key: facts.key.clone(), public_items }
            })
            .collect();
        found.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
        found
    }

    /// The sender's things that an act names: a handle, or the sender as one mentioned or quoted.
    fn names_sender(&self, act: Place) -> bool {
        use cahoots_record::Role;
        let named = |it: &crate::record::Taker| {
            it.party == self.from && matches!(it.role, Role::Mention | Role::Quoted)
        };
        self.record.takers(act).iter().any(named)
            || self.record.things(act).iter().any(|thing| self.own.contains(thing))
    }

    /// What a message and an act share.
    pub(super) fn content(&self, message: Place, act: Place) -> Content {
        let have = self.record.things(act);
        let mut shared = Vec::new();
        let mut grade: Option<Grade> = None;
        let mut bits: Option<f64> = None;
        let mut better = |it: Grade| grade = Some(grade.map_or(it, |known| known.min(it)));
        let before = u64::from(self.public_before.get(message.0 as usize).copied().unwrap_or(0));
        for thing in self.record.things(message) {
            let Some(met) = self.same_as(*thing).find(|it| have.binary_search(it).is_ok()) else {
                continue;
            };
            let facts = &self.record.things[met.0 as usize];
            let earlier = self.same_as(*thing).map(|it| self.earlier(it, message)).sum();
            let in_everything = self.in_everything(met);
            let mut worth = self.best_grade(met);
            if worth == Grade::C {
                if in_everything {
                    worth = Grade::D;
                } else {
                    let rate = (f64::from(earlier) + 1.0) / (before as f64 + 1.0);
                    bits = Some(bits.unwrap_or(0.0) - libm::log2(rate));
                }
            } else {
                better(worth);
            }
            if worth == Grade::D {
                better(Grade::D);
            }
            shared.push(Shared {
                kind: facts.kind.name(),
                key: facts.key.clone(),
                grade: worth,
                earlier_public_items: earlier,
                in_everything,
            });
        }
        if let Some(bits) = bits {
            let rare = bits >= RARE_BITS;
            better(if rare { Grade::C } else { Grade::D });
            if !rare {
                for it in shared.iter_mut().filter(|it| it.grade == Grade::C) {
                    it.grade = Grade::D;
                }
            }
        }
        if self.names_sender(act) {
            better(Grade::D);
            let key = self.record.name(self.from).to_owned();
            let have = |it: &Shared| it.kind == "sender";
            if !shared.iter().any(have) {
                let grade = Grade::D;
                shared.push(Shared {
                    kind: "sender",
                    key,
                    grade,
                    earlier_public_items: 0,
                    in_everything: false,
                });
            }
        }
        shared.sort_by(|a, b| (a.grade, a.kind, &a.key).cmp(&(b.grade, b.kind, &b.key)));
        Content { grade, shared, bits }
    }
}
