//! Who wrote to whom: the messages between the two sides of a claim.

use std::collections::BTreeSet;

use cahoots_record::{ItemKind, Medium, Role, Visibility};
use serde::Serialize;
use serde_json::Value;

use super::carry::{Back, by_header, grade};
use super::claim::{Identity, Named};
use crate::record::{Party, Place, Record, Span, Taker};

/// One side of a claim.
pub(crate) struct Side {
    /// Its parties, without repeats.
    pub(crate) parties: Vec<Party>,
    /// Those among them whose identity nobody confirmed.
    probable: BTreeSet<Party>,
    /// Names that the record does not know.
    pub(crate) unknown: Vec<String>,
}

impl Side {
    pub(crate) fn of(record: &Record, names: &[Named]) -> Self {
        let mut side = Self { parties: Vec::new(), probable: BTreeSet::new(), unknown: Vec::new() };
        let mut sure: BTreeSet<Party> = BTreeSet::new();
        for named in names {
            match named.party.filter(|party| (party.0 as usize) < record.parties.len()) {
                Some(party) => {
                    if !side.parties.contains(&party) {
                        side.parties.push(party);
                    }
                    match named.identity {
                        Identity::Confirmed => sure.insert(party),
                        Identity::Probable => side.probable.insert(party),
                    };
                }
                None => side.unknown.push(named.name.clone()),
            }
        }
        side.probable.retain(|party| !sure.contains(party));
        side
    }

    pub(crate) fn has(&self, party: Party) -> bool {
        self.parties.contains(&party)
    }

    /// Whether every party on it is confirmed.
    pub(crate) fn is_confirmed(&self) -> bool {
        self.probable.is_empty()
    }

    /// Whether it is settled that the account is a party's on this side.
    pub(crate) fn is_sure(&self, taker: Taker, probable_accounts: &BTreeSet<u32>) -> bool {
        !self.probable.contains(&taker.party) && !probable_accounts.contains(&taker.account)
    }
}

/// How well a message is shown to have passed from one party to another; less is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Shown {
    /// No verdict stronger than *in tension* rests on it: one of the next two says why.
    pub(crate) weak: bool,
    /// How well it is shown that it arrived, see [`grade`]; above 3 it is weak.
    pub(crate) grade: u8,
    /// Who stands behind an account is not confirmed.
    pub(crate) unsure: bool,
    /// The grade without the answer to it.
    pub(crate) alone: u8,
}

/// A message between the two sides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contact {
    pub(crate) place: Place,
    /// From an actor to a counterpart.
    pub(crate) sent: Option<Shown>,
    /// From a counterpart to an actor.
    pub(crate) came: Option<Shown>,
}

impl Contact {
    /// How directly it shows contact: 1 where an actor wrote it, else how it shows by itself that
    /// it arrived (the answer to it is an item of its own).
    pub(crate) fn directness(&self) -> u8 {
        match (self.sent, self.came) {
            (Some(sent), _) if !sent.weak => 1,
            (_, Some(came)) if !came.weak => came.alone.min(3),
            (sent, came) => {
                sent.into_iter().chain(came).map(|shown| shown.alone).min().unwrap_or(6)
            }
        }
    }

    /// The better of both ways.
    pub(crate) fn best(&self) -> Option<Shown> {
        self.sent.into_iter().chain(self.came).min()
    }
}

/// What was set aside while looking for contact.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = statements::Excluded))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Excluded {
    /// Automatic replies, calendar invitations and other mail by programs between the two sides.
    pub automated: u64,
    /// Mail between the two sides that went to a public list.
    pub list: u64,
    /// Messages with both sides on them that somebody else wrote.
    pub shared: u64,
}

/// The messages between two sides.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    /// In the order of the record.
    pub(crate) all: Vec<Contact>,
    pub(crate) excluded: Excluded,
    /// Messages of one side that may be to or from the other: their list of people is not whole.
    pub(crate) open: Vec<Place>,
}

/// Looks through the record.
pub(crate) fn between(
    record: &Record,
    back: &Back,
    actors: &Side,
    others: &Side,
    count_automated: bool,
    probable_accounts: &BTreeSet<u32>,
) -> Contacts {
    let mut found = Contacts::default();
    for place in record.places() {
        let row = record.row(place);
        if row.kind != ItemKind::Message {
            continue;
        }
        let takers = record.takers(place);
        let (mut on_actors, mut on_others) = (false, false);
        for taker in takers.iter().filter(|taker| took_part(taker.role)) {
            on_actors |= actors.has(taker.party);
            on_others |= others.has(taker.party);
        }
        if !on_actors && !on_others {
            continue;
        }
        let sent = way(record, back, place, actors, others, probable_accounts);
        let came = way(record, back, place, others, actors, probable_accounts);
        let contact = sent.is_some() || came.is_some();
        if row.visibility == Visibility::Public {
            found.excluded.list += u64::from(contact);
        } else if row.flags.automated && !count_automated {
            found.excluded.automated += u64::from(contact);
        } else if contact {
            found.all.push(Contact { place, sent, came });
        } else {
            if on_actors && on_others && several(takers, actors, others) {
                found.excluded.shared += 1;
            }
            if is_open(record, place, actors, others) {
                found.open.push(place);
            }
        }
    }
    found
}

const fn took_part(role: Role) -> bool {
    !matches!(role, Role::Mention | Role::Quoted)
}

/// Whether an actor and another party that is a counterpart are on it.
fn several(takers: &[Taker], actors: &Side, others: &Side) -> bool {
    takers.iter().filter(|taker| took_part(taker.role)).any(|a| {
        actors.has(a.party)
            && takers
                .iter()
                .filter(|taker| took_part(taker.role))
                .any(|b| b.party != a.party && others.has(b.party))
    })
}

/// Whether a message of one side may be to or from the other, though it does not say so.
fn is_open(record: &Record, place: Place, actors: &Side, others: &Side) -> bool {
    let mut authors = record.authors(place).peekable();
    if authors.peek().is_none() {
        return true;
    }
    // A blind copy or an alias shows only in whose archive the message lies.
    let held_by = |side: &Side| {
        record.held_by.of(place.0).iter().any(|custodian| {
            let custodian = record.custodians.get(usize::from(*custodian));
            custodian.and_then(|(_, party)| *party).is_some_and(|party| side.has(party))
        })
    };
    authors.any(|author| {
        let (ours, theirs) = (actors.has(author.party), others.has(author.party));
        (ours || theirs) && recipients_open(record, place)
            || ours && held_by(others)
            || theirs && held_by(actors)
    })
}

/// Whether whoever compiled the record says that the list of recipients may be longer; also where
/// there are none.
pub(crate) fn recipients_open(record: &Record, place: Place) -> bool {
    let detail = record.details.get(&place);
    let open = detail.and_then(|detail| detail.get("recipients_open")).and_then(Value::as_bool);
    open.unwrap_or(false) || record.addressees(place).next().is_none()
}

/// The best showing that one side wrote the message to the other.
fn way(
    record: &Record,
    back: &Back,
    place: Place,
    writers: &Side,
    readers: &Side,
    probable_accounts: &BTreeSet<u32>,
) -> Option<Shown> {
    let mut best: Option<Shown> = None;
    for author in record.authors(place).filter(|author| writers.has(author.party)) {
        let sure = writers.is_sure(author, probable_accounts);
        let to = record
            .addressees(place)
            .filter(|taker| taker.party != author.party && readers.has(taker.party));
        for taker in to {
            let unsure = !sure || !readers.is_sure(taker, probable_accounts);
            if let Some(grade) = grade(record, back, place, taker, probable_accounts) {
                let alone = by_header(record, place, taker).unwrap_or(grade);
                let this = Shown { weak: unsure || grade > 3, grade, unsure, alone };
                best = Some(best.map_or(this, |best| best.min(this)));
            }
        }
    }
    best
}

/// How many of these are certainly different messages: mail that one party wrote at what may be
/// one moment may be copies of one letter whose text was changed on the way. Everything else is
/// counted as the archive counts it.
///
/// The largest set of disjoint intervals, by taking the one that ends first (Kleinberg and Tardos
/// 2006, §4.1): another message never lowers it, and a wider time never raises it.
pub(crate) fn distinct(record: &Record, places: &[Place]) -> u64 {
    let mut count = 0;
    let mut letters: Vec<(Vec<Party>, Span)> = Vec::new();
    for place in places {
        let row = record.row(*place);
        let detail = record.details.get(place);
        let compiled = detail.and_then(|detail| detail.get("schema"));
        let compiled = compiled.and_then(Value::as_str).is_some_and(|s| s.starts_with("compiled/"));
        if row.medium == Medium::Email && !compiled {
            let mut authors: Vec<Party> = record.authors(*place).map(|taker| taker.party).collect();
            authors.sort_unstable();
            letters.push((authors, row.span));
        } else {
            count += 1;
        }
    }
    letters.sort_by(|a, b| (&a.0, a.1.hi, a.1.lo).cmp(&(&b.0, b.1.hi, b.1.lo)));
    let mut last: Option<(&[Party], i64)> = None;
    for (authors, span) in &letters {
        let same = last.is_some_and(|(known, until)| known == authors && span.lo <= until);
        if !same {
            count += 1;
            last = Some((authors, span.hi));
        }
    }
    count
}
