//! `thread`: the messages an item belongs with, as a tree.

use anyhow::Result;
use cahoots_record::ItemOrd;
use cahoots_store::Parts;
use serde_json::{Value, json};

use super::{Done, show};
use crate::cli::{Global, Thread};
use crate::item_json::{author, line};
use crate::output::{Output, Style, counted, fit, one_line};

pub(super) fn run(global: &Global, args: &Thread, out: &mut Output) -> Result<Done> {
    let case = super::open_case(global, out)?;
    let index = super::search::open_index(&case, out)?;
    let Some(ord) = show::find(&index, &args.id)? else {
        crate::report::note(&format!("no item {}", args.id));
        return Ok(Done::Nothing);
    };
    let tree = case.thread_tree(ord)?;
    let ord = case.printings_of(ord)?.first().copied().unwrap_or(ord);
    let ords: Vec<ItemOrd> = tree.nodes.iter().map(|node| node.item).collect();
    let items = case.items(&ords, Parts::Text)?;
    if out.json {
        let rows: Vec<Value> = items
            .iter()
            .zip(&tree.nodes)
            .map(|(stored, node)| {
                let mut map = line(&case, stored, None);
                map.insert("depth".into(), node.depth.into());
                Value::Object(map)
            })
            .collect();
        out.value(&json!({
            "schema": "cahoots/thread/1",
            "items": rows,
            "missing": tree.missing,
        }))?;
        return Ok(Done::Found);
    }
    if let Some(subject) = items.first().and_then(|stored| stored.item.subject.as_deref()) {
        let subject = out.styled(Style::Bold, &one_line(subject));
        out.line(subject)?;
    }
    let first = items.first().and_then(|stored| stored.item.subject.clone()).unwrap_or_default();
    for (stored, node) in items.iter().zip(&tree.nodes) {
        let item = &stored.item;
        let id = out.styled(Style::Dim, &item.id.short());
        let mark = if stored.ord == ord { "▸" } else { " " };
        let indent = "  ".repeat((node.depth as usize).min(12));
        let subject = item.subject.as_deref().unwrap_or_default();
        let new_subject = if bare(subject) == bare(&first) { "" } else { subject };
        let who = author(item);
        let text: String = item.text.chars().take(400).collect();
        let own = text.lines().find(|line| is_own(line)).unwrap_or_default();
        let rest = if new_subject.is_empty() { own } else { new_subject };
        let body = fit(&format!("{who}: {rest}"), out.width().saturating_sub(32 + indent.len()));
        out.line(format!("{id} {mark}{}  {indent}{body}", out.time(&item.when)))?;
    }
    let mut sum = counted(items.len() as u64, "message", "messages");
    if !tree.missing.is_empty() {
        let missing = counted(tree.missing.len() as u64, "message is", "messages are");
        sum.push_str(&format!("; {missing} referred to and not in the record:"));
    }
    let sum = out.styled(Style::Dim, &sum);
    out.line(sum)?;
    for id in tree.missing.iter().take(10) {
        let id = out.styled(Style::Dim, &fit(&format!("  {id}"), out.width()));
        out.line(id)?;
    }
    Ok(Done::Found)
}

/// Whether a line is the sender's own and says something.
fn is_own(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty()
        && !line.starts_with('>')
        && !line.ends_with("wrote:")
        && !line.ends_with("writes:")
        && line.chars().any(char::is_alphabetic)
}

fn bare(subject: &str) -> String {
    let mut text = subject.trim();
    while let Some((head, rest)) = text.split_once(':') {
        if !matches!(head.trim().to_lowercase().as_str(), "re" | "fwd" | "fw" | "aw" | "sv") {
            break;
        }
        text = rest.trim();
    }
    text.to_lowercase()
}
