//! The network: who acted in step with whom, how often, how fast.

use std::path::Path;

use thiserror::Error;

use crate::compat::Compat;
use crate::edges::{Edges, Wanted};
use crate::exchange::{self, ExchangeError};
use crate::kind::Kind;
use crate::shares::Shares;
use crate::spill::{Budget, SpillError};
use crate::stream;
use crate::sweep::{self, Swept};

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// Windows in microseconds, each inclusive; the widest makes the network, the others are
    /// counted beside it.
    pub windows: Vec<i64>,
    /// An account counts with at least so many shares, and with at least so many of them in a
    /// pair.
    pub min_participation: u32,
    /// The least pairs of an edge.
    pub min_weight: u32,
    /// The peer whose rules are kept.
    pub compat: Option<Compat>,
    /// An object whose shares make more pairs than this is left out and named.
    pub pairs_per_object: u64,
    /// More pairs than this in all are refused.
    pub most_pairs: u64,
    /// Threads; 0 for one a core.
    pub threads: usize,
    /// What may be held in memory, and where the rest goes.
    pub budget: Budget,
}

/// Pairs of one object that are made before it is left out.
pub const PAIRS_PER_OBJECT: u64 = 200_000_000;

/// Pairs in all that are made before the question is refused.
pub const MOST_PAIRS: u64 = 2_000_000_000;

impl Default for Question {
    fn default() -> Self {
        Self {
            windows: vec![60_000_000],
            min_participation: 2,
            min_weight: 1,
            compat: None,
            pairs_per_object: PAIRS_PER_OBJECT,
            most_pairs: MOST_PAIRS,
            threads: 0,
            budget: Budget::default(),
        }
    }
}

impl Question {
    /// The widest window.
    pub fn widest(&self) -> i64 {
        self.windows.iter().copied().max().unwrap_or_default()
    }

    /// Whether the shares of an account that are in a pair have to be counted.
    pub(crate) fn counts_matched(&self) -> bool {
        self.compat.is_none()
    }

    /// Whether so many pairs may be made.
    pub(crate) fn allow(&self, pairs: u64) -> Result<(), NetworkError> {
        if pairs > self.most_pairs.min(u64::from(u32::MAX)) {
            return Err(NetworkError::TooMany { pairs, most: self.most_pairs });
        }
        Ok(())
    }

    pub(crate) fn threads(&self) -> usize {
        match self.threads {
            0 => crate::threads::cores().get(),
            threads => threads,
        }
    }
}

/// Why there is no network.
#[derive(Debug, Error)]
pub enum NetworkError {
    /// The windows make more pairs than may be made.
    #[error("the widest window makes {pairs} pairs of shares or more; at most {most} are made")]
    TooMany {
        /// How many were counted.
        pairs: u64,
        /// How many may be made.
        most: u64,
    },
    /// Memory or temporary space.
    #[error(transparent)]
    Spill(#[from] SpillError),
    /// Another program did not find the pairs.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
}

/// An object that was left out because of the pairs its shares would make.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LeftOut {
    /// Its number.
    pub object: u32,
    /// Its shares.
    pub shares: u64,
    /// The pairs they would make, those of one account with itself among them.
    pub pairs: u64,
}

/// Who acted in step with whom.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Network {
    /// The edges.
    pub edges: Edges,
    /// Windows in microseconds, ascending.
    pub windows: Vec<i64>,
    /// The kinds of object, one layer each.
    pub layers: Vec<Kind>,
    /// Pairs of shares found, before any filter.
    pub pairs: u64,
    /// For each account, how many of its shares are in a pair; empty with a peer's rules.
    pub matched: Vec<u32>,
    /// Edges with fewer pairs than asked for.
    pub light: u64,
    /// Edges of an account with too few shares in a pair.
    pub unsteady: u64,
    /// Objects that were left out, by number.
    pub left_out: Vec<LeftOut>,
    /// Bytes of pairs that were spilled.
    pub spilled: u64,
}

/// Finds the network of shares. The result depends on shares and question alone, not on threads or
/// on what had to be spilled.
///
/// # Errors
/// When there are too many pairs, or memory or temporary space run out.
pub fn network(shares: &Shares, question: &Question) -> Result<Network, NetworkError> {
    found(shares, question, |active, wanted| {
        let threads = question.threads();
        let swept = match shares.held() {
            Some(rows) => sweep::held(shares, rows, active, question, wanted, threads)?,
            None => None,
        };
        match swept {
            Some(swept) => Ok(swept),
            None => stream::spilled(shares, active, question, wanted, threads),
        }
    })
}

/// The same network, its pairs found by another program: the question goes into a folder, `ask`
/// has it answered there; see [`crate::exchange`].
///
/// # Errors
/// When there are too many pairs, or the answer is not there or cannot be right.
pub fn network_elsewhere(
    shares: &Shares,
    question: &Question,
    folder: &Path,
    ask: impl FnOnce(),
) -> Result<Network, NetworkError> {
    found(shares, question, |active, wanted| {
        let sent = exchange::write(folder, shares, active, question, wanted)?;
        ask();
        Ok(sent.answered(wanted)?)
    })
}

/// What is asked of each edge, given to what finds them, and what follows from the edges.
fn found(
    shares: &Shares,
    question: &Question,
    sweep: impl FnOnce(&[bool], Wanted<'_>) -> Result<Swept, NetworkError>,
) -> Result<Network, NetworkError> {
    question.budget.check()?;
    let mut windows = question.windows.clone();
    windows.sort_unstable();
    windows.dedup();
    let layers = shares.kinds();
    let mut layer_of = vec![0; 256];
    for (layer, kind) in layers.iter().enumerate() {
        layer_of[*kind as usize] = layer as u8;
    }
    let wanted = Wanted {
        windows: &windows,
        layers: &layer_of,
        n_layers: layers.len().max(1),
        min_weight: question.min_weight,
        compat: question.compat,
    };
    let least = match question.compat {
        // The toolkit knows only the least weight.
        Some(Compat::Cnt) => 0,
        _ => question.min_participation,
    };
    let active: Vec<bool> = shares.of_account.iter().map(|n| *n >= least).collect();
    let mut swept = sweep(&active, wanted)?;
    swept.left_out.sort_unstable();
    let mut unsteady = 0;
    if question.compat.is_none() {
        let before = swept.edges.list.len();
        let steady = |account: u32| {
            swept.matched.get(account as usize).is_none_or(|n| *n >= question.min_participation)
        };
        swept.edges.retain(|_, edge| steady(edge.a.0) && steady(edge.b.0));
        unsteady = (before - swept.edges.list.len()) as u64;
    }
    Ok(Network {
        edges: swept.edges,
        windows,
        layers,
        pairs: swept.pairs,
        matched: swept.matched,
        light: swept.light,
        unsteady,
        left_out: swept.left_out,
        spilled: swept.spilled,
    })
}
