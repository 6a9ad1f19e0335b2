//! From what a person types to accounts.

use super::{Parties, Person, name_words};

/// Finds accounts and parties by text.
pub struct Matcher<'a> {
    people: &'a [Person],
    parties: &'a Parties,
}

impl<'a> Matcher<'a> {
    /// A matcher over these people.
    pub fn new(people: &'a [Person], parties: &'a Parties) -> Self {
        Self { people, parties }
    }

    /// Parties that the text means, best first: its id, an account, a name, the beginning of
    /// words of a name.
    pub fn parties(&self, text: &str) -> Vec<u32> {
        let ranked = self.ranked(text);
        // A sure match leaves the doubtful ones out.
        let sure = ranked.first().is_some_and(|(rank, ..)| *rank <= SURE);
        ranked.into_iter().filter(|(rank, ..)| !sure || *rank <= SURE).map(|(.., n)| n).collect()
    }

    /// Parties whose id, account or whole name this is; those whose id or account it is, if any.
    pub fn sure(&self, text: &str) -> Vec<u32> {
        let ranked = self.ranked(text);
        let best = ranked.first().map_or(u8::MAX, |(rank, ..)| *rank);
        let sure = ranked.into_iter().filter(|(rank, ..)| *rank == best && best <= SURE);
        sure.map(|(.., n)| n).collect()
    }

    /// Every party that may be meant: rank, the number of its items as less from the most, party.
    fn ranked(&self, text: &str) -> Vec<(u8, u64, u32)> {
        let text = text.trim();
        let lower = text.to_lowercase();
        let handle = lower.trim_start_matches('@');
        let words = name_words(text);
        let mut ranked: Vec<(u8, u64, u32)> = Vec::new();
        for (number, party) in self.parties.parties.iter().enumerate() {
            let mut best = u8::MAX;
            if party.id == lower || party.name.to_lowercase() == lower {
                best = 0;
            }
            let mut n_items = 0;
            for account in &party.accounts {
                let person = &self.people[*account as usize];
                n_items += person.n_items;
                best = best.min(rank(person, &lower, handle, &words));
            }
            if best < u8::MAX {
                ranked.push((best, u64::MAX - n_items, number as u32));
            }
        }
        ranked.sort_unstable();
        ranked
    }

    /// Accounts of those parties.
    pub fn accounts(&self, text: &str) -> Vec<u32> {
        let parties = self.parties(text);
        parties
            .iter()
            .flat_map(|party| self.parties.parties[*party as usize].accounts.iter().copied())
            .collect()
    }
}

/// The worst rank of a match that leaves no doubt: an id, an account, a whole name.
const SURE: u8 = 1;

fn rank(person: &Person, lower: &str, handle: &str, words: &[String]) -> u8 {
    let native = person.key.native();
    if person.key.as_str() == lower || native == lower || native.trim_start_matches('@') == handle {
        return 0;
    }
    if words.is_empty() {
        return u8::MAX;
    }
    let mut best = u8::MAX;
    for (name, _) in &person.names {
        // Most names are turned away without cutting them into words.
        if !words.iter().all(|word| may_contain(name, word)) {
            continue;
        }
        let own = name_words(name);
        if own == words {
            return 1;
        }
        // Every word typed is a word of the name or begins one.
        if words.iter().all(|word| own.contains(word)) {
            best = best.min(2);
        } else if words.iter().all(|word| own.iter().any(|own| own.starts_with(word.as_str()))) {
            best = best.min(3);
        }
    }
    if !words.iter().all(|word| may_contain(native, word)) {
        return best;
    }
    let parts = name_words(&native.replace(['.', '_', '-', '@'], " "));
    if words.iter().all(|word| parts.contains(word)) {
        best = best.min(3);
    }
    best
}

/// Whether `word`, in lower case, may stand in `text`: a quick no for plain letters, a yes for
/// anything whose lower case is not simple.
fn may_contain(text: &str, word: &str) -> bool {
    if !text.is_ascii() || !word.is_ascii() {
        return true;
    }
    let word = word.as_bytes();
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

/// Names nearest to a text that nobody has, for the error that says so.
pub fn nearest(parties: &Parties, text: &str, most: usize) -> Vec<String> {
    let text = text.to_lowercase();
    let mut ranked: Vec<(usize, &str)> = parties
        .parties
        .iter()
        .map(|party| {
            let name = party.name.to_lowercase();
            let whole = edits(&text, &name);
            let word = name.split_whitespace().map(|word| edits(&text, word)).min();
            (whole.min(word.unwrap_or(usize::MAX)), party.name.as_str())
        })
        .filter(|(distance, _)| *distance <= text.chars().count() / 2)
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(most).map(|(_, name)| name.to_owned()).collect()
}

fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut last = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let next = (last + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            last = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use cahoots_record::AccountKey;

    #[test]
    fn people_are_found_by_what_is_typed() {
        let person = |key: &str, name: &str| Person {
            key: AccountKey::from_stored(key),
            names: vec![(name.to_owned(), 1)],
            n_items: 1,
        };
        let people = [
            person("email:ada@quill.example", "Quill, Ada"),
            person("x:@benh", "Ben Harrow"),
            person("email:adam@x.example", "Adam Stone"),
        ];
        let parties = Parties::new(&people, &[], &[]);
        let matcher = Matcher::new(&people, &parties);
        assert_eq!(matcher.parties("ada quill"), [0]);
        assert_eq!(matcher.parties("@BenH"), [1]);
        assert_eq!(matcher.parties("harrow"), [1]);
        assert_eq!(matcher.parties("ada"), [0, 2]);
        assert_eq!(matcher.parties("ada@quill.example"), [0]);
        assert!(matcher.parties("nobody").is_empty());
        assert_eq!((matcher.sure("ada quill"), matcher.sure("ada")), (vec![0], vec![]));
        assert_eq!(nearest(&parties, "harow", 3), ["Ben Harrow"]);
    }
}
