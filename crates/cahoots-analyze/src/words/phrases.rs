//! Short phrases that two texts share: runs of two to four words, to be weighed by how rare they
//! are. A single shared phrase says little; which ones count is for the caller.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Stream, grams};

/// Words in a phrase, at least.
pub const FEWEST: usize = 2;
/// Words in a phrase, at most.
pub const MOST: usize = 4;

/// Every phrase of one text that another has too, by its words in the one text, each phrase once.
pub fn shared_phrases(here: &Stream, there: &Stream) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for words in FEWEST..=MOST {
        let mut places: FxHashMap<u64, u32> = FxHashMap::default();
        for (at, hash) in grams(there, words).into_iter().enumerate() {
            places.entry(hash).or_insert(at as u32);
        }
        let mut met: FxHashSet<u64> = FxHashSet::default();
        for (at, hash) in grams(here, words).into_iter().enumerate() {
            let Some(other) = places.get(&hash).map(|other| *other as usize) else { continue };
            // Equal hashes of unequal words end here.
            let same = (0..words).all(|n| here.same(at + n, there, other + n));
            if same && met.insert(hash) {
                found.push(at..at + words);
            }
        }
    }
    found
}

/// In how many of some texts each of some phrases stands, by the phrase's hash (see [`key`]).
pub fn count<'a>(
    wanted: &FxHashSet<u64>,
    texts: impl IntoIterator<Item = &'a Stream>,
) -> FxHashMap<u64, u32> {
    let mut counts: FxHashMap<u64, u32> = FxHashMap::default();
    let mut seen: FxHashSet<u64> = FxHashSet::default();
    for text in texts {
        seen.clear();
        for words in FEWEST..=MOST {
            for hash in grams(text, words) {
                if wanted.contains(&hash) && seen.insert(hash) {
                    *counts.entry(hash).or_default() += 1;
                }
            }
        }
    }
    counts
}

/// The hash of the phrase at some words of a text; 0 for what is no phrase.
pub fn key(text: &Stream, words: Range<usize>) -> u64 {
    if !(FEWEST..=MOST).contains(&words.len()) || words.end > text.len() {
        return 0;
    }
    grams(&text.part(words.clone()), words.len()).first().copied().unwrap_or_default()
}

/// How surprising it is that a thing turns up, in bits: −log2((df + 1) / (N + 1)), where df of the
/// N texts before have it.
pub fn surprise(df: u64, n: u64) -> f64 {
    -libm::log2((df as f64 + 1.0) / (n as f64 + 1.0))
}

/// Of weighed phrases those that have no word place in common, heaviest first.
pub fn disjoint<T>(mut phrases: Vec<(Range<usize>, f64, T)>) -> Vec<(Range<usize>, f64, T)> {
    phrases.sort_by(|a, b| {
        b.1.total_cmp(&a.1).then_with(|| (a.0.start, a.0.end).cmp(&(b.0.start, b.0.end)))
    });
    let mut kept: Vec<(Range<usize>, f64, T)> = Vec::new();
    for phrase in phrases {
        let apart = |other: &(Range<usize>, f64, T)| {
            other.0.end <= phrase.0.start || phrase.0.end <= other.0.start
        };
        if kept.iter().all(apart) {
            kept.push(phrase);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn phrases_of_two_to_four_words_are_found_once_each() {
        let here = Stream::of("the old quay, the old quay and the ferry");
        let there = Stream::of("By the old quay; a ferry");
        let found: Vec<String> = shared_phrases(&here, &there)
            .into_iter()
            .map(|range| range.map(|n| here.word(n)).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(found, ["the old", "old quay", "the old quay"]);
        let wanted: FxHashSet<u64> = [key(&here, 0..3), key(&here, 1..3)].into_iter().collect();
        let counts = count(&wanted, [&here, &there, &Stream::of("old quay")]);
        assert_eq!(counts[&key(&here, 0..3)], 2);
        assert_eq!(counts[&key(&there, 2..4)], 3);
        assert_eq!(key(&here, 0..5), 0);
        assert_eq!(key(&here, 8..10), 0);
    }

    #[test]
    fn rarer_is_more_surprising_and_never_infinite() {
        assert!((surprise(0, 255) - 8.0).abs() < 1e-12);
        assert!((surprise(3, 255) - 6.0).abs() < 1e-12);
        assert_eq!(surprise(0, 0), 0.0);
    }

    #[test]
    fn the_heaviest_of_overlapping_phrases_is_kept() {
        let kept = disjoint(vec![(0..2, 3.0, 'a'), (1..3, 5.0, 'b'), (3..5, 1.0, 'c')]);
        assert_eq!(kept.iter().map(|it| it.2).collect::<Vec<_>>(), ['b', 'c']);
    }

    proptest! {
        #[test]
        fn shared_phrases_are_those_of_a_comparison_of_all_places(
            a in prop::collection::vec(0_u8..4, 0..14),
            b in prop::collection::vec(0_u8..4, 0..14),
        ) {
            let text = |words: &[u8]| {
                let words: Vec<String> = words.iter().map(|word| format!("w{word}")).collect();
                Stream::of(&words.join(" "))
            };
            let (here, there) = (text(&a), text(&b));
            let mut found: Vec<Vec<u8>> =
                shared_phrases(&here, &there).into_iter().map(|range| a[range].to_vec()).collect();
            found.sort();
            let mut expected: Vec<Vec<u8>> = (2..=4)
                .flat_map(|k| a.windows(k).map(<[u8]>::to_vec).collect::<Vec<_>>())
                .filter(|phrase| b.windows(phrase.len()).any(|other| other == phrase.as_slice()))
                .collect();
            expected.sort();
            expected.dedup();
            prop_assert_eq!(found, expected);
        }
    }
}
