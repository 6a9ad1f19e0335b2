//! What printings add to threads: one message is one node, and chains, subjects and times tie
//! messages across documents.

use rustc_hash::FxHashMap;

use super::gather::{Sheet, Sheets};
use super::rule::groups;
use crate::case::Case;
use crate::error::StoreError;

/// Minutes after a message within which one with its subject can be an answer to it.
const ANSWERED_WITHIN: i64 = 7 * 1440;
/// Letters from which on a subject says something.
const SUBJECT: usize = 8;

/// Printings as threading needs them.
#[derive(Default)]
pub(crate) struct Printed {
    /// For each printed item the item that stands for its message.
    pub(crate) message: FxHashMap<u64, u64>,
    /// (answer, what it answers), as items that stand for messages.
    pub(crate) links: Vec<(u64, u64)>,
}

impl Printed {
    /// Derives them from a case.
    pub(crate) fn of(case: &Case) -> Result<Self, StoreError> {
        let all = Sheets::gather(case)?;
        Ok(Self::from_sheets(&all))
    }

    fn from_sheets(all: &Sheets) -> Self {
        let stands = standing(&all.sheets, &groups(&all.sheets));
        let mut printed = Self::default();
        for (sheet, stands) in all.sheets.iter().zip(&stands) {
            printed.message.insert(sheet.ord, all.sheets[*stands].ord);
        }
        let mut answered = vec![false; all.sheets.len()];
        for chain in &all.chains {
            for pair in chain.windows(2) {
                let (upper, lower) = (stands[pair[0]], stands[pair[1]]);
                if upper != lower {
                    printed.links.push((all.sheets[upper].ord, all.sheets[lower].ord));
                    answered[upper] = true;
                }
            }
        }
        by_subject(&all.sheets, &stands, &answered, &mut printed.links);
        printed
    }
}

/// The sheet that stands for each: the one of its group that shows most, an original before a
/// quotation, the first among equals.
fn standing(sheets: &[Sheet], groups: &[usize]) -> Vec<usize> {
    let mut best: FxHashMap<usize, usize> = FxHashMap::default();
    for (at, group) in groups.iter().enumerate() {
        let rank = |at: usize| {
            let sheet = &sheets[at];
            (sheet.shows.0, sheet.shows.1, !sheet.recovered, std::cmp::Reverse(sheet.ord))
        };
        let so_far = best.entry(*group).or_insert(at);
        if rank(at) > rank(*so_far) {
            *so_far = at;
        }
    }
    groups.iter().map(|group| best.get(group).copied().unwrap_or(*group)).collect()
}

/// Answers that quote nothing: the subject is that of an earlier message, they share a person,
/// and no more than a week lies between them.
fn by_subject(sheets: &[Sheet], stands: &[usize], answered: &[bool], links: &mut Vec<(u64, u64)>) {
    let mut by_subject: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    for (at, sheet) in sheets.iter().enumerate() {
        if stands[at] == at && sheet.minute.is_some() && sheet.subject.len() >= SUBJECT {
            by_subject.entry(&sheet.subject).or_default().push(at);
        }
    }
    let mut subjects: Vec<_> = by_subject.into_iter().collect();
    subjects.sort_unstable();
    for (_, mut list) in subjects {
        list.sort_by_key(|at| (sheets[*at].minute, sheets[*at].ord));
        for (place, at) in list.iter().enumerate() {
            let sheet = &sheets[*at];
            if !sheet.answer || answered[*at] {
                continue;
            }
            let before = list[..place].iter().rev().take(50).find(|before| {
                let before = &sheets[**before];
                let apart = sheet.minute.unwrap_or(0) - before.minute.unwrap_or(0);
                apart <= ANSWERED_WITHIN
                    && before.people.iter().any(|name| sheet.people.binary_search(name).is_ok())
            });
            if let Some(before) = before {
                links.push((sheet.ord, sheets[*before].ord));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_and_subjects_tie_messages_across_documents() {
        let sheet = |ord, minute, sender: &str, subject, text| {
            let mut sheet = Sheet::of(ord, Some(minute), Some(0), &[sender], Some(subject), text);
            sheet.people = vec!["quist".to_owned()];
            sheet.shows.0 = ord as u32;
            sheet
        };
        // Document one prints 0 with 1 quoted; document two prints 2, which is 1 again, better.
        let all = Sheets {
            sheets: vec![
                sheet(0, 30, "Lind, Ann", "Re: Quay walls", "Yes, on Thursday"),
                sheet(1, 10, "Quist, Bo", "Quay walls", "When do we meet?"),
                sheet(2, 10, "Quist, Bo", "Quay walls", "When do we meet?"),
                sheet(3, 90, "Quist, Bo", "Re: Quay walls", "Good."),
                sheet(4, 90_000, "Quist, Bo", "Re: Quay walls", "Far too late."),
            ],
            chains: vec![vec![0, 1], vec![2], vec![3], vec![4]],
        };
        let printed = Printed::from_sheets(&all);
        assert_eq!(printed.message[&1], 2);
        assert_eq!(printed.message[&2], 2);
        assert_eq!(printed.links, [(0, 2), (3, 0)]);
    }
}
