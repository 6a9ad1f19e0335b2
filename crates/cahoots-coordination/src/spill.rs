//! What does not fit into memory goes to a temporary folder as sorted runs, and is merged from
//! there.
//!
//! A run is one unnamed file with a part for each shard or partition. Numbers are written as
//! differences to the row before, in as few bytes as they need.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

/// The least memory that can be worked in.
pub const LEAST_MEMORY: u64 = if cfg!(test) { 1 << 10 } else { 64 << 20 };

/// Bytes read at once from each run.
const BUFFER: usize = 128 << 10;

/// What may be held in memory, and where the rest goes.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// Bytes; `None` for no limit.
    pub memory: Option<u64>,
    /// Folder for what does not fit; `None` for the system's.
    pub temp: Option<PathBuf>,
}

/// Why memory or temporary space do not do.
#[derive(Debug, Error)]
pub enum SpillError {
    /// The limit is below what any work needs.
    #[error(
        "{given} bytes of memory are too few to work in: the least is {} bytes (64 MiB)",
        LEAST_MEMORY
    )]
    TooLittle {
        /// What was given.
        given: u64,
    },
    /// The names of accounts and objects do not fit.
    #[error(
        "the names of accounts and objects alone need {needed} bytes of memory, and {given} are \
         allowed"
    )]
    Names {
        /// What they need so far.
        needed: u64,
        /// What was given.
        given: u64,
    },
    /// The result does not fit.
    #[error(
        "the edges need more than the {given} bytes of memory that are allowed; ask for a higher least weight"
    )]
    Edges {
        /// What was given.
        given: u64,
    },
    /// The temporary folder cannot be used.
    #[error("the temporary folder {} cannot be used", folder.display())]
    Temp {
        /// The folder.
        folder: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
}

impl Budget {
    /// Whether any work can be done within it.
    ///
    /// # Errors
    /// When it cannot.
    pub fn check(&self) -> Result<(), SpillError> {
        match self.memory {
            Some(given) if given < LEAST_MEMORY => return Err(SpillError::TooLittle { given }),
            // Found out before the work starts, not in the middle of it.
            Some(_) => drop(self.file()?),
            None => {}
        }
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        self.temp.clone().unwrap_or_else(std::env::temp_dir)
    }

    pub(crate) fn failed(&self, error: io::Error) -> SpillError {
        SpillError::Temp { folder: self.folder(), error }
    }

    /// A temporary file that vanishes with its handle.
    fn file(&self) -> Result<File, SpillError> {
        tempfile::tempfile_in(self.folder()).map_err(|error| self.failed(error))
    }

    /// A part of the memory, in bytes; everything where there is no limit.
    pub(crate) fn part(&self, of: u64) -> u64 {
        self.memory.map_or(u64::MAX, |memory| memory / of)
    }
}

/// A run that is being written.
pub(crate) struct RunWriter {
    out: BufWriter<File>,
    at: u64,
    ends: Vec<u64>,
}

impl RunWriter {
    pub(crate) fn new(budget: &Budget) -> Result<Self, SpillError> {
        Ok(Self { out: BufWriter::with_capacity(1 << 20, budget.file()?), at: 0, ends: Vec::new() })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.at += bytes.len() as u64;
        self.out.write_all(bytes)
    }

    /// Ends a part; the next begins.
    pub(crate) fn end_part(&mut self) {
        self.ends.push(self.at);
    }

    pub(crate) fn finish(self) -> io::Result<Run> {
        let file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        Ok(Run { file: Mutex::new(file), ends: self.ends })
    }
}

/// A finished run.
#[derive(Debug)]
pub(crate) struct Run {
    file: Mutex<File>,
    ends: Vec<u64>,
}

impl Run {
    /// Bytes on disk.
    pub(crate) fn size(&self) -> u64 {
        self.ends.last().copied().unwrap_or_default()
    }

    /// Reads one part from its beginning.
    pub(crate) fn part(&self, part: usize) -> PartReader<'_> {
        let start = part.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(part).copied().unwrap_or_default();
        let next = start.unwrap_or_default();
        PartReader { run: self, next, end, buffer: Vec::new(), at: 0 }
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(into)
    }
}

/// Reads a part of a run.
pub(crate) struct PartReader<'a> {
    run: &'a Run,
    next: u64,
    end: u64,
    buffer: Vec<u8>,
    at: usize,
}

impl PartReader<'_> {
    /// Makes sure that `wanted` bytes are there, if the part has them.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.buffer.len() - self.at >= wanted {
            return Ok(());
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let more = (self.end - self.next).min(BUFFER as u64) as usize;
        let held = self.buffer.len();
        self.buffer.resize(held + more, 0);
        self.run.read_at(self.next, &mut self.buffer[held..])?;
        self.next += more as u64;
        Ok(())
    }

    /// Whether everything was read.
    pub(crate) fn is_done(&self) -> bool {
        self.next == self.end && self.at == self.buffer.len()
    }

    /// Gets ready for one record of at most `longest` bytes.
    pub(crate) fn ready(&mut self, longest: usize) -> io::Result<()> {
        self.fill(longest)
    }

    pub(crate) fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0_u64;
        let mut shift = 0;
        loop {
            let byte = *self.buffer.get(self.at).ok_or(io::ErrorKind::UnexpectedEof)?;
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    pub(crate) fn signed(&mut self) -> io::Result<i64> {
        let value = self.varint()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    pub(crate) fn fixed(&mut self) -> io::Result<u64> {
        let bytes = self.buffer.get(self.at..self.at + 8).ok_or(io::ErrorKind::UnexpectedEof)?;
        self.at += 8;
        Ok(u64::from_le_bytes(bytes.try_into().unwrap_or_default()))
    }
}

/// Appends a number in as few bytes as it needs.
pub(crate) fn put(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Appends a number that may be negative.
pub(crate) fn put_signed(bytes: &mut Vec<u8>, value: i64) {
    put(bytes, ((value << 1) ^ (value >> 63)) as u64);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let budget = Budget { memory: Some(LEAST_MEMORY), temp: None };
        let mut writer = RunWriter::new(&budget).unwrap();
        let numbers = [0_i64, 1, -1, 63, -64, 1 << 40, i64::MIN, i64::MAX];
        for part in 0..3 {
            let mut bytes = Vec::new();
            for number in numbers {
                put_signed(&mut bytes, number);
                put(&mut bytes, number as u64 ^ part);
                bytes.extend_from_slice(&number.to_le_bytes());
            }
            writer.write(&bytes).unwrap();
            writer.end_part();
        }
        let run = writer.finish().unwrap();
        for part in 0..3_u64 {
            let mut reader = run.part(part as usize);
            for number in numbers {
                reader.ready(30).unwrap();
                assert_eq!(reader.signed().unwrap(), number);
                assert_eq!(reader.varint().unwrap(), number as u64 ^ part);
                assert_eq!(reader.fixed().unwrap(), number as u64);
            }
            assert!(reader.is_done());
            assert!(reader.varint().is_err());
        }
    }

    #[test]
    fn impossible_limits_are_refused() {
        let little = Budget { memory: Some(1000), temp: None };
        assert!(matches!(little.check(), Err(SpillError::TooLittle { given: 1000 })));
        let nowhere = Budget { memory: Some(1 << 30), temp: Some("/nowhere/at/all".into()) };
        assert!(matches!(nowhere.check(), Err(SpillError::Temp { .. })));
        assert!(Budget::default().check().is_ok());
    }
}
