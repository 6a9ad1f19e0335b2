//! What several entries say together: references, publications, conflicts.

use std::collections::{BTreeMap, BTreeSet};

use cahoots_record::{Item, ItemId};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::item::{Draft, put};
use super::model::{Entry, EntryKind, Notes};

/// The publications of a file, by their ids.
#[derive(Default)]
pub(crate) struct Publications(BTreeMap<String, Value>);

impl Publications {
    /// Takes a `publication` entry. Gives false if it has no id and so can be cited by nothing.
    pub(crate) fn declare(&mut self, entry: &Entry, notes: &mut Notes) -> bool {
        let mut fields = Fields::new(entry.fields.clone(), "");
        let Some(id) = fields.text("id", notes) else {
            notes.lost("no-id", "id", "is missing");
            return false;
        };
        let mut told = Map::new();
        told.insert("id".to_owned(), id.clone().into());
        for key in ["title", "by", "date", "kind", "url", "part", "read", "origin", "note"] {
            let value = fields.text(key, notes);
            put(&mut told, key, value);
        }
        let other = fields.leftovers(notes);
        if !other.is_empty() {
            told.insert("other".to_owned(), other.into());
        }
        if self.0.insert(id.clone(), Value::Object(told)).is_some() {
            let what = format!("\"{id}\" is another publication's id too");
            notes.damaged("same-id", "id", &what, "the later one");
        }
        true
    }

    fn cite(&self, id: &str, notes: &mut Notes) -> Value {
        match self.0.get(id) {
            Some(told) => told.clone(),
            None => {
                let what = format!("names \"{id}\", which is the id of no publication");
                notes.damaged("unknown-publication", "published", &what, "the words");
                json!({ "id": id })
            }
        }
    }
}

struct Target {
    item: ItemId,
    native: Option<String>,
    place: usize,
}

/// Settles the names by which entries refer to each other; gives the items in order.
pub(crate) fn settle(
    drafts: Vec<(Draft, Notes)>,
    publications: &Publications,
) -> Vec<(Item, Notes)> {
    let mut targets: BTreeMap<String, Target> = BTreeMap::new();
    let mut twice: BTreeSet<usize> = BTreeSet::new();
    for (place, (draft, _)) in drafts.iter().enumerate() {
        let Some(id) = &draft.id else { continue };
        if targets.contains_key(id) {
            twice.insert(place);
            continue;
        }
        let native = draft.item.native_id.clone();
        targets.insert(id.clone(), Target { item: draft.item.id, native, place });
    }
    // What conflicts say of other entries, by the place of those.
    let mut disputed: BTreeMap<usize, Vec<Value>> = BTreeMap::new();
    for (draft, _) in drafts.iter().filter(|(draft, _)| draft.entry == EntryKind::Conflict) {
        for id in &draft.about {
            if let Some(target) = targets.get(id) {
                disputed.entry(target.place).or_default().push(json!({
                    "id": draft.id,
                    "item": draft.item.id,
                    "on": draft.item.subject,
                    "text": draft.item.text,
                }));
            }
        }
    }
    let mut items = Vec::with_capacity(drafts.len());
    for (place, (draft, mut notes)) in drafts.into_iter().enumerate() {
        let Draft { mut item, id, mut detail, .. } = draft;
        if twice.contains(&place) {
            let what = format!("\"{}\" is another entry's id too", id.unwrap_or_default());
            let kept = "the entry; references to the id lead to the first";
            notes.damaged("same-id", "id", &what, kept);
        }
        let mut known = BTreeSet::new();
        // The order of mail's `References`: what is answered stands last.
        let ties = [
            ("about", draft.about, false),
            ("tells_of", draft.tells_of, false),
            ("relates_to", draft.relates_to, false),
            ("answered_by", draft.answered_by, false),
            ("forward_of", draft.forward_of, true),
            ("answers", draft.answers, true),
        ];
        for (key, names, refers) in ties {
            let mut told = Vec::new();
            for name in names {
                let target = targets.get(&name);
                let native = target.and_then(|target| target.native.clone());
                if target.is_none() {
                    let what = format!("names \"{name}\", which is the id of no entry");
                    notes.damaged("unknown-entry-id", key, &what, "the words");
                }
                told.push(match target {
                    Some(target) => json!({ "id": name, "item": target.item }),
                    None => json!({ "id": name }),
                });
                let native = native.unwrap_or(name);
                if refers && known.insert(native.clone()) {
                    item.references.push(native);
                }
            }
            if !told.is_empty() {
                detail.insert(key.to_owned(), told.into());
            }
        }
        let published: Vec<Value> =
            draft.published.iter().map(|id| publications.cite(id, &mut notes)).collect();
        if !published.is_empty() {
            detail.insert("published".to_owned(), published.into());
        }
        for value in detail.get("other_values").and_then(Value::as_array).into_iter().flatten() {
            if let Some(id) = value["publication"].as_str() {
                publications.cite(id, &mut notes);
            }
        }
        if let Some(conflicts) = disputed.remove(&place) {
            detail.insert("conflicts".to_owned(), conflicts.into());
        }
        item.detail = Value::Object(detail);
        items.push((item, notes));
    }
    items
}
