//! Which words of the record share a stem with a word of the query.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxHashMap;
use tantivy::{Searcher, Term};

use crate::error::SearchError;
use crate::schema::Fields;

/// Words looked through for one word of the query, at most.
const MOST_READ: usize = 50_000;
/// Words whose forms are kept, at most.
const MOST_KEPT: usize = 4_096;
/// Words that one word of the query stands for, at most.
const MOST_FOUND: usize = 60;

/// What was looked up of words in one state of an index, for the next query with them.
#[derive(Default)]
pub(crate) struct Forms {
    languages: Mutex<Option<Vec<Algorithm>>>,
    of: Mutex<FxHashMap<String, Vec<String>>>,
}

impl Forms {
    /// `word` and its relatives; see [`same_stem`].
    pub(crate) fn of(
        &self,
        searcher: &Searcher,
        fields: &Fields,
        word: &str,
    ) -> Result<Vec<String>, SearchError> {
        if let Some(known) = locked(&self.of).get(word) {
            return Ok(known.clone());
        }
        let languages =
            locked(&self.languages).get_or_insert_with(|| languages(searcher, fields)).clone();
        let stemmers: Vec<Stemmer> = languages.into_iter().map(Stemmer::create).collect();
        let found = same_stem(searcher, fields, &stemmers, word)?;
        let mut of = locked(&self.of);
        if of.len() >= MOST_KEPT {
            of.clear();
        }
        of.insert(word.to_owned(), found.clone());
        Ok(found)
    }

    /// Forgets all of it: the index has grown.
    pub(crate) fn forget(&self) {
        *locked(&self.languages) = None;
        locked(&self.of).clear();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Every change is one assignment: what a panic left is whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The languages of the record; English when none is known.
fn languages(searcher: &Searcher, fields: &Fields) -> Vec<Algorithm> {
    const LANGUAGES: [(&str, Algorithm); 17] = [
        ("eng", Algorithm::English),
        ("deu", Algorithm::German),
        ("fra", Algorithm::French),
        ("spa", Algorithm::Spanish),
        ("ita", Algorithm::Italian),
        ("por", Algorithm::Portuguese),
        ("nld", Algorithm::Dutch),
        ("rus", Algorithm::Russian),
        ("swe", Algorithm::Swedish),
        ("dan", Algorithm::Danish),
        ("nob", Algorithm::Norwegian),
        ("fin", Algorithm::Finnish),
        ("hun", Algorithm::Hungarian),
        ("ron", Algorithm::Romanian),
        ("tur", Algorithm::Turkish),
        ("ell", Algorithm::Greek),
        ("ara", Algorithm::Arabic),
    ];
    let n_items = searcher.num_docs();
    let mut found: Vec<Algorithm> = LANGUAGES
        .iter()
        .filter(|(code, _)| {
            let term = Term::from_field_text(fields.tag, &format!("lang:{code}"));
            // A language of one item in a hundred or fewer is more often a wrong guess.
            searcher.doc_freq(&term).is_ok_and(|n| n > 0 && n * 100 >= n_items)
        })
        .map(|(_, algorithm)| *algorithm)
        .collect();
    if found.is_empty() {
        found.push(Algorithm::English);
    }
    found
}

/// `word` and every word of the texts and subjects with the same stem in one of the languages,
/// the word itself first.
fn same_stem(
    searcher: &Searcher,
    fields: &Fields,
    stemmers: &[Stemmer],
    word: &str,
) -> Result<Vec<String>, SearchError> {
    let mut found = vec![word.to_owned()];
    // Numbers, codes and very short words have no other forms.
    if word.chars().count() < 3 || !word.chars().all(char::is_alphabetic) {
        return Ok(found);
    }
    for stemmer in stemmers {
        let stem = stemmer.stem(word);
        let prefix = shared_beginning(word, &stem);
        if prefix.chars().count() < 2 {
            continue;
        }
        for field in [fields.body, fields.subject] {
            each_with_prefix(searcher, field, prefix, MOST_READ, &mut |candidate| {
                if candidate != word
                    && found.len() < MOST_FOUND
                    && candidate.chars().all(char::is_alphabetic)
                    && stemmer.stem(candidate) == stem
                    && !found.iter().any(|known| known == candidate)
                {
                    found.push(candidate.to_owned());
                }
            })?;
        }
    }
    found[1..].sort_unstable();
    Ok(found)
}

/// The beginning that all words of this stem have: one letter less than the word and its stem
/// share, for `happy`, `happiness`, stem `happi`.
fn shared_beginning<'a>(word: &'a str, stem: &str) -> &'a str {
    let shared = word
        .char_indices()
        .zip(stem.chars())
        .find(|((_, a), b)| a != b)
        .map_or(word.len().min(stem.len()), |((at, _), _)| at);
    let beginning = word.get(..shared).unwrap_or(word);
    match beginning.char_indices().next_back() {
        Some((last, _)) if beginning.chars().count() > 3 => &beginning[..last],
        _ => beginning,
    }
}

/// Calls `each` for the terms of a field that begin with `prefix`, at most `most` a segment.
pub(crate) fn each_with_prefix(
    searcher: &Searcher,
    field: tantivy::schema::Field,
    prefix: &str,
    most: usize,
    each: &mut dyn FnMut(&str),
) -> Result<(), SearchError> {
    for segment in searcher.segment_readers() {
        let inverted = segment.inverted_index(field).map_err(SearchError::index("read"))?;
        let mut stream = inverted
            .terms()
            .range()
            .ge(prefix.as_bytes())
            .into_stream()
            .map_err(|error| SearchError::index("read")(error.into()))?;
        let mut read = 0;
        while read < most && stream.advance() {
            let Ok(term) = std::str::from_utf8(stream.key()) else { continue };
            if !term.starts_with(prefix) {
                break;
            }
            each(term);
            read += 1;
        }
    }
    Ok(())
}
