//! The case as a whole.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::answered;
use super::error::{Problem, Refused};
use crate::answers::Answer;
use crate::answers::overview::OverviewAnswer;
use crate::answers::problems::{self, ProblemsAnswer};
use crate::ingest::Report;
use crate::serve::state::{Rests, Workbench};

/// What is in the case, from when to when, who, and what went wrong.
///
/// The same bytes as `cahoots open --json` on a case that is there.
#[utoipa::path(
    get, path = "/case", tag = "case",
    responses((status = 200, body = OverviewAnswer), (status = 401, body = Problem))
)]
pub async fn overview(State(workbench): State<Arc<Workbench>>) -> Result<Response, Refused> {
    let question = |desk: &crate::desk::Desk, _| {
        let answer = crate::answers::overview::answer(desk, &Report::default())?;
        Answer::of(&answer, true)?.bytes()
    };
    Ok(answered(workbench.answer("case".to_owned(), Rests::OnPeople, question).await?))
}

/// Which problems.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProblemsQuery {
    /// Only this code.
    code: Option<String>,
    /// Only the archive with this number.
    archive: Option<u32>,
    /// At most this many rows of each code.
    #[serde(default = "five")]
    #[param(default = 5, maximum = 1000)]
    limit: u16,
}

const fn five() -> u16 {
    5
}

/// What could not be read, or was read with a doubt.
///
/// The same bytes as `cahoots problems --json`.
#[utoipa::path(
    get, path = "/problems", tag = "case", params(ProblemsQuery),
    responses((status = 200, body = ProblemsAnswer), (status = 400, body = Problem), (status = 401, body = Problem))
)]
pub async fn problems(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<ProblemsQuery>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(asked) = query?;
    let question = move |desk: &crate::desk::Desk| {
        let limit = usize::from(asked.limit.min(1_000));
        let found = problems::problems(desk.case(), asked.code.as_deref(), asked.archive, limit)?;
        Answer::of(&problems::answer(&found), found.total > 0)?.bytes()
    };
    Ok(answered(workbench.ask(question).await?.into()))
}
