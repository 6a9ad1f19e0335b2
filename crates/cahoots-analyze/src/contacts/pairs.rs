//! The table of pairs: everybody's contacts in one pass.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::answers::answer;
use super::{Options, finding};
use crate::finding::{Cite, Finding, Who};
use crate::record::{Party, Place, Record, Span};

/// One direction of a pair.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Side))]
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize)]
pub struct Side {
    /// Messages.
    pub messages: u64,
    /// Messages the other side certainly answered within the window.
    pub answered: u64,
    /// Median of the least and of the most time to an answer, in microseconds.
    pub median_answer: Option<(i64, i64)>,
}

/// Two parties in contact.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Pair))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Pair {
    /// The party whose name comes first.
    pub a: Who,
    /// The other.
    pub b: Who,
    /// Messages of both.
    pub messages: u64,
    /// From a to b.
    pub a_to_b: Side,
    /// From b to a.
    pub b_to_a: Side,
    /// The first dated contact.
    pub first: Option<Cite>,
    /// The last dated contact.
    pub last: Option<Cite>,
    /// Entries whose existence is in doubt; not counted.
    pub unverified: u64,
    #[serde(skip)]
    /// The parties, for a program that goes on with them.
    pub parties: (Party, Party),
    #[serde(skip)]
    /// When the first and the last contact were.
    pub times: (Option<Span>, Option<Span>),
}

/// Every pair in contact, most messages first.
pub fn table(record: &Record, options: &Options) -> Finding<Vec<Pair>> {
    let mut by_pair: FxHashMap<(Party, Party), Vec<(Place, bool)>> = FxHashMap::default();
    let mut searched = Vec::new();
    let (mut automated, mut wide) = (0_u64, 0_u64);
    let mut to: Vec<Party> = Vec::new();
    for place in record.places() {
        let row = record.row(place);
        if !row.is_private_message() {
            continue;
        }
        if row.flags.automated && !options.automated {
            automated += 1;
            continue;
        }
        searched.push(place);
        to.clear();
        to.extend(record.addressees(place).map(|taker| taker.party));
        to.sort_unstable();
        to.dedup();
        if to.len() > options.most_addressees {
            wide += 1;
            continue;
        }
        let mut last = None;
        for author in record.authors(place) {
            if last == Some(author.party) {
                continue;
            }
            last = Some(author.party);
            for other in to.iter().copied().filter(|other| *other != author.party) {
                let pair = (author.party.min(other), author.party.max(other));
                by_pair.entry(pair).or_default().push((place, author.party == pair.0));
            }
        }
    }
    let mut pairs: Vec<Pair> = by_pair
        .into_iter()
        .map(|((a, b), contacts)| pair(record, options, a, b, &contacts))
        .collect();
    pairs.sort_unstable_by(|x, y| {
        y.messages.cmp(&x.messages).then_with(|| x.parties.cmp(&y.parties))
    });
    let mut caveats = Vec::new();
    if automated > 0 {
        caveats.push(format!("{automated} automated or list messages are not counted as contact."));
    }
    if wide > 0 {
        caveats.push(format!(
            "{wide} messages with more than {} addressees are left out of the table.",
            options.most_addressees
        ));
    }
    finding(record, options, "private messages between parties", searched, caveats, pairs)
}

fn pair(
    record: &Record,
    options: &Options,
    a: Party,
    b: Party,
    contacts: &[(Place, bool)],
) -> Pair {
    let mut sides: [Vec<Place>; 2] = [Vec::new(), Vec::new()];
    let mut unverified = 0;
    let (mut first, mut last) = (None, None);
    for (place, by_a) in contacts {
        if record.is_unverified(*place) {
            unverified += 1;
            continue;
        }
        sides[usize::from(!by_a)].push(*place);
        if record.row(*place).span.is_dated() {
            first = first.or(Some(*place));
            last = Some(*place);
        }
    }
    let [ab, ba] = &sides;
    let at = |place: Option<Place>| place.map(|place| record.row(place).span);
    Pair {
        a: Who::of(record, a),
        b: Who::of(record, b),
        messages: (ab.len() + ba.len()) as u64,
        a_to_b: side(record, options, ab, ba),
        b_to_a: side(record, options, ba, ab),
        first: first.map(|place| Cite::of(record, place)),
        last: last.map(|place| Cite::of(record, place)),
        unverified,
        parties: (a, b),
        times: (at(first), at(last)),
    }
}

fn side(record: &Record, options: &Options, sent: &[Place], back: &[Place]) -> Side {
    let mut side = Side { messages: sent.len() as u64, ..Side::default() };
    if back.is_empty() {
        return side;
    }
    let mut lags: Vec<(i64, i64)> = Vec::new();
    for place in sent {
        let Some(found) = answer(record, *place, back, options.answer_window) else { continue };
        if found.doubt.is_some() {
            continue;
        }
        side.answered += 1;
        if let (Some(least), Some(most)) = (found.lag_least, found.lag_most) {
            lags.push((least, most));
        }
    }
    side.median_answer = median(&lags);
    side
}

/// The median of the lower ends and of the upper ends; the lower of the two middle values when
/// the count is even.
pub(super) fn median(lags: &[(i64, i64)]) -> Option<(i64, i64)> {
    let middle = lags.len().checked_sub(1)? / 2;
    let mut low: Vec<i64> = lags.iter().map(|lag| lag.0).collect();
    let mut high: Vec<i64> = lags.iter().map(|lag| lag.1).collect();
    low.sort_unstable();
    high.sort_unstable();
    Some((low[middle], high[middle]))
}
