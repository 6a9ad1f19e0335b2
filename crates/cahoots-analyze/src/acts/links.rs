//! What a message and an act have in common, and how telling that is.
//!
//! | grade | shared |
//! |---|---|
//! | A | an address, a post (linked or reposted), an attachment, another archive's object id, a long run of words |
//! | B | a whole text or a picture, by their hashes; a run of words; a near copy |
//! | C | handles, hashtags, sites and phrases that are rare among earlier public items, by surprise in bits |
//! | D | a topic as the compiler put it, a handle, hashtag or site that is not rare, the sender's own handle |

use std::cell::RefCell;

use cahoots_record::ObjectKind;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::result::Everywhere;
use crate::record::{Party, Place, Record, Thing, ThingFacts};
use crate::wording;
use crate::words::surprise;

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
    /// The object, if it is one of the record.
    #[serde(skip)]
    pub(super) thing: Option<Thing>,
    /// What kind of thing: `"url"`, `"hashtag"`, `"words"`, `"near copy"`, `"phrase"`, `"topic"`,
    /// `"sender"` (the act names the sender), `"suggestion"` (words in common).
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

impl Shared {
    /// Words in common: a suggestion.
    pub(super) fn suggested(words: &str) -> Self {
        Self {
            thing: None,
            kind: "suggestion",
            key: words.to_owned(),
            grade: Grade::D,
            earlier_public_items: 0,
            in_everything: false,
        }
    }
}

/// The content axis of a match.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = acts::Content))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Content {
    /// The best grade, `None` when nothing is shared.
    pub grade: Option<Grade>,
    /// What is shared.
    pub shared: Vec<Shared>,
    /// Surprise of the shared handles, hashtags, sites and phrases: the sum of
    /// −log2((df + 1) / (N + 1)), where df of the N public items before the message have it. `None`
    /// when there are none.
    pub bits: Option<f64>,
}

/// The least surprise of handles, hashtags and sites together that counts as rare: fewer than one in
/// 256 earlier public items. A proposal, not calibrated.
pub const RARE_BITS: f64 = 8.0;

/// The least surprise of phrases, with the handles, hashtags and sites beside them, that counts as
/// rare. Calibrated against shuffled pairs, see `docs/methods/words.md`.
pub const RARE_PHRASE_BITS: f64 = 13.0;

/// Looks up what is shared, how often it occurs in public, and since when.
pub(super) struct Links<'a> {
    record: &'a Record,
    /// Public places of the objects that were asked for.
    public_of: RefCell<FxHashMap<Thing, Vec<Place>>>,
    /// The sender's own handles.
    own: FxHashSet<Thing>,
    from: Party,
}

impl<'a> Links<'a> {
    pub(super) fn new(record: &'a Record, from: Party) -> Self {
        let handles = record.accounts.iter().filter(|account| account.party == from);
        let own = handles
            .filter_map(|account| {
                let handle = account.key.native().trim_start_matches('@').to_lowercase();
                record.thing(ObjectKind::Mention, &handle)
            })
            .collect();
        Self { record, public_of: RefCell::default(), own, from }
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
            ObjectKind::Other if facts.key.starts_with("topic:") => Grade::D,
            ObjectKind::Other if facts.key.starts_with(wording::PHRASE) => Grade::C,
            ObjectKind::Other => Grade::A,
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
        have >= 20 && u64::from(have) * 20 > self.record.public_before(Place(u32::MAX))
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
        // Handles, hashtags, sites and phrases: how rare, and their place in `shared`.
        let mut rare: Vec<(f64, usize)> = Vec::new();
        let before = self.record.public_before(message);
        for thing in self.record.things(message) {
            let Some(met) = self.same_as(*thing).find(|it| have.binary_search(it).is_ok()) else {
                continue;
            };
            let facts = &self.record.things[met.0 as usize];
            let earlier: u32 = self.same_as(*thing).map(|it| self.earlier(it, message)).sum();
            let in_everything = self.in_everything(met);
            let mut worth = self.best_grade(met);
            if worth == Grade::C && in_everything {
                worth = Grade::D;
            }
            if worth == Grade::C {
                rare.push((surprise(earlier.into(), before), shared.len()));
            }
            shared.push(Shared {
                thing: Some(met),
                kind: kind_of(facts),
                key: facts.key.clone(),
                grade: worth,
                earlier_public_items: earlier,
                in_everything,
            });
        }
        let bits = self.weigh(&mut shared, rare);
        if self.names_sender(act) && !shared.iter().any(|it| it.kind == "sender") {
            shared.push(Shared {
                thing: None,
                kind: "sender",
                key: self.record.name(self.from).to_owned(),
                grade: Grade::D,
                earlier_public_items: 0,
                in_everything: false,
            });
        }
        shared.sort_by(|a, b| (a.grade, a.kind, &a.key).cmp(&(b.grade, b.kind, &b.key)));
        Content { grade: shared.iter().map(|it| it.grade).min(), shared, bits }
    }

    /// The surprise of rare things together; they keep grade C if it is enough. Phrases that have a
    /// word in common say the same thing twice: the rarer one counts and the other is dropped.
    fn weigh(&self, shared: &mut Vec<Shared>, mut rare: Vec<(f64, usize)>) -> Option<f64> {
        if rare.is_empty() {
            return None;
        }
        rare.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut words: FxHashSet<String> = FxHashSet::default();
        let (mut bits, mut objects, mut drop) = (0.0, 0.0, Vec::new());
        for (weight, place) in rare {
            let phrase = shared[place].key.strip_prefix(wording::PHRASE);
            let own: Vec<&str> = phrase.into_iter().flat_map(str::split_whitespace).collect();
            if own.iter().any(|word| words.contains(*word)) {
                drop.push(place);
                continue;
            }
            objects += if own.is_empty() { weight } else { 0.0 };
            words.extend(own.into_iter().map(str::to_owned));
            bits += weight;
        }
        if objects < RARE_BITS && bits < RARE_PHRASE_BITS {
            for it in shared.iter_mut().filter(|it| it.grade == Grade::C) {
                it.grade = Grade::D;
            }
        }
        drop.sort_unstable();
        for place in drop.into_iter().rev() {
            shared.remove(place);
        }
        Some(bits)
    }
}

/// What kind of thing, in a word: of objects by their kind, of shared words by what they are.
fn kind_of(facts: &ThingFacts) -> &'static str {
    let begins = |prefix| facts.key.starts_with(prefix);
    match facts.kind {
        ObjectKind::Other if begins("topic:") => "topic",
        ObjectKind::Other if begins(wording::PHRASE) => "phrase",
        ObjectKind::Other | ObjectKind::Text if begins(wording::WORDS) => "words",
        ObjectKind::Text if begins(wording::NEAR) => "near copy",
        kind => kind.name(),
    }
}
