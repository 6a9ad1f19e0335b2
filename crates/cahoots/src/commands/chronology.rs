//! `chronology`: what happened in order, private and public side by side, each line cited.

use anyhow::Result;
use cahoots_record::{ItemOrd, Visibility};
use cahoots_search::{Found, SearchOptions};
use cahoots_store::{Parts, StoredItem};
use serde_json::json;

use super::Done;
use super::search::note_what_is_missing;
use crate::answers::Answer;
use crate::answers::search::parse;
use crate::cli::{Chronology, Global};
use crate::desk::Desk;
use crate::item_json::{archive_name, line, who};
use crate::output::{NO_TEXT, Output, Style, counted, fit, one_line, width_of};

pub(super) fn run(global: &Global, args: &Chronology, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    note_what_is_missing(&desk, out)?;
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    let case = desk.case();
    let (found, items) = of(&desk, args)?;
    let lane = (out.width().saturating_sub(20) / 2).max(20);
    if !items.is_empty() {
        let head = format!("{:<18}{:<lane$}  {}", "", "private", "public");
        let head = out.styled(Style::Dim, head.trim_end());
        out.line(head)?;
    }
    let people = &*desk.people()?;
    let mut last_day = String::new();
    for stored in &items {
        let item = &stored.item;
        let time = out.time(&item.when);
        let day = time.trim_start_matches('~').get(..10).unwrap_or(&time).to_owned();
        if day != last_day {
            last_day.clone_from(&day);
            let heading = out.styled(Style::Bold, &day);
            out.line(heading)?;
        }
        let clock = if time.len() > 10 { time.replacen(&day, "", 1) } else { String::new() };
        let clock = match clock.trim() {
            "" | "~" => "that day".to_owned(),
            clock => clock.replace("~ ", "~"),
        };
        let who = who(item, people);
        let place = format!("[{}] {}", item.id.short(), archive_name(case, stored.archive));
        let mut cells = vec![(Style::Bold, fit(&who, lane))];
        let words = summary(stored, lane * 4);
        cells.extend(super::wrapped(&words, lane, 3).into_iter().map(|line| (Style::Plain, line)));
        cells.push((Style::Dim, fit(&place, lane)));
        for (number, (style, cell)) in cells.iter().enumerate() {
            let clock = if number == 0 { clock.trim() } else { "" };
            let indent = if item.visibility == Visibility::Private { 0 } else { lane + 2 };
            let pad = " ".repeat(16usize.saturating_sub(width_of(clock)) + indent);
            let styled = out.styled(*style, cell);
            out.line(format!("  {clock}{pad}{styled}"))?;
        }
    }
    let shown = args.offset as u64 + items.len() as u64;
    let mut sum = counted(found.total, "item", "items");
    if found.total > shown && !items.is_empty() {
        sum.push_str(&format!("; shown {}–{shown} (-n, --offset for more)", args.offset + 1));
    }
    if let Some(undated) = found.undated.filter(|n| *n > 0) {
        sum.push_str(&format!("; {undated} more match but have no time"));
    }
    let sum = out.styled(Style::Dim, &sum);
    out.line(sum)?;
    Ok(if found.total == 0 { Done::Nothing } else { Done::Found })
}

/// The chronology in JSON.
///
/// # Errors
/// When a date or the query cannot be read, or the case cannot.
pub fn answer(desk: &Desk, args: &Chronology) -> Result<Answer> {
    let (found, items) = of(desk, args)?;
    let rows: Vec<_> =
        items.iter().map(|stored| line(desk.case(), stored, Some(&summary(stored, 200)))).collect();
    let value = json!({ "schema": "cahoots/chronology/1", "total": found.total, "items": rows });
    Ok(Answer { value, found: found.total > 0 })
}

fn of(desk: &Desk, args: &Chronology) -> Result<(Found, Vec<StoredItem>)> {
    let mut text = args.query.join(" ");
    if !text.trim().is_empty() && (args.from.is_some() || args.to.is_some()) {
        text = format!("({text})");
    }
    for (field, date) in [("from", &args.from), ("to", &args.to)] {
        if let Some(date) = date {
            // A chronology from a day to a day includes both.
            let operator = if field == "from" { "since" } else { "until" };
            text.push_str(&format!(" {operator}:\"{date}\""));
        }
    }
    let query = parse(text.trim(), desk.zone())?;
    let options = SearchOptions {
        limit: args.limit,
        offset: args.offset,
        sort: cahoots_search::Sort::TimeAsc,
        counts: false,
    };
    let found = desk.index()?.search(&query, desk, &options)?;
    let ords: Vec<ItemOrd> = found.hits.iter().map(|hit| hit.ord).collect();
    let items = desk.case().items(&ords, Parts::Text)?;
    Ok((found, items))
}

/// The subject, else the beginning of the text.
pub fn summary(stored: &StoredItem, width: usize) -> String {
    let item = &stored.item;
    match item.subject.as_deref().map(one_line).filter(|subject| !subject.is_empty()) {
        // A summary says more than the subject it was sent under.
        Some(subject) if !item.flags.summary => fit(&subject, width),
        _ => {
            let start: String = item.text.chars().take(width * 2).collect();
            let words: Vec<&str> = start.split_whitespace().collect();
            if words.is_empty() { NO_TEXT.to_owned() } else { fit(&words.join(" "), width) }
        }
    }
}
