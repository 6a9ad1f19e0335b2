//! Values of people's fields: what a value shows that the other printing's values do not.
//!
//! Printings of one message name a person in several ways: `Quist, Bo`, `Bo Quist <bo@q.example>`,
//! `'quistb@q.example'`. A value is compared with those that can be the same person.

use super::Kind;
use super::align::{alike, fold};

/// Letters from which on a word tells a person.
const TELLING: usize = 4;

/// A value, taken apart.
struct Value {
    /// Words of the name, folded; of a cut address what is left of it.
    words: Vec<String>,
    /// What stands before the `@` of each address, its letters and digits folded.
    mailboxes: Vec<String>,
}

fn value(text: &str) -> Value {
    let mut value = Value { words: Vec::new(), mailboxes: Vec::new() };
    let marks =
        |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']' | '"' | '\'' | ';');
    for word in text.split(marks) {
        let word = word.strip_prefix("mailto:").unwrap_or(word);
        match word.split_once(['@', '©']) {
            Some((mailbox, domain)) if !domain.is_empty() => value.mailboxes.push(fold(mailbox)),
            Some((mailbox, _)) => value.words.push(fold(mailbox)),
            None => value.words.extend(word.split(|c: char| !c.is_alphanumeric()).map(fold)),
        }
    }
    value.words.retain(|word| !word.is_empty());
    value.mailboxes.retain(|mailbox| !mailbox.is_empty());
    value
}

impl Value {
    /// Whether both can be one person: they share a word of the name, or a word of one's name
    /// stands in the other's address.
    fn can_be(&self, other: &Self) -> bool {
        let telling = |word: &&String| word.chars().count() >= TELLING;
        let named = |a: &Self, b: &Self| {
            a.words.iter().filter(telling).any(|word| b.words.iter().any(|own| alike(word, own)))
        };
        let addressed = |a: &Self, b: &Self| {
            let mut words = a.words.iter().filter(telling);
            words.any(|word| b.mailboxes.iter().any(|mailbox| mailbox.contains(word.as_str())))
        };
        let same_box = self.mailboxes.iter().any(|own| other.mailboxes.contains(own));
        // A name of one letter is a name when it is all there is.
        let initial = self.words.len() == 1 && self.words == other.words;
        same_box
            || initial
            || named(self, other)
            || addressed(self, other)
            || addressed(other, self)
    }
}

/// What `shown` shows beside the values of a printing that has something of the field withheld.
pub(super) fn kind(own: &[String], shown: &str) -> Kind {
    let shown = value(shown);
    let mut same = own.iter().map(|own| value(own)).filter(|own| own.can_be(&shown)).peekable();
    if same.peek().is_none() {
        return Kind::Person;
    }
    if shown.mailboxes.is_empty() {
        // Named there and not addressed: here the same person is named or addressed.
        return Kind::Name;
    }
    if same.any(|own| !own.mailboxes.is_empty()) { Kind::OtherAddress } else { Kind::Address }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_told_by_whom_the_other_printing_names() {
        for (own, shown, want) in [
            (&["Quist, Bo"][..], "'quistb@q.example'", Kind::Address),
            (&["Quist, Bo <"], "Bo Quist <bo@q.example>", Kind::Address),
            (&["'quistb@q.example'"], "Quist, Bo", Kind::Name),
            (&["Quist, Bo <bo@q.example>"], "Bo Quist <quist2@q.example>", Kind::OtherAddress),
            (&["H"], "H <h17@q.example>", Kind::Address),
            (&["Quist, Bo"], "Olm, Cyd", Kind::Person),
            (&["Quist, Bo"], "olmc@q.example", Kind::Person),
            (&[], "olmc@q.example", Kind::Person),
            // Addresses at one provider are no one person.
            (&["bo@mail.example"], "cyd@mail.example", Kind::Person),
        ] {
            let own: Vec<String> = own.iter().map(|value| (*value).to_owned()).collect();
            assert_eq!(kind(&own, shown), want, "{own:?} {shown}");
        }
    }
}
