//! Released documents: e-mails printed, stamped, redacted, scanned and recognised, document by
//! document, each with the chain of messages quoted beneath it. Text files, PDFs and page images
//! become text here; what is printed in it is `printed`'s business.

use std::borrow::Cow;
use std::io::{self, Read};
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity, Sha256};

use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::pages::{self, Unread};
use crate::printed::{self, Origin, Place};
use crate::tree::{Tree, TreeError};

/// The importer.
#[derive(Debug)]
pub struct Released;

impl Importer for Released {
    fn format(&self) -> Format {
        Format {
            name: "released",
            version: 2,
            title: "released documents: printed e-mails as text, PDF or page images",
            folder: false,
        }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { head, complete, .. } = probe else { return None };
        if pages::is_pdf(head) {
            return Some(Confidence::Likely);
        }
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
            let mut data = Vec::new();
            reader.by_ref().take(MOST + 1).read_to_end(&mut data).map_err(fail)?;
            if data.len() as u64 > MOST {
                sink.batch(too_long(&info.path))?;
                continue;
            }
            sink.chunk(Chunk {
                member: Arc::from(info.path.as_str()),
                offset: 0,
                rows_before: 0,
                data,
                modified: info.modified,
                shared: None,
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
        match kind(&chunk.data) {
            Kind::Pdf => pdf(chunk, options, &mut batch),
            Kind::Image => image(chunk, options, &mut batch),
            Kind::Text => {
                let text = decode(&chunk.data);
                let origin = Origin { member: &chunk.member, place: Place::Lines(&chunk.data) };
                printed::read(&text, &origin, options, &mut batch);
            }
        }
        batch
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        // Pages and lines of a PDF are counted in its text; its bytes are the whole file.
        crate::select::plain(member, &locator.selector)
    }
}

/// Longest member that is read, in bytes.
const MOST: u64 = 256 << 20;

/// What a member is.
enum Kind {
    Text,
    Pdf,
    Image,
}

fn kind(bytes: &[u8]) -> Kind {
    const IMAGES: [&[u8]; 7] =
        [b"\x89PNG", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"P4", b"P5", b"P6"];
    if pages::is_pdf(bytes) {
        Kind::Pdf
    } else if IMAGES.iter().any(|mark| bytes.starts_with(mark)) {
        Kind::Image
    } else {
        Kind::Text
    }
}

fn too_long(path: &str) -> Batch {
    let issue = Issue {
        severity: Severity::Lost,
        code: "too-long".to_owned(),
        locator: Locator::new(path, Selector::Whole),
        what: format!("is larger than {} MB, the most that is read of one document", MOST >> 20),
        kept: "nothing".to_owned(),
    };
    let balance = Balance { found: 1, skipped: 1, ..Balance::default() };
    Batch { issues: vec![issue], balance, ..Batch::default() }
}

fn pdf(chunk: &Chunk, options: &Options, batch: &mut Batch) {
    let locator = Locator::new(&*chunk.member, Selector::Whole);
    let text = match pages::read_pdf(&chunk.data) {
        Ok(text) => text,
        Err(what) => {
            batch.balance = Balance { found: 1, skipped: 1, ..Balance::default() };
            batch.issues.push(Issue {
                severity: Severity::Lost,
                code: "damaged-pdf".to_owned(),
                locator,
                what,
                kept: "nothing".to_owned(),
            });
            return;
        }
    };
    let by = match (text.recognised, text.pages) {
        (0, _) => "the PDF's own text",
        (n, pages) if n == pages => "Tesseract, from the pages' images",
        _ => "the PDF's own text, and Tesseract for pages without any",
    };
    let sha256 = Sha256::of(&chunk.data);
    let origin = Origin { member: &chunk.member, place: Place::Whole { sha256, by } };
    printed::read(&text.text, &origin, options, batch);
    for what in text.missing {
        damaged(batch, &locator, "incomplete-pdf", what, "what could be read of the document");
    }
    for (page, why) in text.unread {
        unread(batch, &locator, &format!("page {page}"), why);
    }
}

fn image(chunk: &Chunk, options: &Options, batch: &mut Batch) {
    let text = pages::recognise(&chunk.data);
    let sha256 = Sha256::of(&chunk.data);
    let by = "Tesseract, from the image";
    let origin = Origin { member: &chunk.member, place: Place::Whole { sha256, by } };
    printed::read(text.as_deref().unwrap_or_default(), &origin, options, batch);
    if let Err(why) = text {
        unread(batch, &Locator::new(&*chunk.member, Selector::Whole), "the page", why);
    }
}

/// Says that a page was not read; its document counts as damaged.
fn unread(batch: &mut Batch, locator: &Locator, page: &str, why: Unread) {
    let code = if why == Unread::NotInstalled { "no-tesseract" } else { "unread-page" };
    let what = format!("{page} was not read: {}", why.what());
    damaged(batch, locator, code, what, "the document, without the words of this page");
}

/// An issue that makes its document count as damaged.
fn damaged(batch: &mut Batch, locator: &Locator, code: &str, what: String, kept: &str) {
    batch.issues.push(Issue {
        severity: Severity::Damaged,
        code: code.to_owned(),
        locator: locator.clone(),
        what,
        kept: kept.to_owned(),
    });
    if batch.balance.read > 0 {
        batch.balance.read -= 1;
        batch.balance.damaged += 1;
    }
}

/// A text with the line feeds of its bytes.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The head of a member as text, if it can be one.
fn text_of(head: &[u8], complete: bool) -> Option<Cow<'_, str>> {
    if head.contains(&0) {
        return None;
    }
    match std::str::from_utf8(head) {
        Ok(text) => Some(Cow::Borrowed(text)),
        // A character may be cut at the end of the head.
        Err(error) if !complete && error.valid_up_to() + 4 > head.len() => {
            Some(String::from_utf8_lossy(&head[..error.valid_up_to()]))
        }
        Err(_) => Some(encoding_rs::WINDOWS_1252.decode_without_bom_handling(head).0),
    }
}
