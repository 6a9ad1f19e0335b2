//! `show`: one item, its copies, and the bytes it came from.

use anyhow::Result;
use cahoots_record::Role;
use cahoots_store::Case;
use serde_json::Value;

use super::Done;
use crate::answers::item;
use crate::cli::{Global, Show};
use crate::item_json::{archive_name, people};
use crate::output::{NO_TEXT, Output, Style, one_line, printable, size};

pub(super) fn run(global: &Global, args: &Show, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let Some(ord) = item::find(&*desk.index()?, &args.id)? else {
        crate::report::note(&format!("no item {}", args.id));
        return Ok(Done::Nothing);
    };
    if args.raw {
        let original = item::original(desk.case(), &item::stored(desk.case(), ord)?)?;
        if !original.unchanged {
            crate::report::note("warning: these bytes differ from those that were imported");
        }
        out.bytes(&original.bytes)?;
        return Ok(Done::Found);
    }
    let shown = item::item(&desk, ord)?;
    if out.json {
        out.value(&item::answer(&desk, &shown))?;
        return Ok(Done::Found);
    }
    print(desk.case(), &shown, out)?;
    for other in &shown.printings {
        let mut text = format!(
            "[{}] {} {}",
            other.item.id.short(),
            archive_name(desk.case(), other.archive),
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
        for (name, value) in &shown.headers {
            let name = out.styled(Style::Dim, &one_line(name));
            out.line(format!("{name}: {}", one_line(value)))?;
        }
    }
    out.line("")?;
    match shown.stored.item.text.trim_end() {
        "" => out.line(out.styled(Style::Dim, NO_TEXT))?,
        text => out.line(printable(text))?,
    }
    match shown.original {
        Ok(original) if original.unchanged => {}
        Ok(_) => {
            crate::report::note("warning: the archive was changed since: the original differs");
        }
        Err(error) => crate::report::note(&format!("note: {error}")),
    }
    Ok(Done::Found)
}

fn print(case: &Case, shown: &item::Shown, out: &mut Output) -> Result<()> {
    let (item, copies, variants) = (&shown.stored.item, &shown.copies, &shown.variants);
    let quoted_only = shown.printings.iter().all(|other| other.item.flags.recovered);
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
