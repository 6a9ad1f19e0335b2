//! TOML to entries, each with the lines it stands on.
//!
//! The file is first cut at its `[[name]]` lines and each piece is read by itself, so that a
//! slip of the pen in one entry costs that entry and no other.

use std::collections::BTreeMap;

use cahoots_record::{Issue, Locator, Selector, Severity, Sha256};
use serde_json::{Map, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::model::{Entries, Entry, EntryKind, Header, nearest};

/// Where a piece of TOML goes wrong; line and column count from 1.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Broken {
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) reason: String,
}

/// How often a text that opens a multi-line string and never ends it is looked at again.
const SECOND_LOOKS: usize = 8;

fn document(text: &str) -> Result<Spanned<DeTable<'_>>, Broken> {
    DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count();
        Broken {
            line: before.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1,
            column: column as u64 + 1,
            reason: error.message().to_owned(),
        }
    })
}

/// A piece of the file: what stands before the first header, or one entry.
struct Piece<'a> {
    /// The name in the header; empty for what stands before the first.
    name: String,
    first: u64,
    last: u64,
    bytes: &'a [u8],
}

/// Whether the bytes hold at least one entry, or a head that says what they are; if not, where
/// and why the text is no TOML.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Broken> {
    let mut first_break = None;
    for piece in pieces(bytes) {
        match document(&decoded(piece.bytes).0) {
            Ok(_) => return Ok(()),
            Err(broken) => {
                let line = broken.line + piece.first - 1;
                first_break.get_or_insert(Broken { line, ..broken });
            }
        }
    }
    first_break.map_or(Ok(()), Err)
}

/// Reads the entries of a document in the order of the file.
pub(crate) fn entries(bytes: &[u8], member: &str) -> Entries {
    let mut found = Entries::default();
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for piece in pieces(bytes) {
        let number = numbers.entry(piece.name.clone()).or_default();
        *number += 1;
        let number = *number;
        let selector = Selector::Lines { first: piece.first, last: piece.last };
        let issue = |severity, code: &str, what: String, kept: &str| Issue {
            severity,
            code: code.to_owned(),
            locator: Locator::new(member, selector.clone()),
            what,
            kept: kept.to_owned(),
        };
        let label = match piece.name.as_str() {
            "" => "the lines before the first entry".to_owned(),
            name => format!("[[{name}]] {number}"),
        };
        let (text, odd) = decoded(piece.bytes);
        if odd {
            found.issues.push(issue(
                Severity::Note,
                "not-utf-8",
                format!("{label}: the text is not UTF-8; it was read as Windows-1252"),
                "the text as it reads then",
            ));
        }
        let read = document(&text).map_err(|broken| {
            let Broken { line, column, reason } = broken;
            let line = line + piece.first - 1;
            format!("{label}: no TOML at line {line}, column {column}: {reason}")
        });
        let root = match read {
            Ok(root) => root,
            Err(what) => {
                found.skipped += 1;
                found.issues.push(issue(Severity::Lost, "bad-toml", what, "nothing"));
                continue;
            }
        };
        if piece.name.is_empty() {
            head(&root, &label, &mut found, &issue);
            continue;
        }
        let table = root.get_ref().iter().next().map(|(_, value)| json(value));
        let table = match table {
            Some(Value::Array(list)) if list.len() == 1 => list.into_iter().next(),
            other => other,
        };
        match (EntryKind::from_name(&piece.name), table) {
            (Some(kind), Some(Value::Object(fields))) => {
                let raw_sha256 = Sha256::of(piece.bytes);
                found.entries.push(Entry { kind, number, fields, selector, raw_sha256 });
            }
            _ => {
                let known = EntryKind::ALL.iter().map(|kind| kind.name());
                let what = match nearest(&piece.name, known) {
                    Some(known) if known != piece.name => {
                        format!("{label}: did you mean [[{known}]]?")
                    }
                    _ => format!(
                        "{label} is no entry of a compiled record; those are {}",
                        EntryKind::names()
                    ),
                };
                found.skipped += 1;
                found.issues.push(issue(Severity::Lost, "unknown-entry", what, "nothing"));
            }
        }
    }
    found
}

/// Takes the keys before the first entry.
fn head(
    root: &Spanned<DeTable<'_>>,
    label: &str,
    found: &mut Entries,
    issue: &dyn Fn(Severity, &str, String, &str) -> Issue,
) {
    for (key, value) in in_order(root.get_ref()) {
        let text = match json(value) {
            Value::String(text) => text,
            value => value.to_string(),
        };
        let known = Header::take(&mut found.header, &key, text);
        if !known {
            found.skipped += 1;
            let what = format!(
                "{label}: {key} is not known here; {} are, and [[message]] starts an entry",
                Header::KEYS.join(", ")
            );
            found.issues.push(issue(Severity::Lost, "unknown-key", what, "nothing"));
        }
    }
}

/// Named values of one entry's lines, for `show`.
pub(crate) fn headers(bytes: &[u8]) -> Vec<(String, String)> {
    let (text, _) = decoded(bytes);
    let Ok(root) = document(&text) else { return Vec::new() };
    let mut rows = Vec::new();
    for (_, value) in root.get_ref() {
        let tables = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect::<Vec<_>>(),
            _ => vec![value],
        };
        for value in tables {
            if let DeValue::Table(table) = value.get_ref() {
                rows.extend(in_order(table).into_iter().map(|(key, value)| {
                    let shown = match json(value) {
                        Value::String(text) => text,
                        value => value.to_string(),
                    };
                    (key, shown)
                }));
            }
        }
    }
    rows
}

/// Text of a piece, and whether it had to be read as Windows-1252.
fn decoded(bytes: &[u8]) -> (std::borrow::Cow<'_, str>, bool) {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (text.into(), false),
        Err(_) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
    }
}

/// The name and whether it has sub-names, if a line is a header: `[a]`, `[[a]]`, `[[a.b]]`.
fn header(line: &[u8]) -> Option<(&str, bool)> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
    let line = std::str::from_utf8(line).ok()?;
    let inner = line.strip_prefix('[')?;
    let inner = inner.strip_prefix('[').unwrap_or(inner);
    let (path, rest) = inner.split_once(']')?;
    let rest = rest.strip_prefix(']').unwrap_or(rest).trim_start();
    if !(rest.is_empty() || rest.starts_with('#')) {
        return None;
    }
    let (name, sub) = match path.split_once('.') {
        Some((name, _)) => (name.trim(), true),
        None => (path.trim(), false),
    };
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (!name.is_empty() && name.chars().all(bare)).then_some((name, sub))
}

/// Cuts the file at its headers. Blank lines and remarks after an entry belong to no piece.
fn pieces(bytes: &[u8]) -> Vec<Piece<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        lines.push((start, line));
        start += line.len();
    }
    // Places of headers, with names.
    let mut cuts: Vec<(usize, &str)> = Vec::new();
    let mut quote: Option<(u8, usize)> = None;
    let mut looks = 0;
    let mut place = 0;
    loop {
        if place == lines.len() {
            match quote {
                // Nothing ended the string: its first line is taken as broken by itself.
                Some((_, opened)) if looks < SECOND_LOOKS => {
                    looks += 1;
                    quote = None;
                    place = opened + 1;
                    continue;
                }
                _ => break,
            }
        }
        let line = lines[place].1;
        if quote.is_none()
            && let Some((name, sub)) = header(line)
        {
            let goes_on = sub && cuts.last().is_some_and(|(_, current)| *current == name);
            if !goes_on {
                cuts.push((place, name));
            }
        } else {
            quote = scan(line, quote, place);
        }
        place += 1;
    }
    let mut pieces = Vec::new();
    let mut bounds = vec![(0, "")];
    bounds.extend(cuts);
    for (n, (from, name)) in bounds.iter().enumerate() {
        let to = bounds.get(n + 1).map_or(lines.len(), |(next, _)| *next);
        let mut to = to.max(*from);
        let idle = |line: &[u8]| {
            let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii();
            line.is_empty() || line.starts_with(b"#")
        };
        while to > *from && idle(lines[to - 1].1) {
            to -= 1;
        }
        if to == *from {
            continue;
        }
        let (start, end) = (lines[*from].0, lines[to - 1].0 + lines[to - 1].1.len());
        pieces.push(Piece {
            name: (*name).to_owned(),
            first: *from as u64 + 1,
            last: to as u64,
            bytes: &bytes[start..end],
        });
    }
    pieces
}

/// Follows the quotes of a line: gives the multi-line string that is open behind it, as its
/// quotation mark and the line that opened it.
fn scan(line: &[u8], open: Option<(u8, usize)>, place: usize) -> Option<(u8, usize)> {
    let mut open = open;
    let mut single: Option<u8> = None;
    let mut at = 0;
    while let Some(byte) = line.get(at) {
        let triple = |mark: u8| line[at..].starts_with(&[mark; 3]);
        match (open, single, *byte) {
            (Some((b'"', _)), _, b'\\') | (None, Some(b'"'), b'\\') => at += 1,
            (Some((mark, _)), _, _) if triple(mark) => {
                open = None;
                at += 2;
                // Up to two marks may stand before the three that end the string.
                while line.get(at + 1) == Some(&mark) {
                    at += 1;
                }
            }
            (Some(_), _, _) => {}
            (None, Some(mark), byte) if byte == mark => single = None,
            (None, Some(_), _) => {}
            (None, None, b'#') => return None,
            (None, None, mark @ (b'"' | b'\'')) => {
                if triple(mark) {
                    open = Some((mark, place));
                    at += 2;
                } else {
                    single = Some(mark);
                }
            }
            _ => {}
        }
        at += 1;
    }
    open
}

fn in_order<'t, 'a>(table: &'t DeTable<'a>) -> Vec<(String, &'t Spanned<DeValue<'a>>)> {
    let mut fields: Vec<_> = table.iter().collect();
    fields.sort_by_key(|(key, _)| key.span().start);
    fields.into_iter().map(|(key, value)| (key.get_ref().to_string(), value)).collect()
}

fn json(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => {
            let digits = number.as_str();
            match i64::from_str_radix(digits, number.radix()) {
                Ok(number) => number.into(),
                Err(_) => Value::String(digits.to_owned()),
            }
        }
        DeValue::Float(number) => {
            let parsed = number.as_str().parse::<f64>().ok();
            let parsed = parsed.and_then(serde_json::Number::from_f64);
            parsed.map_or_else(|| Value::String(number.as_str().to_owned()), Value::Number)
        }
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(time) => Value::String(time.to_string()),
        DeValue::Array(list) => Value::Array(list.iter().map(json).collect()),
        DeValue::Table(table) => {
            let fields = in_order(table).into_iter().map(|(key, value)| (key, json(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = "# about\ntitle = \"t\"\n\n[[message]]\nid = \"A\"\ntext = \"\"\"one\n# two\n\
        [[post]]\nthree\"\"\"\n[message.asked]\nkind = \"x\"\n\n# next\n[[post]]\nid = \"P\"\n\n\
        [[message]]\nid = \"B\"\n[[message.claim]]\nreading = \"r\"\n";

    #[test]
    fn entries_come_in_the_order_of_the_file_with_their_lines() {
        let found = entries(TWO.as_bytes(), "");
        let seen: Vec<_> = found
            .entries
            .iter()
            .map(|entry| (entry.kind, entry.number, entry.selector.to_string()))
            .collect();
        assert_eq!(
            seen,
            [
                (EntryKind::Message, 1, "lines=4-11".to_owned()),
                (EntryKind::Post, 1, "lines=14-15".to_owned()),
                (EntryKind::Message, 2, "lines=17-20".to_owned()),
            ]
        );
        assert_eq!(found.header.title.as_deref(), Some("t"));
        for entry in &found.entries {
            let bytes = crate::select::plain(&mut TWO.as_bytes(), &entry.selector).unwrap();
            assert_eq!(Sha256::of(&bytes.unwrap()), entry.raw_sha256);
        }
        assert_eq!(found.entries[0].fields["asked"]["kind"], "x");
        assert_eq!(headers(b"[[post]]\nid = \"P\"\nat = 2016-01-02\n").len(), 2);
    }

    #[test]
    fn a_slip_costs_one_entry() {
        let text = "[[message]]\nid = \"A\nx = 1\n[[message]]\nid = \"B\"\ntext = \"\"\"open\n\
            [[message]]\nid = \"C\"\n";
        let found = entries(text.as_bytes(), "");
        let ids: Vec<_> = found.entries.iter().map(|entry| &entry.fields["id"]).collect();
        assert_eq!(ids, ["C"]);
        assert_eq!(found.skipped, 2);
        assert!(found.issues[0].what.starts_with("[[message]] 1: no TOML at line 2, column "));
        assert!(check(text.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_entry_is_said() {
        let found = entries(b"colour = 1\n[[mesage]]\nid = \"A\"\n[[colour]]\nx = 1\n", "");
        assert_eq!((found.skipped, found.entries.len()), (3, 0));
        assert_eq!(found.issues[1].what, "[[mesage]] 1: did you mean [[message]]?");
    }

    #[test]
    fn text_that_is_no_toml_is_refused_with_its_place() {
        let broken = check(b"\n\nDear all,\nplease find\n").unwrap_err();
        assert_eq!((broken.line, broken.column > 4), (3, true), "{broken:?}");
        assert!(check(b"# nothing yet\n").is_ok());
    }
}
