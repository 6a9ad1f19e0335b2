//! Records that people compiled by hand from published material: TOML, CSV or JSON lines.
//!
//! What the entries are, and what becomes of each key, stands in `docs/formats/compiled.md`;
//! the reading itself in `compiled`.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity};

use crate::compiled::item::{self, Context};
use crate::compiled::model::{Entries, EntryKind, LARGEST, Notes, Shape};
use crate::compiled::people::People;
use crate::compiled::whole::{Publications, settle};
use crate::compiled::{table, times, toml};
use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::tree::{Tree, TreeError};

pub use crate::compiled::template::template;

/// The importer of compiled records.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compiled;

/// Columns or keys that, beside `type`, tell a compiled record from other tables.
const TELLING: [&str; 4] = ["earliest", "latest", "summary", "speaker"];

impl Importer for Compiled {
    fn format(&self) -> Format {
        Format {
            name: "compiled",
            version: 1,
            title: "Compiled record: TOML, CSV or JSON lines written by hand",
            folder: false,
        }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { head, .. } = probe else { return None };
        match shape(head)? {
            Shape::Toml => Some(Confidence::Certain),
            Shape::Csv | Shape::Jsonl => Some(Confidence::Likely),
        }
    }

    fn split(
        &self,
        tree: &dyn Tree,
        members: &[usize],
        _options: &Options,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        for place in members {
            let Some(member) = tree.members().get(*place) else { continue };
            let unread =
                |source| ImportError::Tree(TreeError::Io { path: member.path.clone(), source });
            let mut data = Vec::new();
            let reader = tree.open(*place).map_err(unread)?;
            reader.take(LARGEST + 1).read_to_end(&mut data).map_err(unread)?;
            if data.len() as u64 > LARGEST {
                sink.batch(too_large(&member.path))?;
                continue;
            }
            let shape = shape(&data).or_else(|| by_name(&member.path)).unwrap_or(Shape::Toml);
            if shape == Shape::Toml {
                toml::check(&data).map_err(|broken| ImportError::Unfit {
                    member: member.path.clone(),
                    reason: format!(
                        "not a compiled record: no TOML at line {}, column {}: {}\n\
                         `cahoots template` writes an empty one",
                        broken.line, broken.column, broken.reason
                    ),
                })?;
            }
            sink.chunk(Chunk {
                member: Arc::from(member.path.as_str()),
                offset: 0,
                rows_before: 0,
                data,
                modified: member.modified,
                shared: Some(Arc::new(shape)),
            })?;
        }
        Ok(())
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        let told = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<Shape>());
        let shape = told.copied().or_else(|| shape(&chunk.data)).unwrap_or(Shape::Toml);
        let member = &*chunk.member;
        let entries = match shape {
            Shape::Toml => toml::entries(&chunk.data, member),
            Shape::Csv => table::csv(&chunk.data, &options.map, member),
            Shape::Jsonl => table::jsonl(&chunk.data, &options.map, member),
        };
        read(entries, shape, member, options)
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        match bytes.trim_ascii_start().first() {
            Some(b'{') => table::json_headers(bytes),
            Some(b'[') => toml::headers(bytes),
            _ => Vec::new(),
        }
    }
}

/// The form of a compiled record, from its first bytes; `None` if it looks like none.
fn shape(head: &[u8]) -> Option<Shape> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if toml_names_itself(head) {
        return Some(Shape::Toml);
    }
    let remark = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"#");
    let first = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(remark)?;
    if first.starts_with(b"{") {
        let text = String::from_utf8_lossy(first);
        let has = |key: &str| text.contains(&format!("\"{key}\""));
        let typed = has("type") && EntryKind::ALL.iter().any(|kind| has(kind.name()));
        return (typed && TELLING.iter().any(|key| has(key))).then_some(Shape::Jsonl);
    }
    let columns = table::columns(first);
    let has = |name: &str| columns.iter().any(|column| column == name);
    (has("type") && TELLING.iter().any(|name| has(name))).then_some(Shape::Csv)
}

/// Whether a line is the header of one of our entries, or names our schema.
fn toml_names_itself(head: &[u8]) -> bool {
    head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).any(|line| {
        let line = String::from_utf8_lossy(line);
        let inner = line.strip_prefix("[[").and_then(|rest| rest.split_once("]]"));
        inner.is_some_and(|(name, rest)| {
            EntryKind::from_name(name.trim()).is_some()
                && (rest.trim().is_empty() || rest.trim_start().starts_with('#'))
        }) || line.starts_with("schema") && line.contains("\"compiled/1\"")
    })
}

fn by_name(path: &str) -> Option<Shape> {
    match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "csv" | "tsv" => Some(Shape::Csv),
        "jsonl" | "ndjson" | "json" => Some(Shape::Jsonl),
        _ => None,
    }
}

fn too_large(member: &str) -> Batch {
    let issue = Issue {
        severity: Severity::Lost,
        code: "too-large".to_owned(),
        locator: Locator::new(member, Selector::Whole),
        what: format!("larger than {} MiB, which no compiled record is", LARGEST >> 20),
        kept: "nothing".to_owned(),
    };
    let balance = Balance { found: 1, skipped: 1, ..Balance::default() };
    Batch { issues: vec![issue], balance, ..Batch::default() }
}

/// Turns the entries of a file into its batch.
fn read(entries: Entries, shape: Shape, member: &str, options: &Options) -> Batch {
    let Entries { header, entries, issues, skipped } = entries;
    let mut batch = Batch { issues, ..Batch::default() };
    batch.balance.found = skipped + entries.len() as u64;
    batch.balance.skipped = skipped;
    let zone = header.zone.as_deref().and_then(times::zone);
    if let Some(name) = header.zone.as_deref().filter(|_| zone.is_none()) {
        batch.issues.push(Issue {
            severity: Severity::Note,
            code: "bad-zone".to_owned(),
            locator: Locator::new(member, Selector::Whole),
            what: format!("the zone of the file, \"{name}\", is no zone such as America/New_York"),
            kept: "the times, with the doubt of times without a zone".to_owned(),
        });
    }
    // Parties and publications first: entries may name them before they stand in the file.
    let mut people = People::default();
    let mut publications = Publications::default();
    let mut declared = Vec::new();
    for entry in &entries {
        let mut notes = Notes::of(entry, shape, member);
        let taken = match entry.kind {
            EntryKind::Party => people.declare(entry, &mut notes),
            EntryKind::Publication => publications.declare(entry, &mut notes),
            _ => continue,
        };
        declared.push((notes, taken));
    }
    let context =
        Context { header: &header, people: &people, zone: zone.as_ref().or(options.zone.as_ref()) };
    let mut drafts = Vec::new();
    for entry in &entries {
        if matches!(entry.kind, EntryKind::Party | EntryKind::Publication) {
            continue;
        }
        let mut notes = Notes::of(entry, shape, member);
        match item::read(entry, &context, &mut notes) {
            Some(draft) => drafts.push((draft, notes)),
            None => {
                notes.lost("empty-entry", "", "says nothing");
                declared.push((notes, false));
            }
        }
    }
    for (item, notes) in settle(drafts, &publications) {
        close(&mut batch, notes, true);
        batch.items.push(item);
    }
    for (notes, taken) in declared {
        close(&mut batch, notes, taken);
    }
    batch.accounts = people.accounts;
    if shape == Shape::Csv {
        once_a_column(&mut batch.issues);
    }
    batch
}

fn close(batch: &mut Batch, notes: Notes, taken: bool) {
    let slot = match (taken, notes.any_damage()) {
        (false, _) => &mut batch.balance.skipped,
        (true, true) => &mut batch.balance.damaged,
        (true, false) => &mut batch.balance.read,
    };
    *slot += 1;
    batch.issues.extend(notes.into_issues());
}

/// A column that nobody knows is said once, not for every row.
fn once_a_column(issues: &mut Vec<Issue>) {
    let mut said = BTreeSet::new();
    issues.retain(|issue| {
        let column = issue.what.split_once(": column ").map(|(_, rest)| rest.to_owned());
        issue.code != "unknown-key" || column.is_none_or(|column| said.insert(column))
    });
}

#[cfg(test)]
#[path = "compiled_tests.rs"]
mod tests;
