//! CSV and JSON lines to entries: one row or line an entry, its kind in `type`.

use cahoots_record::{Issue, Locator, Selector, Severity, Sha256};
use csv::ByteRecord;
use serde_json::{Map, Value};

use super::model::{Entries, Entry, EntryKind};

/// Reads the rows of a CSV file. Lines before the header that start with `#` are remarks.
pub(crate) fn csv(bytes: &[u8], map: &[(String, String)], member: &str) -> Entries {
    let mut found = Entries::default();
    let mut header: Option<Vec<String>> = None;
    let mut odd_encoding = false;
    let lines = Lines::of(bytes);
    for row in Rows::of(&lines) {
        let Row { number, first, last, record, open } = row;
        let selector = Selector::Lines { first, last };
        let lost = |code: &str, what: String| Issue {
            severity: Severity::Lost,
            code: code.to_owned(),
            locator: Locator::new(member, selector.clone()),
            what: format!("row {number}: {what}"),
            kept: "nothing".to_owned(),
        };
        let Some(columns) = &header else {
            let names = record.iter().map(|cell| decoded(cell, &mut odd_encoding));
            header = Some(names.map(|name| our_name(name.trim(), map)).collect());
            continue;
        };
        if open {
            found.skipped += 1;
            let what = "opens a quotation mark that nothing ends".to_owned();
            found.issues.push(lost("open-quote", what));
            continue;
        }
        if record.iter().all(|cell| cell.trim_ascii().is_empty()) {
            continue;
        }
        let mut fields = Map::new();
        let mut beyond = 0usize;
        for (place, cell) in record.iter().enumerate() {
            let cell = decoded(cell, &mut odd_encoding);
            match columns.get(place) {
                Some(name) if !cell.trim().is_empty() => nest(&mut fields, name, cell),
                None if !cell.trim().is_empty() => beyond += 1,
                _ => {}
            }
        }
        if beyond > 0 {
            found.skipped += 1;
            let (cells, names) = (record.len(), columns.len());
            found.issues.push(lost(
                "ragged-row",
                format!("has {cells} cells for {names} columns; is a comma not in quotes?"),
            ));
            continue;
        }
        let (raw_sha256, kind) = (Sha256::of(lines.cut(first, last)), kind_of(&mut fields));
        match kind {
            Ok(kind) => {
                found.entries.push(Entry { kind, number, fields, selector, raw_sha256 });
            }
            Err(what) => {
                found.skipped += 1;
                found.issues.push(lost("unknown-entry", format!("column {what}")));
            }
        }
    }
    if odd_encoding {
        found.issues.push(Issue {
            severity: Severity::Note,
            code: "not-utf-8".to_owned(),
            locator: Locator::new(member, Selector::Whole),
            what: "some cells are not UTF-8; they were read as Windows-1252".to_owned(),
            kept: "the cells as they read then".to_owned(),
        });
    }
    found
}

/// Reads the lines of a JSON lines file. Empty lines and lines that start with `#` are remarks.
pub(crate) fn jsonl(bytes: &[u8], map: &[(String, String)], member: &str) -> Entries {
    let mut found = Entries::default();
    let bytes_after_mark = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mark = bytes.len() - bytes_after_mark.len();
    for (place, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = place as u64 + 1;
        let content = if place == 0 { &line[mark.min(line.len())..] } else { line }.trim_ascii();
        if content.is_empty() || content.starts_with(b"#") {
            continue;
        }
        let selector = Selector::Lines { first: number, last: number };
        let raw_sha256 = Sha256::of(line);
        let read = match serde_json::from_slice::<Value>(content) {
            Ok(Value::Object(fields)) => {
                let mut ours = Map::new();
                for (name, value) in fields {
                    ours.insert(our_name(&name, map), value);
                }
                kind_of(&mut ours).map(|kind| (kind, ours))
            }
            Ok(_) => Err("is no JSON object".to_owned()),
            Err(error) => Err(format!("is no JSON: {error}")),
        };
        match read {
            Ok((kind, fields)) => {
                found.entries.push(Entry { kind, number, fields, selector, raw_sha256 });
            }
            Err(what) => {
                found.skipped += 1;
                let code = if what.starts_with("type") { "unknown-entry" } else { "bad-json" };
                found.issues.push(Issue {
                    severity: Severity::Lost,
                    code: code.to_owned(),
                    locator: Locator::new(member, selector),
                    what: format!("line {number}: {what}"),
                    kept: "nothing".to_owned(),
                });
            }
        }
    }
    found
}

/// Named values of one line, for `show`.
pub(crate) fn json_headers(bytes: &[u8]) -> Vec<(String, String)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Ok(Value::Object(fields)) = serde_json::from_slice::<Value>(bytes) else {
        return Vec::new();
    };
    let shown = |value: Value| match value {
        Value::String(text) => text,
        value => value.to_string(),
    };
    fields.into_iter().map(|(name, value)| (name, shown(value))).collect()
}

/// What kind of entry the `type` says; a medium that it implies goes to `medium`.
fn kind_of(fields: &mut Map<String, Value>) -> Result<EntryKind, String> {
    let valid = || format!("valid are {}", EntryKind::names());
    let name = match fields.shift_remove("type") {
        Some(Value::String(name)) => name,
        Some(value) => return Err(format!("type is {value}; {}", valid())),
        None => return Err(format!("type is empty; {}", valid())),
    };
    let Some((kind, medium)) = EntryKind::from_type(&name) else {
        return Err(format!("type \"{}\" is not known; {}", name.trim(), valid()));
    };
    if let Some(medium) = medium
        && !fields.contains_key("medium")
    {
        fields.insert("medium".to_owned(), medium.into());
    }
    Ok(kind)
}

fn our_name(theirs: &str, map: &[(String, String)]) -> String {
    let ours = map.iter().find(|(_, name)| name == theirs).map(|(ours, _)| ours.clone());
    ours.unwrap_or_else(|| theirs.to_owned())
}

/// Puts `a.b` into the table `a` under `b`.
fn nest(fields: &mut Map<String, Value>, name: &str, cell: String) {
    match name.split_once('.') {
        Some((table, rest)) if !table.is_empty() && !rest.is_empty() => {
            let inner = fields.entry(table).or_insert_with(|| Value::Object(Map::new()));
            match inner {
                Value::Object(inner) => nest(inner, rest, cell),
                _ => drop(fields.insert(name.to_owned(), Value::String(cell))),
            }
        }
        _ => drop(fields.insert(name.to_owned(), Value::String(cell))),
    }
}

fn decoded(cell: &[u8], odd: &mut bool) -> String {
    match std::str::from_utf8(cell) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            *odd = true;
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0.into_owned()
        }
    }
}

/// A row of a table and the lines it stands on.
struct Row {
    /// 0 for the header.
    number: u64,
    first: u64,
    last: u64,
    record: ByteRecord,
    /// A cell opens a quotation mark that nothing ends.
    open: bool,
}

struct Rows<'a> {
    bytes: &'a [u8],
    /// Where the table starts: behind a byte order mark and the remarks before the header.
    base: usize,
    reader: csv::Reader<&'a [u8]>,
    delimiter: u8,
    lines: &'a Lines<'a>,
    next: u64,
    looks: usize,
}

/// How often a table that opens a quotation mark and never ends it is read on from its next line.
const SECOND_LOOKS: usize = 8;

fn reader(body: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(body)
}

/// Whether a row ends inside a quoted cell, or has text behind the end of one: what an open
/// quotation mark looks like from behind, where the next one seems to close it.
fn quoted_badly(row: &[u8], delimiter: u8) -> bool {
    let (mut open, mut start) = (false, true);
    let mut at = 0;
    while let Some(byte) = row.get(at) {
        let next = row.get(at + 1);
        match (open, *byte) {
            (true, b'"') if next == Some(&b'"') => at += 1,
            (true, b'"') => {
                open = false;
                if !next.is_none_or(|next| *next == delimiter || b"\r\n".contains(next)) {
                    return true;
                }
            }
            (false, b'"') if start => open = true,
            _ => {}
        }
        start = !open && *byte == delimiter;
        at += 1;
    }
    open
}

impl<'a> Rows<'a> {
    fn of(lines: &'a Lines<'a>) -> Self {
        let bytes = lines.bytes;
        let mut base = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        for line in bytes[base..].split_inclusive(|byte| *byte == b'\n') {
            if !(line.trim_ascii().is_empty() || line.starts_with(b"#")) {
                break;
            }
            base += line.len();
        }
        let body = &bytes[base..];
        let delimiter = delimiter(body);
        let reader = reader(body, delimiter);
        Self { bytes, base, reader, delimiter, lines, next: 0, looks: 0 }
    }
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let mut record = ByteRecord::new();
        // Reading bytes from memory into rows of any length has no way to fail.
        if !self.reader.read_byte_record(&mut record).unwrap_or(false) {
            return None;
        }
        let place = |at: u64| {
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            self.base.saturating_add(at).min(self.bytes.len())
        };
        let end = place(self.reader.position().byte());
        let mut start = record.position().map_or(self.base, |position| place(position.byte()));
        // The reader counts empty lines before a row to the row.
        while start < end && matches!(self.bytes[start], b'\r' | b'\n') {
            start += 1;
        }
        let mut last = end;
        while last > start + 1 && matches!(self.bytes[last - 1], b'\r' | b'\n') {
            last -= 1;
        }
        let number = self.next;
        self.next += 1;
        let (first, last) = (self.lines.number(start), self.lines.number(last.saturating_sub(1)));
        let last = last.max(first);
        // On one line it is taken as it reads; over several it may have eaten its neighbours.
        let open = (last > first || end == self.bytes.len())
            && quoted_badly(&self.bytes[start..end], self.delimiter);
        if open && last > first && self.looks < SECOND_LOOKS {
            // The lines behind the first may be sound rows: they are read by themselves.
            self.looks += 1;
            self.base = self.lines.start(first).min(end);
            self.reader = reader(&self.bytes[self.base..], self.delimiter);
            return Some(Row { number, first, last: first, record, open });
        }
        Some(Row { number, first, last, record, open })
    }
}

/// Line numbers of byte offsets.
struct Lines<'a> {
    bytes: &'a [u8],
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        let after = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
        Self { bytes, starts: std::iter::once(0).chain(after).collect() }
    }

    /// The line, counted from 1, on which a byte stands.
    fn number(&self, at: usize) -> u64 {
        self.starts.partition_point(|start| *start <= at) as u64
    }

    /// The offset of line `line + 1`; the end of the bytes if there is none.
    fn start(&self, line: u64) -> usize {
        let start = usize::try_from(line).ok().and_then(|line| self.starts.get(line));
        start.copied().unwrap_or(self.bytes.len())
    }

    /// The bytes of lines `first..=last`, with the line break that ends them.
    fn cut(&self, first: u64, last: u64) -> &'a [u8] {
        let (start, end) = (self.start(first.saturating_sub(1)), self.start(last));
        self.bytes.get(start..end).unwrap_or_default()
    }
}

/// The column names of a table, as they stand in its header; empty if there is none.
pub(crate) fn columns(bytes: &[u8]) -> Vec<String> {
    let lines = Lines::of(bytes);
    let header = Rows::of(&lines).next();
    let mut odd = false;
    header.map_or_else(Vec::new, |row| {
        row.record.iter().map(|cell| decoded(cell, &mut odd).trim().to_owned()).collect()
    })
}

/// The delimiter that the header line has most of.
fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty() && !line.starts_with(b"#"))
        .unwrap_or_default();
    let count = |delimiter: u8| header.iter().filter(|byte| **byte == delimiter).count();
    // `;` parts the texts of a list inside a cell, so it only wins where there is no comma.
    match (count(b','), count(b';'), count(b'\t')) {
        (commas, _, tabs) if tabs > commas => b'\t',
        (0, semicolons, _) if semicolons > 0 => b';',
        _ => b',',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &str = "\u{feff}# a remark, with a comma\nid,type,text,at,asked.kind\r\n\
        M1,dm,\"one\ntwo\",2016-01-02,share\r\n\r\nM2,email,three,,\r\nM3,letter,x,,\r\n\
        M4,message,a,b,c,d\r\n";

    #[test]
    fn rows_become_entries_with_their_lines() {
        let found = csv(ROWS.as_bytes(), &[], "");
        let seen: Vec<_> =
            found.entries.iter().map(|e| (e.number, e.selector.to_string())).collect();
        assert_eq!(seen, [(1, "lines=3-4".to_owned()), (2, "lines=6-6".to_owned())]);
        assert_eq!(found.entries[0].fields["asked"]["kind"], "share");
        assert_eq!(found.entries[0].fields["medium"], "direct message");
        assert_eq!(found.skipped, 2);
        assert!(found.issues[0].what.starts_with("row 3: column type \"letter\" is not known"));
        assert!(found.issues[1].what.starts_with("row 4: has 6 cells for 5 columns"));
        for entry in &found.entries {
            let cut = crate::select::plain(&mut ROWS.as_bytes(), &entry.selector).unwrap().unwrap();
            assert_eq!(Sha256::of(&cut), entry.raw_sha256);
        }
        assert_eq!(columns(ROWS.as_bytes())[..2], ["id", "type"]);
    }

    #[test]
    fn columns_can_be_renamed_and_parted_otherwise() {
        let map = [("text".to_owned(), "Wortlaut".to_owned())];
        let found = csv(b"id;type;Wortlaut\nA;message;gr\xfc\xdf\n", &map, "");
        assert_eq!(found.entries[0].fields["text"], "grüß");
        assert_eq!(found.issues[0].code, "not-utf-8");
    }

    #[test]
    fn one_broken_line_does_not_keep_the_others_out() {
        let text = b"# remark\n{\"type\":\"post\",\"id\":\"P1\"}\n{\"type\":\"post\"\n\n[1]\n{\"type\":7}\n";
        let found = jsonl(text, &[], "");
        assert_eq!(found.entries.len(), 1);
        assert_eq!(found.entries[0].selector, Selector::Lines { first: 2, last: 2 });
        let codes: Vec<_> = found.issues.iter().map(|issue| issue.code.as_str()).collect();
        assert_eq!(codes, ["bad-json", "bad-json", "unknown-entry"]);
        assert_eq!(found.skipped, 3);
    }
}
