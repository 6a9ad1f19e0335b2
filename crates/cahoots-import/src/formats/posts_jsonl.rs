//! Posts as JSON: one object per line, an array of objects, or pages of the X API.

use std::io::{self, Read};
use std::sync::Arc;

use cahoots_record::{Issue, Locator, Selector, Severity};
use serde_json::Value;

use super::posts_csv::{empty, unreadable};
use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::posts::columns::Columns;
use crate::posts::json_rows::{self, Record, Rows, Shape};
use crate::tree::{Tree, TreeError};

/// The importer.
#[derive(Debug)]
pub struct PostsJsonl;

/// Bytes after which a chunk is cut.
const CHUNK: usize = 1 << 20;

impl Importer for PostsJsonl {
    fn format(&self) -> Format {
        Format {
            name: "posts-jsonl",
            version: 1,
            title: "posts or shares as JSON (lines, array, X API pages)",
            folder: false,
        }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { head, .. } = probe else { return None };
        let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        if !start.starts_with(b"{") && !start.starts_with(b"[") {
            return None;
        }
        let names = keys(&Rows::new(head).next()?.bytes)?;
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
            let mut rows = Rows::new(tree.open(*member).map_err(fail)?);
            let mut first = Vec::new();
            while first.len() < 3 {
                let Some(row) = rows.next() else { break };
                first.push(row);
            }
            if first.is_empty() {
                sink.batch(match rows.window.failed.take() {
                    Some(error) => unreadable(&info.path, 0, &error),
                    None => empty(&info.path),
                })?;
                continue;
            }
            check(&first, &info.path, options)?;
            let count = cut(first, &mut rows, &info.path, info.modified, sink)?;
            if let Some(error) = rows.window.failed.take() {
                sink.batch(unreadable(&info.path, count, &error))?;
            } else if rows.is_unclosed() {
                let what = "the array of rows never closes: the file is cut";
                sink.batch(about(&info.path, "truncated", what, Severity::Damaged))?;
            }
            if rows.trailing {
                let what = "what stands behind the array of rows is not read";
                sink.batch(about(&info.path, "behind-rows", what, Severity::Note))?;
            }
        }
        Ok(())
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        json_rows::parse(chunk, options)
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        let bytes = match &locator.selector {
            Selector::Pointer(_) => {
                let mut rows = Rows::new(member);
                let found =
                    std::iter::from_fn(|| rows.next()).find(|row| row.selector == locator.selector);
                found.map(|row| row.bytes)
            }
            Selector::Lines { first: 1, last: 1 } => {
                // A byte order mark belongs to the file, not to its first line.
                let bytes = crate::select::plain(member, &locator.selector)?;
                bytes.map(|bytes| match bytes.strip_prefix(b"\xef\xbb\xbf") {
                    Some(rest) => rest.to_vec(),
                    None => bytes,
                })
            }
            selector => crate::select::plain(member, selector)?,
        };
        Ok(match &locator.part {
            None => bytes,
            Some(part) => bytes.and_then(|bytes| json_rows::part(&bytes, part)),
        })
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        headers(bytes)
    }
}

/// An issue about a whole member; no row is lost by it.
fn about(member: &str, code: &str, what: &str, severity: Severity) -> Batch {
    let issue = Issue {
        severity,
        code: code.to_owned(),
        locator: Locator::new(member, Selector::Whole),
        what: what.to_owned(),
        kept: "the rows".to_owned(),
    };
    Batch { issues: vec![issue], ..Batch::default() }
}

/// The columns of one object, for `show`.
pub(crate) fn headers(bytes: &[u8]) -> Vec<(String, String)> {
    let Ok(Value::Object(object)) = serde_json::from_slice(bytes) else { return Vec::new() };
    let (names, cells) = json_rows::flat(&object);
    let pairs = names.into_iter().zip(cells.into_iter().map(|cell| cell.into_owned()));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

/// The column names of a row, or of the first row on a page.
fn keys(bytes: &[u8]) -> Option<Vec<String>> {
    let Value::Object(mut object) = serde_json::from_slice(bytes).ok()? else { return None };
    match object.remove("data") {
        Some(Value::Array(list)) => match list.into_iter().next() {
            Some(Value::Object(first)) => Some(json_rows::flat(&first).0),
            _ => Some(Vec::new()),
        },
        Some(Value::Object(inner)) => Some(json_rows::flat(&inner).0),
        _ => Some(json_rows::flat(&object).0),
    }
}

fn check(first: &[Record], member: &str, options: &Options) -> Result<(), ImportError> {
    let mut names: Vec<String> = Vec::new();
    for name in first.iter().filter_map(|row| keys(&row.bytes)).flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let shown: Vec<String> =
        first.iter().map(|row| String::from_utf8_lossy(&row.bytes).trim().to_owned()).collect();
    Columns::new(&names, options).check(member, options, &shown)
}

/// Cuts rows into chunks; returns their number.
fn cut(
    first: Vec<Record>,
    rows: &mut Rows<'_>,
    member: &str,
    modified: Option<i64>,
    sink: &mut dyn ChunkSink,
) -> Result<u64, ImportError> {
    let mut first = first.into_iter();
    let (mut before, mut offset) = (0, 0);
    let (mut data, mut ends) = (Vec::new(), Vec::new());
    loop {
        let next = first.next().or_else(|| rows.next());
        let last = next.is_none();
        if let Some(row) = next {
            if ends.is_empty() {
                offset = row.start;
            }
            data.extend_from_slice(&row.bytes);
            ends.push((data.len(), row.selector));
        }
        if !ends.is_empty() && (last || data.len() >= CHUNK) {
            let count = ends.len() as u64;
            sink.chunk(Chunk {
                member: Arc::from(member),
                offset,
                rows_before: before,
                data: std::mem::take(&mut data),
                modified,
                shared: Some(Arc::new(Shape { rows: std::mem::take(&mut ends) })),
            })?;
            before += count;
        }
        if last {
            return Ok(before);
        }
    }
}

#[cfg(test)]
#[path = "posts_jsonl_tests.rs"]
mod tests;
