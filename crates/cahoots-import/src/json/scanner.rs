//! Stepping over JSON values in a stream.

use std::io::{self, Read};

/// How much is read at once.
const READ: usize = 64 * 1024;

/// How deep values may nest; deeper is an attack or damage.
const DEEPEST: usize = 512;

/// How far an assignment may stand before its list.
const PREAMBLE: u64 = 4 * 1024;

/// Why a value could not be stepped over.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The input ends inside it.
    Cut,
    /// Something stands where a value, a comma or a bracket should.
    Malformed,
    /// The input cannot be read further.
    Read(io::Error),
}

/// A place in a stream of JSON.
pub(crate) struct Scanner<R> {
    reader: R,
    buffer: Vec<u8>,
    /// Place in `buffer`.
    at: usize,
    /// Offset in the stream of the start of `buffer`.
    base: u64,
    /// Everything from this offset on stays in `buffer`.
    kept_from: Option<u64>,
    /// More than this is not kept.
    most_kept: usize,
    /// Offset of the entry that was last kept, or the place behind the last one that was read.
    entry: u64,
    ended: bool,
}

impl<R: Read> Scanner<R> {
    pub(crate) fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            at: 0,
            base: 0,
            kept_from: None,
            most_kept: usize::MAX,
            entry: 0,
            ended: false,
        }
    }

    /// A scanner that stops keeping a value when it becomes longer than `most` bytes.
    pub(crate) fn bounded(reader: R, most: usize) -> Self {
        Self { most_kept: most, ..Self::new(reader) }
    }

    /// Offset of the next byte.
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.at as u64
    }

    /// Keeps what follows in memory; returns its offset.
    pub(crate) fn keep(&mut self) -> u64 {
        let offset = self.offset();
        self.kept_from = Some(offset);
        self.entry = offset;
        offset
    }

    /// What was stepped over since `keep`; empty when that was too much.
    pub(crate) fn kept(&self) -> &[u8] {
        let from = self.kept_from.map_or(self.at, |from| (from - self.base) as usize);
        &self.buffer[from..self.at]
    }

    /// Where the entry began that was last kept or stepped to.
    pub(crate) fn entry_start(&self) -> u64 {
        self.entry
    }

    /// Keeps nothing any more.
    pub(crate) fn release(&mut self) {
        self.kept_from = None;
        self.entry = self.offset();
    }

    /// Reads to the end; returns the length of the stream as far as it can be read.
    pub(crate) fn drain(&mut self) -> u64 {
        self.kept_from = None;
        loop {
            self.at = self.buffer.len();
            if !matches!(self.fill(), Ok(true)) {
                return self.offset();
            }
        }
    }

    /// More bytes into the buffer; `false` at the end.
    fn fill(&mut self) -> Result<bool, Fault> {
        if self.ended {
            return Ok(false);
        }
        if self.kept_from.is_some_and(|from| self.offset() - from > self.most_kept as u64) {
            self.kept_from = None;
        }
        let from = self.kept_from.map_or(self.at, |from| (from - self.base) as usize).min(self.at);
        // Moving what is kept costs as much as it is long: only when there is as much to drop.
        if from > self.buffer.len() / 2 {
            self.buffer.drain(..from);
            self.at -= from;
            self.base += from as u64;
        }
        let length = self.buffer.len();
        self.buffer.resize(length + READ, 0);
        let read = loop {
            match self.reader.read(&mut self.buffer[length..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let count = *read.as_ref().unwrap_or(&0);
        self.buffer.truncate(length + count);
        self.ended = count == 0;
        read.map(|count| count > 0).map_err(Fault::Read)
    }

    /// The next byte without stepping over it.
    fn byte(&mut self) -> Result<Option<u8>, Fault> {
        while self.at >= self.buffer.len() {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.buffer[self.at]))
    }

    /// The next byte that is not white space; `None` at the end.
    pub(crate) fn peek(&mut self) -> Result<Option<u8>, Fault> {
        while let Some(byte) = self.byte()? {
            if !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                return Ok(Some(byte));
            }
            self.at += 1;
        }
        Ok(None)
    }

    /// Steps over `wanted` after white space.
    pub(crate) fn expect(&mut self, wanted: u8) -> Result<(), Fault> {
        match self.peek()? {
            Some(byte) if byte == wanted => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Fault::Malformed),
            None => Err(Fault::Cut),
        }
    }

    /// Steps over `name =` and byte order marks, to the value.
    pub(crate) fn enter_list_file(&mut self) -> Result<(), Fault> {
        while let Some(byte) = self.byte()? {
            match byte {
                b'[' | b'{' => return Ok(()),
                b'=' => {
                    self.at += 1;
                    return match self.peek()? {
                        Some(b'[' | b'{') => Ok(()),
                        Some(_) => Err(Fault::Malformed),
                        None => Err(Fault::Cut),
                    };
                }
                _ if self.offset() > PREAMBLE => return Err(Fault::Malformed),
                _ => self.at += 1,
            }
        }
        Err(Fault::Cut)
    }

    /// Steps into an array and over its first `place` values; whether there is a value then.
    pub(crate) fn element(&mut self, place: u64) -> Result<bool, Fault> {
        self.expect(b'[')?;
        let mut first = true;
        for _ in 0..place {
            if !self.next_element(&mut first)? {
                return Ok(false);
            }
            self.skip_value()?;
        }
        self.next_element(&mut first)
    }

    /// Inside an array: steps to the next value; `false` after stepping over its end. `first`
    /// starts as true.
    pub(crate) fn next_element(&mut self, first: &mut bool) -> Result<bool, Fault> {
        self.next_entry(first, b']')
    }

    fn next_entry(&mut self, first: &mut bool, end: u8) -> Result<bool, Fault> {
        match self.peek()?.ok_or(Fault::Cut)? {
            byte if byte == end => {
                self.at += 1;
                return Ok(false);
            }
            b',' if !*first => self.at += 1,
            _ if *first => {}
            _ => return Err(Fault::Malformed),
        }
        *first = false;
        // A comma before the closing bracket is a common slip.
        if self.peek()?.ok_or(Fault::Cut)? == end {
            self.at += 1;
            return Ok(false);
        }
        Ok(true)
    }

    /// Steps into an object to the value of `name`; whether there is one.
    pub(crate) fn member(&mut self, name: &str) -> Result<bool, Fault> {
        self.expect(b'{')?;
        let mut first = true;
        while let Some(key) = self.next_key(&mut first)? {
            if key == name {
                return Ok(true);
            }
            self.skip_value()?;
        }
        Ok(false)
    }

    /// Inside an object: steps to the value of the next key; `None` after stepping over its end.
    pub(crate) fn next_key(&mut self, first: &mut bool) -> Result<Option<String>, Fault> {
        if !self.next_entry(first, b'}')? {
            return Ok(None);
        }
        if self.peek()? != Some(b'"') {
            return Err(Fault::Malformed);
        }
        let outer = self.kept_from;
        let start = self.offset();
        self.kept_from = Some(outer.map_or(start, |outer| outer.min(start)));
        self.skip_value()?;
        if self.kept_from.is_none() {
            return Err(Fault::Malformed);
        }
        let raw = self.buffer[(start - self.base) as usize..self.at].to_vec();
        self.kept_from = outer;
        let key = serde_json::from_slice(&raw)
            .unwrap_or_else(|_| String::from_utf8_lossy(&raw).trim_matches('"').to_owned());
        self.expect(b':')?;
        self.peek()?;
        Ok(Some(key))
    }

    /// Steps over one value, whatever it is, by its brackets and quotes.
    pub(crate) fn skip_value(&mut self) -> Result<(), Fault> {
        match self.peek()?.ok_or(Fault::Cut)? {
            b'"' => self.skip_string(),
            b'{' | b'[' => self.skip_nested(),
            b'}' | b']' | b',' | b':' => Err(Fault::Malformed),
            _ => {
                while let Some(byte) = self.byte()? {
                    if matches!(byte, b',' | b']' | b'}' | b':' | b' ' | b'\t' | b'\r' | b'\n') {
                        break;
                    }
                    self.at += 1;
                }
                Ok(())
            }
        }
    }

    fn skip_string(&mut self) -> Result<(), Fault> {
        self.at += 1;
        loop {
            if self.byte()?.is_none() {
                return Err(Fault::Cut);
            }
            let Some(found) = memchr::memchr2(b'"', b'\\', &self.buffer[self.at..]) else {
                self.at = self.buffer.len();
                continue;
            };
            self.at += found;
            let quote = self.buffer[self.at] == b'"';
            self.at += 1;
            if quote {
                return Ok(());
            }
            if self.byte()?.is_none() {
                return Err(Fault::Cut);
            }
            self.at += 1;
        }
    }

    fn skip_nested(&mut self) -> Result<(), Fault> {
        let mut open: Vec<u8> = Vec::new();
        while let Some(byte) = self.byte()? {
            match byte {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' if open.len() >= DEEPEST => return Err(Fault::Malformed),
                b'{' => open.push(b'}'),
                b'[' => open.push(b']'),
                b'}' | b']' => {
                    if open.pop() != Some(byte) {
                        return Err(Fault::Malformed);
                    }
                    if open.is_empty() {
                        self.at += 1;
                        return Ok(());
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
        Err(Fault::Cut)
    }
}
