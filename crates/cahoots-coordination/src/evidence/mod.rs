//! What an edge is worth: two questions about every pair, each with the chance it excludes.
//!
//! *Selection*: do the two choose the same objects more often than activity and popularity explain?
//! *Synchrony*: where both shared an object at roughly the same time, were they closer together than
//! its other sharers? Neither says why, and they are never merged into one number.

pub mod degrees;
pub mod discovery;
pub mod explain;
pub mod family;
pub mod habits;
pub mod leave_out;
pub mod moments;
pub mod parallel;
pub mod poisson_binomial;
pub mod reference;
pub mod selection;
pub mod shift;
pub mod synchrony;
pub mod table;
pub mod window;

use std::num::NonZeroUsize;

pub use degrees::Degrees;
pub use explain::{Explanation, explain};
pub use family::Family;
pub use moments::Moments;
pub use selection::Selection;
pub use shift::{ClockShift, Redraws, clock_shift};
pub use synchrony::{Meeting, Synchrony, Yardstick};
pub use table::{EvidenceError, Table};
pub use window::Windows;

use crate::AccountNo;
use crate::groups::{Graph, pieces};

/// Steps up to which the family of pairs is counted rather than bounded.
const FAMILY_STEPS: u64 = 4_000_000_000;

/// What the questions are asked with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Parameters {
    /// The share of false discoveries allowed among the edges that pass a question.
    pub fdr: f64,
    /// How many threads work. The results do not depend on it.
    pub threads: NonZeroUsize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { fdr: 0.05, threads: parallel::threads_here() }
    }
}

/// The answer to one question about a pair.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Answer<T> {
    /// What was counted, and its p-value.
    pub found: T,
    /// The smallest share of false discoveries at which the pair would be kept (Benjamini and
    /// Hochberg 1995, over the whole family).
    pub q: f64,
    /// Whether it is kept at the share asked for.
    pub passes: bool,
}

/// The evidence for an edge.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EdgeEvidence {
    /// Do they choose the same objects?
    pub selection: Answer<Selection>,
    /// Do they share them at the same moments?
    pub synchrony: Answer<Synchrony>,
}

/// The evidence for all candidate pairs at one window.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The window and the horizon.
    pub windows: Windows,
    /// The family of pairs over which false discoveries are counted.
    pub family: Family,
    /// The largest departure of an expected degree from the true one, as a share of it.
    pub departure: f64,
    /// What synchrony was judged by.
    pub yardstick: Yardstick,
    /// One for each pair, in the order given.
    pub edges: Vec<EdgeEvidence>,
}

/// What does not depend on the window: the shares, the model of degrees, the family of pairs.
#[derive(Clone, Debug)]
pub struct Grounds<'a> {
    table: Table<'a>,
    degrees: Degrees,
    moments: Moments,
    family: Family,
    parameters: Parameters,
}

impl<'a> Grounds<'a> {
    /// Solves the model and counts the family. Shares must be sorted by object, time, account.
    pub fn new(shares: &'a [crate::Share], parameters: Parameters) -> Result<Self, EvidenceError> {
        let table = Table::new(shares)?;
        let degrees = Degrees::new(&table);
        let moments = Moments::new(&table);
        let family = Family::count(&table, FAMILY_STEPS, parameters.threads);
        Ok(Self { table, degrees, moments, family, parameters })
    }

    /// The shares, indexed.
    pub fn table(&self) -> &Table<'a> {
        &self.table
    }

    /// The model of degrees.
    pub fn degrees(&self) -> &Degrees {
        &self.degrees
    }

    /// What was going round when.
    pub fn moments(&self) -> &Moments {
        &self.moments
    }

    fn check(&self, pairs: &[(AccountNo, AccountNo)]) -> Result<(), EvidenceError> {
        let shared = |account: AccountNo| self.table.objects_of(account) > 0;
        match pairs.iter().position(|(a, b)| a == b || !shared(*a) || !shared(*b)) {
            None => Ok(()),
            Some(place) => {
                let (a, b) = (pairs[place].0.0, pairs[place].1.0);
                Err(EvidenceError::NotAPair { place, a, b })
            }
        }
    }

    /// The evidence for each pair, in their order, at a window in microseconds. Pairs that are not
    /// given but share an object count in the family.
    pub fn evidence(
        &self,
        window: i64,
        pairs: &[(AccountNo, AccountNo)],
    ) -> Result<Evidence, EvidenceError> {
        self.check(pairs)?;
        let threads = self.parameters.threads;
        let windows = Windows::new(window);
        let yardstick = self.yardstick(windows, pairs);
        let selections =
            selection::selections(&self.table, &self.degrees, &self.moments, pairs, threads);
        let synchronies = yardstick.synchronies(&self.table, pairs, threads);
        let selections = self.answers(selections, |it| it.p);
        let synchronies = self.answers(synchronies, |it| it.p);
        let edges = selections
            .into_iter()
            .zip(synchronies)
            .map(|(selection, synchrony)| EdgeEvidence { selection, synchrony })
            .collect();
        let departure = self.degrees.departure();
        Ok(Evidence { windows, family: self.family, departure, yardstick, edges })
    }

    /// A group that shares what only it shares would be its own yardstick. So there are two passes:
    /// the first holds every pair against the record at large; accounts that hang together by edges
    /// that pass are then no bystanders for each other in the second, which holds every pair against the other
    /// sharers of the same objects. Only the second gives results.
    fn yardstick(&self, windows: Windows, pairs: &[(AccountNo, AccountNo)]) -> Yardstick {
        let threads = self.parameters.threads;
        let first = Yardstick::first(&self.table, windows, threads);
        let answers = self.answers(first.synchronies(&self.table, pairs, threads), |it| it.p);
        let passing = pairs.iter().zip(&answers).filter(|(_, answer)| answer.passes);
        let edges = passing.map(|((a, b), _)| (a.0, b.0, 1.0));
        let groups = pieces(&Graph::new(self.table.accounts(), edges))
            .into_iter()
            .filter(|piece| piece.len() > 1)
            .map(|piece| piece.into_iter().map(AccountNo).collect())
            .collect::<Vec<Vec<AccountNo>>>();
        Yardstick::second(&self.table, windows, &groups, threads)
    }

    fn answers<T>(&self, found: Vec<T>, p: impl Fn(&T) -> f64) -> Vec<Answer<T>> {
        let p: Vec<f64> = found.iter().map(p).collect();
        let q = discovery::adjusted(&p, self.family.pairs);
        found
            .into_iter()
            .zip(q)
            .map(|(found, q)| Answer { found, q, passes: q <= self.parameters.fdr })
            .collect()
    }
}
