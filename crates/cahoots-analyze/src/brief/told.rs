//! Who else was told: the messages that were passed on to most parties.

use rustc_hash::FxHashMap;

use super::{Line, Options, Section, capitalised};
use crate::exposure::{Exposure, Question, exposure};
use crate::record::{Place, Record, Tie};

/// About how many messages are followed.
const MOST: usize = 2;

pub(super) fn section(record: &Record, options: &Options) -> Section {
    let mut lines = Vec::new();
    followed(record, |place, found| {
        lines.extend(say(record, place, found, options));
        lines.len() < MOST * options.lines
    });
    if lines.is_empty() {
        lines.push(Line {
            words: "No item of the record shows a private message passed on to others.".to_owned(),
            cites: Vec::new(),
        });
    }
    Section { title: "Who was told".to_owned(), lines, more: "cahoots exposure ITEM".to_owned() }
}

/// The messages that are followed, for those who show more of each.
pub(super) fn messages(record: &Record) -> Vec<Place> {
    let mut places = Vec::new();
    followed(record, |place, _| {
        places.push(place);
        places.len() < MOST
    });
    places
}

/// Calls `each` with the messages passed on to most, and what became of each, until it has enough.
fn followed(record: &Record, mut each: impl FnMut(Place, &Exposure) -> bool) {
    // A message that passes another one on is part of that one's story.
    let mut covered: Vec<crate::finding::Cite> = Vec::new();
    for place in passed_on(record) {
        if covered.len() >= 1_000 {
            break;
        }
        if covered.contains(&crate::finding::Cite::of(record, place)) {
            continue;
        }
        let question = Question { about: vec![place], ..Question::default() };
        let found = exposure(record, &question).result;
        if found.edges.len() > 1 {
            let more = each(place, &found);
            covered.extend(found.items.iter().map(|item| item.item));
            if !more {
                break;
            }
        }
    }
}

/// Private messages that others forward or retell, by how many items do so, then by place.
fn passed_on(record: &Record) -> Vec<Place> {
    let mut by: FxHashMap<Place, usize> = FxHashMap::default();
    for place in record.places() {
        if !record.row(place).is_private_message() {
            continue;
        }
        for (tie, other) in record.ties.of(place.0) {
            if matches!(tie, Tie::Forwards | Tie::TellsOf)
                && record.row(*other).is_private_message()
            {
                *by.entry(*other).or_default() += 1;
            }
        }
    }
    let mut places: Vec<(usize, Place)> = by.into_iter().map(|(place, n)| (n, place)).collect();
    places.sort_unstable_by_key(|(n, place)| (std::cmp::Reverse(*n), *place));
    places.into_iter().map(|(_, place)| place).collect()
}

fn say(record: &Record, place: Place, found: &Exposure, options: &Options) -> Vec<Line> {
    let clock = crate::record::words::Clock::of(record);
    let name = record.label(place).map_or_else(
        || {
            format!(
                "the message of {}",
                clock.when(record.row(place).span).trim_start_matches("on ")
            )
        },
        str::to_owned,
    );
    let mut lines = Vec::new();
    // By who told them: one sentence a message that passed it on.
    let mut at = 0;
    while let Some(edge) = found.edges.get(at) {
        let same = found.edges[at..].iter().take_while(|other| other.item == edge.item).count();
        let names: Vec<&str> =
            found.edges[at..at + same].iter().map(|edge| edge.to.name.as_str()).collect();
        let from = edge.from.as_ref().map_or("somebody", |who| who.name.as_str());
        let open = found.items.iter().any(|item| item.item == edge.item && item.recipients_open);
        let others = if open { ", and perhaps others" } else { "" };
        if lines.len() < options.lines {
            lines.push(Line {
                words: format!(
                    "{}: {from} sent {name}, or told of it, to {}{others} (grade {}).",
                    capitalised(&clock.when(edge.when)),
                    join(&names),
                    edge.grade as u8
                ),
                cites: vec![edge.item],
            });
        }
        at += same;
    }
    match &found.public {
        Some(public) => lines.push(Line {
            words: format!("It is first seen in public {}.", clock.when(public.when)),
            cites: public.items.clone(),
        }),
        None => lines.push(Line {
            words: format!("No public item of the record carries {name}."),
            cites: Vec::new(),
        }),
    }
    lines
}

fn join(names: &[&str]) -> String {
    match names {
        [] => "nobody named".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] if names.len() <= 8 => format!("{} and {last}", first.join(", ")),
        _ => format!("{} and {} more", names[..7].join(", "), names.len() - 7),
    }
}
