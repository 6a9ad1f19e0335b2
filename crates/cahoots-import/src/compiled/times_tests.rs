//! Tests of reading times.

use cahoots_record::{Locator, Selector, Sha256};
use proptest::prelude::*;
use serde_json::json;

use super::super::model::{Entry, EntryKind, Shape};
use super::*;

fn read_time(value: Value, id: Option<&str>, default: Option<&str>) -> (Read, Vec<String>) {
    let entry = Entry {
        kind: EntryKind::Message,
        number: 3,
        fields: json!({"id": "M6"}).as_object().unwrap().clone(),
        selector: Selector::Whole,
        raw_sha256: Sha256::of(b""),
    };
    let mut notes = Notes::of(&entry, Shape::Toml, "");
    assert_eq!(notes.locator(), &Locator::new("", Selector::Whole));
    let fields = Fields::new(value.as_object().unwrap().clone(), "");
    let default = default.and_then(zone);
    let read = read(fields, id, default.as_ref(), &mut notes);
    (read, notes.into_issues().into_iter().map(|issue| issue.what).collect())
}

fn bounds(value: Value) -> (String, String) {
    let (read, issues) = read_time(value, None, None);
    assert_eq!(issues, Vec::<String>::new());
    (read.when.earliest.unwrap().to_string(), read.when.latest.unwrap().to_string())
}

#[track_caller]
fn is(value: Value, earliest: &str, latest: &str) {
    assert_eq!(bounds(value), (earliest.to_owned(), latest.to_owned()));
}

#[test]
fn every_form_spans_what_it_says() {
    is(json!({"at": "2016-10-12T13:31:05Z"}), "2016-10-12T13:31:05Z", "2016-10-12T13:31:05Z");
    is(json!({"at": "2016-10-12T09:31:05-04:00"}), "2016-10-12T13:31:05Z", "2016-10-12T13:31:05Z");
    is(json!({"at": "2016-10-12 09:31 -0400"}), "2016-10-12T13:31:00Z", "2016-10-12T13:31:59Z");
    is(
        json!({"at": "2016-10-12T09:31", "zone": "America/New_York"}),
        "2016-10-12T13:31:00Z",
        "2016-10-12T13:31:59Z",
    );
    is(json!({"at": "2016-10-12", "zone": "EST"}), "2016-10-12T05:00:00Z", "2016-10-13T04:59:59Z");
    is(json!({"at": "2016-02", "zone": "UTC"}), "2016-02-01T00:00:00Z", "2016-02-29T23:59:59Z");
    is(json!({"at": "2018", "zone": "Z"}), "2018-01-01T00:00:00Z", "2018-12-31T23:59:59Z");
    is(
        json!({"earliest": "2016-10-12", "latest": "2016-10-13", "zone": "+02:00"}),
        "2016-10-11T22:00:00Z",
        "2016-10-13T21:59:59Z",
    );
}

#[test]
fn a_time_without_a_zone_keeps_its_doubt() {
    is(json!({"at": "2016-10-12T09:31:00"}), "2016-10-11T19:31:00Z", "2016-10-12T23:31:00Z");
    let (read, _) = read_time(json!({"at": "2016-10-12"}), None, None);
    assert_eq!(read.when.confidence, Confidence::Low);
    assert_eq!(read.when.offset, None);
    let (read, _) = read_time(json!({"at": "2016-10-12T09:31:00"}), None, Some("EDT"));
    assert_eq!(read.when.earliest.unwrap().to_string(), "2016-10-12T13:31:00Z");
    assert_eq!(read.when.confidence, Confidence::Low, "the person's zone is an assumption");
}

#[test]
fn an_hour_that_the_clock_shows_twice_spans_both() {
    is(
        json!({"at": "2016-11-06T01:30:00", "zone": "America/New_York"}),
        "2016-11-06T05:30:00Z",
        "2016-11-06T06:30:00Z",
    );
}

#[test]
fn one_bound_leaves_the_other_side_open() {
    let (read, issues) = read_time(json!({"earliest": "2016-10-12T00:00:00Z"}), None, None);
    assert!(issues.is_empty());
    assert!(read.when.earliest.is_some() && read.when.latest.is_none());
    assert_eq!(read.when.precision, Precision::Unknown);
}

#[test]
fn what_is_not_known_stays_unknown() {
    let (read, issues) = read_time(json!({"printed": "winter to spring"}), None, None);
    assert!(issues.is_empty());
    assert_eq!(read.when.sort_key(), None);
    assert_eq!(read.when.confidence, Confidence::None);
    assert_eq!(read.when.raw.as_deref(), Some("winter to spring"));
}

#[test]
fn errors_name_the_entry_and_the_key() {
    let (read, issues) = read_time(
        json!({"earliest": "2016-10-13T00:00:00Z", "latest": "2016-10-12T00:00:00Z"}),
        None,
        None,
    );
    assert_eq!(issues, ["[[message]] 3 \"M6\": latest is before earliest"]);
    assert_eq!(read.when.sort_key(), None);
    let (_, issues) = read_time(json!({"at": "yesterday", "zone": "here"}), None, None);
    assert!(issues[0].starts_with("[[message]] 3 \"M6\": zone \"here\" is no zone"));
    assert!(issues[1].starts_with("[[message]] 3 \"M6\": at \"yesterday\" is no time"));
    let (_, issues) = read_time(json!({"earlist": "2016-10-12"}), None, None);
    assert_eq!(issues, ["[[message]] 3 \"M6\": earlist is not known here; did you mean earliest?"]);
}

#[test]
fn impossible_dates_are_refused() {
    for text in [
        "2016-02-30",
        "2016-13-01",
        "16-10-12",
        "2016-10-12T25:00",
        "13:31",
        "",
        "1-1-1",
        "2016-10-12T10:00:00+99:00",
        "2016-10Z",
        "9999-12-31T23:59:59Z+",
        "2016-+1-01",
    ] {
        assert_eq!(Written::read(text), None, "{text}");
    }
}

/// An id of X whose clock shows these milliseconds since 1970.
fn id_at(millis: i64) -> String {
    (((millis - X_EPOCH_MS) as u64) << 22 | 77).to_string()
}

#[test]
fn the_clock_in_an_id_confirms_fills_in_or_contradicts() {
    let id = id_at(1_500_000_000_250);
    let (read, issues) = read_time(json!({"at": "2017-07-14T02:40:00Z"}), Some(&id), None);
    assert!(issues.is_empty());
    assert_eq!((read.when.confidence, read.when.basis), (Confidence::High, Basis::Compiled));

    let (read, _) = read_time(json!({}), Some(&id), None);
    assert_eq!((read.when.confidence, read.when.basis), (Confidence::Normal, Basis::IdClock));
    assert_eq!(read.when.earliest.unwrap().to_string(), "2017-07-14T02:40:00Z");

    let (read, _) = read_time(json!({"at": "2017-07-14"}), Some(&id), None);
    assert_eq!((read.when.confidence, read.when.basis), (Confidence::High, Basis::IdClock));
    assert!(read.when.is_instant());

    let (read, issues) = read_time(json!({"at": "2017-07-14T03:40:00Z"}), Some(&id), None);
    assert_eq!(read.when.confidence, Confidence::Low);
    assert_eq!(
        issues,
        ["[[message]] 3 \"M6\": at does not agree with the clock in the id, \
          2017-07-14T02:40:00Z"]
    );
    assert_eq!(x_clock("20"), None, "early ids are plain counters");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_panics(text in ".{0,40}", zone in ".{0,12}") {
        let _ = Written::read(&text);
        let _ = read_time(json!({"at": text, "latest": text, "zone": zone}), None, None);
    }

    #[test]
    fn instants_round_trip(seconds in -60_000_000_000i64..250_000_000_000) {
        let at = UtcMicros::from_seconds(seconds);
        prop_assume!(seconds > -62_000_000_000);
        let (read, issues) = read_time(json!({"at": at.to_string()}), None, None);
        prop_assert!(issues.is_empty(), "{issues:?}");
        prop_assert_eq!((read.when.earliest, read.when.latest), (Some(at), Some(at)));
    }

    #[test]
    fn earliest_is_never_after_latest(a in 0i64..2_000_000_000, b in 0i64..2_000_000_000, day in any::<bool>()) {
        let show = |seconds| {
            let text = UtcMicros::from_seconds(seconds).to_string();
            if day { text[..10].to_owned() } else { text }
        };
        let (read, _) = read_time(json!({"earliest": show(a), "latest": show(b)}), None, None);
        prop_assert!(read.when.earliest <= read.when.latest);
    }
}
