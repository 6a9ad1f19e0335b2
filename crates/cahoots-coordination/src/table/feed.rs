//! From files to pieces: what a file is, and its bytes in pieces that threads can take.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use super::csv::{self, Splitter};
use super::encode::Encoder;
use super::layout::Layout;
use super::problem::Fault;
use super::time::Clock;
use super::{Reading, TableError, json, parquet};

/// Bytes of a piece, at most and at least.
const LARGEST: u64 = 4 << 20;
const SMALLEST: u64 = if cfg!(test) { 40 } else { 128 << 10 };
/// Bytes looked at to tell what a file is: of cells, where the first row ends in them, and of JSON
/// or a longer row.
const FIRST: usize = if cfg!(test) { 40 } else { 64 << 10 };
const HEAD: usize = 1 << 20;

/// What the pieces of one file have in common.
pub(crate) struct Table {
    pub(crate) layout: Layout,
    pub(crate) clock: Clock,
    form: Form,
}

enum Form {
    Csv { delimiter: u8 },
    Json { names: Vec<String> },
    Parquet { path: std::path::PathBuf, shape: parquet::Shape },
}

/// Work for one thread.
pub(crate) struct Piece {
    pub(crate) file: u32,
    pub(crate) table: Arc<Table>,
    bytes: Vec<u8>,
    /// The row group of a Parquet file.
    group: usize,
    is_long_row: bool,
}

/// What a file is called and what was read of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileFacts {
    /// As it was given.
    pub name: String,
    /// Rows of data in it.
    pub rows: u64,
}

impl Piece {
    /// Takes every row. Gives the buffer back.
    pub(crate) fn take(mut self, encoder: &mut Encoder<'_>) -> io::Result<Vec<u8>> {
        if self.is_long_row {
            encoder.fault(Fault::LongRow, &self.bytes);
            encoder.next_row();
            return Ok(std::mem::take(&mut self.bytes));
        }
        let layout = &self.table.layout;
        match &self.table.form {
            Form::Csv { delimiter } => rows(&self.bytes, *delimiter, layout, encoder),
            Form::Json { names } => json::take(&self.bytes, names, layout, encoder),
            Form::Parquet { path, shape } => {
                parquet::take(path, shape, self.group, layout, encoder)?;
            }
        }
        Ok(std::mem::take(&mut self.bytes))
    }
}

fn rows(bytes: &[u8], delimiter: u8, layout: &Layout, encoder: &mut Encoder<'_>) {
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    let mut rows = csv::Rows::new(bytes, delimiter, layout.width);
    encoder.is_plain = rows.is_plain;
    while rows.advance() {
        if rows.is_open {
            encoder.fault(Fault::CutRow, rows.raw());
        } else if is_utf8 || std::str::from_utf8(rows.raw()).is_ok() {
            layout.take(encoder, |at| rows.cell(at), rows.raw());
        } else {
            encoder.fault(Fault::NotUtf8, rows.raw());
            let decoded: Vec<String> = (0..rows.len())
                .filter_map(|at| rows.cell(at))
                .map(|cell| match std::str::from_utf8(cell) {
                    Ok(text) => text.to_owned(),
                    Err(_) => {
                        encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0.into_owned()
                    }
                })
                .collect();
            let cell = |at: usize| decoded.get(at).map(|text| text.as_bytes());
            layout.take(encoder, cell, rows.raw());
        }
        encoder.next_row();
    }
}

/// Hands every piece of a file to `give`, in order, until it says no.
pub(crate) fn file(
    path: &Path,
    number: u32,
    how: &Reading,
    threads: usize,
    spare: &mut impl FnMut() -> Vec<u8>,
    give: &mut impl FnMut(Piece) -> bool,
) -> Result<(), TableError> {
    let name = path.display().to_string();
    let failed = |error: io::Error| TableError::Read { file: name.clone(), error };
    let is_standard_input = path.as_os_str() == "-";
    if !is_standard_input && path.is_dir() {
        return Err(TableError::Folder { file: name });
    }
    let (mut reader, size): (Box<dyn Read>, u64) = if is_standard_input {
        (Box::new(io::stdin().lock()), u64::MAX)
    } else {
        let file = File::open(path).map_err(failed)?;
        let size = file.metadata().map_err(failed)?.len();
        (Box::new(file), size)
    };
    let mut head = read_some(&mut reader, 16).map_err(failed)?;
    if head.starts_with(b"PAR1") && !is_standard_input {
        return parquet_file(path, number, how, give);
    }
    let magic = head.clone();
    let mut reader: Box<dyn Read> = match &*magic {
        [0x1f, 0x8b, ..] => {
            let bytes = io::Cursor::new(std::mem::take(&mut head)).chain(reader);
            Box::new(flate2::bufread::MultiGzDecoder::new(BufReader::new(bytes)))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let bytes = io::Cursor::new(std::mem::take(&mut head)).chain(reader);
            Box::new(zstd::Decoder::new(bytes).map_err(failed)?)
        }
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            let bytes = io::Cursor::new(std::mem::take(&mut head)).chain(reader);
            Box::new(Utf16::new(bytes))
        }
        _ => reader,
    };
    read_head(&mut reader, &mut head).map_err(failed)?;
    if head.is_empty() {
        return Err(TableError::Empty { file: name });
    }
    let clock = |layout: &Layout| Clock {
        zone: how.zone.clone(),
        is_utc: layout.is_utc(),
        keeps_negative: how.compat.is_some(),
    };
    let delimiter;
    let table = if head.trim_ascii_start().starts_with(b"{") {
        let names = json::header(&head);
        let layout = Layout::new(&names, how, &name)?;
        delimiter = 0;
        Table { clock: clock(&layout), layout, form: Form::Json { names } }
    } else if head.trim_ascii_start().starts_with(b"[") {
        return Err(TableError::Array { file: name });
    } else {
        if memchr::memchr(b'\n', &head).is_none() && memchr::memchr(b'\r', &head).is_some() {
            return Err(TableError::Columns {
                file: name,
                reason: "its lines end in carriage returns alone; save it with the line ends \
                         of this century"
                    .to_owned(),
            });
        }
        delimiter = delimiter_of(&head);
        let (names, end) = csv::header(&head, delimiter);
        let layout = Layout::new(&names, how, &name)?;
        head.drain(..end);
        Table { clock: clock(&layout), layout, form: Form::Csv { delimiter } }
    };
    let table = Arc::new(table);
    // Small pieces stay in the cache of the core that takes them.
    let aim = (size / (threads as u64 * 16)).clamp(SMALLEST, LARGEST) as usize;
    // A delimiter of 0 never stands before a quote: in JSON lines every line end is a row's.
    let mut splitter = Splitter::new(reader, delimiter, aim);
    splitter.is_lines = delimiter == 0;
    splitter.unread(head);
    while let Some(piece) = splitter.next(spare()).map_err(failed)? {
        let csv::Piece { bytes, is_long_row } = piece;
        let piece = Piece { file: number, table: table.clone(), bytes, group: 0, is_long_row };
        if !give(piece) {
            break;
        }
    }
    Ok(())
}

fn parquet_file(
    path: &Path,
    number: u32,
    how: &Reading,
    give: &mut impl FnMut(Piece) -> bool,
) -> Result<(), TableError> {
    let name = path.display().to_string();
    let shape =
        parquet::shape(path).map_err(|error| TableError::Read { file: name.clone(), error })?;
    let layout = Layout::new(&shape.names, how, &name)?;
    let clock = Clock {
        zone: how.zone.clone(),
        is_utc: layout.is_utc(),
        keeps_negative: how.compat.is_some(),
    };
    let groups = shape.groups;
    let path = path.to_owned();
    let table = Arc::new(Table { layout, clock, form: Form::Parquet { path, shape } });
    for group in 0..groups {
        let (table, bytes) = (table.clone(), Vec::new());
        if !give(Piece { file: number, table, bytes, group, is_long_row: false }) {
            break;
        }
    }
    Ok(())
}

fn read_some(reader: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads what is looked at, without the mark of UTF-8. Lines of JSON name their columns as they go:
/// many of them are looked at.
fn read_head(reader: &mut impl Read, head: &mut Vec<u8>) -> io::Result<()> {
    head.reserve_exact(FIRST + csv::PROBE);
    reader.by_ref().take(FIRST as u64).read_to_end(head)?;
    if head.starts_with(b"\xef\xbb\xbf") {
        head.drain(..3);
    }
    let is_cells = !matches!(head.trim_ascii_start().first(), None | Some(b'{'));
    let is_enough = is_cells && csv::header(head, delimiter_of(head)).1 < head.len();
    if !is_enough {
        reader.take((HEAD - FIRST) as u64).read_to_end(head)?;
    }
    Ok(())
}

/// The delimiter that the first line has most of.
fn delimiter_of(head: &[u8]) -> u8 {
    let end = memchr::memchr(b'\n', head).unwrap_or(head.len());
    let count = |wanted: u8| memchr::memchr_iter(wanted, &head[..end]).count();
    let mut best = b',';
    for candidate in [b'\t', b';', b'|'] {
        if count(candidate) > count(best) {
            best = candidate;
        }
    }
    best
}

/// UTF-16 with its mark, as UTF-8.
struct Utf16<R> {
    reader: R,
    decoder: encoding_rs::Decoder,
    raw: Vec<u8>,
    text: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn new(reader: R) -> Self {
        // The mark says which of the two it is.
        let decoder = encoding_rs::UTF_16LE.new_decoder();
        Self { reader, decoder, raw: vec![0; 64 << 10], text: Vec::new(), at: 0, ended: false }
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.text.len() && !self.ended {
            let n = self.reader.read(&mut self.raw)?;
            self.ended = n == 0;
            let room = self.decoder.max_utf8_buffer_length(n).unwrap_or(n * 4);
            self.text.resize(room, 0);
            let (_, _, written, _) =
                self.decoder.decode_to_utf8(&self.raw[..n], &mut self.text, self.ended);
            self.text.truncate(written);
            self.at = 0;
        }
        let n = into.len().min(self.text.len() - self.at);
        into[..n].copy_from_slice(&self.text[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
