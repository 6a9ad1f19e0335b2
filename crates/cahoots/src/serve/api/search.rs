//! Items by words, people, times and objects.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use cahoots_record::ObjectKind;
use cahoots_search::{SearchOptions, Sort as Order};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answered;
use super::error::{Problem, Refused};
use crate::answers::search::{Results, SearchAnswer, answer, parse, search as run};
use crate::desk::Desk;
use crate::serve::state::{Answered, Rests, Stamp, Workbench};

/// The order of results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// Best match first.
    #[default]
    Relevance,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

/// What is looked for, and which of the results are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// The query; see docs/reference/query.md. Empty finds everything.
    #[serde(default)]
    q: String,
    #[serde(default)]
    sort: Sort,
    /// At most this many results.
    #[serde(default = "twenty")]
    #[param(default = 20, maximum = 200)]
    limit: u16,
    /// Leave out this many results first.
    #[serde(default)]
    #[param(default = 0)]
    offset: u32,
    /// Where the page before ended, from its `Link` header; instead of `offset`.
    cursor: Option<String>,
    /// Count results by party, month, archive, kind, visibility and custodian.
    #[serde(default)]
    #[param(default = false)]
    counts: bool,
    /// Count at most this many parties, those with the most results. Without it, all of them.
    parties: Option<u16>,
}

const fn twenty() -> u16 {
    20
}

/// Results beyond this place are read from the whole list of matches, which is kept.
const SHALLOW: usize = 400;

/// Searches the record.
///
/// The same bytes as `cahoots search --json`. The `Link` header leads to the next page.
#[utoipa::path(
    get, path = "/search", tag = "search", params(SearchQuery),
    responses(
        (status = 200, body = SearchAnswer, headers(("link" = String, description = "The next page"))),
        (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 409, body = Problem, description = "The record has grown since the page before"),
        (status = 422, body = Problem, description = "The query has a mistake in it"),
    )
)]
pub async fn search(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<SearchQuery>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(asked) = query?;
    let limit = usize::from(asked.limit.min(200));
    let sort = asked.sort;
    let base = format!(
        "q={}&sort={}&limit={limit}",
        url::form_urlencoded::byte_serialize(asked.q.as_bytes()).collect::<String>(),
        match sort {
            Sort::Relevance => "relevance",
            Sort::Newest => "newest",
            Sort::Oldest => "oldest",
        }
    );
    let cursor = asked.cursor.as_deref().map(Cursor::read).transpose()?;
    let offset = cursor.map_or(asked.offset as usize, |cursor| cursor.offset);
    if let Some(cursor) = cursor
        && cursor.record != workbench.stamp().await?.record
    {
        return Err(Refused::conflict(
            "the record has grown since the page before; begin again",
            serde_json::Value::Null,
        ));
    }
    let options = SearchOptions {
        limit,
        offset,
        sort: match sort {
            Sort::Relevance => Order::Relevance,
            Sort::Newest => Order::TimeDesc,
            Sort::Oldest => Order::TimeAsc,
        },
        counts: asked.counts,
    };
    let parties = asked.parties.map_or(usize::MAX, usize::from);
    let key = format!("search {:?} {options:?} {parties}", asked.q);
    let shared = Arc::clone(&workbench);
    let question = move |desk: &Desk, stamp: Stamp| {
        let text = if asked.q.trim().is_empty() { "*" } else { asked.q.as_str() };
        let deep = offset > SHALLOW && sort != Sort::Relevance;
        let results = if deep {
            far_down(&shared, desk, stamp, text, sort, &options)?
        } else {
            run(desk, text, &options)?
        };
        let shown = offset + results.items.len();
        let more = results.found.total > shown as u64 && !results.items.is_empty();
        let next = more.then_some(Cursor { offset: shown, record: stamp.record });
        let link = next.map(|next| {
            format!("</api/v1/search?{base}&cursor={}>; rel=\"next\"", next.write()).into()
        });
        let mut bytes = serde_json::to_vec_pretty(&answer(desk, &results, parties)?)?;
        bytes.push(b'\n');
        Ok(Answered { bytes: bytes.into(), link })
    };
    Ok(answered(workbench.answer(key, Rests::OnPeople, question).await?))
}

/// A page far down a list in the order of time: from the list of all matches.
fn far_down(
    workbench: &Workbench,
    desk: &Desk,
    stamp: Stamp,
    text: &str,
    sort: Sort,
    options: &SearchOptions,
) -> anyhow::Result<Results> {
    let matching = workbench.matching(desk, stamp, text)?;
    let (axis, offset, limit) = (desk.axis()?, options.offset, options.limit);
    let ords = match sort {
        Sort::Newest => matching.newest(&axis, offset, limit),
        _ => matching.oldest(&axis, offset, limit),
    };
    // The words to mark and the number of undated ones, without a hit.
    let none = SearchOptions { limit: 0, offset: 0, ..*options };
    let mut results = run(desk, text, &none)?;
    results.items = desk.case().items(&ords, cahoots_store::Parts::Text)?;
    Ok(results)
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Cursor {
    offset: usize,
    record: (u64, u64),
}

impl Cursor {
    fn write(self) -> String {
        format!("{:x}.{:x}.{:x}", self.offset, self.record.0, self.record.1)
    }

    fn read(text: &str) -> Result<Self, Refused> {
        let wrong = || Refused::wrong("this is no cursor of ours");
        let mut parts = text.split('.').map(|part| u64::from_str_radix(part, 16));
        let mut next = || parts.next().and_then(Result::ok).ok_or_else(wrong);
        let (offset, segments, archives) = (next()?, next()?, next()?);
        if parts.next().is_some() || offset > u64::from(u32::MAX) {
            return Err(wrong());
        }
        Ok(Self { offset: offset as usize, record: (segments, archives) })
    }
}

/// Which objects.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObjectsQuery {
    /// The query. Empty counts over everything.
    #[serde(default)]
    q: String,
    /// At most this many objects.
    #[serde(default = "twenty")]
    #[param(default = 20, maximum = 200)]
    limit: u16,
}

/// What the results of a search refer to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObjectsAnswer {
    /// How many results were looked at.
    pub total: usize,
    /// The most frequent first.
    pub objects: Vec<ObjectCount>,
}

/// An object, and how many results refer to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ObjectCount {
    pub kind: ObjectKind,
    /// Its canonical form.
    pub key: String,
    pub items: u64,
}

/// Counts links, hashtags, files and other objects among the results of a search.
#[utoipa::path(
    get, path = "/search/objects", tag = "search", params(ObjectsQuery),
    responses((status = 200, body = ObjectsAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn objects(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<ObjectsQuery>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(asked) = query?;
    let shared = Arc::clone(&workbench);
    let key = format!("objects {asked:?}");
    let question = move |desk: &Desk, stamp| {
        let text = if asked.q.trim().is_empty() { "*" } else { asked.q.as_str() };
        parse(text, desk.zone())?;
        let (axis, matching) = (desk.axis()?, shared.matching(desk, stamp, text)?);
        let ords = matching.once().filter_map(|place| axis.ord(place));
        let objects = desk
            .objects()?
            .most(ords, usize::from(asked.limit.min(200)))
            .into_iter()
            .map(|(kind, key, items)| ObjectCount { kind, key: key.to_owned(), items })
            .collect();
        Ok(serde_json::to_vec(&ObjectsAnswer { total: matching.len(), objects })?)
    };
    Ok(answered(workbench.answer(key, Rests::OnPeople, question).await?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_round_trip_and_nonsense_is_refused() {
        let cursor = Cursor { offset: 4_711, record: (3, 2) };
        assert_eq!(Cursor::read(&cursor.write()).unwrap(), cursor);
        for text in ["", "1", "1.2", "1.2.3.4", "x.y.z", "1.2.-3", "ffffffffffffffff.1.1"] {
            assert!(Cursor::read(text).is_err(), "{text}");
        }
    }
}
