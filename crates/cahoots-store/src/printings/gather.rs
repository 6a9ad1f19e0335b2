//! Printed items of a case, reduced to what the rule compares.

use std::collections::BTreeMap;

use cahoots_record::{ItemOrd, Selector};
use serde_json::Value;

use super::fold::{base_subject, fold, fold_head, without_marks, words};
use crate::case::Case;
use crate::error::StoreError;
use crate::segment::Segment;

/// A printing, reduced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The item.
    pub ord: u64,
    /// The clock reading in minutes, zones left out of account.
    pub minute: Option<i64>,
    /// The day printed, counted from 1970.
    pub day: Option<i64>,
    /// Words of the sender's name, folded.
    pub sender: Vec<String>,
    /// The subject without `Re:`, folded.
    pub subject: String,
    /// Whether no subject was printed at all.
    pub unheaded: bool,
    /// Hashes of the words, sorted.
    pub words: Vec<u32>,
    /// Letters and digits of the head of the text, folded.
    pub letters: String,
    /// Whether something in the text is withheld.
    pub withheld: bool,
    /// How much it shows: people named, then words.
    pub shows: (u32, u32),
    /// Whether it is a quotation.
    pub recovered: bool,
    /// Whether the subject has a mark of an answer or forward.
    pub answer: bool,
    /// Names of all people, folded; for threads.
    pub people: Vec<String>,
}

/// Words of a text that are compared.
const MOST_WORDS: usize = 4_000;
/// Letters of a text that are compared letter by letter.
const HEAD: usize = 120;

impl Sheet {
    /// Reduces one printing.
    pub fn of(
        ord: u64,
        minute: Option<i64>,
        day: Option<i64>,
        sender: &[&str],
        subject: Option<&str>,
        text: &str,
    ) -> Self {
        let plain = without_marks(text);
        let name = sender.first().copied().unwrap_or_default();
        let name = name.split(['<', '[']).next().filter(|n| !n.trim().is_empty()).unwrap_or(name);
        let given = subject.unwrap_or_default();
        let base = base_subject(given);
        Self {
            ord,
            minute,
            day,
            sender: name
                .split(|c: char| !c.is_alphanumeric())
                .map(fold)
                .filter(|word| !word.is_empty())
                .collect(),
            subject: fold(base),
            unheaded: subject.is_none(),
            words: words(&plain, MOST_WORDS),
            letters: fold_head(&plain, HEAD),
            withheld: plain.len() != text.len(),
            answer: base.len() < given.trim().len(),
            ..Self::default()
        }
    }
}

/// All printings of a case, and how they stand in their documents.
pub(crate) struct Sheets {
    pub(crate) sheets: Vec<Sheet>,
    /// For each document the items in the order printed, by place among the sheets.
    pub(crate) chains: Vec<Vec<usize>>,
}

/// The mark of native ids that printed items have.
pub(crate) const MARK: &str = "printed:";

impl Sheets {
    /// Reads the printed items of a case.
    pub(crate) fn gather(case: &Case) -> Result<Self, StoreError> {
        let mut sheets = Self { sheets: Vec::new(), chains: Vec::new() };
        let mut place: rustc_hash::FxHashMap<u64, usize> = rustc_hash::FxHashMap::default();
        let segments: Vec<_> =
            (0..case.segments().len()).filter_map(|at| case.segment(at)).collect();
        for sheet in side_by_side(&segments)? {
            place.insert(sheet.ord, sheets.sheets.len());
            sheets.sheets.push(sheet);
        }
        let mut documents: BTreeMap<(u32, String), Vec<(u64, usize)>> = BTreeMap::new();
        for segment in &segments {
            for copy in segment.copies(&mut |ord: ItemOrd, _| place.contains_key(&ord.0))? {
                let Some(at) = place.get(&copy.item.0) else { continue };
                let first = match (&copy.locator.selector, &copy.locator.part) {
                    (Selector::Lines { first, .. }, _) => *first,
                    (_, Some(part)) => part
                        .trim_start_matches(|c: char| !c.is_ascii_digit())
                        .split('-')
                        .next()
                        .and_then(|first| first.parse().ok())
                        .unwrap_or(0),
                    _ => 0,
                };
                documents
                    .entry((copy.archive, copy.locator.member))
                    .or_default()
                    .push((first, *at));
            }
        }
        sheets.chains = documents
            .into_values()
            .map(|mut list| {
                list.sort_unstable();
                list.into_iter().map(|(_, at)| at).collect()
            })
            .collect();
        Ok(sheets)
    }
}

/// The sheets of segments, in their order. Reducing texts is most of the work, so two threads
/// share it.
fn side_by_side(segments: &[&Segment]) -> Result<Vec<Sheet>, StoreError> {
    let reduce = |segments: &[&Segment]| -> Result<Vec<Sheet>, StoreError> {
        let mut all = Vec::new();
        for segment in segments {
            of_segment(segment, &mut all)?;
        }
        Ok(all)
    };
    // Halves by items: the last segment is seldom full.
    let end = segments.last().map_or(0, |segment| segment.ords().end);
    let half = segments.partition_point(|segment| segment.ords().end * 2 <= end);
    let (first, second) = segments.split_at(half);
    if first.is_empty() {
        return reduce(second);
    }
    std::thread::scope(|scope| {
        let other = scope.spawn(|| reduce(second));
        let mut all = reduce(first)?;
        // A thread that panicked has nothing to give; reading here again tells what is wrong.
        all.extend(other.join().unwrap_or_else(|_| reduce(second))?);
        Ok(all)
    })
}

/// Adds the printed items of a segment.
fn of_segment(segment: &Segment, sheets: &mut Vec<Sheet>) -> Result<(), StoreError> {
    let mut details: rustc_hash::FxHashMap<u64, (Value, bool)> = rustc_hash::FxHashMap::default();
    segment.each_item(|glance, _| {
        if glance.native_id.is_some_and(|native| native.starts_with(MARK))
            && let Some(detail) = glance.detail
            && let Ok(Value::Object(mut detail)) = serde_json::from_str(detail)
            && let Some(printed) = detail.remove("printed")
        {
            details.insert(glance.ord.0, (printed, glance.flags.recovered));
        }
    })?;
    segment.each_text(|words| {
        if let Some((printed, recovered)) = details.get(&words.ord.0) {
            sheets.push(sheet(words.ord.0, printed, *recovered, words.text));
        }
    })
}

/// One item from what its importer kept of the printing.
fn sheet(ord: u64, printed: &Value, recovered: bool, text: &str) -> Sheet {
    let texts = |key: &str| -> Vec<&str> {
        let list = printed.get(key).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).collect()
    };
    let time = printed.get("time").and_then(Value::as_str).unwrap_or_default();
    let date = time.get(..10).and_then(|date| date.parse::<jiff::civil::Date>().ok());
    let day = date.map(|date| {
        i64::from(
            date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)))
                .map_or(0, |span| span.get_days()),
        )
    });
    let number =
        |range: std::ops::Range<usize>| time.get(range).and_then(|n| n.parse::<i64>().ok());
    let minute = match (day, number(11..13), number(14..16)) {
        (Some(day), Some(hour), Some(minute)) => Some(day * 1440 + hour * 60 + minute),
        _ => None,
    };
    let subject = printed.get("subject").and_then(Value::as_str);
    let mut sheet = Sheet::of(ord, minute, day, &texts("from"), subject, text);
    let people: Vec<&str> = ["from", "to", "cc", "bcc"].into_iter().flat_map(texts).collect();
    sheet.shows = (people.len() as u32, sheet.words.len() as u32);
    sheet.people = people
        .into_iter()
        .flat_map(|name| name.split(|c: char| !c.is_alphanumeric()))
        .map(fold)
        .filter(|word| word.len() >= 4 || word == "h")
        .collect();
    sheet.people.sort_unstable();
    sheet.people.dedup();
    sheet.recovered = recovered;
    sheet
}
