//! The coverage table of a case: what compiled records state, and what people decided.

use anyhow::Result;
use cahoots_analyze::statements::{Completeness, Coverage, CoverageRow};
use cahoots_analyze::{Party, Record, Span};
use cahoots_store::Case;

use super::span::moment;
use super::work::{Work, decided};

/// Where a row of the table comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Basis {
    /// An entry of a compiled record, by its label.
    Compiled(String),
    /// A decision, by its number and author.
    Decided(u64, String),
}

/// Every row with its basis: compiled entries first, then decisions in order.
///
/// # Errors
/// When the catalog cannot be read.
pub fn rows(case: &Case, record: &Record) -> Result<Vec<(CoverageRow, Basis)>> {
    let mut compiled: Vec<_> = record.details.iter().collect();
    compiled.sort_unstable_by_key(|(place, _)| record.row(**place).ord);
    let mut rows: Vec<(CoverageRow, Basis)> = compiled
        .into_iter()
        .filter_map(|(place, detail)| {
            let row = serde_json::from_value(detail.get("coverage")?.clone()).ok()?;
            let label = record.label(*place).unwrap_or("an entry").to_owned();
            Some((row, Basis::Compiled(label)))
        })
        .collect();
    for decided in decided(case)? {
        if let Work::Coverage { row } = decided.work {
            rows.push((row, Basis::Decided(decided.seq, decided.author)));
        }
    }
    Ok(rows)
}

/// The table alone.
///
/// # Errors
/// As [`rows`].
pub fn table(case: &Case, record: &Record) -> Result<Coverage> {
    let rows = rows(case, record)?.into_iter().map(|(row, _)| row).collect();
    Ok(Coverage { zone: None, rows })
}

/// Where the public record of single parties is stated to be complete.
pub fn of_posts(coverage: &Coverage, record: &Record) -> Vec<(Party, Vec<Span>)> {
    let zone = record.time_zone();
    let mut found: Vec<(Party, Vec<Span>)> = Vec::new();
    for row in &coverage.rows {
        let public = matches!(row.channel.as_str(), "post" | "posts" | "publication" | "*");
        if !public || row.completeness != Completeness::Full {
            continue;
        }
        let bound = |text: &Option<String>| text.as_ref().and_then(|t| moment(t, &zone).ok());
        let (Some(from), Some(to)) = (bound(&row.from), bound(&row.to)) else { continue };
        let span = Span { lo: from.lo, hi: to.hi };
        let names =
            if row.covers.is_empty() { std::slice::from_ref(&row.custodian) } else { &row.covers };
        for party in names.iter().filter_map(|name| record.party_named(name)) {
            match found.iter_mut().find(|(known, _)| *known == party) {
                Some((_, spans)) => spans.push(span),
                None => found.push((party, vec![span])),
            }
        }
    }
    found
}
