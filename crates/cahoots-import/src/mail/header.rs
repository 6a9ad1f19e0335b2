//! Finding the header fields of a message or part: byte ranges only, nothing is decoded here.

use std::ops::Range;

/// Fields kept of one header block. A block with more is a header bomb; the rest is skipped over
/// in one pass and said.
const MAX_FIELDS: usize = 2_000;

/// Longest field name that counts as one.
const MAX_NAME: usize = 128;

/// One header field, as ranges of the bytes that were scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: Range<usize>,
    /// Everything behind the colon, folded lines and final line break included.
    pub(crate) value: Range<usize>,
}

/// The header fields of one message or part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) fields: Vec<Field>,
    /// Where the body starts.
    pub(crate) body: usize,
    /// Whether an empty line (or a line that can only be body) ended the block.
    pub(crate) ended: bool,
    /// Whether the body began without an empty line.
    pub(crate) implicit_end: bool,
    /// Lines among the fields that are not fields.
    pub(crate) garbage: usize,
    /// Fields beyond the limit.
    pub(crate) beyond: usize,
}

impl Block {
    /// Reads the block that starts at `start`. In a MIME part (`part`), a line that starts with
    /// `--` ends it: a boundary is never a field.
    pub(crate) fn scan(bytes: &[u8], start: usize, part: bool) -> Self {
        let mut block = Self::default();
        let mut at = start;
        while at < bytes.len() {
            let end = line_end(bytes, at);
            let line = trim_break(&bytes[at..end]);
            if line.is_empty() {
                block.body = end;
                block.ended = true;
                return block;
            }
            if matches!(line[0], b' ' | b'\t') {
                match block.fields.last_mut() {
                    Some(field) if field.value.end == at => field.value.end = end,
                    Some(_) => block.garbage += 1,
                    None => return block.stop(at),
                }
            } else if part && line.starts_with(b"--") {
                return block.stop(at);
            } else if let Some(name) = field_name(line) {
                if block.fields.len() < MAX_FIELDS {
                    let colon = at + name.colon;
                    block.fields.push(Field { name: at..at + name.length, value: colon + 1..end });
                } else {
                    block.beyond += 1;
                }
            } else if line.starts_with(b"From ") || line.starts_with(b">From ") {
                // The envelope line of an earlier mailbox, kept among the fields by its exporter.
            } else if block.continues_after(bytes, end) {
                block.garbage += 1;
            } else {
                return block.stop(at);
            }
            at = end;
        }
        block.body = bytes.len();
        block
    }

    fn stop(mut self, at: usize) -> Self {
        self.body = at;
        self.ended = true;
        self.implicit_end = true;
        self
    }

    /// A stray line among fields is skipped when a field follows it directly.
    fn continues_after(&self, bytes: &[u8], at: usize) -> bool {
        !self.fields.is_empty()
            && self.garbage < 16
            && at < bytes.len()
            && field_name(trim_break(&bytes[at..line_end(bytes, at)])).is_some()
    }

    /// The raw value of the first field called `name` (lower case).
    pub(crate) fn value<'a>(&self, bytes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
        self.fields
            .iter()
            .find(|field| bytes[field.name.clone()].eq_ignore_ascii_case(name))
            .map(|field| &bytes[field.value.clone()])
    }
}

/// A field name at the start of a line.
pub(crate) struct Name {
    pub(crate) length: usize,
    pub(crate) colon: usize,
}

/// The field name that `line` starts with, if it does: printable characters, then a colon,
/// with white space allowed between them. A URL at the start of a line is not a field.
pub(crate) fn field_name(line: &[u8]) -> Option<Name> {
    let length = line.iter().take(MAX_NAME + 1).take_while(|b| is_name_byte(**b)).count();
    if length == 0 || length > MAX_NAME {
        return None;
    }
    let blanks = line[length..].iter().take(8).take_while(|b| matches!(**b, b' ' | b'\t')).count();
    let colon = length + blanks;
    (line.get(colon) == Some(&b':') && !line[colon + 1..].starts_with(b"//"))
        .then_some(Name { length, colon })
}

const fn is_name_byte(byte: u8) -> bool {
    byte > b' ' && byte < 0x7f && byte != b':'
}

/// One past the line break of the line that starts at `at`, or the end.
pub(crate) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length + 1)
}

/// A line without its line break.
pub(crate) fn trim_break(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> (Vec<&str>, &str) {
        let block = Block::scan(text.as_bytes(), 0, false);
        (block.fields.iter().map(|f| &text[f.name.clone()]).collect(), &text[block.body..])
    }

    #[test]
    fn folds_garbage_and_missing_blank_lines() {
        assert_eq!(names("A: 1\n two\nB:\r\n\r\nbody"), (vec!["A", "B"], "body"));
        assert_eq!(names("A: 1\nstray words\nB: 2\n\nx"), (vec!["A", "B"], "x"));
        assert_eq!(names("A: 1\nDear all,\nhello\n"), (vec!["A"], "Dear all,\nhello\n"));
        assert_eq!(names("A: 1\n>From old line\nB : 2\n\n"), (vec!["A", "B"], ""));
        assert_eq!(names("just words"), (vec![], "just words"));
        assert_eq!(names("http://example.org/\n"), (vec![], "http://example.org/\n"));
    }

    #[test]
    fn an_open_block_is_told_from_a_closed_one() {
        assert!(!Block::scan(b"A: 1\nB: 2\n", 0, false).ended);
        assert!(Block::scan(b"A: 1\n\n", 0, false).ended);
        let block = Block::scan(b"A: 1\n--b\n", 0, true);
        assert!(block.implicit_end && block.body == 5);
    }

    #[test]
    fn a_bomb_is_counted_and_not_kept() {
        let block = Block::scan("A: 1\n".repeat(5_000).as_bytes(), 0, false);
        assert_eq!((block.fields.len(), block.beyond), (MAX_FIELDS, 5_000 - MAX_FIELDS));
    }
}
