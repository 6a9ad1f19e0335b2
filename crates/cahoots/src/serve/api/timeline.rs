//! The chronology, as a list and summed up for any zoom.

use std::sync::Arc;

use anyhow::Result;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use cahoots_analyze::record::Span;
use cahoots_record::ItemOrd;
use cahoots_store::{Parts, StoredItem};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answered;
use super::error::{Problem, Refused};
use crate::analysis::moment;
use crate::axis::Matching;
use crate::cli;
use crate::commands;
use crate::desk::Desk;
use crate::item_json::{Line, line};
use crate::serve::state::{Rests, Workbench};

/// Which stretch of time, how finely.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimelineQuery {
    /// The query. Empty shows everything.
    #[serde(default)]
    q: String,
    /// From here: microseconds of UTC. Without it, from the first item.
    from: Option<i64>,
    /// Until here: microseconds of UTC, itself not included. Without it, past the last item.
    until: Option<i64>,
    /// Into how many buckets the stretch is cut.
    #[serde(default = "buckets")]
    #[param(default = 240, minimum = 1, maximum = 4000)]
    buckets: u16,
    /// With at most this many items in the stretch, each of them is given.
    #[serde(default = "items")]
    #[param(default = 200, maximum = 1000)]
    items: u16,
}

const fn buckets() -> u16 {
    240
}

const fn items() -> u16 {
    200
}

/// A stretch of time, summed up.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineAnswer {
    /// The stretch begins here, in microseconds of UTC.
    pub from: i64,
    /// It ends before this.
    pub until: i64,
    /// The first dated item of all that match; `None` when none is dated.
    pub first: Option<i64>,
    /// The last of them.
    pub last: Option<i64>,
    /// Items in the stretch that match.
    pub total: u64,
    /// Items that match and have no time.
    pub undated: u64,
    pub private: LaneAnswer,
    pub public: LaneAnswer,
    /// The items themselves, in the order of time, if they are few enough.
    pub items: Option<Vec<TimelineItem>>,
}

/// One lane of a stretch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LaneAnswer {
    /// Items in each bucket.
    pub counts: Vec<u32>,
    pub total: u64,
}

/// An item on the axis.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineItem {
    /// Where it is put: microseconds of UTC.
    pub at: i64,
    /// It may have been as early as this.
    pub earliest: Option<i64>,
    /// It may have been as late as this.
    pub latest: Option<i64>,
    #[serde(flatten)]
    pub line: Line,
}

/// Items by time in two lanes, for any zoom.
#[utoipa::path(
    get, path = "/timeline", tag = "search", params(TimelineQuery),
    responses((status = 200, body = TimelineAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn timeline(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<TimelineQuery>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(asked) = query?;
    if asked.buckets == 0 || asked.buckets > 4_000 {
        return Err(Refused::wrong("a stretch is cut into 1 to 4000 buckets"));
    }
    let shared = Arc::clone(&workbench);
    let key = format!("{asked:?}");
    let question = move |desk: &Desk, stamp| {
        let matching = shared.matching(desk, stamp, &asked.q)?;
        Ok(serde_json::to_vec(&summed_up(desk, &matching, &asked)?)?)
    };
    Ok(answered(workbench.answer(key, Rests::OnPeople, question).await?))
}

fn summed_up(desk: &Desk, matching: &Matching, asked: &TimelineQuery) -> Result<TimelineAnswer> {
    let axis = &*desk.axis()?;
    let (first, last) = matching.ends(axis).unzip();
    let from = asked.from.or(first).unwrap_or(0);
    let until = asked.until.or(last.map(|last| last.saturating_add(1))).unwrap_or(1);
    let until = until.max(from.saturating_add(1));
    let buckets = usize::from(asked.buckets);
    let width = i128::from(until) - i128::from(from);
    let edge = |bucket| (i128::from(from) + width * bucket as i128 / buckets as i128) as i64;
    let edges: Vec<i64> = (0..=buckets).map(edge).collect();
    let [private, public] = matching.counts(axis, &edges).map(|counts| {
        let total = counts.iter().map(|n| u64::from(*n)).sum();
        LaneAnswer { counts, total }
    });
    let total = private.total + public.total;
    let items = (total <= u64::from(asked.items.min(1_000)))
        .then(|| single(desk, &matching.between(axis, from, until)))
        .transpose()?;
    let undated = matching.undated(axis) as u64;
    Ok(TimelineAnswer { from, until, first, last, total, undated, private, public, items })
}

/// These items, in their order.
fn single(desk: &Desk, ords: &[ItemOrd]) -> Result<Vec<TimelineItem>> {
    let item = |stored: &StoredItem| {
        let span = Span::of(&stored.item.when);
        TimelineItem {
            at: span.sort_key(),
            earliest: (span.lo != i64::MIN).then_some(span.lo),
            latest: (span.hi != i64::MAX).then_some(span.hi),
            line: line(desk.case(), stored, Some(&commands::chronology::summary(stored, 200))),
        }
    };
    Ok(desk.case().items(ords, Parts::Text)?.iter().map(item).collect())
}

/// Which part of the chronology.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChronologyQuery {
    /// The query. Empty lists everything.
    #[serde(default)]
    q: String,
    /// Not before this date.
    from: Option<String>,
    /// Not after this date.
    to: Option<String>,
    /// At most this many items.
    #[serde(default = "items")]
    #[param(default = 200, maximum = 1000)]
    limit: u16,
    /// Leave out this many items first.
    #[serde(default)]
    #[param(default = 0)]
    offset: u32,
}

/// Items in the order of time.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChronologyAnswer {
    /// `cahoots/chronology/1`.
    pub schema: &'static str,
    /// How many there are.
    pub total: u64,
    pub items: Vec<Line>,
}

/// What happened in order.
///
/// The same bytes as `cahoots chronology --json`.
#[utoipa::path(
    get, path = "/chronology", tag = "search", params(ChronologyQuery),
    responses((status = 200, body = ChronologyAnswer), (status = 400, body = Problem), (status = 401, body = Problem), (status = 422, body = Problem))
)]
pub async fn chronology(
    State(workbench): State<Arc<Workbench>>,
    query: Result<Query<ChronologyQuery>, QueryRejection>,
) -> Result<Response, Refused> {
    let Query(asked) = query?;
    let key = format!("{asked:?}");
    let question = move |desk: &Desk, _| {
        for date in [&asked.from, &asked.to].into_iter().flatten() {
            moment(date, desk.zone())?;
        }
        let args = cli::Chronology {
            query: vec![asked.q],
            from: asked.from,
            to: asked.to,
            limit: usize::from(asked.limit.min(1_000)),
            offset: asked.offset as usize,
        };
        commands::chronology::answer(desk, &args)?.bytes()
    };
    Ok(answered(workbench.answer(key, Rests::OnPeople, question).await?))
}
