//! The words that two texts share: runs taken over word for word, and near copies.
//!
//! [`runs`] finds every shared run of at least eight words by winnowing (Schleimer, Wilkerson and
//! Aiken 2003) and confirms it word by word; [`near`] finds texts of which most three-word shingles
//! are the same, by MinHash (Broder 1997) in bands, and confirms it on all their shingles;
//! [`phrases`] finds the short phrases that two texts share, to be weighed by their rarity; [`topic`]
//! ranks texts by the words they have in common, for suggestions; [`quote`] holds a quotation against
//! the words it is taken from.
//!
//! A text comes as its author wrote it: quotations, signatures and footers are cut off by the caller.

use std::ops::Range;

pub mod near;
pub mod phrases;
pub mod quote;
pub mod runs;
pub mod topic;

pub use near::{NearCopies, NearPair, near_between, near_copies};
pub use phrases::{shared_phrases, surprise};
pub use runs::{Index, Match, Run, shared_runs};

/// A text as a stream of normalised words.
///
/// Words are runs of letters and digits in lower case. Apostrophes within a word and invisible
/// characters (soft hyphen, zero-width space and joiner) are dropped, so that `don't` and `don’t` are
/// one word. Accents and compatibility forms are left as they are.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stream {
    normal: String,
    ends: Vec<u32>,
    places: Vec<(u32, u32)>,
    hashes: Vec<u64>,
}

impl Stream {
    /// Normalises a text. Words beyond the first 4 GiB of it are left out.
    pub fn of(text: &str) -> Self {
        let mut stream = Self::default();
        let mut from = 0;
        let mut begun = false;
        for (at, letter) in text.char_indices() {
            if at > u32::MAX as usize - 8 || stream.normal.len() > u32::MAX as usize - 64 {
                break;
            }
            if letter.is_alphanumeric() {
                if !begun {
                    (begun, from) = (true, at);
                }
                stream.normal.extend(letter.to_lowercase());
            } else if begun && !within(letter, &text[at + letter.len_utf8()..]) {
                stream.end(from, at);
                begun = false;
            }
        }
        if begun {
            stream.end(from, text.len().min(u32::MAX as usize));
        }
        stream
    }

    fn end(&mut self, from: usize, to: usize) {
        let start = self.ends.last().copied().unwrap_or(0) as usize;
        self.hashes.push(hash(&self.normal.as_bytes()[start..]));
        self.ends.push(self.normal.len() as u32);
        self.places.push((from as u32, to as u32));
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Word number `n`, normalised; empty beyond the end.
    pub fn word(&self, n: usize) -> &str {
        let start = match n {
            0 => Some(0),
            n => self.ends.get(n - 1).copied(),
        };
        match (start, self.ends.get(n)) {
            (Some(start), Some(end)) => &self.normal[start as usize..*end as usize],
            _ => "",
        }
    }

    /// The bytes of the text that a run of words takes, from its first word to its last.
    pub fn bytes(&self, words: Range<usize>) -> Range<usize> {
        let last = words.end.checked_sub(1).and_then(|last| self.places.get(last));
        match (self.places.get(words.start), last) {
            (Some((from, _)), Some((_, to))) if from <= to => *from as usize..*to as usize,
            _ => 0..0,
        }
    }

    /// A stretch of its words as a text of its own, without places.
    pub fn part(&self, words: Range<usize>) -> Self {
        let mut part = Self::default();
        for n in words {
            part.normal.push_str(self.word(n));
            part.ends.push(part.normal.len() as u32);
            part.hashes.extend(self.hashes.get(n));
        }
        part
    }

    /// Some of its words, normalised, with spaces between them.
    pub fn said(&self, words: Range<usize>) -> String {
        words.map(|n| self.word(n)).collect::<Vec<_>>().join(" ")
    }

    /// One hash a word.
    fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    fn same(&self, here: usize, other: &Self, there: usize) -> bool {
        self.hashes[here] == other.hashes[there] && self.word(here) == other.word(there)
    }
}

/// Whether a character stands within a word without being part of it: it counts for nothing if a
/// letter follows.
fn within(letter: char, rest: &str) -> bool {
    let dropped = matches!(
        letter,
        '\'' | '\u{2019}'
            | '\u{2bc}'
            | '\u{ad}'
            | '\u{200b}'
            | '\u{200c}'
            | '\u{200d}'
            | '\u{2060}'
    );
    dropped && rest.chars().next().is_some_and(char::is_alphanumeric)
}

/// FNV-1a, mixed: the same on every platform.
fn hash(bytes: &[u8]) -> u64 {
    let fnv = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    mix(fnv)
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The hash of each run of `k` words.
fn grams(stream: &Stream, k: usize) -> Vec<u64> {
    let gram = |words: &[u64]| {
        mix(words.iter().fold(0, |hash: u64, word| hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word))
    };
    stream.hashes().windows(k.max(1)).map(gram).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_normalised_and_keep_their_place() {
        let text = "  Don\u{2019}t  “Re\u{ad}ad” it\u{2019}, Éva—2nd\u{200b} time'";
        let stream = Stream::of(text);
        let words: Vec<&str> = (0..stream.len()).map(|n| stream.word(n)).collect();
        assert_eq!(words, ["dont", "read", "it", "éva", "2nd", "time"]);
        assert_eq!(&text[stream.bytes(0..1)], "Don\u{2019}t");
        assert_eq!(&text[stream.bytes(2..4)], "it\u{2019}, Éva");
        assert_eq!(stream.word(6), "");
        assert_eq!(stream.bytes(4..9), 0..0);
        assert!(Stream::of("— …").is_empty());
    }
}
