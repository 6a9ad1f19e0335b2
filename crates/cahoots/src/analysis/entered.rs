//! Statements that people entered, as they stand after every change and taking back.

use std::collections::BTreeMap;

use cahoots_store::HumanRow;
use serde::Serialize;
use utoipa::ToSchema;

use super::work::{Said, Work};
use crate::annotations::{undo_of, undone};

/// A statement that somebody entered.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = statements::Entered)]
pub struct Entered {
    /// Its number: that of the decision that entered it.
    pub seq: u64,
    /// The number of the last decision that touched it.
    pub version: u64,
    /// Who entered it.
    pub author: String,
    /// When, in UTC.
    pub at: String,
    /// The change that is in force, if it was changed.
    pub changed: Option<Changed>,
    /// What it says now.
    pub statement: Said,
}

/// A change of an entered statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = statements::Changed)]
pub struct Changed {
    /// The number of the decision.
    pub seq: u64,
    /// Who changed it.
    pub author: String,
    /// When, in UTC.
    pub at: String,
}

/// Entered statements at a state of the log.
pub struct Statements {
    /// Those that stand, in the order in which they were entered.
    pub in_force: Vec<Entered>,
    versions: BTreeMap<u64, u64>,
}

impl Statements {
    /// One that stands.
    pub fn get(&self, seq: u64) -> Option<&Entered> {
        self.in_force.iter().find(|one| one.seq == seq)
    }

    /// The number of the last decision that touched one, also when it was taken back.
    pub fn version(&self, seq: u64) -> Option<u64> {
        self.versions.get(&seq).copied()
    }
}

fn read(row: &HumanRow) -> Option<(u64, Said)> {
    match serde_json::from_value(row.action.clone()).ok()? {
        Work::Statement { edits, statement } => Some((edits.unwrap_or(row.seq), statement)),
        _ => None,
    }
}

/// The statements that these decisions leave.
pub fn entered(rows: &[HumanRow]) -> Statements {
    let undone = undone(rows);
    let mut versions = BTreeMap::new();
    // Taking back touches what was decided; so does taking that back.
    let mut about: BTreeMap<u64, u64> = BTreeMap::new();
    let mut standing: BTreeMap<u64, Entered> = BTreeMap::new();
    for row in rows {
        let read = read(row);
        let touched = match undo_of(row) {
            Some(of) => about.get(&of).copied(),
            None => read.as_ref().map(|(seq, _)| *seq),
        };
        let Some(seq) = touched else { continue };
        versions.insert(seq, row.seq);
        about.insert(row.seq, seq);
        let Some((_, statement)) = read.filter(|_| !undone.contains(&row.seq)) else { continue };
        let (author, at) = (row.author.clone(), row.at.to_string());
        if seq == row.seq {
            let changed = None;
            let one = Entered { seq, version: 0, author, at, changed, statement };
            standing.insert(seq, one);
        } else if let Some(one) = standing.get_mut(&seq) {
            one.changed = Some(Changed { seq: row.seq, author, at });
            one.statement = statement;
        }
    }
    let mut in_force: Vec<Entered> = standing.into_values().collect();
    for one in &mut in_force {
        one.version = versions.get(&one.seq).copied().unwrap_or(one.seq);
    }
    Statements { in_force, versions }
}

#[cfg(test)]
mod tests {
    use cahoots_record::UtcMicros;
    use serde_json::{Value, json};

    use super::*;

    fn after(actions: &[Value]) -> Statements {
        let row = |(n, action): (usize, &Value)| HumanRow {
            seq: n as u64 + 1,
            at: UtcMicros(0),
            author: ["ann", "ben"][n % 2].into(),
            action: action.clone(),
        };
        entered(&actions.iter().enumerate().map(row).collect::<Vec<_>>())
    }

    fn said(words: &str, edits: Option<u64>) -> Value {
        let mut value = json!({ "kind": "statement", "statement": { "quoted": words } });
        if let Some(seq) = edits {
            value["edits"] = json!(seq);
        }
        value
    }

    #[test]
    fn a_change_stands_until_it_is_taken_back_and_goes_with_its_statement() {
        let mut log = vec![said("one", None), said("two", Some(1)), said("three", Some(1))];
        let words = |log: &[Value]| {
            let now = after(log);
            now.in_force.iter().map(|one| one.statement.quoted.clone()).collect::<Vec<_>>()
        };
        let now = after(&log);
        let one = now.get(1).unwrap();
        assert_eq!(
            (one.version, one.author.as_str(), one.changed.as_ref().unwrap().seq),
            (3, "ann", 3)
        );
        assert_eq!(words(&log), ["three"]);
        log.push(json!({ "kind": "undo", "seq": 3 }));
        assert_eq!(words(&log), ["two"]);
        assert_eq!(after(&log).get(1).unwrap().version, 4, "taking back is a version");
        log.push(json!({ "kind": "undo", "seq": 1 }));
        assert_eq!(words(&log), [""; 0], "a change does not outlive what it changes");
        assert_eq!(after(&log).version(1), Some(5));
        log.push(json!({ "kind": "undo", "seq": 5 }));
        assert_eq!(words(&log), ["two"]);
        assert_eq!(after(&log).version(7), None);
    }

    #[test]
    fn a_change_of_what_is_no_statement_changes_nothing() {
        let star = json!({ "kind": "star", "item": "x", "on": true });
        assert!(after(&[star, said("two", Some(1))]).in_force.is_empty());
    }
}
