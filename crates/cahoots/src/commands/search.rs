//! `search`: the record by words, people, times and objects.

use std::ops::Range;

use anyhow::Result;
use cahoots_search::{Counts, Found, SearchOptions, Sort as Order};
use serde_json::{Value, json};

use super::Done;
use crate::answers::search::{self, Results};
use crate::cli::{Global, Search, Sort};
use crate::desk::Desk;
use crate::item_json::{addressees, archive_name, author};
use crate::output::{NO_TEXT, Output, Style, counted, fit, number, one_line};

pub(super) fn run(global: &Global, args: &Search, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    note_what_is_missing(&desk, out)?;
    let text = args.query.join(" ");
    let options = options(args);
    if args.ids {
        let query = search::parse(&text, desk.zone())?;
        return print_ids(&text, &desk.index()?.search(&query, &desk, &options)?, out);
    }
    let results = search::search(&desk, &text, &options)?;
    if out.json {
        out.value(&search::answer(&desk, &results, usize::MAX)?)?;
    } else {
        print(&desk, &results, args, out)?;
        if let Some(counts) = &results.found.counts {
            print_counts(counts, &desk, out)?;
        }
    }
    Ok(if results.found.total == 0 { Done::Nothing } else { Done::Found })
}

/// What is asked of the index.
fn options(args: &Search) -> SearchOptions {
    SearchOptions {
        limit: args.limit,
        offset: args.offset,
        sort: match args.sort {
            Sort::Relevance => Order::Relevance,
            Sort::Newest => Order::TimeDesc,
            Sort::Oldest => Order::TimeAsc,
        },
        counts: args.counts,
    }
}

/// The ids alone: the index has them, so no item is read.
fn print_ids(query: &str, found: &Found, out: &mut Output) -> Result<Done> {
    if out.json {
        let items: Vec<Value> = found.hits.iter().map(|hit| json!({ "id": hit.id })).collect();
        out.value(&json!({
            "schema": "cahoots/search/1",
            "query": query,
            "total": found.total,
            "undated": found.undated,
            "items": items,
        }))?;
    } else {
        for hit in &found.hits {
            out.line(hit.id.to_string())?;
        }
    }
    Ok(if found.total == 0 { Done::Nothing } else { Done::Found })
}

/// A word to the person when the index does not have the whole record.
pub(super) fn note_what_is_missing(desk: &Desk, out: &Output) -> Result<()> {
    let last = desk.case().segments().last().map(|row| row.segment);
    if last > desk.index()?.through_segment() && !out.quiet {
        crate::report::note(
            "note: an import was cut off; `cahoots open` goes on and indexes the rest",
        );
    }
    Ok(())
}

fn print(desk: &Desk, results: &Results, args: &Search, out: &mut Output) -> Result<()> {
    let (case, index) = (desk.case(), desk.index()?);
    let Results { found, items, .. } = results;
    let several = case.archives().len() > 1;
    for stored in items {
        let item = &stored.item;
        let who = match addressees(item) {
            to if to.is_empty() => author(item).to_owned(),
            to => format!("{} → {to}", author(item)),
        };
        let id = out.styled(Style::Dim, &item.id.short());
        let time = out.time(&item.when);
        let subject = one_line(item.subject.as_deref().unwrap_or_default());
        let mut head = format!("{time}  {}", fit(&who, 48));
        if !subject.is_empty() {
            let subject = fit(&subject, out.width().saturating_sub(32));
            head.push_str("  ");
            head.push_str(&out.styled(Style::Bold, &subject));
        }
        out.line(format!("{id}  {head}"))?;
        let snippet = index.snippet(found, &item.text, out.width().saturating_sub(12));
        if !snippet.text.is_empty() {
            let text = highlighted(&snippet.text, &snippet.highlights, out);
            out.line(format!("            {text}"))?;
        } else if item.text.trim().is_empty() {
            out.line(format!("            {}", out.styled(Style::Dim, NO_TEXT)))?;
        }
        if several {
            let place = format!("{} {}", archive_name(case, stored.archive), item.locator);
            let place = out.styled(Style::Dim, &fit(&place, out.width() - 12));
            out.line(format!("            {place}"))?;
        }
    }
    let shown = args.offset as u64 + items.len() as u64;
    let mut sum = counted(found.total, "item", "items");
    if found.total > shown && !items.is_empty() {
        sum.push_str(&format!("; shown {}–{} (-n, --offset for more)", args.offset + 1, shown));
    }
    for (word, terms) in &found.expanded {
        if terms.len() > 1 {
            sum.push_str(&format!("\n{word} also found: {}", terms.join(", ")));
        }
    }
    if let Some(undated) = found.undated.filter(|n| *n > 0) {
        let items = counted(undated, "matching item has", "matching items have");
        sum.push_str(&format!("\n{items} no time and cannot be placed in that period"));
    }
    let sum = out.styled(Style::Dim, &fit_lines(&sum, out.width()));
    out.line(sum)
}

fn fit_lines(text: &str, width: usize) -> String {
    text.lines().map(|line| fit(line, width)).collect::<Vec<_>>().join("\n")
}

/// The text with its matches marked, safe for a terminal.
pub(super) fn highlighted(text: &str, marks: &[Range<usize>], out: &Output) -> String {
    let mut line = String::with_capacity(text.len() + marks.len() * 9);
    let mut at = 0;
    for mark in marks {
        let (Some(before), Some(matched)) = (text.get(at..mark.start), text.get(mark.clone()))
        else {
            continue;
        };
        line.push_str(&crate::output::printable(before));
        line.push_str(&out.styled(Style::Match, &crate::output::printable(matched)));
        at = mark.end;
    }
    line.push_str(&crate::output::printable(text.get(at..).unwrap_or_default()));
    line
}

fn print_counts(counts: &Counts, desk: &Desk, out: &mut Output) -> Result<()> {
    let (case, people) = (desk.case(), desk.people()?);
    let mut block = |title: &str, rows: Vec<(String, u64)>| -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        out.line("")?;
        let rows: Vec<Vec<String>> =
            rows.into_iter().map(|(name, n)| vec![number(n), name]).collect();
        out.table(&["items", title], &rows, &[0])
    };
    let parties = people.sum_accounts(&counts.by_account);
    block(
        "party",
        parties.into_iter().take(15).map(|(p, n)| (people.name(p).to_owned(), n)).collect(),
    )?;
    block("month", counts.by_month.iter().map(|(m, n)| (m.to_string(), *n)).collect())?;
    block(
        "archive",
        counts.by_archive.iter().map(|(a, n)| (archive_name(case, *a), *n)).collect(),
    )?;
    block("kind", counts.by_kind.iter().map(|(k, n)| (k.to_string(), *n)).collect())
}
