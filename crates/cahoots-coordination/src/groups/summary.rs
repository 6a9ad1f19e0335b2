//! A group, and what it shared.

use std::collections::BTreeMap;

use super::graph::Graph;
use super::leiden::leiden;
use crate::evidence::Table;
use crate::{AccountNo, ObjectNo};

/// Objects listed for a group.
const LISTED: usize = 10;

/// Accounts that hang together on the edges given.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// The members, in the order of their numbers.
    pub members: Vec<AccountNo>,
    /// Edges between members.
    pub edges: u64,
    /// Edges as a part of the pairs of members.
    pub density: f64,
    /// The sum of the weights of these edges.
    pub weight: f64,
    /// How many objects two members or more shared.
    pub objects: u64,
    /// Those that most members shared, most first; at most ten.
    pub top: Vec<GroupObject>,
    /// The first and the last share by a member of an object that another member shared, in
    /// microseconds.
    pub active: Option<(i64, i64)>,
}

/// An object of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GroupObject {
    /// The object.
    pub object: ObjectNo,
    /// How many members shared it.
    pub members: u32,
    /// How often members shared it.
    pub shares: u32,
    /// How many accounts shared it in all.
    pub sharers: u32,
}

/// The groups of two accounts or more on these edges, the largest first, by the Leiden algorithm at
/// this resolution and seed.
pub fn groups(
    table: &Table<'_>,
    edges: &[(AccountNo, AccountNo, f64)],
    resolution: f64,
    seed: u64,
) -> Vec<Group> {
    let mut accounts: Vec<AccountNo> = edges.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let place = |account: &AccountNo| accounts.partition_point(|it| it < account) as u32;
    let graph = Graph::new(
        accounts.len(),
        edges.iter().map(|(a, b, weight)| (place(a), place(b), *weight)),
    );
    let group_of = leiden(&graph, resolution, seed);
    let n_groups = group_of.iter().map(|it| *it as usize + 1).max().unwrap_or(0);
    let mut members = vec![Vec::new(); n_groups];
    for (account, group) in accounts.iter().zip(&group_of) {
        members[*group as usize].push(*account);
    }
    let mut within = vec![(0_u64, 0.0); n_groups];
    for node in 0..graph.nodes() as u32 {
        let group = group_of[node as usize];
        for (other, weight) in graph.neighbours(node) {
            if node < *other && group_of[*other as usize] == group {
                let sums = &mut within[group as usize];
                *sums = (sums.0 + 1, sums.1 + weight);
            }
        }
    }
    members
        .into_iter()
        .zip(within)
        .filter(|(members, _)| members.len() > 1)
        .map(|(members, (edges, weight))| describe(table, members, edges, weight))
        .collect()
}

fn describe(table: &Table<'_>, members: Vec<AccountNo>, edges: u64, weight: f64) -> Group {
    // Members, shares, first and last of each object.
    let mut shared: BTreeMap<ObjectNo, (u32, u32, i64, i64)> = BTreeMap::new();
    for member in &members {
        for run in table.runs_of(*member) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let [first, last] = [first, last].map(|place| table.shares()[*place as usize]);
            let entry = shared.entry(first.object).or_insert((0, 0, i64::MAX, i64::MIN));
            entry.0 += 1;
            entry.1 += run.len() as u32;
            entry.2 = entry.2.min(first.micros);
            entry.3 = entry.3.max(last.micros);
        }
    }
    shared.retain(|_, (members, ..)| *members > 1);
    let active = shared.values().fold(None, |active: Option<(i64, i64)>, (_, _, first, last)| {
        let (from, to) = active.unwrap_or((*first, *last));
        Some((from.min(*first), to.max(*last)))
    });
    let mut top: Vec<GroupObject> = shared
        .iter()
        .map(|(object, (members, shares, ..))| GroupObject {
            object: *object,
            members: *members,
            shares: *shares,
            sharers: table.sharers_of(*object),
        })
        .collect();
    top.sort_unstable_by_key(|it| {
        (std::cmp::Reverse(it.members), std::cmp::Reverse(it.shares), it.sharers, it.object)
    });
    let objects = top.len() as u64;
    top.truncate(LISTED);
    let pairs = members.len() as f64 * (members.len() as f64 - 1.0) / 2.0;
    Group { density: edges as f64 / pairs, members, edges, weight, objects, top, active }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Share;

    #[test]
    fn a_group_says_what_it_shared_and_when() {
        let share = |object, micros, account| Share {
            object: ObjectNo(object),
            micros,
            account: AccountNo(account),
        };
        let mut shares = vec![
            share(0, 10, 1),
            share(0, 12, 2),
            share(0, 30, 2),
            share(0, 11, 3),
            share(1, 5, 1),
            share(2, 50, 1),
            share(2, 51, 2),
            share(2, 99, 7),
        ];
        shares.sort();
        let table = Table::new(&shares).unwrap();
        let edge = |a, b| (AccountNo(a), AccountNo(b), 2.0);
        let found = groups(&table, &[edge(1, 2), edge(3, 1), edge(2, 1)], 1.0, 1);
        assert_eq!(found.len(), 1);
        let group = &found[0];
        assert_eq!(group.members, [1, 2, 3].map(AccountNo));
        assert_eq!((group.edges, group.objects, group.active), (2, 2, Some((10, 51))));
        assert!((group.density - 2.0 / 3.0).abs() < 1e-12 && (group.weight - 6.0).abs() < 1e-12);
        let first = GroupObject { object: ObjectNo(0), members: 3, shares: 4, sharers: 3 };
        let second = GroupObject { object: ObjectNo(2), members: 2, shares: 2, sharers: 3 };
        assert_eq!(group.top, [first, second]);
        assert!(groups(&table, &[], 1.0, 1).is_empty());
    }
}
