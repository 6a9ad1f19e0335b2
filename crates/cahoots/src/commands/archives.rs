//! `archives`: what was added, and the account of each import.

use anyhow::Result;
use cahoots_store::{ArchiveRow, ArchiveState, Case};
use serde_json::{Value, json};

use super::Done;
use crate::cli::Global;
use crate::ingest::Report;
use crate::output::{Output, number, size};

pub(super) fn run(global: &Global, out: &mut Output) -> Result<Done> {
    let case = super::open_case(global, out)?;
    print(&case, &Report::default(), out)?;
    Ok(if case.archives().is_empty() { Done::Nothing } else { Done::Found })
}

/// Prints the archives; `report` says which of them just came in.
pub(super) fn print(case: &Case, report: &Report, out: &mut Output) -> Result<()> {
    if out.json {
        return out.value(&json!({
            "schema": "cahoots/archives/1",
            "items": case.n_items(),
            "archives": case.archives().iter().map(|row| value(row, report)).collect::<Vec<_>>(),
            "not_recognised": passed_over(report),
        }));
    }
    table(case, report, out)
}

/// The archives as a table.
pub(super) fn table(case: &Case, report: &Report, out: &mut Output) -> Result<()> {
    let rows: Vec<Vec<String>> = case
        .archives()
        .iter()
        .map(|row| {
            let balance = &row.balance;
            let mut name = row.name.clone();
            if row.state == ArchiveState::Importing {
                name.push_str(" (not finished: `cahoots open` goes on)");
            } else if report.outcomes.iter().any(|o| o.archive == row.archive && o.known) {
                name.push_str(" (already in the case)");
            }
            vec![
                row.archive.to_string(),
                row.format.clone(),
                number(balance.found),
                number(balance.read),
                number(balance.damaged),
                number(balance.skipped),
                size(row.size),
                row.custodian.clone(),
                name,
            ]
        })
        .collect();
    let headings =
        ["#", "format", "found", "read", "damaged", "skipped", "size", "custodian", "archive"];
    out.table(&headings, &rows, &[0, 2, 3, 4, 5, 6])
}

/// One archive as JSON.
pub(super) fn value(row: &ArchiveRow, report: &Report) -> Value {
    let known = report.outcomes.iter().find(|outcome| outcome.archive == row.archive);
    let mut value = json!({
        "archive": row.archive,
        "name": row.name,
        "format": row.format,
        "found": row.balance.found,
        "read": row.balance.read,
        "damaged": row.balance.damaged,
        "skipped": row.balance.skipped,
        "size": row.size,
        "sha256": row.sha256,
        "custodian": row.custodian,
        "importers": row.versions,
        "options": serde_json::from_str::<Value>(&row.options).unwrap_or_default(),
        "path": row.path,
        "done": row.state == ArchiveState::Done,
    });
    if let (Some(outcome), Some(object)) = (known, value.as_object_mut()) {
        object.insert("already_in_case".into(), outcome.known.into());
        object.insert("new_items".into(), outcome.new_items.into());
    }
    value
}

/// Files that belong to no archive, as JSON.
pub(super) fn passed_over(report: &Report) -> Vec<Value> {
    let entry =
        |issue: &cahoots_record::Issue| json!({ "path": issue.locator.member, "what": issue.what });
    report.passed_over.iter().map(entry).collect()
}
