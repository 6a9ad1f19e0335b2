//! Statements that people enter: adding one, changing one.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;
use cahoots_record::Claim;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{Problem, Refused};
use super::path::Path;
use super::work::{Decided, if_match, words};
use crate::analysis::entered::{Entered, entered};
use crate::analysis::moment;
use crate::analysis::work::{Said, Work};
use crate::serve::sessions::Visitor;
use crate::serve::state::Workbench;

/// A statement to enter.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementWords {
    /// Who said it.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub speaker: String,
    /// When, as written; in the zone of the case unless it says otherwise.
    #[serde(default)]
    pub at: String,
    /// Where: a programme, a hearing.
    #[serde(default, rename = "where")]
    pub place: String,
    /// What was asked.
    #[serde(default)]
    pub question: String,
    /// The words spoken.
    #[schema(min_length = 1)]
    pub quoted: String,
    /// Where it was published.
    #[serde(default)]
    pub published: Vec<String>,
    /// Its readings.
    #[serde(default)]
    pub claims: Vec<Claim>,
}

/// What is written down of a statement.
async fn checked(workbench: &Arc<Workbench>, given: StatementWords) -> Result<Said, Refused> {
    let said = Said {
        speaker: given.speaker.trim().to_owned(),
        at: given.at.trim().to_owned(),
        place: given.place,
        question: given.question,
        quoted: words(&given.quoted, 20_000, "the words spoken")?,
        published: given.published,
        claims: given.claims,
    };
    let at = said.at.clone();
    if !at.is_empty() {
        workbench.ask(move |desk| moment(&at, desk.zone()).map(drop)).await?;
    }
    Ok(said)
}

/// Enters a statement.
#[utoipa::path(
    post, path = "/statements", tag = "work", request_body = StatementWords,
    responses((status = 200, body = Decided))
)]
pub async fn add(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    statement: Result<Json<StatementWords>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let statement = checked(&workbench, statement?.0).await?;
    let work = Work::Statement { edits: None, statement };
    let value = serde_json::to_value(work).map_err(anyhow::Error::from)?;
    workbench.decide(&visitor, value, |_| Ok(())).await.map(Json)
}

/// Changes an entered statement: says all of it anew. Statements that an archive holds cannot be
/// changed. The change is a decision of its own, which can be taken back.
#[utoipa::path(
    put, path = "/statements/{seq}", tag = "work", request_body = StatementWords,
    params(("seq" = u64, Path, description = "The number of the decision that entered it"), ("if-match" = String, Header, description = "The version seen, in quotes")),
    responses((status = 200, body = Decided), (status = 404, body = Problem), (status = 409, body = Problem), (status = 428, body = Problem))
)]
pub async fn edit(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(seq): Path<u64>,
    headers: HeaderMap,
    statement: Result<Json<StatementWords>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let seen = if_match(&headers)?;
    let statement = checked(&workbench, statement?.0).await?;
    let work = Work::Statement { edits: Some(seq), statement };
    let value = serde_json::to_value(work).map_err(anyhow::Error::from)?;
    workbench
        .decide(&visitor, value, move |before| {
            let now = entered(before);
            let Some(version) = now.version(seq) else {
                return Err(Refused::nothing(format!(
                    "nobody entered a statement with number {seq}; those that an archive holds \
                     cannot be changed"
                )));
            };
            if version == seen && now.get(seq).is_some() {
                return Ok(());
            }
            let current = serde_json::to_value(now.get(seq)).unwrap_or_default();
            let message = match current.is_null() {
                true => "somebody took this statement back in the meantime",
                false => "somebody else changed this statement in the meantime; look again",
            };
            Err(Refused::conflict(message, current))
        })
        .await
        .map(Json)
}

/// Statements that people entered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EnteredAnswer {
    /// Those that stand, in the order in which they were entered.
    pub statements: Vec<Entered>,
}

/// The statements that people entered, as they stand, with their versions.
#[utoipa::path(
    get, path = "/statements/entered", tag = "work",
    responses((status = 200, body = EnteredAnswer))
)]
pub async fn entered_statements(
    State(workbench): State<Arc<Workbench>>,
) -> Result<Json<EnteredAnswer>, Refused> {
    let statements =
        workbench.ask(|desk| Ok(entered(&desk.case().catalog().human()?).in_force)).await?;
    Ok(Json(EnteredAnswer { statements }))
}
