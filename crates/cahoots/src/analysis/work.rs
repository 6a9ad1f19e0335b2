//! What people decided beside who is who: coverage, statements, requests. Only appended to.

use anyhow::{Result, bail};
use cahoots_analyze::statements::CoverageRow;
use cahoots_record::{Claim, ItemId, UtcMicros};
use cahoots_store::Case;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// One decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Work {
    /// Something is known to be complete, or not to be.
    Coverage {
        /// The row of the table.
        row: CoverageRow,
    },
    /// Somebody said something on record.
    Statement {
        /// The number of the entered statement that this one changes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        edits: Option<u64>,
        /// What was said.
        statement: Said,
    },
    /// An item does, or does not, ask for something.
    Request {
        /// The item.
        item: ItemId,
        /// `yes`, `no` or `unsure`.
        decision: String,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
    /// A decision is taken back.
    Undo {
        /// Its number.
        seq: u64,
        /// Why.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        reason: String,
    },
}

/// A statement as a person enters it.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[schema(as = statements::Said)]
pub struct Said {
    /// Who said it.
    pub speaker: String,
    /// When, as written; in the zone of the case unless it says otherwise.
    pub at: String,
    /// Where: a programme, a hearing.
    #[serde(rename = "where")]
    pub place: String,
    /// What was asked.
    pub question: String,
    /// The words spoken.
    pub quoted: String,
    /// Where it was published.
    pub published: Vec<String>,
    /// Its readings.
    pub claims: Vec<Claim>,
}

/// A decision in force, with its number and author.
#[derive(Clone, Debug)]
pub struct Decided {
    pub seq: u64,
    pub at: UtcMicros,
    pub author: String,
    pub work: Work,
}

/// Every decision that was not taken back, in order.
///
/// # Errors
/// When the catalog cannot be read.
pub fn decided(case: &Case) -> Result<Vec<Decided>> {
    let rows = case.catalog().human()?;
    let all: Vec<Decided> = rows
        .into_iter()
        .filter_map(|row| {
            let work: Work = serde_json::from_value(row.action).ok()?;
            Some(Decided { seq: row.seq, at: row.at, author: row.author, work })
        })
        .collect();
    let mut undone: Vec<u64> = Vec::new();
    // The last word first: an undo counts unless a later one took it back.
    for decided in all.iter().rev() {
        if let Work::Undo { seq, .. } = decided.work
            && !undone.contains(&decided.seq)
        {
            undone.push(seq);
        }
    }
    Ok(all
        .into_iter()
        .filter(|d| !undone.contains(&d.seq) && !matches!(d.work, Work::Undo { .. }))
        .collect())
}

/// Appends a decision; gives its number and how it was written down.
///
/// # Errors
/// When another process writes, or the catalog cannot be written.
pub fn decide(root: &std::path::Path, author: Option<&str>, work: &Work) -> Result<(u64, Value)> {
    drop(Case::open(root)?);
    let case = Case::open_for_writing(root, "")?;
    if let Work::Undo { seq, .. } = work
        && !decided(&case)?.iter().any(|decided| decided.seq == *seq)
    {
        bail!("there is no decision {seq} of this kind in force");
    }
    let author = author.map_or_else(crate::names::user, str::to_owned);
    let value = serde_json::to_value(work)?;
    let now = UtcMicros::from(jiff::Timestamp::now());
    Ok((case.catalog().append_human(now, &author, &value)?, value))
}
