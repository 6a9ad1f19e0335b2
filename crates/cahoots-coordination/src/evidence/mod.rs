//! What an edge is worth: two questions about every pair, each with the chance it excludes.
//!
//! *Selection*: do the two choose the same objects more often than activity and popularity explain?
//! *Synchrony*: where both shared an object at roughly the same time, were they closer together than
//! its other sharers? Neither says why, and they are never merged into one number.

pub mod degrees;
pub mod discovery;
pub mod family;
pub mod leave_out;
pub mod parallel;
pub mod poisson_binomial;
pub mod reference;
pub mod selection;
pub mod synchrony;
pub mod table;
pub mod window;

use std::num::NonZeroUsize;

pub use degrees::Degrees;
pub use family::Family;
use leave_out::LeaveOut;
use reference::Reference;
pub use selection::Selection;
pub use synchrony::Synchrony;
pub use table::{EvidenceError, Table};
pub use window::Windows;

use crate::AccountNo;

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
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// The window and the horizon.
    pub windows: Windows,
    /// The family of pairs over which false discoveries are counted.
    pub family: Family,
    /// The largest departure of an expected degree from the true one, as a share of it.
    pub departure: f64,
    /// One for each pair, in the order given.
    pub edges: Vec<EdgeEvidence>,
}

/// What does not depend on the window: the shares, the model of degrees, the family of pairs.
#[derive(Clone, Debug)]
pub struct Grounds<'a> {
    table: Table<'a>,
    degrees: Degrees,
    family: Family,
    parameters: Parameters,
}

impl<'a> Grounds<'a> {
    /// Solves the model and counts the family. Shares must be sorted by object, time, account.
    pub fn new(shares: &'a [crate::Share], parameters: Parameters) -> Result<Self, EvidenceError> {
        let table = Table::new(shares)?;
        let degrees = Degrees::new(&table);
        let family = Family::count(&table, FAMILY_STEPS, parameters.threads);
        Ok(Self { table, degrees, family, parameters })
    }

    /// The shares, indexed.
    pub fn table(&self) -> &Table<'a> {
        &self.table
    }

    /// The model of degrees.
    pub fn degrees(&self) -> &Degrees {
        &self.degrees
    }

    /// The evidence for each pair, in their order, at a window in microseconds. Pairs that are not
    /// given but share an object count in the family.
    pub fn evidence(
        &self,
        window: i64,
        pairs: &[(AccountNo, AccountNo)],
    ) -> Result<Evidence, EvidenceError> {
        let shared = |account: AccountNo| self.table.objects_of(account) > 0;
        if let Some(place) = pairs.iter().position(|(a, b)| a == b || !shared(*a) || !shared(*b)) {
            let (a, b) = (pairs[place].0.0, pairs[place].1.0);
            return Err(EvidenceError::NotAPair { place, a, b });
        }
        let threads = self.parameters.threads;
        let windows = Windows::new(window);
        let selections = selection::selections(&self.table, &self.degrees, pairs, threads);
        let out = LeaveOut::nobody();
        let reference = Reference::new(&self.table, windows, &out, threads);
        let judge =
            synchrony::Judge { table: &self.table, windows, out: &out, reference: &reference };
        let synchronies = parallel::each(pairs, threads, |(a, b)| judge.pair(*a, *b));
        let selections = self.answers(selections, |it| it.p);
        let synchronies = self.answers(synchronies, |it| it.p);
        let edges = selections
            .into_iter()
            .zip(synchronies)
            .map(|(selection, synchrony)| EdgeEvidence { selection, synchrony })
            .collect();
        Ok(Evidence { windows, family: self.family, departure: self.degrees.departure(), edges })
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
