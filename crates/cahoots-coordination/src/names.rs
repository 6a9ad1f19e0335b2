//! Names as numbers: every account and every object once, numbered in the order of first
//! appearance, whatever the number of threads that read.
//!
//! While tables are read, a name gets a *provisional* number: its shard (by hash) and its place
//! in it, which depends on which thread came first. When all is read, the provisional numbers are
//! exchanged for the place among all first appearances, which depends on the input alone.

use std::sync::{Mutex, PoisonError};

use hashbrown::HashTable;
use twox_hash::XxHash3_64;

/// Parts of a dictionary, each behind its own lock. Rows are kept by the shard of their object.
pub(crate) const SHARDS: usize = 64;
const SHARD_BITS: u32 = SHARDS.trailing_zeros();

/// The hash under which a name of a kind stands in its shard.
pub(crate) fn hash_of(kind: u8, name: &[u8]) -> u64 {
    XxHash3_64::oneshot_with_seed(u64::from(kind) ^ 0x636f_6f72, name)
}

/// The number by which a post is told from others: a hash of its id.
pub(crate) fn content_of(id: &[u8]) -> u64 {
    XxHash3_64::oneshot(id)
}

/// The shard of a provisional number.
pub(crate) fn shard_of(provisional: u32) -> usize {
    provisional as usize % SHARDS
}

/// The place of a provisional number in its shard.
pub(crate) fn place_of(provisional: u32) -> usize {
    (provisional >> SHARD_BITS) as usize
}

#[derive(Default, Debug)]
struct Shard {
    table: HashTable<u32>,
    hashes: Vec<u64>,
    kinds: Vec<u8>,
    /// Where it was met first: chunk and row.
    firsts: Vec<u64>,
    ends: Vec<u64>,
    bytes: Vec<u8>,
}

impl Shard {
    fn name(&self, place: usize) -> &[u8] {
        let start = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        &self.bytes[start..self.ends[place] as usize]
    }

    fn add(&mut self, hash: u64, kind: u8, name: &[u8], first: u64) -> u32 {
        let same = |place: &u32| {
            let place = *place as usize;
            self.hashes[place] == hash && self.kinds[place] == kind && self.name(place) == name
        };
        if let Some(place) = self.table.find(hash, same).copied() {
            let known = &mut self.firsts[place as usize];
            *known = (*known).min(first);
            return place;
        }
        let place = self.hashes.len() as u32;
        self.hashes.push(hash);
        self.kinds.push(kind);
        self.firsts.push(first);
        self.bytes.extend_from_slice(name);
        self.ends.push(self.bytes.len() as u64);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, place, |place| hashes[*place as usize]);
        place
    }
}

/// A dictionary that is being filled.
#[derive(Debug)]
pub(crate) struct Interner {
    shards: Vec<Mutex<Shard>>,
}

impl Interner {
    pub(crate) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    /// Adds names that hold no two equal ones, and gives the provisional number of each. `first`
    /// says where each was met. One lock a shard.
    pub(crate) fn add_all<'a>(
        &self,
        names: impl Fn(usize) -> (u64, u8, &'a [u8], u64),
        n: usize,
        into: &mut Vec<u32>,
    ) {
        into.clear();
        into.resize(n, 0);
        let mut by_shard = vec![0_u32; n];
        let mut ends = [0_usize; SHARDS];
        for at in 0..n {
            ends[names(at).0 as usize % SHARDS] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum - *end;
        }
        for at in 0..n {
            let end = &mut ends[names(at).0 as usize % SHARDS];
            by_shard[*end] = at as u32;
            *end += 1;
        }
        let mut start = 0;
        for (number, end) in ends.into_iter().enumerate() {
            if start == end {
                continue;
            }
            let mut shard = self.shards[number].lock().unwrap_or_else(PoisonError::into_inner);
            for at in &by_shard[start..end] {
                let (hash, kind, name, first) = names(*at as usize);
                // The low bits chose the shard: the table gets the others.
                let place = shard.add(hash.rotate_right(SHARD_BITS), kind, name, first);
                into[*at as usize] = (place << SHARD_BITS) | number as u32;
            }
            start = end;
        }
    }

    /// Bytes that the dictionary holds, about.
    pub(crate) fn size(&self) -> u64 {
        let size = |shard: &Mutex<Shard>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            (shard.bytes.capacity() + shard.hashes.capacity() * 36) as u64
        };
        self.shards.iter().map(size).sum()
    }

    /// Ends the filling: the dictionary, and the final number of each provisional one by shard
    /// and place.
    pub(crate) fn finish(self) -> (Names, Vec<Vec<u32>>) {
        let shards: Vec<Shard> = self
            .shards
            .into_iter()
            .map(|shard| shard.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect();
        // Where a name was met first, its kind and its provisional number, as one number: sorted
        // without a look at anything else.
        let mut order: Vec<u128> =
            Vec::with_capacity(shards.iter().map(|it| it.firsts.len()).sum());
        for (number, shard) in shards.iter().enumerate() {
            for (place, (first, kind)) in shard.firsts.iter().zip(&shard.kinds).enumerate() {
                let provisional = ((place as u32) << SHARD_BITS) | number as u32;
                let low = (u64::from(*kind) << 32) | u64::from(provisional);
                order.push((u128::from(*first) << 64) | u128::from(low));
            }
        }
        order.sort_unstable();
        // Several names may come first in one row: then their kind and their spelling decide.
        let spelling = |provisional: u32| shards[shard_of(provisional)].name(place_of(provisional));
        for same in order.chunk_by_mut(|a, b| a >> 32 == b >> 32).filter(|same| same.len() > 1) {
            same.sort_unstable_by_key(|packed| spelling(*packed as u32));
        }
        let mut finals: Vec<Vec<u32>> =
            shards.iter().map(|shard| vec![0; shard.firsts.len()]).collect();
        let mut names = Names::default();
        let mut bytes = Vec::with_capacity(shards.iter().map(|shard| shard.bytes.len()).sum());
        names.ends.reserve(order.len());
        names.kinds.reserve(order.len());
        for (number, packed) in order.iter().enumerate() {
            let provisional = *packed as u32;
            finals[shard_of(provisional)][place_of(provisional)] = number as u32;
            bytes.extend_from_slice(spelling(provisional));
            names.ends.push(bytes.len() as u64);
            names.kinds.push((*packed >> 32) as u8);
        }
        names.text = text(bytes);
        (names, finals)
    }
}

/// Names that stand one after another. Readers hand over UTF-8 only: it is looked at once for all
/// of them.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        // The ends stay where they are.
        let plain = |byte: u8| if byte.is_ascii() { char::from(byte) } else { '?' };
        error.into_bytes().into_iter().map(plain).collect()
    })
}

/// Names by number.
#[derive(Clone, Default, Debug)]
pub struct Names {
    /// One after another.
    text: String,
    ends: Vec<u64>,
    kinds: Vec<u8>,
}

impl Names {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The name with this number; empty for a number that is not one.
    pub fn name(&self, number: u32) -> &str {
        let at = number as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(at).copied().unwrap_or_default() as usize;
        self.text.get(start.unwrap_or_default() as usize..end).unwrap_or_default()
    }

    /// The kind of the name with this number: of objects, a [`crate::Kind`].
    pub(crate) fn kind(&self, number: u32) -> u8 {
        self.kinds.get(number as usize).copied().unwrap_or_default()
    }

    /// The number of a name, by looking through all of them.
    pub fn find(&self, name: &str) -> Option<u32> {
        (0..self.len() as u32).find(|number| self.name(*number) == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(interner: &Interner, names: &[(&str, u64)]) -> Vec<u32> {
        let mut numbers = Vec::new();
        let of = |at: usize| {
            let name = names[at].0.as_bytes();
            (hash_of(9, name), 9, name, names[at].1)
        };
        interner.add_all(of, names.len(), &mut numbers);
        numbers
    }

    #[test]
    fn numbers_follow_first_appearance_and_not_the_order_of_adding() {
        let late = [("c", 12), ("a", 10), ("", 11)];
        let early = [("b", 0), ("a", 1)];
        for turn in [[&late[..], &early[..]], [&early[..], &late[..]]] {
            let interner = Interner::new();
            let given: Vec<Vec<u32>> = turn.iter().map(|names| add(&interner, names)).collect();
            let (names, finals) = interner.finish();
            let all: Vec<&str> = (0..4).map(|number| names.name(number)).collect();
            assert_eq!(all, ["b", "a", "", "c"]);
            assert_eq!(names.find("c"), Some(3));
            assert_eq!(names.name(9), "");
            for (numbers, added) in given.iter().zip(turn) {
                for (number, (name, _)) in numbers.iter().zip(added) {
                    let last = finals[shard_of(*number)][place_of(*number)];
                    assert_eq!(names.name(last), *name);
                }
            }
        }
    }

    #[test]
    fn one_name_of_two_kinds_is_two() {
        let interner = Interner::new();
        let mut numbers = Vec::new();
        interner.add_all(|at| (hash_of(at as u8, b"x"), at as u8, b"x", 3), 2, &mut numbers);
        let (names, _) = interner.finish();
        assert_eq!((names.len(), names.kind(0), names.kind(1)), (2, 0, 1));
    }
}
