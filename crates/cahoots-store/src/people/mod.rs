//! Who is who: parties made of accounts, suggestions, and finding people by what is typed.
//!
//! Pure: accounts and decisions in, parties out. Only exact equality merges by itself; everything
//! else is a person's decision, and no decision destroys what it joins.

mod find;
mod parties;
mod suggest;

pub use find::{Matcher, nearest};
pub use parties::{Action, Decision, Parties, Party, in_force};
pub use suggest::{Evidence, Suggestion, suggest};

use cahoots_record::AccountKey;

/// An account with the names printed beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account's key.
    pub key: AccountKey,
    /// Display names with counts, most frequent first.
    pub names: Vec<(String, u64)>,
    /// Items it takes part in.
    pub n_items: u64,
}

/// Words of a name in lower case, without punctuation; `Last, First` is turned round.
pub fn name_words(name: &str) -> Vec<String> {
    let turned = match name.split_once(',') {
        Some((last, first)) if first.split_whitespace().count() <= 3 && !last.contains('@') => {
            format!("{first} {last}")
        }
        _ => name.to_owned(),
    };
    turned
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .filter(|word| {
            !["mr", "mrs", "ms", "dr", "prof", "jr", "sr", "ii", "iii"].contains(&word.as_str())
        })
        .collect()
}
