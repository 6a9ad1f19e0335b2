//! The ledger of a case: statements of its items and those that people entered.

use anyhow::Result;
use cahoots_analyze::statements::{Judged, Ledger, Options, Statement, ledger, resolved};
use cahoots_analyze::{Finding, Place, Record, Span};
use cahoots_store::Case;
use serde_json::json;

use super::about::Finder;
use super::entered::{Entered, entered};
use super::span::moment;
use super::who::exactly;
use super::{coverage, wording};
use crate::desk::Desk;
use crate::names::People;

/// Every statement of the case: those of its items, then those that people entered.
fn statements(
    case: &Case,
    record: &Record,
    people: &People,
    finder: &Finder<'_>,
) -> Result<Ledger> {
    let resolve = |name: &str| exactly(people, name);
    // A claim's `about` that is no query with a meaning is reported as unresolved, not as an error.
    let about = |text: &str| -> Vec<Place> { finder.find(text).unwrap_or_default() };
    let mut all = Ledger::from_record(record, &resolve, &about);
    let zone = record.time_zone();
    for Entered { seq, statement, .. } in entered(&case.catalog().human()?).in_force {
        let given = |text: &String| (!text.trim().is_empty()).then(|| text.clone());
        all.statements.push(Statement {
            place: None,
            id: format!("entered {seq}"),
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
    Ok(all)
}

/// Every statement judged, by the record with the words that messages and public items share.
///
/// # Errors
/// When the case cannot be read.
pub fn of_desk(desk: &Desk) -> Result<(Record, Finding<Vec<Judged>>)> {
    let (case, people) = (desk.case(), desk.people()?);
    let mut record = desk.own_record()?;
    let finder = Finder::new(desk, &record)?;
    let all = statements(case, &record, &people, &finder)?;
    for (theirs, about) in all.texts(&record) {
        let (theirs, about) =
            (wording::read(case, &record, &theirs)?, wording::read(case, &record, &about)?);
        wording::between(&mut record, &theirs, &about, &|_, _| false, &finder)?;
    }
    let quoted: Vec<Place> = all.quoted();
    let texts = wording::read(case, &record, &quoted)?;
    let texts: rustc_hash::FxHashMap<Place, String> =
        texts.into_iter().map(|text| (text.place, text.whole)).collect();
    let words = |place: Place| texts.get(&place).cloned();
    let table = coverage::table(case, &record)?;
    let options = Options { words: Some(&words), ..Options::default() };
    let found = ledger(&record, &all, &table, &options);
    Ok((record, found))
}
