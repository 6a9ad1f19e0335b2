//! What people decide beside notes and statements: coverage, requests; the log, and taking back.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use cahoots_analyze::statements::{Completeness, CoverageRow};
use cahoots_store::HumanRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::error::{Problem, Refused};
use super::path::Path;
use super::work::{Decided, known_item, words};
use crate::analysis::moment;
use crate::analysis::work::Work;
use crate::annotations::{item_of, undo_of, undone};
use crate::desk::Desk;
use crate::serve::sessions::Visitor;
use crate::serve::state::Workbench;

/// A row for the table of what is known to be complete.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverageWords {
    /// From whose holdings.
    #[schema(min_length = 1, max_length = 500)]
    pub custodian: String,
    /// `email`, `direct message`, `chat`, `post`, `publication`, or `*` for all.
    #[schema(min_length = 1, max_length = 60)]
    pub channel: String,
    pub completeness: Completeness,
    /// First day.
    #[serde(default)]
    pub from: Option<String>,
    /// Last day.
    #[serde(default)]
    pub to: Option<String>,
    /// Whose messages, where those are not the custodian's.
    #[serde(default)]
    pub covers: Vec<String>,
    /// How that is known.
    #[serde(default)]
    pub how_known: String,
}

/// Says that something is complete, or is not.
#[utoipa::path(
    post, path = "/coverage", tag = "work", request_body = CoverageWords,
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem))
)]
pub async fn add_coverage(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    coverage: Result<Json<CoverageWords>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let Json(given) = coverage?;
    let row = CoverageRow {
        custodian: words(&given.custodian, 500, "the custodian")?,
        covers: given.covers,
        channel: words(&given.channel, 60, "the channel")?,
        from: given.from,
        to: given.to,
        completeness: given.completeness,
        how_known: given.how_known,
        note: String::new(),
    };
    let days = [row.from.clone(), row.to.clone()];
    workbench
        .ask(move |desk: &Desk| {
            days.iter().flatten().try_for_each(|day| moment(day, desk.zone()).map(drop))
        })
        .await?;
    let value = serde_json::to_value(Work::Coverage { row }).map_err(anyhow::Error::from)?;
    workbench.decide(&visitor, value, |_| Ok(())).await.map(Json)
}

/// What a person says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = work::Verdict)]
pub enum Verdict {
    Yes,
    No,
    Unsure,
}

/// Whether an item asks for something.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestWords {
    pub decision: Verdict,
    /// Why.
    #[serde(default)]
    #[schema(max_length = 5_000)]
    pub reason: String,
}

/// Says whether an item asks for something.
#[utoipa::path(
    put, path = "/requests/{id}", tag = "work", request_body = RequestWords,
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem))
)]
pub async fn decide_request(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    request: Result<Json<RequestWords>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let Json(given) = request?;
    let item = known_item(&workbench, id).await?;
    let decision = match given.decision {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Unsure => "unsure",
    };
    let work = Work::Request { item, decision: decision.to_owned(), reason: given.reason };
    let value = serde_json::to_value(work).map_err(anyhow::Error::from)?;
    workbench.decide(&visitor, value, |_| Ok(())).await.map(Json)
}

/// Which part of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// Only decisions before the one with this number: the `next` of the page before.
    cursor: Option<u64>,
    /// At most this many.
    #[serde(default = "hundred")]
    #[param(default = 100, maximum = 1000)]
    limit: u16,
    /// Only decisions about this item.
    item: Option<String>,
    /// Only decisions of this kind.
    kind: Option<String>,
}

const fn hundred() -> u16 {
    100
}

/// Decisions, the last one first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogAnswer {
    /// How many there are.
    pub total: usize,
    pub decisions: Vec<LogLine>,
    /// The cursor of the next page.
    pub next: Option<u64>,
}

/// A decision in the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogLine {
    #[serde(flatten)]
    pub decided: Decided,
    /// Whether it is in force; one that only took another back is when that one stays taken back.
    pub holds: bool,
}

/// Every decision of everybody.
#[utoipa::path(
    get, path = "/log", tag = "work", params(LogQuery),
    responses((status = 200, body = LogAnswer), (status = 400, body = Problem), (status = 401, body = Problem))
)]
pub async fn log(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<LogQuery>, QueryRejection>,
) -> Result<Json<LogAnswer>, Refused> {
    let Query(asked) = query?;
    let answer = workbench.ask(move |desk| {
        let rows = desk.case().catalog().human()?;
        let undone = undone(&rows);
        let wanted = |row: &&HumanRow| {
            let kind = row.action.get("kind").and_then(Value::as_str);
            asked.item.as_deref().is_none_or(|item| item_of(row).as_deref() == Some(item))
                && asked.kind.as_deref().is_none_or(|wanted| kind == Some(wanted))
        };
        let total = rows.iter().filter(wanted).count();
        let limit = usize::from(asked.limit.clamp(1, 1_000));
        let mut page: Vec<&HumanRow> = rows
            .iter()
            .rev()
            .filter(|row| asked.cursor.is_none_or(|before| row.seq < before))
            .filter(wanted)
            .take(limit + 1)
            .collect();
        let more = page.len() > limit;
        page.truncate(limit);
        let next = page.last().filter(|_| more).map(|row| row.seq);
        let decisions = page
            .into_iter()
            .map(|row| LogLine {
                decided: Decided {
                    seq: row.seq,
                    at: row.at.to_string(),
                    author: row.author.clone(),
                    decision: row.action.clone(),
                },
                holds: !undone.contains(&row.seq),
            })
            .collect();
        Ok(LogAnswer { total, decisions, next })
    });
    Ok(Json(answer.await?))
}

/// Why something is taken back.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    #[serde(default)]
    #[schema(max_length = 5_000)]
    pub reason: String,
}

/// Takes a decision back. Nothing is written when somebody took it back before.
#[utoipa::path(
    post, path = "/log/{seq}/undo", tag = "work", request_body = Reason,
    params(("seq" = u64, Path, description = "The number of the decision")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem))
)]
pub async fn undo(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(seq): Path<u64>,
    reason: Result<Json<Reason>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let Json(Reason { reason }) = reason?;
    let value = serde_json::json!({ "kind": "undo", "seq": seq, "reason": reason });
    let check = move |before: &[HumanRow]| {
        if !before.iter().any(|row| row.seq == seq) {
            return Err(Refused::nothing(format!("there is no decision {seq}")));
        }
        if undone(before).contains(&seq) {
            let by = before.iter().rev().find(|row| undo_of(row) == Some(seq));
            let by = by.map(|row| serde_json::json!({ "seq": row.seq, "author": row.author }));
            return Err(Refused::conflict(
                "this decision was taken back before",
                by.unwrap_or_default(),
            ));
        }
        Ok(())
    };
    workbench.decide(&visitor, value, check).await.map(Json)
}
