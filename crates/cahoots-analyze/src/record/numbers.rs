//! Numbers found by a key that lies elsewhere: five bytes an entry instead of a second copy of
//! every key.

use std::hash::{Hash, Hasher};

use hashbrown::HashTable;
use rustc_hash::FxHasher;

/// Numbers, each with a key that its owner can look up by the number.
#[derive(Clone, Debug, Default)]
pub struct Numbers(HashTable<u32>);

impl Numbers {
    /// Room for so many.
    pub fn with_capacity(n: usize) -> Self {
        Self(HashTable::with_capacity(n))
    }

    /// Adds a number, unless one with the same key is there: the one that stays. `key_of` gives the
    /// key of any number that was added, and of this one.
    pub fn add<'a, K: Hash + Eq + 'a>(&mut self, number: u32, key_of: impl Fn(u32) -> K) -> u32 {
        let key = key_of(number);
        let entry =
            self.0.entry(hash(&key), |known| key_of(*known) == key, |known| hash(&key_of(*known)));
        *entry.or_insert(number).get()
    }

    /// The number with this key.
    pub fn find<K: Hash + Eq>(&self, key: &K, key_of: impl Fn(u32) -> K) -> Option<u32> {
        self.0.find(hash(key), |known| key_of(*known) == *key).copied()
    }
}

fn hash(key: &impl Hash) -> u64 {
    let mut hasher = FxHasher::default();
    key.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_with_a_key_stays() {
        let keys = ["a", "b", "a", "c", "b", "d"];
        let mut numbers = Numbers::default();
        let stay: Vec<u32> =
            (0..6).map(|number| numbers.add(number, |n| keys[n as usize])).collect();
        assert_eq!(stay, [0, 1, 0, 3, 1, 5]);
        assert_eq!(numbers.find(&"c", |n| keys[n as usize]), Some(3));
        assert_eq!(numbers.find(&"z", |n| keys[n as usize]), None);
    }
}
