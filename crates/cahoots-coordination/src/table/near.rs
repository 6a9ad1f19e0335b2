//! Texts that are nearly the same as one object.
//!
//! Near copies are found as everywhere in the program (MinHash, confirmed on the shingles); texts
//! that hang together by near copies are one object. That is transitive: the first and the last of
//! a chain may have less in common than the stated resemblance.

use cahoots_analyze::words::{Stream, near_copies};

use super::encode::{ChunkRows, Text};
use crate::kind::Kind;
use crate::names::{Batch, Interner, hash_of};
use crate::rows::Row;

/// The resemblance that counts where none was asked for.
pub(crate) const USUAL: f64 = 0.8;

/// Characters of a text that name its object.
const NAMED_BY: usize = 100;

/// The shares of near texts of all chunks, with provisional numbers of their objects.
pub(crate) fn join(
    chunks: &mut [ChunkRows],
    objects: &Interner,
    resemblance: Option<f64>,
) -> Vec<Row> {
    let texts: Vec<Text> =
        chunks.iter_mut().flat_map(|chunk| std::mem::take(&mut chunk.texts)).collect();
    if texts.is_empty() {
        return Vec::new();
    }
    let words: Vec<&str> = texts.iter().map(|text| text.text.as_str()).collect();
    let (names, number_of) = grouped(&words, resemblance);
    let mut batch = Batch::default();
    let places: Vec<u32> = names
        .iter()
        .map(|(at, name)| {
            let first = texts[*at as usize].row.at.place();
            batch.meet(Kind::NearText as u8, name.as_bytes(), first)
        })
        .collect();
    objects.add_all(&mut batch);
    let mut rows = Vec::new();
    for (text, number) in texts.iter().zip(number_of) {
        if let Some(place) = places.get(number as usize) {
            rows.push(Row { object: batch.number(*place), ..text.row });
        }
    }
    rows
}

/// The name of the object that each text is, if any other is nearly the same.
pub fn near_objects(texts: &[&str], resemblance: Option<f64>) -> Vec<Option<String>> {
    let (names, number_of) = grouped(texts, resemblance);
    number_of
        .into_iter()
        .map(|number| names.get(number as usize).map(|(_, name)| name.clone()))
        .collect()
}

/// Groups of texts that are nearly the same, each with its first text and a name; and the group of
/// each text, past all groups for those that are alone.
fn grouped(texts: &[&str], resemblance: Option<f64>) -> (Vec<(u32, String)>, Vec<u32>) {
    let least = resemblance.unwrap_or(USUAL);
    let streams: Vec<Stream> = texts.iter().map(|text| Stream::of(text)).collect();
    let found = near_copies(&streams);
    let mut heads: Vec<u32> = (0..texts.len() as u32).collect();
    for group in &found.same {
        for other in &group[1..] {
            unite(&mut heads, group[0], *other);
        }
    }
    for pair in found.pairs.iter().filter(|pair| pair.jaccard() >= least) {
        unite(&mut heads, pair.here, pair.there);
    }
    let mut sizes = vec![0_u32; texts.len()];
    for at in 0..texts.len() as u32 {
        sizes[head(&mut heads, at) as usize] += 1;
    }
    let mut names: Vec<(u32, String)> = Vec::new();
    let mut number_of = vec![u32::MAX; texts.len()];
    for at in 0..texts.len() as u32 {
        let head = head(&mut heads, at);
        if head == at && sizes[at as usize] > 1 {
            number_of[at as usize] = names.len() as u32;
            names.push((at, name(texts[at as usize])));
        }
        number_of[at as usize] = number_of[head as usize];
    }
    (names, number_of)
}

/// The beginning of a text, and enough of a hash that two objects never have one name.
fn name(text: &str) -> String {
    let short: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = short.chars().take(NAMED_BY).collect();
    short.push_str(&format!(" [{:016x}]", hash_of(Kind::NearText as u8, text.as_bytes())));
    short
}

/// The least member of the set of `at`.
fn head(heads: &mut [u32], at: u32) -> u32 {
    let mut at = at;
    while heads[at as usize] != at {
        heads[at as usize] = heads[heads[at as usize] as usize];
        at = heads[at as usize];
    }
    at
}

fn unite(heads: &mut [u32], a: u32, b: u32) {
    let (a, b) = (head(heads, a), head(heads, b));
    heads[a.max(b) as usize] = a.min(b);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_few_changes_are_one_object() {
        let text = "the harbour will close at noon on friday because of the storm they say";
        let near = text.replace("noon", "midday");
        let other = "a quite different sentence about a quite different town and its market square";
        let found = near_objects(&[text, other, &near, text], Some(0.6));
        assert_eq!(found[1], None);
        assert!(found[0].as_ref().unwrap().starts_with("the harbour will close"));
        assert_eq!((&found[0], &found[0]), (&found[2], &found[3]));
        let strict = near_objects(&[text, other, &near, text], Some(0.95));
        assert_eq!((strict[2].as_ref(), &strict[0]), (None, &strict[3]));
    }
}
