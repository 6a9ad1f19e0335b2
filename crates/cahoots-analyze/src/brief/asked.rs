//! What was asked in private, and what was then done in public.

use super::{Line, Options, Section, capitalised};
use crate::acts::{Candidate, Grade, Question, SessionFound, Verdict, acts};
use crate::contacts::Pair;
use crate::finding::Cite;
use crate::record::words::{Clock, between};
use crate::record::{DAY, Party, Place, Record, SECOND, Span};

/// Pairs with fewer messages one way are not tested here.
const LEAST_MESSAGES: usize = 5;
/// How many pairs are tested at most.
const MOST_PAIRS: usize = 5;

/// An act that shares nothing with a request and is only said to concern it is no answer to it
/// after this long: publishing a message a year later is not doing what it asks.
const LATEST: i64 = 90 * DAY;

/// A direction of a pair that is worth a look.
struct Direction {
    from: Party,
    to: Party,
    circle: Vec<Party>,
    stated: usize,
    messages: usize,
}

/// The questions that the section asks, in its order.
pub(super) fn questions(record: &Record, pairs: &[Pair], options: &Options) -> Vec<Question> {
    let directions = directions(record, pairs).into_iter().take(MOST_PAIRS);
    directions
        .map(|direction| Question {
            circle: direction.circle,
            redraws: options.redraws,
            seed: options.seed,
            coverage_of: options.coverage_of.clone(),
            ..Question::new(direction.from, direction.to)
        })
        .collect()
}

pub(super) fn section(record: &Record, pairs: &[Pair], options: &Options) -> Section {
    let mut lines = Vec::new();
    for question in questions(record, pairs, options) {
        let found = acts(record, &question).result;
        let clock = Clock::of(record);
        let mut sessions: Vec<&SessionFound> =
            found.sessions.iter().chain(&found.time_too_wide).collect();
        sessions.sort_by_key(|session| {
            session.messages.first().and_then(|m| m.time.earliest.or(m.time.latest)).map(|at| at.0)
        });
        let asked = sessions.iter().filter(|s| s.messages.iter().any(|m| m.asked.is_some()));
        lines.extend(asked.map(|session| line(record, session, &clock)));
        lines.push(verdict(record, question.from, question.to, &found.verdict, &sessions));
    }
    if lines.is_empty() {
        lines.push(Line {
            words: "No request stands in the record as such, and no pair has enough messages and \
                    public acts to hold against chance."
                .to_owned(),
            cites: Vec::new(),
        });
    }
    Section {
        title: "What was asked, and what was then done".to_owned(),
        lines,
        more: "cahoots acts FROM TO".to_owned(),
    }
}

/// Directions with stated requests first, then those with most messages to somebody who acts in
/// public.
fn directions(record: &Record, pairs: &[Pair]) -> Vec<Direction> {
    let acts_in_public: rustc_hash::FxHashSet<Party> = record
        .places()
        .filter(|place| record.row(*place).is_public())
        .flat_map(|place| record.authors(place).map(|taker| taker.party).collect::<Vec<_>>())
        .collect();
    let mut stated: rustc_hash::FxHashMap<(Party, Party), Vec<Place>> = Default::default();
    for (place, detail) in &record.details {
        if detail.get("asked").is_none() || !record.row(*place).is_private_message() {
            continue;
        }
        for from in record.authors(*place) {
            for to in record.addressees(*place) {
                stated.entry((from.party, to.party)).or_default().push(*place);
            }
        }
    }
    let mut directions: Vec<Direction> = Vec::new();
    for pair in pairs {
        let (a, b) = pair.parties;
        for (from, to, n) in [(a, b, pair.a_to_b.messages), (b, a, pair.b_to_a.messages)] {
            let places = stated.get(&(from, to)).map(Vec::as_slice).unwrap_or_default();
            let enough = n as usize >= LEAST_MESSAGES && acts_in_public.contains(&to);
            if !places.is_empty() || enough {
                let mut circle: Vec<Party> = places
                    .iter()
                    .filter_map(|place| {
                        record.details.get(place)?.get("asked")?.get("of")?.as_str()
                    })
                    .filter_map(|name| record.party_named(name))
                    .filter(|party| *party != to && *party != from)
                    .collect();
                circle.sort_unstable();
                circle.dedup();
                let stated = places.len();
                directions.push(Direction { from, to, circle, stated, messages: n as usize });
            }
        }
    }
    directions.sort_by_key(|d| (std::cmp::Reverse((d.stated, d.messages)), d.from, d.to));
    directions
}

/// One request and what the record shows after it, nothing left out for being inconvenient: the act
/// that shares most, and the act of whoever was asked that came soonest, if that is another.
fn line(record: &Record, session: &SessionFound, clock: &Clock) -> Line {
    let mut cites: Vec<Cite> = session.messages.iter().map(|m| m.message).collect();
    let stated = session.messages.iter().find_map(|message| {
        let asked = message.asked.as_ref()?;
        Some((message, asked))
    });
    let Some((message, asked)) = stated else {
        return Line { words: String::new(), cites };
    };
    let place = record.by_id(message.message.0);
    let author = place
        .and_then(|place| record.authors(place).next())
        .map_or("somebody", |taker| record.name(taker.party));
    let span = Span {
        lo: message.time.earliest.map_or(i64::MIN, |at| at.0),
        hi: message.time.latest.map_or(i64::MAX, |at| at.0),
    };
    let what = asked.what.as_deref().or(asked.kind.as_deref()).unwrap_or("something");
    let of = asked.of.as_deref().map(|of| format!(" (of {of})")).unwrap_or_default();
    let mut words = format!("{}: {author} asks: {what}{of}.", capitalised(&clock.when(span)));
    let telling: Vec<&Candidate> = session
        .candidates
        .iter()
        .filter(|c| c.content.grade.is_some() || (c.reported_tie && lag(c) <= LATEST))
        .collect();
    let best = telling.iter().copied().min_by_key(|c| {
        (
            c.content.grade.map_or(9, |grade| grade as u8),
            c.time.before_request == Some(true),
            lag(c),
        )
    });
    let soonest = telling
        .iter()
        .copied()
        .filter(|c| c.time.before_request != Some(true))
        .min_by_key(|c| (lag(c), c.content.grade.map_or(9, |grade| grade as u8)));
    let mut shown: Vec<&Candidate> = soonest.into_iter().chain(best).collect();
    shown.dedup_by_key(|c| c.act);
    if shown.is_empty() {
        words.push_str(" The record shows no act that shares anything with it.");
    }
    for c in shown {
        words.push(' ');
        words.push_str(&said(c));
        cites.push(c.act);
    }
    Line { words, cites }
}

fn lag(c: &Candidate) -> i64 {
    c.time.most_seconds.or(c.time.least_seconds).map_or(i64::MAX, |s| (s * SECOND as f64) as i64)
}

/// An act in one sentence, its axes apart.
fn said(c: &Candidate) -> String {
    let micros = |seconds: Option<f64>| seconds.map(|s| (s * SECOND as f64) as i64);
    let (least, most) = (micros(c.time.least_seconds), micros(c.time.most_seconds));
    let when = match c.time.before_request {
        Some(true) => {
            format!(
                "{} before it",
                between(most.map(i64::wrapping_neg), least.map(i64::wrapping_neg))
            )
        }
        Some(false) => format!("{} later", between(least.map(|l| l.max(0)), most)),
        None => match (least, most) {
            (Some(least), Some(most)) => format!(
                "at a time that may be before or after it ({} before to {} after)",
                crate::record::words::length(-least),
                crate::record::words::length(most)
            ),
            _ => "at a time that may be before or after it".to_owned(),
        },
    };
    let keys: Vec<&str> = c
        .content
        .shared
        .iter()
        .filter(|shared| c.content.grade.is_none_or(|grade| shared.grade <= grade))
        .map(|shared| shared.key.strip_prefix("topic:").unwrap_or(&shared.key))
        .take(2)
        .collect();
    let content = match c.content.grade {
        Some(Grade::A) => format!("sharing the same thing ({})", keys.join(", ")),
        Some(Grade::B) => "sharing the same words".to_owned(),
        Some(Grade::C) => format!("sharing something rare ({})", keys.join(", ")),
        Some(Grade::D) => format!("sharing a topic only ({})", keys.join(", ")),
        None => "sharing nothing; the record says that it concerns the message".to_owned(),
    };
    let actor = match (c.actor.same, c.actor.asked_is_stated) {
        (false, true) => format!("{}, who is not who was asked,", c.actor.acted.name),
        _ => c.actor.acted.name.clone(),
    };
    let kind = match c.act_kind.acted {
        "repost" => "reposts",
        "post" => "posts",
        "statement" => "says something in public",
        _ => "acts in public",
    };
    let cause = match &c.other_cause_reported {
        Some(cause) => format!("; another cause is reported: {cause}"),
        None => String::new(),
    };
    format!("{actor} {kind} {when}, {content}{cause}.")
}

fn verdict(
    record: &Record,
    from: Party,
    to: Party,
    verdict: &Verdict,
    sessions: &[&SessionFound],
) -> Line {
    let (from, to) = (record.name(from), record.name(to));
    let mut words = format!(
        "Was what {from} wrote to {to} acted on in response? {}.",
        capitalised(verdict.words())
    );
    if let Verdict::CannotTell { why, needed } = verdict {
        if let Some(why) = why.first() {
            words.push(' ');
            words.push_str(why);
        }
        if let Some(needed) = needed.first() {
            words.push_str(&format!(" Needed: {needed}"));
        }
    }
    let cites =
        sessions.iter().flat_map(|s| s.messages.iter().map(|m| m.message)).take(12).collect();
    Line { words, cites }
}
