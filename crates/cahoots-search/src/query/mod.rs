//! The query language: what a person types, as a tree.

mod dates;
pub mod fields;
mod parser;

use std::ops::Range;

use cahoots_record::UtcMicros;

pub use fields::{FIELDS, Field, FieldRow};

/// A parsed query.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// The tree.
    pub root: Node,
}

/// A node of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Everything.
    All,
    /// All of these.
    And(Vec<Node>),
    /// At least one of these.
    Or(Vec<Node>),
    /// Not this.
    Not(Box<Node>),
    /// Words, in a field or in the default fields.
    Text(Option<Field>, Words),
    /// A fact, an object, a person, a place: the field and the value as typed.
    Is(Field, String),
    /// A span of time; `None` leaves a side open. From inclusive, until exclusive.
    Time {
        /// Not before.
        from: Option<UtcMicros>,
        /// Before.
        until: Option<UtcMicros>,
    },
}

/// Words to look for in texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// A word and the words of the same stem.
    Stem(String),
    /// Words next to each other, as written, up to `slop` places apart; one word: as written.
    Phrase {
        /// In normal form.
        words: Vec<String>,
        /// Places they may be apart.
        slop: u32,
    },
    /// Words that begin so.
    Prefix(String),
    /// Words that differ in so many letters.
    Fuzzy(String, u8),
}

/// What is wrong with a query, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Bytes of the query.
    pub at: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl QueryError {
    fn new(at: Range<usize>, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), hint: None }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The error with the query and a mark under the spot.
    pub fn render(&self, query: &str) -> String {
        let clean = |text: &str| -> String {
            text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
        };
        let start = floor(query, self.at.start);
        let end = floor(query, self.at.end.max(self.at.start));
        let before = clean(&query[..start]);
        let marks = query[start..end].chars().count().max(1);
        let mut text = format!(
            "the query cannot be read: {}\n  {}\n  {}{}",
            self.message,
            clean(query),
            " ".repeat(before.chars().count()),
            "^".repeat(marks)
        );
        if let Some(hint) = &self.hint {
            text.push_str("\n  ");
            text.push_str(hint);
        }
        text
    }
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Query {
    /// Reads a query. `now` is what «today» means, in the zone in which days are meant.
    ///
    /// # Errors
    /// When the text is not a query; the error points at the spot.
    pub fn parse(text: &str, now: &jiff::Zoned) -> Result<Self, QueryError> {
        parser::parse(text, now).map(|root| Self { root })
    }
}
