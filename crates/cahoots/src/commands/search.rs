//! `search`: the record by words, people, times and objects.

use std::ops::Range;

use anyhow::Result;
use cahoots_record::ItemOrd;
use cahoots_search::{Counts, Found, Index, Query, SearchOptions, Sort as Order};
use cahoots_store::{Case, Parts, StoredItem};
use serde_json::{Value, json};

use super::Done;
use crate::cli::{Global, Search, Sort};
use crate::item_json::{addressees, archive_name, author, line};
use crate::names::CaseNames;
use crate::output::{Output, Style, counted, fit, number, one_line};

pub(super) fn run(global: &Global, args: &Search, out: &mut Output) -> Result<Done> {
    let case = super::open_case(global, out)?;
    let index = open_index(&case, out)?;
    let names = CaseNames::new(&case);
    let text = args.query.join(" ");
    let query = parse(&text, out)?;
    let options = SearchOptions {
        limit: args.limit,
        offset: args.offset,
        sort: match args.sort {
            Sort::Relevance => Order::Relevance,
            Sort::Newest => Order::TimeDesc,
            Sort::Oldest => Order::TimeAsc,
        },
        counts: args.counts,
    };
    let found = index.search(&query, &names, &options)?;
    if args.ids {
        return print_ids(&text, &found, out);
    }
    let ords: Vec<ItemOrd> = found.hits.iter().map(|hit| hit.ord).collect();
    let items = case.items(&ords, Parts::Text)?;
    if out.json {
        let items: Vec<Value> = items
            .iter()
            .map(|stored| {
                let snippet = index.snippet(&found, &stored.item.text, 200);
                let mut map = line(&case, stored, Some(&snippet.text));
                let marks: Vec<[usize; 2]> =
                    snippet.highlights.iter().map(|range| [range.start, range.end]).collect();
                map.insert("highlights".into(), json!(marks));
                Value::Object(map)
            })
            .collect();
        let mut value = json!({
            "schema": "cahoots/search/1",
            "query": text,
            "total": found.total,
            "undated": found.undated,
            "expanded": found.expanded.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
            "items": items,
        });
        if let (Some(counts), Some(object)) = (&found.counts, value.as_object_mut()) {
            object.insert("counts".into(), counts_json(counts, &case, &names)?);
        }
        out.value(&value)?;
    } else {
        print(&case, &index, &found, &items, args, out)?;
        if let Some(counts) = &found.counts {
            print_counts(counts, &case, &names, out)?;
        }
    }
    Ok(if found.total == 0 { Done::Nothing } else { Done::Found })
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

/// The index, with a word to the person when it does not have the whole record.
pub(super) fn open_index(case: &Case, out: &Output) -> Result<Index> {
    let index = Index::open(&case.index_dir())?;
    let last = case.segments().last().map(|row| row.segment);
    if last > index.through_segment() && !out.quiet {
        crate::report::note(
            "note: an import was cut off; `cahoots open` goes on and indexes the rest",
        );
    }
    Ok(index)
}

/// The query, or an error that points at the spot.
pub(super) fn parse(text: &str, out: &Output) -> Result<Query> {
    let today = jiff::Timestamp::now().to_zoned(out.zone().clone());
    Query::parse(text, &today).map_err(|error| anyhow::anyhow!("{}", error.render(text)))
}

fn print(
    case: &Case,
    index: &Index,
    found: &Found,
    items: &[StoredItem],
    args: &Search,
    out: &mut Output,
) -> Result<()> {
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

fn counts_json(counts: &Counts, case: &Case, names: &CaseNames<'_>) -> Result<Value> {
    let people = names.people()?;
    let parties: Vec<Value> = people
        .sum_accounts(&counts.by_account)
        .into_iter()
        .map(
            |(party, n)| json!({ "party": people.name(party), "id": people.id(party), "items": n }),
        )
        .collect();
    let archives: Vec<Value> = counts
        .by_archive
        .iter()
        .map(|(archive, n)| json!({ "archive": archive_name(case, *archive), "items": n }))
        .collect();
    let months: serde_json::Map<String, Value> =
        counts.by_month.iter().map(|(month, n)| (month.to_string(), (*n).into())).collect();
    let kinds: serde_json::Map<String, Value> =
        counts.by_kind.iter().map(|(kind, n)| (kind.to_string(), (*n).into())).collect();
    Ok(json!({ "party": parties, "month": months, "archive": archives, "kind": kinds }))
}

fn print_counts(
    counts: &Counts,
    case: &Case,
    names: &CaseNames<'_>,
    out: &mut Output,
) -> Result<()> {
    let people = names.people()?;
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
