//! `archives`: what was added, and the account of each import.

use anyhow::Result;
use cahoots_store::{ArchiveState, Case};
use serde_json::json;

use super::Done;
use crate::answers::overview::{archive, passed_over};
use crate::cli::Global;
use crate::ingest::Report;
use crate::output::{Output, number, size};

pub(super) fn run(global: &Global, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let case = desk.case();
    print(case, &Report::default(), out)?;
    Ok(if case.archives().is_empty() { Done::Nothing } else { Done::Found })
}

/// Prints the archives; `report` says which of them just came in.
pub(super) fn print(case: &Case, report: &Report, out: &mut Output) -> Result<()> {
    if out.json {
        return out.value(&json!({
            "schema": "cahoots/archives/1",
            "items": case.n_items(),
            "archives": case.archives().iter().map(|row| archive(row, report)).collect::<Vec<_>>(),
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
