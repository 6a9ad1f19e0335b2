//! Grade 7: between those who had it and somebody who later shows that they have it, where no item
//! shows how it came to them.
//!
//! Both ends of such a path carry the item; the hops between them do not. A party on it *may* have
//! had it. That is no evidence that it did, so these parties are never among those told.

use cahoots_record::ItemKind;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::carriers::Carried;
use super::could::NEVER;
use super::reach::{Contact, Hop, contacts};
use super::shown::{How, Origin, Told};
use super::told::before;
use super::{FirstPublic, Who, span_out};
use crate::finding::Cite;
use crate::record::{Party, Record, Span};

/// Parties named for one gap, at most.
const MOST: usize = 50;

/// Somebody who had it, and no item shows from whom.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Gap))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Gap {
    /// Who.
    pub who: Who,
    /// What it did that shows that it had it.
    pub how: How,
    /// The item or items that show it first.
    pub items: Vec<Cite>,
    /// When, at the earliest.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// It was public before: then nobody need have passed it on. `null` if the times leave it
    /// open or nothing public is in the record.
    pub public_before: Option<bool>,
    /// Parties shown to have had it before who wrote to this one afterwards, in items that are not
    /// seen to carry it.
    pub direct: Vec<Hop>,
    /// Parties on paths of such items from those who had it to this one (grade 7), by name.
    pub between: Vec<Between>,
    /// How many more there are.
    pub more: u64,
}

/// A party that may have passed it on unseen.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Between))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Between {
    /// Who.
    pub who: Who,
    /// Always 7.
    pub grade: u8,
    /// Who is shown to have had it where the path begins.
    pub from: Who,
    /// The path to this party and on to the end: to whom, in which item.
    pub path: Vec<Hop>,
}

/// Finds the gaps and who lies in them.
pub(super) fn gaps(
    record: &Record,
    carried: &Carried,
    told: &[Told],
    origins: &[Origin],
    public: Option<&FirstPublic>,
    as_of: Option<i64>,
    skew: i64,
) -> Vec<Gap> {
    // Where a journalist had it from is not asked: a source is a person to protect.
    let article = |origin: &Origin| {
        let mut places = origin.items.iter().filter_map(|cite| record.by_id(cite.0));
        places.all(|place| record.row(place).kind == ItemKind::Article)
    };
    let open: Vec<&Origin> = origins
        .iter()
        .filter(|origin| !article(origin))
        .filter(|origin| origin.how != How::Wrote || !origin.may_be_first)
        .filter(|origin| origin.when.is_bounded())
        .collect();
    if open.is_empty() || told.len() < 2 {
        return Vec::new();
    }
    let limit = as_of.unwrap_or(i64::MAX - 1);
    let mut unseen = contacts(record);
    unseen.retain(|contact| {
        contact.when.is_bounded()
            && contact.when.hi <= limit
            && !carried.number.contains_key(&contact.place)
    });
    open.into_iter().filter_map(|origin| gap(record, &unseen, told, origin, public, skew)).collect()
}

fn gap(
    record: &Record,
    unseen: &[Contact],
    told: &[Told],
    origin: &Origin,
    public: Option<&FirstPublic>,
    skew: i64,
) -> Option<Gap> {
    let end = origin.who.party;
    let nodes = record.parties.len();
    // Forward, from everybody who certainly had it before, each from then on.
    let (mut at, mut via) = (vec![i64::MAX; nodes], vec![NEVER; nodes]);
    let mut had: FxHashSet<u32> = FxHashSet::default();
    for each in told.iter().filter(|each| each.who.party != end) {
        if before(each.earliest, origin.when, skew) == Some(true) {
            at[each.who.party.0 as usize] = each.earliest.hi;
            had.insert(each.who.party.0);
        }
    }
    if had.is_empty() {
        return None;
    }
    for (number, contact) in unseen.iter().enumerate() {
        let (from, to) = (contact.from as usize, contact.to as usize);
        let leaves = at[from] != i64::MAX && at[from].saturating_add(skew) < contact.when.lo;
        if leaves && contact.to != end.0 && contact.when.hi < at[to] {
            (at[to], via[to]) = (contact.when.hi, number as u32);
        }
    }
    // Backward, to the end, by the latest departure: what arrives later was not in time.
    let (mut leaves, mut on) = (vec![i64::MIN; nodes], vec![NEVER; nodes]);
    leaves[end.0 as usize] = origin.when.lo;
    let mut order: Vec<usize> = (0..unseen.len()).collect();
    order.sort_unstable_by_key(|number| (std::cmp::Reverse(unseen[*number].when.hi), *number));
    let mut direct: Vec<(u32, usize)> = Vec::new();
    for number in order {
        let contact = &unseen[number];
        let (from, to) = (contact.from as usize, contact.to as usize);
        let in_time = leaves[to] != i64::MIN
            && contact.when.hi.saturating_add(skew) < leaves[to]
            && contact.from != end.0;
        if !in_time {
            continue;
        }
        let starts = at[from] != i64::MAX && at[from].saturating_add(skew) < contact.when.lo;
        if contact.to == end.0 && had.contains(&contact.from) && starts {
            direct.push((contact.from, number));
        }
        if contact.when.lo > leaves[from] {
            (leaves[from], on[from]) = (contact.when.lo, number as u32);
        }
    }
    let hop = |number: u32| {
        let contact = unseen.get(number as usize)?;
        let to = Who::of(record, Party(contact.to));
        Some(Hop { to, item: Cite::of(record, contact.place) })
    };
    let mut between: Vec<Between> = (0..nodes as u32)
        .filter(|node| *node != end.0 && !had.contains(node))
        .filter(|node| {
            let node = *node as usize;
            at[node] != i64::MAX
                && leaves[node] != i64::MIN
                && at[node].saturating_add(skew) < leaves[node]
        })
        .filter_map(|node| {
            let (mut path, mut here) = (Vec::new(), node);
            while !had.contains(&here) && path.len() <= nodes {
                path.push(hop(via[here as usize])?);
                here = unseen.get(via[here as usize] as usize)?.from;
            }
            path.reverse();
            let (from, mut here) = (Who::of(record, Party(here)), node);
            while here != end.0 && path.len() <= 2 * nodes {
                path.push(hop(on[here as usize])?);
                here = unseen.get(on[here as usize] as usize)?.to;
            }
            Some(Between { who: Who::of(record, Party(node)), grade: 7, from, path })
        })
        .collect();
    between.sort_by(|a, b| {
        (a.path.len(), &a.who.name, &a.who.id).cmp(&(b.path.len(), &b.who.name, &b.who.id))
    });
    let more = between.len().saturating_sub(MOST) as u64;
    between.truncate(MOST);
    direct.sort_unstable();
    direct.dedup_by_key(|(from, _)| *from);
    let direct = direct
        .into_iter()
        .filter_map(|(from, number)| {
            let item = Cite::of(record, unseen.get(number)?.place);
            Some(Hop { to: Who::of(record, Party(from)), item })
        })
        .collect();
    Some(Gap {
        who: origin.who.clone(),
        how: origin.how,
        items: origin.items.clone(),
        when: origin.when,
        public_before: public.and_then(|public| before(public.when, origin.when, skew)),
        direct,
        between,
        more,
    })
}

#[cfg(test)]
#[path = "unseen_tests.rs"]
mod tests;
