//! Entries of a compiled record as they stand in the file, and what is said of them.

use cahoots_record::{Issue, Locator, Selector, Severity, Sha256};
use serde_json::{Map, Value};

/// The largest compiled record that is read, in bytes. People write these by hand.
pub(crate) const LARGEST: u64 = 64 << 20;

/// What `Item.detail` of this importer names as its schema.
pub(crate) const SCHEMA: &str = "compiled/1";

/// What an entry is: the name of its table in TOML, the cell of its `type` column elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum EntryKind {
    Message,
    Post,
    Statement,
    Event,
    Article,
    Publication,
    Party,
    Conflict,
    Coverage,
}

impl EntryKind {
    pub(crate) const ALL: &'static [Self] = &[
        Self::Message,
        Self::Post,
        Self::Statement,
        Self::Event,
        Self::Article,
        Self::Publication,
        Self::Party,
        Self::Conflict,
        Self::Coverage,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Post => "post",
            Self::Statement => "statement",
            Self::Event => "event",
            Self::Article => "article",
            Self::Publication => "publication",
            Self::Party => "party",
            Self::Conflict => "conflict",
            Self::Coverage => "coverage",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The kind and the medium that other common names of a type stand for.
    pub(crate) fn from_type(name: &str) -> Option<(Self, Option<&'static str>)> {
        let name = name.trim().to_lowercase().replace(['_', '-'], " ");
        if let Some(kind) = Self::from_name(&name) {
            return Some((kind, None));
        }
        Some(match name.as_str() {
            "e mail" | "email" | "mail" => (Self::Message, Some("email")),
            "direct message" | "dm" => (Self::Message, Some("direct message")),
            "chat" => (Self::Message, Some("chat")),
            "tweet" => (Self::Post, None),
            "repost" | "retweet" => (Self::Post, Some("repost")),
            _ => return None,
        })
    }

    /// Every name, for a message about one that is none of them.
    pub(crate) fn names() -> String {
        Self::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ")
    }
}

/// The form of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    Toml,
    Csv,
    Jsonl,
}

/// One entry as it stands in the file.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) kind: EntryKind,
    /// Place among the tables of its name (TOML), row or line (CSV, JSON lines), from 1.
    pub(crate) number: u64,
    /// Its keys. Times of TOML are text here; dotted columns are nested.
    pub(crate) fields: Map<String, Value>,
    pub(crate) selector: Selector,
    /// Digest of the bytes that `selector` selects.
    pub(crate) raw_sha256: Sha256,
}

/// What a file says of itself before its first entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Header {
    pub(crate) title: Option<String>,
    pub(crate) zone: Option<String>,
    pub(crate) note: Option<String>,
}

impl Header {
    pub(crate) const KEYS: &'static [&'static str] = &["schema", "title", "zone", "note"];

    /// Takes one key; false if it is none of ours.
    pub(crate) fn take(&mut self, key: &str, text: String) -> bool {
        match key {
            "schema" => {}
            "title" => self.title = Some(text),
            "zone" => self.zone = Some(text),
            "note" => self.note = Some(text),
            _ => return false,
        }
        true
    }
}

/// What a file holds, before anything is made of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    pub(crate) header: Header,
    pub(crate) entries: Vec<Entry>,
    /// What could not even be made an entry.
    pub(crate) issues: Vec<Issue>,
    /// How many entries that is; each has an issue.
    pub(crate) skipped: u64,
}

/// Collects what is said about one entry, in words that lead a person to the spot.
#[derive(Debug)]
pub(crate) struct Notes {
    label: String,
    table: bool,
    locator: Locator,
    issues: Vec<Issue>,
}

impl Notes {
    pub(crate) fn of(entry: &Entry, shape: Shape, member: &str) -> Self {
        let id = match entry.fields.get("id").or_else(|| entry.fields.get("name")) {
            Some(Value::String(id)) => format!(" \"{}\"", id.trim()),
            Some(Value::Number(id)) => format!(" \"{id}\""),
            _ => String::new(),
        };
        let number = entry.number;
        let label = match shape {
            Shape::Toml => format!("[[{}]] {number}{id}", entry.kind.name()),
            Shape::Csv => format!("row {number}{id}"),
            Shape::Jsonl => format!("line {number}{id}"),
        };
        Self {
            label,
            table: shape == Shape::Csv,
            locator: Locator::new(member, entry.selector.clone()),
            issues: Vec::new(),
        }
    }

    /// Whether cells hold lists as text parted by semicolons.
    pub(crate) fn is_table(&self) -> bool {
        self.table
    }

    pub(crate) fn locator(&self) -> &Locator {
        &self.locator
    }

    /// Something is wrong with a key; `kept` says what became of it.
    pub(crate) fn damaged(&mut self, code: &str, key: &str, what: &str, kept: &str) {
        self.say(Severity::Damaged, code, key, what, kept);
    }

    /// The entry is not in the record.
    pub(crate) fn lost(&mut self, code: &str, key: &str, what: &str) {
        self.say(Severity::Lost, code, key, what, "nothing");
    }

    /// Something is worth knowing about a key.
    pub(crate) fn note(&mut self, code: &str, key: &str, what: &str, kept: &str) {
        self.say(Severity::Note, code, key, what, kept);
    }

    fn say(&mut self, severity: Severity, code: &str, key: &str, what: &str, kept: &str) {
        let column = if self.table { "column " } else { "" };
        let what = if key.is_empty() {
            format!("{}: {what}", self.label)
        } else {
            format!("{}: {column}{key} {what}", self.label)
        };
        self.issues.push(Issue {
            severity,
            code: code.to_owned(),
            locator: self.locator.clone(),
            what,
            kept: kept.to_owned(),
        });
    }

    /// Whether the entry was read with a doubt.
    pub(crate) fn any_damage(&self) -> bool {
        self.issues.iter().any(|issue| issue.severity == Severity::Damaged)
    }

    pub(crate) fn into_issues(self) -> Vec<Issue> {
        self.issues
    }
}

/// The name among `known` that is at most two letters away from `word`.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(64).collect();
    known
        .into_iter()
        .map(|name| (distance(&word, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .filter(|(distance, name)| *distance <= 2 && *distance < name.chars().count())
        .min()
        .map(|(_, name)| name)
}

fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(x != y)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_finds_its_name() {
        let known = ["earliest", "latest", "at", "id"];
        assert_eq!(nearest("earlist", known), Some("earliest"));
        assert_eq!(nearest("Latest", known), Some("latest"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("xy", known), None);
    }

    #[test]
    fn other_names_of_a_type_are_understood() {
        assert_eq!(EntryKind::from_type("E-mail"), Some((EntryKind::Message, Some("email"))));
        assert_eq!(EntryKind::from_type(" Statement "), Some((EntryKind::Statement, None)));
        assert_eq!(EntryKind::from_type("source"), None);
    }
}
