//! The rule by which two printings are one message: time, parties, subject and words.

use rustc_hash::FxHashMap;

use super::fold::{alike, shared};
use super::gather::Sheet;

/// Why two printings are one message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fit {
    /// The times agree to two minutes.
    Minutes,
    /// The times differ by whole hours, as clocks of two zones do, and the words agree.
    Hours,
    /// One has no clock time; the words are many and agree.
    Words,
}

/// Minutes by which clocks of sender and receiver may differ.
const DRIFT: i64 = 2;
/// Hours between two zones, at most.
const ZONES: i64 = 14 * 60;
/// Words from which on a text is told by its words and not letter by letter.
const ENOUGH: usize = 8;
/// Words that two texts without comparable times must have.
const MANY: usize = 25;

/// Whether two printings are one message, and by what. Symmetric.
pub fn fit(a: &Sheet, b: &Sheet) -> Option<Fit> {
    if !same_sender(a, b) || !same_subject(a, b) {
        return None;
    }
    let fewer = a.words.len().min(b.words.len());
    let common = shared(&a.words, &b.words);
    match (a.minute, b.minute) {
        (Some(x), Some(y)) if (x - y).abs() <= DRIFT => same_words(a, b, fewer, common, x == y),
        (Some(x), Some(y)) => {
            let apart = (x - y).abs();
            let off = (apart % 60).min(60 - apart % 60);
            let hours = apart <= ZONES + DRIFT && off <= DRIFT;
            (hours && fewer >= ENOUGH && common * 5 >= fewer * 4 && same_size(a, b))
                .then_some(Fit::Hours)
        }
        _ => {
            let day = match (a.day, b.day) {
                (Some(x), Some(y)) => (x - y).abs() <= 1,
                _ => true,
            };
            (day && fewer >= MANY && common * 10 >= fewer * 9 && same_size(a, b))
                .then_some(Fit::Words)
        }
    }
}

/// Whether the words agree when the times do.
fn same_words(a: &Sheet, b: &Sheet, fewer: usize, common: usize, exact: bool) -> Option<Fit> {
    let agree = if fewer >= ENOUGH {
        // The fewer words stand among the others: a quotation may be cut, a copy redacted.
        common * 10 >= fewer * 7
    } else if fewer == 0 && (a.letters.is_empty() || b.letters.is_empty()) {
        let both = a.letters.is_empty() && b.letters.is_empty();
        both || exact && (if a.letters.is_empty() { a.withheld } else { b.withheld })
    } else {
        let (short, long) = if a.letters.len() <= b.letters.len() { (a, b) } else { (b, a) };
        alike(&a.letters, &b.letters, 5)
            || long.letters.starts_with(&short.letters) && (fewer >= 3 || exact)
            || short.withheld && fewer >= 2 && common == fewer
            || fewer >= 3 && common == fewer
    };
    agree.then_some(Fit::Minutes)
}

/// Texts without comparable times must be of one size: boilerplate is in many messages.
fn same_size(a: &Sheet, b: &Sheet) -> bool {
    let (few, many) = (a.words.len().min(b.words.len()), a.words.len().max(b.words.len()));
    few * 2 >= many || a.withheld || b.withheld
}

/// Whether two senders can be one: one is unknown or withheld, the names are alike, or they have
/// a word of four letters in common in any order.
fn same_sender(a: &Sheet, b: &Sheet) -> bool {
    if a.sender.is_empty() || b.sender.is_empty() {
        return true;
    }
    let whole = |sheet: &Sheet| sheet.sender.concat();
    let (x, y) = (whole(a), whole(b));
    let cut = x.len().min(y.len()) >= 3 && (x.starts_with(&y) || y.starts_with(&x));
    cut || alike(&x, &y, 5)
        || a.sender
            .iter()
            .filter(|word| word.len() >= 4)
            .any(|word| b.sender.iter().any(|other| other.len() >= 4 && alike(word, other, 5)))
}

/// Whether two subjects are one but for misreadings and a cut end.
fn same_subject(a: &Sheet, b: &Sheet) -> bool {
    let (x, y) = (a.subject.as_str(), b.subject.as_str());
    let (short, long) = if x.len() <= y.len() { (x, y) } else { (y, x) };
    if short.is_empty() {
        // A withheld or missing subject speaks neither way.
        return long.is_empty() || a.unheaded || b.unheaded;
    }
    x == y || alike(x, y, 6) || short.len() >= 8 && long.starts_with(short)
}

/// The first item of each item's group, by place among the sheets; a sheet alone is its own.
pub(crate) fn groups(sheets: &[Sheet]) -> Vec<usize> {
    let mut groups: Vec<usize> = (0..sheets.len()).collect();
    // By time, and by minute of the hour with the subject: only neighbours are compared.
    let mut by_minute: FxHashMap<i64, Vec<usize>> = FxHashMap::default();
    let mut by_hour: FxHashMap<(i64, &str), Vec<usize>> = FxHashMap::default();
    let mut by_subject: FxHashMap<(&str, i64), Vec<usize>> = FxHashMap::default();
    let head = |sheet: &'_ str| sheet.char_indices().nth(6).map_or(sheet.len(), |(at, _)| at);
    for (at, sheet) in sheets.iter().enumerate() {
        let subject = &sheet.subject[..head(&sheet.subject)];
        if let Some(minute) = sheet.minute {
            for near in minute - DRIFT..=minute + DRIFT {
                for other in by_minute.get(&near).into_iter().flatten() {
                    try_join(sheets, &mut groups, *other, at);
                }
            }
            for near in -DRIFT..=DRIFT {
                let key = ((minute + near).rem_euclid(60), subject);
                for other in by_hour.get(&key).into_iter().flatten().rev().take(SCAN) {
                    let apart = sheets[*other].minute.map_or(i64::MAX, |m| (m - minute).abs());
                    if apart > DRIFT && apart <= ZONES + DRIFT {
                        try_join(sheets, &mut groups, *other, at);
                    }
                }
            }
            by_minute.entry(minute).or_default().push(at);
            by_hour.entry((minute.rem_euclid(60), subject)).or_default().push(at);
        }
        if sheet.words.len() >= MANY {
            let day = sheet.day.unwrap_or(i64::MIN);
            let days =
                if day == i64::MIN { vec![day] } else { vec![i64::MIN, day - 1, day, day + 1] };
            for day in days {
                for other in by_subject.get(&(subject, day)).into_iter().flatten().take(SCAN) {
                    if sheet.minute.is_none() || sheets[*other].minute.is_none() {
                        try_join(sheets, &mut groups, *other, at);
                    }
                }
            }
            by_subject.entry((subject, day)).or_default().push(at);
        }
    }
    (0..sheets.len()).map(|at| root(&mut groups, at)).collect()
}

/// Sheets of one key that are compared at most: a schedule sent every day is no quadratic case.
const SCAN: usize = 2_000;

fn root(groups: &mut [usize], mut at: usize) -> usize {
    while groups[at] != at {
        groups[at] = groups[groups[at]];
        at = groups[at];
    }
    at
}

fn try_join(sheets: &[Sheet], groups: &mut [usize], a: usize, b: usize) {
    let (x, y) = (root(groups, a), root(groups, b));
    if x != y && fit(&sheets[a], &sheets[b]).is_some() {
        groups[x.max(y)] = x.min(y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(minute: Option<i64>, sender: &str, subject: &str, text: &str) -> Sheet {
        Sheet::of(0, minute, minute.map(|m| m / 1440), &[sender], Some(subject), text)
    }

    const LONG: &str = "The harbour board will meet on Thursday and decide about the quay walls";

    #[test]
    fn printings_of_one_message_fit_in_spite_of_errors_and_redactions() {
        let original = sheet(Some(1000), "Quist, Bo <bo@q.example>", "Re: Quay", LONG);
        for (other, want) in [
            (
                sheet(Some(1001), "Bo Quist", "Re: Quay", &LONG.replace("board", "bcard")),
                Some(Fit::Minutes),
            ),
            (
                sheet(
                    Some(1000),
                    "Quist, Bo",
                    "RE: Quay",
                    "The harbour board will [withheld: B5] decide about the quay walls",
                ),
                Some(Fit::Minutes),
            ),
            (sheet(Some(1300), "Quist, Bo", "Re: Quay", LONG), Some(Fit::Hours)),
            (sheet(Some(1317), "Quist, Bo", "Re: Quay", LONG), None),
            (sheet(Some(1000), "Lind, Ann", "Re: Quay", LONG), None),
            (sheet(Some(1000), "Quist, Bo", "Re: Crane", LONG), None),
            (
                sheet(
                    Some(1000),
                    "Quist, Bo",
                    "Re: Quay",
                    "Other words altogether stand in this one, about cranes and their drivers",
                ),
                None,
            ),
        ] {
            assert_eq!(fit(&original, &other), want);
            assert_eq!(fit(&other, &original), want);
        }
        let short = |text: &str| sheet(Some(1000), "H", "Re: Quay", text);
        assert!(fit(&short("Ok."), &short("Ok")).is_some());
        assert!(fit(&short("Ok."), &short("No")).is_none());
        assert!(fit(&short("[withheld: B5]"), &short("He is ill")).is_some());
        assert!(fit(&short(""), &short("He is ill")).is_none());
    }

    proptest::proptest! {
        #[test]
        fn groups_do_not_depend_on_the_order(seed in 0u64..500) {
            let mut sheets: Vec<Sheet> = (0..24)
                .map(|n| {
                    let minute = 1000 + (n * 7 + seed as i64) % 5 * 30;
                    sheet(Some(minute), ["Bo", "Ann"][n as usize % 2], "Quay", &LONG[..20 + (n as usize % 3) * 10])
                })
                .collect();
            let sets = |sheets: &[Sheet]| {
                let groups = groups(sheets);
                let mut pairs: Vec<(String, bool)> = Vec::new();
                for a in 0..sheets.len() {
                    for b in 0..sheets.len() {
                        let name = |s: &Sheet| format!("{:?}{:?}{}", s.minute, s.sender, s.letters);
                        pairs.push((name(&sheets[a]) + &name(&sheets[b]), groups[a] == groups[b]));
                    }
                }
                pairs.sort();
                pairs
            };
            let straight = sets(&sheets);
            sheets.reverse();
            proptest::prop_assert_eq!(straight, sets(&sheets));
        }
    }
}
