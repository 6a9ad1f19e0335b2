//! What the record is, and where its publications contradict each other.

use cahoots_record::ItemKind;

use super::{Line, Options, Section, cites, counted};
use crate::record::words::Clock;
use crate::record::{Place, Record};

pub(super) fn section(record: &Record) -> Section {
    let clock = Clock::of(record);
    let count = |wanted: &dyn Fn(Place) -> bool| {
        record.places().filter(|place| wanted(*place)).count() as u64
    };
    let private = count(&|place| record.row(place).is_private_message());
    let statements = count(&|place| record.row(place).kind == ItemKind::Statement);
    let public = count(&|place| {
        record.row(place).is_public() && record.row(place).kind != ItemKind::Statement
    });
    let mut words = format!(
        "{}, {} and {}",
        counted(private, "private message", "private messages"),
        counted(public, "public item", "public items"),
        counted(statements, "statement", "statements"),
    );
    let dated = record.dated();
    let (first, last) = (dated.first(), dated.iter().max_by_key(|row| row.span.sort_key()));
    if let (Some(first), Some(last)) = (first, last) {
        words.push_str(&format!(
            " from {} to {}",
            clock.day_of(first.span),
            clock.day_of(last.span)
        ));
    }
    words.push_str(&format!(
        ", of {} in {}.",
        counted(
            taking_part(record),
            "party that wrote or was written to",
            "parties that wrote or were written to"
        ),
        counted(record.archives.len() as u64, "archive", "archives")
    ));
    let undated = record.rows.len() - dated.len();
    let mut lines = vec![Line {
        words,
        cites: cites(record, record.places().take(1).chain(last_place(record))),
    }];
    if undated > 0 {
        let places: Vec<Place> = record.places().skip(dated.len()).take(5).collect();
        lines.push(Line {
            words: format!(
                "{} no time that can be used.",
                counted(undated as u64, "item has", "items have")
            ),
            cites: cites(record, places),
        });
    }
    Section { title: "The record".to_owned(), lines, more: "cahoots archives".to_owned() }
}

fn taking_part(record: &Record) -> u64 {
    let mut on = vec![false; record.parties.len()];
    for place in record.places() {
        for taker in record.authors(place).chain(record.addressees(place)) {
            on[taker.party.0 as usize] = true;
        }
    }
    on.into_iter().filter(|on| *on).count() as u64
}

fn last_place(record: &Record) -> Option<Place> {
    (record.dated().len() as u32).checked_sub(1).map(Place)
}

/// Entries that say that publications contradict each other.
pub(super) fn conflicts(record: &Record, options: &Options) -> Option<Section> {
    let places: Vec<Place> = record
        .places()
        .filter(|place| {
            record
                .details
                .get(place)
                .and_then(|detail| detail.get("entry"))
                .is_some_and(|entry| entry == "conflict")
        })
        .collect();
    if places.is_empty() {
        return None;
    }
    let labels: Vec<&str> = places.iter().filter_map(|place| record.label(*place)).collect();
    let words = format!(
        "In {} publications contradict each other; every value is kept{}.",
        counted(places.len() as u64, "place", "places"),
        if labels.is_empty() { String::new() } else { format!(" ({})", labels.join(", ")) }
    );
    let shown = places.iter().copied().take(options.lines.max(10));
    Some(Section {
        title: "Where the publications differ".to_owned(),
        lines: vec![Line { words, cites: cites(record, shown) }],
        more: "cahoots search 'kind:event conflict'".to_owned(),
    })
}
