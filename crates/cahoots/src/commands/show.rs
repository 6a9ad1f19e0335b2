//! `show`: one item, its copies, and the bytes it came from.

use anyhow::{Result, anyhow, bail};
use cahoots_record::{ItemOrd, Role};
use cahoots_search::Index;
use cahoots_store::{Case, Copy, Parts, StoredItem};
use serde_json::{Value, json};

use super::Done;
use crate::cli::{Global, Show};
use crate::item_json::{archive_name, people, whole};
use crate::original::{self, Original};
use crate::output::{Output, Style, one_line, printable, size};

pub(super) fn run(global: &Global, args: &Show, out: &mut Output) -> Result<Done> {
    let case = super::open_case(global, out)?;
    let index = Index::open(&case.index_dir())?;
    let Some(ord) = find(&index, &args.id)? else {
        crate::report::note(&format!("no item {}", args.id));
        return Ok(Done::Nothing);
    };
    let stored = item(&case, ord)?;
    let copies = case.copies(ord)?;
    let original =
        original::read(&case, stored.archive, &stored.item.locator, &stored.item.raw_sha256);
    if args.raw {
        let original = original?;
        if !original.unchanged {
            crate::report::note("warning: these bytes differ from those that were imported");
        }
        out.bytes(&original.bytes)?;
        return Ok(Done::Found);
    }
    let headers = match &original {
        Ok(original) => headers(&case, &stored, original),
        Err(_) => Vec::new(),
    };
    let variants = variants(&case, &index, &stored)?;
    let printings = printings(&case, &stored)?;
    if out.json {
        let mut map = whole(&case, &stored);
        let headers: Vec<Value> =
            headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        map.insert("schema".into(), "cahoots/item/1".into());
        map.insert("headers".into(), headers.into());
        map.insert("copies".into(), copies.iter().map(|copy| copy_json(&case, copy)).collect());
        map.insert(
            "variants".into(),
            variants.iter().map(|item| Value::from(item.item.id.to_string())).collect(),
        );
        if !printings.is_empty() {
            map.insert(
                "printings".into(),
                printings.iter().map(|other| printing_json(&case, other)).collect(),
            );
        }
        map.insert("original".into(), original_json(&original));
        out.value(&Value::Object(map))?;
        return Ok(Done::Found);
    }
    let quoted_only = printings.iter().all(|other| other.item.flags.recovered);
    print(&case, &stored, (&copies, &variants), quoted_only, out)?;
    for other in &printings {
        let mut text = format!(
            "[{}] {} {}",
            other.item.id.short(),
            archive_name(&case, other.archive),
            other.item.locator
        );
        if other.item.flags.recovered {
            text.push_str(", as a quotation");
        }
        let label = out.styled(Style::Dim, "printed also");
        out.line(format!("{label} {}", one_line(&text)))?;
    }
    if args.headers {
        out.line("")?;
        for (name, value) in &headers {
            let name = out.styled(Style::Dim, &one_line(name));
            out.line(format!("{name}: {}", one_line(value)))?;
        }
    }
    out.line("")?;
    out.line(printable(stored.item.text.trim_end()))?;
    match original {
        Ok(original) if original.unchanged => {}
        Ok(_) => {
            crate::report::note("warning: the archive was changed since: the original differs");
        }
        Err(error) => crate::report::note(&format!("note: {error}")),
    }
    Ok(Done::Found)
}

/// The place of the item with this id or beginning of an id.
///
/// # Errors
/// When several items begin so, or the text cannot be an id.
pub(super) fn find(index: &Index, text: &str) -> Result<Option<ItemOrd>> {
    let text = text.trim().trim_start_matches("id:").to_lowercase();
    if text.len() < 4 || text.len() > 26 {
        bail!("{text}: an item id has 26 characters; at least its first 4 are needed");
    }
    let found = index.find_id_prefix(&text)?;
    match found.as_slice() {
        [] => Ok(None),
        [(_, ord)] => Ok(Some(*ord)),
        several => {
            let ids: Vec<String> = several.iter().take(5).map(|(id, _)| id.to_string()).collect();
            bail!("{text} begins {} ids: {} …", several.len(), ids.join(", "))
        }
    }
}

/// One whole item.
pub(super) fn item(case: &Case, ord: ItemOrd) -> Result<StoredItem> {
    case.items(&[ord], Parts::All)?
        .pop()
        .ok_or_else(|| anyhow!("the index names item {} that the record does not have", ord.0))
}

fn headers(case: &Case, stored: &StoredItem, original: &Original) -> Vec<(String, String)> {
    let format = case.archives().get(stored.archive as usize).map(|row| row.format.clone());
    cahoots_import::original::headers(
        &format.unwrap_or_default(),
        &stored.item.locator,
        &original.bytes,
    )
}

/// Other items with the same native id and other content.
fn variants(case: &Case, index: &Index, stored: &StoredItem) -> Result<Vec<StoredItem>> {
    let Some(native_id) = &stored.item.native_id else { return Ok(Vec::new()) };
    let mut ords = index.with_native_id(native_id)?;
    ords.retain(|ord| *ord != stored.ord);
    let mut items = case.items(&ords, Parts::Line)?;
    items.retain(|other| other.item.medium == stored.item.medium);
    Ok(items)
}

/// Other printings of the same message, the one that stands for it first.
fn printings(case: &Case, stored: &StoredItem) -> Result<Vec<StoredItem>> {
    let mut ords = case.printings_of(stored.ord)?;
    ords.retain(|ord| *ord != stored.ord);
    Ok(case.items(&ords, Parts::Line)?)
}

fn printing_json(case: &Case, other: &StoredItem) -> Value {
    json!({
        "id": other.item.id.to_string(),
        "archive": archive_name(case, other.archive),
        "locator": other.item.locator.to_string(),
        "recovered": other.item.flags.recovered,
    })
}

fn copy_json(case: &Case, copy: &Copy) -> Value {
    let row = case.archives().get(copy.archive as usize);
    json!({
        "archive": archive_name(case, copy.archive),
        "archive_sha256": row.map(|row| row.sha256),
        "custodian": row.map(|row| row.custodian.clone()),
        "locator": copy.locator.to_string(),
        "raw_sha256": copy.raw_sha256,
    })
}

fn original_json(original: &Result<Original>) -> Value {
    match original {
        Ok(original) => {
            json!({ "bytes": original.bytes.len(), "unchanged": original.unchanged })
        }
        Err(error) => json!({ "missing": format!("{error:#}") }),
    }
}

fn print(
    case: &Case,
    stored: &StoredItem,
    (copies, variants): (&[Copy], &[StoredItem]),
    quoted_only: bool,
    out: &mut Output,
) -> Result<()> {
    let item = &stored.item;
    let when = out.interval(&item.when);
    let mut label = |name: &str, value: &str| -> Result<()> {
        if value.is_empty() {
            return Ok(());
        }
        let label = out.styled(Style::Dim, &format!("{name:<12}"));
        out.line(format!("{label} {}", one_line(value)))
    };
    label("id", &item.id.to_string())?;
    let mut what = format!("{} ({}, {})", item.kind, item.medium, item.visibility);
    for (set, word) in [
        (item.flags.recovered && quoted_only, "known from a quotation only"),
        (item.flags.recovered && !quoted_only, "a quotation here"),
        (item.flags.summary, "summary, not the words sent"),
        (item.flags.deleted, "deleted by its author"),
        (item.flags.automated, "automated or list mail"),
        (item.flags.cut, "text cut"),
    ] {
        if set {
            what.push_str(", ");
            what.push_str(word);
        }
    }
    label("what", &what)?;
    label("time", &when)?;
    let doubt = match &item.when.raw {
        Some(raw) => {
            format!("{}, {} confidence, as printed: {raw}", item.when.basis, item.when.confidence)
        }
        None => format!("{}, {} confidence", item.when.basis, item.when.confidence),
    };
    label("time from", &doubt)?;
    for role in [
        Role::From,
        Role::Sender,
        Role::To,
        Role::Cc,
        Role::Bcc,
        Role::Member,
        Role::Mention,
        Role::Quoted,
    ] {
        label(role.name(), &people(item, &[role]).join(", "))?;
    }
    label("subject", item.subject.as_deref().unwrap_or_default())?;
    label("native id", item.native_id.as_deref().unwrap_or_default())?;
    label("conversation", item.conversation.as_deref().unwrap_or_default())?;
    for object in &item.objects {
        let raw = match &object.raw {
            Some(raw) => format!("{} {} (as written: {raw})", object.kind, object.key),
            None => format!("{} {}", object.kind, object.key),
        };
        label("object", &raw)?;
    }
    for attachment in &item.attachments {
        let length = attachment.size.map(size).unwrap_or_else(|| "size unknown".to_owned());
        let digest = attachment.sha256.map(|digest| digest.to_string()).unwrap_or_default();
        let text = format!("{} ({}, {length}) {digest}", attachment.name, attachment.media_type);
        label("attachment", &text)?;
    }
    if let Some(parent) = item.parent {
        label("attached to", &parent.to_string())?;
    }
    for copy in copies {
        let row = case.archives().get(copy.archive as usize);
        let mut place = format!("{} {}", archive_name(case, copy.archive), copy.locator);
        if let Some(custodian) = row.map(|row| &row.custodian).filter(|text| !text.is_empty()) {
            place.push_str(&format!(" (custodian: {custodian})"));
        }
        label("found in", &place)?;
    }
    for variant in variants {
        label("variant", &format!("{} has the same id and another content", variant.item.id))?;
    }
    label("sha256", &item.raw_sha256.to_string())?;
    if let Some(detail) = item.detail.as_object() {
        for (key, value) in detail {
            for text in lines(value) {
                label(key, &text)?;
            }
        }
    }
    Ok(())
}

/// A value for reading: one line an element of a list, one a member of an object of objects.
fn lines(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().map(phrase).collect(),
        Value::Object(map) if map.values().all(Value::is_object) => {
            map.iter().map(|(key, value)| format!("{key}: {}", phrase(value))).collect()
        }
        other => vec![phrase(other)],
    }
}

/// A value in one line, without the marks of JSON.
fn phrase(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(phrase).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let member = |(key, value): (&String, &Value)| format!("{key}: {}", phrase(value));
            map.iter().map(member).collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
