//! How deep, how big and how often: what keeps a hostile container from filling the machine.

use std::io::{self, Read};

use cahoots_record::{Issue, Locator, Selector, Severity};

/// What a container may hold before the rest of it is left out with an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Containers inside one another; the outermost counts as the first.
    pub depth: u32,
    /// Decompressed bytes for each byte on disk. Holds from `ratio_free` bytes of output on.
    pub ratio: u64,
    /// Output that is always allowed, whatever the ratio.
    pub ratio_free: u64,
    /// Bytes of one member after decompression.
    pub member_bytes: u64,
    /// Bytes of all members of one file after decompression.
    pub total_bytes: u64,
    /// Members of one archive.
    pub members: u64,
    /// A container inside another is kept in memory while it is smaller than this.
    pub spool_in_memory: u64,
    /// All containers kept in memory together.
    pub spool_memory_total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 4,
            ratio: 200,
            ratio_free: 64 << 20,
            member_bytes: 64 << 30,
            total_bytes: 256 << 30,
            members: 2_000_000,
            spool_in_memory: 16 << 20,
            spool_memory_total: 256 << 20,
        }
    }
}

impl Limits {
    /// How many bytes may come out of `weight` bytes on disk.
    pub(crate) fn output_of(&self, weight: Option<u64>) -> u64 {
        weight.map_or(u64::MAX, |weight| weight.saturating_mul(self.ratio).max(self.ratio_free))
    }

    /// The limit that a member of `size` bytes, stated by its container, would break.
    pub(crate) fn broken_by(
        &self,
        size: Option<u64>,
        weight: Option<u64>,
    ) -> Option<(&'static str, String)> {
        let size = size?;
        if size > self.member_bytes {
            let limit = self.member_bytes;
            Some((
                "limit-size",
                format!("states {size} bytes; the limit is {limit} for one member"),
            ))
        } else if size > self.output_of(weight) {
            Some(("limit-ratio", self.ratio_words(&format!("states {size} bytes"), weight)))
        } else {
            None
        }
    }

    fn ratio_words(&self, what: &str, weight: Option<u64>) -> String {
        let stored = weight.unwrap_or(0);
        let ratio = self.ratio;
        format!(
            "{what} from {stored} bytes in the archive, more than {ratio} for each of them: it \
             looks made to fill a disk"
        )
    }
}

/// Why reading a member stopped early. Travels inside an `io::Error`; [`read_issue`] unpacks it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct ReadFault {
    /// The issue code (`"limit-ratio"`, `"truncated"`, `"damaged-data"` …).
    pub code: &'static str,
    /// What is wrong, in words for a person.
    pub what: String,
}

/// An `io::Error` that carries a [`ReadFault`].
pub(crate) fn fault(kind: io::ErrorKind, code: &'static str, what: impl Into<String>) -> io::Error {
    io::Error::new(kind, ReadFault { code, what: what.into() })
}

/// The issue for an error met while reading a member after `read` good bytes, which were kept.
pub fn read_issue(member: &str, read: u64, error: &io::Error) -> Issue {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ReadFault>());
    let (code, what) = match inner {
        Some(fault) => (fault.code, fault.what.clone()),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            ("truncated", "the data ends before it should".to_owned())
        }
        None => ("unreadable", error.to_string()),
    };
    Issue {
        severity: if read == 0 { Severity::Lost } else { Severity::Damaged },
        code: code.to_owned(),
        locator: Locator::new(member, Selector::Whole),
        what,
        kept: match read {
            0 => "nothing; it stays in the archive".to_owned(),
            read => format!("the first {read} bytes"),
        },
    }
}

/// What a member's reader holds the bytes against.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Size stated by the container.
    pub(crate) stated: Option<u64>,
    /// Bytes on disk that hold the member.
    pub(crate) weight: Option<u64>,
    /// The limits in force.
    pub(crate) limits: Limits,
}

/// A reader that ends in an error, never in endless output and never in a silent early end.
pub(crate) struct Bounded<R> {
    inner: R,
    produced: u64,
    allowed: u64,
    bounds: Bounds,
    /// Set once the end or an error was met: a broken decoder is not asked again.
    ended: Option<Option<ReadFault>>,
}

impl<R: Read> Bounded<R> {
    pub(crate) fn new(inner: R, bounds: Bounds) -> Self {
        let allowed = bounds
            .limits
            .member_bytes
            .min(bounds.limits.output_of(bounds.weight))
            .min(bounds.stated.unwrap_or(u64::MAX));
        Self { inner, produced: 0, allowed, bounds, ended: None }
    }

    fn step(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowed - self.produced;
        if left == 0 {
            // One byte more decides between the end and too much. A decoder that fails here
            // has given every byte it owed, but its own check (CRC, trailer) did not pass.
            return match self.inner.read(&mut [0; 1])? {
                0 => Ok(0),
                _ => Err(self.too_much()),
            };
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let n = self.inner.read(&mut buffer[..most])?;
        self.produced += n as u64;
        if n == 0
            && let Some(stated) = self.bounds.stated
            && self.produced < stated
        {
            let produced = self.produced;
            return Err(fault(
                io::ErrorKind::UnexpectedEof,
                "truncated",
                format!("ends after {produced} of the {stated} bytes its container states"),
            ));
        }
        Ok(n)
    }

    fn too_much(&self) -> io::Error {
        let Bounds { stated, weight, limits } = self.bounds;
        let (code, what) = if stated == Some(self.allowed) {
            let stated = self.allowed;
            ("size-mismatch", format!("holds more than the {stated} bytes its container states"))
        } else if self.allowed == limits.member_bytes {
            let limit = limits.member_bytes;
            ("limit-size", format!("is longer than the limit of {limit} bytes for one member"))
        } else {
            let produced = self.produced;
            let what = format!("gives more than {produced} bytes");
            ("limit-ratio", limits.ratio_words(&what, weight))
        };
        fault(io::ErrorKind::InvalidData, code, what)
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        match &self.ended {
            Some(None) => return Ok(0),
            Some(Some(again)) => {
                return Err(fault(io::ErrorKind::InvalidData, again.code, &*again.what));
            }
            None => {}
        }
        match self.step(buffer) {
            Ok(0) => {
                self.ended = Some(None);
                Ok(0)
            }
            Ok(n) => Ok(n),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                let (kind, code, what) = told(&error);
                self.ended = Some(Some(ReadFault { code, what: what.clone() }));
                Err(fault(kind, code, what))
            }
        }
    }
}

/// Kind, code and words for an error of a decoder or a file.
fn told(error: &io::Error) -> (io::ErrorKind, &'static str, String) {
    if let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<ReadFault>()) {
        return (error.kind(), inner.code, inner.what.clone());
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            (error.kind(), "truncated", "the compressed data ends before it should".to_owned())
        }
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other => (
            io::ErrorKind::InvalidData,
            "damaged-data",
            format!("the compressed data is damaged ({error})"),
        ),
        kind => (kind, "unreadable", error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounded(stated: Option<u64>, weight: u64, given: u64) -> (u64, Option<io::Error>) {
        let limits = Limits { ratio: 2, ratio_free: 10, member_bytes: 100, ..Limits::default() };
        let bounds = Bounds { stated, weight: Some(weight), limits };
        let mut reader = Bounded::new(io::repeat(7).take(given), bounds);
        let mut read = 0;
        loop {
            match reader.read(&mut [0; 7]) {
                Ok(0) => return (read, None),
                Ok(n) => read += n as u64,
                Err(error) => return (read, Some(error)),
            }
        }
    }

    fn code(error: Option<io::Error>) -> String {
        read_issue("m", 1, &error.unwrap()).code
    }

    #[test]
    fn each_limit_stops_the_reader_with_its_own_words() {
        assert!(bounded(None, 1, 10).1.is_none());
        let (read, error) = bounded(None, 1, 11);
        assert_eq!((read, code(error).as_str()), (10, "limit-ratio"));
        let (read, error) = bounded(None, 90, 101);
        assert_eq!((read, code(error).as_str()), (100, "limit-size"));
        let (read, error) = bounded(Some(5), 9, 6);
        assert_eq!((read, code(error).as_str()), (5, "size-mismatch"));
        let (read, error) = bounded(Some(5), 9, 4);
        assert_eq!((read, code(error).as_str()), (4, "truncated"));
        assert!(bounded(Some(5), 9, 5).1.is_none());
    }
}
