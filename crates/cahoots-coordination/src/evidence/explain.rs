//! All that is known about two accounts: every object both shared, how far apart, and how likely
//! that was.

use super::Grounds;
use super::selection::{self, Selection};
use super::synchrony::{Meeting, Synchrony, Yardstick};
use super::table::EvidenceError;
use crate::{AccountNo, ObjectNo};

/// Everything about a pair.
#[derive(Clone, PartialEq, Debug)]
pub struct Explanation {
    /// How much they chose the same objects.
    pub selection: Selection,
    /// How much they were in step.
    pub synchrony: Synchrony,
    /// The account whose times are given in `synchrony` and in the meetings.
    pub given: AccountNo,
    /// The account that might be anybody.
    pub other: AccountNo,
    /// Every object both shared.
    pub objects: Vec<BothShared>,
}

/// An object that both shared.
#[derive(Clone, PartialEq, Debug)]
pub struct BothShared {
    /// The object.
    pub object: ObjectNo,
    /// How many accounts shared it.
    pub sharers: u32,
    /// The chance that both share it, from activity and popularity alone.
    pub chance: f64,
    /// The smallest lag: the other's share minus that of the account whose times are given, in
    /// microseconds.
    pub lag: i64,
    /// The meetings at it, by time: none if they never were within the horizon.
    pub meetings: Vec<Meeting>,
}

/// Explains a pair, with what synchrony was judged by at a window.
pub fn explain(
    grounds: &Grounds<'_>,
    yardstick: &Yardstick,
    a: AccountNo,
    b: AccountNo,
) -> Result<Explanation, EvidenceError> {
    grounds.check(&[(a, b)])?;
    let table = grounds.table();
    let threads = std::num::NonZeroUsize::MIN;
    let selections =
        selection::selections(table, grounds.degrees(), grounds.moments(), &[(a, b)], threads);
    let Some(selection) = selections.into_iter().next() else {
        return Err(EvidenceError::NotAPair { place: 0, a: a.0, b: b.0 });
    };
    let (synchrony, a_is_given) = yardstick.synchrony(table, a, b);
    let (given, other) = if a_is_given { (a, b) } else { (b, a) };
    let mut meetings = yardstick.meetings(table, given, other);
    meetings.sort_by_key(|it| it.object);
    let mut meetings = meetings.into_iter().peekable();
    let objects = table
        .common(given, other)
        .map(|both| {
            let time = |place: &u32| table.shares()[*place as usize].micros;
            let chance = |account| grounds.degrees().chance(account, both.object);
            let mut here = Vec::new();
            while let Some(meeting) = meetings.next_if(|it| it.object == both.object) {
                here.push(meeting);
            }
            BothShared {
                object: both.object,
                sharers: table.sharers_of(both.object),
                chance: chance(given) * chance(other),
                lag: smallest_lag(both.a.iter().map(time), both.b.iter().map(time)),
                meetings: here,
            }
        })
        .collect();
    Ok(Explanation { selection, synchrony, given, other, objects })
}

/// The smallest difference, second less first, of two lists in order.
fn smallest_lag(first: impl Iterator<Item = i64>, second: impl Iterator<Item = i64>) -> i64 {
    let (mut first, mut second) = (first.peekable(), second.peekable());
    let mut best = i64::MAX;
    while let (Some(one), Some(other)) = (first.peek(), second.peek()) {
        let lag = other.saturating_sub(*one);
        if lag.unsigned_abs() < best.unsigned_abs() {
            best = lag;
        }
        if lag > 0 {
            first.next();
        } else {
            second.next();
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_lag_is_found() {
        let lag = |first: &[i64], second: &[i64]| {
            smallest_lag(first.iter().copied(), second.iter().copied())
        };
        assert_eq!(lag(&[1, 50, 90], &[20, 47]), -3);
        assert_eq!(lag(&[10], &[14, 100]), 4);
        assert_eq!(lag(&[10, 20], &[20]), 0);
    }
}
