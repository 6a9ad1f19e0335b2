//! The ledger of a case: statements of its items and those that people entered.

use std::sync::Arc;

use anyhow::Result;
use cahoots_analyze::statements::{Judged, Ledger, Options, Statement, ledger, resolved};
use cahoots_analyze::{Finding, Place, Record, Span};
use serde_json::json;

use super::about::Finder;
use super::coverage;
use super::span::moment;
use super::who::exactly;
use super::work::{Work, decided};
use crate::desk::Desk;
use crate::names::People;

/// Every statement of the case, judged.
///
/// # Errors
/// When the case cannot be read.
pub fn judged(desk: &Desk, record: &Record, people: &People) -> Result<Finding<Vec<Judged>>> {
    let case = desk.case();
    let finder = Finder::new(desk, record)?;
    let resolve = |name: &str| exactly(people, name);
    // A claim's `about` that is no query with a meaning is reported as unresolved, not as an error.
    let about = |text: &str| -> Vec<Place> { finder.find(text).unwrap_or_default() };
    let mut all = Ledger::from_record(record, &resolve, &about);
    let zone = jiff::tz::TimeZone::get(&record.zone).unwrap_or(jiff::tz::TimeZone::UTC);
    for entered in decided(case)? {
        let Work::Statement { statement } = entered.work else { continue };
        let given = |text: &String| (!text.trim().is_empty()).then(|| text.clone());
        all.statements.push(Statement {
            place: None,
            id: format!("entered {}", entered.seq),
            speaker: exactly(people, &statement.speaker),
            speaker_name: statement.speaker.clone(),
            made: moment(&statement.at, &zone).unwrap_or(Span::UNKNOWN),
            question: given(&statement.question),
            words: given(&statement.quoted),
            place_made: given(&statement.place),
            where_published: statement
                .published
                .iter()
                .map(|published| json!({ "title": published }))
                .collect(),
            hedge: None,
            claims: statement
                .claims
                .iter()
                .map(|claim| resolved(record, claim, Some(&zone), &resolve, &about))
                .collect(),
        });
    }
    let table = coverage::table(case, record)?;
    Ok(ledger(record, &all, &table, &Options::default()))
}

/// Every statement judged, by the record with the words that messages and public items share.
///
/// # Errors
/// As [`judged`].
pub fn of_desk(desk: &Desk) -> Result<(Arc<Record>, Finding<Vec<Judged>>)> {
    let record = desk.record_with_words()?;
    let found = judged(desk, &record, &*desk.people()?)?;
    Ok((record, found))
}
