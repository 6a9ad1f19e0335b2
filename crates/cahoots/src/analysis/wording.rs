//! The words of a question: reads the texts that matter to it, and no others, and adds what they
//! share to the record.

use anyhow::{Result, bail};
use cahoots_analyze::acts::Question;
use cahoots_analyze::requests::{Zone, zones};
use cahoots_analyze::wording::{Added, Corpus, Text, add, more_than_formulas};
use cahoots_analyze::{Place, Record};
use cahoots_store::{Case, Parts};

use super::about::Finder;

/// Finds what the messages and acts of a question share in words, and what is close in its words.
///
/// # Errors
/// When the texts or the index cannot be read.
pub fn of_question(
    case: &Case,
    record: &mut Record,
    question: &mut Question,
    finder: &Finder<'_>,
) -> Result<Added> {
    let wanted = question.texts(record);
    if wanted.messages.is_empty() || wanted.acts.is_empty() {
        return Ok(Added::default());
    }
    let messages = read(case, record, &wanted.messages)?;
    let acts = read(case, record, &wanted.acts)?;
    question.suggested = question.suggest(record, &messages, &acts);
    let near: rustc_hash::FxHashSet<(Place, Place)> = wanted
        .messages
        .iter()
        .flat_map(|message| wanted.acts.iter().map(move |act| (*message, *act)))
        .filter(|(message, act)| question.close(record, *message, *act))
        .collect();
    between(record, &messages, &acts, &|message, act| near.contains(&(message, act)), finder)
}

/// Finds what two sets of texts share.
///
/// # Errors
/// When the index cannot be read.
pub fn between(
    record: &mut Record,
    here: &[Text],
    there: &[Text],
    close: &dyn Fn(Place, Place) -> bool,
    finder: &Finder<'_>,
) -> Result<Added> {
    let mut corpus = Indexed { finder, error: None };
    let added = add(record, here, there, close, &mut corpus);
    match corpus.error {
        Some(error) => bail!(error),
        None => Ok(added),
    }
}

/// Whether two near copies are alike in more than formulas.
///
/// # Errors
/// When the index cannot be read.
pub fn is_copy(record: &Record, here: &Text, there: &Text, finder: &Finder<'_>) -> Result<bool> {
    let mut corpus = Indexed { finder, error: None };
    let found = more_than_formulas(record, &mut corpus, here, there);
    match corpus.error {
        Some(error) => bail!(error),
        None => Ok(found),
    }
}

/// Reads the texts of some items, in their order.
///
/// # Errors
/// When the record cannot be read.
pub fn read(case: &Case, record: &Record, places: &[Place]) -> Result<Vec<Text>> {
    let ords: Vec<_> = places.iter().map(|place| record.row(*place).ord).collect();
    let mut sorted = ords.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let mut texts: rustc_hash::FxHashMap<_, String> = rustc_hash::FxHashMap::default();
    for stored in case.items(&sorted, Parts::Text)? {
        texts.insert(stored.ord, stored.item.text);
    }
    let text = |(place, ord): (&Place, &cahoots_record::ItemOrd)| {
        let whole = texts.get(ord)?.clone();
        let own: String = zones(&whole)
            .into_iter()
            .filter(|zoned| zoned.zone == Zone::Own)
            .filter_map(|zoned| whole.get(zoned.range))
            .collect();
        Some(Text { place: *place, whole, own })
    };
    Ok(places.iter().zip(&ords).filter_map(text).collect())
}

/// The index of the case, asked for words in a row.
struct Indexed<'a> {
    finder: &'a Finder<'a>,
    error: Option<anyhow::Error>,
}

impl Corpus for Indexed<'_> {
    fn holding(&mut self, words: &str, most: usize) -> Option<Vec<Place>> {
        self.finder.in_a_row(words, most).unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            None
        })
    }
}
