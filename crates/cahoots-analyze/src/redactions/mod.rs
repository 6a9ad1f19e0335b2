//! What one printing of a message withholds and another shows.
//!
//! # Question
//! Released documents print one message several times, redacted in different ways. Where does a
//! printing show what another withholds?
//!
//! # Method
//! Header fields are compared value by value. What a value shows is said exactly (`persons`): a
//! person whom the other printing does not name, or the address or the name of one whom it does.
//! Texts are aligned word by word (`align`); a run of
//! words that only one printing has counts as shown where the other has a mark of withholding in
//! the same place or within [`NEAR`] words of it.
//!
//! # What it cannot tell
//! A mark stands beside the line it belongs to, and not at the word: the run of words is what the
//! other printing leaves out there, and need not be all that was withheld. Words that recognition
//! lost look like words withheld when a mark is near.

mod align;
mod persons;

use align::{Gap, gaps};

/// Words between a mark and a gap that still belong together.
pub const NEAR: usize = 12;

/// One field of a printing's header.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    /// Its name: `from`, `to`, `subject` and so on.
    pub name: String,
    /// Its values as printed.
    pub values: Vec<String>,
    /// The exemption code where something of it is withheld.
    pub withheld: Option<String>,
    /// Whether the label stands there with nothing behind it, and no code.
    pub blank: bool,
    /// Whether an address in it is cut, and no code says why.
    pub cut: bool,
}

/// What a printing shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Somebody whom the other printing does not name in this field.
    Person,
    /// The address of somebody whom the other printing names without one.
    Address,
    /// Another address of somebody whom the other printing has with an address.
    OtherAddress,
    /// The name of somebody whom the other printing names in another way.
    Name,
    /// The value of a field that is none of people.
    Value,
    /// Words of the text.
    Words,
}

/// A printing of a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printing {
    /// Fields of the header.
    pub fields: Vec<Field>,
    /// The text, with `[withheld: CODE]` where something is.
    pub text: String,
}

/// Something that one printing withholds and the other shows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Shown {
    /// The field, or `text`.
    pub field: String,
    /// What of it is shown.
    pub kind: Kind,
    /// The exemption code; `None` where the field was left blank or an address cut without one.
    pub code: Option<String>,
    /// What stands in the printing that withholds: words around the place, or the values left.
    pub withheld: String,
    /// What the other printing shows there.
    pub shown: String,
}

/// Fields whose values are people.
const PEOPLE: [&str; 4] = ["from", "to", "cc", "bcc"];

/// What `a` withholds and `b` shows. `blanks` asks for fields left blank and addresses cut without a code as well.
pub fn shown(a: &Printing, b: &Printing, blanks: bool) -> Vec<Shown> {
    let mut found = Vec::new();
    for field in &a.fields {
        let asked = field.withheld.is_some() || blanks && (field.blank || field.cut);
        let Some(other) = b.fields.iter().find(|other| other.name == field.name) else { continue };
        if !asked || other.withheld.is_some() && other.values.len() <= field.values.len() {
            continue;
        }
        let people = PEOPLE.contains(&field.name.as_str());
        let mut more: Vec<(Kind, &str)> = Vec::new();
        for value in &other.values {
            if !field.values.iter().any(|own| says_as_much(own, value)) {
                let kind = if people { persons::kind(&field.values, value) } else { Kind::Value };
                more.push((kind, value));
            }
        }
        // Each kind is a statement of its own.
        more.sort_by_key(|(kind, _)| *kind);
        for same in more.chunk_by(|a, b| a.0 == b.0) {
            let values: Vec<&str> = same.iter().map(|(_, value)| *value).collect();
            found.push(Shown {
                field: field.name.clone(),
                kind: same[0].0,
                code: field.withheld.clone(),
                withheld: field.values.join("; "),
                shown: values.join("; "),
            });
        }
    }
    found.extend(gaps(&a.text, &b.text).into_iter().map(|Gap { code, around, words }| Shown {
        field: "text".to_owned(),
        kind: Kind::Words,
        code: Some(code),
        withheld: around,
        shown: words,
    }));
    found
}

/// Whether a printed value says no less than another of the same person or thing: names in
/// another order and letters misread are no more than the value itself.
fn says_as_much(own: &str, other: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let mut words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty() && *word != "mailto")
            .map(align::fold)
            .collect();
        words.sort();
        words.dedup();
        words
    };
    let (own, other) = (words(own), words(other));
    let missing = other.iter().filter(|word| !own.iter().any(|own| align::alike(own, word)));
    missing.filter(|word| word.chars().count() > 1).count() == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printing(to: &[&str], withheld: Option<&str>, text: &str) -> Printing {
        let field = Field {
            name: "to".to_owned(),
            values: to.iter().map(|value| (*value).to_owned()).collect(),
            withheld: withheld.map(str::to_owned),
            blank: to.is_empty() && withheld.is_none(),
            cut: false,
        };
        Printing { fields: vec![field], text: text.to_owned() }
    }

    #[test]
    fn withheld_fields_and_words_that_another_printing_shows() {
        let a = printing(
            &["Quist, Bo"],
            Some("B6"),
            "Please call her at [withheld: B6] before noon on Friday.\nAnn",
        );
        let b = printing(
            &["Bo Quist", "Cyd Olm <cyd@q.example>"],
            None,
            "Please call her at 555 0100 or 555 0101 before noon\non Friday. Ann",
        );
        let found = shown(&a, &b, false);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            (found[0].field.as_str(), found[0].shown.as_str()),
            ("to", "Cyd Olm <cyd@q.example>")
        );
        assert_eq!(
            (found[1].code.as_deref(), found[1].shown.as_str()),
            (Some("B6"), "555 0100 or 555 0101")
        );
        assert_eq!(found[0].kind, Kind::Person);
        assert!(shown(&b, &a, false).is_empty());
    }

    #[test]
    fn an_address_of_somebody_named_is_told_from_somebody_not_named() {
        let a = printing(&["Quist, Bo"], Some("B6"), "");
        let b = printing(&["'quistb@q.example'", "Cyd Olm <cyd@q.example>"], None, "");
        let found: Vec<_> =
            shown(&a, &b, false).into_iter().map(|shown| (shown.kind, shown.shown)).collect();
        assert_eq!(
            found,
            [
                (Kind::Person, "Cyd Olm <cyd@q.example>".to_owned()),
                (Kind::Address, "'quistb@q.example'".to_owned())
            ]
        );
        // A cut that no code explains may be a misreading: it is compared when asked for.
        let mut cut = printing(&["Quist, Bo <bo"], None, "");
        cut.fields[0].cut = true;
        assert!(shown(&cut, &b, false).is_empty());
        assert_eq!(shown(&cut, &b, true)[1].code, None);
    }

    #[test]
    fn blanks_are_only_compared_when_asked_for_and_misreadings_are_nothing_new() {
        let a = printing(&[], None, "The board met at noon [withheld: B5]");
        let b = printing(&["Bo"], None, "The bcard met at noon");
        assert!(shown(&a, &b, false).is_empty());
        assert_eq!(shown(&a, &b, true)[0].code, None);
    }
}
