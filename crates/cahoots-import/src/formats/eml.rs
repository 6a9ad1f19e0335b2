//! EML: one message in one file. Apple Mail's `.emlx`, which puts a byte count before the message
//! and a property list behind it, is read too.

use std::io::{self, Read};
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity};
use serde_json::Map;

use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::mail::{self, Original, Whole, line_end, looks_like_message, trim_break};
use crate::tree::{Tree, TreeError};

/// The importer.
#[derive(Debug)]
pub struct Eml;

/// What `split` tells `parse` about a file.
struct Shape {
    whole: Option<Whole>,
    /// Whether the chunk is a part of the file (`.emlx`).
    within: bool,
}

impl Importer for Eml {
    fn format(&self) -> Format {
        Format { name: "eml", version: 1, title: "single message (.eml, .emlx)", folder: false }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { path, head, .. } = probe else { return None };
        let lower = path.to_ascii_lowercase();
        let (named, head) = match emlx(head) {
            Some((start, _)) if lower.ends_with(".emlx") => (true, &head[start..]),
            _ => (lower.ends_with(".eml"), head),
        };
        match looks_like_message(head) {
            0 => None,
            1 if named => Some(Confidence::Likely),
            1 => None,
            _ if named => Some(Confidence::Certain),
            2 => Some(Confidence::Possible),
            _ => Some(Confidence::Likely),
        }
    }

    fn split(
        &self,
        tree: &dyn Tree,
        members: &[usize],
        _options: &Options,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        for member in members {
            let Some(info) = tree.members().get(*member) else { continue };
            let fail =
                |source| ImportError::Tree(TreeError::Io { path: info.path.clone(), source });
            let mut reader = tree.open(*member).map_err(fail)?;
            let (mut data, whole) = mail::read_member(&mut reader).map_err(fail)?;
            let named = info.path.to_ascii_lowercase().ends_with(".emlx");
            let frame = emlx(&data).filter(|_| whole.is_none() && (named || info.path.is_empty()));
            let mut offset = 0;
            if let Some((start, length)) = frame {
                data.truncate(start.saturating_add(length));
                data.drain(..start);
                offset = start as u64;
            }
            sink.chunk(Chunk {
                member: Arc::from(info.path.as_str()),
                offset,
                rows_before: 0,
                data,
                modified: info.modified,
                shared: Some(Arc::new(Shape { whole, within: frame.is_some() })),
            })?;
        }
        Ok(())
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        let shape = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<Shape>());
        let selector = match shape {
            Some(Shape { within: true, .. }) => {
                Selector::Bytes { start: chunk.offset, end: chunk.offset + chunk.data.len() as u64 }
            }
            _ => Selector::Whole,
        };
        let locator = Locator::new(&*chunk.member, selector);
        let mut batch = Batch::default();
        if chunk.data.is_empty() {
            batch.balance = Balance { found: 1, skipped: 1, ..Balance::default() };
            batch.issues.push(empty(locator));
            return batch;
        }
        let original = Original {
            bytes: &chunk.data,
            whole: shape.and_then(|shape| shape.whole),
            locator,
            envelope: mail::envelope(trim_break(&chunk.data[..line_end(&chunk.data, 0)])),
            from_quoted: false,
            file_time: chunk.modified,
            detail: Map::new(),
        };
        let damaged = mail::read(original, options, &mut batch);
        batch.balance = Balance {
            found: 1,
            read: u64::from(!damaged),
            damaged: u64::from(damaged),
            skipped: 0,
        };
        batch
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        mail::select_from(member, locator)
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        mail::headers(bytes)
    }
}

/// The issue for a file without a byte in it.
pub(crate) fn empty(locator: Locator) -> Issue {
    Issue {
        severity: Severity::Lost,
        code: "empty".to_owned(),
        locator,
        what: "the file is empty".to_owned(),
        kept: "nothing, there is nothing in it".to_owned(),
    }
}

/// Where the message starts in an `.emlx`, and its length as declared.
fn emlx(bytes: &[u8]) -> Option<(usize, usize)> {
    let line = &bytes[..line_end(&bytes[..bytes.len().min(32)], 0)];
    let number = line.strip_suffix(b"\n")?.trim_ascii();
    let length = std::str::from_utf8(number).ok()?.parse().ok()?;
    (number.first().is_some_and(u8::is_ascii_digit)).then_some((line.len(), length))
}
