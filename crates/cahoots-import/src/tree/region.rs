//! Bytes that can be read from any place: part of a file, of memory or of a spooled file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use tempfile::TempPath;

/// A run of uncompressed bytes with random access. Cheap to clone; a spooled file is deleted
/// when the last region over it goes.
#[derive(Clone, Debug)]
pub struct Region {
    body: Body,
    start: u64,
    length: u64,
}

#[derive(Clone, Debug)]
enum Body {
    File(Arc<Path>),
    Memory(Arc<[u8]>),
    Spooled(Arc<TempPath>),
}

impl Region {
    /// A whole file of `length` bytes.
    pub fn of_file(path: &Path, length: u64) -> Self {
        Self { body: Body::File(path.into()), start: 0, length }
    }

    /// Bytes in memory.
    pub fn of_bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { length: bytes.len() as u64, body: Body::Memory(bytes), start: 0 }
    }

    pub(crate) fn of_spooled(path: TempPath, length: u64) -> Self {
        Self { body: Body::Spooled(Arc::new(path)), start: 0, length }
    }

    /// Length in bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The part from `start` on, `length` bytes or as many as there are.
    pub fn part(&self, start: u64, length: u64) -> Self {
        let start = start.min(self.length);
        let length = length.min(self.length - start);
        Self { body: self.body.clone(), start: self.start + start, length }
    }

    /// Opens it for reading and seeking. Each reader has its own place.
    pub fn open(&self) -> io::Result<RegionReader> {
        let body = match &self.body {
            Body::File(path) => Open::File(File::open(path)?),
            Body::Spooled(path) => Open::File(File::open(&**path)?),
            Body::Memory(bytes) => Open::Memory(bytes.clone()),
        };
        let mut reader = RegionReader { body, start: self.start, length: self.length, at: 0 };
        reader.seek(SeekFrom::Start(0))?;
        Ok(reader)
    }

    /// Reads `length` bytes at `start`, fewer where the region ends.
    pub fn read_at(&self, start: u64, length: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.part(start, length).open()?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// A reader over a [`Region`].
#[derive(Debug)]
pub struct RegionReader {
    body: Open,
    start: u64,
    length: u64,
    at: u64,
}

#[derive(Debug)]
enum Open {
    File(File),
    Memory(Arc<[u8]>),
}

impl Read for RegionReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let n = match &mut self.body {
            Open::File(file) => file.read(&mut buffer[..most])?,
            Open::Memory(bytes) => {
                let from = usize::try_from(self.start + self.at).unwrap_or(usize::MAX);
                let rest = bytes.get(from..).unwrap_or_default();
                let n = rest.len().min(most);
                buffer[..n].copy_from_slice(&rest[..n]);
                n
            }
        };
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for RegionReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        let absolute = at.and_then(|at| self.start.checked_add(at));
        let (Some(at), Some(absolute)) = (at, absolute) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "seek before the start"));
        };
        if let Open::File(file) = &mut self.body {
            file.seek(SeekFrom::Start(absolute))?;
        }
        self.at = at;
        Ok(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_reads_and_seeks_within_itself_only() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"0123456789").unwrap();
        for whole in [Region::of_file(file.path(), 10), Region::of_bytes(&b"0123456789"[..])] {
            let part = whole.part(2, 6).part(1, 100);
            assert_eq!(part.len(), 5);
            assert_eq!(part.read_at(0, 99).unwrap(), b"34567");
            assert_eq!(part.read_at(3, 1).unwrap(), b"6");
            let mut reader = part.open().unwrap();
            reader.seek(SeekFrom::End(-2)).unwrap();
            let mut rest = String::new();
            reader.read_to_string(&mut rest).unwrap();
            assert_eq!(rest, "67");
            assert_eq!(reader.seek(SeekFrom::Start(90)).unwrap(), 90);
            assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
            assert!(reader.seek(SeekFrom::End(-6)).is_err());
        }
    }
}
