//! Tables as text: cut at row ends in one cheap pass, cells on all cores.
//!
//! Quotes are read as RFC 4180 has them: one opens only where a cell begins, two inside stand for
//! one. A quote that never closes costs the row it stands in and no other.

use std::io::{self, Read};

use super::ends::Ends;

/// A row longer than this is given up.
const LONGEST: usize = 16 << 20;
/// Room that `read_to_end` wants beside what it reads.
pub(super) const PROBE: usize = 32;

/// Cuts a stream into pieces that end where rows end.
pub(crate) struct Splitter<R> {
    reader: R,
    delimiter: u8,
    /// Bytes of a piece, about.
    aim: usize,
    held: Vec<u8>,
    ended: bool,
    /// Quotes mean nothing: every line end is a row's, as in JSON lines.
    pub(crate) is_lines: bool,
    /// Bytes of a row that was given up are passed over until its line ends.
    skipping: bool,
}

/// A piece of a table.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) bytes: Vec<u8>,
    /// The piece is the beginning of a row that is too long.
    pub(crate) is_long_row: bool,
}

impl<R: Read> Splitter<R> {
    pub(crate) fn new(reader: R, delimiter: u8, aim: usize) -> Self {
        Self {
            reader,
            delimiter,
            aim,
            held: Vec::new(),
            ended: false,
            is_lines: false,
            skipping: false,
        }
    }

    /// Puts bytes that were read ahead in front.
    pub(crate) fn unread(&mut self, mut bytes: Vec<u8>) {
        bytes.append(&mut self.held);
        self.held = bytes;
    }

    /// The next piece; `spare` is a buffer to use again.
    pub(crate) fn next(&mut self, mut spare: Vec<u8>) -> io::Result<Option<Piece>> {
        let mut wanted = self.aim;
        loop {
            self.fill(wanted)?;
            if self.skipping {
                match memchr::memchr(b'\n', &self.held) {
                    Some(end) => {
                        self.held.drain(..=end);
                        self.skipping = false;
                    }
                    None => self.held.clear(),
                }
                if self.held.is_empty() && self.ended {
                    return Ok(None);
                }
                continue;
            }
            if self.held.is_empty() {
                return Ok(None);
            }
            let scanned = match self.is_lines {
                true => lines(&self.held, self.ended),
                false => scan(&self.held, self.delimiter, self.ended),
            };
            let end = if scanned.whole > 0 {
                scanned.whole
            } else if self.ended || (self.held.len() >= LONGEST && scanned.is_open) {
                // The quote never closes: its row ends at the first line end.
                memchr::memchr(b'\n', &self.held).map_or(self.held.len(), |at| at + 1)
            } else if self.held.len() >= LONGEST {
                self.skipping = true;
                self.held.truncate(4096);
                let bytes = std::mem::take(&mut self.held);
                return Ok(Some(Piece { bytes, is_long_row: true }));
            } else {
                wanted = self.held.len() * 2;
                continue;
            };
            spare.clear();
            spare.extend_from_slice(&self.held[end..]);
            self.held.truncate(end);
            let bytes = std::mem::replace(&mut self.held, spare);
            return Ok(Some(Piece { bytes, is_long_row: false }));
        }
    }

    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        while self.held.len() < wanted && !self.ended {
            let missing = wanted - self.held.len();
            // Room for all of it: nothing is moved while it comes in.
            self.held.reserve_exact(missing + PROBE);
            let got = (&mut self.reader).take(missing as u64).read_to_end(&mut self.held)?;
            self.ended = got < missing;
        }
        Ok(())
    }
}

struct Scanned {
    /// Where the last whole row ends; 0 when there is none.
    whole: usize,
    /// The bytes end inside a quote.
    is_open: bool,
}

fn lines(bytes: &[u8], ended: bool) -> Scanned {
    let last = memchr::memrchr(b'\n', bytes).map_or(0, |end| end + 1);
    Scanned { whole: if ended { bytes.len() } else { last }, is_open: false }
}

fn scan(bytes: &[u8], delimiter: u8, ended: bool) -> Scanned {
    let mut whole = 0;
    let mut at = 0;
    loop {
        let Some(quote) = memchr::memchr(b'"', &bytes[at..]).map(|found| at + found) else {
            if let Some(end) = memchr::memrchr(b'\n', &bytes[at..]) {
                whole = at + end + 1;
            }
            if ended {
                whole = bytes.len();
            }
            return Scanned { whole, is_open: false };
        };
        if let Some(end) = memchr::memrchr(b'\n', &bytes[at..quote]) {
            whole = at + end + 1;
        }
        let opens = quote == 0 || bytes[quote - 1] == delimiter || bytes[quote - 1] == b'\n';
        if !opens {
            at = quote + 1;
            continue;
        }
        match closing(bytes, quote) {
            Some(close) if close + 1 < bytes.len() || ended => at = close + 1,
            _ => return Scanned { whole, is_open: true },
        }
    }
}

/// The quote that closes the one at `open`.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let quote = at + memchr::memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        at = quote + 2;
    }
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    start: u32,
    end: u32,
    /// The cell stands in `unquoted`, not in the piece.
    is_unquoted: bool,
}

/// The cells of the rows of a piece, one row after another.
pub(crate) struct Rows<'a> {
    bytes: &'a [u8],
    delimiter: u8,
    /// No quote anywhere: a row ends where a line ends, a cell there or at a delimiter.
    pub(crate) is_plain: bool,
    /// Of a plain piece, delimiters and line ends of the block at hand that were not come to.
    ends: Ends,
    /// Cells wanted: the last place and one.
    wanted: usize,
    at: usize,
    cells: Vec<Cell>,
    unquoted: Vec<u8>,
    start: usize,
    /// The row ends in an open quote.
    pub(crate) is_open: bool,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(bytes: &'a [u8], delimiter: u8, wanted: usize) -> Self {
        Self {
            bytes,
            delimiter,
            is_plain: memchr::memchr(b'"', bytes).is_none(),
            ends: Ends::default(),
            wanted,
            at: 0,
            cells: Vec::new(),
            unquoted: Vec::new(),
            start: 0,
            is_open: false,
        }
    }

    /// Goes on to the next row that is not blank. Whether there is one.
    #[inline]
    pub(crate) fn advance(&mut self) -> bool {
        if self.is_plain {
            return self.advance_plain();
        }
        loop {
            match self.bytes.get(self.at..) {
                Some([b'\n', ..]) => self.at += 1,
                Some([b'\r', b'\n', ..]) => self.at += 2,
                _ => break,
            }
        }
        self.start = self.at;
        self.cells.clear();
        self.unquoted.clear();
        self.is_open = false;
        if self.at >= self.bytes.len() {
            return false;
        }
        loop {
            let ended = match self.bytes.get(self.at) {
                Some(b'"') => self.quoted(),
                _ => self.bare(),
            };
            if ended {
                return true;
            }
        }
    }

    /// The same where there are no quotes.
    #[inline]
    fn advance_plain(&mut self) -> bool {
        self.cells.clear();
        let mut cell = self.at;
        self.start = cell;
        while cell < self.bytes.len() {
            let end = self.ends.next(self.bytes, self.delimiter);
            if self.bytes.get(end) == Some(&self.delimiter) {
                self.push(cell, end, false);
                cell = end + 1;
                continue;
            }
            self.at = (end + 1).min(self.bytes.len());
            let is_crlf = end > cell && self.bytes[end - 1] == b'\r';
            let trimmed = end - usize::from(is_crlf);
            let is_blank = cell == self.start && trimmed == cell && end < self.bytes.len();
            if is_blank {
                (self.start, cell) = (self.at, self.at);
                continue;
            }
            self.push(cell, trimmed, false);
            return true;
        }
        // A delimiter was the last byte: an empty cell stands behind it.
        let is_cell = self.start < self.bytes.len();
        if is_cell {
            self.push(cell, cell, false);
            self.at = self.bytes.len();
        }
        is_cell
    }

    /// A cell without quotes. Whether it ends the row.
    #[inline]
    fn bare(&mut self) -> bool {
        let start = self.at;
        let rest = &self.bytes[start..];
        let length = rest
            .iter()
            .position(|byte| *byte == self.delimiter || *byte == b'\n')
            .unwrap_or(rest.len());
        let end = start + length;
        let last = self.bytes.get(end) != Some(&self.delimiter);
        let trimmed =
            if last && end > start && self.bytes[end - 1] == b'\r' { end - 1 } else { end };
        self.push(start, trimmed, false);
        self.at = (end + 1).min(self.bytes.len());
        last
    }

    #[cold]
    fn quoted(&mut self) -> bool {
        let open = self.at;
        let Some(close) = closing(self.bytes, open) else {
            self.push(open, self.bytes.len(), false);
            self.at = self.bytes.len();
            self.is_open = true;
            return true;
        };
        let inner = &self.bytes[open + 1..close];
        let rest = &self.bytes[close + 1..];
        let length = rest
            .iter()
            .position(|byte| *byte == self.delimiter || *byte == b'\n')
            .unwrap_or(rest.len());
        let end = close + 1 + length;
        let last = self.bytes.get(end) != Some(&self.delimiter);
        let after = &rest[..length];
        let after = if last { after.strip_suffix(b"\r").unwrap_or(after) } else { after };
        if after.is_empty() && memchr::memchr(b'"', inner).is_none() {
            self.push(open + 1, close, false);
        } else {
            let start = self.unquoted.len();
            let mut before = 0;
            for byte in inner {
                // Of two quotes the first is kept.
                if *byte == b'"' && before == b'"' {
                    before = 0;
                    continue;
                }
                before = *byte;
                self.unquoted.push(*byte);
            }
            self.unquoted.extend_from_slice(after);
            self.push(start, self.unquoted.len(), true);
        }
        self.at = (end + 1).min(self.bytes.len());
        last
    }

    #[inline]
    fn push(&mut self, start: usize, end: usize, is_unquoted: bool) {
        if self.cells.len() < self.wanted {
            self.cells.push(Cell { start: start as u32, end: end as u32, is_unquoted });
        }
    }

    /// The cells that the row has, up to the last one wanted.
    pub(crate) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell without the white space around it.
    #[inline]
    pub(crate) fn cell(&self, at: usize) -> Option<&[u8]> {
        let cell = self.cells.get(at)?;
        let from = if cell.is_unquoted { &self.unquoted } else { self.bytes };
        Some(from[cell.start as usize..cell.end as usize].trim_ascii())
    }

    /// The row as it stands.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.bytes[self.start..self.at]
    }
}

/// The cells of the first row, and where the next begins.
pub(crate) fn header(bytes: &[u8], delimiter: u8) -> (Vec<String>, usize) {
    let mut rows = Rows::new(bytes, delimiter, usize::MAX);
    rows.advance();
    let names = (0..rows.len())
        .filter_map(|at| rows.cell(at))
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .collect();
    (names, rows.at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(bytes: &[u8], wanted: usize) -> Vec<Vec<String>> {
        let mut reader = Rows::new(bytes, b',', wanted);
        let mut rows = Vec::new();
        while reader.advance() {
            let cell = |at| String::from_utf8_lossy(reader.cell(at).unwrap()).into_owned();
            rows.push((0..reader.len()).map(cell).collect());
        }
        rows
    }

    fn pieces(bytes: &[u8], aim: usize) -> Vec<Vec<u8>> {
        let mut splitter = Splitter::new(bytes, b',', aim);
        let mut pieces = Vec::new();
        while let Some(piece) = splitter.next(Vec::new()).unwrap() {
            pieces.push(piece.bytes);
        }
        pieces
    }

    #[test]
    fn cells_as_the_csv_crate_reads_them() {
        for text in [
            "a,b,c\nd,e,f\n",
            "a,\"b,\"\"x\"\"\",c\r\nd,\"e\ne\",f",
            "\"a\"b,c\n,,\n",
            "a\"b,c\"d\n",
            "a,b\nc\n\nd,e,f,g\n",
            "\"\",\"\"\"\"\n",
        ] {
            let mut reader = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes());
            let expected: Vec<Vec<String>> = reader
                .records()
                .map(|row| row.unwrap().iter().map(str::to_owned).collect())
                .collect();
            assert_eq!(rows(text.as_bytes(), 9), expected, "{text:?}");
        }
    }

    #[test]
    fn an_open_quote_costs_its_own_row() {
        let text = b"a,b\nc,\"open\nd,e\nf,g\n";
        let all: Vec<Vec<Vec<String>>> =
            pieces(text, 1 << 20).iter().map(|piece| rows(piece, 9)).collect();
        let flat: Vec<String> = all.concat().iter().map(|row| row.join("|")).collect();
        assert_eq!(flat, ["a|b", "c|\"open", "d|e", "f|g"]);
    }

    #[test]
    fn a_row_without_end_is_given_up_and_the_next_is_read() {
        let mut text = vec![b'x'; LONGEST + 10];
        text.extend_from_slice(b"\na,b\n");
        let mut splitter = Splitter::new(&text[..], b',', 1 << 20);
        let long = splitter.next(Vec::new()).unwrap().unwrap();
        assert!(long.is_long_row);
        assert_eq!(splitter.next(Vec::new()).unwrap().unwrap().bytes, b"a,b\n");
    }

    proptest! {
        /// Cutting never changes the rows, wherever the cuts fall.
        #[test]
        fn pieces_hold_the_rows_of_the_whole(
            text in "([ab,\"\n\r ]|\"[a,\n]{0,5}\"){0,60}",
            aim in 1_usize..20,
        ) {
            let whole: Vec<Vec<String>> =
                pieces(text.as_bytes(), 1 << 20).iter().flat_map(|piece| rows(piece, 9)).collect();
            let cut: Vec<Vec<String>> =
                pieces(text.as_bytes(), aim).iter().flat_map(|piece| rows(piece, 9)).collect();
            prop_assert_eq!(whole, cut);
            prop_assert_eq!(pieces(text.as_bytes(), aim).concat(), text.as_bytes());
        }

        /// Without quotes a row is a line and a cell what stands between delimiters, wherever
        /// blocks of 64 bytes begin.
        #[test]
        fn plain_rows_are_lines_cut_at_delimiters(text in "([ab,\r]{0,30}\n?){0,12}") {
            let expected: Vec<Vec<String>> = text
                .split_inclusive('\n')
                .map(|line| match line.strip_suffix('\n') {
                    Some(whole) => (whole.strip_suffix('\r').unwrap_or(whole), true),
                    None => (line.strip_suffix('\r').unwrap_or(line), false),
                })
                .filter(|(line, whole)| !line.is_empty() || !whole)
                .map(|(line, _)| line.split(',').map(|cell| cell.trim().to_owned()).collect())
                .collect();
            prop_assert_eq!(rows(text.as_bytes(), 99), expected);
        }

        #[test]
        fn fewer_cells_wanted_are_the_first_ones(text in "[ab,\n]{0,60}", wanted in 1_usize..4) {
            let all = rows(text.as_bytes(), 99);
            let some = rows(text.as_bytes(), wanted);
            let cut: Vec<Vec<String>> =
                all.into_iter().map(|row| row.into_iter().take(wanted).collect()).collect();
            prop_assert_eq!(some, cut);
        }
    }
}
