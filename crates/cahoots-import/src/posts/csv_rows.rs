//! Rows of a CSV file with the exact bytes of each, in one pass and bounded memory.
//!
//! The rules of quoting are those of the `csv` crate (a test holds the two together). What this
//! adds is where a row starts and ends, and what to do about a quote that never closes: without a
//! bound, one stray `"` would make the rest of the file a single cell.

use std::io::{self, Cursor, Read};

use super::window::{READ, Window};

/// Bytes looked at to tell the delimiter.
pub(crate) const HEAD: usize = 64 << 10;
/// A quoted cell longer than this is a stray quote.
const QUOTED: usize = 1 << 20;
/// A row longer than this is cut.
const LONGEST: usize = 16 << 20;
/// UTF-16 is decoded whole, up to this.
const UTF16: u64 = 64 << 20;
/// What is wrong with where a row ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Break {
    /// A quote opens and never closes; the row ends with its first line or with the file.
    Quote,
    /// The row is too long and was cut.
    Long,
}

/// One row: its bytes without the line end.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// Where the row starts in the (decoded) file.
    pub(crate) start: u64,
    pub(crate) bytes: Vec<u8>,
    pub(crate) broken: Option<Break>,
}

/// Reads rows one after another. Empty lines are passed over, as CSV readers do.
pub(crate) struct Rows<'a> {
    pub(crate) window: Window<'a>,
    pub(crate) delimiter: u8,
    /// The file is UTF-16 and rows are its decoded text.
    pub(crate) utf16: bool,
}

impl<'a> Rows<'a> {
    /// Looks at the start of the file. `Err` for UTF-16 too large to decode.
    pub(crate) fn new(reader: impl Read + 'a) -> io::Result<Self> {
        let mut rows = Self { window: Window::new(reader), delimiter: b',', utf16: false };
        rows.window.fill(HEAD);
        if rows.window.held.starts_with(b"\xff\xfe") || rows.window.held.starts_with(b"\xfe\xff") {
            rows.decode()?;
        }
        if rows.window.held.starts_with(b"\xef\xbb\xbf") {
            rows.window.at = 3;
        }
        rows.delimiter = delimiter(&rows.window.held[rows.window.at..]);
        Ok(rows)
    }

    fn decode(&mut self) -> io::Result<()> {
        let mut all = std::mem::take(&mut self.window.held);
        if let Err(error) = (&mut self.window.reader).take(UTF16 + 1).read_to_end(&mut all) {
            self.window.failed = Some(error);
        }
        if all.len() as u64 > UTF16 {
            let what = "UTF-16 of more than 64 MiB; convert it to UTF-8 first";
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        self.window.held = encoding_rs::Encoding::for_bom(&all)
            .map_or(encoding_rs::UTF_8, |(encoding, _)| encoding)
            .decode(&all)
            .0
            .into_owned()
            .into_bytes();
        self.window.reader = Box::new(Cursor::new(Vec::new()));
        self.utf16 = true;
        self.window.ended = true;
        Ok(())
    }

    /// The next row.
    pub(crate) fn next(&mut self) -> Option<Record> {
        loop {
            self.window.fill(1);
            match self.window.held.get(self.window.at)? {
                b'\n' | b'\r' => self.window.at += 1,
                _ => break,
            }
        }
        let (length, broken) = self.measure();
        let bytes = self.window.held[self.window.at..self.window.at + length].to_vec();
        let start = self.window.base + self.window.at as u64;
        self.window.at += length;
        Some(Record { start, bytes, broken })
    }

    /// The length of the row that starts here.
    fn measure(&mut self) -> (usize, Option<Break>) {
        let mut state = State::Start;
        let mut length = 0;
        let mut opened = 0;
        loop {
            if self.window.held.len() - self.window.at <= length {
                self.window.fill(length + READ);
                if self.window.held.len() - self.window.at <= length {
                    break;
                }
            }
            let byte = self.window.held[self.window.at + length];
            let next = state.after(byte, self.delimiter);
            if next == State::Quoted && state == State::Start {
                opened = length;
            }
            state = next;
            match state {
                State::End => return (length, None),
                State::Quoted if length - opened == QUOTED => {
                    if let Some(end) = self.first_line(opened, length) {
                        return (end, Some(Break::Quote));
                    }
                    length += 1;
                }
                State::Quoted if length - opened > QUOTED && matches!(byte, b'\n' | b'\r') => {
                    return (length, Some(Break::Quote));
                }
                _ if length >= LONGEST => return (length, Some(Break::Long)),
                _ => length += 1,
            }
        }
        if state != State::Quoted {
            return (length, None);
        }
        let whole = &self.window.held[self.window.at..self.window.at + length];
        // Rows of full width behind the quote are rows, not a part of its cell.
        let width = |line: &[u8]| line.iter().filter(|byte| **byte == self.delimiter).count();
        match self.first_line(opened, length) {
            Some(end)
                if width(&whole[..end]) > 0
                    && whole[end..]
                        .split(|byte| *byte == b'\n')
                        .any(|line| width(line) == width(&whole[..end])) =>
            {
                (end, Some(Break::Quote))
            }
            _ => (trim_end(whole).len(), Some(Break::Quote)),
        }
    }

    /// Where the line with the opening quote ends.
    fn first_line(&self, opened: usize, most: usize) -> Option<usize> {
        let behind = &self.window.held[self.window.at + opened..self.window.at + most];
        memchr::memchr2(b'\n', b'\r', behind).map(|end| opened + end)
    }
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r'));
    &bytes[..end.map_or(0, |at| at + 1)]
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a cell.
    Start,
    Plain,
    Quoted,
    /// Behind a quote inside a quoted cell: doubled, or closing.
    Quote,
    End,
}

impl State {
    fn after(self, byte: u8, delimiter: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::Quote,
            (Self::Quoted, _) => Self::Quoted,
            (Self::Start | Self::Quote, b'"') => Self::Quoted,
            (_, b'\n' | b'\r') => Self::End,
            (_, byte) if byte == delimiter => Self::Start,
            _ => Self::Plain,
        }
    }
}

/// The cells of one row, unquoted.
pub(crate) fn cells(record: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
    let mut cells = vec![Vec::new()];
    let mut state = State::Start;
    for byte in record {
        let mut next = state.after(*byte, delimiter);
        if next == State::End {
            // Only in the last cell of a row that was cut at a quote: the line end is content.
            next = State::Plain;
        }
        let content = match (state, next) {
            (_, State::Start) => {
                cells.push(Vec::new());
                false
            }
            (State::Start, State::Quoted) | (_, State::Quote) => false,
            _ => true,
        };
        if let (true, Some(cell)) = (content, cells.last_mut()) {
            cell.push(*byte);
        }
        state = next;
    }
    cells
}

/// The separator that parts the first line best, outside quotes; a comma when none does.
pub(crate) fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| matches!(byte, b'\n' | b'\r')).find(|line| !line.is_empty());
    let line = line.unwrap_or_default();
    let count = |delimiter: u8| cells(line, delimiter).len();
    let mut best = b',';
    for other in [b'\t', b';', b'|'] {
        if count(other) > count(best) {
            best = other;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(text: &[u8]) -> Vec<Record> {
        let mut rows = Rows::new(text).unwrap();
        std::iter::from_fn(|| rows.next()).collect()
    }

    fn shown(text: &str) -> Vec<(String, Option<Break>)> {
        let text_of = |r: Record| (String::from_utf8(r.bytes).unwrap(), r.broken);
        rows(text.as_bytes()).into_iter().map(text_of).collect()
    }

    #[test]
    fn a_stray_quote_costs_one_line_and_a_cut_cell_none() {
        let stray = shown("a,b\n1,\"x\n2,y\n3,z\n");
        assert_eq!(stray[1], ("1,\"x".to_owned(), Some(Break::Quote)));
        assert_eq!(stray.len(), 4);
        let cut = shown("a,b\n1,\"x\nsecond line\nthird");
        assert_eq!(cut[1], ("1,\"x\nsecond line\nthird".to_owned(), Some(Break::Quote)));
        let mut long = b"a,b\n1,\"".to_vec();
        long.resize(3 << 20, b'x');
        long.extend_from_slice(b"\n2,y\n");
        assert_eq!(rows(&long).len(), 3);
    }

    #[test]
    fn the_delimiter_is_the_one_that_parts_the_header() {
        for (head, expected) in [
            ("a,b,c\n", b','),
            ("a;b;c\n1,2,3,4", b';'),
            ("a\tb", b'\t'),
            ("\n\"a,b,c\"|d|e", b'|'),
            ("one", b','),
        ] {
            assert_eq!(delimiter(head.as_bytes()), expected, "{head}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn cells_are_those_of_the_csv_crate(text in "[ab,\"\n\r]{0,40}") {
            let text = format!("x,y\n{text}");
            let ours = rows(text.as_bytes());
            if ours.iter().all(|row| row.broken.is_none()) {
                let mut theirs = csv::ReaderBuilder::new()
                    .has_headers(false)
                    .flexible(true)
                    .from_reader(text.as_bytes());
                let theirs: Vec<Vec<Vec<u8>>> = theirs
                    .byte_records()
                    .map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect())
                    .collect();
                let ours: Vec<Vec<Vec<u8>>> =
                    ours.iter().map(|row| cells(&row.bytes, b',')).collect();
                prop_assert_eq!(ours, theirs);
            }
        }
    }
}
