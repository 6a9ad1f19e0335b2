//! Posts in a Parquet table. A row's document is the row as one JSON object, columns in order.

use std::io::{self, Read};
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity};

use super::posts_csv::unreadable;
use super::posts_jsonl::headers;
use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::posts::columns::Columns;
use crate::posts::json_rows::{self, Shape};
use crate::posts::parquet_rows::Table;
use crate::tree::{Member, Tree, TreeError};

/// The importer.
#[derive(Debug)]
pub struct PostsParquet;

impl Importer for PostsParquet {
    fn format(&self) -> Format {
        Format {
            name: "posts-parquet",
            version: 1,
            title: "table of posts or shares (Parquet)",
            folder: false,
        }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { path, head, .. } = probe else { return None };
        // The columns stand at the end of the file, out of sight.
        head.starts_with(b"PAR1").then(|| match path.to_ascii_lowercase().ends_with(".parquet") {
            true => Confidence::Likely,
            false => Confidence::Possible,
        })
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
            let mut reader = tree.open(*member).map_err(fail)?;
            match Table::open(&mut *reader, None) {
                Ok(mut table) => rows(&mut table, info, options, sink)?,
                Err(error) => sink.batch(unreadable(&info.path, 0, &error))?,
            }
        }
        Ok(())
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        json_rows::parse(chunk, options)
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        let Selector::Row(row) = locator.selector else {
            return crate::select::plain(member, &locator.selector);
        };
        let Some(lines) = Table::open(member, Some(row))?.next()? else { return Ok(None) };
        let line = lines.into_iter().next();
        Ok(match &locator.part {
            None => line,
            Some(part) => line.and_then(|line| json_rows::part(&line, part)),
        })
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        headers(bytes)
    }
}

fn rows(
    table: &mut Table,
    info: &Member,
    options: &Options,
    sink: &mut dyn ChunkSink,
) -> Result<(), ImportError> {
    let columns = Columns::new(&table.names, options);
    let mut before = 0_u64;
    let mut next = table.next();
    let shown: Vec<String> = match &next {
        Ok(Some(lines)) => lines.iter().take(3).map(|line| text_of(line)).collect(),
        _ => Vec::new(),
    };
    columns.check(&info.path, options, &shown)?;
    if !table.unshown.is_empty() {
        sink.batch(Batch { issues: vec![unshown(table, info)], ..Batch::default() })?;
    }
    loop {
        let lines = match next {
            Ok(Some(lines)) => lines,
            Ok(None) => return Ok(()),
            Err(error) => {
                let mut batch = unreadable(&info.path, before, &error);
                let lost = table.declared.saturating_sub(before).max(1);
                batch.balance = Balance { found: lost, skipped: lost, ..Balance::default() };
                return sink.batch(batch);
            }
        };
        let mut data = Vec::new();
        let mut ends = Vec::with_capacity(lines.len());
        for (number, line) in lines.iter().enumerate() {
            data.extend_from_slice(line);
            ends.push((data.len(), Selector::Row(before + number as u64 + 1)));
        }
        sink.chunk(Chunk {
            member: Arc::from(info.path.as_str()),
            offset: 0,
            rows_before: before,
            data,
            modified: info.modified,
            shared: Some(Arc::new(Shape { rows: ends })),
        })?;
        before += lines.len() as u64;
        next = table.next();
    }
}

fn unshown(table: &Table, info: &Member) -> Issue {
    Issue {
        severity: Severity::Note,
        code: "column-type".to_owned(),
        locator: Locator::new(&*info.path, Selector::Whole),
        what: format!("columns of a type that is not read: {}", table.unshown.join(", ")),
        kept: "the other columns".to_owned(),
    }
}

fn text_of(line: &[u8]) -> String {
    String::from_utf8_lossy(line).into_owned()
}

#[cfg(test)]
#[path = "posts_parquet_tests.rs"]
mod tests;
