//! Everything between two parties, message by message.

use std::collections::BTreeMap;

use serde::Serialize;

use super::answers::{Answer, Doubt, answer, direct};
use super::pairs::median;
use super::{Cited, Options, finding};
use crate::finding::{Cite, Finding, Who};
use crate::record::{DAY, Party, Place, Record, Tie};

/// One message and what became of it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Sent))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Sent {
    /// The message.
    pub cite: Cite,
    /// Who wrote it: `true` if the first party of the dossier.
    pub by_a: bool,
    /// The answer, also a doubtful one.
    pub answer: Option<Answer>,
    /// Whether its existence is in doubt.
    pub unverified: bool,
    /// Why it is neither answered nor ignored for certain.
    pub open: Option<Why>,
    #[serde(skip)]
    /// Its place.
    pub place: Place,
}

/// Why it cannot be said whether a message was answered.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Why))]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It has no usable time.
    NoTime,
    /// Something may be the answer; the times leave it open.
    TimesOverlap,
}

/// One direction.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Way))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Way {
    /// Messages, without those in doubt.
    pub messages: Cited,
    /// Messages certainly answered.
    pub answered: Cited,
    /// Messages of which it cannot be said.
    pub open: Cited,
    /// Median of the least and of the most time to an answer, in microseconds.
    pub median_answer: Option<(i64, i64)>,
}

/// The longest time without a contact either way.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Silence))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Silence {
    /// The contact before.
    pub after: Cite,
    /// The contact that ended it.
    pub until: Cite,
    /// Its length: the least that the times allow, in microseconds.
    pub least: i64,
}

/// Contacts in a month, in the case's zone.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Month))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Month {
    /// `2016-10`.
    pub month: String,
    /// From a to b.
    pub a_to_b: u64,
    /// From b to a.
    pub b_to_a: u64,
}

/// Everything between two parties.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = contacts::Dossier))]
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Dossier {
    /// One party.
    pub a: Who,
    /// The other.
    pub b: Who,
    /// From a to b.
    pub a_to_b: Way,
    /// From b to a.
    pub b_to_a: Way,
    /// Entries whose existence is in doubt; not counted above.
    pub unverified: Cited,
    /// Messages by others that both received.
    pub shared: Cited,
    /// The first dated contact.
    pub first: Option<Cite>,
    /// The last dated contact.
    pub last: Option<Cite>,
    /// Days with a contact whose day is known, in the case's zone.
    pub active_days: u64,
    /// The longest silence between dated contacts.
    pub longest_silence: Option<Silence>,
    /// Channels and forms, with the number of contacts in each.
    pub channels: Vec<(String, u64)>,
    /// Who else was on those messages, most often first.
    pub others: Vec<(Who, u64)>,
    /// By month, every month from the first to the last.
    pub months: Vec<Month>,
    /// Every message, in the order of time.
    pub messages: Vec<Sent>,
}

/// Everything between `a` and `b`.
pub fn dossier(record: &Record, a: Party, b: Party, options: &Options) -> Finding<Dossier> {
    let eligible: Vec<Place> = record
        .places()
        .filter(|place| options.counts(record, *place))
        .filter(|place| {
            let on = |party| record.wrote(party, *place) || record.received(party, *place);
            on(a) && on(b)
        })
        .collect();
    let automated = record
        .places()
        .filter(|place| {
            record.row(*place).is_private_message() && record.row(*place).flags.automated
        })
        .filter(|place| {
            (record.wrote(a, *place) && record.received(b, *place))
                || (record.wrote(b, *place) && record.received(a, *place))
        })
        .count();
    let (doubted, sure): (Vec<Place>, Vec<Place>) =
        eligible.iter().copied().partition(|place| record.is_unverified(*place));
    let ab = direct(record, a, b, &sure);
    let ba = direct(record, b, a, &sure);
    let mut messages: Vec<Sent> = Vec::new();
    for (sent, back, by_a) in [(&ab, &ba, true), (&ba, &ab, false)] {
        for place in sent.iter().copied() {
            let found = answer(record, place, back, options.answer_window);
            let open = match &found {
                Some(Answer { doubt: Some(Doubt::Order | Doubt::Window), .. }) => {
                    Some(Why::TimesOverlap)
                }
                None if !record.row(place).span.is_dated() => Some(Why::NoTime),
                _ => None,
            };
            messages.push(Sent {
                cite: Cite::of(record, place),
                by_a,
                answer: found,
                unverified: false,
                open,
                place,
            });
        }
    }
    let doubted: Vec<Place> = doubted
        .into_iter()
        .filter(|place| {
            (record.wrote(a, *place) && record.received(b, *place))
                || (record.wrote(b, *place) && record.received(a, *place))
        })
        .collect();
    messages.extend(doubted.iter().map(|place| Sent {
        cite: Cite::of(record, *place),
        by_a: record.wrote(a, *place),
        answer: None,
        unverified: true,
        open: Some(Why::NoTime).filter(|_| !record.row(*place).span.is_dated()),
        place: *place,
    }));
    messages.sort_by_key(|sent| sent.place);

    let mut contacts: Vec<Place> = ab.iter().chain(&ba).copied().collect();
    contacts.sort_unstable();
    contacts.dedup();
    let shared: Vec<Place> = sure
        .iter()
        .copied()
        .filter(|place| !record.wrote(a, *place) && !record.wrote(b, *place))
        .collect();
    let dated: Vec<Place> =
        contacts.iter().copied().filter(|place| record.row(*place).span.is_dated()).collect();

    let mut caveats = Vec::new();
    if automated > 0 && !options.automated {
        caveats
            .push(format!("{automated} automated or list messages between them are not counted."));
    }
    if !doubted.is_empty() {
        caveats.push(format!(
            "{} in the record as unverified, listed and not counted.",
            match doubted.len() {
                1 => "1 more entry stands".to_owned(),
                n => format!("{n} more entries stand"),
            }
        ));
    }
    let undated = contacts.len() - dated.len();
    if undated > 0 {
        caveats.push(format!("{undated} contacts have no time that can be used."));
    }
    let twice = contacts.iter().filter(|place| record.tied(**place, Tie::Variant).next().is_some());
    match twice.count() {
        0 => {}
        1 => caveats.push(
            "1 message has the id of another one and another content; both are counted.".to_owned(),
        ),
        n => caveats.push(format!(
            "{n} messages have the ids of other ones and other contents; all are counted."
        )),
    }
    caveats.push(
        "Only what the archives hold is counted; calls, meetings and other channels are not in the record."
            .to_owned(),
    );
    let result = Dossier {
        a: Who::of(record, a),
        b: Who::of(record, b),
        a_to_b: way(record, &ab, &messages, true),
        b_to_a: way(record, &ba, &messages, false),
        unverified: Cited::of(record, &doubted),
        shared: Cited::of(record, &shared),
        first: dated.first().map(|place| Cite::of(record, *place)),
        last: dated.last().map(|place| Cite::of(record, *place)),
        active_days: active_days(record, &dated),
        longest_silence: longest_silence(record, &dated),
        channels: channels(record, &contacts),
        others: others(record, a, b, &contacts),
        months: months(record, a, &dated),
        messages,
    };
    finding(
        record,
        options,
        "private messages with both parties on them",
        eligible,
        caveats,
        result,
    )
}

fn way(record: &Record, sent: &[Place], messages: &[Sent], by_a: bool) -> Way {
    let own = || messages.iter().filter(|sent| sent.by_a == by_a && !sent.unverified);
    let answered: Vec<&Sent> =
        own().filter(|sent| sent.answer.is_some_and(|answer| answer.doubt.is_none())).collect();
    let lags: Vec<(i64, i64)> = answered
        .iter()
        .filter_map(|sent| sent.answer.and_then(|a| Some((a.lag_least?, a.lag_most?))))
        .collect();
    let places = |sents: Vec<&Sent>| sents.into_iter().map(|sent| sent.place).collect::<Vec<_>>();
    Way {
        messages: Cited::of(record, sent),
        median_answer: median(&lags),
        answered: Cited::of(record, &places(answered)),
        open: Cited::of(record, &places(own().filter(|sent| sent.open.is_some()).collect())),
    }
}

/// The date of an instant in the case's zone.
fn date(zone: &jiff::tz::TimeZone, at: i64) -> Option<jiff::civil::Date> {
    let timestamp = jiff::Timestamp::from_microsecond(at).ok()?;
    Some(zone.to_datetime(timestamp).date())
}

fn active_days(record: &Record, dated: &[Place]) -> u64 {
    let zone = record.time_zone();
    let mut days: Vec<jiff::civil::Date> = dated
        .iter()
        .map(|place| record.row(*place).span)
        .filter(|span| span.is_bounded())
        .filter_map(|span| {
            let day = date(&zone, span.lo)?;
            (date(&zone, span.hi)? == day).then_some(day)
        })
        .collect();
    days.sort_unstable();
    days.dedup();
    days.len() as u64
}

fn longest_silence(record: &Record, dated: &[Place]) -> Option<Silence> {
    let mut longest: Option<Silence> = None;
    for two in dated.windows(2) {
        let (before, after) = (record.row(two[0]).span, record.row(two[1]).span);
        let Some(least) = after.lag_after(before).0.filter(|least| *least >= DAY) else { continue };
        if longest.is_none_or(|known| least > known.least) {
            let (after, until) = (Cite::of(record, two[0]), Cite::of(record, two[1]));
            longest = Some(Silence { after, until, least });
        }
    }
    longest
}

fn channels(record: &Record, contacts: &[Place]) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for place in contacts {
        *counts.entry(record.row(*place).medium.name().to_owned()).or_default() += 1;
    }
    let mut channels: Vec<(String, u64)> = counts.into_iter().collect();
    channels.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    channels
}

fn others(record: &Record, a: Party, b: Party, contacts: &[Place]) -> Vec<(Who, u64)> {
    let mut counts: BTreeMap<Party, u64> = BTreeMap::new();
    for place in contacts {
        let mut on: Vec<Party> = record
            .authors(*place)
            .chain(record.addressees(*place))
            .map(|taker| taker.party)
            .filter(|party| *party != a && *party != b)
            .collect();
        on.sort_unstable();
        on.dedup();
        for party in on {
            *counts.entry(party).or_default() += 1;
        }
    }
    let mut others: Vec<(Party, u64)> = counts.into_iter().collect();
    others.sort_by_key(|(party, n)| (std::cmp::Reverse(*n), *party));
    others.into_iter().map(|(party, n)| (Who::of(record, party), n)).collect()
}

fn months(record: &Record, a: Party, dated: &[Place]) -> Vec<Month> {
    let zone = record.time_zone();
    let mut counts: BTreeMap<(i16, i8), (u64, u64)> = BTreeMap::new();
    for place in dated {
        let Some(day) = date(&zone, record.row(*place).span.sort_key()) else { continue };
        let month = counts.entry((day.year(), day.month())).or_default();
        if record.wrote(a, *place) {
            month.0 += 1;
        } else {
            month.1 += 1;
        }
    }
    let (Some((first, _)), Some((last, _))) = (counts.first_key_value(), counts.last_key_value())
    else {
        return Vec::new();
    };
    let (mut at, last) = (*first, *last);
    let mut months = Vec::new();
    // Ten thousand months are more than any correspondence; a wrong year ends the strip.
    while at <= last && months.len() < 10_000 {
        let (a_to_b, b_to_a) = counts.get(&at).copied().unwrap_or_default();
        months.push(Month { month: format!("{:04}-{:02}", at.0, at.1), a_to_b, b_to_a });
        at = if at.1 == 12 { (at.0 + 1, 1) } else { (at.0, at.1 + 1) };
    }
    months
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
