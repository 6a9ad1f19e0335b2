//! `redactions`: what one printing of a message withholds and another shows, side by side.

use anyhow::Result;
use cahoots_analyze::redactions::{Field, Kind, Printing, Shown, shown};
use cahoots_record::ItemOrd;
use cahoots_store::{Case, Parts, StoredItem};
use serde_json::{Value, json};

use super::Done;
use crate::cli::{Global, Redactions};
use crate::item_json::{archive_name, author};
use crate::output::{Output, Style, counted, fit, number, one_line};

/// Messages read at a time.
const AT_ONCE: usize = 512;

/// One place that one printing withholds and another shows.
struct Found {
    withholds: StoredItem,
    shows: StoredItem,
    shown: Shown,
}

pub(super) fn run(global: &Global, args: &Redactions, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let case = desk.case();
    let groups = groups(case)?;
    let printings: u64 = groups.iter().map(|group| group.len() as u64).sum();
    let mut found = Vec::new();
    for groups in groups.chunks(AT_ONCE) {
        let ords: Vec<ItemOrd> = groups.iter().flatten().copied().collect();
        let mut items = case.items(&ords, Parts::All)?.into_iter();
        for group in groups {
            let group: Vec<StoredItem> = items.by_ref().take(group.len()).collect();
            compare(&group, args.blank, &mut found);
        }
    }
    let total = found.len();
    if out.json {
        found.truncate(args.limit.max(1_000));
        let rows: Vec<Value> = found.iter().map(|found| row(case, found)).collect();
        out.value(&json!({
            "schema": "cahoots/redactions/1",
            "messages_printed_several_times": groups.len(),
            "printings": printings,
            "total": total,
            "found": rows,
        }))?;
    } else {
        found.truncate(args.limit);
        print(case, &found, out)?;
        let searched = format!(
            "{} in {} of {} compared",
            counted(total as u64, "place", "places"),
            counted(printings, "printing", "printings"),
            counted(groups.len() as u64, "message", "messages"),
        );
        out.line(out.styled(Style::Dim, &searched))?;
        if total > found.len() {
            out.line(format!(
                "… {} more (-n {total} shows all)",
                number((total - found.len()) as u64)
            ))?;
        }
    }
    Ok(if total == 0 { Done::Nothing } else { Done::Found })
}

/// Messages that are printed more than once, by their printings in the order of the record.
fn groups(case: &Case) -> Result<Vec<Vec<ItemOrd>>> {
    let placed = case.placed()?;
    let mut groups: std::collections::BTreeMap<u64, Vec<ItemOrd>> = Default::default();
    for (ord, placed) in placed.iter().enumerate() {
        groups.entry(placed.message).or_default().push(ItemOrd(ord as u64));
    }
    Ok(groups.into_values().filter(|group| group.len() > 1).collect())
}

/// What any printing of a group withholds and any other shows; the same words count once.
fn compare(group: &[StoredItem], blanks: bool, found: &mut Vec<Found>) {
    let printings: Vec<Printing> = group.iter().map(printing).collect();
    let mut seen: Vec<(String, String)> = Vec::new();
    for (a, withholds) in group.iter().enumerate() {
        for (b, shows) in group.iter().enumerate().filter(|(b, _)| *b != a) {
            for shown in shown(&printings[a], &printings[b], blanks) {
                let letters = shown.shown.chars().filter(|c| c.is_alphanumeric());
                let key = (shown.field.clone(), letters.collect::<String>().to_lowercase());
                if !seen.contains(&key) {
                    seen.push(key);
                    let (withholds, shows) = (withholds.clone(), shows.clone());
                    found.push(Found { withholds, shows, shown });
                }
            }
        }
    }
}

/// A printing from what its importer kept of it.
fn printing(stored: &StoredItem) -> Printing {
    let detail = &stored.item.detail;
    let list = |value: Option<&Value>| -> Vec<String> {
        match value {
            Some(Value::Array(list)) => {
                list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            Some(Value::String(text)) if !text.is_empty() => vec![text.clone()],
            _ => Vec::new(),
        }
    };
    let blank = list(detail.get("blank"));
    let withheld = detail.get("withheld").and_then(Value::as_array);
    let entries = |name: &str| -> Vec<&str> {
        let all = withheld.into_iter().flatten();
        let of_field = all.filter(|entry| entry.get("field").and_then(Value::as_str) == Some(name));
        of_field
            .map(|entry| entry.get("code").and_then(Value::as_str).unwrap_or_default())
            .collect()
    };
    let fields = ["from", "to", "cc", "bcc", "sent", "subject"]
        .into_iter()
        .map(|name| {
            let codes = entries(name);
            let withheld =
                codes.iter().find(|code| !code.is_empty()).map(|code| (*code).to_owned());
            Field {
                name: name.to_owned(),
                values: list(detail.get("printed").and_then(|printed| printed.get(name))),
                cut: withheld.is_none() && !codes.is_empty(),
                withheld,
                blank: blank.iter().any(|blank| blank == name),
            }
        })
        .collect();
    Printing { fields, text: stored.item.text.clone() }
}

fn place(case: &Case, stored: &StoredItem) -> String {
    let number = stored.item.detail.get("document").and_then(|document| document.get("number"));
    let place = format!("{} {}", archive_name(case, stored.archive), stored.item.locator);
    match number.and_then(Value::as_str) {
        Some(number) => format!("{number}, {place}"),
        None => place,
    }
}

fn row(case: &Case, found: &Found) -> Value {
    let side = |stored: &StoredItem| {
        json!({
            "id": stored.item.id.to_string(),
            "archive": archive_name(case, stored.archive),
            "locator": stored.item.locator.to_string(),
            "document": stored.item.detail.get("document"),
        })
    };
    json!({
        "time": found.shows.item.when.sort_key().map(|time| time.to_string()),
        "subject": found.shows.item.subject,
        "field": found.shown.field,
        "kind": found.shown.kind,
        "code": found.shown.code,
        "withheld": found.shown.withheld,
        "shown": found.shown.shown,
        "withheld_in": side(&found.withholds),
        "shown_in": side(&found.shows),
    })
}

fn print(case: &Case, found: &[Found], out: &mut Output) -> Result<()> {
    let width = out.width();
    let mut last = None;
    for found in found {
        let item = &found.shows.item;
        if last != Some(item.id) {
            if last.is_some() {
                out.line("")?;
            }
            let subject = item.subject.as_deref().unwrap_or("(no subject)");
            let head = format!("{}  {}: {}", out.time(&item.when), author(item), one_line(subject));
            out.line(out.styled(Style::Bold, &fit(&head, width)))?;
            last = Some(item.id);
        }
        out.line(format!("  {} {}", found.shown.field, said(&found.shown)))?;
        let sides = [
            ("here", &found.withholds, &found.shown.withheld),
            ("there", &found.shows, &found.shown.shown),
        ];
        for (side, stored, words) in sides {
            let id = stored.item.id.short();
            let line = format!("  {side:<6} [{id}] {}", place(case, stored));
            out.line(out.styled(Style::Dim, &fit(&line, width)))?;
            for line in super::wrapped(&one_line(words), width.saturating_sub(9), 4) {
                out.line(format!("         {line}"))?;
            }
        }
    }
    Ok(())
}

/// What one printing withholds and the other shows, in words.
fn said(shown: &Shown) -> String {
    let here = match &shown.code {
        Some(code) => format!("withheld, {code}"),
        None if shown.withheld.is_empty() => "left blank".to_owned(),
        None => "an address cut, without a code".to_owned(),
    };
    let there = match shown.kind {
        Kind::Person if shown.withheld.is_empty() => return here,
        Kind::Person => "there somebody who is not named here",
        Kind::Address => "there an address, where the name alone is printed here",
        Kind::OtherAddress => "there another address of somebody who has one here",
        Kind::Name => "there the name of somebody who is printed in another way here",
        Kind::Value | Kind::Words => return here,
    };
    format!("{here}; {there}")
}
