//! mbox: many messages in one file, told apart by `From ` lines.
//!
//! The boundary rule is ours and stands in `docs/formats/mbox.md`. A message's byte range runs
//! from the first byte of its `From ` line to the last byte before the next one, so ranges tile
//! the file and another rule can be tried on the same bytes later.

use std::io::{self, Read};
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity, Sha256};
use serde_json::Map;
use sha2::Digest;

use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::mail::{
    self, MAX_MESSAGE, Original, Whole, field_name, line_end, looks_like_message, trim_break,
};
use crate::tree::{Tree, TreeError};

/// Chunks are cut at the first boundary at or behind this size.
const CHUNK: usize = 1024 * 1024;

/// Bytes asked of the reader at once.
const READ: usize = 256 * 1024;

/// Longest `From ` line.
const MAX_LINE: usize = 1024;

/// Bytes needed behind a `From ` to judge it: its line and a field name.
const LOOKAHEAD: usize = MAX_LINE + 160;

/// The importer.
#[derive(Debug)]
pub struct Mbox;

/// What `split` tells `parse` about a chunk that is not plain messages.
enum Special {
    /// Bytes before the first boundary.
    Preamble(Option<Whole>),
    /// One message of which only the head is in the chunk.
    Large(Whole),
}

impl Importer for Mbox {
    fn format(&self) -> Format {
        Format { name: "mbox", version: 1, title: "mailbox file (mbox)", folder: false }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::File { head, complete, .. } = probe else { return None };
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let blank = head.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let head = &head[blank.min(head.len())..];
        match boundary(head, 0, complete) {
            Verdict::Yes => Some(Confidence::Certain),
            // A mailbox whose head was torn off still shows boundaries further on.
            _ => match next_boundary(head, 0, true) {
                Next::At(_) => Some(Confidence::Possible),
                _ => None,
            },
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
            let reader = tree.open(*member).map_err(|source| {
                ImportError::Tree(TreeError::Io { path: info.path.clone(), source })
            })?;
            let member: Arc<str> = Arc::from(info.path.as_str());
            Splitter::new(reader, member, info.modified).run(sink)?;
        }
        Ok(())
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        let mut batch = Batch::default();
        let special = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<Special>());
        match special {
            Some(Special::Preamble(whole)) => preamble(chunk, *whole, options, &mut batch),
            Some(Special::Large(whole)) => {
                message(chunk, 0, chunk.data.len(), Some(*whole), options, &mut batch);
            }
            None => {
                let mut at = 0;
                while at < chunk.data.len() {
                    let end = match message_end(&chunk.data, at, true) {
                        Next::At(end) if end > at => end,
                        _ => chunk.data.len(),
                    };
                    message(chunk, at, end, None, options, &mut batch);
                    at = end;
                }
            }
        }
        batch
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        mail::select_from(member, locator)
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        mail::headers(bytes)
    }
}

fn range(chunk: &Chunk, start: usize, end: u64) -> Locator {
    let start = chunk.offset + start as u64;
    Locator::new(&*chunk.member, Selector::Bytes { start, end })
}

fn message(
    chunk: &Chunk,
    start: usize,
    end: usize,
    whole: Option<Whole>,
    options: &Options,
    batch: &mut Batch,
) {
    let bytes = &chunk.data[start..end];
    let end = match whole {
        Some(whole) => chunk.offset + start as u64 + whole.length,
        None => chunk.offset + end as u64,
    };
    let locator = range(chunk, start, end);
    let line = trim_break(&bytes[..line_end(bytes, 0)]);
    let body = line_end(bytes, 0);
    // With Content-Length honoured, lines that would be boundaries elsewhere lie in the body.
    let hidden = match whole {
        Some(_) => false,
        None => matches!(next_boundary(bytes, body.saturating_sub(1), true), Next::At(_)),
    };
    if hidden {
        batch.issues.push(Issue {
            severity: Severity::Note,
            code: "from-line-in-body".to_owned(),
            locator: locator.clone(),
            what: "a line in the body looks like the start of a message; Content-Length says it \
                   is none"
                .to_owned(),
            kept: "one message, as Content-Length says".to_owned(),
        });
    }
    let original = Original {
        bytes,
        whole,
        locator,
        envelope: mail::envelope(line),
        from_quoted: true,
        file_time: None,
        detail: Map::new(),
    };
    let damaged = mail::read(original, options, batch);
    count(&mut batch.balance, damaged);
}

fn count(balance: &mut Balance, damaged: bool) {
    balance.found += 1;
    balance.damaged += u64::from(damaged);
    balance.read += u64::from(!damaged);
}

/// Bytes before the first boundary: white space is only said, a message without an envelope line
/// is read, anything else is said to be lost.
fn preamble(chunk: &Chunk, whole: Option<Whole>, options: &Options, batch: &mut Batch) {
    let bytes = chunk.data.as_slice();
    let length = whole.map_or(bytes.len() as u64, |whole| whole.length);
    let locator = range(chunk, 0, chunk.offset + length);
    let issue = |severity, what: &str, kept: &str| Issue {
        severity,
        code: "leading-bytes".to_owned(),
        locator: locator.clone(),
        what: what.to_owned(),
        kept: kept.to_owned(),
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.trim_ascii().is_empty() {
        batch.issues.push(issue(
            Severity::Note,
            "white space before the first message",
            "nothing, there is nothing in it",
        ));
    } else if looks_like_message(text) > 0 {
        batch.issues.push(issue(
            Severity::Damaged,
            "a message without the envelope line that starts one",
            "the message",
        ));
        let original = Original {
            bytes,
            whole,
            locator: locator.clone(),
            envelope: None,
            from_quoted: true,
            file_time: None,
            detail: Map::new(),
        };
        mail::read(original, options, batch);
        count(&mut batch.balance, true);
    } else {
        batch.issues.push(issue(
            Severity::Lost,
            "bytes before the first message that are no message",
            "nothing; they stay in the archive",
        ));
        batch.balance.found += 1;
        batch.balance.skipped += 1;
    }
}

/// Whether a place is a boundary.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    Yes,
    No,
    /// More bytes are needed to tell.
    Unclear,
}

/// Where the next boundary is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    At(usize),
    /// Nowhere in these bytes.
    Nowhere,
    /// More bytes are needed to tell.
    Unclear,
}

/// The rule: a line `From …` with a month, a clock time and a four-digit year in it, followed by a
/// line that starts with a header field's name and a colon (or with `>From `). Whether an empty
/// line comes before does not count.
fn boundary(bytes: &[u8], at: usize, complete: bool) -> Verdict {
    let rest = &bytes[at.min(bytes.len())..];
    if !rest.starts_with(b"From ") {
        return match !complete && b"From ".starts_with(rest) {
            true => Verdict::Unclear,
            false => Verdict::No,
        };
    }
    if rest.len() < LOOKAHEAD && !complete {
        return Verdict::Unclear;
    }
    let Some(end) = memchr::memchr(b'\n', &rest[..rest.len().min(MAX_LINE)]) else {
        return Verdict::No;
    };
    let next = &rest[end + 1..];
    let next = &next[..next.len().min(LOOKAHEAD - MAX_LINE)];
    let next = trim_break(&next[..line_end(next, 0)]);
    let follows =
        next.starts_with(b">From ") || (!next.starts_with(b"From ") && field_name(next).is_some());
    match follows && is_envelope(&rest[5..end]) {
        true => Verdict::Yes,
        false => Verdict::No,
    }
}

/// Whether the words of a `From ` line hold a date as `asctime` or a mailer writes it.
fn is_envelope(line: &[u8]) -> bool {
    let (mut month, mut clock, mut year) = (false, false, false);
    for word in line.split(|byte| matches!(byte, b' ' | b'\t' | b',' | b'\r')) {
        month |= is_month(word);
        clock |= is_clock(word);
        year |= word.len() == 4
            && (word.starts_with(b"19") || word.starts_with(b"20"))
            && word.iter().all(u8::is_ascii_digit);
    }
    month && clock && year
}

fn is_month(word: &[u8]) -> bool {
    const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
    word.len() >= 3
        && word.len() <= 9
        && word.iter().all(u8::is_ascii_alphabetic)
        && MONTHS.chunks_exact(3).any(|month| word[..3].eq_ignore_ascii_case(month))
}

/// `HH:MM` or `HH:MM:SS`.
fn is_clock(word: &[u8]) -> bool {
    let mut fields = word.split(|byte| *byte == b':');
    let digits = |field: Option<&[u8]>, least: usize| {
        field.is_some_and(|field| {
            (least..=2).contains(&field.len()) && field.iter().all(u8::is_ascii_digit)
        })
    };
    digits(fields.next(), 1)
        && digits(fields.next(), 2)
        && fields.next().is_none_or(|seconds| digits(Some(seconds), 2))
        && fields.next().is_none()
}

/// The first boundary at a line start behind `from`.
fn next_boundary(bytes: &[u8], from: usize, complete: bool) -> Next {
    let from = from.min(bytes.len());
    for found in memchr::memmem::find_iter(&bytes[from..], b"\nFrom ") {
        let at = from + found + 1;
        match boundary(bytes, at, complete) {
            Verdict::Yes => return Next::At(at),
            Verdict::No => {}
            Verdict::Unclear => return Next::Unclear,
        }
    }
    if complete { Next::Nowhere } else { Next::Unclear }
}

/// The end of the message that starts at `start`: where its Content-Length lands, if that is a
/// boundary or the end of the file; else the next boundary.
fn message_end(bytes: &[u8], start: usize, complete: bool) -> Next {
    let first = line_end(bytes, start);
    let mut at = first;
    let mut length = None;
    // Fields are looked at up to a size no honest header has.
    let limit = first.saturating_add(64 * 1024).min(bytes.len());
    let header_end = loop {
        if at >= limit {
            break None;
        }
        let end = line_end(bytes, at);
        let line = trim_break(&bytes[at..end]);
        if line.is_empty() && bytes[at..end].ends_with(b"\n") {
            break Some(end);
        }
        if line.len() > 15 && line[..15].eq_ignore_ascii_case(b"content-length:") {
            length = std::str::from_utf8(&line[15..]).ok().and_then(|n| n.trim().parse().ok());
        }
        at = end;
    };
    if header_end.is_none() && limit == bytes.len() && !complete {
        return Next::Unclear;
    }
    if let (Some(body), Some(length)) = (header_end, length) {
        let length: usize = length;
        if length > 0 && length <= MAX_MESSAGE {
            match landing(bytes, body + length, complete) {
                Next::Nowhere => {}
                landed => return landed,
            }
        }
    }
    match next_boundary(bytes, first.saturating_sub(1), complete) {
        Next::Nowhere => Next::At(bytes.len()),
        found => found,
    }
}

/// Where a Content-Length that points at `target` lands: at a boundary or the end, with up to two
/// empty lines before it.
fn landing(bytes: &[u8], target: usize, complete: bool) -> Next {
    let mut at = target;
    for _ in 0..3 {
        if at > bytes.len() || at + LOOKAHEAD > bytes.len() && !complete {
            return if complete { Next::Nowhere } else { Next::Unclear };
        }
        if at == bytes.len() {
            return Next::At(at);
        }
        if bytes[at - 1] == b'\n' && boundary(bytes, at, complete) == Verdict::Yes {
            return Next::At(at);
        }
        match &bytes[at..] {
            [b'\n', ..] => at += 1,
            [b'\r', b'\n', ..] => at += 2,
            _ => return Next::Nowhere,
        }
    }
    Next::Nowhere
}

/// Cuts a stream into chunks at boundaries.
struct Splitter<R> {
    reader: R,
    member: Arc<str>,
    modified: Option<i64>,
    /// Bytes read and not handed on.
    held: Vec<u8>,
    /// Offset of `held` in the member.
    offset: u64,
    complete: bool,
    failed: Option<io::Error>,
    messages: u64,
}

impl<R: Read> Splitter<R> {
    fn new(reader: R, member: Arc<str>, modified: Option<i64>) -> Self {
        Self {
            reader,
            member,
            modified,
            held: Vec::with_capacity(CHUNK + 2 * READ),
            offset: 0,
            complete: false,
            failed: None,
            messages: 0,
        }
    }

    fn run(mut self, sink: &mut dyn ChunkSink) -> Result<(), ImportError> {
        self.preamble(sink)?;
        // Messages wholly in `held` end here.
        let mut at = 0;
        loop {
            match message_end(&self.held, at, self.complete) {
                _ if at == self.held.len() && self.complete => break,
                Next::At(end) if end - at > MAX_MESSAGE => {
                    self.emit(at, sink)?;
                    self.large(false, sink)?;
                    at = 0;
                }
                Next::At(end) => {
                    at = end;
                    self.messages += 1;
                    if at >= CHUNK {
                        self.emit(at, sink)?;
                        at = 0;
                    }
                }
                _ if self.held.len() - at > MAX_MESSAGE + LOOKAHEAD => {
                    self.emit(at, sink)?;
                    self.large(false, sink)?;
                    at = 0;
                }
                _ => {
                    let more = (self.held.len() - at).max(READ);
                    self.fill(more);
                }
            }
        }
        self.emit(at, sink)?;
        self.report(sink)
    }

    /// Reads up to `more` bytes.
    fn fill(&mut self, more: usize) {
        let before = self.held.len();
        match (&mut self.reader).take(more as u64).read_to_end(&mut self.held) {
            Ok(_) => self.complete = self.held.len() == before,
            // What was read before the error is kept.
            Err(error) => {
                self.failed = Some(error);
                self.complete = true;
            }
        }
    }

    /// Hands on the bytes before the first boundary.
    fn preamble(&mut self, sink: &mut dyn ChunkSink) -> Result<(), ImportError> {
        loop {
            let found = match boundary(&self.held, 0, self.complete) {
                Verdict::Yes => return Ok(()),
                Verdict::No => next_boundary(&self.held, 0, self.complete),
                Verdict::Unclear => Next::Unclear,
            };
            let end = match found {
                Next::At(end) => end,
                Next::Nowhere => self.held.len(),
                Next::Unclear if self.held.len() > MAX_MESSAGE + LOOKAHEAD => {
                    return self.large(true, sink);
                }
                Next::Unclear => {
                    let more = self.held.len().max(READ);
                    self.fill(more);
                    continue;
                }
            };
            if end > MAX_MESSAGE {
                return self.large(true, sink);
            }
            return self.emit_as(end, Some(Special::Preamble(None)), sink);
        }
    }

    /// Hands on the first `end` bytes held.
    fn emit(&mut self, end: usize, sink: &mut dyn ChunkSink) -> Result<(), ImportError> {
        self.emit_as(end, None, sink)
    }

    fn emit_as(
        &mut self,
        end: usize,
        special: Option<Special>,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        if end == 0 {
            return Ok(());
        }
        let mut rest = Vec::with_capacity((CHUNK + 2 * READ).max(self.held.len() - end));
        rest.extend_from_slice(&self.held[end..]);
        let mut data = std::mem::replace(&mut self.held, rest);
        data.truncate(end);
        let offset = self.offset;
        self.offset += end as u64;
        self.chunk(offset, data, special, sink)
    }

    fn chunk(
        &mut self,
        offset: u64,
        data: Vec<u8>,
        special: Option<Special>,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        let rows_before = self.messages;
        sink.chunk(Chunk {
            member: Arc::clone(&self.member),
            offset,
            rows_before,
            data,
            modified: self.modified,
            shared: special.map(|special| Arc::new(special) as _),
        })
    }

    /// Hands on the head of a message that is longer than what is kept of one. The rest of it is
    /// hashed on the way to the next boundary.
    fn large(&mut self, preamble: bool, sink: &mut dyn ChunkSink) -> Result<(), ImportError> {
        let start = self.offset;
        let mut kept = Vec::with_capacity(MAX_MESSAGE);
        kept.extend_from_slice(&self.held[..MAX_MESSAGE]);
        let mut hasher = sha2::Sha256::new();
        // One byte back: the line break before a boundary may be the last byte kept.
        let mut passed = MAX_MESSAGE - 1;
        hasher.update(&kept[..passed]);
        self.held.drain(..passed);
        loop {
            let found = next_boundary(&self.held, 0, self.complete);
            let (pass, done) = match found {
                Next::At(at) => (at, true),
                Next::Nowhere => (self.held.len(), true),
                // What may be the beginning of a boundary stays.
                Next::Unclear => (self.held.len().saturating_sub(LOOKAHEAD + 8), false),
            };
            hasher.update(&self.held[..pass]);
            passed += pass;
            self.held.drain(..pass);
            if done {
                break;
            }
            self.fill(4 * READ);
        }
        let whole =
            Whole { length: passed as u64, sha256: Sha256::from_bytes(hasher.finalize().into()) };
        self.offset = start + whole.length;
        let special = match preamble {
            true => Special::Preamble(Some(whole)),
            false => Special::Large(whole),
        };
        self.messages += 1;
        self.chunk(start, kept, Some(special), sink)
    }

    /// Says that the archive could not be read to its end.
    fn report(&mut self, sink: &mut dyn ChunkSink) -> Result<(), ImportError> {
        let Some(error) = self.failed.take() else { return Ok(()) };
        let place = Selector::Bytes { start: self.offset, end: self.offset };
        let issue = Issue {
            severity: Severity::Lost,
            code: "unreadable".to_owned(),
            locator: Locator::new(&*self.member, place),
            what: format!("the file cannot be read from here on: {error}"),
            kept: "every message before".to_owned(),
        };
        let balance = Balance { found: 1, skipped: 1, ..Balance::default() };
        sink.batch(Batch { issues: vec![issue], balance, ..Batch::default() })
    }
}

#[cfg(test)]
#[path = "mbox_tests.rs"]
mod tests;
