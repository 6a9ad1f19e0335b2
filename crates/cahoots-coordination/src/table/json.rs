//! Tables as JSON lines: one object a line, its fields as columns.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::encode::Encoder;
use super::layout::Layout;
use super::problem::Fault;

/// Lines looked at to learn the names of the fields.
const LOOKED_AT: usize = 200;

/// The names of the fields of the first lines, in the order of first appearance.
pub(crate) fn header(bytes: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').take(LOOKED_AT) {
        let fields: Result<Fields<'_>, _> = serde_json::from_slice(line);
        for name in fields.map(|fields| fields.0).unwrap_or_default() {
            if names.len() < 4096 && !names.iter().any(|have| *have == *name) {
                names.push(name.into_owned());
            }
        }
    }
    names
}

/// The names of the fields of an object.
struct Fields<'a>(Vec<Cow<'a, str>>);

impl<'de> serde::Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut names = Vec::new();
                while let Some(name) = map.next_key::<Name<'de>>()? {
                    map.next_value::<IgnoredAny>()?;
                    names.push(name.0);
                }
                Ok(Fields(names))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

/// A text that is borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// Takes the rows of a piece of JSON lines.
pub(crate) fn take(bytes: &[u8], names: &[String], layout: &Layout, encoder: &mut Encoder<'_>) {
    let mut cells: Vec<Option<Cow<'_, str>>> = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end);
        let line = bytes[start..end].trim_ascii();
        start = end + 1;
        if line.is_empty() {
            continue;
        }
        let decoded;
        let text = match std::str::from_utf8(line) {
            Ok(text) => text,
            Err(_) => {
                encoder.fault(Fault::NotUtf8, line);
                decoded = encoding_rs::WINDOWS_1252.decode_without_bom_handling(line).0;
                // What borrows from this line must not outlive it.
                one(&decoded, names, layout, encoder, &mut Vec::new());
                encoder.next_row();
                continue;
            }
        };
        one(text, names, layout, encoder, &mut cells);
        encoder.next_row();
    }
}

fn one<'l>(
    line: &'l str,
    names: &[String],
    layout: &Layout,
    encoder: &mut Encoder<'_>,
    cells: &mut Vec<Option<Cow<'l, str>>>,
) {
    cells.clear();
    cells.resize(names.len(), None);
    let mut reader = serde_json::Deserializer::from_str(line);
    let row = Row { names, layout, cells };
    let read = row.deserialize(&mut reader).and_then(|()| reader.end());
    if read.is_err() {
        return encoder.fault(Fault::NotJson, line.as_bytes());
    }
    let cells = &*cells;
    let cell = |at: usize| cells.get(at)?.as_deref().map(|text| text.trim().as_bytes());
    // Unlike a cell of a table, a field may be missing: that is an empty one.
    let there = |at: usize| Some(cell(at).unwrap_or_default());
    layout.take(encoder, there, line.as_bytes());
}

/// Fills the cells of a row from an object.
struct Row<'a, 'l> {
    names: &'a [String],
    layout: &'a Layout,
    cells: &'a mut Vec<Option<Cow<'l, str>>>,
}

impl<'de> DeserializeSeed<'de> for Row<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut guess = 0;
        while let Some(name) = map.next_key::<Name<'de>>()? {
            // Fields most often come in the order of the first line.
            let at = match self.names.get(guess) {
                Some(have) if *have == *name.0 => Some(guess),
                _ => self.names.iter().position(|have| *have == *name.0),
            };
            match at.filter(|at| self.layout.uses(*at)) {
                Some(at) => {
                    let raw: &'de RawValue = map.next_value()?;
                    self.cells[at] = Some(text_of(raw.get()));
                }
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
            guess = at.map_or(guess, |at| at + 1);
        }
        Ok(())
    }
}

/// A value as a cell: strings without their quotes, null as nothing, others as they are written.
fn text_of(raw: &str) -> Cow<'_, str> {
    match raw.as_bytes().first() {
        Some(b'"') => match serde_json::from_str::<Name<'_>>(raw) {
            Ok(name) => name.0,
            Err(_) => Cow::Borrowed(raw),
        },
        Some(b'n') => Cow::Borrowed(""),
        _ => Cow::Borrowed(raw),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_the_first_lines_are_the_columns() {
        let text = br#"{"a":1,"b":{"c":2}}
            {"b":null,"d\u0041":"x"}
            nonsense"#;
        assert_eq!(header(text), ["a", "b", "dA"]);
    }

    #[test]
    fn values_as_cells() {
        assert_eq!(text_of("\"x\\ny\""), "x\ny");
        assert_eq!(text_of("12"), "12");
        assert_eq!(text_of("null"), "");
        assert_eq!(text_of("[\"a\"]"), "[\"a\"]");
    }
}
