//! An item as JSON: the same keys wherever one is printed.

use cahoots_record::{Item, Participant, Role, When};
use cahoots_store::{Case, StoredItem};
use serde_json::{Map, Value, json};

/// One line of a result list, with the keys that scripts rely on: id, time, from, to, subject,
/// snippet, archive, locator.
pub fn line(case: &Case, stored: &StoredItem, snippet: Option<&str>) -> Map<String, Value> {
    let item = &stored.item;
    let mut map = Map::new();
    map.insert("id".into(), item.id.to_string().into());
    map.insert("time".into(), item.when.sort_key().map(|time| time.to_string()).into());
    map.insert("when".into(), when(&item.when));
    map.insert("kind".into(), item.kind.name().into());
    map.insert("medium".into(), item.medium.name().into());
    map.insert("visibility".into(), item.visibility.name().into());
    map.insert("from".into(), people(item, &[Role::From]).into());
    map.insert("to".into(), people(item, &[Role::To, Role::Member]).into());
    map.insert("cc".into(), people(item, &[Role::Cc]).into());
    map.insert("subject".into(), item.subject.clone().into());
    if let Some(snippet) = snippet {
        map.insert("snippet".into(), snippet.into());
    }
    map.insert("archive".into(), archive_name(case, stored.archive).into());
    map.insert("locator".into(), item.locator.to_string().into());
    map.insert("native_id".into(), item.native_id.clone().into());
    map.insert("flags".into(), json!(item.flags));
    map
}

/// The whole item, without headers and copies.
pub fn whole(case: &Case, stored: &StoredItem) -> Map<String, Value> {
    let item = &stored.item;
    let mut map = line(case, stored, None);
    map.insert("text".into(), item.text.clone().into());
    map.insert("language".into(), item.language.clone().into());
    let participants: Vec<Value> = item
        .participants
        .iter()
        .map(|p| json!({ "account": p.account, "role": p.role, "name": p.name }))
        .collect();
    map.insert("participants".into(), participants.into());
    map.insert("objects".into(), json!(item.objects));
    map.insert("references".into(), json!(item.references));
    map.insert("conversation".into(), item.conversation.clone().into());
    map.insert("parent".into(), json!(item.parent));
    map.insert("attachments".into(), json!(item.attachments));
    map.insert("content_sha256".into(), item.content_hash.to_string().into());
    map.insert("mih".into(), item.mih.clone().into());
    map.insert("raw_sha256".into(), item.raw_sha256.to_string().into());
    map.insert("detail".into(), item.detail.clone());
    map
}

fn when(when: &When) -> Value {
    json!({
        "earliest": when.earliest.map(|time| time.to_string()),
        "latest": when.latest.map(|time| time.to_string()),
        "offset_seconds": when.offset,
        "precision": when.precision,
        "basis": when.basis,
        "confidence": when.confidence,
        "raw": when.raw,
    })
}

/// Participants in one of `roles`, as printed with their account.
pub fn people(item: &Item, roles: &[Role]) -> Vec<String> {
    item.participants.iter().filter(|p| roles.contains(&p.role)).map(full).collect()
}

/// `Ann Example <ann@example.org>`, or the account alone.
pub fn full(participant: &Participant) -> String {
    let native = participant.account.native();
    match &participant.name {
        Some(name) if !name.is_empty() && !name.eq_ignore_ascii_case(native) => {
            format!("{name} <{native}>")
        }
        _ => native.to_owned(),
    }
}

/// The first author's short name, for a line of a list.
pub fn author(item: &Item) -> &str {
    item.participants
        .iter()
        .find(|p| p.role == Role::From)
        .or(item.participants.iter().find(|p| p.role == Role::Sender))
        .map_or("", Participant::label)
}

/// The addressees' short names, for a line of a list.
pub fn addressees(item: &Item) -> String {
    let mut names = item
        .participants
        .iter()
        .filter(|p| matches!(p.role, Role::To | Role::Member))
        .map(Participant::label);
    let first = names.next().unwrap_or_default().to_owned();
    match names.count() {
        0 => first,
        more => format!("{first} +{more}"),
    }
}

/// Who wrote to whom, for a line of a list, by the names of their parties.
pub fn who(item: &Item, people: &crate::names::People) -> String {
    let name = |p: &Participant| match &p.name {
        // A name printed on the item itself says more than any other.
        Some(name) if !name.is_empty() => name.clone(),
        _ => people.party_name(&p.account).unwrap_or(p.account.native()).to_owned(),
    };
    let from = item.participants.iter().find(|p| p.role == Role::From);
    let mut to = item.participants.iter().filter(|p| matches!(p.role, Role::To | Role::Member));
    let mut line = from.map(name).unwrap_or_default();
    if let Some(first) = to.next() {
        line.push_str(&format!(" → {}", name(first)));
    }
    match to.count() {
        0 => line,
        more => format!("{line} +{more}"),
    }
}

/// The archive's name as given.
pub fn archive_name(case: &Case, archive: u32) -> String {
    case.archives().get(archive as usize).map(|row| row.name.clone()).unwrap_or_default()
}
