//! The record of a case as the analyses see it.

use anyhow::Result;
use cahoots_analyze::record::build::{Detail, Entry};
use cahoots_analyze::record::{Builder, Numbers, Party, Record, Span, Thing, Tie};
use cahoots_record::{AccountKey, ItemId, ItemOrd, Role};
use cahoots_store::Case;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::who::exactly;
use crate::names::People;

/// Keys of a compiled entry's detail that name other items, and what they say of them.
const TOLD: [(&str, Tie); 4] = [
    ("answers", Tie::Answers),
    ("forward_of", Tie::Forwards),
    ("tells_of", Tie::TellsOf),
    ("about", Tie::About),
];

/// Reads every column that an analysis may ask for. Costs a pass over the record without its
/// texts.
///
/// # Errors
/// When the case cannot be read.
fn load(case: &Case, people: &People) -> Result<Record> {
    let mut builder = Builder::new(&case.info().zone);
    for number in 0..people.n_parties() as u32 {
        builder.party(people.id(number), people.name(number));
    }
    let mut accounts: FxHashMap<AccountKey, u32> = FxHashMap::default();
    for (number, person) in people.people.iter().enumerate() {
        let party = people.parties.of_account.get(number).copied().unwrap_or_default();
        let known = builder.account(person.key.clone(), Party(party));
        accounts.insert(person.key.clone(), known);
    }
    let custodians: Vec<Option<u16>> = case
        .archives()
        .iter()
        .map(|archive| {
            let name = archive.custodian.trim();
            let party = || exactly(people, name);
            (!name.is_empty()).then(|| builder.custodian(name, party()))
        })
        .collect();

    builder.archives(case.archives().iter().map(|archive| archive.name.clone()));
    let placed = case.placed()?;
    let mut entries: Vec<Entry> = Vec::with_capacity(case.n_items() as usize);
    let mut refers: Vec<(ItemOrd, Vec<String>)> = Vec::new();
    let mut variants: Vec<(ItemOrd, ItemOrd)> = Vec::new();
    let mut parents: Vec<(ItemOrd, ItemId)> = Vec::new();
    let segments: Vec<_> = (0..case.segments().len()).filter_map(|at| case.segment(at)).collect();
    for segment in &segments {
        segment.each_item(|glance, references| {
            let ord = glance.ord;
            let at = placed.get(ord.0 as usize).copied();
            let mut entry = Entry::new(ord.0, Span::UNKNOWN);
            entry.id = glance.id;
            entry.span = Span {
                lo: glance.earliest.map_or(i64::MIN, |time| time.0),
                hi: glance.latest.map_or(i64::MAX, |time| time.0),
            };
            entry.kind = glance.kind;
            entry.medium = glance.medium;
            entry.visibility = glance.visibility;
            entry.flags = glance.flags;
            entry.archive = glance.archive;
            entry.native_id = glance.native_id.map(Box::from);
            entry.thread = at.map_or(ord.0, |at| at.thread);
            entry.channel = glance.conversation.map(|name| builder.channel(name));
            if let Some(custodian) = custodians.get(glance.archive as usize).copied().flatten() {
                entry.held_by.push(custodian);
            }
            if let Some(parent) = at.and_then(|at| at.parent) {
                entry.ties.push((Tie::Answers, ItemOrd(parent)));
            }
            if let Some(parent) = glance.parent.and_then(|id| id.parse().ok()) {
                parents.push((ord, parent));
            }
            entry.detail = compiled(glance.detail);
            let references: Vec<String> = references.map(str::to_owned).collect();
            if !references.is_empty() {
                refers.push((ord, references));
            }
            entries.push(entry);
        })?;
    }
    let native_of = |at: u32| entries[at as usize].native_id.as_deref();
    let mut by_native = Numbers::default();
    for at in 0..entries.len() as u32 {
        let first = native_of(at).map_or(at, |_| by_native.add(at, native_of));
        if first != at {
            variants.push((ItemOrd(at.into()), ItemOrd(first.into())));
        }
    }
    for (ord, references) in &refers {
        let is_held = |native: &str| {
            let native_of = |at: u32| entries[at as usize].native_id.as_deref();
            by_native.find(&Some(native), native_of).is_some()
        };
        for native in references.iter().filter(|native| !is_held(native)) {
            builder.missing(native, *ord);
        }
    }
    drop((refers, by_native));
    for segment in &segments {
        segment.each_participant(|ord, account, role| {
            let key = AccountKey::from_stored(account);
            if let (Some(entry), Some(number)) =
                (entries.get_mut(ord.0 as usize), accounts.get(&key))
            {
                entry.takers.push((*number, role));
            }
        })?;
        segment.each_object(|ord, kind, key| {
            let thing: Thing = builder.thing(kind, key);
            if let Some(entry) = entries.get_mut(ord.0 as usize) {
                entry.things.push(thing);
            }
        })?;
        segment.each_attachment(|ord, name, held| {
            if let Some(entry) = entries.get_mut(ord.0 as usize).filter(|_| !held) {
                entry.lost_attachments.push(name.to_owned());
            }
        })?;
        segment.each_copy(|ord, archive| {
            let custodian = custodians.get(archive as usize).copied().flatten();
            if let (Some(entry), Some(custodian)) = (entries.get_mut(ord.0 as usize), custodian) {
                entry.held_by.push(custodian);
            }
        })?;
    }
    for (ord, first) in variants {
        let other = entries.get(first.0 as usize).map(|entry| (entry.kind, entry.medium));
        if let Some(entry) = entries.get_mut(ord.0 as usize)
            && Some((entry.kind, entry.medium)) == other
            && !is_label(entry)
        {
            entry.ties.push((Tie::Variant, first));
        }
    }
    let mut named = Named::default();
    if !parents.is_empty() || entries.iter().any(|entry| entry.detail.get("schema").is_some()) {
        named = Named::of(&entries);
    }
    for (ord, parent) in parents {
        if let (Some(parent), Some(entry)) = (named.get(parent), entries.get_mut(ord.0 as usize)) {
            entry.ties.push((Tie::AttachedTo, parent));
        }
    }
    let message =
        |entry: &Entry| placed.get(entry.ord.0 as usize).map_or(entry.ord.0, |p| p.message);
    // What one document quotes another may have as its own.
    let originals: FxHashSet<u64> =
        entries.iter().filter(|entry| !entry.flags.recovered).map(message).collect();
    entries.retain_mut(|entry| {
        // A further printing of a message is no further message.
        let message = message(entry);
        if message != entry.ord.0 {
            return false;
        }
        entry.flags.recovered &= !originals.contains(&message);
        tell(entry, &named);
        // Authors first: the order that every reader of `takers` may rely on.
        entry.takers.sort_by_key(|(_, role)| !matches!(role, Role::From | Role::Sender));
        true
    });
    drop((placed, originals, named));
    builder.all(entries);
    Ok(builder.finish())
}

/// What the compiler of a record added; what an importer notes of a mail or a post says nothing that
/// analyses ask for.
fn compiled(detail: Option<&str>) -> Detail {
    let read =
        || serde_json::from_str::<Value>(detail.filter(|text| text.contains("compiled/"))?).ok();
    let by_hand = |value: &Value| {
        let schema = value.get("schema").and_then(Value::as_str);
        schema.is_some_and(|schema| schema.starts_with("compiled/"))
    };
    read().filter(by_hand).unwrap_or_default().into()
}

/// Entries by their lasting names. The names are copied: entries move and change meanwhile.
#[derive(Default)]
struct Named {
    ids: Vec<ItemId>,
    numbers: Numbers,
}

impl Named {
    fn of(entries: &[Entry]) -> Self {
        let ids: Vec<ItemId> = entries.iter().map(|entry| entry.id).collect();
        let mut numbers = Numbers::with_capacity(ids.len());
        for at in 0..ids.len() as u32 {
            numbers.add(at, |at| ids[at as usize]);
        }
        Self { ids, numbers }
    }

    fn get(&self, id: ItemId) -> Option<ItemOrd> {
        let at = self.numbers.find(&id, |at| self.ids[at as usize])?;
        Some(ItemOrd(at.into()))
    }
}

/// Whether the native id of an entry is the label that a compiler gave it: two records may both
/// have an «M1».
fn is_label(entry: &Entry) -> bool {
    let id = entry.detail.get("id").and_then(Value::as_str);
    id.is_some() && id == entry.native_id.as_deref()
}

/// What a compiled entry says of others. A forward is no answer, although both refer to it.
fn tell(entry: &mut Entry, others: &Named) {
    for (key, tie) in TOLD {
        let named = entry.detail.get(key).and_then(Value::as_array).into_iter().flatten();
        let ords: Vec<ItemOrd> = named
            .filter_map(|named| named.get("item").and_then(Value::as_str))
            .filter_map(|id| others.get(id.parse().ok()?))
            .collect();
        for ord in ords {
            if tie == Tie::Forwards {
                entry.ties.retain(|other| *other != (Tie::Answers, ord));
            }
            entry.ties.push((tie, ord));
        }
    }
}

/// The record of a case with these people.
///
/// # Errors
/// When the case cannot be read.
pub fn of_case(case: &Case, people: &People) -> Result<Record> {
    load(case, people)
}
