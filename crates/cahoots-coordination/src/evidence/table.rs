//! The shares, indexed by object and by account.

use std::ops::Range;

use crate::{AccountNo, ObjectNo, Share};

/// What is wrong with the shares as they were handed over.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EvidenceError {
    /// The shares are not in the order of object, time, account.
    #[error(
        "share {place} stands before its place: shares must be sorted by object, time, account"
    )]
    Unsorted {
        /// The first share that is smaller than the one before it, counted from 0.
        place: usize,
    },
    /// More shares than the index can number.
    #[error("{found} shares: the evidence of at most {most} is looked at in one go")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// A pair names an account that shared nothing, or one account twice.
    #[error("pair {place}: accounts {a} and {b} are not two accounts of the shares")]
    NotAPair {
        /// The pair, counted from 0.
        place: usize,
        /// Its first account.
        a: u32,
        /// Its second.
        b: u32,
    },
}

/// The shares of one question: sorted by object, time and account, and an index by account.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    shares: &'a [Share],
    /// `object_ends[o]` is one past the last share of object `o`.
    object_ends: Vec<u32>,
    /// Places in `shares`, by account, then object, then time.
    by_account: Vec<u32>,
    account_ends: Vec<u32>,
    /// Distinct objects of each account; distinct accounts of each object.
    account_degrees: Vec<u32>,
    object_degrees: Vec<u32>,
}

impl<'a> Table<'a> {
    /// Indexes shares that are sorted by object, time and account. O(n), three numbers a share.
    pub fn new(shares: &'a [Share]) -> Result<Self, EvidenceError> {
        let most = u32::MAX as usize - 1;
        if shares.len() > most {
            return Err(EvidenceError::TooMany { found: shares.len(), most });
        }
        if let Some(place) = (1..shares.len()).find(|place| shares[*place] < shares[place - 1]) {
            return Err(EvidenceError::Unsorted { place });
        }
        let objects = shares.last().map_or(0, |last| last.object.0 as usize + 1);
        let accounts = shares.iter().map(|it| it.account.0 as usize + 1).max().unwrap_or(0);
        let mut object_ends = vec![0_u32; objects];
        let mut counts = vec![0_u32; accounts];
        for share in shares {
            object_ends[share.object.0 as usize] += 1;
            counts[share.account.0 as usize] += 1;
        }
        add_up(&mut object_ends);
        let mut next: Vec<u32> = starts(&counts);
        add_up(&mut counts);
        let account_ends = counts;
        // Objects come in order, and the times of an object too, so no sorting is needed.
        let mut by_account = vec![0_u32; shares.len()];
        for (place, share) in shares.iter().enumerate() {
            let slot = &mut next[share.account.0 as usize];
            by_account[*slot as usize] = place as u32;
            *slot += 1;
        }
        let mut table = Self {
            shares,
            object_ends,
            by_account,
            account_ends,
            account_degrees: vec![0; accounts],
            object_degrees: Vec::new(),
        };
        let mut object_degrees = vec![0; objects];
        for account in 0..accounts {
            let mut last = None;
            let mut distinct = 0;
            for share in table.shares_of(AccountNo(account as u32)) {
                if last != Some(share.object) {
                    last = Some(share.object);
                    distinct += 1;
                    object_degrees[share.object.0 as usize] += 1;
                }
            }
            table.account_degrees[account] = distinct;
        }
        table.object_degrees = object_degrees;
        Ok(table)
    }

    /// All shares, by object, time and account.
    pub fn shares(&self) -> &'a [Share] {
        self.shares
    }

    /// One past the highest number of an account.
    pub fn accounts(&self) -> usize {
        self.account_ends.len()
    }

    /// One past the highest number of an object.
    pub fn objects(&self) -> usize {
        self.object_ends.len()
    }

    /// The shares of an object, by time.
    pub fn of_object(&self, object: ObjectNo) -> &'a [Share] {
        let shares = self.shares;
        &shares[range(&self.object_ends, object.0 as usize)]
    }

    /// The place of the first share of an object.
    pub fn first_place(&self, object: ObjectNo) -> Option<u32> {
        let range = range(&self.object_ends, object.0 as usize);
        if range.is_empty() { None } else { Some(range.start as u32) }
    }

    /// The shares of an account, by object and time.
    pub fn shares_of(&self, account: AccountNo) -> impl ExactSizeIterator<Item = Share> + '_ {
        self.by_account[range(&self.account_ends, account.0 as usize)]
            .iter()
            .map(|place| self.shares[*place as usize])
    }

    /// The places of an account's shares, apart for each object, by time.
    pub fn runs_of(&self, account: AccountNo) -> impl Iterator<Item = &[u32]> {
        self.by_account[range(&self.account_ends, account.0 as usize)]
            .chunk_by(|x, y| self.shares[*x as usize].object == self.shares[*y as usize].object)
    }

    /// The places of an account's shares of one object, by time.
    pub fn run_of(&self, account: AccountNo, object: ObjectNo) -> &[u32] {
        let own = &self.by_account[range(&self.account_ends, account.0 as usize)];
        let start = own.partition_point(|place| self.shares[*place as usize].object < object);
        let own = &own[start..];
        &own[..gallop(own, |place| self.shares[*place as usize].object == object)]
    }

    /// How many of some places, by time, lie within `reach` of a time.
    pub fn within(&self, places: &[u32], micros: i64, reach: i64) -> usize {
        let time = |place: &u32| self.shares[*place as usize].micros;
        let (from, to) = (micros.saturating_sub(reach), micros.saturating_add(reach));
        let start = places.partition_point(|place| time(place) < from);
        places[start..].partition_point(|place| time(place) <= to)
    }

    /// Where an account's shares stand among all, by account.
    pub fn range_of(&self, account: AccountNo) -> Range<usize> {
        range(&self.account_ends, account.0 as usize)
    }

    /// How many different objects an account shared.
    pub fn objects_of(&self, account: AccountNo) -> u32 {
        self.account_degrees.get(account.0 as usize).copied().unwrap_or(0)
    }

    /// How many different accounts shared an object.
    pub fn sharers_of(&self, object: ObjectNo) -> u32 {
        self.object_degrees.get(object.0 as usize).copied().unwrap_or(0)
    }

    /// The objects that both shared, in order, with the shares of the first and of the second, each
    /// by time. The shorter list is walked and the longer one searched from where it stood.
    pub fn common(&self, a: AccountNo, b: AccountNo) -> Common<'_> {
        Common {
            shares: self.shares,
            a: &self.by_account[range(&self.account_ends, a.0 as usize)],
            b: &self.by_account[range(&self.account_ends, b.0 as usize)],
        }
    }
}

/// The objects that two accounts share.
#[derive(Clone, Debug)]
pub struct Common<'a> {
    shares: &'a [Share],
    a: &'a [u32],
    b: &'a [u32],
}

/// An object that two accounts shared, and the places of their shares, each by time.
#[derive(Clone, Copy, Debug)]
pub struct Both<'a> {
    /// The object.
    pub object: ObjectNo,
    /// Places of the first account's shares of it.
    pub a: &'a [u32],
    /// Places of the second's.
    pub b: &'a [u32],
}

impl<'a> Iterator for Common<'a> {
    type Item = Both<'a>;

    fn next(&mut self) -> Option<Both<'a>> {
        let object = |place: &u32| self.shares[*place as usize].object;
        loop {
            let (first, second) = (object(self.a.first()?), object(self.b.first()?));
            if first < second {
                self.a = &self.a[gallop(self.a, |place| object(place) < second)..];
            } else if second < first {
                self.b = &self.b[gallop(self.b, |place| object(place) < first)..];
            } else {
                let (a, after_a) = self.a.split_at(gallop(self.a, |place| object(place) == first));
                let (b, after_b) = self.b.split_at(gallop(self.b, |place| object(place) == first));
                (self.a, self.b) = (after_a, after_b);
                return Some(Both { object: first, a, b });
            }
        }
    }
}

/// How many of the first places fulfil what a prefix fulfils; doubling steps, then halving.
fn gallop(places: &[u32], holds: impl Fn(&u32) -> bool) -> usize {
    let mut step = 1;
    while step < places.len() && holds(&places[step]) {
        step *= 2;
    }
    let (from, to) = (step / 2, (step + 1).min(places.len()));
    from + places[from..to].partition_point(holds)
}

fn range(ends: &[u32], number: usize) -> Range<usize> {
    match ends.get(number) {
        Some(end) => number.checked_sub(1).map_or(0, |before| ends[before]) as usize..*end as usize,
        None => 0..0,
    }
}

fn add_up(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}

fn starts(counts: &[u32]) -> Vec<u32> {
    let mut sum = 0;
    counts
        .iter()
        .map(|count| {
            let start = sum;
            sum += count;
            start
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn shares(rows: &[(u32, i64, u32)]) -> Vec<Share> {
        let mut shares: Vec<Share> = rows
            .iter()
            .map(|(object, micros, account)| Share {
                object: ObjectNo(*object),
                micros: *micros,
                account: AccountNo(*account),
            })
            .collect();
        shares.sort();
        shares
    }

    #[test]
    fn shares_out_of_order_are_refused_and_named() {
        let mut rows = shares(&[(0, 5, 1), (0, 6, 1), (1, 1, 0)]);
        assert!(Table::new(&rows).is_ok());
        rows.swap(0, 1);
        assert_eq!(Table::new(&rows).unwrap_err(), EvidenceError::Unsorted { place: 1 });
        let table = Table::new(&[]).unwrap();
        assert_eq!((table.accounts(), table.objects()), (0, 0));
        assert_eq!(table.common(AccountNo(0), AccountNo(7)).count(), 0);
    }

    proptest! {
        #[test]
        fn what_both_shared_is_found(rows in proptest::collection::vec((0_u32..12, 0_i64..50, 0_u32..6), 0..120)) {
            let shares = shares(&rows);
            let table = Table::new(&shares).unwrap();
            let objects = |account: u32| -> BTreeSet<u32> {
                rows.iter().filter(|row| row.2 == account).map(|row| row.0).collect()
            };
            for a in 0..7 {
                prop_assert_eq!(table.objects_of(AccountNo(a)) as usize, objects(a).len());
                for b in 0..7 {
                    let expected: Vec<u32> = objects(a).intersection(&objects(b)).copied().collect();
                    let found: Vec<u32> =
                        table.common(AccountNo(a), AccountNo(b)).map(|it| it.object.0).collect();
                    prop_assert_eq!(found, expected);
                    for both in table.common(AccountNo(a), AccountNo(b)) {
                        for (account, places) in [(a, both.a), (b, both.b)] {
                            prop_assert!(places.is_sorted());
                            let found = places.iter().filter(|place| {
                                let share = shares[**place as usize];
                                share.object == both.object && share.account.0 == account
                            });
                            prop_assert_eq!(found.count(), places.len());
                            let all = rows.iter().filter(|r| r.0 == both.object.0 && r.2 == account);
                            prop_assert_eq!(all.count(), places.len());
                        }
                    }
                }
            }
        }
    }
}
