//! Which accounts of the case act in step, and what is behind an edge.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::error::{Problem, Refused};
use super::findings::{Asked, found};
use crate::commands::coordination::{Coordination, answer};
use crate::serve::state::Workbench;

/// A network takes every core and much memory: one is made after the other.
static TURN: Semaphore = Semaphore::const_new(1);

/// Edges of one answer, at most.
const MOST: u32 = 50_000;

/// What the accounts share, and how close in time.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CoordinationQuery {
    /// Kinds of object, with commas between them: url, domain, hashtag, mention, repost, reply,
    /// text, near-text, status, image, attachment, object. Links and reposts when none is given.
    #[serde(default)]
    object: String,
    /// How close two shares must be: 60s, 10min, 1h; several with commas between them.
    #[serde(default = "a_minute")]
    #[param(default = "60s")]
    within: String,
    /// An account counts with at least so many shares in step.
    #[serde(default = "two")]
    #[param(default = 2, maximum = 1_000_000)]
    min_participation: u32,
    /// Only edges with at least so many pairs of shares.
    #[serde(default = "one")]
    #[param(default = 1, maximum = 1_000_000)]
    min_weight: u32,
    /// The share of false discoveries allowed among the edges that are kept.
    #[serde(default = "twentieth")]
    #[param(default = 0.05, minimum = 0.0, maximum = 1.0)]
    fdr: f64,
    /// Keep edges whatever chance says.
    #[serde(default)]
    #[param(default = false)]
    untested: bool,
    /// How fine groups are.
    #[serde(default = "unit")]
    #[param(default = 1.0)]
    resolution: f64,
    #[serde(default = "seed")]
    #[param(default = 1)]
    seed: u64,
    /// At most this many groups and edges; those that chance explains least come first.
    #[serde(default = "ten")]
    #[param(default = 10, maximum = 50_000)]
    limit: u32,
}

fn a_minute() -> String {
    "60s".to_owned()
}
const fn one() -> u32 {
    1
}
const fn two() -> u32 {
    2
}
const fn ten() -> u32 {
    10
}
const fn seed() -> u64 {
    1
}
const fn unit() -> f64 {
    1.0
}
const fn twentieth() -> f64 {
    0.05
}

impl CoordinationQuery {
    fn args(self) -> Coordination {
        let list = |text: &str| -> Vec<String> {
            text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
        };
        Coordination {
            files: Vec::new(),
            object: list(&self.object),
            within: list(&self.within),
            min_participation: self.min_participation,
            min_weight: self.min_weight,
            percentile: None,
            fdr: self.fdr,
            untested: self.untested,
            resolution: self.resolution,
            seed: self.seed,
            compat: None,
            map: Vec::new(),
            zone: None,
            resemblance: 0.8,
            explain: None,
            edges: None,
            tables: None,
            parquet: false,
            gexf: None,
            graphml: None,
            html: None,
            cluster: None,
            exchange: None,
            partitions: None,
            memory: None,
            temp: None,
            pairs_per_object: cahoots_coordination::network::PAIRS_PER_OBJECT,
            threads: 0,
            limit: self.limit.min(MOST) as usize,
        }
    }
}

/// Which two accounts, of which network.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EdgeQuery {
    /// An account, or a part of its name that only it has.
    a: String,
    /// The other.
    b: String,
    /// As for the network.
    #[serde(default)]
    object: String,
    /// As for the network.
    #[serde(default = "a_minute")]
    #[param(default = "60s")]
    within: String,
    /// As for the network.
    #[serde(default = "two")]
    #[param(default = 2, maximum = 1_000_000)]
    min_participation: u32,
    /// As for the network.
    #[serde(default = "twentieth")]
    #[param(default = 0.05, minimum = 0.0, maximum = 1.0)]
    fdr: f64,
}

/// A network of accounts.
#[derive(Serialize, ToSchema)]
pub struct CoordinationAnswer {
    /// `cahoots/coordination/1`.
    schema: String,
    question: NetworkQuestion,
    input: NetworkInput,
    result: NetworkResult,
}

/// What was asked.
#[derive(Serialize, ToSchema)]
pub struct NetworkQuestion {
    windows_seconds: Vec<f64>,
    objects: Vec<String>,
    min_participation: u32,
    min_weight: u32,
    percentile: Option<f64>,
    compat: Option<String>,
}

/// What was looked through.
#[derive(Serialize, ToSchema)]
pub struct NetworkInput {
    files: Vec<NetworkFile>,
    shares: u64,
    accounts: u64,
    objects: u64,
    first: Option<String>,
    last: Option<String>,
    problems: Vec<Value>,
    /// Posts whose time is not known to the minute.
    posts_without_time: Option<u64>,
    posts_without_account: Option<u64>,
}

/// The case, and the posts in it.
#[derive(Serialize, ToSchema)]
pub struct NetworkFile {
    name: String,
    rows: u64,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub struct NetworkResult {
    /// Pairs of shares within the window.
    pairs: u64,
    edges: u64,
    /// Edges that chance does not explain.
    kept: u64,
    accounts: u64,
    threshold: Option<f64>,
    left_out: NetworkLeftOut,
    evidence: Option<NetworkEvidence>,
    n_groups: u64,
    groups: Vec<NetworkGroup>,
    most_surprising: Vec<NetworkEdge>,
}

/// What was left out of the network.
#[derive(Serialize, ToSchema)]
pub struct NetworkLeftOut {
    objects: Vec<Value>,
    light_edges: u64,
    unsteady_edges: u64,
}

/// How the edges were tested.
#[derive(Serialize, ToSchema)]
pub struct NetworkEvidence {
    fdr: Option<f64>,
    tested: u64,
    family: u64,
    family_is_exact: bool,
    selection_passes: u64,
    synchrony_passes: u64,
}

/// A group of accounts.
#[derive(Serialize, ToSchema)]
pub struct NetworkGroup {
    group: u64,
    n_accounts: u64,
    n_edges: u64,
    density: f64,
    n_pairs: u64,
    n_object_id: u64,
    median_time_delta: f64,
    first_share: String,
    last_share: String,
    top_objects: String,
    /// With ` | ` between them.
    accounts: String,
}

/// An edge; further columns follow what was asked.
#[derive(Serialize, ToSchema)]
pub struct NetworkEdge {
    account_id: String,
    account_id_y: String,
    /// Pairs of shares.
    weight: u64,
    avg_time_delta: f64,
    n_object_id: u64,
    median_time_delta: f64,
    n_first: u64,
    n_first_y: u64,
    first_share: String,
    last_share: String,
    selection_objects: Option<u64>,
    selection_expected: Option<f64>,
    selection_p: Option<f64>,
    selection_q: Option<f64>,
    selection_passes: Option<u64>,
    synchrony_occasions: Option<u64>,
    synchrony_in_step: Option<u64>,
    synchrony_expected: Option<f64>,
    synchrony_p: Option<f64>,
    synchrony_q: Option<f64>,
    synchrony_passes: Option<u64>,
    kept: u64,
    /// Where both accounts are of one group.
    group: Option<u64>,
}

/// What is behind an edge.
#[derive(Serialize, ToSchema)]
pub struct EdgeAnswer {
    /// `cahoots/coordination-explain/1`.
    schema: String,
    accounts: Vec<String>,
    edge: Option<NetworkEdge>,
    clock_shift: Option<ClockShifted>,
    n_pairs: u64,
    pairs: Vec<NetworkPair>,
}

/// Pairs that are left when each account's clock is shifted by whole days.
#[derive(Serialize, ToSchema)]
pub struct ClockShifted {
    days: u64,
    redraws: u32,
    seed: u64,
    pairs: u64,
    mean: f64,
    p: f64,
}

/// Two shares of one object.
#[derive(Serialize, ToSchema)]
pub struct NetworkPair {
    object_id: String,
    object_kind: String,
    /// Whose share was first.
    account_id: String,
    account_id_y: String,
    /// The post: the beginning of an item's id.
    content_id: Option<String>,
    content_id_y: Option<String>,
    /// The lag in seconds.
    time_delta: f64,
    time: String,
    time_y: String,
    /// How likely it was that the second share fell within the window.
    chance: Option<f64>,
}

/// Works, and gives the turn back when that is done: not when whoever asked has gone away.
fn taking<T>(turn: tokio::sync::SemaphorePermit<'static>, work: impl FnOnce() -> T) -> T {
    let done = work();
    drop(turn);
    done
}

async fn turn() -> Result<tokio::sync::SemaphorePermit<'static>, Refused> {
    TURN.acquire().await.map_err(|_| Refused::broken("no more networks can be made"))
}

/// Which accounts share the same things within a short time, beyond chance.
///
/// The same bytes as `cahoots coordination --case CASE --json`.
#[utoipa::path(
    get, path = "/coordination", tag = "findings", params(CoordinationQuery),
    responses((status = 200, body = CoordinationAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn coordination(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<CoordinationQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = asked.args();
    let turn = turn().await?;
    found(&workbench, format!("{args:?}"), move |desk| taking(turn, || answer(desk, &args))).await
}

/// Every pair of shares of two accounts, and how likely it was.
///
/// The same bytes as `cahoots coordination --case CASE --explain A B --json`.
#[utoipa::path(
    get, path = "/coordination/edge", tag = "findings", params(EdgeQuery),
    responses((status = 200, body = EdgeAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn edge(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<EdgeQuery>,
) -> Result<Response, Refused> {
    let Query(EdgeQuery { a, b, object, within, min_participation, fdr }) = asked?;
    let network = CoordinationQuery {
        object,
        within,
        min_participation,
        min_weight: one(),
        fdr,
        untested: false,
        resolution: unit(),
        seed: seed(),
        limit: ten(),
    };
    let args = Coordination { explain: Some(vec![a, b]), ..network.args() };
    let turn = turn().await?;
    found(&workbench, format!("{args:?}"), move |desk| taking(turn, || answer(desk, &args))).await
}
