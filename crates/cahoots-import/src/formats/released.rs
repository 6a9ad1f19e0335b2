//! Released documents: e-mails printed, stamped, redacted, scanned and recognised, document by
//! document, each with the chain of messages quoted beneath it. Text files are read here; the
//! words of a page and their places are `printed`'s business.

use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity};

use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::mail::read_member;
use crate::printed::{self, Origin, Place};
use crate::tree::{Tree, TreeError};

/// The importer.
#[derive(Debug)]
pub struct Released;

impl Importer for Released {
    fn format(&self) -> Format {
        Format {
            name: "released",
            version: 1,
            title: "released documents: printed e-mails as text",
            folder: false,
        }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { head, complete, .. } = probe else { return None };
        printed::looks_printed(&text_of(head, complete)?)
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
            let (data, whole) = read_member(&mut reader).map_err(fail)?;
            sink.chunk(Chunk {
                member: Arc::from(info.path.as_str()),
                offset: 0,
                rows_before: 0,
                data,
                modified: info.modified,
                shared: whole.map(|whole| Arc::new(whole.length) as _),
            })?;
        }
        Ok(())
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        let mut batch = Batch::default();
        if chunk.data.is_empty() {
            batch.balance = Balance { found: 1, skipped: 1, ..Balance::default() };
            batch.issues.push(super::eml::empty(Locator::new(&*chunk.member, Selector::Whole)));
            return batch;
        }
        let text = decode(&chunk.data);
        let origin = Origin { member: &chunk.member, place: Place::Lines(&chunk.data) };
        printed::read(&text, &origin, options, &mut batch);
        let length = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<u64>());
        if let Some(length) = length {
            batch.issues.push(Issue {
                severity: Severity::Note,
                code: "too-long".to_owned(),
                locator: Locator::new(&*chunk.member, Selector::Whole),
                what: format!(
                    "the file has {length} bytes; those after byte {} are not read",
                    chunk.data.len()
                ),
                kept: "everything before".to_owned(),
            });
        }
        batch
    }
}

/// A text without NUL bytes and with the line feeds of its bytes.
fn decode(bytes: &[u8]) -> String {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    };
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// The head of a member as text, if it can be one.
fn text_of(head: &[u8], complete: bool) -> Option<String> {
    if head.contains(&0) {
        return None;
    }
    match std::str::from_utf8(head) {
        Ok(text) => Some(text.to_owned()),
        // A character may be cut at the end of the head.
        Err(error) if !complete && error.valid_up_to() + 4 > head.len() => {
            Some(String::from_utf8_lossy(&head[..error.valid_up_to()]).into_owned())
        }
        Err(_) => Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(head).0.into_owned()),
    }
}
