//! Who is who, and who says so.

use std::sync::Arc;

use anyhow::{anyhow, bail};
use axum::Json;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use cahoots_record::AccountKey;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answered;
use super::error::{Problem, Refused};
use super::path::Path;
use super::work::{Decided, if_match};
use crate::answers::people::{self, DecisionsAnswer, PeopleAnswer, SuggestionsAnswer};
use crate::desk::Desk;
use crate::names::PartyLine;
use crate::serve::sessions::Visitor;
use crate::serve::state::{Rests, Workbench};

/// Which parties.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PeopleQuery {
    /// Only those whose name or account matches.
    name: Option<String>,
    /// At most this many.
    #[serde(default = "twenty_five")]
    #[param(default = 25, maximum = 1000)]
    limit: u16,
    /// Leave out this many first.
    #[serde(default)]
    #[param(default = 0)]
    offset: u32,
}

const fn twenty_five() -> u16 {
    25
}

/// Parties, those with the most items first.
///
/// The same bytes as `cahoots people --json`.
#[utoipa::path(
    get, path = "/people", tag = "people", params(PeopleQuery),
    responses((status = 200, body = PeopleAnswer), (status = 400, body = Problem), (status = 401, body = Problem))
)]
pub async fn list(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<PeopleQuery>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(asked) = query?;
    let question = move |desk: &Desk| {
        let (offset, limit) = (asked.offset as usize, usize::from(asked.limit.min(1_000)));
        people::list(desk, asked.name.as_deref(), offset, limit)?.bytes()
    };
    Ok(answered(workbench.ask(question).await?.into()))
}

/// One party.
#[utoipa::path(
    get, path = "/people/{party}", tag = "people",
    params(("party" = String, Path, description = "Its id, a name or an account that only it has")),
    responses((status = 200, body = PartyLine), (status = 401, body = Problem), (status = 404, body = Problem))
)]
pub async fn party(
    State(workbench): State<Arc<Workbench>>,
    Path(text): Path<String>,
) -> Result<Json<PartyLine>, Refused> {
    let asked = text.clone();
    let found = workbench
        .ask(move |desk| {
            let people = desk.people()?;
            let party = match people.matcher().parties(&asked).as_slice() {
                [one] => Some(people.party_json(*one)),
                _ => None,
            };
            Ok(party)
        })
        .await?;
    found.map(Json).ok_or_else(|| Refused::nothing(format!("no one party is called {text}")))
}

/// Which suggestions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SuggestionsQuery {
    /// Only those that involve this name or account.
    name: Option<String>,
    /// Only those with at least this many bits of evidence.
    #[serde(default = "ten")]
    #[param(default = 10.0)]
    bits: f64,
    /// At most this many.
    #[serde(default = "twenty_five")]
    #[param(default = 25, maximum = 1000)]
    limit: u16,
}

const fn ten() -> f64 {
    10.0
}

/// Accounts that may belong to one party, with the evidence.
///
/// The same bytes as `cahoots people suggest --json`.
#[utoipa::path(
    get, path = "/people/suggestions", tag = "people", params(SuggestionsQuery),
    responses((status = 200, body = SuggestionsAnswer), (status = 400, body = Problem), (status = 401, body = Problem))
)]
pub async fn suggestions(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<SuggestionsQuery>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(asked) = query?;
    let key = format!("{asked:?}");
    let question = move |desk: &Desk, _| {
        let limit = usize::from(asked.limit.min(1_000));
        people::suggestions(desk, asked.name.as_deref(), asked.bits, limit)?.bytes()
    };
    Ok(answered(workbench.answer(key, Rests::OnWork, question).await?))
}

/// Every decision, with author and date.
///
/// The same bytes as `cahoots people log --json`.
#[utoipa::path(
    get, path = "/people/decisions", tag = "people",
    responses((status = 200, body = DecisionsAnswer), (status = 401, body = Problem))
)]
pub async fn decisions(State(workbench): State<Arc<Workbench>>) -> Result<Response, Refused> {
    let question = |desk: &Desk| people::log(desk)?.bytes();
    Ok(answered(workbench.ask(question).await?.into()))
}

/// A decision on who is who.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum WhoIsWho {
    /// These accounts are one party's.
    Merge {
        #[schema(min_items = 2, max_items = 100)]
        accounts: Vec<AccountKey>,
        /// What to call the party.
        #[serde(default)]
        name: Option<String>,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// This account is nobody else's.
    Split {
        account: AccountKey,
        /// Why.
        #[serde(default)]
        reason: String,
    },
    /// These two are not one party's.
    Refuse {
        a: AccountKey,
        b: AccountKey,
        /// Why.
        #[serde(default)]
        reason: String,
    },
}

/// Decides who is who. `If-Match` says which decision was the last one seen: when another one on
/// who is who was made since, nothing is written.
#[utoipa::path(
    post, path = "/people/decisions", tag = "people", request_body = WhoIsWho,
    params(("if-match" = String, Header, description = "The number of the last decision seen, in quotes")),
    responses(
        (status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem),
    )
)]
pub async fn decide(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    decision: Result<Json<WhoIsWho>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let Json(decision) = decision?;
    let seen = if_match(&headers)?;
    let checked = decision.clone();
    workbench
        .ask(move |desk| {
            let people = desk.people()?;
            let known = |key: &AccountKey| {
                let found = people.people.iter().any(|person| person.key == *key);
                found
                    .then_some(())
                    .ok_or_else(|| anyhow!("no account {} in the record", key.as_str()))
            };
            match &checked {
                WhoIsWho::Merge { accounts, .. } => {
                    if !(2..=100).contains(&accounts.len()) {
                        bail!("a merge names 2 to 100 accounts");
                    }
                    accounts.iter().try_for_each(known)
                }
                WhoIsWho::Split { account, .. } => known(account),
                WhoIsWho::Refuse { a, b, .. } => known(a).and_then(|()| known(b)),
            }
        })
        .await?;
    let value = serde_json::to_value(&decision).map_err(anyhow::Error::from)?;
    let of_people = |kind: &str| matches!(kind, "merge" | "split" | "refuse" | "undo");
    workbench.decide(&visitor, value, move |before| {
        let newer = before.iter().rev().take_while(|row| row.seq > seen).find(|row| {
            row.action.get("kind").and_then(|kind| kind.as_str()).is_some_and(of_people)
        });
        match newer {
            None => Ok(()),
            Some(row) => Err(Refused::conflict(
                format!("{} decided on who is who in the meantime; look again", row.author),
                serde_json::json!({ "seq": row.seq, "author": row.author, "decision": row.action }),
            )),
        }
    })
    .await
    .map(Json)
}
