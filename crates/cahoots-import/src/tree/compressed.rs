//! One compressed file: gzip or Zstandard, read as a stream.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use super::limits::{Bounded, Bounds, fault};
use super::sniff::Kind;
use super::{Handle, Limits, Member, Tree, label_of, no_member};

/// Compressed bytes read at a time.
const BLOCK: usize = 128 * 1024;

/// The largest window a Zstandard stream may ask for: 2^27 bytes, what `zstd` itself allows.
const ZSTD_WINDOW_LOG: u32 = 27;

/// Which compression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Codec {
    /// RFC 1952, any number of members one after another.
    Gzip,
    /// RFC 8878, any number of frames one after another.
    Zstd,
}

impl Codec {
    pub(crate) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Gzip => Some(Self::Gzip),
            Kind::Zstd => Some(Self::Zstd),
            _ => None,
        }
    }

    /// The decompressed stream of a member, held to the limits.
    pub(crate) fn open(self, handle: &Handle, limits: &Limits) -> io::Result<Box<dyn Read + Send>> {
        let bounds = Bounds { stated: None, weight: handle.weight(), limits: *limits };
        let inner = BufReader::with_capacity(BLOCK, handle.open()?);
        Ok(match self {
            Self::Gzip => Box::new(Bounded::new(Gzip::new(inner), bounds)),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(inner)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Box::new(Bounded::new(decoder, bounds))
            }
        })
    }

    /// The name of what is inside `name`: without the suffix.
    fn inner_name(self, name: &str) -> String {
        let suffixes: &[(&str, &str)] = match self {
            Self::Gzip => &[(".tgz", ".tar"), (".gz", ""), (".gzip", "")],
            Self::Zstd => &[(".tzst", ".tar"), (".zst", ""), (".zstd", "")],
        };
        for (suffix, instead) in suffixes {
            let at = name.len().saturating_sub(suffix.len());
            if at > 0 && name.is_char_boundary(at) && name[at..].eq_ignore_ascii_case(suffix) {
                return format!("{}{instead}", &name[..at]);
            }
        }
        name.to_owned()
    }
}

/// A compressed file with its one member.
pub(crate) struct CompressedTree {
    handle: Handle,
    codec: Codec,
    limits: Limits,
    members: [Member; 1],
}

impl CompressedTree {
    /// The compressed member `handle`, whose file name is `name`.
    pub(crate) fn new(handle: Handle, codec: Codec, name: &str, limits: &Limits) -> Self {
        let modified = match codec {
            Codec::Gzip => gzip_time(&handle),
            Codec::Zstd => None,
        };
        let modified = modified.or_else(|| handle.member()?.modified);
        let path = codec.inner_name(label_of(name));
        let members = [Member { path, size: None, modified }];
        Self { handle, codec, limits: *limits, members }
    }
}

impl Tree for CompressedTree {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        if member != 0 {
            return Err(no_member());
        }
        self.codec.open(&self.handle, &self.limits)
    }

    fn weight(&self, member: usize) -> Option<u64> {
        if member == 0 { self.handle.weight() } else { None }
    }
}

/// The time in a gzip header, where its writer set one.
fn gzip_time(handle: &Handle) -> Option<i64> {
    let mut header = [0; 8];
    handle.open().ok()?.read_exact(&mut header).ok()?;
    let seconds = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    (seconds != 0).then_some(i64::from(seconds))
}

/// Gzip members one after another. Zero padding after the last (tapes, block devices) is no
/// damage; anything else there is said, after everything before it was given.
struct Gzip<R: BufRead> {
    member: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    fn new(inner: R) -> Self {
        Self { member: Some(GzDecoder::new(inner)) }
    }

    /// Whether another member follows.
    fn follows(inner: &mut R) -> io::Result<bool> {
        loop {
            let ahead = inner.fill_buf()?;
            match ahead.iter().position(|byte| *byte != 0) {
                None if ahead.is_empty() => return Ok(false),
                None => {
                    let zeros = ahead.len();
                    inner.consume(zeros);
                }
                Some(0) if ahead[0] == 0x1f && ahead.get(1).is_none_or(|next| *next == 0x8b) => {
                    return Ok(true);
                }
                Some(_) => {
                    let what = "bytes that are not gzip follow the compressed data";
                    return Err(fault(io::ErrorKind::InvalidData, "trailing-data", what));
                }
            }
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.member {
            let n = decoder.read(buffer)?;
            if n > 0 || buffer.is_empty() {
                return Ok(n);
            }
            let Some(decoder) = self.member.take() else { break };
            let mut inner = decoder.into_inner();
            if Self::follows(&mut inner)? {
                self.member = Some(GzDecoder::new(inner));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::build::{gz, noise};
    use super::super::{Region, SingleFile, read_issue};
    use super::*;

    fn unpack(codec: Codec, bytes: Vec<u8>) -> (Vec<u8>, Option<io::Error>) {
        let tree = Arc::new(SingleFile::of(Region::of_bytes(bytes), None));
        let tree =
            CompressedTree::new(Handle::new(tree, 0), codec, "x.mbox.GZ", &Limits::default());
        let mut out = Vec::new();
        let error = tree.open(0).unwrap().read_to_end(&mut out).err();
        (out, error)
    }

    #[test]
    fn all_members_of_a_gzip_and_all_frames_of_a_zstd_are_read() {
        let mut bytes = gz(b"one ");
        bytes.extend(gz(b"two"));
        bytes.extend([0; 700]);
        assert_eq!(unpack(Codec::Gzip, bytes.clone()).0, b"one two");
        assert!(unpack(Codec::Gzip, bytes.clone()).1.is_none());
        bytes.extend(b"junk");
        let (out, error) = unpack(Codec::Gzip, bytes);
        assert_eq!(out, b"one two");
        assert_eq!(read_issue("m", 7, &error.unwrap()).code, "trailing-data");

        let mut bytes = zstd::encode_all(&b"one "[..], 1).unwrap();
        bytes.extend(zstd::encode_all(&b"two"[..], 1).unwrap());
        assert_eq!(unpack(Codec::Zstd, bytes).0, b"one two");
    }

    #[test]
    fn what_precedes_a_cut_is_given_and_the_cut_is_said() {
        let text = noise(800_000);
        for (codec, whole) in
            [(Codec::Gzip, gz(&text)), (Codec::Zstd, zstd::encode_all(&text[..], 3).unwrap())]
        {
            for eighth in 1..8 {
                let cut = whole[..whole.len() * eighth / 8].to_vec();
                let (out, error) = unpack(codec, cut);
                // Zstandard works in blocks of 128 KiB, of which an unfinished one gives nothing.
                assert!(out.len() + 132_000 > text.len() * eighth / 8, "{codec:?} {eighth}");
                assert!(text.starts_with(&out));
                let issue = read_issue("m", out.len() as u64, &error.unwrap());
                assert_eq!(issue.code, "truncated", "{codec:?} {eighth}");
            }
        }
    }

    #[test]
    fn a_flipped_byte_is_found_by_the_check_sum() {
        let text = noise(10_000);
        let mut bytes = gz(&text);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0x10;
        let (_, error) = unpack(Codec::Gzip, bytes);
        assert_eq!(read_issue("m", 1, &error.unwrap()).code, "damaged-data");
    }

    #[test]
    fn names_lose_their_suffix_only() {
        let name = |codec: Codec, name| codec.inner_name(name);
        assert_eq!(name(Codec::Gzip, "a.mbox.gz"), "a.mbox");
        assert_eq!(name(Codec::Gzip, "a.TGZ"), "a.tar");
        assert_eq!(name(Codec::Zstd, "posts.jsonl.zst"), "posts.jsonl");
        assert_eq!(name(Codec::Zstd, ".zst"), ".zst");
        assert_eq!(name(Codec::Gzip, "ÿgz"), "ÿgz");
    }
}
