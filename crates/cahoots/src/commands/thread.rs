//! `thread`: the messages an item belongs with, as a tree.

use anyhow::Result;

use super::Done;
use super::search::note_what_is_missing;
use crate::answers::{item, thread};
use crate::cli::{Global, Thread};
use crate::item_json::author;
use crate::output::{NO_TEXT, Output, Style, counted, fit, one_line};

pub(super) fn run(global: &Global, args: &Thread, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    note_what_is_missing(&desk, out)?;
    let Some(ord) = item::find(&*desk.index()?, &args.id)? else {
        crate::report::note(&format!("no item {}", args.id));
        return Ok(Done::Nothing);
    };
    let found = thread::thread(&desk, ord)?;
    let ord = desk.case().printings_of(ord)?.first().copied().unwrap_or(ord);
    if out.json {
        out.value(&thread::answer(&desk, &found))?;
        return Ok(Done::Found);
    }
    let items = &found.items;
    if let Some(subject) = items.first().and_then(|(stored, _)| stored.item.subject.as_deref()) {
        let subject = out.styled(Style::Bold, &one_line(subject));
        out.line(subject)?;
    }
    let first =
        items.first().and_then(|(stored, _)| stored.item.subject.clone()).unwrap_or_default();
    for (stored, depth) in items {
        let item = &stored.item;
        let id = out.styled(Style::Dim, &item.id.short());
        let mark = if stored.ord == ord { "▸" } else { " " };
        let indent = "  ".repeat((*depth as usize).min(12));
        let subject = item.subject.as_deref().unwrap_or_default();
        let new_subject = if bare(subject) == bare(&first) { "" } else { subject };
        let who = author(item);
        let text: String = item.text.chars().take(400).collect();
        let own = text.lines().find(|line| is_own(line)).unwrap_or_default();
        let own = if item.text.trim().is_empty() { NO_TEXT } else { own };
        let rest = if new_subject.is_empty() { own } else { new_subject };
        let body = fit(&format!("{who}: {rest}"), out.width().saturating_sub(32 + indent.len()));
        out.line(format!("{id} {mark}{}  {indent}{body}", out.time(&item.when)))?;
    }
    let mut sum = counted(items.len() as u64, "message", "messages");
    if !found.missing.is_empty() {
        let missing = counted(found.missing.len() as u64, "message is", "messages are");
        sum.push_str(&format!("; {missing} referred to and not in the record:"));
    }
    let sum = out.styled(Style::Dim, &sum);
    out.line(sum)?;
    for id in found.missing.iter().take(10) {
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
