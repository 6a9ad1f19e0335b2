//! Coming in by a link or a password, going out.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::rejection::JsonRejection;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{Problem, Refused};
use crate::serve::password;
use crate::serve::sessions::{Entry, Visitor};
use crate::serve::state::{Role, Workbench};

/// SessionAnswer is signed in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SessionAnswer {
    /// Whether anybody is.
    pub signed_in: bool,
    /// The name under which they decide.
    pub name: Option<String>,
    pub role: Option<Role>,
    /// Whether people come in by name and password, or by a link.
    pub accounts: bool,
    /// The program's version.
    pub version: &'static str,
}

/// How somebody comes in: with the token of a link, or with name and password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Coming {
    /// The token of a link.
    pub token: Option<String>,
    pub name: Option<String>,
    pub password: Option<String>,
}

/// A link that lets somebody in once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Link {
    /// What comes after the server's address.
    pub link: String,
    /// Until it is worth nothing, in seconds.
    pub seconds: u64,
}

fn who_is(workbench: &Workbench, visitor: Option<&Visitor>) -> SessionAnswer {
    SessionAnswer {
        signed_in: visitor.is_some(),
        name: visitor.map(|visitor| visitor.name.clone()),
        role: visitor.map(|visitor| visitor.role),
        accounts: workbench.sessions.entry == Entry::Accounts,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// SessionAnswer is signed in.
#[utoipa::path(get, path = "/session", tag = "session", responses((status = 200, body = SessionAnswer)))]
pub async fn who(
    State(workbench): State<Arc<Workbench>>,
    visitor: Option<Extension<Visitor>>,
) -> Json<SessionAnswer> {
    Json(who_is(&workbench, visitor.as_deref()))
}

/// Comes in.
#[utoipa::path(
    post, path = "/session", tag = "session", request_body = Coming,
    responses(
        (status = 200, body = SessionAnswer, description = "Signed in; the cookie is set"),
        (status = 401, body = Problem), (status = 429, body = Problem),
        (status = 400, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
    )
)]
pub async fn enter(
    State(workbench): State<Arc<Workbench>>,
    ConnectInfo(from): ConnectInfo<SocketAddr>,
    coming: Result<Json<Coming>, JsonRejection>,
) -> Result<Response, Refused> {
    let Json(coming) = coming?;
    let visitor = match (coming, workbench.sessions.entry) {
        (Coming { token: Some(token), .. }, Entry::Link) => {
            if !workbench.sessions.follow(&token) {
                return Err(Refused::bad_entry("this link was used before, or is too old"));
            }
            Visitor { name: crate::names::user(), role: Role::Editor }
        }
        (Coming { name: Some(name), password: Some(password), .. }, Entry::Accounts) => {
            by_password(&workbench, from, name, password).await?
        }
        _ => return Err(Refused::wrong("give the token of a link, or name and password")),
    };
    let token = workbench.sessions.begin(visitor.clone())?;
    let cookie = workbench.sessions.cookie(Some(&token), workbench.origins.secure);
    let who = Json(who_is(&workbench, Some(&visitor)));
    Ok(([(header::SET_COOKIE, cookie)], who).into_response())
}

async fn by_password(
    workbench: &Arc<Workbench>,
    from: SocketAddr,
    name: String,
    password: String,
) -> Result<Visitor, Refused> {
    if let Some(wait) = workbench.attempts.must_wait(&name, from.ip()) {
        return Err(Refused::must_wait(wait.as_secs() + 1));
    }
    workbench.attempts.begins(&name, from.ip());
    let asked = name.clone();
    let found = workbench
        .ask(move |desk| {
            let user = desk.case().catalog().user(&asked)?;
            let hash = user.as_ref().map(|user| user.password.as_str());
            Ok(password::is_right(&password, hash).then_some(user).flatten())
        })
        .await?;
    let Some(user) = found else {
        return Err(Refused::bad_entry("name and password do not belong together"));
    };
    workbench.attempts.succeeded(&name, from.ip());
    Ok(Visitor { name: user.name, role: Role::from_name(&user.role) })
}

/// Goes out.
#[utoipa::path(delete, path = "/session", tag = "session", responses((status = 204)))]
pub async fn leave(State(workbench): State<Arc<Workbench>>, headers: HeaderMap) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
    workbench.sessions.end(cookies.unwrap_or_default());
    let cookie = workbench.sessions.cookie(None, workbench.origins.secure);
    (StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response()
}

/// Makes a link that lets another browser in once.
#[utoipa::path(
    post, path = "/session/link", tag = "session",
    responses((status = 200, body = Link), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn link(State(workbench): State<Arc<Workbench>>) -> Result<Json<Link>, Refused> {
    if workbench.sessions.entry != Entry::Link {
        return Err(Refused::wrong("people come in here with their own name and password"));
    }
    let token = workbench.sessions.new_link()?;
    Ok(Json(Link { link: format!("/#enter={token}"), seconds: 15 * 60 }))
}
