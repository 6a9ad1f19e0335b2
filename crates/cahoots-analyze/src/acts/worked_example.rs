//! The worked example of `docs/methods/acts.md`: its figures are those of this test.

use cahoots_record::{AccountKey, ObjectKind, Role};

use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, DAY, HOUR, MINUTE};

/// Monday 3 January 2022, 00:00 UTC.
const MONDAY: i64 = 1_641_168_000 * 1_000_000;

/// Sixteen weeks. Ada writes to Bo at ten in the morning on `asked` days; Bo posts on Tuesdays
/// at noon and, on the days of `moved`, at two in the afternoon.
fn record(asked: &[i64], moved: &[i64]) -> (Record, Question) {
    let mut b = Builder::new("UTC");
    let (ada, bo) = (b.party("ada", "Ada Quay"), b.party("bo", "Bo Mooring"));
    let from = b.account(AccountKey::x_handle("adaquay"), ada);
    let to = b.account(AccountKey::x_handle("bomooring"), bo);
    let link = b.thing(ObjectKind::Url, "https://quayplan.example");
    let mut ord = 0;
    let mut post = |b: &mut Builder, t, things| {
        ord += 1;
        b.push(Entry { takers: vec![(to, Role::From)], things, ..Entry::post(ord, Span::at(t)) });
    };
    for week in 0..16 {
        post(&mut b, MONDAY + (week * 7 + 1) * DAY + 12 * HOUR, vec![]);
    }
    for day in moved {
        post(&mut b, MONDAY + day * DAY + 14 * HOUR, vec![link]);
    }
    for (number, day) in asked.iter().enumerate() {
        b.push(Entry {
            takers: vec![(from, Role::From), (to, Role::To)],
            things: if number == 0 { vec![link] } else { vec![] },
            ..Entry::new(1_000 + number as u64, Span::at(MONDAY + day * DAY + 10 * HOUR))
        });
    }
    let whole = Span { lo: MONDAY, hi: MONDAY + 112 * DAY - MINUTE };
    (b.finish(), Question { coverage: Some(vec![whole]), ..Question::new(ada, bo) })
}

/// Days, counted from the first Monday, on which Ada writes.
const ASKED: [i64; 10] = [2, 9, 14, 23, 30, 37, 49, 58, 72, 93];

/// The limits of p are also those of `scipy.stats.poisson_binom` (SciPy 1.16.3), with the chances of
/// each session counted by hand: 0.505769 and 0.015214.
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 5e-4, "{found} {expected}");
}

#[test]
fn three_of_ten_could_be_chance() {
    let (record, question) = record(&ASKED, &ASKED[..3]);
    let result = acts(&record, &question).result;
    let test = &result.tests[0];
    assert_eq!((test.answered, test.sessions), (3, 10));
    near(test.interval.unwrap().low, 0.1078);
    near(test.interval.unwrap().high, 0.6032);
    near(test.test.chance_share, 0.2605);
    assert_eq!(test.chance_range, (0, 5));
    near(test.test.p, 0.5044);
    near(test.test.p_limit, 0.5058);
    assert_eq!(result.words, "not more than chance");
    assert_eq!(
        test.needed.words(),
        "With 10 sessions and a chance share of 26%, 6 followed by an act would give p <= 0.05; a \
         true share of 67% reaches that in 80% of records."
    );
    let first = &result.sessions[0].candidates[0];
    assert_eq!(first.content.grade, Some(Grade::A));
    assert_eq!(first.time.most_seconds, Some(4.0 * 3600.0));
    let rate = first.base_rate.unwrap();
    // Three posts with the link: twelve hours of 112 days.
    assert_eq!(rate.acts_like_it, 3);
    near(rate.any_time, 12.0 / (112.0 * 24.0));
}

#[test]
fn seven_of_ten_are_more_than_chance() {
    let (record, question) = record(&ASKED, &ASKED[..7]);
    let result = acts(&record, &question).result;
    let test = &result.tests[0];
    assert_eq!((test.answered, test.sessions), (7, 10));
    near(test.test.chance_share, 0.3242);
    near(test.test.p_limit, 0.0152);
    near(test.test.p, 0.0154);
    assert_eq!(result.words, "more than chance in timing");
}

/// Both have their weekly day: nothing is answered, and the test cannot know.
#[test]
fn a_weekly_appointment_is_said() {
    let tuesdays = [1, 8, 15, 29, 36, 50, 64, 71];
    let (record, question) = record(&tuesdays, &[]);
    let finding = acts(&record, &question);
    assert!(finding.result.tests[0].test.p < 0.05);
    assert!(finding.caveats.iter().any(|it| it.contains("Tuesday")), "{:?}", finding.caveats);
}
