//! The chronology, as a list and summed up for any zoom.

use std::sync::Arc;

use anyhow::Result;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::Response;
use cahoots_analyze::{Place, Record};
use cahoots_record::{ItemOrd, Visibility};
use cahoots_store::Parts;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::answered;
use super::error::{Problem, Refused};
use crate::analysis::moment;
use crate::answers::search::parse;
use crate::cli;
use crate::commands;
use crate::desk::Desk;
use crate::item_json::{Line, line};
use crate::serve::state::{Stamp, Workbench, held};

/// Everything that a query finds, in the order of time.
pub struct Matching {
    /// Times of the dated ones in microseconds of UTC, each with its place; by lane.
    private: Vec<(i64, u32)>,
    public: Vec<(i64, u32)>,
    /// All of them: dated ones in the order of time, then the others.
    all: Vec<u32>,
    n_dated: usize,
}

impl Matching {
    /// `places` need not be sorted.
    fn new(record: &Record, mut places: Vec<u32>) -> Self {
        // Places of a record are in the order of time.
        places.sort_unstable();
        let (mut private, mut public) = (Vec::new(), Vec::new());
        for place in &places {
            let row = record.row(Place(*place));
            if row.span.is_dated() {
                let lane = match row.visibility {
                    Visibility::Private => &mut private,
                    Visibility::Public => &mut public,
                };
                lane.push((row.span.sort_key(), *place));
            }
        }
        let n_dated = private.len() + public.len();
        Self { private, public, all: places, n_dated }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// All of them, oldest first, undated ones last.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.all.iter().map(|place| Place(*place))
    }

    /// All of them, newest first, undated ones last.
    pub fn newest(&self) -> impl Iterator<Item = Place> {
        let (dated, undated) = self.all.split_at(self.n_dated.min(self.all.len()));
        dated.iter().rev().chain(undated).map(|place| Place(*place))
    }
}

impl Workbench {
    /// Everything that a query finds at a state of the case; kept for the next window or zoom.
    ///
    /// # Errors
    /// When the text is not a query, or the case cannot be read.
    pub fn matching(&self, desk: &Desk, stamp: Stamp, text: &str) -> Result<Arc<Matching>> {
        const KEPT: usize = 6;
        let key = (text.trim().to_owned(), stamp.record, stamp.people);
        {
            let mut kept = held(&self.matchings);
            if let Some(at) = kept.iter().position(|(known, _)| *known == key) {
                let found = kept.remove(at);
                let matching = Arc::clone(&found.1);
                kept.push(found);
                return Ok(matching);
            }
        }
        let record = desk.record()?;
        let places: Vec<u32> = if matches!(text.trim(), "" | "*") {
            (0..record.rows.len() as u32).collect()
        } else {
            let query = parse(text, desk.zone())?;
            let ords = desk.index()?.matching(&query, desk)?;
            let by_ord = desk.places()?;
            let place = |ord: &ItemOrd| by_ord.get(ord.0 as usize).copied();
            ords.iter().filter_map(place).filter(|place| *place != u32::MAX).collect()
        };
        let matching = Arc::new(Matching::new(&record, places));
        let mut kept = held(&self.matchings);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((key, Arc::clone(&matching)));
        Ok(matching)
    }
}

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
) -> Result<Json<TimelineAnswer>, Refused> {
    let Query(asked) = query?;
    if asked.buckets == 0 || asked.buckets > 4_000 {
        return Err(Refused::wrong("a stretch is cut into 1 to 4000 buckets"));
    }
    let shared = Arc::clone(&workbench);
    let answer = workbench
        .ask_stamped(move |desk, stamp| {
            let matching = shared.matching(desk, stamp, &asked.q)?;
            summed_up(desk, &matching, &asked)
        })
        .await?;
    Ok(Json(answer))
}

fn summed_up(desk: &Desk, matching: &Matching, asked: &TimelineQuery) -> Result<TimelineAnswer> {
    let lanes = [&matching.private, &matching.public];
    let first = lanes.iter().filter_map(|lane| lane.first()).map(|(time, _)| *time).min();
    let last = lanes.iter().filter_map(|lane| lane.last()).map(|(time, _)| *time).max();
    let from = asked.from.or(first).unwrap_or(0);
    let until = asked.until.or(last.map(|last| last.saturating_add(1))).unwrap_or(1);
    let until = until.max(from.saturating_add(1));
    let buckets = usize::from(asked.buckets);
    let edge = |bucket: usize| -> i64 {
        let width = i128::from(until) - i128::from(from);
        (i128::from(from) + width * bucket as i128 / buckets as i128) as i64
    };
    let lane = |lane: &[(i64, u32)]| {
        let before = |time: i64| lane.partition_point(|(at, _)| *at < time);
        let mut begin = before(from);
        let mut counts = Vec::with_capacity(buckets);
        for bucket in 1..=buckets {
            let end = before(edge(bucket));
            counts.push((end - begin) as u32);
            begin = end;
        }
        let total = counts.iter().map(|n| u64::from(*n)).sum();
        LaneAnswer { counts, total }
    };
    let (private, public) = (lane(&matching.private), lane(&matching.public));
    let total = private.total + public.total;
    let items = (total <= u64::from(asked.items.min(1_000)))
        .then(|| single(desk, &lanes, from, until))
        .transpose()?;
    Ok(TimelineAnswer {
        from,
        until,
        first,
        last,
        total,
        undated: (matching.all.len() - matching.n_dated) as u64,
        private,
        public,
        items,
    })
}

/// The items of a stretch, in the order of time.
fn single(
    desk: &Desk,
    lanes: &[&Vec<(i64, u32)>; 2],
    from: i64,
    until: i64,
) -> Result<Vec<TimelineItem>> {
    let record = desk.record()?;
    let mut places: Vec<u32> = Vec::new();
    for lane in lanes {
        let (begin, end) = (
            lane.partition_point(|(at, _)| *at < from),
            lane.partition_point(|(at, _)| *at < until),
        );
        places.extend(lane[begin..end].iter().map(|(_, place)| *place));
    }
    places.sort_unstable();
    let rows: Vec<_> = places.iter().map(|place| record.row(Place(*place))).collect();
    let ords: Vec<ItemOrd> = rows.iter().map(|row| row.ord).collect();
    let stored = desk.case().items(&ords, Parts::Text)?;
    Ok(stored
        .iter()
        .zip(rows)
        .map(|(stored, row)| TimelineItem {
            at: row.span.sort_key(),
            earliest: (row.span.lo != i64::MIN).then_some(row.span.lo),
            latest: (row.span.hi != i64::MAX).then_some(row.span.hi),
            line: line(desk.case(), stored, Some(&commands::chronology::summary(stored, 200))),
        })
        .collect())
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
    let question = move |desk: &Desk| {
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
    Ok(answered(Arc::from(workbench.ask(question).await?)))
}
