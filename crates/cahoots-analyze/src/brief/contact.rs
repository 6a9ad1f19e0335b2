//! Who was in contact: the pairs with most messages, two-way ones first.

use super::{Line, Options, Section, counted};
use crate::contacts::{self, Pair, Side};
use crate::record::Record;
use crate::record::words::{Clock, between};

/// Every pair in contact; those who wrote to each other come before those of whom only one wrote.
pub(super) fn pairs(record: &Record) -> Vec<Pair> {
    let mut pairs = contacts::table(record, &contacts::Options::default()).result;
    pairs.sort_by_key(|pair| pair.a_to_b.messages == 0 || pair.b_to_a.messages == 0);
    pairs
}

pub(super) fn section(record: &Record, pairs: &[Pair], options: &Options) -> Section {
    let clock = Clock::of(record);
    let mut lines: Vec<Line> =
        pairs.iter().take(options.lines.min(5)).map(|pair| line(pair, &clock)).collect();
    if lines.is_empty() {
        lines.push(Line {
            words: "The record holds no private message from one party to another.".to_owned(),
            cites: Vec::new(),
        });
    } else if pairs.len() > lines.len() {
        lines.push(Line {
            words: format!(
                "{} in contact as well.",
                counted((pairs.len() - lines.len()) as u64, "more pair was", "more pairs were")
            ),
            cites: Vec::new(),
        });
    }
    Section {
        title: "Who was in contact".to_owned(),
        lines,
        more: "cahoots contacts [A [B]]".to_owned(),
    }
}

fn line(pair: &Pair, clock: &Clock) -> Line {
    let mut words = format!(
        "{} and {}: {}",
        pair.a.name,
        pair.b.name,
        counted(pair.messages, "private message", "private messages")
    );
    if let (Some(first), Some(last)) = pair.times {
        let (first, last) = (clock.day_of(first), clock.day_of(last));
        if first == last {
            words.push_str(&format!(" on {first}"));
        } else {
            words.push_str(&format!(", {first} to {last}"));
        }
    }
    words.push('.');
    for (name, side) in [(&pair.a.name, &pair.a_to_b), (&pair.b.name, &pair.b_to_a)] {
        if side.messages > 0 {
            words.push(' ');
            words.push_str(&answered(name, side));
        }
    }
    if pair.unverified > 0 {
        words.push_str(&format!(
            " {} unverified and not counted.",
            counted(pair.unverified, "more entry is", "more entries are")
        ));
    }
    let last = pair.last.filter(|last| Some(*last) != pair.first);
    Line { words, cites: pair.first.into_iter().chain(last).collect() }
}

fn answered(name: &str, side: &Side) -> String {
    let lag = match side.median_answer {
        Some((least, most)) => format!(", half within {}", between(Some(least), Some(most))),
        None => String::new(),
    };
    match (side.messages, side.answered) {
        (1, 0) => format!("The one by {name} has no answer in the record."),
        (1, _) => format!("The one by {name} was answered{lag}."),
        (n, 0) => format!("None of the {n} by {name} is answered in the record."),
        (n, 1) => format!("Of {n} by {name}, 1 was answered{lag}."),
        (n, k) => format!("Of {n} by {name}, {k} were answered{lag}."),
    }
}
