//! The keys of an entry, read one by one; what nobody asked for is left over and said.

use cahoots_record::Medium;
use serde_json::{Map, Value};

use super::model::{Notes, nearest};

/// Keys of an entry or of a table inside it, with the path that leads to them.
#[derive(Clone, Debug)]
pub(crate) struct Fields {
    map: Map<String, Value>,
    path: String,
    asked: Vec<&'static str>,
    other: Map<String, Value>,
}

impl Fields {
    pub(crate) fn new(map: Map<String, Value>, path: &str) -> Self {
        Self { map, path: path.to_owned(), asked: Vec::new(), other: Map::new() }
    }

    /// Parts the keys of a time from the others.
    pub(crate) fn split_off(&mut self, keys: &[&str]) -> Self {
        let mut map = Map::new();
        for key in keys {
            if let Some(value) = self.map.shift_remove(*key) {
                map.insert((*key).to_owned(), value);
            }
        }
        Self::new(map, &self.path)
    }

    /// Whether a key has a value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.map.get(key).is_some_and(|value| value.as_str() != Some("") && !value.is_null())
    }

    /// Whether no key has a value.
    pub(crate) fn is_empty(&self) -> bool {
        self.map.values().all(|value| value.as_str().map_or(value.is_null(), str::is_empty))
    }

    /// The key with the path that leads to it, as messages name it.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.asked.push(key);
        // `shift_remove`, so that what is left keeps the order of the file.
        match self.map.shift_remove(key) {
            Some(Value::Null) | None => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(value) => Some(value),
        }
    }

    /// One text, trimmed. Numbers and truth values are taken as they are written.
    pub(crate) fn text(&mut self, key: &'static str, notes: &mut Notes) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(truth) => Some(truth.to_string()),
            value => self.wrong(key, "one text", value, notes),
        }
    }

    /// A list of texts. One text is a list of one; in a table, texts are parted by `;`.
    pub(crate) fn list(&mut self, key: &'static str, notes: &mut Notes) -> Vec<String> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let mut list = Vec::new();
        match value {
            Value::String(text) if notes.is_table() => {
                list.extend(text.split(';').map(|part| part.trim().to_owned()));
            }
            Value::String(text) => list.push(text.trim().to_owned()),
            Value::Number(number) => list.push(number.to_string()),
            Value::Array(values) => {
                let mut odd = Vec::new();
                for value in values {
                    match value {
                        Value::String(text) => list.push(text.trim().to_owned()),
                        Value::Number(number) => list.push(number.to_string()),
                        value => odd.push(value),
                    }
                }
                if !odd.is_empty() {
                    self.wrong::<()>(key, "a list of texts", Value::Array(odd), notes);
                }
            }
            value => {
                self.wrong::<()>(key, "a list of texts", value, notes);
            }
        }
        list.retain(|text| !text.is_empty());
        list
    }

    /// Yes or no.
    pub(crate) fn truth(&mut self, key: &'static str, notes: &mut Notes) -> bool {
        match self.take(key) {
            None => false,
            Some(Value::Bool(truth)) => truth,
            Some(value) => match value.as_str().map(|text| text.trim().to_lowercase()).as_deref() {
                Some("true" | "yes" | "1") => true,
                Some("false" | "no" | "0") => false,
                _ => {
                    self.wrong::<()>(key, "true or false", value, notes);
                    false
                }
            },
        }
    }

    /// A number from 0 up.
    pub(crate) fn count(&mut self, key: &'static str, notes: &mut Notes) -> Option<u64> {
        let value = self.take(key)?;
        let count = match &value {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        if count.is_none() {
            self.wrong::<()>(key, "a whole number from 0 up", value, notes);
        }
        count
    }

    /// A table inside the entry.
    pub(crate) fn table(&mut self, key: &'static str, notes: &mut Notes) -> Option<Self> {
        let path = self.path(key);
        match self.take(key)? {
            Value::Object(map) => Some(Self::new(map, &path)),
            value => self.wrong(key, "a table of keys", value, notes),
        }
    }

    /// Tables inside the entry; one table is a list of one. A text stands for a table whose
    /// key `short` has it.
    pub(crate) fn tables(
        &mut self,
        key: &'static str,
        short: &str,
        notes: &mut Notes,
    ) -> Vec<Self> {
        let path = self.path(key);
        let Some(value) = self.take(key) else { return Vec::new() };
        let values = match value {
            Value::Array(values) => values,
            Value::String(text) if notes.is_table() => text
                .split(';')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| Value::String(part.to_owned()))
                .collect(),
            value => vec![value],
        };
        let single = values.len() == 1;
        let mut tables = Vec::new();
        for (place, value) in values.into_iter().enumerate() {
            let path = if single { path.clone() } else { format!("{path} {}", place + 1) };
            match value {
                Value::Object(map) => tables.push(Self::new(map, &path)),
                Value::String(text) if !short.is_empty() => {
                    let mut map = Map::new();
                    map.insert(short.to_owned(), Value::String(text));
                    tables.push(Self::new(map, &path));
                }
                value => {
                    self.wrong::<()>(key, "a table of keys", value, notes);
                }
            }
        }
        tables
    }

    /// The medium that the people of a message suggest where none is named.
    pub(crate) fn message_medium(&self) -> Medium {
        let mut names = Vec::new();
        for key in ["from", "to", "cc"] {
            match self.map.get(key) {
                Some(Value::String(text)) => names.push(text.as_str()),
                Some(Value::Array(list)) => names.extend(list.iter().filter_map(Value::as_str)),
                _ => {}
            }
        }
        let mail = |name: &&str| name.split_once('@').is_some_and(|(local, _)| !local.is_empty());
        if names.iter().any(|name| name.starts_with('@') || name.starts_with("x:")) {
            Medium::DirectMessage
        } else if names.iter().any(mail) {
            Medium::Email
        } else {
            Medium::Other
        }
    }

    fn wrong<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        value: Value,
        notes: &mut Notes,
    ) -> Option<T> {
        let found = match &value {
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "a table".to_owned(),
            value => value.to_string(),
        };
        notes.damaged(
            "wrong-type",
            &self.path(key),
            &format!("is {found} where {expected} was expected"),
            "the value, in detail under other",
        );
        self.keep(key, value);
        None
    }

    /// Keeps a value that could not be understood.
    pub(crate) fn keep(&mut self, key: &str, value: Value) {
        self.other.insert(key.to_owned(), value);
    }

    /// Says which keys nobody asked for, and gives everything that was not understood.
    pub(crate) fn leftovers(mut self, notes: &mut Notes) -> Map<String, Value> {
        for (key, value) in std::mem::take(&mut self.map) {
            let empty = match &value {
                Value::Null => true,
                Value::String(text) => text.trim().is_empty(),
                _ => false,
            };
            if empty {
                continue;
            }
            let hint = match nearest(&key, self.asked.iter().copied()) {
                Some(name) => format!("is not known here; did you mean {name}?"),
                None => "is not known here".to_owned(),
            };
            let kept = "the value, in detail under other";
            notes.note("unknown-key", &self.path(&key), &hint, kept);
            self.other.insert(key, value);
        }
        self.other
    }
}
