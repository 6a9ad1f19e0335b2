//! What is in the case, from when to when, who, and what went wrong.

use std::collections::BTreeMap;

use anyhow::Result;
use cahoots_record::{Sha256, UtcMicros};
use cahoots_store::{ArchiveRow, ArchiveState, Case};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::desk::Desk;
use crate::ingest::Report;
use crate::names::PartyLine;

/// The case at a glance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OverviewAnswer {
    /// `cahoots/overview/1`.
    pub schema: &'static str,
    /// The name of the case.
    pub case: String,
    /// The case folder.
    pub folder: String,
    /// The zone in which the case's times are shown.
    pub zone: String,
    pub items: u64,
    /// Further copies of items, kept and counted once.
    pub copies: u64,
    /// Items that print a message again that another document prints.
    pub further_printings: u64,
    /// Items by kind.
    pub kinds: BTreeMap<String, u64>,
    /// The earliest time, in UTC.
    pub from: Option<String>,
    /// The latest time, in UTC.
    pub until: Option<String>,
    /// Items by month in UTC; under the empty key those without a usable time.
    pub months: BTreeMap<String, u64>,
    /// Items by language.
    pub languages: BTreeMap<String, u64>,
    /// How many parties with a name there are.
    pub parties: usize,
    /// Values withheld: somebody took part whom the documents do not name.
    pub withheld: usize,
    /// The parties with the most items.
    pub top_parties: Vec<PartyLine>,
    /// Problems by severity and code.
    pub problems: BTreeMap<String, u64>,
    pub archives: Vec<ArchiveLine>,
    /// Files that nothing reads.
    pub not_recognised: Vec<PassedOver>,
}

/// An archive with the account of its import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArchiveLine {
    /// Its number.
    pub archive: u32,
    pub name: String,
    /// The importers that read it.
    pub format: String,
    /// Entries it holds or declares: read, damaged and skipped together.
    pub found: u64,
    pub read: u64,
    pub damaged: u64,
    pub skipped: u64,
    /// Size in bytes.
    pub size: u64,
    #[schema(value_type = String)]
    pub sha256: Sha256,
    /// From whose holdings it came.
    pub custodian: String,
    /// Versions of the importers.
    pub importers: String,
    /// What the person said about it.
    pub options: Value,
    /// Where it lay when it was added.
    pub path: String,
    /// Whether its import was finished.
    pub done: bool,
    /// Whether the case had it already: only just after an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub already_in_case: Option<bool>,
    /// Items that it brought: only just after an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_items: Option<u64>,
}

/// A file that nothing reads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PassedOver {
    pub path: String,
    pub what: String,
}

/// Sums over all segments.
#[derive(Default)]
pub struct Sums {
    pub kinds: BTreeMap<String, u64>,
    pub months: BTreeMap<String, u64>,
    pub issues: BTreeMap<String, u64>,
    pub languages: BTreeMap<String, u64>,
    pub first: Option<UtcMicros>,
    pub last: Option<UtcMicros>,
    pub copies: u64,
}

impl Sums {
    /// Adds up what the segments say of themselves.
    pub fn of(case: &Case) -> Self {
        let mut sums = Self::default();
        for row in case.segments() {
            let stats = &row.stats;
            for (into, from) in [
                (&mut sums.kinds, &stats.kinds),
                (&mut sums.months, &stats.months),
                (&mut sums.issues, &stats.issues),
                (&mut sums.languages, &stats.languages),
            ] {
                for (key, n) in from {
                    *into.entry(key.clone()).or_default() += n;
                }
            }
            sums.first = [sums.first, stats.first].into_iter().flatten().min();
            sums.last = [sums.last, stats.last].into_iter().flatten().max();
            sums.copies += stats.copies;
        }
        sums
    }
}

/// How many items print a message again that another document prints.
///
/// # Errors
/// When the catalog cannot be read.
pub fn further_printings(case: &Case) -> Result<u64> {
    let placed = (0u64..).zip(case.placed()?);
    Ok(placed.filter(|(ord, placed)| placed.message != *ord).count() as u64)
}

/// The answer in JSON; `report` says what just came in.
///
/// # Errors
/// When the catalog cannot be read.
pub fn answer(desk: &Desk, report: &Report) -> Result<OverviewAnswer> {
    let (case, people) = (desk.case(), desk.people()?);
    let sums = Sums::of(case);
    Ok(OverviewAnswer {
        schema: "cahoots/overview/1",
        case: case.info().name.clone(),
        folder: case.root().display().to_string(),
        zone: case.info().zone.clone(),
        items: case.n_items(),
        copies: sums.copies,
        further_printings: further_printings(case)?,
        kinds: sums.kinds,
        from: sums.first.map(|time| time.to_string()),
        until: sums.last.map(|time| time.to_string()),
        months: sums.months,
        languages: sums.languages,
        parties: people.n_named().0,
        withheld: people.n_named().1,
        top_parties: people
            .by_items(50)
            .into_iter()
            .map(|party| people.party_json(party))
            .collect(),
        problems: sums.issues,
        archives: case.archives().iter().map(|row| archive(row, report)).collect(),
        not_recognised: passed_over(report),
    })
}

/// One archive as JSON.
pub fn archive(row: &ArchiveRow, report: &Report) -> ArchiveLine {
    let known = report.outcomes.iter().find(|outcome| outcome.archive == row.archive);
    ArchiveLine {
        archive: row.archive,
        name: row.name.clone(),
        format: row.format.clone(),
        found: row.balance.found,
        read: row.balance.read,
        damaged: row.balance.damaged,
        skipped: row.balance.skipped,
        size: row.size,
        sha256: row.sha256,
        custodian: row.custodian.clone(),
        importers: row.versions.clone(),
        options: serde_json::from_str::<Value>(&row.options).unwrap_or_default(),
        path: row.path.clone(),
        done: row.state == ArchiveState::Done,
        already_in_case: known.map(|outcome| outcome.known),
        new_items: known.map(|outcome| outcome.new_items),
    }
}

/// Files that belong to no archive.
pub fn passed_over(report: &Report) -> Vec<PassedOver> {
    let entry = |issue: &cahoots_record::Issue| PassedOver {
        path: issue.locator.member.clone(),
        what: issue.what.clone(),
    };
    report.passed_over.iter().map(entry).collect()
}
