//! Near copies: texts that share most of their three-word shingles.
//!
//! MinHash with 128 values (Broder 1997, On the resemblance and containment of documents), in 32
//! bands of 4: two texts meet if one band is equal. That is as likely as not at a resemblance of
//! 0.38, 87 in 100 at 0.5, and 999 in 1,000 at 0.67. What meets is confirmed on the shingles.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Stream, grams, mix};

/// Words in a shingle.
pub const SHINGLE: usize = 3;
/// Bands of a signature.
pub const BANDS: usize = 32;
/// Values in a band.
pub const ROWS: usize = 4;
/// The least resemblance (Jaccard) that counts.
pub const LEAST: f64 = 0.5;

/// The different shingles of a text, as hashes in ascending order. Texts shorter than a shingle
/// have none and are near to nothing.
pub fn shingles(stream: &Stream) -> Vec<u64> {
    let mut shingles = grams(stream, SHINGLE);
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// How many shingles two texts share and how many they have together.
pub fn overlap(a: &[u64], b: &[u64]) -> (usize, usize) {
    let (mut i, mut j, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        both += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    (both, a.len() + b.len() - both)
}

/// The signature: the least value of the shingles under each of 128 hash functions.
pub fn signature(shingles: &[u64]) -> [u32; BANDS * ROWS] {
    let mut least = [u32::MAX; BANDS * ROWS];
    // Multiply and shift (Dietzfelbinger and others 1997): shingles are mixed already.
    let mut keys = [(0_u64, 0_u64); BANDS * ROWS];
    for (n, key) in keys.iter_mut().enumerate() {
        let seed = mix((n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        *key = (seed | 1, mix(seed));
    }
    for shingle in shingles {
        for (least, (times, plus)) in least.iter_mut().zip(&keys) {
            *least = (*least).min((shingle.wrapping_mul(*times).wrapping_add(*plus) >> 32) as u32);
        }
    }
    least
}

/// Two texts that are nearly the same.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct NearPair {
    /// The smaller number.
    pub here: u32,
    /// The larger number.
    pub there: u32,
    /// Shingles in both.
    pub shared: usize,
    /// Shingles in either.
    pub either: usize,
}

impl NearPair {
    /// Their resemblance, from 0.5 to 1.
    pub fn jaccard(&self) -> f64 {
        self.shared as f64 / self.either.max(1) as f64
    }
}

/// What is nearly the same among many texts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct NearCopies {
    /// Texts with the very same shingles, at least two in a group, by number; groups by their
    /// first.
    pub same: Vec<Vec<u32>>,
    /// Pairs with a resemblance of at least [`LEAST`]. Of a group of the same only the first
    /// stands here, for all of them.
    pub pairs: Vec<NearPair>,
}

/// Finds near copies among texts, numbered from 0.
pub fn near_copies(texts: &[Stream]) -> NearCopies {
    let sets: Vec<Vec<u64>> = texts.iter().map(shingles).collect();
    let mut groups: FxHashMap<&[u64], Vec<u32>> = FxHashMap::default();
    let mut firsts: Vec<u32> = Vec::new();
    for (number, set) in sets.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
        let group = groups.entry(set).or_default();
        if group.is_empty() {
            firsts.push(number as u32);
        }
        group.push(number as u32);
    }
    let mut bands: Vec<(u64, u32)> = Vec::with_capacity(firsts.len() * BANDS);
    for number in &firsts {
        bands.extend(band_keys(&signature(&sets[*number as usize])).map(|key| (key, *number)));
    }
    bands.sort_unstable();
    let mut met: FxHashSet<(u32, u32)> = FxHashSet::default();
    let mut pairs = Vec::new();
    for bucket in bands.chunk_by(|a, b| a.0 == b.0) {
        for (n, (_, here)) in bucket.iter().enumerate() {
            for (_, there) in &bucket[n + 1..] {
                if here == there || !met.insert((*here, *there)) {
                    continue;
                }
                let (shared, either) = overlap(&sets[*here as usize], &sets[*there as usize]);
                // The rule is in whole numbers: shared / either >= 1/2.
                if 2 * shared >= either {
                    pairs.push(NearPair { here: *here, there: *there, shared, either });
                }
            }
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.here, pair.there));
    let mut same: Vec<Vec<u32>> = groups.into_values().filter(|group| group.len() > 1).collect();
    same.sort_unstable();
    NearCopies { same, pairs }
}

/// Finds near copies between two sets of texts, each numbered from 0: pairs of one text here and
/// one there, the very same shingles included. Texts on one side are not compared with each other,
/// so the work grows with what the sides have in common.
pub fn near_between(here: &[Stream], there: &[Stream]) -> Vec<NearPair> {
    let sets = |texts: &[Stream]| -> Vec<Vec<u64>> { texts.iter().map(shingles).collect() };
    let (here, there) = (sets(here), sets(there));
    let mut bands: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (number, set) in here.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
        for key in band_keys(&signature(set)) {
            bands.entry(key).or_default().push(number as u32);
        }
    }
    let mut pairs = Vec::new();
    let mut met: FxHashSet<u32> = FxHashSet::default();
    for (number, set) in there.iter().enumerate().filter(|(_, set)| !set.is_empty()) {
        met.clear();
        for key in band_keys(&signature(set)) {
            for other in bands.get(&key).map_or(&[][..], Vec::as_slice) {
                if !met.insert(*other) {
                    continue;
                }
                let (shared, either) = overlap(&here[*other as usize], set);
                if 2 * shared >= either {
                    pairs.push(NearPair { here: *other, there: number as u32, shared, either });
                }
            }
        }
    }
    pairs.sort_unstable_by_key(|pair| (pair.here, pair.there));
    pairs
}

/// One key for each band of a signature.
fn band_keys(signature: &[u32; BANDS * ROWS]) -> impl Iterator<Item = u64> + '_ {
    signature.chunks_exact(ROWS).enumerate().map(|(band, rows)| {
        let step = |key: u64, row: &u32| mix(key.wrapping_add(1) ^ u64::from(*row));
        rows.iter().fold(band as u64, step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_core::{RngCore, SeedableRng};

    fn text(words: impl Iterator<Item = u32>) -> Stream {
        let words: Vec<String> = words.map(|word| format!("w{word}")).collect();
        Stream::of(&words.join(" "))
    }

    #[test]
    fn overlap_counts_as_sets_do() {
        assert_eq!(overlap(&[1, 2, 3], &[2, 3, 9]), (2, 4));
        assert_eq!(overlap(&[], &[2]), (0, 1));
        assert_eq!(overlap(&[], &[]), (0, 0));
    }

    /// Texts of 60 words with some replaced: nothing below a half is listed; of those well above
    /// nearly all are; and the share of equal signature values estimates the resemblance.
    #[test]
    fn near_copies_are_those_with_half_their_shingles_shared() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let mut texts = Vec::new();
        for pair in 0..150_u32 {
            let words: Vec<u32> = (0..60).map(|n| pair * 1000 + n).collect();
            let changes = rng.next_u32() % 12;
            let mut copy = words.clone();
            for n in 0..changes {
                copy[(rng.next_u32() % 60) as usize] = pair * 1000 + 500 + n;
            }
            texts.push(text(words.into_iter()));
            texts.push(text(copy.into_iter()));
        }
        let found = near_copies(&texts);
        let (mut high, mut missed, mut far) = (0, 0, 0.0);
        for pair in 0..150_u32 {
            let (here, there) = (2 * pair, 2 * pair + 1);
            let sets = [here, there].map(|n| shingles(&texts[n as usize]));
            let (shared, either) = overlap(&sets[0], &sets[1]);
            let real = shared as f64 / either as f64;
            let equal = signature(&sets[0])
                .iter()
                .zip(signature(&sets[1]))
                .filter(|(a, b)| **a == *b)
                .count();
            far += (equal as f64 / 128.0 - real).abs() / 150.0;
            let listed = found.pairs.iter().any(|p| (p.here, p.there) == (here, there))
                || found.same.contains(&vec![here, there]);
            assert!(real >= 0.5 || !listed);
            if real >= 0.67 {
                high += 1;
                missed += u32::from(!listed);
            }
        }
        assert!(high > 50 && missed <= 1, "{missed} of {high} missed");
        assert!(far < 0.045, "signatures are {far} off on average");
        assert!(found.pairs.iter().all(|pair| pair.here / 2 == pair.there / 2));
    }

    #[test]
    fn the_same_text_many_times_is_one_group() {
        let again = || text(0..20);
        let mut texts = vec![text(100..101), again(), text(0..21), again(), again()];
        texts.push(Stream::of("too short"));
        let found = near_copies(&texts);
        assert_eq!(found.same, [vec![1, 3, 4]]);
        let pairs: Vec<_> = found.pairs.iter().map(|p| (p.here, p.there, p.shared)).collect();
        assert_eq!(pairs, [(1, 2, 18)]);
        assert!((found.pairs[0].jaccard() - 18.0 / 19.0).abs() < 1e-12);
        assert_eq!(near_copies(&[]), NearCopies::default());
        let (left, right) = texts.split_at(3);
        let between = near_between(left, right);
        let pairs: Vec<_> = between.iter().map(|p| (p.here, p.there, p.shared)).collect();
        assert_eq!(pairs, [(1, 0, 18), (1, 1, 18), (2, 0, 18), (2, 1, 18)]);
        assert_eq!(near_between(&[], right), []);
    }
}
