//! The pairs of shares behind edges: which object, which posts, how far apart, and where they
//! stand in the input.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::network::Question;
use crate::rows::{At, Row};
use crate::share::{AccountNo, ObjectNo};
use crate::shares::Shares;
use crate::spill::SpillError;
use crate::sweep::takes_part;

/// One share of a pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Shared {
    /// When.
    pub micros: i64,
    /// Who.
    pub account: AccountNo,
    content: u64,
    at: At,
}

impl Shared {
    /// The file and the row in it, from 1.
    pub fn place(&self, shares: &Shares) -> (u32, u64) {
        shares.place(self.at)
    }

    /// The id of the post, if ids were kept and the table has one.
    pub fn post<'s>(&self, shares: &'s Shares) -> Option<&'s str> {
        self.at.has_content().then(|| shares.post(self.content)).flatten()
    }

    fn of(row: &Row) -> Self {
        let account = AccountNo(row.account);
        Self { micros: row.micros, account, content: row.content, at: row.at }
    }
}

/// A pair of shares of one object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct PairOfShares {
    /// The object.
    pub object: ObjectNo,
    /// The share that came first; of two at once that of the smaller account number.
    pub older: Shared,
    /// The other.
    pub newer: Shared,
}

impl PairOfShares {
    /// The lag in microseconds.
    pub fn lag(&self) -> i64 {
        self.newer.micros - self.older.micros
    }
}

/// The pairs of shares of some edges, or of all (`None`), by object and time. At most `most`; then
/// how many there are.
///
/// # Errors
/// When what was spilled cannot be read again.
pub fn pairs_of_shares(
    shares: &Shares,
    question: &Question,
    edges: &[(AccountNo, AccountNo)],
    most: usize,
) -> Result<(Vec<PairOfShares>, u64), SpillError> {
    let wanted: FxHashSet<(u32, u32)> =
        edges.iter().map(|(a, b)| (a.0.min(b.0), a.0.max(b.0))).collect();
    let accounts: FxHashSet<u32> = edges.iter().flat_map(|(a, b)| [a.0, b.0]).collect();
    let least = question.compat.map_or(question.min_participation, |_| 0);
    let active: Vec<bool> = shares.of_account.iter().map(|n| *n >= least).collect();
    let mut pairs = Vec::new();
    let mut found = 0;
    let mut back: std::collections::VecDeque<Row> = std::collections::VecDeque::new();
    shares.each_row(|row| {
        if !accounts.contains(&row.account) || !takes_part(row, &active, question.compat) {
            return;
        }
        let is_far = |old: &Row| {
            old.object != row.object || row.micros.saturating_sub(old.micros) > question.widest()
        };
        while back.front().is_some_and(is_far) {
            back.pop_front();
        }
        for older in &back {
            let key = (older.account.min(row.account), older.account.max(row.account));
            if older.account != row.account && wanted.contains(&key) {
                found += 1;
                if pairs.len() < most {
                    let (older, newer) = (Shared::of(older), Shared::of(row));
                    pairs.push(PairOfShares { object: ObjectNo(row.object), older, newer });
                }
            }
        }
        back.push_back(*row);
    })?;
    pairs.sort_unstable();
    Ok((pairs, found))
}

/// How an object went round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cascade {
    /// The object.
    pub object: ObjectNo,
    /// Its shares.
    pub shares: u32,
    /// The accounts that shared it.
    pub accounts: u32,
    /// Who shared it first; of several at once the one met first in the input.
    pub first_by: AccountNo,
    /// When.
    pub first: i64,
    /// When half of its shares had come.
    pub half: i64,
    /// When it was shared last.
    pub last: i64,
    /// Pairs of shares within the widest window.
    pub pairs: u64,
}

/// Every object with pairs, by number.
///
/// # Errors
/// When what was spilled cannot be read again.
pub fn cascades(shares: &Shares, question: &Question) -> Result<Vec<Cascade>, SpillError> {
    let window = question.widest();
    let mut all = Vec::new();
    let mut rows: Vec<(i64, u32)> = Vec::new();
    let mut object = None;
    let mut sharers: FxHashSet<u32> = FxHashSet::default();
    let mut end = |object: Option<u32>, rows: &mut Vec<(i64, u32)>| {
        if let (Some(object), Some((first, first_by)), Some((last, _))) =
            (object, rows.first().copied(), rows.last().copied())
        {
            let pairs = pairs_between_accounts(rows, window);
            if pairs > 0 {
                sharers.clear();
                sharers.extend(rows.iter().map(|(_, account)| *account));
                all.push(Cascade {
                    object: ObjectNo(object),
                    shares: rows.len() as u32,
                    accounts: sharers.len() as u32,
                    first_by: AccountNo(first_by),
                    first,
                    half: rows[(rows.len() - 1) / 2].0,
                    last,
                    pairs,
                });
            }
        }
        rows.clear();
    };
    shares.each_row(|row| {
        if object != Some(row.object) {
            end(object, &mut rows);
            object = Some(row.object);
        }
        if !row.at.is_origin() {
            rows.push((row.micros, row.account));
        }
    })?;
    end(object, &mut rows);
    all.sort_unstable_by_key(|cascade| cascade.object);
    Ok(all)
}

/// Pairs of different accounts within the window, without making them: all pairs less those of one
/// account with itself.
fn pairs_between_accounts(rows: &[(i64, u32)], window: i64) -> u64 {
    let mut in_window: FxHashMap<u32, u64> = FxHashMap::default();
    let mut low = 0;
    let mut pairs = 0;
    for (newer, (micros, account)) in rows.iter().enumerate() {
        while micros.saturating_sub(rows[low].0) > window {
            if let Some(n) = in_window.get_mut(&rows[low].1) {
                *n -= 1;
            }
            low += 1;
        }
        let own = in_window.entry(*account).or_default();
        pairs += (newer - low) as u64 - *own;
        *own += 1;
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Kind, Reading, network};

    fn shares() -> Shares {
        let line = |object, account, content, seconds: i64| {
            (Kind::Object, object, account, content, seconds * 1_000_000)
        };
        let lines = [
            line("o", "a", "1", 0),
            line("o", "b", "2", 3),
            line("p", "b", "3", 9),
            line("p", "a", "4", 5),
            line("p", "c", "5", 500),
            line("o", "a", "6", 4),
        ];
        Shares::of_rows(lines, &Reading { keeps_posts: true, ..Reading::default() }).unwrap()
    }

    #[test]
    fn the_pairs_of_an_edge_are_as_many_as_its_weight() {
        let shares = shares();
        let question = Question { min_participation: 1, ..Question::default() };
        let found = network(&shares, &question).unwrap();
        assert_eq!(found.edges.list.len(), 1);
        let edge = found.edges.list[0];
        let (pairs, n) = pairs_of_shares(&shares, &question, &[(edge.b, edge.a)], 99).unwrap();
        assert_eq!((pairs.len() as u32, n), (edge.weight, 3));
        let lags: Vec<i64> = pairs.iter().map(|pair| pair.lag() / 1_000_000).collect();
        assert_eq!(lags, [3, 1, 4]);
        assert_eq!(pairs[0].older.post(&shares), Some("1"));
        assert_eq!(pairs[2].newer.place(&shares), (0, 3));
        assert_eq!(pairs_of_shares(&shares, &question, &[(edge.a, edge.b)], 1).unwrap().1, 3);
    }

    #[test]
    fn cascades_say_who_was_first() {
        let shares = shares();
        let all = cascades(&shares, &Question::default()).unwrap();
        assert_eq!(all.len(), 2);
        let name = |account: AccountNo| shares.accounts.name(account.0);
        assert_eq!((name(all[0].first_by), all[0].shares, all[0].pairs), ("a", 3, 2));
        assert_eq!((name(all[1].first_by), all[1].accounts, all[1].pairs), ("a", 3, 1));
        assert_eq!(all[1].half, 9_000_000);
    }
}
