//! One item: its words, its markup made harmless, its thread, its original bytes.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use cahoots_import::markup as markup_of;
use cahoots_record::{ItemOrd, Medium};
use cahoots_store::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::{Problem, Refused};
use super::json_bytes;
use super::path::Path;
use crate::analysis::{Citation, citation};
use crate::answers::Answer;
use crate::answers::item::{self, ItemAnswer};
use crate::answers::thread::{self, ThreadAnswer};
use crate::desk::Desk;
use crate::serve::state::Workbench;
use crate::serve::{headers, html};

fn nothing(id: &str) -> Refused {
    Refused::nothing(format!("there is no item {id} in this case"))
}

/// Asks something about an item; 404 when there is none.
async fn about<T: Send + 'static>(
    workbench: &Arc<Workbench>,
    id: String,
    question: impl FnOnce(&Desk, ItemOrd) -> Result<T> + Send + 'static,
) -> Result<T, Refused> {
    let asked = id.clone();
    workbench
        .ask(move |desk| match item::find(&*desk.index()?, &asked)? {
            Some(ord) => question(desk, ord).map(Some),
            None => Ok(None),
        })
        .await?
        .ok_or_else(|| nothing(&id))
}

/// An item with headers, copies, and whether its original can be read.
///
/// The same bytes as `cahoots show --json`.
#[utoipa::path(
    get, path = "/items/{id}", tag = "items",
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses((status = 200, body = ItemAnswer), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub async fn item(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let bytes = about(&workbench, id, |desk, ord| {
        Answer::of(&item::answer(desk, &item::item(desk, ord)?), true)?.bytes()
    });
    Ok(json_bytes(bytes.await?))
}

/// The thread of an item.
///
/// The same bytes as `cahoots thread --json`.
#[utoipa::path(
    get, path = "/items/{id}/thread", tag = "items",
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses((status = 200, body = ThreadAnswer), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub async fn thread(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let bytes = about(&workbench, id, |desk, ord| {
        Answer::of(&thread::answer(desk, &thread::thread(desk, ord)?), true)?.bytes()
    });
    Ok(json_bytes(bytes.await?))
}

/// The original bytes, to keep; never to show.
#[utoipa::path(
    get, path = "/items/{id}/raw", tag = "items",
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses(
        (status = 200, content_type = "application/octet-stream", headers(("x-original-unchanged" = String, description = "Whether the bytes have the digest recorded at import"))),
        (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn raw(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let (name, original) = about(&workbench, id, |desk, ord| {
        let stored = item::stored(desk.case(), ord)?;
        let original = item::original(desk.case(), &stored)?;
        // The id only: what the record says must not name a file on somebody's disk.
        Ok((format!("{}.bin", stored.item.id), original))
    })
    .await?;
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (CONTENT_SECURITY_POLICY, headers::BYTES.to_owned()),
        (HeaderName::from_static("x-original-unchanged"), original.unchanged.to_string()),
    ];
    Ok((headers, original.bytes).into_response())
}

/// The markup of a mail as its reader saw it, made harmless; for a frame that may do nothing.
#[utoipa::path(
    get, path = "/items/{id}/markup", tag = "items",
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses(
        (status = 200, content_type = "text/html", body = String),
        (status = 401, body = Problem),
        (status = 404, body = Problem, description = "There is no such item, or it has no markup"),
        (status = 422, body = Problem),
    )
)]
pub async fn markup(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let asked = id.clone();
    let page = about(&workbench, id, |desk, ord| {
        let stored = item::stored(desk.case(), ord)?;
        let original = item::original(desk.case(), &stored)?;
        if stored.item.medium != Medium::Email {
            return Ok(None);
        }
        Ok(markup_of(&original.bytes).map(|markup| html::page(&markup)))
    })
    .await?
    .ok_or_else(|| {
        Refused::nothing(format!("item {asked} has no markup; its text is all of it"))
    })?;
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, headers::MAIL),
        (X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    Ok((headers, page).into_response())
}

/// Which items.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LinesQuery {
    /// Item ids with commas between them, at most 200.
    ids: String,
}

/// What a citation of an item says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinesAnswer {
    /// Citations by item id; ids that the case does not have are left out.
    pub items: std::collections::BTreeMap<String, Citation>,
}

/// Citations of several items at once.
#[utoipa::path(
    get, path = "/citations", tag = "items", params(LinesQuery),
    responses((status = 200, body = LinesAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn lines(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<LinesQuery>, QueryRejection>,
) -> Result<Json<LinesAnswer>, Refused> {
    let Query(asked) = query?;
    let answer = workbench
        .ask(move |desk| {
            let ids: Vec<&str> =
                asked.ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
            if ids.len() > 200 {
                return Err(anyhow!("at most 200 ids at once"));
            }
            let index = desk.index()?;
            let mut ords = Vec::with_capacity(ids.len());
            for id in ids {
                ords.extend(item::find(&index, id)?);
            }
            let stored = desk.case().items(&ords, Parts::Text)?;
            let items = stored
                .iter()
                .map(|stored| (stored.item.id.to_string(), citation(desk.case(), stored)))
                .collect();
            Ok(LinesAnswer { items })
        })
        .await?;
    Ok(Json(answer))
}
