//! Who is in the record, who may be one person, and who said so.

use anyhow::Result;
use cahoots_record::AccountKey;
use cahoots_store::people::{Suggestion, in_force, suggest};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Answer;
use crate::desk::Desk;
use crate::names::{PartyLine, People};

/// Parties, those with the most items first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PeopleAnswer {
    /// `cahoots/people/1`.
    pub schema: &'static str,
    /// How many there are.
    pub total: usize,
    /// Values withheld: somebody took part whom the documents do not name.
    pub withheld: usize,
    pub parties: Vec<PartyLine>,
}

/// Accounts that may belong to one party.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestionsAnswer {
    /// `cahoots/suggestions/1`.
    pub schema: &'static str,
    /// How many there are.
    pub total: usize,
    pub suggestions: Vec<SuggestionLine>,
}

/// Two accounts that may belong to one party.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestionLine {
    pub a: AccountKey,
    pub b: AccountKey,
    /// The weight of the evidence, in bits.
    pub bits: f64,
    pub evidence: Vec<EvidenceLine>,
}

/// One piece of evidence.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EvidenceLine {
    /// What it is, in words.
    pub what: String,
    /// Its weight in bits; below zero it speaks against.
    pub bits: f64,
}

/// Every decision, in order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionsAnswer {
    /// `cahoots/decisions/1`.
    pub schema: &'static str,
    pub decisions: Vec<DecisionLine>,
}

/// A decision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DecisionLine {
    /// Its number.
    pub seq: u64,
    /// When, in UTC.
    pub at: String,
    /// Who decided.
    pub author: String,
    /// What, with a `kind`.
    pub decision: Value,
    /// Whether it is in force.
    pub holds: bool,
}

/// The parties that a name means, or all, and how many there are.
pub fn parties(
    people: &People,
    name: Option<&str>,
    offset: usize,
    limit: usize,
) -> (Vec<u32>, usize) {
    let (all, total) = match name {
        Some(name) => {
            let found = people.matcher().parties(name);
            let total = found.len();
            (found, total)
        }
        None => (people.by_items(offset.saturating_add(limit)), people.n_named().0),
    };
    (all.into_iter().skip(offset).take(limit).collect(), total)
}

/// The parties in JSON.
///
/// # Errors
/// When the catalog cannot be read.
pub fn list(desk: &Desk, name: Option<&str>, offset: usize, limit: usize) -> Result<Answer> {
    let people = desk.people()?;
    let (parties, total) = parties(&people, name, offset, limit);
    let parties = parties.into_iter().map(|party| people.party_json(party)).collect();
    let answer =
        PeopleAnswer { schema: "cahoots/people/1", total, withheld: people.n_named().1, parties };
    Answer::of(&answer, total > 0)
}

/// What speaks for one party behind two accounts: at least so many bits, of one name or of all.
pub fn suggested(
    people: &People,
    name: Option<&str>,
    bits: f64,
    limit: usize,
) -> (Vec<Suggestion>, usize) {
    let mut found = suggest(&people.people, &people.parties, &people.refused(), bits);
    if let Some(name) = name {
        let accounts = people.matcher().accounts(name);
        found.retain(|s| accounts.contains(&s.a) || accounts.contains(&s.b));
    }
    let total = found.len();
    found.truncate(limit);
    (found, total)
}

/// Suggestions in JSON.
///
/// # Errors
/// When the catalog cannot be read.
pub fn suggestions(desk: &Desk, name: Option<&str>, bits: f64, limit: usize) -> Result<Answer> {
    let people = desk.people()?;
    let (found, total) = suggested(&people, name, bits, limit);
    let suggestions = found
        .iter()
        .map(|s| SuggestionLine {
            a: people.people[s.a as usize].key.clone(),
            b: people.people[s.b as usize].key.clone(),
            bits: s.bits,
            evidence: s
                .evidence
                .iter()
                .map(|e| EvidenceLine { what: e.what.clone(), bits: e.bits })
                .collect(),
        })
        .collect();
    let answer = SuggestionsAnswer { schema: "cahoots/suggestions/1", total, suggestions };
    Answer::of(&answer, total > 0)
}

/// Numbers of the decisions on who is who that are in force.
pub fn holding(people: &People) -> Vec<u64> {
    in_force(&people.decisions).iter().map(|decision| decision.seq).collect()
}

/// The log in JSON.
///
/// # Errors
/// When the catalog cannot be read.
pub fn log(desk: &Desk) -> Result<Answer> {
    let people = desk.people()?;
    let holds = holding(&people);
    let decisions: Vec<DecisionLine> = people
        .log
        .iter()
        .map(|row| DecisionLine {
            seq: row.seq,
            at: row.at.to_string(),
            author: row.author.clone(),
            decision: row.action.clone(),
            holds: holds.contains(&row.seq),
        })
        .collect();
    let found = !decisions.is_empty();
    Answer::of(&DecisionsAnswer { schema: "cahoots/decisions/1", decisions }, found)
}
