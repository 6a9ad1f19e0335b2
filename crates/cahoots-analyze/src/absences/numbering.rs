//! Gaps in exports that number their items: `M1, M2, M4`.
//!
//! Ids count as numbering when an archive has at least [`LEAST`] of them that end in a number
//! behind the same words, and the numbers in use fill at least half of their range. Ids with a
//! clock in them (posts of a platform) never do.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::finding::Cite;
use crate::record::{Place, Record};

/// Fewer numbers than this are no numbering.
const LEAST: usize = 4;

/// Numbers missing in one numbered series of an archive.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Series))]
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Series {
    /// The archive.
    pub archive: String,
    /// What stands before the number.
    pub prefix: String,
    /// The smallest and the largest number in use.
    pub range: (u64, u64),
    /// How many numbers are in use.
    pub used: u64,
    /// How many are not.
    pub missing: u64,
    /// Stretches that are not in use, first and last number, with the items on either side.
    pub gaps: Vec<Gap>,
}

/// A stretch of numbers not in use.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema), schema(as = absences::Gap))]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Gap {
    /// First missing number.
    pub from: u64,
    /// Last missing number.
    pub to: u64,
    /// The item numbered just before.
    pub before: Cite,
    /// The item numbered just after.
    pub after: Cite,
}

/// Series with gaps, most missing first.
pub(super) fn find(record: &Record) -> Vec<Series> {
    let mut series: FxHashMap<(u32, &str), Vec<(u64, Place)>> = FxHashMap::default();
    for place in record.places() {
        let Some(native) = record.native_ids.get(place.0 as usize).and_then(Option::as_deref)
        else {
            continue;
        };
        // `D2a` and `D2b` both use the number 2.
        let native = match native.strip_suffix(|c: char| c.is_ascii_lowercase()) {
            Some(rest) if rest.ends_with(|c: char| c.is_ascii_digit()) => rest,
            _ => native,
        };
        let digits = native.len() - native.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        // Twelve digits and more carry a clock or a hash.
        if digits == 0 || digits > 11 {
            continue;
        }
        let (prefix, number) = native.split_at(native.len() - digits);
        if let Ok(number) = number.parse() {
            series.entry((record.row(place).archive, prefix)).or_default().push((number, place));
        }
    }
    let mut found: Vec<Series> = series
        .into_iter()
        .filter_map(|((archive, prefix), mut numbers)| {
            numbers.sort_unstable();
            numbers.dedup_by_key(|(number, _)| *number);
            let (first, last) = (numbers.first()?.0, numbers.last()?.0);
            let range = last - first + 1;
            let used = numbers.len() as u64;
            if numbers.len() < LEAST || used == range || used * 2 < range {
                return None;
            }
            let gaps = numbers
                .windows(2)
                .filter(|two| two[1].0 > two[0].0 + 1)
                .map(|two| Gap {
                    from: two[0].0 + 1,
                    to: two[1].0 - 1,
                    before: Cite::of(record, two[0].1),
                    after: Cite::of(record, two[1].1),
                })
                .collect();
            Some(Series {
                archive: record.archives.get(archive as usize).cloned().unwrap_or_default(),
                prefix: prefix.to_owned(),
                range: (first, last),
                used,
                missing: range - used,
                gaps,
            })
        })
        .collect();
    found.sort_by(|a, b| {
        b.missing
            .cmp(&a.missing)
            .then_with(|| (&a.archive, &a.prefix).cmp(&(&b.archive, &b.prefix)))
    });
    found
}
