//! Citations of a finding: what stands behind every item it names.

use anyhow::Result;
use cahoots_analyze::{Cite, Finding, Record};
use cahoots_record::{Flags, ItemId, ItemKind, ItemOrd, Precision};
use cahoots_store::{Case, Parts, StoredItem};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::item_json::{archive_name, people as named, reading, who};
use crate::names::People;
use crate::output::{NO_TEXT, Output, Style, fit, one_line};

/// How much of an item's words a citation quotes, in characters.
const QUOTED: usize = 200;
/// How many items are looked up for one finding; the rest keep their ids.
const MOST: usize = 5_000;

/// The items a finding names, read from the record.
pub struct Cited {
    items: FxHashMap<ItemId, StoredItem>,
}

impl Cited {
    /// Reads these items.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn read(
        case: &Case,
        record: &Record,
        cites: impl IntoIterator<Item = Cite>,
    ) -> Result<Self> {
        let mut ords: Vec<ItemOrd> = cites
            .into_iter()
            .filter_map(|cite| Some(record.row(record.by_id(cite.0)?).ord))
            .collect();
        ords.sort_unstable();
        ords.dedup();
        ords.truncate(MOST);
        let items = case.items(&ords, Parts::Text)?;
        Ok(Self { items: items.into_iter().map(|stored| (stored.item.id, stored)).collect() })
    }

    /// One of them.
    pub fn get(&self, cite: Cite) -> Option<&StoredItem> {
        self.items.get(&cite.0)
    }

    /// A line that a person can read and follow: id, time, who to whom, the first words.
    pub fn line(&self, cite: Cite, people: &People, out: &Output, width: usize) -> String {
        let id = out.styled(Style::Dim, &format!("[{}]", cite.0.short()));
        let Some(stored) = self.get(cite) else { return id };
        let item = &stored.item;
        let time = out.time(&item.when);
        let head = format!("{}  {}", time.trim(), fit(&who(item, people), 40));
        let left = width.saturating_sub(crate::output::width_of(&head) + 16);
        let words = if left > 20 { fit(&first_words(stored), left) } else { String::new() };
        format!("{id} {head}  {words}")
    }
}

/// The words that a citation quotes: the beginning of the text, else the subject.
fn first_words(stored: &StoredItem) -> String {
    let text = one_line(&stored.item.text.chars().take(QUOTED * 2).collect::<String>());
    let text: Vec<&str> = text.split_whitespace().collect();
    match text.is_empty() {
        true => match one_line(stored.item.subject.as_deref().unwrap_or_default()) {
            subject if subject.is_empty() => NO_TEXT.to_owned(),
            subject => subject,
        },
        false => text.join(" "),
    }
}

/// A finding as JSON, with a citation for every item that it names.
///
/// # Errors
/// When the record cannot be read.
pub fn json_of<T: Serialize>(
    name: &str,
    finding: &Finding<T>,
    case: &Case,
    record: &Record,
) -> Result<Value> {
    let found = serde_json::to_value(finding)?;
    let mut cites = Vec::new();
    collect(&found, record, &mut cites);
    let cited = Cited::read(case, record, cites)?;
    let mut all: Vec<&StoredItem> = cited.items.values().collect();
    all.sort_unstable_by_key(|stored| stored.ord);
    let mut citations: Map<String, Value> = Map::new();
    for stored in all {
        let citation = serde_json::to_value(citation(case, stored))?;
        citations.insert(stored.item.id.to_string(), citation);
    }
    let mut value = json!({ "schema": format!("cahoots/{name}/1") });
    if let (Some(object), Value::Object(found)) = (value.as_object_mut(), found) {
        object.extend(found);
        object.insert("citations".to_owned(), Value::Object(citations));
    }
    Ok(value)
}

/// What stands behind an item that a finding names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Citation {
    /// The value it is sorted by, in UTC.
    pub time: Option<String>,
    /// Not before this instant.
    pub earliest: Option<String>,
    /// Not after this instant.
    pub latest: Option<String>,
    pub precision: Precision,
    /// What the clock or calendar read, where nothing tells its zone: `2016-10-12T13:31:00`.
    pub reading: Option<String>,
    pub kind: ItemKind,
    /// Authors, with their accounts.
    pub from: Vec<String>,
    /// Addressees and members of the group.
    pub to: Vec<String>,
    pub subject: Option<String>,
    /// The archive's name.
    pub archive: String,
    /// Where it stands in the archive.
    pub locator: String,
    /// The platform's own id.
    pub native_id: Option<String>,
    /// The beginning of its text.
    pub words: String,
    /// Digest of those words.
    pub words_sha256: String,
    pub flags: Flags,
}

/// A finding as [`json_of`] writes it.
#[derive(Serialize, ToSchema)]
pub struct CitedFinding<T> {
    /// Name and version of the shape: `cahoots/brief/1`.
    pub schema: String,
    #[serde(flatten)]
    pub finding: Finding<T>,
    /// Every item that the finding names, by its id.
    pub citations: std::collections::BTreeMap<String, Citation>,
}

/// Item, place in its archive, quoted words and their digest.
pub fn citation(case: &Case, stored: &StoredItem) -> Citation {
    let item = &stored.item;
    let words: String = item.text.chars().take(QUOTED).collect();
    let digest = cahoots_record::Sha256::of(words.as_bytes());
    Citation {
        time: item.when.sort_key().map(|time| time.to_string()),
        earliest: item.when.earliest.map(|time| time.to_string()),
        latest: item.when.latest.map(|time| time.to_string()),
        precision: item.when.precision,
        reading: reading(&item.when),
        kind: item.kind,
        from: named(item, &[cahoots_record::Role::From]),
        to: named(item, &[cahoots_record::Role::To, cahoots_record::Role::Member]),
        subject: item.subject.clone(),
        archive: archive_name(case, stored.archive),
        locator: item.locator.to_string(),
        native_id: item.native_id.clone(),
        words,
        words_sha256: digest.to_string(),
        flags: item.flags,
    }
}

/// Every text of the finding that is the id of an item of the record.
fn collect(value: &Value, record: &Record, cites: &mut Vec<Cite>) {
    match value {
        Value::String(text) if text.len() == 26 => {
            let id = text.parse().ok().filter(|id| record.by_id(*id).is_some());
            cites.extend(id.map(Cite));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, record, cites)),
        Value::Object(map) => map.values().for_each(|value| collect(value, record, cites)),
        _ => {}
    }
}
