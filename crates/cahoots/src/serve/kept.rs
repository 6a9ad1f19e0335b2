//! What was made once and may be asked for again, up to a number of bytes.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Keeps values by key; what was not asked for longest goes first when there are too many bytes.
pub struct Kept<K, V> {
    of: FxHashMap<K, One<V>>,
    bytes: usize,
    most: usize,
    /// Counts what was asked for.
    turn: u64,
}

struct One<V> {
    value: V,
    bytes: usize,
    turn: u64,
}

/// What an entry takes beside its value, about.
const BESIDE: usize = 256;

impl<K: Clone + Eq + Hash, V: Clone> Kept<K, V> {
    /// Nothing yet, and never much more than so many bytes.
    pub fn most(bytes: usize) -> Self {
        Self { of: FxHashMap::default(), bytes: 0, most: bytes, turn: 0 }
    }

    /// The value of a key.
    pub fn get(&mut self, key: &K) -> Option<V> {
        self.turn += 1;
        let one = self.of.get_mut(key)?;
        one.turn = self.turn;
        Some(one.value.clone())
    }

    /// Keeps a value of so many bytes, in the place of what the key had.
    pub fn put(&mut self, key: K, value: V, bytes: usize) {
        self.turn += 1;
        let bytes = bytes + BESIDE;
        let one = One { value, bytes, turn: self.turn };
        self.bytes += bytes;
        if let Some(before) = self.of.insert(key, one) {
            self.bytes -= before.bytes;
        }
        if self.bytes > self.most {
            self.forget();
        }
    }

    /// Forgets until a quarter is free, so that it is not done for every value.
    fn forget(&mut self) {
        let mut by_turn: Vec<(u64, K)> =
            self.of.iter().map(|(key, one)| (one.turn, key.clone())).collect();
        by_turn.sort_unstable_by_key(|(turn, _)| *turn);
        // The one that was just put stays, however big.
        by_turn.pop();
        for (_, key) in by_turn {
            if self.bytes <= self.most / 4 * 3 {
                break;
            }
            if let Some(gone) = self.of.remove(&key) {
                self.bytes -= gone.bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_asked_for_longest_goes_first() {
        let mut kept: Kept<u32, u32> = Kept::most(4 * (BESIDE + 100));
        for n in 0..4 {
            kept.put(n, n * 10, 100);
        }
        assert_eq!(kept.get(&0), Some(0));
        kept.put(4, 40, 100);
        assert_eq!((kept.get(&1), kept.get(&2)), (None, None));
        assert_eq!((kept.get(&0), kept.get(&3), kept.get(&4)), (Some(0), Some(30), Some(40)));
        // A value in the place of another counts once.
        for _ in 0..10 {
            kept.put(4, 41, 100);
        }
        assert_eq!((kept.get(&0), kept.get(&4)), (Some(0), Some(41)));
        // One that is bigger than everything is kept alone.
        kept.put(5, 50, 1 << 20);
        assert_eq!((kept.get(&0), kept.get(&5)), (None, Some(50)));
    }
}
