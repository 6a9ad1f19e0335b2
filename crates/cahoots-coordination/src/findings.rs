//! Everything that is said about an input: the network, what its edges are worth, who hangs
//! together.

use std::num::NonZeroUsize;

use rustc_hash::{FxHashMap, FxHashSet};
use thiserror::Error;

use crate::edges::Edge;
use crate::evidence::{EdgeEvidence, Evidence, EvidenceError, Grounds, Parameters};
use crate::groups::{Graph, leiden};
use crate::meetings::{Cascade, PairOfShares, cascades, pairs_of_shares};
use crate::network::{Network, NetworkError, Question, network};
use crate::share::{AccountNo, ObjectNo};
use crate::shares::Shares;
use crate::spill::SpillError;

/// Which edges are kept, and what is worked out about them.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Choice {
    /// Only edges with more pairs than this part of all edges have: 0.5 is the median.
    pub percentile: Option<f64>,
    /// The share of false discoveries allowed; `None` leaves the tests out.
    pub fdr: Option<f64>,
    /// Shares above which the tests are left out: they hold all shares in memory.
    pub most_tested: u64,
    /// How fine groups are: 1 is plain modularity, more gives more and smaller groups.
    pub resolution: f64,
    /// Seed of the search for groups.
    pub seed: u64,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            percentile: None,
            fdr: Some(0.05),
            most_tested: 50_000_000,
            resolution: 1.0,
            seed: 1,
        }
    }
}

/// Why there are no findings.
#[derive(Debug, Error)]
pub enum FindingsError {
    /// No network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// Memory or temporary space.
    #[error(transparent)]
    Spill(#[from] SpillError),
    /// The tests could not be made.
    #[error("the edges could not be held against chance")]
    Evidence(#[from] EvidenceError),
}

/// The threshold that a percentile of the weights gives.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Threshold {
    /// Edges pass with more pairs than this.
    pub weight: f64,
    /// All edges weigh the same: none is above, and all were kept.
    pub all_tie: bool,
}

/// A group of accounts that hang together by edges that were kept.
#[derive(Clone, PartialEq, Debug)]
pub struct GroupFacts {
    /// Its accounts, by number.
    pub members: Vec<AccountNo>,
    /// Kept edges between them.
    pub edges: u32,
    /// Of all edges that there could be, the part that is kept.
    pub density: f64,
    /// Pairs of shares between them.
    pub pairs: u64,
    /// Different objects in those pairs.
    pub objects: u32,
    /// The objects with the most of those pairs, with their pairs.
    pub top: Vec<(ObjectNo, u32)>,
    /// The median lag of the pairs, in microseconds.
    pub lag_median: i64,
    /// The time of the first share in a pair.
    pub first: i64,
    /// The time of the last share in a pair.
    pub last: i64,
}

/// What an account did in step with others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct AccountFacts {
    /// Edges.
    pub partners: u32,
    /// Pairs of shares.
    pub pairs: u64,
    /// The group, by number from 0.
    pub group: Option<u32>,
    /// The first and the last time of a share in a pair.
    pub span: Option<(i64, i64)>,
}

/// The findings of an input.
#[derive(Debug)]
pub struct Findings {
    /// The network before the choice of edges.
    pub network: Network,
    /// What was asked.
    pub question: Question,
    /// How edges were chosen.
    pub choice: Choice,
    /// The threshold of the percentile asked for.
    pub threshold: Option<Threshold>,
    /// Tests of the edges at the widest window; `None` where they were left out.
    pub evidence: Option<Evidence>,
    /// For each edge, its place among the tested ones.
    pub tested: Vec<u32>,
    /// For each edge, whether it was kept: above the threshold, and beyond chance where tested.
    pub kept: Vec<bool>,
    /// Groups, the largest first.
    pub groups: Vec<GroupFacts>,
    /// Each account in an edge.
    pub accounts: FxHashMap<u32, AccountFacts>,
}

/// An edge that was not tested.
const UNTESTED: u32 = u32::MAX;

/// Pairs of shares looked at for the facts of groups.
const MOST_IN_GROUPS: usize = 20_000_000;

/// Finds what there is to say.
///
/// # Errors
/// When there are too many pairs, or memory or temporary space run out.
pub fn findings(
    shares: &Shares,
    question: &Question,
    choice: Choice,
) -> Result<Findings, FindingsError> {
    let network = network(shares, question)?;
    let list = &network.edges.list;
    let threshold = choice.percentile.and_then(|part| threshold(list, part, question));
    let heavy =
        |edge: &Edge| threshold.is_none_or(|it| it.all_tie || f64::from(edge.weight) > it.weight);
    let tests = choice.fdr.filter(|_| question.compat.is_none() && shares.n <= choice.most_tested);
    let mut tested = vec![UNTESTED; list.len()];
    let mut evidence = None;
    if let Some(fdr) = tests {
        let sorted = shares.sorted()?;
        let mut pairs = Vec::new();
        for (place, edge) in tested.iter_mut().zip(list) {
            // One object in common is too little to tell anything from chance.
            if edge.objects > 1 {
                *place = pairs.len() as u32;
                pairs.push((edge.a, edge.b));
            }
        }
        let threads = NonZeroUsize::new(question.threads()).unwrap_or(NonZeroUsize::MIN);
        let grounds = Grounds::new(&sorted, Parameters { fdr, threads })?;
        evidence = Some(grounds.evidence(question.widest(), &pairs)?);
    }
    let passes = |at: usize| match &evidence {
        None => true,
        Some(evidence) => evidence.edges.get(tested[at] as usize).is_some_and(beyond_chance),
    };
    let kept: Vec<bool> =
        list.iter().enumerate().map(|(at, edge)| heavy(edge) && passes(at)).collect();
    let mut accounts: FxHashMap<u32, AccountFacts> = FxHashMap::default();
    for edge in list {
        for account in [edge.a, edge.b] {
            let facts = accounts.entry(account.0).or_default();
            facts.partners += 1;
            facts.pairs += u64::from(edge.weight);
            let (first, last) = facts.span.unwrap_or((edge.first, edge.last));
            facts.span = Some((first.min(edge.first), last.max(edge.last)));
        }
    }
    let mut found = Findings {
        network,
        question: question.clone(),
        choice,
        threshold,
        evidence,
        tested,
        kept,
        groups: Vec::new(),
        accounts,
    };
    if question.compat.is_none() {
        found.group(shares)?;
    }
    Ok(found)
}

/// Whether an edge is more than chance by at least one of its tests.
pub fn beyond_chance(evidence: &EdgeEvidence) -> bool {
    evidence.selection.passes || evidence.synchrony.passes
}

/// R's quantile of type 7 of the weights, as CooRTweet takes it.
fn threshold(edges: &[Edge], part: f64, question: &Question) -> Option<Threshold> {
    let mut weights: Vec<u32> = edges.iter().map(|edge| edge.weight).collect();
    weights.sort_unstable();
    let place = part.clamp(0.0, 1.0) * (weights.len().checked_sub(1)? as f64);
    let below = place as usize;
    let (low, high) = (weights[below], weights[(below + 1).min(weights.len() - 1)]);
    let weight = f64::from(low) + (place - below as f64) * (f64::from(high) - f64::from(low));
    let all_tie = question.compat.is_none() && weights.first() == weights.last();
    Some(Threshold { weight, all_tie })
}

impl Findings {
    /// The tests of an edge, if it was tested.
    pub fn evidence_of(&self, edge: usize) -> Option<&EdgeEvidence> {
        self.evidence.as_ref()?.edges.get(*self.tested.get(edge)? as usize)
    }

    /// Kept edges, by place.
    pub fn kept_edges(&self) -> impl Iterator<Item = usize> + '_ {
        self.kept.iter().enumerate().filter_map(|(at, kept)| kept.then_some(at))
    }

    /// Edges in the order of how little chance explains them: the smallest q first, then the most
    /// objects, the most pairs, the shortest lag. Kept ones come first.
    pub fn by_surprise(&self) -> Vec<usize> {
        let list = &self.network.edges.list;
        let surprise = |at: usize| {
            let q = self.evidence_of(at).map_or(1.0, |it| it.selection.q.min(it.synchrony.q));
            let p = self
                .evidence_of(at)
                .map_or(1.0, |it| it.selection.found.p.min(it.synchrony.found.p));
            (q, p)
        };
        let mut order: Vec<usize> = self.kept_edges().collect();
        order.sort_by(|x, y| {
            let ((qx, px), (qy, py)) = (surprise(*x), surprise(*y));
            let (a, b) = (&list[*x], &list[*y]);
            qx.total_cmp(&qy)
                .then(px.total_cmp(&py))
                .then(b.objects.cmp(&a.objects))
                .then(b.weight.cmp(&a.weight))
                .then(a.lag_median.cmp(&b.lag_median))
                .then((a.a, a.b).cmp(&(b.a, b.b)))
        });
        order
    }

    /// Groups of accounts on kept edges, with their facts.
    fn group(&mut self, shares: &Shares) -> Result<(), FindingsError> {
        let list = &self.network.edges.list;
        let edges: Vec<&Edge> = self.kept_edges().map(|at| &list[at]).collect();
        let parts = parts(&edges, self.choice);
        let mut group_of: FxHashMap<u32, u32> = FxHashMap::default();
        for (number, members) in parts.iter().enumerate() {
            group_of.extend(members.iter().map(|account| (account.0, number as u32)));
        }
        let same = |a: AccountNo, b: AccountNo| {
            let group = group_of.get(&a.0)?;
            (group_of.get(&b.0) == Some(group)).then_some(*group as usize)
        };
        let inside: Vec<(AccountNo, AccountNo)> = edges
            .iter()
            .filter(|edge| same(edge.a, edge.b).is_some())
            .map(|edge| (edge.a, edge.b))
            .collect();
        let (pairs, _) = pairs_of_shares(shares, &self.question, &inside, MOST_IN_GROUPS)?;
        let mut of_group: Vec<Vec<&PairOfShares>> = vec![Vec::new(); parts.len()];
        for pair in &pairs {
            if let Some(group) = same(pair.older.account, pair.newer.account) {
                of_group[group].push(pair);
            }
        }
        let mut n_edges = vec![0_u32; parts.len()];
        for (a, b) in &inside {
            if let Some(group) = same(*a, *b) {
                n_edges[group] += 1;
            }
        }
        self.groups = parts
            .into_iter()
            .zip(of_group)
            .zip(n_edges)
            .map(|((members, pairs), edges)| facts(members, &pairs, edges))
            .collect();
        for (account, group) in group_of {
            self.accounts.entry(account).or_default().group = Some(group);
        }
        Ok(())
    }

    /// Every object with pairs.
    ///
    /// # Errors
    /// When what was spilled cannot be read again.
    pub fn objects(&self, shares: &Shares) -> Result<Vec<Cascade>, SpillError> {
        cascades(shares, &self.question)
    }
}

/// The groups of two accounts or more, the largest first, by the Leiden algorithm; an edge weighs
/// as much as it has objects.
fn parts(edges: &[&Edge], choice: Choice) -> Vec<Vec<AccountNo>> {
    let mut accounts: Vec<AccountNo> = edges.iter().flat_map(|edge| [edge.a, edge.b]).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let node = |account: AccountNo| accounts.partition_point(|it| *it < account) as u32;
    let weighed = edges.iter().map(|edge| (node(edge.a), node(edge.b), f64::from(edge.objects)));
    let graph = Graph::new(accounts.len(), weighed);
    let group_of = leiden(&graph, choice.resolution, choice.seed);
    let n = group_of.iter().map(|group| *group as usize + 1).max().unwrap_or_default();
    let mut parts: Vec<Vec<AccountNo>> = vec![Vec::new(); n];
    for (account, group) in accounts.iter().zip(group_of) {
        parts[group as usize].push(*account);
    }
    parts.retain(|members| members.len() > 1);
    parts
}

fn facts(members: Vec<AccountNo>, pairs: &[&PairOfShares], edges: u32) -> GroupFacts {
    let n = members.len() as f64;
    let mut of_object: FxHashMap<ObjectNo, u32> = FxHashMap::default();
    for pair in pairs {
        *of_object.entry(pair.object).or_default() += 1;
    }
    let mut top: Vec<(ObjectNo, u32)> = of_object.into_iter().collect();
    top.sort_unstable_by_key(|(object, n)| (std::cmp::Reverse(*n), *object));
    let objects = top.len() as u32;
    top.truncate(5);
    let mut lags: Vec<i64> = pairs.iter().map(|pair| pair.lag()).collect();
    lags.sort_unstable();
    GroupFacts {
        edges,
        density: f64::from(edges) / (n * (n - 1.0) / 2.0).max(1.0),
        pairs: pairs.len() as u64,
        objects,
        top,
        lag_median: lags.get(lags.len() / 2).copied().unwrap_or_default(),
        first: pairs.iter().map(|pair| pair.older.micros).min().unwrap_or_default(),
        last: pairs.iter().map(|pair| pair.newer.micros).max().unwrap_or_default(),
        members,
    }
}

/// The accounts of some groups.
pub fn members_of(groups: &[GroupFacts]) -> FxHashSet<u32> {
    groups.iter().flat_map(|group| &group.members).map(|account| account.0).collect()
}
