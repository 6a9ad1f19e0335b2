//! What people noted on items: stars, tags, notes, pins, saved searches. Only appended to.
//!
//! Each thing has a version: the number of the last decision that touched it. Who changes a thing
//! says which version they saw; when somebody else was there in between, nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use cahoots_record::ItemId;
use cahoots_store::HumanRow;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One decision on an item or a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Annotation {
    /// The item is starred, or no longer.
    Star { item: ItemId, on: bool },
    /// The item has a tag, or no longer.
    Tag { item: ItemId, tag: String, on: bool },
    /// Words on an item; `edits` names the note that they replace, `None` as words takes it away.
    Note {
        item: ItemId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edits: Option<u64>,
        text: Option<String>,
    },
    /// The item is part of the report's chronology, with words on it; `None` takes it out.
    Pin { item: ItemId, words: Option<String> },
    /// A search kept under a name; `edits` names the one that it replaces, `None` as a query takes
    /// it away.
    SavedSearch {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edits: Option<u64>,
        name: String,
        query: Option<String>,
    },
}

/// What a decision is about; two decisions on the same thing are in each other's way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Star(ItemId),
    Tag(ItemId, String),
    Note(u64),
    Pin(ItemId),
    Search(u64),
}

impl Annotation {
    fn thing(&self, seq: u64) -> Thing {
        match self {
            Self::Star { item, .. } => Thing::Star(*item),
            Self::Tag { item, tag, .. } => Thing::Tag(*item, tag.clone()),
            Self::Note { edits, .. } => Thing::Note(edits.unwrap_or(seq)),
            Self::Pin { item, .. } => Thing::Pin(*item),
            Self::SavedSearch { edits, .. } => Thing::Search(edits.unwrap_or(seq)),
        }
    }
}

/// Who did something last, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mark {
    /// The version: the number of the last decision that touched it.
    pub version: u64,
    /// Who decided last.
    pub author: String,
    /// When, in UTC.
    pub at: String,
}

/// A tag on an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TagOn {
    pub tag: String,
    #[serde(flatten)]
    pub mark: Mark,
}

/// Words on an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NoteOn {
    /// Its number: that of the decision that began it.
    pub note: u64,
    /// The item.
    #[schema(value_type = String)]
    pub item: ItemId,
    pub text: String,
    /// Who began it.
    pub begun_by: String,
    #[serde(flatten)]
    pub mark: Mark,
}

/// An item of the report's chronology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pinned {
    /// The item.
    #[schema(value_type = String)]
    pub item: ItemId,
    /// Words on it.
    pub words: String,
    #[serde(flatten)]
    pub mark: Mark,
}

/// A search kept under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Saved {
    /// Its number: that of the decision that began it.
    pub search: u64,
    pub name: String,
    pub query: String,
    #[serde(flatten)]
    pub mark: Mark,
}

/// Everything people noted, as it stands.
#[derive(Debug, Default)]
pub struct Notebook {
    stars: BTreeMap<ItemId, Mark>,
    tags: BTreeMap<(ItemId, String), Mark>,
    notes: BTreeMap<u64, NoteOn>,
    pins: BTreeMap<ItemId, Pinned>,
    searches: BTreeMap<u64, Saved>,
    versions: BTreeMap<Thing, u64>,
}

/// Numbers of decisions that were taken back, by one that was not taken back itself.
pub fn undone(rows: &[HumanRow]) -> BTreeSet<u64> {
    let mut undone = BTreeSet::new();
    for row in rows.iter().rev() {
        if let Some(of) = undo_of(row)
            && !undone.contains(&row.seq)
        {
            undone.insert(of);
        }
    }
    undone
}

/// The number of the decision that this one takes back.
pub fn undo_of(row: &HumanRow) -> Option<u64> {
    (row.action.get("kind")?.as_str()? == "undo").then(|| row.action.get("seq")?.as_u64())?
}

fn read(row: &HumanRow) -> Option<Annotation> {
    serde_json::from_value(row.action.clone()).ok()
}

/// The item that a decision is about, if it is about one.
pub fn item_of(row: &HumanRow) -> Option<String> {
    Some(row.action.get("item")?.as_str()?.to_owned())
}

impl Notebook {
    /// The state after these decisions.
    pub fn of(rows: &[HumanRow]) -> Self {
        let undone = undone(rows);
        let mut book = Self::default();
        let mut things: BTreeMap<u64, Thing> = BTreeMap::new();
        for row in rows {
            // Taking back touches what was decided; so does taking that back.
            let touched = match undo_of(row) {
                Some(of) => things.get(&of).cloned(),
                None => read(row).map(|annotation| annotation.thing(row.seq)),
            };
            if let Some(thing) = touched {
                book.versions.insert(thing.clone(), row.seq);
                things.insert(row.seq, thing);
            }
        }
        for row in rows.iter().filter(|row| !undone.contains(&row.seq)) {
            if let Some(annotation) = read(row) {
                book.apply(row, annotation);
            }
        }
        book
    }

    fn apply(&mut self, row: &HumanRow, annotation: Annotation) {
        let thing = annotation.thing(row.seq);
        let version = self.versions.get(&thing).copied().unwrap_or(row.seq);
        let mark = Mark { version, author: row.author.clone(), at: row.at.to_string() };
        match annotation {
            Annotation::Star { item, on: true } => drop(self.stars.insert(item, mark)),
            Annotation::Star { item, on: false } => drop(self.stars.remove(&item)),
            Annotation::Tag { item, tag, on: true } => drop(self.tags.insert((item, tag), mark)),
            Annotation::Tag { item, tag, on: false } => drop(self.tags.remove(&(item, tag))),
            Annotation::Note { item, edits, text } => {
                let note = edits.unwrap_or(row.seq);
                let begun_by = self.notes.remove(&note).map(|old| old.begun_by);
                if let Some(text) = text {
                    let begun_by = begun_by.unwrap_or_else(|| row.author.clone());
                    self.notes.insert(note, NoteOn { note, item, text, begun_by, mark });
                }
            }
            Annotation::Pin { item, words: Some(words) } => {
                self.pins.insert(item, Pinned { item, words, mark });
            }
            Annotation::Pin { item, words: None } => drop(self.pins.remove(&item)),
            Annotation::SavedSearch { edits, name, query } => {
                let search = edits.unwrap_or(row.seq);
                self.searches.remove(&search);
                if let Some(query) = query {
                    self.searches.insert(search, Saved { search, name, query, mark });
                }
            }
        }
    }

    /// The version of what an annotation would change; 0 when nobody ever touched it.
    pub fn version(&self, annotation: &Annotation) -> u64 {
        // A new note or search has no number yet and is in nobody's way.
        self.versions.get(&annotation.thing(0)).copied().unwrap_or(0)
    }

    /// The last decision on anything about an item; 0 when there is none.
    pub fn version_of_item(&self, item: ItemId) -> u64 {
        let notes: Vec<u64> =
            self.notes.values().filter(|note| note.item == item).map(|note| note.note).collect();
        let about = |thing: &Thing| match thing {
            Thing::Star(of) | Thing::Tag(of, _) | Thing::Pin(of) => *of == item,
            Thing::Note(note) => notes.contains(note),
            Thing::Search(_) => false,
        };
        self.versions.iter().filter(|(thing, _)| about(thing)).map(|(_, v)| *v).max().unwrap_or(0)
    }

    /// Who starred an item last.
    pub fn star(&self, item: ItemId) -> Option<&Mark> {
        self.stars.get(&item)
    }

    /// Tags of an item.
    pub fn tags(&self, item: ItemId) -> Vec<TagOn> {
        self.tags
            .range((item, String::new())..)
            .take_while(|((of, _), _)| *of == item)
            .map(|((_, tag), mark)| TagOn { tag: tag.clone(), mark: mark.clone() })
            .collect()
    }

    /// Notes on an item, in the order in which they were begun.
    pub fn notes(&self, item: ItemId) -> Vec<NoteOn> {
        self.notes.values().filter(|note| note.item == item).cloned().collect()
    }

    /// A note.
    pub fn note(&self, note: u64) -> Option<&NoteOn> {
        self.notes.get(&note)
    }

    /// The pin of an item.
    pub fn pin(&self, item: ItemId) -> Option<&Pinned> {
        self.pins.get(&item)
    }

    /// Every pin.
    pub fn pins(&self) -> impl Iterator<Item = &Pinned> {
        self.pins.values()
    }

    /// Every saved search.
    pub fn searches(&self) -> impl Iterator<Item = &Saved> {
        self.searches.values()
    }

    /// A saved search.
    pub fn search(&self, search: u64) -> Option<&Saved> {
        self.searches.get(&search)
    }

    /// Every tag with the number of its items, by name.
    pub fn all_tags(&self) -> BTreeMap<&str, u64> {
        let mut counts = BTreeMap::new();
        for (_, tag) in self.tags.keys() {
            *counts.entry(tag.as_str()).or_default() += 1;
        }
        counts
    }

    /// Items with this tag.
    pub fn tagged(&self, tag: &str) -> Vec<ItemId> {
        self.tags.keys().filter(|(_, of)| of == tag).map(|(item, _)| *item).collect()
    }

    /// Starred items.
    pub fn starred(&self) -> impl Iterator<Item = ItemId> {
        self.stars.keys().copied()
    }
}

#[cfg(test)]
mod tests {
    use cahoots_record::UtcMicros;
    use serde_json::{Value, json};

    use super::*;

    fn rows(actions: &[Value]) -> Vec<HumanRow> {
        let row = |(n, action): (usize, &Value)| HumanRow {
            seq: n as u64 + 1,
            at: UtcMicros(0),
            author: "ann".into(),
            action: action.clone(),
        };
        actions.iter().enumerate().map(row).collect()
    }

    fn item() -> ItemId {
        ItemId::of("test", &[b"1"])
    }

    #[test]
    fn a_note_is_edited_taken_away_and_brought_back() {
        let mut actions = vec![
            json!({ "kind": "note", "item": item(), "text": "one" }),
            json!({ "kind": "note", "item": item(), "edits": 1, "text": "two" }),
            json!({ "kind": "note", "item": item(), "edits": 1, "text": null }),
        ];
        let book = Notebook::of(&rows(&actions[..2]));
        let note = &book.notes(item())[0];
        assert_eq!((note.note, note.text.as_str(), note.mark.version), (1, "two", 2));
        assert_eq!(book.version_of_item(item()), 2);
        let book = Notebook::of(&rows(&actions));
        assert!(book.notes(item()).is_empty());
        actions.push(json!({ "kind": "undo", "seq": 3 }));
        let book = Notebook::of(&rows(&actions));
        let note = &book.notes(item())[0];
        assert_eq!((note.text.as_str(), note.mark.version), ("two", 4), "the undo is a version");
        actions.push(json!({ "kind": "undo", "seq": 4 }));
        assert!(Notebook::of(&rows(&actions)).notes(item()).is_empty());
    }

    #[test]
    fn stars_tags_and_pins_are_set_and_unset() {
        let actions = [
            json!({ "kind": "star", "item": item(), "on": true }),
            json!({ "kind": "tag", "item": item(), "tag": "money", "on": true }),
            json!({ "kind": "tag", "item": item(), "tag": "law", "on": true }),
            json!({ "kind": "pin", "item": item(), "words": "" }),
            json!({ "kind": "tag", "item": item(), "tag": "money", "on": false }),
            json!({ "kind": "undo", "seq": 1 }),
            json!({ "kind": "merge", "accounts": [], "name": null, "reason": "" }),
        ];
        let book = Notebook::of(&rows(&actions));
        assert_eq!(book.star(item()), None);
        assert_eq!(book.tags(item()).len(), 1);
        assert_eq!(book.all_tags(), BTreeMap::from([("law", 1)]));
        assert_eq!(book.pin(item()).unwrap().mark.version, 4);
        let untag = Annotation::Tag { item: item(), tag: "money".into(), on: true };
        assert_eq!(book.version(&untag), 5);
        assert_eq!(book.version(&Annotation::Star { item: item(), on: true }), 6);
    }
}
