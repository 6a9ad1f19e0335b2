//! What could not be read, or was read with a doubt.

use std::collections::BTreeMap;

use anyhow::Result;
use cahoots_record::Severity;
use cahoots_store::{Case, IssueRow};
use serde::Serialize;
use utoipa::ToSchema;

/// Problems, worst first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemsAnswer {
    /// `cahoots/problems/1`.
    pub schema: &'static str,
    /// How many there are.
    pub total: u64,
    /// How many of each code.
    pub codes: BTreeMap<String, u64>,
    /// The first of each code.
    pub problems: Vec<ProblemLine>,
}

/// One problem.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemLine {
    /// Number of the archive.
    pub archive: u32,
    pub severity: Severity,
    /// A short stable name: `bad-date`.
    pub code: String,
    /// Where.
    pub locator: String,
    /// What is wrong.
    pub what: String,
    /// What was kept.
    pub kept: String,
}

/// Problems by severity and code: how many, and the first of them.
pub struct Problems {
    pub total: u64,
    pub by_code: BTreeMap<(u8, String), (u64, Vec<IssueRow>)>,
}

/// Problems of one code or all, of one archive or all; at most `limit` rows of each code.
///
/// # Errors
/// When the record cannot be read.
pub fn problems(
    case: &Case,
    code: Option<&str>,
    archive: Option<u32>,
    limit: usize,
) -> Result<Problems> {
    let mut found = Problems { total: 0, by_code: BTreeMap::new() };
    for rows in case.issues() {
        for row in rows? {
            if code.is_some_and(|code| *code != row.issue.code)
                || archive.is_some_and(|archive| archive != row.archive)
            {
                continue;
            }
            found.total += 1;
            // Worst first.
            let key = (u8::MAX - row.issue.severity.code(), row.issue.code.clone());
            let entry = found.by_code.entry(key).or_default();
            entry.0 += 1;
            if entry.1.len() < limit {
                entry.1.push(row);
            }
        }
    }
    Ok(found)
}

/// The answer in JSON.
pub fn answer(found: &Problems) -> ProblemsAnswer {
    let line = |row: &IssueRow| ProblemLine {
        archive: row.archive,
        severity: row.issue.severity,
        code: row.issue.code.clone(),
        locator: row.issue.locator.to_string(),
        what: row.issue.what.clone(),
        kept: row.issue.kept.clone(),
    };
    ProblemsAnswer {
        schema: "cahoots/problems/1",
        total: found.total,
        codes: found.by_code.iter().map(|((_, code), (n, _))| (code.clone(), *n)).collect(),
        problems: found.by_code.values().flat_map(|(_, rows)| rows).map(line).collect(),
    }
}
