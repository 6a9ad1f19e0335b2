//! Who could have known, over the private messages of a record: contacts with doubtful times.
//!
//! What is certain uses only contacts whose order is certain, each arriving at its latest and
//! leaving at its earliest. What is merely possible lets every open order fall the way that helps.
//! The second set holds the first; the difference is reported as «order unknown».

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::Serialize;

use super::could::{Contacts, NEVER, earliest};
use super::shown::How;
use super::told::{Traced, time_order};
use super::{Who, span_out};
use crate::finding::Cite;
use crate::record::{Party, Place, Record, Span};

/// Grade 8: who could have known by contacts alone.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Could))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Could {
    /// From whom.
    pub from: Who,
    /// From when: the start's earliest time of having it; unbounded if no item shows any.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub since: Span,
    /// An item shows that the start had it.
    pub start_is_shown: bool,
    /// Private messages from one party to another that were looked through, one per addressee.
    pub contacts: u64,
    /// The parties that contacts lead to, by time, then name.
    pub reached: Vec<Reached>,
}

/// A party that contacts lead to.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Reached))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reached {
    /// Who.
    pub who: Who,
    /// The time of the last contact of the path.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// The path leads there only if contacts whose order is not known fell the right way.
    pub order_unknown: bool,
    /// The path: to whom, in which item; it begins with the start and ends with this party.
    pub path: Vec<Hop>,
}

/// A step of a path.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Hop))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Hop {
    /// Addressee.
    pub to: Who,
    /// The item.
    pub item: Cite,
}

/// One message to one addressee.
#[derive(Clone, Copy)]
pub(super) struct Contact {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) when: Span,
    pub(super) place: Place,
}

/// Searches from a party.
pub fn could(
    record: &Record,
    start: Party,
    traced: &Traced,
    as_of: Option<i64>,
    skew: i64,
    caveats: &mut Vec<String>,
) -> Could {
    let mut contacts = contacts(record);
    contacts.retain(|contact| as_of.is_none_or(|limit| contact.when.lo <= limit));
    let shown = traced.parties.iter().find(|told| told.who.party == start);
    let since = shown.map_or(Span::UNKNOWN, |told| told.earliest);
    // Who wrote it can pass it on in that very message; who was told can only afterwards.
    let own = shown.is_none_or(|told| told.labels.iter().all(|label| label.how != How::Received));
    let after = if own { 0 } else { skew.saturating_add(1) };
    let from = if shown.is_some() { since.hi } else { i64::MIN };
    let nodes = record.parties.len();
    let sure = if from == i64::MAX {
        vec![NEVER; nodes]
    } else {
        certain(&contacts, start.0, from.saturating_add(after), nodes, as_of, skew)
    };
    let maybe = possible(&contacts, start.0, since.lo, nodes, skew);
    let mut reached: Vec<Reached> = (0..nodes as u32)
        .filter(|node| *node != start.0)
        .filter_map(|node| {
            let order_unknown = sure[node as usize] == NEVER;
            let via = if order_unknown { &maybe } else { &sure };
            let last = contacts.get(via[node as usize] as usize)?;
            Some(Reached {
                who: Who::of(record, Party(node)),
                when: last.when,
                order_unknown,
                path: path(record, &contacts, via, start.0, node),
            })
        })
        .collect();
    reached.sort_by(|a, b| {
        let key = |each: &Reached| time_order(each.when);
        (key(a), &a.who.name, &a.who.id).cmp(&(key(b), &b.who.name, &b.who.id))
    });
    caveats.push(
        "Who could have known rests on contacts alone (grade 8). No item shows that anything was \
         passed on, and contacts outside the record are not seen."
            .to_owned(),
    );
    Could {
        from: Who::of(record, start),
        since,
        start_is_shown: shown.is_some(),
        contacts: contacts.len() as u64,
        reached,
    }
}

/// Every private message from each author to each addressee, by earliest time.
pub(super) fn contacts(record: &Record) -> Vec<Contact> {
    let mut contacts = Vec::new();
    for place in record.places() {
        let row = record.row(place);
        if !row.is_private_message() {
            continue;
        }
        for author in record.authors(place) {
            for taker in record.addressees(place).filter(|taker| taker.party != author.party) {
                let (from, to) = (author.party.0, taker.party.0);
                contacts.push(Contact { from, to, when: row.span, place });
            }
        }
    }
    contacts.sort_unstable_by_key(|contact| {
        (contact.when.lo, contact.when.hi, contact.place, contact.from, contact.to)
    });
    contacts
}

/// By node, the number of the contact by which it is certainly reached first.
fn certain(
    contacts: &[Contact],
    start: u32,
    t0: i64,
    nodes: usize,
    as_of: Option<i64>,
    skew: i64,
) -> Vec<u32> {
    let limit = as_of.unwrap_or(i64::MAX - 1);
    let usable = |contact: &Contact| contact.when.is_bounded() && contact.when.hi <= limit;
    if contacts.iter().all(|contact| contact.when.instant().is_some() && usable(contact)) {
        let mut columns = Contacts::default();
        for contact in contacts {
            columns.push(contact.from, contact.to, contact.when.lo);
        }
        return earliest(&columns, start, t0, nodes as u32, skew).via;
    }
    let (mut at, mut via) = (vec![i64::MAX; nodes], vec![NEVER; nodes]);
    for (number, contact) in contacts.iter().enumerate().filter(|(_, contact)| usable(contact)) {
        let (from, to) = (contact.from as usize, contact.to as usize);
        // In the order of leaving, whatever can precede this contact has been seen: an arrival
        // is never before its own departure.
        let leaves = if contact.from == start {
            contact.when.lo >= t0
        } else {
            at[from].saturating_add(skew) < contact.when.lo
        };
        if leaves && contact.to != start && contact.when.hi < at[to] {
            at[to] = contact.when.hi;
            via[to] = number as u32;
        }
    }
    via
}

/// By node, the contact by which it is first reached if every open order fell that way: each
/// contact may have been at any time of its interval, and `skew` later than that. Settles nodes
/// in the order of time, each once: O(m + n log n).
fn possible(contacts: &[Contact], start: u32, t0: i64, nodes: usize, skew: i64) -> Vec<u32> {
    let mut out: Vec<Vec<u32>> = vec![Vec::new(); nodes];
    for (number, contact) in contacts.iter().enumerate() {
        if let Some(list) = out.get_mut(contact.from as usize) {
            list.push(number as u32);
        }
    }
    let (mut at, mut via) = (vec![i64::MAX; nodes], vec![NEVER; nodes]);
    let mut settled = vec![false; nodes];
    let mut queue = BinaryHeap::from([Reverse((t0, start))]);
    while let Some(Reverse((now, node))) = queue.pop() {
        if std::mem::replace(&mut settled[node as usize], true) {
            continue;
        }
        for number in &out[node as usize] {
            let contact = contacts[*number as usize];
            let to = contact.to as usize;
            let arrives = now.max(contact.when.lo);
            let better = via[to] == NEVER || arrives < at[to];
            if contact.when.hi.saturating_add(skew) >= now && !settled[to] && better {
                at[to] = arrives;
                via[to] = *number;
                queue.push(Reverse((arrives, contact.to)));
            }
        }
    }
    via
}

fn path(record: &Record, contacts: &[Contact], via: &[u32], start: u32, node: u32) -> Vec<Hop> {
    let (mut hops, mut node) = (Vec::new(), node);
    while node != start && hops.len() <= via.len() {
        let Some(contact) = contacts.get(via[node as usize] as usize) else { break };
        hops.push(Hop { to: Who::of(record, Party(node)), item: Cite::of(record, contact.place) });
        node = contact.from;
    }
    hops.reverse();
    hops
}

#[cfg(test)]
#[path = "reach_tests.rs"]
mod tests;
