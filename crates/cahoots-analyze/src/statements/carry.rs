//! Which items carry what a claim is about, and who was told of it by them.

use std::collections::{BTreeMap, BTreeSet};

use cahoots_record::{ObjectKind, Role, Visibility};
use rustc_hash::FxHashMap;

use super::claim::About;
use crate::finding::Cite;
use crate::record::{Party, Place, Record, Span, Taker, Thing, ThingFacts, Tie};

/// Ties read backwards: what answers, forwards, retells or contains an item.
#[derive(Debug, Default)]
pub(crate) struct Back(FxHashMap<Place, Vec<(Tie, Place)>>);

impl Back {
    pub(crate) fn of(record: &Record) -> Self {
        let mut back: FxHashMap<Place, Vec<(Tie, Place)>> = FxHashMap::default();
        for place in record.places() {
            for (tie, other) in record.ties.of(place.0) {
                back.entry(*other).or_default().push((*tie, place));
            }
        }
        Self(back)
    }

    pub(crate) fn to(&self, place: Place) -> &[(Tie, Place)] {
        self.0.get(&place).map_or(&[], Vec::as_slice)
    }

    /// What holds an item's content because of its ties, and whether it is an exact copy of it.
    fn carriers<'a>(
        &'a self,
        record: &'a Record,
        place: Place,
    ) -> impl Iterator<Item = (Link, Place)> + 'a {
        let on = self.to(place).iter().filter_map(|(tie, other)| match tie {
            Tie::Forwards => Some((Link::Forwards, *other)),
            Tie::TellsOf => Some((Link::TellsOf, *other)),
            _ => None,
        });
        on.chain(record.tied(place, Tie::AttachedTo).map(|other| (Link::Attached, other)))
    }
}

/// How an item carries what a claim is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Link {
    /// It is what the claim is about.
    Itself,
    /// It came attached to it.
    Attached,
    /// It forwards it, or what forwards it.
    Forwards,
    /// It retells it, as whoever compiled the record says.
    TellsOf,
    /// It has an object in common that no two items share by accident: address, attachment, text.
    Shares,
    /// It has an object in common that many share: domain, hashtag, handle, topic.
    SharesWeak,
}

/// Whether items that share an object share more than a subject (grades A and B of the content
/// links; the rest is grade C).
pub(crate) fn is_strong(facts: &ThingFacts) -> bool {
    let long_run = facts.kind == ObjectKind::Other && facts.key.starts_with(crate::wording::WORDS);
    long_run
        || matches!(
            facts.kind,
            ObjectKind::Url
                | ObjectKind::Attachment
                | ObjectKind::Text
                | ObjectKind::Status
                | ObjectKind::Repost
                | ObjectKind::Image
        )
}

/// The items that carry something.
#[derive(Debug, Default)]
pub(crate) struct Carriers {
    /// Each with how it does.
    pub(crate) items: BTreeMap<Place, Link>,
}

impl Carriers {
    /// Finds them: the items or the object, what forwards or retells them, what they came with.
    pub(crate) fn of(record: &Record, back: &Back, about: &About) -> Self {
        let mut items: BTreeMap<Place, Link> = BTreeMap::new();
        let mut queue: Vec<Place> = Vec::new();
        let first: Vec<(Place, Link)> = match about {
            About::Items(places) => places.iter().map(|place| (*place, Link::Itself)).collect(),
            About::Thing(thing) => {
                let facts = record.things.get(thing.0 as usize);
                let link =
                    if facts.is_some_and(is_strong) { Link::Shares } else { Link::SharesWeak };
                record.places_of.of(thing.0).iter().map(|place| (*place, link)).collect()
            }
            About::None | About::Unresolved(_) => Vec::new(),
        };
        for (place, link) in first {
            if (place.0 as usize) < record.rows.len() && items.insert(place, link).is_none() {
                queue.push(place);
            }
        }
        let mut next = 0;
        while let Some(place) = queue.get(next).copied() {
            next += 1;
            let weak = items.get(&place) == Some(&Link::SharesWeak);
            for (link, other) in back.carriers(record, place) {
                let link = if weak { Link::SharesWeak } else { link };
                if let std::collections::btree_map::Entry::Vacant(entry) = items.entry(other) {
                    entry.insert(link);
                    queue.push(other);
                } else if !weak && items.get(&other) == Some(&Link::SharesWeak) {
                    // Reached by a stronger way as well.
                    items.insert(other, link);
                    queue.push(other);
                }
            }
        }
        Self { items }
    }

    pub(crate) fn link(&self, place: Place) -> Option<Link> {
        self.items.get(&place).copied()
    }

    /// The strong objects of the items themselves.
    pub(crate) fn things(&self, record: &Record) -> BTreeSet<Thing> {
        let itself = self.items.iter().filter(|(_, link)| **link == Link::Itself);
        let things = itself.flat_map(|(place, _)| record.things(*place).iter().copied());
        things.filter(|thing| record.things.get(thing.0 as usize).is_some_and(is_strong)).collect()
    }
}

/// Items that may carry anything: they refer to messages that the record does not hold, or their
/// words are cut or summarised; and what forwards or retells such items.
pub(crate) fn may_carry(record: &Record, back: &Back) -> BTreeSet<Place> {
    let mut queue: Vec<Place> = record.missing.iter().flat_map(|m| m.referred_by.clone()).collect();
    let short = |place: &Place| {
        let flags = record.row(*place).flags;
        flags.cut || flags.summary
    };
    queue.extend(record.places().filter(short));
    let mut all: BTreeSet<Place> = queue.iter().copied().collect();
    while let Some(place) = queue.pop() {
        for (_, other) in back.carriers(record, place) {
            if all.insert(other) {
                queue.push(other);
            }
        }
    }
    all
}

/// The grade at which an item shows that somebody it was addressed to had it (METHODS §4.1):
/// 1 answered, forwarded or retold it, 2 `To` with the addressee's own copy held, 3 `To`, 4 copy or group,
/// 5 blind copy, 6 known only from a quotation. An answer from an account that is only probably
/// the party's does not make it 1.
pub(crate) fn grade(
    record: &Record,
    back: &Back,
    place: Place,
    taker: Taker,
    probable_accounts: &BTreeSet<u32>,
) -> Option<u8> {
    let grade = by_header(record, place, taker)?;
    let by_them = |answer: Place| {
        let sure = |by: Taker| by.party == taker.party && !probable_accounts.contains(&by.account);
        record.authors(answer).any(sure)
    };
    let answered = grade < 6 && reacted(record, back, place, taker.party).any(by_them);
    Some(if answered { 1 } else { grade })
}

/// The same without what came after it.
pub(crate) fn by_header(record: &Record, place: Place, taker: Taker) -> Option<u8> {
    let by_role = match taker.role {
        Role::To => 3,
        Role::Cc | Role::Member => 4,
        Role::Bcc => 5,
        _ => return None,
    };
    if record.row(place).flags.recovered {
        return Some(6);
    }
    let held = record.held_by.of(place.0).iter().any(|custodian| {
        let custodian = record.custodians.get(usize::from(*custodian));
        custodian.is_some_and(|(_, owner)| *owner == Some(taker.party))
    });
    Some(if by_role == 3 && held { 2 } else { by_role })
}

/// Items by which a party answered, forwarded or retold another: people only, no automatic
/// replies.
pub(crate) fn reacted<'a>(
    record: &'a Record,
    back: &'a Back,
    place: Place,
    party: Party,
) -> impl Iterator<Item = Place> + 'a {
    let ties = back.to(place).iter();
    let ties = ties.filter(|(tie, _)| matches!(tie, Tie::Answers | Tie::Forwards | Tie::TellsOf));
    ties.map(|(_, other)| *other).filter(move |other| {
        let flags = record.row(*other).flags;
        !flags.automated && !flags.recovered && record.wrote(party, *other)
    })
}

/// Evidence that a party had what items carry: grade, the item, and when.
pub(crate) fn told(
    record: &Record,
    back: &Back,
    carriers: &Carriers,
    party: Party,
) -> Vec<(u8, Cite, Span)> {
    let mut found: BTreeMap<Place, u8> = BTreeMap::new();
    let mut take = |place: Place, grade: u8| {
        let best = found.entry(place).or_insert(grade);
        *best = grade.min(*best);
    };
    for place in carriers.items.keys().copied() {
        let row = record.row(place);
        if row.kind == cahoots_record::ItemKind::Event {
            continue;
        }
        let program = row.flags.automated && row.visibility == Visibility::Private;
        if record.wrote(party, place) && !program {
            take(place, if row.flags.recovered { 6 } else { 1 });
        }
        if row.visibility == Visibility::Private && !program {
            // The answer to it has a time of its own, and is taken below.
            let here = record.takers(place).iter().filter(|taker| taker.party == party);
            for grade in here.filter_map(|taker| by_header(record, place, *taker)) {
                take(place, grade);
            }
        }
        for other in reacted(record, back, place, party) {
            take(other, 1);
        }
    }
    let mut all: Vec<(u8, Place)> =
        found.into_iter().map(|(place, grade)| (grade, place)).collect();
    all.sort_unstable();
    all.into_iter()
        .map(|(grade, place)| (grade, Cite::of(record, place), record.row(place).span))
        .collect()
}
