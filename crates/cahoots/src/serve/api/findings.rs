//! What the analyses find, with their parameters as on the command line.

use std::sync::Arc;

use anyhow::Result;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use cahoots_analyze::absences::Absences;
use cahoots_analyze::acts::{Acts, Scan};
use cahoots_analyze::brief::Brief;
use cahoots_analyze::contacts::{Dossier, Pair};
use cahoots_analyze::exposure::Exposure;
use cahoots_analyze::requests::Request;
use cahoots_analyze::statements::{CoverageRow, Judged};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answered;
use super::error::{Problem, Refused};
use crate::analysis::CitedFinding;
use crate::answers::Answer;
use crate::cli;
use crate::commands;
use crate::desk::Desk;
use crate::serve::state::{Rests, Workbench};

pub(super) type Asked<T> = Result<Query<T>, QueryRejection>;

/// An answer by its question's name and arguments.
pub(super) async fn found(
    workbench: &Arc<Workbench>,
    key: String,
    question: impl FnOnce(&Desk) -> Result<Answer> + Send + 'static,
) -> Result<Response, Refused> {
    Ok(answered(workbench.answer(key, Rests::OnWork, |desk, _| question(desk)?.bytes()).await?))
}

fn list(text: Option<&str>) -> Vec<String> {
    let text = text.unwrap_or_default();
    text.split(';').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A finding that is a list, cut to what was asked for.
#[derive(Serialize, ToSchema)]
pub struct CitedList<T> {
    #[serde(flatten)]
    pub finding: CitedFinding<T>,
    /// How many there are in all.
    pub total: u64,
}

/// Pairs in contact, or everything between two.
#[expect(dead_code, reason = "describes what `contacts` answers")]
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ContactsAnswer {
    /// With `a` and `b`.
    Dossier(Box<CitedFinding<Dossier>>),
    /// Otherwise.
    Table(Box<CitedList<Pairs>>),
}

// Lists have types of their own: every `Vec` would get the same name in the description.

/// Pairs, most messages first.
#[derive(Serialize, ToSchema)]
#[schema(as = contacts::Pairs)]
pub struct Pairs(Vec<Pair>);

/// Requests in the order of time.
#[derive(Serialize, ToSchema)]
#[schema(as = requests::Requests)]
pub struct Requests(Vec<Request>);

/// Requests, those left out counted.
#[derive(Serialize, ToSchema)]
pub struct RequestsAnswer {
    #[serde(flatten)]
    pub finding: CitedList<Requests>,
    /// How many merely possible ones were left out.
    pub possible_left_out: u64,
}

/// Who was told, or nothing when nothing in the record is what was asked about.
#[expect(dead_code, reason = "describes what `exposure` answers")]
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum ExposureAnswer {
    /// Something is.
    Found(Box<CitedFinding<Exposure>>),
    /// Nothing is.
    Nothing {
        schema: String,
        /// Null.
        result: Option<bool>,
    },
}

/// What the record is known to hold completely.
#[derive(Serialize, ToSchema)]
pub struct CoverageAnswer {
    /// `cahoots/coverage/1`.
    pub schema: String,
    pub rows: Vec<CoverageLine>,
}

/// A row of that table with its basis.
#[derive(Serialize, ToSchema)]
pub struct CoverageLine {
    pub row: CoverageRow,
    /// The entry of a compiled record that states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The decision that states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<u64>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// How the brief is made.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BriefQuery {
    /// Redraws of each permutation test.
    #[serde(default = "n999")]
    #[param(default = 999, minimum = 1, maximum = 100_000)]
    redraws: u32,
    #[serde(default = "one64")]
    #[param(default = 1)]
    seed: u64,
}

const fn n999() -> u32 {
    999
}
const fn n9999() -> u32 {
    9_999
}
const fn one() -> u32 {
    1
}
const fn one64() -> u64 {
    1
}
const fn forty() -> u16 {
    40
}
const fn seven() -> u16 {
    7
}

/// Redraws cost time: more than this nobody needs.
fn redraws(n: u32) -> Result<u32, Refused> {
    if (1..=100_000).contains(&n) { Ok(n) } else { Err(Refused::wrong("redraws: 1 to 100000")) }
}

/// One page on the whole case.
///
/// The same bytes as `cahoots brief --json`.
#[utoipa::path(
    get, path = "/brief", tag = "findings", params(BriefQuery),
    responses((status = 200, body = CitedFinding<Brief>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn brief(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<BriefQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Brief { redraws: redraws(asked.redraws)?, seed: asked.seed };
    found(&workbench, format!("{args:?}"), move |desk| commands::brief::answer(desk, &args)).await
}

/// Whose contacts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContactsQuery {
    /// Only pairs with this party: a name, an account, an id.
    a: Option<String>,
    /// The other party: everything between the two.
    b: Option<String>,
    /// A message counts as answered within this many days.
    #[serde(default = "seven")]
    #[param(default = 7)]
    answer_days: u16,
    /// Count messages that programs and lists sent.
    #[serde(default)]
    #[param(default = false)]
    automated: bool,
    /// At most this many pairs.
    #[serde(default = "forty")]
    #[param(default = 40)]
    limit: u16,
}

/// Who was in contact with whom; with two parties, everything between them.
///
/// The same bytes as `cahoots contacts --json`.
#[utoipa::path(
    get, path = "/contacts", tag = "findings", params(ContactsQuery),
    responses((status = 200, body = ContactsAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn contacts(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<ContactsQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Contacts {
        a: asked.a,
        b: asked.b,
        answer_days: i64::from(asked.answer_days),
        automated: asked.automated,
        limit: usize::from(asked.limit),
    };
    found(&workbench, format!("{args:?}"), move |desk| commands::contacts::answer(desk, &args))
        .await
}

/// Whose requests, and whose acts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActsQuery {
    /// Who wrote.
    from: String,
    /// Who was written to.
    to: String,
    /// Others whose acts count, with `;` between them.
    circle: Option<String>,
    /// How soon an act must follow.
    #[serde(default = "a_day")]
    #[param(default = "24h")]
    within: String,
    /// Comparable accounts that were not asked, with `;` between them.
    peers: Option<String>,
    /// Only messages that this query finds; `decided` for those decided to be requests.
    requests: Option<String>,
    /// Where the public record is complete: `[PARTY=]FROM..TO`, with `;` between several.
    coverage: Option<String>,
    #[serde(default = "n9999")]
    #[param(default = 9999, minimum = 1, maximum = 100_000)]
    redraws: u32,
    #[serde(default = "one64")]
    #[param(default = 1)]
    seed: u64,
    /// How many such questions are asked together.
    #[serde(default = "one")]
    #[param(default = 1)]
    family: u32,
}

fn a_day() -> String {
    "24h".to_owned()
}

/// What one party asked of another beside the acts that followed, held against chance.
///
/// The same bytes as `cahoots acts --json`.
#[utoipa::path(
    get, path = "/acts", tag = "findings", params(ActsQuery),
    responses((status = 200, body = CitedFinding<Acts>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn acts(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<ActsQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Acts {
        from: Some(asked.from),
        to: Some(asked.to),
        circle: list(asked.circle.as_deref()),
        within: asked.within,
        peers: list(asked.peers.as_deref()),
        requests: asked.requests,
        coverage: list(asked.coverage.as_deref()),
        redraws: redraws(asked.redraws)?,
        seed: asked.seed,
        family: asked.family,
        scan: false,
        limit: 40,
    };
    found(&workbench, format!("{args:?}"), move |desk| commands::acts::answer(desk, &args)).await
}

/// How the scan is made.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ScanQuery {
    /// How soon an act must follow.
    #[serde(default = "a_day")]
    #[param(default = "24h")]
    within: String,
    #[serde(default = "n9999")]
    #[param(default = 9999, minimum = 1, maximum = 100_000)]
    redraws: u32,
    #[serde(default = "one64")]
    #[param(default = 1)]
    seed: u64,
}

/// The timing of every pair with enough sessions, as one family of tests.
///
/// The same bytes as `cahoots acts --scan --json`.
#[utoipa::path(
    get, path = "/acts/scan", tag = "findings", params(ScanQuery),
    responses((status = 200, body = CitedFinding<Scan>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn scan(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<ScanQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Acts {
        from: None,
        to: None,
        circle: Vec::new(),
        within: asked.within,
        peers: Vec::new(),
        requests: None,
        coverage: Vec::new(),
        redraws: redraws(asked.redraws)?,
        seed: asked.seed,
        family: 1,
        scan: true,
        limit: 40,
    };
    found(&workbench, format!("{args:?}"), move |desk| commands::acts::answer(desk, &args)).await
}

/// Whose requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RequestsQuery {
    /// Only messages of this party.
    from: Option<String>,
    /// Only messages to this party.
    to: Option<String>,
    /// Also those that are merely possible.
    #[serde(default)]
    #[param(default = false)]
    all: bool,
    /// At most this many; 0 for all.
    #[serde(default = "twenty")]
    #[param(default = 20)]
    limit: u32,
}

const fn twenty() -> u32 {
    20
}

/// What was asked in private messages, and what came back.
///
/// The same bytes as `cahoots requests --json`.
#[utoipa::path(
    get, path = "/requests", tag = "findings", params(RequestsQuery),
    responses((status = 200, body = RequestsAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn requests(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<RequestsQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Requests {
        from: asked.from,
        to: asked.to,
        all: asked.all,
        limit: asked.limit as usize,
        action: None,
    };
    found(&workbench, format!("{args:?}"), move |desk| commands::requests::answer(desk, &args))
        .await
}

/// Told of what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExposureQuery {
    /// An object (`url:…`), an item or a query.
    about: String,
    /// Only what may have happened by then.
    as_of: Option<String>,
    /// Also search who could have known from this party, by contacts alone.
    could: Option<String>,
    /// By how much clocks may differ.
    #[serde(default = "no_skew")]
    #[param(default = "0")]
    skew: String,
    /// Parties of whom to say if no item shows them told, with `;` between them.
    asked: Option<String>,
}

fn no_skew() -> String {
    "0".to_owned()
}

/// Who was told of something, by whom and when.
///
/// The same bytes as `cahoots exposure --json`.
#[utoipa::path(
    get, path = "/exposure", tag = "findings", params(ExposureQuery),
    responses((status = 200, body = ExposureAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn exposure(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<ExposureQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    if asked.about.trim().is_empty() {
        return Err(Refused::wrong("say what they were told of: an object, an item or a query"));
    }
    let args = cli::Exposure {
        about: vec![asked.about],
        as_of: asked.as_of,
        could: asked.could,
        skew: asked.skew,
        asked: list(asked.asked.as_deref()),
        limit: 40,
    };
    found(&workbench, format!("{args:?}"), move |desk| commands::exposure::answer(desk, &args))
        .await
}

/// Whose statements.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementsQuery {
    /// Only those of this speaker, or the one with this label.
    of: Option<String>,
}

/// What was said in public, held against the record.
///
/// The same bytes as `cahoots statements --json`.
#[utoipa::path(
    get, path = "/statements", tag = "findings", params(StatementsQuery),
    responses((status = 200, body = CitedFinding<Vec<Judged>>), (status = 400, body = Problem), (status = 401, body = Problem))
)]
pub async fn statements(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<StatementsQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Statements {
        of: asked.of,
        claim_review: false,
        page: None,
        reviewer: None,
        action: None,
    };
    found(&workbench, format!("{args:?}"), move |desk| commands::statements::answer(desk, &args))
        .await
}

/// The ledger as claim reviews of schema.org.
///
/// The same bytes as `cahoots statements --claim-review`.
#[utoipa::path(
    get, path = "/statements/claim-reviews", tag = "findings", params(StatementsQuery),
    responses((status = 200, body = Vec<serde_json::Value>), (status = 400, body = Problem), (status = 401, body = Problem))
)]
pub async fn claim_reviews(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<StatementsQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Statements {
        of: asked.of,
        claim_review: true,
        page: None,
        reviewer: None,
        action: None,
    };
    found(&workbench, format!("{args:?}"), move |desk| commands::statements::answer(desk, &args))
        .await
}

/// What the record is known to hold completely.
///
/// The same bytes as `cahoots coverage --json`.
#[utoipa::path(
    get, path = "/coverage", tag = "findings",
    responses((status = 200, body = CoverageAnswer), (status = 401, body = Problem))
)]
pub async fn coverage(State(workbench): State<Arc<Workbench>>) -> Result<Response, Refused> {
    found(&workbench, "coverage".to_owned(), commands::coverage::answer).await
}

/// Which silences.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AbsencesQuery {
    /// List silences of which at most this share is expected to be chance.
    #[serde(default = "hundredth")]
    #[param(default = 0.01)]
    level: f64,
}

const fn hundredth() -> f64 {
    0.01
}

/// What should be in the record and is not.
///
/// The same bytes as `cahoots absences --json`.
#[utoipa::path(
    get, path = "/absences", tag = "findings", params(AbsencesQuery),
    responses((status = 200, body = CitedFinding<Absences>), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn absences(
    State(workbench): State<Arc<Workbench>>,
    asked: Asked<AbsencesQuery>,
) -> Result<Response, Refused> {
    let Query(asked) = asked?;
    let args = cli::Absences { level: asked.level, limit: 10 };
    found(&workbench, format!("{args:?}"), move |desk| commands::absences::answer(desk, &args))
        .await
}
