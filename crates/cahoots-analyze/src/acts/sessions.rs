//! Messages from one party to another, and the sessions they make.

use super::Question;
use crate::record::{Party, Place, Record, Span};

/// A maximal run of messages with gaps of at most W.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Session {
    /// When it begins: the middle of the first message's interval.
    pub t: i64,
    /// Its messages, in the order of time.
    pub messages: Vec<Place>,
    /// The widest interval among its messages' times.
    pub width: i64,
}

/// The private messages of a question, sorted out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Messages {
    /// Those whose times are narrow enough to be counted, as sessions.
    pub sessions: Vec<Session>,
    /// Those whose time is wider than W/4 or open, undated ones included.
    pub wide: Vec<Place>,
    /// How many were left out because a program sent them.
    pub automated: usize,
    /// How many were left out because it is in doubt whether they exist.
    pub unverified: usize,
    /// How many were left out because they are not in the saved set of requests.
    pub not_requested: usize,
}

impl Messages {
    /// How many messages there are, counted or not.
    pub(super) fn len(&self) -> usize {
        self.sessions.iter().map(|session| session.messages.len()).sum::<usize>() + self.wide.len()
    }

    /// Every message, session by session, then the wide ones.
    pub(super) fn all(&self) -> impl Iterator<Item = Place> + '_ {
        self.sessions.iter().flat_map(|it| it.messages.iter()).chain(&self.wide).copied()
    }
}

/// Whether a time is narrow enough to be counted with a window: its interval is bounded, not
/// inverted and at most a quarter of the window wide.
pub(super) fn narrow(span: Span, within: i64) -> bool {
    span.is_bounded()
        && span.lo <= span.hi
        && span.hi.saturating_sub(span.lo) <= within / 4
        && jiff::Timestamp::from_microsecond(span.lo).is_ok()
        && jiff::Timestamp::from_microsecond(span.hi).is_ok()
}

/// The middle of an interval.
pub(super) fn middle(span: Span) -> i64 {
    span.lo.midpoint(span.hi)
}

/// The private messages from one party to another, among `places`.
pub(super) fn between(
    record: &Record,
    from: Party,
    to: Party,
    places: impl IntoIterator<Item = Place>,
) -> Vec<Place> {
    places
        .into_iter()
        .filter(|place| {
            (place.0 as usize) < record.rows.len()
                && record.row(*place).is_private_message()
                && record.wrote(from, *place)
                && record.received(to, *place)
        })
        .collect()
}

/// Sorts out the messages of a question.
pub(super) fn messages(record: &Record, question: &Question) -> Messages {
    let mut found = between(record, question.from, question.to, record.places());
    let mut messages = Messages::default();
    if let Some((requested, _)) = &question.requests {
        let before = found.len();
        let mut requested = requested.clone();
        requested.sort_unstable();
        found.retain(|place| requested.binary_search(place).is_ok());
        messages.not_requested = before - found.len();
    }
    sort_out(record, found, question.within, messages)
}

/// Makes sessions of messages.
pub(super) fn sort_out(
    record: &Record,
    found: Vec<Place>,
    within: i64,
    mut messages: Messages,
) -> Messages {
    let mut timed: Vec<(i64, Place)> = Vec::new();
    for place in found {
        let row = record.row(place);
        if record.is_unverified(place) {
            messages.unverified += 1;
            continue;
        }
        if row.flags.automated {
            messages.automated += 1;
        } else if narrow(row.span, within) {
            timed.push((middle(row.span), place));
        } else {
            messages.wide.push(place);
        }
    }
    timed.sort_unstable();
    let mut last = None;
    for (t, place) in timed {
        let span = record.row(place).span;
        let width = span.hi - span.lo;
        match (messages.sessions.last_mut(), last) {
            (Some(session), Some(last)) if t.saturating_sub(last) <= within => {
                session.messages.push(place);
                session.width = session.width.max(width);
            }
            _ => messages.sessions.push(Session { t, messages: vec![place], width }),
        }
        last = Some(t);
    }
    messages
}
