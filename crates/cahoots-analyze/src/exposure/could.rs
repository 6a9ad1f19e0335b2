//! Who could have known: reachability over time-respecting paths, in one pass over the contacts.
//!
//! A path is time-respecting when each contact on it is strictly later than the one before, by
//! more than `skew` (Holme and Saramäki 2012, Temporal networks). Contacts at equal times do not
//! chain. The one pass over contacts in the order of time is that of Wu et al. 2014, Path problems
//! in temporal graphs: O(n + m) once they are sorted.

/// The value that stands for «not reached» in [`Arrivals::at`] and [`Departures::at`].
pub const NEVER: u32 = u32::MAX;

/// Timed contacts from one node to another, in columns, in the order of time.
///
/// The columns are of equal length; `at` is in microseconds and ascends. Use [`Contacts::sorted`]
/// for rows in any order. A pass ends with the shortest column and ignores nodes it does not have.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Contacts {
    /// Who wrote.
    pub from: Vec<u32>,
    /// Whom to.
    pub to: Vec<u32>,
    /// When, in microseconds.
    pub at: Vec<i64>,
}

impl Contacts {
    /// Contacts from rows (from, to, at) in any order.
    pub fn sorted(mut rows: Vec<(u32, u32, i64)>) -> Self {
        rows.sort_unstable_by_key(|(from, to, at)| (*at, *from, *to));
        let mut contacts = Self::default();
        for (from, to, at) in rows {
            contacts.push(from, to, at);
        }
        contacts
    }

    /// Appends a contact that is not earlier than the last one.
    pub fn push(&mut self, from: u32, to: u32, at: i64) {
        self.from.push(from);
        self.to.push(to);
        self.at.push(at);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.at.len().min(self.from.len()).min(self.to.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The earliest time at which each node can be reached from a start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrivals {
    /// The node it began with.
    pub start: u32,
    /// By node: when; meaningless where `via` is [`NEVER`], except for the start, where it is
    /// the time to begin.
    pub at: Vec<i64>,
    /// By node: number of the contact by which it is first reached, or [`NEVER`].
    pub via: Vec<u32>,
}

impl Arrivals {
    /// When a node is first reached; the start at the time to begin.
    pub fn of(&self, node: u32) -> Option<i64> {
        let via = *self.via.get(node as usize)?;
        (via != NEVER || node == self.start).then(|| self.at[node as usize])
    }

    /// Nodes reached, the start not counted.
    pub fn reached(&self) -> usize {
        self.via.iter().filter(|via| **via != NEVER).count()
    }

    /// The contacts, by number, of a path that reaches a node first; in the order of time. Empty
    /// for the start, `None` for a node that is not reached.
    pub fn path(&self, contacts: &Contacts, node: u32) -> Option<Vec<u32>> {
        self.of(node)?;
        let (mut path, mut node) = (Vec::new(), node);
        while node != self.start {
            let via = *self.via.get(node as usize)?;
            path.push(via);
            node = *contacts.from.get(via as usize)?;
        }
        path.reverse();
        Some(path)
    }
}

/// The latest time at which each node can begin a path that reaches an end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Departures {
    /// The node it ends with.
    pub end: u32,
    /// By node: when; meaningless where `via` is [`NEVER`], except for the end, where it is the
    /// time to be there.
    pub at: Vec<i64>,
    /// By node: number of the contact by which it begins, or [`NEVER`].
    pub via: Vec<u32>,
}

impl Departures {
    /// When a node must begin at the latest; the end at the time to be there.
    pub fn of(&self, node: u32) -> Option<i64> {
        let via = *self.via.get(node as usize)?;
        (via != NEVER || node == self.end).then(|| self.at[node as usize])
    }
}

/// Which nodes are reached: one bit each, so that the set stays in the processor's near cache
/// while the contacts stream past.
struct Marks(Vec<u64>);

impl Marks {
    fn new(nodes: usize) -> Self {
        Self(vec![0; nodes.div_ceil(64)])
    }

    fn has(&self, node: u32) -> bool {
        // Nodes beyond the end are in no word; a bit beyond the last node is never set.
        self.0.get(node as usize / 64).is_some_and(|word| word >> (node % 64) & 1 == 1)
    }

    fn set(&mut self, node: u32) {
        if let Some(word) = self.0.get_mut(node as usize / 64) {
            *word |= 1 << (node % 64);
        }
    }
}

/// The earliest arrival at each of `nodes` nodes over strict paths that begin at `start` with a
/// contact at or after `t0`.
///
/// Each later contact is later than the one before it by more than `skew` microseconds (not
/// negative). Nodes are numbered from 0. O(nodes + contacts).
pub fn earliest(contacts: &Contacts, start: u32, t0: i64, nodes: u32, skew: i64) -> Arrivals {
    let count = nodes as usize;
    let mut found = Arrivals { start, at: vec![i64::MAX; count], via: vec![NEVER; count] };
    if start >= nodes {
        return found;
    }
    found.at[start as usize] = t0;
    let mut marks = Marks::new(count);
    marks.set(start);
    let mut left = count - 1;
    let skew = skew.max(0);
    let first = contacts.at.partition_point(|at| *at < t0);
    let (from, to) = (contacts.from.get(first..), contacts.to.get(first..));
    let pairs = from.unwrap_or(&[]).iter().zip(to.unwrap_or(&[])).zip(first..contacts.len());
    for ((&from, &to), number) in pairs {
        // The first mark is the earliest, since time ascends: nothing is ever corrected. Times are
        // read only where both marks allow it, which is rarely.
        if !marks.has(from) || marks.has(to) {
            continue;
        }
        let at = contacts.at[number];
        if to >= nodes {
            continue;
        }
        // A node reached at this very time has `at` equal: ties are closed by «strictly».
        if from == start || found.at[from as usize].saturating_add(skew) < at {
            found.at[to as usize] = at;
            found.via[to as usize] = number as u32;
            marks.set(to);
            left -= 1;
            if left == 0 {
                break;
            }
        }
    }
    found
}

/// The latest departure from each of `nodes` nodes over strict paths that reach `end` with a
/// contact at or before `t1`: who could have been where it came from. The same pass, backwards.
pub fn latest(contacts: &Contacts, end: u32, t1: i64, nodes: u32, skew: i64) -> Departures {
    let count = nodes as usize;
    let mut found = Departures { end, at: vec![i64::MIN; count], via: vec![NEVER; count] };
    if end >= nodes {
        return found;
    }
    found.at[end as usize] = t1;
    let mut marks = Marks::new(count);
    marks.set(end);
    let skew = skew.max(0);
    let past = contacts.at.partition_point(|at| *at <= t1).min(contacts.len());
    for number in (0..past).rev() {
        let (from, to) = (contacts.from[number], contacts.to[number]);
        if !(marks.has(to) & !marks.has(from)) || from >= nodes {
            continue;
        }
        let at = contacts.at[number];
        if to == end || at.saturating_add(skew) < found.at[to as usize] {
            found.at[from as usize] = at;
            found.via[from as usize] = number as u32;
            marks.set(from);
        }
    }
    found
}

#[cfg(test)]
#[path = "could_tests.rs"]
mod tests;
