//! Which messages were answered, by what and how soon.

use serde::Serialize;

use crate::finding::Cite;
use crate::record::{Party, Place, Record, Tie};

/// Why it is not certain that something is an answer in time.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Doubt))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The times leave open which of the two came first.
    Order,
    /// The times leave open whether it came within the window.
    Window,
}

/// The answer to a message.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Answer))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    /// The answer.
    pub cite: Cite,
    /// Whether the message is named as what is answered (a reply header, a platform's reply id,
    /// the record's compiler); otherwise it is the next one in the thread or channel.
    pub stated: bool,
    /// The least time between the two that their intervals allow, in microseconds.
    pub lag_least: Option<i64>,
    /// The most.
    pub lag_most: Option<i64>,
    /// What is open about it; such an answer is shown and not counted.
    pub doubt: Option<Doubt>,
    #[serde(skip)]
    pub(crate) place: Place,
}

/// The answer to `message` among `candidates` (messages the other way, in the order of time).
///
/// A stated answer wins at any lag inside the window or of unknown time; else the earliest message
/// of the same thread or channel that certainly came after it and within the window; else one that
/// may have, with its doubt.
pub(super) fn answer(
    record: &Record,
    message: Place,
    candidates: &[Place],
    window: i64,
) -> Option<Answer> {
    let row = record.row(message);
    let start = candidates.partition_point(|at| {
        let other = record.row(*at).span;
        other.is_bounded() && other.hi < row.span.lo
    });
    let denied = said_unanswered(record, message);
    let mut doubtful: Option<Answer> = None;
    for at in candidates[start..].iter().copied() {
        if at == message {
            continue;
        }
        let other = record.row(at);
        let stated = record.tied(at, Tie::Answers).any(|answered| answered == message);
        let (lag_least, lag_most) = other.span.lag_after(row.span);
        // Candidates are in the order of time: beyond the window nothing can follow but stated
        // answers of unknown time, which stand at the end.
        if !stated && lag_least.is_some_and(|least| least > window) {
            if other.span.is_bounded() {
                break;
            }
            continue;
        }
        let joined =
            other.thread == row.thread || (other.channel.is_some() && other.channel == row.channel);
        if !stated && !joined {
            continue;
        }
        let found = |doubt| Answer {
            cite: Cite::of(record, at),
            stated,
            lag_least,
            lag_most,
            doubt,
            place: at,
        };
        if stated {
            // An answer came after what it answers, whatever the clocks leave open.
            let lag_least = lag_least.map(|least| least.max(0));
            return Some(Answer { lag_least, ..found(None) });
        }
        let after = row.span.before(other.span) == Some(true);
        let inside = lag_most.is_some_and(|most| most <= window);
        if after && inside {
            return Some(found(None));
        }
        // What this message answers came before it.
        let before = record.tied(message, Tie::Answers).any(|answered| answered == at);
        if doubtful.is_none()
            && !before
            && !denied
            && lag_most.is_none_or(|most| most >= 0)
            && row.span.is_dated()
        {
            doubtful = Some(found(Some(if after { Doubt::Window } else { Doubt::Order })));
        }
    }
    doubtful
}

/// Whether the record's compiler says that there was no answer («no», «no reply»).
fn said_unanswered(record: &Record, message: Place) -> bool {
    record
        .details
        .get(&message)
        .and_then(|detail| detail.get("answered"))
        .and_then(serde_json::Value::as_str)
        .and_then(|words| words.split(|c: char| !c.is_alphanumeric()).next())
        .is_some_and(|word| word.eq_ignore_ascii_case("no"))
}

/// Messages `from` wrote to `to`, in the order of time, among `places`.
pub(super) fn direct(record: &Record, from: Party, to: Party, places: &[Place]) -> Vec<Place> {
    places
        .iter()
        .copied()
        .filter(|place| record.wrote(from, *place) && record.received(to, *place))
        .collect()
}
