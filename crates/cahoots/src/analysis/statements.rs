//! The ledger of a case: statements of its items and those that people entered.

use anyhow::Result;
use cahoots_analyze::statements::{Judged, Ledger, Options, Statement, ledger, resolved};
use cahoots_analyze::{Finding, Place, Record, Span};
use cahoots_store::Case;
use serde_json::json;

use super::about::Finder;
use super::span::moment;
use super::who::exactly;
use super::work::{Work, decided};
use super::{coverage, load};
use crate::names::People;
use crate::output::Output;

/// Every statement of the case, judged.
///
/// # Errors
/// When the case cannot be read.
pub fn judged(
    case: &Case,
    record: &Record,
    people: &People,
    out: &Output,
) -> Result<Finding<Vec<Judged>>> {
    let finder = Finder::new(case, record)?;
    let resolve = |name: &str| exactly(people, name);
    // A claim's `about` that is no query with a meaning is reported as unresolved, not as an error.
    let about = |text: &str| -> Vec<Place> { finder.find(text, out).unwrap_or_default() };
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

/// The record, the people, and every statement judged.
///
/// # Errors
/// As [`judged`].
pub fn of_case(case: &Case, out: &Output) -> Result<(Record, People, Finding<Vec<Judged>>)> {
    let (record, people) = load::with_words(case)?;
    let found = judged(case, &record, &people, out)?;
    Ok((record, people, found))
}
