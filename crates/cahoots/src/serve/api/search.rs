//! Items by words, people, times and objects.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use cahoots_record::ObjectKind;
use cahoots_search::{SearchOptions, Sort as Order};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::{Problem, Refused};
use super::json_bytes;
use super::timeline::Matching;
use crate::answers::Answer;
use crate::answers::search::{Results, SearchAnswer, answer, parse, search as run};
use crate::desk::Desk;
use crate::serve::state::{Stamp, Workbench};

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
    let (text, counts) = (asked.q, asked.counts);
    let asked_offset = asked.offset as usize;
    let cursor = asked.cursor.as_deref().map(Cursor::read).transpose()?;
    let shared = Arc::clone(&workbench);
    let answered = workbench
        .ask_stamped(move |desk, stamp| {
            if cursor.is_some_and(|cursor| cursor.record != stamp.record) {
                return Ok(None);
            }
            let offset = cursor.map_or(asked_offset, |cursor| cursor.offset);
            let options = SearchOptions {
                limit,
                offset,
                sort: match sort {
                    Sort::Relevance => Order::Relevance,
                    Sort::Newest => Order::TimeDesc,
                    Sort::Oldest => Order::TimeAsc,
                },
                counts,
            };
            let text = if text.trim().is_empty() { "*" } else { text.as_str() };
            let deep = offset > SHALLOW && sort != Sort::Relevance;
            let results = if deep {
                far_down(&shared, desk, stamp, text, sort, &options)?
            } else {
                run(desk, text, &options)?
            };
            let more = results.found.total > (offset + results.items.len()) as u64
                && !results.items.is_empty();
            let next = more
                .then_some(Cursor { offset: offset + results.items.len(), record: stamp.record });
            let bytes = Answer::of(&answer(desk, &results)?, true)?.bytes()?;
            Ok(Some((bytes, next)))
        })
        .await?;
    let Some((bytes, next)) = answered else {
        return Err(Refused::conflict(
            "the record has grown since the page before; begin again",
            serde_json::Value::Null,
        ));
    };
    let mut response = json_bytes(bytes);
    if let Some(next) = next {
        let link = format!("</api/v1/search?{base}&cursor={}>; rel=\"next\"", next.write());
        if let Ok(link) = HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
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
    let ords = matching.window(&*desk.record()?, options.offset, options.limit, sort);
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
) -> Result<axum::Json<ObjectsAnswer>, Refused> {
    let Query(asked) = query?;
    let shared = Arc::clone(&workbench);
    let answer = workbench
        .ask_stamped(move |desk, stamp| {
            let text = if asked.q.trim().is_empty() { "*" } else { asked.q.as_str() };
            parse(text, desk.zone())?;
            let (record, matching) = (desk.record()?, shared.matching(desk, stamp, text)?);
            let mut counts: FxHashMap<u32, u64> = FxHashMap::default();
            for place in matching.places() {
                for thing in record.things(place) {
                    *counts.entry(thing.0).or_default() += 1;
                }
            }
            let mut counts: Vec<(u32, u64)> = counts.into_iter().collect();
            counts.sort_unstable_by_key(|(thing, n)| (std::cmp::Reverse(*n), *thing));
            let objects = counts
                .into_iter()
                .filter_map(|(thing, n)| Some((record.things.get(thing as usize)?, n)))
                .take(usize::from(asked.limit.min(200)))
                .map(|(facts, items)| ObjectCount {
                    kind: facts.kind,
                    key: facts.key.clone(),
                    items,
                })
                .collect();
            Ok(ObjectsAnswer { total: matching.len(), objects })
        })
        .await?;
    Ok(axum::Json(answer))
}

impl Matching {
    /// Places in the record of a window of the list, newest or oldest first.
    fn window(
        &self,
        record: &cahoots_analyze::Record,
        offset: usize,
        limit: usize,
        sort: Sort,
    ) -> Vec<cahoots_record::ItemOrd> {
        let ord = |place| record.row(place).ord;
        match sort {
            Sort::Newest => self.newest().skip(offset).take(limit).map(ord).collect(),
            _ => self.places().skip(offset).take(limit).map(ord).collect(),
        }
    }
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
