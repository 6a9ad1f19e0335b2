//! Rows of JSON: lines, elements of one array, or objects one after another; and an object as
//! cells.

use std::borrow::Cow;
use std::io::Read;
use std::sync::Arc;

use cahoots_record::{Locator, Selector};
use serde_json::{Map, Value};

use super::columns::Columns;
use super::row::{Reader, Row};
use super::window::{READ, Window};
use crate::importer::{Batch, Chunk, Options};

/// Bytes looked at to tell the arrangement.
const HEAD: usize = 64 << 10;
/// A row longer than this is cut.
const LONGEST: usize = 16 << 20;
/// How rows lie in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layout {
    Lines,
    /// Elements of an array, at this pointer (`""` or `"/data"`).
    Array(&'static str),
    /// Objects over several lines, one after another.
    Objects,
}

/// One row: its bytes and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) start: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) selector: Selector,
}

/// Reads rows one after another.
pub(crate) struct Rows<'a> {
    pub(crate) window: Window<'a>,
    layout: Layout,
    number: u64,
    closed: bool,
    /// Something stands behind the array of rows (`includes` of the X API).
    pub(crate) trailing: bool,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(reader: impl Read + 'a) -> Self {
        let mut rows = Self {
            window: Window::new(reader),
            layout: Layout::Lines,
            number: 0,
            closed: false,
            trailing: false,
        };
        rows.window.fill(HEAD);
        if rows.window.held.starts_with(b"\xef\xbb\xbf") {
            rows.window.at = 3;
        }
        let (layout, skip) = layout(&rows.window.held[rows.window.at..]);
        rows.layout = layout;
        rows.window.at += skip;
        rows
    }

    /// The byte `ahead` of here, reading on where needed.
    fn byte(&mut self, ahead: usize) -> Option<u8> {
        if self.window.held.len() - self.window.at <= ahead {
            self.window.fill(ahead + READ);
        }
        self.window.held.get(self.window.at + ahead).copied()
    }

    /// Whether the rows stand in an array that never ends.
    pub(crate) fn is_unclosed(&self) -> bool {
        matches!(self.layout, Layout::Array(_)) && !self.closed
    }

    /// The next row.
    pub(crate) fn next(&mut self) -> Option<Record> {
        match self.layout {
            Layout::Lines => self.line(),
            Layout::Array(pointer) => {
                let record = self.element(true)?;
                let selector = Selector::Pointer(format!("{pointer}/{}", self.number));
                self.number += 1;
                Some(Record { selector, ..record })
            }
            Layout::Objects => self.element(false),
        }
    }

    fn take(&mut self, length: usize, selector: Selector) -> Record {
        let bytes = self.window.held[self.window.at..self.window.at + length].to_vec();
        let start = self.window.base + self.window.at as u64;
        self.window.at += length;
        Record { start, bytes, selector }
    }

    /// A line that is not blank, with its line end: a locator of lines covers it too.
    fn line(&mut self) -> Option<Record> {
        loop {
            let mut length = 0;
            self.byte(0)?;
            loop {
                let ahead = self.window.held.get(self.window.at + length..).unwrap_or_default();
                match memchr::memchr(b'\n', ahead) {
                    Some(end) => {
                        length += end + 1;
                        break;
                    }
                    None => length += ahead.len(),
                }
                if self.byte(length).is_none() {
                    break;
                }
            }
            self.number += 1;
            if self.window.held[self.window.at..self.window.at + length].trim_ascii().is_empty() {
                self.window.at += length;
                continue;
            }
            let selector = Selector::Lines { first: self.number, last: self.number };
            return Some(self.take(length, selector));
        }
    }

    /// A value, in an array or standing free.
    fn element(&mut self, in_array: bool) -> Option<Record> {
        loop {
            match self.byte(0)? {
                b',' | b' ' | b'\t' | b'\r' | b'\n' => self.window.at += 1,
                b']' if in_array => {
                    self.closed = true;
                    while self.byte(1).is_some_and(|byte| byte.is_ascii_whitespace()) {
                        self.window.at += 1;
                    }
                    self.trailing = self.byte(1).is_some_and(|byte| byte != b'}');
                    self.window.at = self.window.held.len();
                    self.window.ended = true;
                    return None;
                }
                _ => break,
            }
        }
        let (mut length, mut depth, mut quoted, mut escaped) = (0, 0_u32, false, false);
        while let Some(byte) = self.byte(length) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        length += 1;
                        break;
                    }
                }
                b',' | b']' if depth == 0 && length > 0 => break,
                b'\n' if depth == 0 && !in_array => break,
                _ => {}
            }
            length += 1;
            if length >= LONGEST {
                break;
            }
        }
        let start = self.window.base + self.window.at as u64;
        let selector = Selector::Bytes { start, end: start + length as u64 };
        Some(self.take(length, selector))
    }
}

/// How rows lie, and how many bytes to pass over before the first.
fn layout(head: &[u8]) -> (Layout, usize) {
    let space = head.len() - head.trim_ascii_start().len();
    let text = &head[space..];
    if text.starts_with(b"[") {
        return (Layout::Array(""), space + 1);
    }
    let line_end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let line = &text[..line_end];
    if serde_json::from_slice::<Value>(line).is_ok() {
        return (Layout::Lines, 0);
    }
    if let Some(skip) = data_array(text) {
        return (Layout::Array("/data"), space + skip);
    }
    let next = text[line_end..].trim_ascii_start().first();
    match text.first() {
        Some(b'{') if line_end < text.len() && next != Some(&b'{') => (Layout::Objects, space),
        _ => (Layout::Lines, 0),
    }
}

/// The length of `{"data":[` with any white space, as the X API starts a page.
fn data_array(text: &[u8]) -> Option<usize> {
    let mut rest = text;
    for token in [&b"{"[..], b"\"data\"", b":", b"["] {
        rest = rest.trim_ascii_start().strip_prefix(token)?;
    }
    Some(text.len() - rest.len())
}

/// What `split` tells `parse`: where each row ends in the chunk's data, and its place.
pub(crate) struct Shape {
    pub(crate) rows: Vec<(usize, Selector)>,
}

/// Parses a chunk of rows of JSON.
pub(crate) fn parse(chunk: &Chunk, options: &Options) -> Batch {
    let mut reader = Reader::new(options);
    let shape = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<Shape>());
    let Some(shape) = shape else { return reader.finish() };
    let mut known = Known { options, last: None };
    let mut start = 0;
    for (end, selector) in &shape.rows {
        let raw = chunk.data.get(start..*end).unwrap_or_default();
        start = *end;
        let locator = Locator::new(&*chunk.member, selector.clone());
        row(raw, locator, &mut known, &mut reader);
    }
    reader.finish()
}

/// The columns of the row before: most tables keep theirs.
struct Known<'a> {
    options: &'a Options,
    last: Option<Arc<Columns>>,
}

impl Known<'_> {
    fn columns(&mut self, names: &[String]) -> Arc<Columns> {
        match &self.last {
            Some(columns) if columns.names == names => columns.clone(),
            _ => {
                let columns = Arc::new(Columns::new(names, self.options));
                self.last = Some(columns.clone());
                columns
            }
        }
    }
}

fn row(raw: &[u8], locator: Locator, known: &mut Known<'_>, reader: &mut Reader<'_>) {
    let (text, legacy) = match std::str::from_utf8(raw) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(raw).0, true),
    };
    if legacy {
        reader.legacy(&locator);
    }
    let text = text.trim_start_matches('\u{feff}');
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(mut object)) => match object.remove("data") {
            // A page of the X API on a line: each element is a row of its own.
            Some(Value::Array(list)) => {
                for (number, value) in list.into_iter().enumerate() {
                    let mut locator = locator.clone();
                    locator.part = Some(format!("data/{number}"));
                    let bytes = serde_json::to_vec(&value).unwrap_or_default();
                    element(&bytes, value, locator, known, reader);
                }
            }
            Some(Value::Object(inner)) => object_row(raw, &inner, locator, known, reader),
            Some(other) => {
                object.insert("data".to_owned(), other);
                object_row(raw, &object, locator, known, reader);
            }
            None => object_row(raw, &object, locator, known, reader),
        },
        Ok(_) => reader.skip(locator, "no-object", "JSON, but not an object".to_owned()),
        Err(error) => reader.skip(locator, "bad-json", format!("not JSON: {error}")),
    }
}

fn element(
    raw: &[u8],
    value: Value,
    locator: Locator,
    known: &mut Known<'_>,
    reader: &mut Reader<'_>,
) {
    match value {
        Value::Object(object) => object_row(raw, &object, locator, known, reader),
        _ => reader.skip(locator, "no-object", "JSON, but not an object".to_owned()),
    }
}

fn object_row(
    raw: &[u8],
    object: &Map<String, Value>,
    locator: Locator,
    known: &mut Known<'_>,
    reader: &mut Reader<'_>,
) {
    let (names, cells) = flat(object);
    let columns = known.columns(&names);
    reader.row(Row { locator, raw, columns: &columns, cells: &cells, damage: Vec::new() });
}

/// An object as column names and cells. An author given as an object gives its id, handle and
/// name as columns; other values that are not plain stand as JSON.
pub(crate) fn flat(object: &Map<String, Value>) -> (Vec<String>, Vec<Cow<'static, str>>) {
    let mut names = Vec::new();
    let mut cells = Vec::new();
    let mut push = |name: &str, cell: String| {
        names.push(name.to_owned());
        cells.push(Cow::Owned(cell));
    };
    for (name, value) in object {
        let author = matches!(name.as_str(), "user" | "author" | "account");
        match value {
            Value::Object(inner) if author => {
                let first = |keys: &[&str]| {
                    keys.iter().find_map(|key| inner.get(*key).map(plain)).unwrap_or_default()
                };
                let id = first(&["id_str", "id"]);
                if !id.is_empty() {
                    push("account_id", id);
                }
                push("username", first(&["username", "screen_name", "acct"]));
                push("name", first(&["name", "display_name"]));
            }
            _ => push(name, plain(value)),
        }
    }
    (names, cells)
}

/// A value as the text of a cell.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The bytes of the element that a part `data/N` names in a line.
pub(crate) fn part(line: &[u8], part: &str) -> Option<Vec<u8>> {
    let number: usize = part.strip_prefix("data/")?.parse().ok()?;
    let text = match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(line).0,
    };
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    serde_json::to_vec(value.get("data")?.get(number)?).ok()
}
