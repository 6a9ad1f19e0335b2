//! A stretch of a stream held in memory, moved along as rows are read from it.

use std::io::{self, Read};

/// Bytes read at once.
pub(crate) const READ: usize = 64 << 10;

/// What lies ahead in a stream.
pub(crate) struct Window<'a> {
    pub(crate) reader: Box<dyn Read + 'a>,
    /// The bytes held; those before `at` are done with.
    pub(crate) held: Vec<u8>,
    pub(crate) at: usize,
    /// Place of `held` in the stream.
    pub(crate) base: u64,
    pub(crate) ended: bool,
    /// The error that ended the reading early.
    pub(crate) failed: Option<io::Error>,
}

impl<'a> Window<'a> {
    pub(crate) fn new(reader: impl Read + 'a) -> Self {
        Self {
            reader: Box::new(reader),
            held: Vec::new(),
            at: 0,
            base: 0,
            ended: false,
            failed: None,
        }
    }

    /// Reads on until `want` bytes lie ahead or the file ends.
    pub(crate) fn fill(&mut self, want: usize) {
        if self.at > READ * 8 {
            self.held.drain(..self.at);
            self.base += self.at as u64;
            self.at = 0;
        }
        while !self.ended && self.held.len() - self.at < want {
            let before = self.held.len();
            self.held.resize(before + READ, 0);
            let got = self.reader.read(&mut self.held[before..]);
            self.held.truncate(before + got.as_ref().map_or(0, |n| *n));
            match got {
                Ok(0) => self.ended = true,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failed = Some(error);
                    self.ended = true;
                }
            }
        }
    }
}
