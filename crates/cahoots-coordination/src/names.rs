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

/// What tells a name from others: of a short one, and most are, everything.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Key {
    /// A short name itself, the hash of a longer one.
    word: u64,
    /// Kind and length, as far as there is room for it.
    shape: u32,
}

/// Bytes of a short name, at most.
const SHORT: usize = size_of::<u64>();
/// The length of a long name, at most, that stands in a key.
const LONGEST: u32 = 0xff_ffff;

impl Key {
    fn new(kind: u8, name: &[u8], hash: u64) -> Self {
        let word = if name.len() <= SHORT { word(name) } else { hash };
        let length = u32::try_from(name.len()).unwrap_or(LONGEST).min(LONGEST);
        Self { word, shape: u32::from(kind) << 24 | length }
    }

    fn kind(self) -> u8 {
        (self.shape >> 24) as u8
    }

    /// The name, when it is short.
    fn short(&self) -> Option<([u8; SHORT], usize)> {
        let length = (self.shape & LONGEST) as usize;
        (length <= SHORT).then(|| (self.word.to_le_bytes(), length))
    }

    fn hash(self) -> u64 {
        self.short().map_or(self.word, |(name, length)| hash_of(self.kind(), &name[..length]))
    }
}

/// A name of up to eight bytes as a number. Zeros stand behind it: its length tells the rest.
fn word(name: &[u8]) -> u64 {
    let part = |at: usize, n: usize| {
        name[at..at + n].iter().rev().fold(0_u64, |word, byte| word << 8 | u64::from(*byte))
    };
    match name.len() {
        8 => part(0, 8),
        // The two halves overlap.
        n @ 4..8 => part(0, 4) | part(n - 4, 4) << (8 * (n - 4)),
        n => part(0, n),
    }
}

/// A name where it was met.
#[derive(Clone, Copy, Debug)]
struct Met {
    hash: u64,
    word: u64,
    shape: u32,
    /// Bytes of the name, and where a long one begins.
    length: u32,
    start: usize,
    /// Where it was met: chunk and row.
    first: u64,
}

/// Names of a batch, and bytes of long ones, from which on it is full.
const FULL: usize = if cfg!(test) { 3 } else { 1 << 16 };
const FULL_BYTES: usize = 4 << 20;

/// Names as they are met, to be added to a dictionary in one go: shard by shard, each of which
/// stays in the cache meanwhile.
#[derive(Default, Debug)]
pub(crate) struct Batch {
    met: Vec<Met>,
    bytes: Vec<u8>,
    by_shard: Vec<u32>,
    numbers: Vec<u32>,
}

impl Batch {
    /// Takes a name; gives its place in the batch.
    #[inline]
    pub(crate) fn meet(&mut self, kind: u8, name: &[u8], first: u64) -> u32 {
        let hash = hash_of(kind, name);
        let start = self.bytes.len();
        if name.len() > SHORT {
            self.bytes.extend_from_slice(name);
        }
        let Key { word, shape } = Key::new(kind, name, hash);
        self.met.push(Met { hash, word, shape, length: name.len() as u32, start, first });
        self.met.len() as u32 - 1
    }

    /// Whether it should be added before it grows out of the cache.
    #[inline]
    pub(crate) fn is_full(&self) -> bool {
        self.met.len() >= FULL || self.bytes.len() >= FULL_BYTES
    }

    /// The provisional number of the name at a place of the batch, once it was added.
    #[inline]
    pub(crate) fn number(&self, at: u32) -> u32 {
        self.numbers[at as usize]
    }

    /// Begins anew.
    pub(crate) fn clear(&mut self) {
        self.met.clear();
        self.bytes.clear();
    }

    fn long(&self, met: &Met) -> &[u8] {
        &self.bytes[met.start..met.start + met.length as usize]
    }
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    key: Key,
    place: u32,
}

/// Names that a shard has room for when its first comes in.
const ROOM: usize = 448;

#[derive(Default, Debug)]
struct Shard {
    table: HashTable<Slot>,
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

    fn add(&mut self, met: &Met, batch: &Batch) -> u32 {
        let key = Key { word: met.word, shape: met.shape };
        let short = key.short();
        let same = |slot: &Slot| {
            slot.key == key
                && (short.is_some() || self.name(slot.place as usize) == batch.long(met))
        };
        // The low bits chose the shard: the table gets the others.
        let of_table = |hash: u64| hash.rotate_right(SHARD_BITS);
        if let Some(slot) = self.table.find(of_table(met.hash), same) {
            let known = &mut self.firsts[slot.place as usize];
            *known = (*known).min(met.first);
            return slot.place;
        }
        if self.firsts.is_empty() {
            self.reserve();
        }
        let place = self.firsts.len() as u32;
        self.kinds.push(key.kind());
        self.firsts.push(met.first);
        match short {
            Some((name, length)) => self.bytes.extend_from_slice(&name[..length]),
            None => self.bytes.extend_from_slice(batch.long(met)),
        }
        self.ends.push(self.bytes.len() as u64);
        let slot = Slot { key, place };
        let rehash = |slot: &Slot| of_table(slot.key.hash());
        self.table.insert_unique(of_table(met.hash), slot, rehash);
        place
    }

    /// Room for the names of a small table, so that it need not grow many times.
    #[cold]
    fn reserve(&mut self) {
        self.table.reserve(ROOM, |slot| slot.key.hash());
        self.kinds.reserve(ROOM);
        self.firsts.reserve(ROOM);
        self.ends.reserve(ROOM);
        self.bytes.reserve(ROOM * SHORT);
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

    /// Adds the names of a batch and gives each its provisional number. One lock a shard.
    pub(crate) fn add_all(&self, batch: &mut Batch) {
        let mut by_shard = std::mem::take(&mut batch.by_shard);
        let mut numbers = std::mem::take(&mut batch.numbers);
        let n = batch.met.len();
        by_shard.resize(n, 0);
        numbers.resize(n, 0);
        let mut ends = [0_usize; SHARDS];
        for met in &batch.met {
            ends[met.hash as usize % SHARDS] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum - *end;
        }
        for (at, met) in batch.met.iter().enumerate() {
            let end = &mut ends[met.hash as usize % SHARDS];
            by_shard[*end] = at as u32;
            *end += 1;
        }
        // Threads begin at different shards, so that they do not wait for each other.
        let turn = batch.met.first().map_or(0, |met| met.hash as usize % SHARDS);
        for number in (turn..SHARDS).chain(0..turn) {
            let start = number.checked_sub(1).map_or(0, |before| ends[before]);
            if start == ends[number] {
                continue;
            }
            let mut shard = self.shards[number].lock().unwrap_or_else(PoisonError::into_inner);
            for at in &by_shard[start..ends[number]] {
                let place = shard.add(&batch.met[*at as usize], batch);
                numbers[*at as usize] = (place << SHARD_BITS) | number as u32;
            }
        }
        (batch.by_shard, batch.numbers) = (by_shard, numbers);
    }

    /// Bytes that the dictionary holds, about.
    pub(crate) fn size(&self) -> u64 {
        let size = |shard: &Mutex<Shard>| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let each = size_of::<Slot>() + 1 + 2 * size_of::<u64>() + 1;
            // The room that every shard begins with is not asked of the limit.
            let (bytes, names) = match shard.firsts.len() > ROOM {
                true => (shard.bytes.capacity(), shard.firsts.capacity()),
                false => (shard.bytes.len(), shard.firsts.len()),
            };
            (bytes + names * each) as u64
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
        let mut batch = Batch::default();
        let places: Vec<u32> =
            names.iter().map(|(name, first)| batch.meet(9, name.as_bytes(), *first)).collect();
        interner.add_all(&mut batch);
        places.into_iter().map(|at| batch.number(at)).collect()
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
    fn short_and_long_names_come_back_and_are_told_apart() {
        // Zeros at the end, lengths around that of a short name, one the beginning of the next.
        let long = "abcdefghijklmnopqrst";
        let zeros = "\0\0\0\0\0\0\0\0\0\0";
        let all: Vec<&str> =
            (1..=10).flat_map(|n| [&zeros[..n], &long[..n], &long[n..2 * n]]).collect();
        let given: Vec<(&str, u64)> = all.iter().zip(0..).map(|(name, at)| (*name, at)).collect();
        let interner = Interner::new();
        let numbers = add(&interner, &given);
        assert_eq!(add(&interner, &given), numbers);
        let (names, finals) = interner.finish();
        let different: std::collections::BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(names.len(), different.len());
        for (number, name) in numbers.iter().zip(all) {
            let last = finals[shard_of(*number)][place_of(*number)];
            assert_eq!(names.name(last), name);
        }
    }

    #[test]
    fn a_name_longer_than_a_key_can_say_is_kept_whole() {
        // Its length, without what there is no room for, is that of a short name.
        let long = "x".repeat(LONGEST as usize + 4);
        let interner = Interner::new();
        let given = [(&*long, 0), ("xxx", 1), (&long[1..], 2)];
        let numbers = add(&interner, &given);
        assert_eq!(add(&interner, &given), numbers);
        let (names, _) = interner.finish();
        let lengths: Vec<usize> = (0..3).map(|number| names.name(number).len()).collect();
        assert_eq!(lengths, [long.len(), 3, long.len() - 1]);
    }

    #[test]
    fn one_name_of_two_kinds_is_two() {
        let interner = Interner::new();
        let mut batch = Batch::default();
        (0..2).for_each(|kind| _ = batch.meet(kind, b"x", 3));
        interner.add_all(&mut batch);
        let (names, _) = interner.finish();
        assert_eq!((names.len(), names.kind(0), names.kind(1)), (2, 0, 1));
    }
}
