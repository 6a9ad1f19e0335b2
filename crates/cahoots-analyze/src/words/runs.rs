//! Shared runs of words: winnowing finds them, the words themselves confirm and bound them.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Stream, grams};

/// Words in a gram.
pub const GRAM: usize = 5;
/// Grams in a window, of which the one with the least hash is kept.
pub const WINDOW: usize = 4;
/// Every shared run of at least so many words is found.
pub const LEAST: usize = GRAM + WINDOW - 1;

/// A run of words that two texts share and that cannot be made longer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Run {
    /// First word in the one text.
    pub here: usize,
    /// First word in the other.
    pub there: usize,
    /// How many words.
    pub words: usize,
}

impl Run {
    /// The words in the one text.
    pub fn range_here(&self) -> Range<usize> {
        self.here..self.here + self.words
    }

    /// The words in the other.
    pub fn range_there(&self) -> Range<usize> {
        self.there..self.there + self.words
    }
}

/// The grams of a text that stand for it: (hash, number of the first word), in the order of words.
///
/// Of every [`WINDOW`] grams in a row the one with the least hash, of equal ones the last, once
/// (Schleimer, Wilkerson and Aiken 2003, Winnowing: local algorithms for document fingerprinting).
pub fn fingerprints(stream: &Stream) -> Vec<(u64, u32)> {
    let grams = grams(stream, GRAM);
    let mut kept: Vec<(u64, u32)> = Vec::new();
    for (start, window) in grams.windows(WINDOW).enumerate() {
        let least = window.iter().enumerate().min_by_key(|(n, hash)| (**hash, WINDOW - n));
        let Some((n, hash)) = least else { continue };
        let at = (start + n) as u32;
        if kept.last().is_none_or(|(_, last)| *last != at) {
            kept.push((*hash, at));
        }
    }
    kept
}

/// Every run of at least [`LEAST`] words that two texts share, by place in the one and the other.
pub fn shared_runs(here: &Stream, there: &Stream) -> Vec<Run> {
    let mut places: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
    for (hash, at) in fingerprints(there) {
        places.entry(hash).or_default().push(at);
    }
    let mut runs = Extend::default();
    for (hash, at) in fingerprints(here) {
        for other in places.get(&hash).map_or(&[][..], Vec::as_slice) {
            runs.at(here, at, there, *other);
        }
    }
    runs.finish()
}

/// Extends matches to whole runs. Matches come in the order of words in the one text; a match
/// within a run already found on its diagonal adds nothing.
#[derive(Default)]
struct Extend {
    runs: FxHashSet<Run>,
    /// By diagonal (the difference of the two places): where the last run ends.
    ends: FxHashMap<i64, usize>,
}

impl Extend {
    fn at(&mut self, here: &Stream, at: u32, there: &Stream, other: u32) {
        let (at, other) = (at as usize, other as usize);
        let diagonal = at as i64 - other as i64;
        if self.ends.get(&diagonal).is_some_and(|end| at < *end) {
            return;
        }
        // Equal hashes of unequal grams end here.
        if at >= here.len() || other >= there.len() || !here.same(at, there, other) {
            return;
        }
        let (mut from, mut since) = (at, other);
        while from > 0 && since > 0 && here.same(from - 1, there, since - 1) {
            (from, since) = (from - 1, since - 1);
        }
        let (mut end, mut until) = (at + 1, other + 1);
        while end < here.len() && until < there.len() && here.same(end, there, until) {
            (end, until) = (end + 1, until + 1);
        }
        self.ends.insert(diagonal, end);
        if end - from >= LEAST {
            self.runs.insert(Run { here: from, there: since, words: end - from });
        }
    }

    fn finish(self) -> Vec<Run> {
        let mut runs: Vec<Run> = self.runs.into_iter().collect();
        runs.sort_unstable();
        runs
    }
}

/// Two texts of an index that share at least one run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// Number of the text with the smaller number; `u32::MAX` for the one asked with in
    /// [`Index::matches`].
    pub here: u32,
    /// Number of the other text.
    pub there: u32,
    /// What they share.
    pub runs: Vec<Run>,
    /// In how many texts of the index the rarest gram by which they were found occurs.
    pub rarest: u32,
}

/// Many texts, to be searched for shared runs.
#[derive(Clone, Debug)]
pub struct Index {
    texts: Vec<Stream>,
    /// (hash, text, first word), sorted.
    grams: Vec<(u64, u32, u32)>,
    most: u32,
    skipped: u64,
}

impl Index {
    /// Indexes texts, numbered from 0. A gram that occurs in more than `most` of them is left
    /// out: a greeting or a disclaimer ties nobody to anybody, and the work of
    /// [`Index::pairs`] grows with the square of `most`.
    pub fn new(texts: Vec<Stream>, most: u32) -> Self {
        let mut grams: Vec<(u64, u32, u32)> = Vec::new();
        for (number, text) in texts.iter().enumerate() {
            let kept = fingerprints(text).into_iter();
            grams.extend(kept.map(|(hash, at)| (hash, number as u32, at)));
        }
        grams.sort_unstable();
        let mut skipped = 0;
        let mut kept: Vec<(u64, u32, u32)> = Vec::with_capacity(grams.len());
        for group in grams.chunk_by(|a, b| a.0 == b.0) {
            if documents(group) > most {
                skipped += 1;
            } else {
                kept.extend_from_slice(group);
            }
        }
        Self { texts, grams: kept, most, skipped }
    }

    /// How many different grams were left out because they occur in more than the texts allowed.
    /// Runs that consist of nothing else are not found.
    pub fn skipped(&self) -> u64 {
        self.skipped
    }

    /// The limit it was made with.
    pub fn most(&self) -> u32 {
        self.most
    }

    /// The texts.
    pub fn texts(&self) -> &[Stream] {
        &self.texts
    }

    fn group(&self, hash: u64) -> &[(u64, u32, u32)] {
        let from = self.grams.partition_point(|gram| gram.0 < hash);
        let len = self.grams[from..].partition_point(|gram| gram.0 == hash);
        &self.grams[from..from + len]
    }

    /// The texts that share a run with another text, by number.
    pub fn matches(&self, text: &Stream) -> Vec<Match> {
        let mut met: Vec<Met> = Vec::new();
        for (hash, at) in fingerprints(text) {
            let group = self.group(hash);
            let count = documents(group);
            met.extend(group.iter().map(|(_, there, other)| Met {
                here: u32::MAX,
                there: *there,
                at,
                other: *other,
                count,
            }));
        }
        self.confirm(met, |_| text)
    }

    /// Every pair of texts that share a run, by number.
    pub fn pairs(&self) -> Vec<Match> {
        let mut met: Vec<Met> = Vec::new();
        for group in self.grams.chunk_by(|a, b| a.0 == b.0) {
            let count = documents(group);
            for (n, (_, here, at)) in group.iter().enumerate() {
                // Within a group texts ascend: the other text is never the smaller one.
                let later = group[n + 1..].iter().filter(|gram| gram.1 != *here);
                met.extend(later.map(|(_, there, other)| Met {
                    here: *here,
                    there: *there,
                    at: *at,
                    other: *other,
                    count,
                }));
            }
        }
        self.confirm(met, |number| &self.texts[number as usize])
    }

    /// Extends what met to runs, pair by pair, in the order of words.
    fn confirm<'a>(&'a self, mut met: Vec<Met>, text: impl Fn(u32) -> &'a Stream) -> Vec<Match> {
        met.sort_unstable();
        let mut matches = Vec::new();
        for pair in met.chunk_by(|a, b| (a.here, a.there) == (b.here, b.there)) {
            let Some(Met { here, there, .. }) = pair.first().copied() else { continue };
            let (mut extend, mut rarest) = (Extend::default(), u32::MAX);
            for met in pair {
                rarest = rarest.min(met.count);
                extend.at(text(here), met.at, &self.texts[there as usize], met.other);
            }
            let runs = extend.finish();
            if !runs.is_empty() {
                matches.push(Match { here, there, runs, rarest });
            }
        }
        matches
    }
}

/// One gram in two texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Met {
    here: u32,
    there: u32,
    /// Its first word in the one and in the other.
    at: u32,
    other: u32,
    /// In how many texts of the index it occurs.
    count: u32,
}

/// In how many texts a gram occurs.
fn documents(group: &[(u64, u32, u32)]) -> u32 {
    group.chunk_by(|a, b| a.1 == b.1).count() as u32
}

#[cfg(test)]
#[path = "runs_tests.rs"]
mod tests;
