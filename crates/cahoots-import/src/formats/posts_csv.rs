//! Posts in a CSV table: one row, one post or share.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity};

use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::posts::columns::Columns;
use crate::posts::csv_rows::{Break, Record, Rows, cells, delimiter};
use crate::posts::row::{Reader, Row};
use crate::tree::{Tree, TreeError};

/// The importer.
#[derive(Debug)]
pub struct PostsCsv;

/// Bytes after which a chunk is cut.
const CHUNK: usize = 1 << 20;

/// What `split` tells `parse`: the header, and where the rows lie in the chunk.
struct Shape {
    columns: Arc<Columns>,
    delimiter: u8,
    rows: Vec<(usize, Option<Break>)>,
}

impl Importer for PostsCsv {
    fn format(&self) -> Format {
        Format {
            name: "posts-csv",
            version: 1,
            title: "table of posts or shares (CSV, TSV)",
            folder: false,
        }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { head, .. } = probe else { return None };
        let mut rows = Rows::new(head).ok()?;
        let header = rows.next()?;
        let names = header_names(&header.bytes, rows.delimiter);
        // A line of prose has long cells and few of them; JSON starts with a bracket.
        if names.len() < 2 || names.iter().any(|name| name.chars().count() > 60) {
            return None;
        }
        if names.first().is_some_and(|name| name.starts_with(['{', '['])) {
            return None;
        }
        Columns::new(&names, &Options::default()).confidence()
    }

    fn split(
        &self,
        tree: &dyn Tree,
        members: &[usize],
        options: &Options,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        for member in members {
            let Some(info) = tree.members().get(*member) else { continue };
            let fail =
                |source| ImportError::Tree(TreeError::Io { path: info.path.clone(), source });
            let reader = tree.open(*member).map_err(fail)?;
            let mut rows = match Rows::new(reader) {
                Ok(rows) => rows,
                Err(error) => {
                    sink.batch(unreadable(&info.path, 0, &error))?;
                    continue;
                }
            };
            table(&mut rows, &info.path, info.modified, options, sink)?;
        }
        Ok(())
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        let mut reader = Reader::new(options);
        let shape = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<Shape>());
        let Some(shape) = shape else { return reader.finish() };
        let mut start = 0;
        for (number, (end, broken)) in shape.rows.iter().enumerate() {
            let raw = chunk.data.get(start..*end).unwrap_or_default();
            start = *end;
            let row = chunk.rows_before + number as u64 + 1;
            let locator = Locator::new(&*chunk.member, Selector::Row(row));
            one(raw, *broken, locator, shape, &mut reader);
        }
        reader.finish()
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        let Selector::Row(number) = locator.selector else {
            return crate::select::plain(member, &locator.selector);
        };
        let mut rows = Rows::new(member)?;
        // The header is row 0 here.
        for _ in 0..number {
            if rows.next().is_none() {
                return Ok(None);
            }
        }
        let row = rows.next().map(|row| row.bytes);
        match (row, rows.window.failed.take()) {
            (None, Some(error)) => Err(error),
            (row, _) => Ok(row),
        }
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        let delimiter = delimiter(bytes);
        let cells = cells(bytes, delimiter);
        let named = cells
            .iter()
            .enumerate()
            .map(|(at, cell)| (format!("column {}", at + 1), text_of(cell).0.into_owned()));
        named.filter(|(_, value)| !value.is_empty()).collect()
    }
}

/// Cuts one table into chunks.
fn table(
    rows: &mut Rows<'_>,
    member: &str,
    modified: Option<i64>,
    options: &Options,
    sink: &mut dyn ChunkSink,
) -> Result<(), ImportError> {
    let Some(header) = rows.next() else {
        return match rows.window.failed.take() {
            Some(error) => sink.batch(unreadable(member, 0, &error)),
            None => sink.batch(empty(member)),
        };
    };
    let columns = Columns::new(&header_names(&header.bytes, rows.delimiter), options);
    let mut held: Vec<Record> = Vec::new();
    while held.len() < 3 {
        let Some(row) = rows.next() else { break };
        held.push(row);
    }
    let shown: Vec<String> =
        held.iter().map(|row| String::from_utf8_lossy(&row.bytes).into_owned()).collect();
    columns.check(member, options, &shown)?;
    let columns = Arc::new(columns);
    let mut before = 0;
    let mut data = Vec::new();
    let mut ends = Vec::new();
    let mut offset = 0;
    let mut first = held.into_iter();
    loop {
        let next = first.next().or_else(|| rows.next());
        if let Some(row) = &next {
            if ends.is_empty() {
                offset = row.start;
            }
            data.extend_from_slice(&row.bytes);
            ends.push((data.len(), row.broken));
        }
        if !ends.is_empty() && (next.is_none() || data.len() >= CHUNK) {
            let count = ends.len() as u64;
            let shape = Shape {
                columns: columns.clone(),
                delimiter: rows.delimiter,
                rows: std::mem::take(&mut ends),
            };
            sink.chunk(Chunk {
                member: Arc::from(member),
                offset,
                rows_before: before,
                data: std::mem::take(&mut data),
                modified,
                shared: Some(Arc::new(shape)),
            })?;
            before += count;
        }
        if next.is_none() {
            break;
        }
    }
    match rows.window.failed.take() {
        Some(error) => sink.batch(unreadable(member, before, &error)),
        None => Ok(()),
    }
}

/// One row of a chunk.
fn one(
    raw: &[u8],
    broken: Option<Break>,
    locator: Locator,
    shape: &Shape,
    reader: &mut Reader<'_>,
) {
    let bytes = cells(raw, shape.delimiter);
    let decoded: Vec<(Cow<'_, str>, bool)> = bytes.iter().map(|cell| text_of(cell)).collect();
    if decoded.iter().any(|(_, legacy)| *legacy) {
        reader.legacy(&locator);
    }
    let cells: Vec<Cow<'_, str>> = decoded.into_iter().map(|(text, _)| text).collect();
    let mut damage = Vec::new();
    match broken {
        Some(Break::Quote) => {
            damage.push(("open-quote", "a quote opens in this row and never closes".to_owned()));
        }
        Some(Break::Long) => {
            damage.push(("long-row", "the row is longer than 16 MiB and was cut".to_owned()));
        }
        None => {}
    }
    let (have, want) = (cells.len(), shape.columns.names.len());
    if have != want {
        damage.push(("ragged-row", format!("{have} cells under {want} columns")));
    }
    reader.row(Row { locator, raw, columns: &shape.columns, cells: &cells, damage });
}

/// Text of a cell, and whether it had to be read as windows-1252.
fn text_of(cell: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(cell) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0, true),
    }
}

fn header_names(header: &[u8], delimiter: u8) -> Vec<String> {
    cells(header, delimiter).iter().map(|cell| text_of(cell).0.trim().to_owned()).collect()
}

/// The issue for a member that ends in an error.
pub(crate) fn unreadable(member: &str, rows: u64, error: &io::Error) -> Batch {
    let issue = Issue {
        severity: Severity::Lost,
        code: "unreadable".to_owned(),
        locator: Locator::new(member, Selector::Row(rows + 1)),
        what: format!("the file cannot be read from here on: {error}"),
        kept: "every row before".to_owned(),
    };
    let balance = Balance { found: 1, skipped: 1, ..Balance::default() };
    Batch { issues: vec![issue], balance, ..Batch::default() }
}

/// The issue for a member without a row.
pub(crate) fn empty(member: &str) -> Batch {
    let balance = Balance { found: 1, skipped: 1, ..Balance::default() };
    let issue = super::eml::empty(Locator::new(member, Selector::Whole));
    Batch { issues: vec![issue], balance, ..Batch::default() }
}

#[cfg(test)]
#[path = "posts_csv_tests.rs"]
pub(crate) mod tests;
