//! The interface under `/api/v1`: routes, their description, and what they have in common.

pub mod error;

mod case;
mod coordination;
mod decisions;
mod events;
mod findings;
mod items;
mod path;
mod people;
mod questions;
mod refusals;
mod search;
mod session;
mod statements;
mod timeline;
mod work;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::{Answered, Workbench};
use super::{assets, guard, headers};

/// What a request may carry, in bytes; imports have a limit of their own.
const BODY: usize = 256 << 10;

/// The description, without its paths: those come from the handlers.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "cahoots",
        description = "The workbench's interface. What the command line prints with --json is \
            answered here byte for byte; decisions are appended with author and date."
    ),
    components(schemas(super::state::Event, search::Sort)),
    tags(
        (name = "session", description = "Coming in and going out"),
        (name = "case", description = "The case as a whole"),
        (name = "search", description = "Items by words, people, times and objects"),
        (name = "items", description = "One item: words, markup, original bytes"),
        (name = "people", description = "Who is who"),
        (name = "findings", description = "What the analyses find"),
        (name = "work", description = "What people decide and note"),
    )
)]
struct Description;

fn described() -> OpenApiRouter<Arc<Workbench>> {
    let open = OpenApiRouter::new().routes(routes!(session::who, session::enter, session::leave));
    let closed = OpenApiRouter::new()
        .routes(routes!(session::link))
        .routes(routes!(case::overview))
        .routes(routes!(case::problems))
        .routes(routes!(search::search))
        .routes(routes!(search::objects))
        .routes(routes!(timeline::timeline))
        .routes(routes!(timeline::chronology))
        .routes(routes!(items::item))
        .routes(routes!(items::lines))
        .routes(routes!(items::thread))
        .routes(routes!(items::raw))
        .routes(routes!(items::markup))
        .routes(routes!(people::list))
        .routes(routes!(people::suggestions))
        .routes(routes!(people::party))
        .routes(routes!(people::decisions, people::decide))
        .routes(routes!(findings::brief))
        .routes(routes!(questions::questions))
        .routes(routes!(findings::contacts))
        .routes(routes!(findings::acts))
        .routes(routes!(findings::scan))
        .routes(routes!(findings::requests))
        .routes(routes!(findings::exposure))
        .routes(routes!(findings::statements))
        .routes(routes!(findings::claim_reviews))
        .routes(routes!(findings::coverage))
        .routes(routes!(findings::absences))
        .routes(routes!(coordination::coordination))
        .routes(routes!(coordination::edge))
        .routes(routes!(work::of_item))
        .routes(routes!(work::star))
        .routes(routes!(work::tag, work::untag))
        .routes(routes!(work::add_note))
        .routes(routes!(work::edit_note, work::remove_note))
        .routes(routes!(work::pins))
        .routes(routes!(work::pin, work::unpin))
        .routes(routes!(work::tags))
        .routes(routes!(work::searches, work::save_search))
        .routes(routes!(work::edit_search, work::remove_search))
        .routes(routes!(statements::add))
        .routes(routes!(statements::entered_statements))
        .routes(routes!(statements::edit))
        .routes(routes!(decisions::add_coverage))
        .routes(routes!(decisions::decide_request))
        .routes(routes!(decisions::log))
        .routes(routes!(decisions::undo))
        .routes(routes!(events::events))
        .route_layer(from_fn(guard::signed_in));
    let mut all =
        OpenApiRouter::with_openapi(Description::openapi()).nest("/api/v1", open.merge(closed));
    refusals::describe(all.get_openapi_mut());
    all
}

/// The description of the interface.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn document() -> anyhow::Result<serde_json::Value> {
    Ok(serde_json::to_value(described().into_openapi())?)
}

/// Everything the server answers.
pub fn router(workbench: Arc<Workbench>) -> Router {
    let (router, description) = described().split_for_parts();
    let description = serde_json::to_vec(&description).unwrap_or_default();
    let describe = move || {
        let description = description.clone();
        async move { json_bytes(description) }
    };
    router
        .route("/api/v1/openapi.json", get(describe))
        .fallback(assets::file)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(Arc::clone(&workbench), guard::guard))
        .layer(from_fn(headers::hardened))
        .with_state(workbench)
}

/// Bytes that are JSON already.
fn json_bytes(bytes: impl Into<axum::body::Bytes>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], bytes.into()).into_response()
}

/// An answer that is kept, sent without a copy.
fn answered(answer: Answered) -> Response {
    let mut response = json_bytes(axum::body::Bytes::from_owner(answer.bytes));
    if let Some(link) = answer.link.and_then(|link| HeaderValue::from_str(&link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}
