//! Times as compilers write them, read as intervals.
//!
//! `at` is an instant, a minute, an hour, a day, a month or a year; `earliest` and `latest` are
//! bounds in the same forms. What states no zone keeps ±14 h of doubt, unless the entry or the
//! person names one.

use cahoots_record::written::Written;
pub(crate) use cahoots_record::written::zone;
use cahoots_record::{Basis, Confidence, Precision, UtcMicros, When};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::fields::Fields;
use super::model::Notes;

/// Milliseconds from 1970 to the start of the clock in X's ids.
const X_EPOCH_MS: i64 = 1_288_834_974_657;

/// The first id of X that carries a clock; smaller ones are plain counters.
const FIRST_X_CLOCK_ID: u64 = 29_700_859_247;

/// The keys of a time; they stand beside the other keys of an entry.
pub(crate) const KEYS: &[&str] = &[
    "at",
    "earliest",
    "latest",
    "printed",
    "zone",
    "zone_printed",
    "zone_assumed",
    "basis",
    "precision",
];

/// An interval with what is known about its reading.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Span {
    earliest: UtcMicros,
    latest: UtcMicros,
    offset: Option<i32>,
    precision: Precision,
    /// The zone was doubtful: unknown, or the clock showed this time twice or never.
    doubtful: bool,
}

/// The interval of a written time. A second is the instant at its beginning.
fn settle(written: Written, zone: Option<&TimeZone>) -> Option<Span> {
    let settled = written.settle(zone)?;
    let latest = match written.is_second() {
        true => settled.first.1,
        false => settled.next.1.plus_seconds(-1),
    };
    Some(Span {
        earliest: settled.first.0,
        latest,
        offset: settled.offset,
        precision: written.precision,
        doubtful: settled.is_doubtful(),
    })
}

/// The instant in an id of X, if the id is large enough to carry one.
pub(crate) fn x_clock(id: &str) -> Option<UtcMicros> {
    let id: u64 = id.parse().ok().filter(|id| *id >= FIRST_X_CLOCK_ID)?;
    let millis = i64::try_from(id >> 22).ok()?.checked_add(X_EPOCH_MS)?;
    Some(UtcMicros::from_millis(millis))
}

/// Whether a text is a time that an entry may have (bounds of claims, coverage).
pub(crate) fn is_time(text: &str) -> bool {
    Written::read(text).is_some()
}

/// A time as read, and what `detail` keeps of it.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) when: When,
    pub(crate) detail: Map<String, Value>,
    /// The times as written, for the identity of the entry.
    pub(crate) identity: String,
}

/// Reads the time keys of an entry. `id` is the entry's id on X, if it has one.
pub(crate) fn read(
    mut fields: Fields,
    id: Option<&str>,
    default_zone: Option<&TimeZone>,
    notes: &mut Notes,
) -> Read {
    let mut detail = Map::new();
    let names = ["at", "earliest", "latest"];
    let texts = names.map(|name| fields.text(name, notes));
    let printed = fields.text("printed", notes);
    let mut zone_name = fields.text("zone", notes);
    let assumed = fields.truth("zone_assumed", notes);
    let zone_words = fields.text("zone_printed", notes);
    let basis = fields.text("basis", notes);
    let precision = precision(&mut fields, notes);

    let stated = zone_name.as_deref().and_then(zone);
    if let Some(name) = zone_name.as_deref().filter(|_| stated.is_none()) {
        let what = format!(
            "\"{name}\" is no zone: a name such as America/New_York, an offset such as -05:00, or \
             an abbreviation such as EST was expected; words go to zone_printed"
        );
        notes.damaged("bad-zone", &fields.path("zone"), &what, "the words, in detail");
        detail.insert("zone_unread".to_owned(), zone_name.take().into());
    }
    let zone = stated.as_ref().or(default_zone);
    let mut low = assumed || (stated.is_none() && default_zone.is_some());
    let mut spans = [None; 3];
    for ((name, text), slot) in names.iter().zip(&texts).zip(&mut spans) {
        let Some(text) = text else { continue };
        *slot = Written::read(text).and_then(|written| settle(written, zone));
        if slot.is_none() {
            let what = format!(
                "\"{text}\" is no time: 2016-10-12T13:31:00Z, 2016-10-12T09:31, 2016-10-12, \
                 2016-10 and 2016 are"
            );
            notes.damaged("bad-time", &fields.path(name), &what, "the text, not as a time");
        }
    }
    let identity = texts.iter().map(|text| text.as_deref().unwrap_or("")).collect::<Vec<_>>();
    let identity = format!("{}|{}", identity.join("|"), printed.as_deref().unwrap_or(""));

    let mut when = combine(spans, &fields, notes);
    // An offset in every time that was given leaves nothing for an assumed zone to decide.
    let all_offset = texts
        .iter()
        .flatten()
        .all(|text| Written::read(text).is_some_and(|it| it.offset.is_some()));
    low = low && (assumed || !all_offset) || spans.iter().flatten().any(|span| span.doubtful);
    if when.confidence == Confidence::Normal && low {
        when.confidence = Confidence::Low;
    }
    if let Some(precision) = precision
        && when.sort_key().is_some()
    {
        when.precision = precision;
    }
    when.raw = printed.clone().or_else(|| raw(&texts));
    check_id(&mut when, id, &fields, &mut detail, notes);

    let mut put = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            detail.insert(key.to_owned(), value.into());
        }
    };
    put("printed", printed);
    put("zone_printed", zone_words);
    put("zone", zone_name);
    put("basis", basis);
    if assumed {
        detail.insert("zone_assumed".to_owned(), true.into());
    }
    for (name, text) in names.iter().zip(texts) {
        if let Some(text) = text {
            detail.insert((*name).to_owned(), text.into());
        }
    }
    let other = fields.leftovers(notes);
    if !other.is_empty() {
        detail.insert("other".to_owned(), other.into());
    }
    Read { when, detail, identity }
}

fn precision(fields: &mut Fields, notes: &mut Notes) -> Option<Precision> {
    let name = fields.text("precision", notes)?;
    let found = Precision::from_name(&name.to_lowercase());
    if found.is_none() {
        let names: Vec<_> = Precision::ALL.iter().map(|precision| precision.name()).collect();
        let what = format!("\"{name}\" is none of {}", names.join(", "));
        let kept = "the time with the precision it is written in";
        notes.damaged("bad-precision", &fields.path("precision"), &what, kept);
        fields.keep("precision", name.into());
    }
    found
}

fn raw(texts: &[Option<String>; 3]) -> Option<String> {
    match texts {
        [Some(at), _, _] => Some(at.clone()),
        [None, None, None] => None,
        [None, earliest, latest] => Some(format!(
            "{} / {}",
            earliest.as_deref().unwrap_or("unknown"),
            latest.as_deref().unwrap_or("unknown")
        )),
    }
}

fn combine([at, earliest, latest]: [Option<Span>; 3], fields: &Fields, notes: &mut Notes) -> When {
    let mut when = When::unknown();
    if let (Some(early), Some(late)) = (earliest, latest)
        && late.latest < early.earliest
    {
        let kept = "the entry, with its time unknown and both texts in detail";
        notes.damaged("inverted-time", &fields.path("latest"), "is before earliest", kept);
        when.basis = Basis::Compiled;
        return when;
    }
    let bounds = earliest.is_some() || latest.is_some();
    if at.is_some() && bounds {
        let kept = "the widest of them";
        notes.damaged("two-times", &fields.path("at"), "stands beside earliest or latest", kept);
    }
    let low = earliest.or(at.filter(|_| bounds)).or(at);
    let high = latest.or(at);
    when.earliest = match (at, low) {
        (Some(at), Some(low)) => Some(at.earliest.min(low.earliest)),
        (_, low) => low.map(|span| span.earliest),
    };
    when.latest = match (at, high) {
        (Some(at), Some(high)) => Some(at.latest.max(high.latest)),
        (_, high) => high.map(|span| span.latest),
    };
    if at.is_none() && !bounds {
        return when;
    }
    when.basis = Basis::Compiled;
    when.confidence = Confidence::Normal;
    when.offset = at.or(earliest).or(latest).and_then(|span| span.offset);
    when.precision = match (at, bounds) {
        (Some(at), false) => at.precision,
        _ => Precision::Unknown,
    };
    when
}

/// Holds the time against the clock inside the id.
fn check_id(
    when: &mut When,
    id: Option<&str>,
    fields: &Fields,
    detail: &mut Map<String, Value>,
    notes: &mut Notes,
) {
    let Some(clock) = id.and_then(x_clock) else { return };
    detail.insert("id_clock".to_owned(), clock.to_string().into());
    // Archives print whole seconds; the clock counts milliseconds.
    let second = UtcMicros::from_seconds(clock.seconds());
    let stated = when.sort_key().is_some();
    let after = when.earliest.is_none_or(|earliest| earliest <= clock);
    let before = when.latest.is_none_or(|latest| second <= latest);
    if after && before {
        let confidence = if stated { Confidence::High } else { Confidence::Normal };
        let exact = when.is_instant();
        when.confidence = confidence;
        if !exact {
            when.earliest = Some(second);
            when.latest = Some(second);
            when.offset = when.offset.or(Some(0));
            when.precision = Precision::Second;
            when.basis = Basis::IdClock;
        }
        return;
    }
    when.confidence = Confidence::Low;
    let key = fields.path("at");
    let what = format!("does not agree with the clock in the id, {second}");
    notes.damaged("clock-mismatch", &key, &what, "the time as written, marked as doubtful");
}

#[cfg(test)]
#[path = "times_tests.rs"]
mod tests;
