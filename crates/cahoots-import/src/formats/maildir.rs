//! Maildir: one message a file, in `cur`, `new` and `tmp`, with sub-folders as `.Name` (Maildir++)
//! or as plain nested folders. Flags in file names go into `detail`.

use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

use cahoots_record::{Balance, Issue, Locator, Selector, Severity};
use serde_json::{Map, Value};

use crate::formats::eml;
use crate::importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe,
};
use crate::mail::{self, Original, Whole, line_end, trim_break};
use crate::tree::Tree;

/// Files are packed into one chunk up to this size.
const CHUNK: usize = 2 * 1024 * 1024;

/// Files packed into one chunk at most.
const CHUNK_FILES: usize = 4_096;

/// The importer.
#[derive(Debug)]
pub struct Maildir;

/// One file in a chunk.
struct Entry {
    member: Arc<str>,
    range: Range<usize>,
    modified: Option<i64>,
    whole: Option<Whole>,
}

/// Where a member lies in a Maildir.
#[derive(PartialEq, Eq, Debug)]
struct Place<'a> {
    /// The folder's path, `""` for the inbox.
    folder: &'a str,
    /// `cur`, `new` or `tmp`.
    state: &'a str,
    name: &'a str,
}

impl<'a> Place<'a> {
    fn of(path: &'a str) -> Option<Self> {
        let (folders, name) = path.rsplit_once('/')?;
        let (folder, state) = folders.rsplit_once('/').unwrap_or(("", folders));
        (matches!(state, "cur" | "new" | "tmp") && !name.is_empty()).then_some(Self {
            folder,
            state,
            name,
        })
    }

    /// Flags in the file name, by the names IMAP gives them.
    fn flags(&self) -> Vec<&'static str> {
        // `;` and `!` stand in for `:` on file systems that forbid it.
        let flags = [":2,", ";2,", "!2,"].iter().find_map(|mark| self.name.rsplit_once(mark));
        let flags = flags.map_or("", |(_, flags)| flags);
        let named = flags.chars().filter_map(|flag| match flag {
            'P' => Some("passed"),
            'R' => Some("replied"),
            'S' => Some("seen"),
            'T' => Some("trashed"),
            'D' => Some("draft"),
            'F' => Some("flagged"),
            _ => None,
        });
        named.take(6).collect()
    }
}

impl Importer for Maildir {
    fn format(&self) -> Format {
        Format { name: "maildir", version: 1, title: "mail folder (Maildir)", folder: true }
    }

    fn recognize(&self, probe: Probe<'_>) -> Option<Confidence> {
        let Probe::Folder { paths } = probe else { return None };
        let mut best = None;
        for path in paths {
            let Some(place) = Place::of(path) else { continue };
            // The root of the format: its own `cur`, or Maildir++ folders right below it.
            if !(place.folder.is_empty()
                || place.folder.starts_with('.') && !place.folder.contains('/'))
            {
                continue;
            }
            // Delivery names are `time.unique.host`, with `:2,` behind them in `cur`.
            let delivered =
                place.name.split('.').count() >= 2 && place.name.as_bytes()[0].is_ascii_digit();
            let found = match delivered || place.name.contains(":2,") {
                true => Confidence::Certain,
                false => Confidence::Likely,
            };
            if best < Some(found) {
                best = Some(found);
            }
            if best == Some(Confidence::Certain) {
                break;
            }
        }
        best
    }

    fn split(
        &self,
        tree: &dyn Tree,
        members: &[usize],
        _options: &Options,
        sink: &mut dyn ChunkSink,
    ) -> Result<(), ImportError> {
        let mut pack = Pack::default();
        for member in members {
            let Some(info) = tree.members().get(*member) else { continue };
            let Some(place) = Place::of(&info.path) else {
                pack.skip(
                    &info.path,
                    Severity::Note,
                    "not-a-message",
                    "a file of the mail program's own",
                );
                continue;
            };
            if place.name.starts_with('.') {
                pack.skip(&info.path, Severity::Note, "not-a-message", "a hidden file");
                continue;
            }
            let read = tree.open(*member).and_then(|mut reader| mail::read_member(&mut reader));
            let (bytes, whole) = match read {
                Ok(read) => read,
                Err(error) => {
                    let what = format!("the file cannot be read: {error}");
                    pack.skip(&info.path, Severity::Lost, "unreadable", &what);
                    continue;
                }
            };
            if !pack.data.is_empty() && pack.data.len() + bytes.len() > CHUNK {
                pack.emit(sink)?;
            }
            let start = pack.data.len();
            pack.data.extend_from_slice(&bytes);
            pack.entries.push(Entry {
                member: Arc::from(info.path.as_str()),
                range: start..pack.data.len(),
                modified: info.modified,
                whole,
            });
            if pack.data.len() >= CHUNK || pack.entries.len() >= CHUNK_FILES {
                pack.emit(sink)?;
            }
        }
        pack.emit(sink)
    }

    fn parse(&self, chunk: &Chunk, options: &Options) -> Batch {
        let mut batch = Batch::default();
        let entries = chunk.shared.as_ref().and_then(|shared| shared.downcast_ref::<Vec<Entry>>());
        for entry in entries.into_iter().flatten() {
            let bytes = &chunk.data[entry.range.clone()];
            let locator = Locator::new(&*entry.member, Selector::Whole);
            batch.balance.found += 1;
            if bytes.is_empty() {
                batch.balance.skipped += 1;
                batch.issues.push(eml::empty(locator));
                continue;
            }
            let mut detail = Map::new();
            if let Some(place) = Place::of(&entry.member) {
                if !place.folder.is_empty() {
                    detail.insert("folder".into(), Value::from(place.folder));
                }
                let flags = place.flags();
                if !flags.is_empty() {
                    detail.insert("flags".into(), Value::from(flags));
                }
                if place.state != "cur" {
                    detail.insert("state".into(), Value::from(place.state));
                }
                if place.state == "tmp" {
                    batch.issues.push(Issue {
                        severity: Severity::Note,
                        code: "undelivered".to_owned(),
                        locator: locator.clone(),
                        what: "the file lies in tmp: its delivery was never finished".to_owned(),
                        kept: "the message as far as it was written".to_owned(),
                    });
                }
            }
            let original = Original {
                bytes,
                whole: entry.whole,
                locator,
                envelope: mail::envelope(trim_break(&bytes[..line_end(bytes, 0)])),
                from_quoted: false,
                file_time: entry.modified,
                detail,
            };
            let damaged = mail::read(original, options, &mut batch);
            batch.balance.damaged += u64::from(damaged);
            batch.balance.read += u64::from(!damaged);
        }
        batch
    }

    fn select(&self, member: &mut dyn Read, locator: &Locator) -> io::Result<Option<Vec<u8>>> {
        eml::Eml.select(member, locator)
    }

    fn headers(&self, bytes: &[u8]) -> Vec<(String, String)> {
        mail::headers(bytes)
    }
}

/// Files gathered for one chunk, and what was passed over meanwhile.
#[derive(Default)]
struct Pack {
    data: Vec<u8>,
    entries: Vec<Entry>,
    skipped: Batch,
    emitted: u64,
}

impl Pack {
    fn skip(&mut self, path: &str, severity: Severity, code: &str, what: &str) {
        self.skipped.balance.add(&Balance { found: 1, skipped: 1, ..Balance::default() });
        self.skipped.issues.push(Issue {
            severity,
            code: code.to_owned(),
            locator: Locator::new(path, Selector::Whole),
            what: what.to_owned(),
            kept: "nothing; the file stays in the archive".to_owned(),
        });
    }

    fn emit(&mut self, sink: &mut dyn ChunkSink) -> Result<(), ImportError> {
        if !self.skipped.issues.is_empty() {
            sink.batch(std::mem::take(&mut self.skipped))?;
        }
        let Some(first) = self.entries.first() else { return Ok(()) };
        let member = Arc::clone(&first.member);
        let entries = std::mem::take(&mut self.entries);
        let rows_before = self.emitted;
        self.emitted += entries.len() as u64;
        sink.chunk(Chunk {
            member,
            offset: 0,
            rows_before,
            data: std::mem::take(&mut self.data),
            modified: None,
            shared: Some(Arc::new(entries)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_flags() {
        let place = Place::of(".Sent/cur/1700000000.M1P2.host:2,FRS").unwrap();
        assert_eq!((place.folder, place.state), (".Sent", "cur"));
        assert_eq!(place.flags(), ["flagged", "replied", "seen"]);
        assert_eq!(Place::of("new/x").unwrap().folder, "");
        assert!(Place::of("dovecot-uidlist").is_none());
    }

    #[test]
    fn roots_are_recognised_and_other_folders_are_not() {
        let recognize = |paths: &[&str]| {
            let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            Maildir.recognize(Probe::Folder { paths: &paths })
        };
        assert_eq!(recognize(&["cur/1700000000.a.host:2,S"]), Some(Confidence::Certain));
        assert_eq!(recognize(&[".Sent/cur/a", "new/b"]), Some(Confidence::Likely));
        assert_eq!(recognize(&["mail/cur/1.a.b"]), None);
        assert_eq!(recognize(&["data/tweets.js"]), None);
    }
}
