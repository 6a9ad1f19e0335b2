//! Which items carry what was asked about, and what their ties say about their order.

use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;
use serde::Serialize;

use cahoots_record::{ItemKind, Visibility};

use super::{Question, span_out};
use crate::finding::Cite;
use crate::record::{Place, Record, Span, Tie};

/// Why an item counts.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Why))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was among the items asked about.
    Asked,
    /// It shares the object asked about.
    SharesObject,
    /// Something attached to it carries it.
    HasAttached,
    /// It forwards an item that carries it.
    Forwards,
    /// It tells the content of an item that carries it, as whoever compiled the record says.
    TellsOf,
    /// It answers an item that carries it. It shows that its author had it; whether it passes it
    /// on is not shown.
    Answers,
    /// It carries it only in a quoted tail or behind a link.
    OnlyQuoted,
}

/// An item that carries it, or answers one that does.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = exposure::Carrier))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Carrier {
    /// Its place in the record.
    #[serde(skip)]
    pub place: Place,
    /// The item.
    pub item: Cite,
    /// When, as narrow as its own time and its ties allow.
    #[cfg_attr(feature = "schema", schema(value_type = crate::exposure::SpanOut))]
    #[serde(serialize_with = "span_out")]
    pub when: Span,
    /// A bound of `when` comes from a tie: an item is later than what it forwards, retells or
    /// answers.
    pub bound_by_tie: bool,
    /// Why it counts.
    pub why: Why,
    /// The item through which it counts.
    pub through: Option<Cite>,
    /// It is public.
    pub public: bool,
    /// It is known only because another item quotes it, or carries it only in a quotation.
    pub only_quoted: bool,
    /// Its list of recipients may be longer.
    pub recipients_open: bool,
    /// The time limit of the question may lie before it.
    pub may_be_later: bool,
}

impl Carrier {
    /// Whether it hands it on to those it is addressed to.
    pub fn passes_on(&self) -> bool {
        self.why != Why::Answers
    }
}

/// The items that count, in the order of the record, and who is tied to whom.
#[derive(Debug, Default)]
pub struct Carried {
    /// The items.
    pub items: Vec<Carrier>,
    /// By place: number in `items`.
    pub number: FxHashMap<Place, usize>,
}

/// The ties by which an item is later than the other.
pub(super) const LATER: [Tie; 3] = [Tie::Forwards, Tie::TellsOf, Tie::Answers];

/// Collects the items that count, in the order of time.
pub fn collect(record: &Record, question: &Question, caveats: &mut Vec<String>) -> Carried {
    let mut found = Found::default();
    let tied = Tied::of(record);
    let here = |place: &Place| (place.0 as usize) < record.rows.len();
    let (mut about, mut quoted) = (question.about.clone(), question.only_quoted.clone());
    about.retain(here);
    quoted.retain(here);
    about.sort_unstable();
    quoted.sort_unstable();
    let events = about.iter().chain(&quoted).filter(|place| is_event(record, **place)).count();
    if events > 0 {
        caveats.push(format!("{events} of the items are reports of events and tell nobody."));
    }
    let shared = question.thing.map_or(&[][..], |thing| record.places_of.of(thing.0));
    let mut queue: Vec<Place> = Vec::new();
    let asked = about.iter().map(|place| (*place, Why::Asked));
    for (place, why) in asked.chain(shared.iter().map(|place| (*place, Why::SharesObject))) {
        found.take(record, place, why, None, &mut queue);
    }
    // What carries it in full comes first, so that a mere quotation never hides better evidence.
    let mut next = 0;
    tied.spread(record, &mut found, &mut queue, &mut next);
    for place in quoted {
        found.take(record, place, Why::OnlyQuoted, None, &mut queue);
    }
    tied.spread(record, &mut found, &mut queue, &mut next);
    let mut answers = Vec::new();
    for place in queue {
        for other in tied.answers(place) {
            // A program that answers a letter shows nothing about a person.
            let row = record.row(other);
            let auto = row.flags.automated && row.visibility == Visibility::Private;
            if !auto {
                found.take(record, other, Why::Answers, Some(place), &mut answers);
            }
        }
    }
    finish(record, question, found.0, caveats)
}

fn is_event(record: &Record, place: Place) -> bool {
    record.row(place).kind == ItemKind::Event
}

/// Why each item counts, and through which other.
#[derive(Default)]
struct Found(FxHashMap<Place, (Why, Option<Place>)>);

impl Found {
    fn take(
        &mut self,
        record: &Record,
        place: Place,
        why: Why,
        through: Option<Place>,
        queue: &mut Vec<Place>,
    ) {
        if !is_event(record, place)
            && let Entry::Vacant(entry) = self.0.entry(place)
        {
            entry.insert((why, through));
            queue.push(place);
        }
    }
}

/// Ties read backwards: for each item, what forwards it, tells of it, answers it.
struct Tied(FxHashMap<Place, Vec<(Tie, Place)>>);

impl Tied {
    fn of(record: &Record) -> Self {
        let mut back: FxHashMap<Place, Vec<(Tie, Place)>> = FxHashMap::default();
        for place in record.places() {
            for (tie, other) in record.ties.of(place.0) {
                if LATER.contains(tie) {
                    back.entry(*other).or_default().push((*tie, place));
                }
            }
        }
        Self(back)
    }

    /// What carries it because this one does: what forwards or retells it, and what it came
    /// attached to. (Not what came attached to it: the attachment may be about something else.)
    fn both<'a>(
        &'a self,
        record: &'a Record,
        place: Place,
    ) -> impl Iterator<Item = (Tie, Place)> + 'a {
        let back = self.0.get(&place).map_or(&[][..], Vec::as_slice);
        let on = back.iter().copied().filter(|(tie, _)| *tie != Tie::Answers);
        on.chain(record.tied(place, Tie::AttachedTo).map(|other| (Tie::AttachedTo, other)))
    }

    /// Follows the ties from `queue[*next]` on; breadth first, so that an item counts through the
    /// fewest others.
    fn spread(&self, record: &Record, found: &mut Found, queue: &mut Vec<Place>, next: &mut usize) {
        while let Some(place) = queue.get(*next).copied() {
            *next += 1;
            let quotes = found.0.get(&place).is_some_and(|(why, _)| *why == Why::OnlyQuoted);
            for (tie, other) in self.both(record, place) {
                let why = match tie {
                    // What passes on a mere quotation carries no more than that.
                    _ if quotes => Why::OnlyQuoted,
                    Tie::AttachedTo => Why::HasAttached,
                    Tie::Forwards => Why::Forwards,
                    _ => Why::TellsOf,
                };
                found.take(record, other, why, Some(place), queue);
            }
        }
    }

    fn answers(&self, place: Place) -> impl Iterator<Item = Place> + '_ {
        let back = self.0.get(&place).map_or(&[][..], Vec::as_slice);
        back.iter().filter(|(tie, _)| *tie == Tie::Answers).map(|(_, other)| *other)
    }
}

fn finish(
    record: &Record,
    question: &Question,
    found: FxHashMap<Place, (Why, Option<Place>)>,
    caveats: &mut Vec<String>,
) -> Carried {
    let mut places: Vec<Place> = found.keys().copied().collect();
    places.sort_unstable();
    let spans = narrow(record, &places, caveats);
    let mut carried = Carried::default();
    for (place, span) in places.iter().copied().zip(spans) {
        let row = record.row(place);
        if question.as_of.is_some_and(|limit| span.lo > limit) {
            continue;
        }
        let (why, through) = found[&place];
        let detail = record.details.get(&place);
        let open = detail.and_then(|detail| detail.get("recipients_open"));
        carried.number.insert(place, carried.items.len());
        carried.items.push(Carrier {
            place,
            item: Cite::of(record, place),
            when: span,
            bound_by_tie: span != row.span,
            why,
            through: through.map(|other| Cite::of(record, other)),
            public: row.is_public(),
            only_quoted: row.flags.recovered || why == Why::OnlyQuoted,
            recipients_open: open.and_then(serde_json::Value::as_bool).unwrap_or(false),
            may_be_later: question.as_of.is_some_and(|limit| span.hi > limit),
        });
    }
    carried
}

/// The times of items, narrowed by their ties among each other: what forwards, retells or answers
/// another is not earlier than it. A tie that the times contradict narrows nothing.
fn narrow(record: &Record, places: &[Place], caveats: &mut Vec<String>) -> Vec<Span> {
    let mut spans: Vec<Span> = places.iter().map(|place| record.row(*place).span).collect();
    let mut ties: Vec<(usize, usize)> = Vec::new();
    for (later, place) in places.iter().enumerate() {
        for (tie, other) in record.ties.of(place.0) {
            if LATER.contains(tie)
                && let Ok(earlier) = places.binary_search(other)
            {
                ties.push((later, earlier));
            }
        }
    }
    // Bounds only take values of other bounds, and only get narrower, so this ends; chains are
    // short, and places ascend in time, so it takes few rounds.
    for _ in 0..=places.len() {
        let mut changed = false;
        for (later, earlier) in &ties {
            let (lo, hi) = (spans[*earlier].lo, spans[*later].hi);
            if lo > spans[*later].lo && lo <= spans[*later].hi {
                spans[*later].lo = lo;
                changed = true;
            }
            if hi < spans[*earlier].hi && hi >= spans[*earlier].lo {
                spans[*earlier].hi = hi;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let against = ties.iter().filter(|(later, earlier)| spans[*later].hi < spans[*earlier].lo);
    match against.count() {
        0 => {}
        1 => caveats.push(
            "1 tie contradicts the clocks: what forwards, retells or answers an item is dated \
             before it. Both times were left as they are."
                .to_owned(),
        ),
        n => caveats.push(format!(
            "{n} ties contradict the clocks: what forwards, retells or answers an item is dated \
             before it. Their times were left as they are."
        )),
    }
    spans
}
