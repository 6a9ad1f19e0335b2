//! What is asked of the record, with its defaults.

use serde_json::json;

use super::actors::seconds;
use super::days::BLOCK;
use super::texts::Suggestion;
use super::verdict::ALPHA;
use crate::record::{HOUR, Party, Place, Record, Span};

/// What is asked of the record. Build it with [`Question::new`] and change what differs.
#[derive(Clone, PartialEq, Debug)]
pub struct Question {
    /// Who wrote.
    pub from: Party,
    /// Who was written to.
    pub to: Party,
    /// Parties declared beforehand as acting for or with `to`.
    pub circle: Vec<Party>,
    /// The primary window in microseconds: how soon an act must follow.
    pub within: i64,
    /// Windows to hold the verdict against.
    pub other_windows: Vec<i64>,
    /// Accounts comparable to `to` that the record does not show being asked, declared beforehand:
    /// at least 5, at best 20.
    pub peers: Vec<Party>,
    /// Only these messages count, a set fixed by a saved rule before any act was looked at, with
    /// the hash of the rule.
    pub requests: Option<(Vec<Place>, String)>,
    /// Where the public record of `to` and the circle is taken to be complete. Without it, that is
    /// from the first to the last public item of a party, and for any of the group, of any of it.
    pub coverage: Option<Vec<Span>>,
    /// The same for single parties; it goes before `coverage`.
    pub coverage_of: Vec<(Party, Vec<Span>)>,
    /// Acts that have words in common with a message, see [`Question::suggest`]; shown, never
    /// counted.
    pub suggested: Vec<Suggestion>,
    /// Redraws of the permutation test.
    pub redraws: u32,
    /// Seed of the redraws.
    pub seed: u64,
    /// How many such questions were declared together. The tests within this one come on top.
    pub family: u32,
}

impl Question {
    /// The question with its defaults: 24 hours, held against 1, 6 and 72; 9,999 redraws.
    pub fn new(from: Party, to: Party) -> Self {
        Self {
            from,
            to,
            circle: Vec::new(),
            within: 24 * HOUR,
            other_windows: vec![HOUR, 6 * HOUR, 72 * HOUR],
            peers: Vec::new(),
            requests: None,
            coverage: None,
            coverage_of: Vec::new(),
            suggested: Vec::new(),
            redraws: 9_999,
            seed: 0,
            family: 1,
        }
    }

    /// The parties whose acts count: `to`, then the circle without repeats and without the sender.
    pub(super) fn actors(&self) -> Vec<Party> {
        let mut actors = vec![self.to];
        for party in &self.circle {
            if !actors.contains(party) && *party != self.from {
                actors.push(*party);
            }
        }
        actors
    }

    /// How many tests share the level: those of this question, times the questions declared.
    pub(super) fn tests(&self) -> u32 {
        let actors = self.actors().len() as u32;
        let timing = if actors == 1 { 1 } else { actors + 1 };
        let peers = u32::from(!self.peers.is_empty());
        self.family.max(1).saturating_mul(timing + peers)
    }

    /// Why the question cannot be asked of this record, if so.
    pub(super) fn fault(&self, record: &Record) -> Option<String> {
        let known = |party: &Party| (party.0 as usize) < record.parties.len();
        if !known(&self.from) || !self.actors().iter().all(known) {
            Some("A party of the question is not in the record.".to_owned())
        } else if self.from == self.to {
            Some("The two parties are one: nobody's messages to themselves are tested.".to_owned())
        } else if self.within <= 0 {
            Some("The window is empty or inverted: it must be longer than 0.".to_owned())
        } else {
            None
        }
    }

    /// The parameters of a finding, defaults included.
    pub(super) fn parameters(&self, record: &Record, family: u32) -> serde_json::Value {
        let question = self;
        let all = |windows: &[i64]| -> Vec<f64> {
            windows.iter().map(|window| seconds(*window)).collect()
        };
        json!({
            "from": record.name(question.from),
            "to": record.name(question.to),
            "circle": question.circle.iter().map(|it| record.name(*it)).collect::<Vec<_>>(),
            "peers": question.peers.iter().map(|it| record.name(*it)).collect::<Vec<_>>(),
            "within_seconds": seconds(question.within),
            "other_windows_seconds": all(&question.other_windows),
            "requests_rule": question.requests.as_ref().map(|(_, hash)| hash),
            "coverage": if question.coverage.is_some() || !question.coverage_of.is_empty() {
                "given"
            } else {
                "from the first to the last public item"
            },
            "zone": record.zone,
            "block_days": BLOCK,
            "redraws": question.redraws,
            "seed": question.seed,
            "family": family,
            "alpha": ALPHA,
        })
    }
}
