//! Tests of this folder's analysis on small invented records.

use cahoots_record::{AccountKey, Role};
use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use super::*;
use crate::record::build::Entry;
use crate::record::{Builder, DAY, Span};

fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Ann writes to Ben with these gaps, in days.
fn correspondence(gaps: &[f64]) -> Record {
    let mut builder = Builder::new("UTC");
    let (ann, ben) = (builder.party("a", "Ann"), builder.party("b", "Ben"));
    let ann = builder.account(AccountKey::email("ann@a.example"), ann);
    let ben = builder.account(AccountKey::email("ben@b.example"), ben);
    let mut at = 0.0;
    for (ord, gap) in std::iter::once(&0.0).chain(gaps).enumerate() {
        at += gap * DAY as f64;
        let mut entry = Entry::new(ord as u64, Span::at(at as i64));
        entry.takers = vec![(ann, Role::From), (ben, Role::To)];
        entry.native_id = Some(format!("N{}", ord + usize::from(ord > 5)).into());
        builder.push(entry);
    }
    builder.archives(["letters.csv".to_owned()]);
    builder.finish()
}

#[test]
fn a_planted_silence_is_found_and_a_steady_rhythm_is_not_one() {
    let mut gaps: Vec<f64> = (0..40).map(|n| 1.0 + f64::from(n * 7 % 5) * 0.5).collect();
    let options = Options::default();
    assert_eq!(absences(&correspondence(&gaps), &options).result.silences.total, 0);
    gaps[20] = 90.0;
    let found = absences(&correspondence(&gaps), &options).result.silences;
    // Once for the pair, once for Ann's own writing.
    assert_eq!(found.total, 2);
    assert!(found.rows[0].q <= 0.01 && (found.rows[0].days - 90.0).abs() < 0.01);
}

/// Draws a gap in days.
type Draw = fn(&mut ChaCha8Rng) -> f64;

/// The share of records without any true silence in which one is listed stays at the level, for
/// rhythms of several shapes.
#[test]
fn chance_gaps_are_listed_no_more_often_than_the_level_says() {
    let worlds: [(&str, Draw); 4] = [
        ("exponential", |r| -libm::log(1.0 - uniform(r)) * 3.0 + 0.6),
        ("log-normal", |r| {
            let normal: f64 = (0..12).map(|_| uniform(r)).sum::<f64>() - 6.0;
            libm::exp(normal) + 0.6
        }),
        ("bursts", |r| if uniform(r) < 0.8 { 0.6 + uniform(r) } else { 2.0 + 12.0 * uniform(r) }),
        ("weekdays", |r| if uniform(r) < 0.8 { 1.0 } else { 3.0 } + 0.2 * uniform(r)),
    ];
    for (name, draw) in worlds {
        let mut listed = 0;
        for seed in 0..300 {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let gaps: Vec<f64> = (0..30).map(|_| draw(&mut random)).collect();
            let options = Options { level: 0.05, ..Options::default() };
            let found = absences(&correspondence(&gaps), &options);
            listed += u32::from(found.result.silences.total > 0);
        }
        // 300 records at 0.05: 15 expected, 26 is three standard errors above.
        assert!(listed <= 26, "{name}: {listed} of 300");
    }
}

#[test]
fn numbers_that_are_skipped_are_named() {
    let record = correspondence(&[1.0; 9]);
    let found = absences(&record, &Options::default()).result;
    assert_eq!(found.numbering.total, 1);
    let series = &found.numbering.rows[0];
    assert_eq!((series.prefix.as_str(), series.missing), ("N", 1));
    assert_eq!((series.gaps[0].from, series.gaps[0].to), (6, 6));
    assert_eq!(series.archive, "letters.csv");
    assert_eq!(found.coverage.len(), 1);
    assert_eq!(found.coverage[0].items, 10);
}

#[test]
fn a_number_with_letters_behind_it_is_in_use() {
    let mut builder = Builder::new("UTC");
    for (ord, name) in ["D1", "D2a", "D2b", "D3", "D4"].iter().enumerate() {
        let native_id = Some((*name).into());
        builder.push(Entry { native_id, ..Entry::new(ord as u64, Span::UNKNOWN) });
    }
    assert_eq!(absences(&builder.finish(), &Options::default()).result.numbering.total, 0);
}

#[test]
fn what_is_referred_to_and_absent_is_listed_by_how_often() {
    let mut builder = Builder::new("UTC");
    for ord in 0..3 {
        builder.push(Entry {
            lost_attachments: vec!["plan.pdf".into()],
            ..Entry::new(ord, Span::UNKNOWN)
        });
        builder.missing("twice@x.example", cahoots_record::ItemOrd(ord.min(1)));
    }
    builder.missing("once@x.example", cahoots_record::ItemOrd(2));
    let found = absences(&builder.finish(), &Options::default()).result;
    assert_eq!(found.referred.rows[0].native_id, "twice@x.example");
    assert_eq!(found.referred.rows[0].referred_by, 2);
    assert_eq!((found.referred.total, found.attachments.total, found.undated), (2, 3, 3));
    assert_eq!(absences(&Record::empty("UTC"), &Options::default()).result.coverage, []);
}
