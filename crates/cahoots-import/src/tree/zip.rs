//! Zip archives: the listing at the end is read, members are opened from their own headers.
//!
//! The listing is read here and not by a library because an archive may hold one name twice, and
//! both must be in the record; because one bad entry must not hide the others; and because each
//! member is opened independently of the others, on any thread.

use std::io::{self, BufReader, Read};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::limits::{Bounded, Bounds, fault};
use super::name::{label, make_unique};
use super::zip_scan::scan;
use super::{Limits, Log, Member, Region, Tree, TreeError, no_member};

pub(super) const LOCAL: &[u8; 4] = b"PK\x03\x04";
pub(super) const CENTRAL: &[u8; 4] = b"PK\x01\x02";
const END: &[u8; 4] = b"PK\x05\x06";
const END64: &[u8; 4] = b"PK\x06\x06";
const END64_LOCATOR: &[u8; 4] = b"PK\x06\x07";
/// Length of the fixed part of a member's own header.
pub(super) const LOCAL_LENGTH: u64 = 30;
const END_LENGTH: u64 = 22;
const BLOCK: usize = 64 * 1024;

const ENCRYPTED: u16 = 1;
/// Sizes stand after the data and not before it.
pub(super) const SIZES_AFTER: u16 = 1 << 3;

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATE: u16 = 8;
const ZSTD: [u16; 2] = [93, 20];

/// What the listing, or a member's own header, says about a member.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    /// Where its own header starts.
    pub(super) header: u64,
    /// Bytes of compressed data.
    pub(super) stored: u64,
    /// Bytes after decompression, where known.
    pub(super) size: Option<u64>,
    pub(super) crc: Option<u32>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) modified: Option<i64>,
    pub(super) symlink: bool,
    /// The archive ends before the data does.
    pub(super) cut: bool,
}

/// A zip archive and its readable members.
pub(crate) struct ZipTree {
    region: Region,
    weight: Option<u64>,
    limits: Limits,
    entries: Vec<Entry>,
    members: Vec<Member>,
}

impl ZipTree {
    /// Lists the archive in `region`. Issues name members below `prefix`. `weight` is how many
    /// bytes on disk hold the region.
    pub(crate) fn list(
        region: Region,
        weight: Option<u64>,
        prefix: &str,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<Self, TreeError> {
        let mut entries = match listing(&region, limits) {
            Ok(entries) => entries,
            Err(defect) => {
                let what = format!("the zip's listing cannot be used ({})", defect.what);
                log.damaged(
                    container(prefix),
                    "zip-listing",
                    what,
                    "what its members' headers say",
                );
                scan(&region, limits, prefix, log)?
            }
        };
        if entries.len() as u64 > limits.members {
            let left_out = entries.len() as u64 - limits.members;
            log.lost(
                container(prefix),
                "limit-members",
                format!("holds more than {} members; {left_out} are left out", limits.members),
            );
            log.skipped += left_out - 1;
            entries.truncate(usize::try_from(limits.members).unwrap_or(usize::MAX));
        }

        for entry in &mut entries {
            let start = entry.header.saturating_add(LOCAL_LENGTH);
            entry.cut = start.saturating_add(entry.stored) > region.len();
        }

        let mut labels: Vec<String> = entries.iter().map(|entry| label(&entry.name)).collect();
        let mut borrowed: Vec<&mut String> = labels.iter_mut().collect();
        for index in make_unique(&mut borrowed) {
            let path = format!("{prefix}{}", labels[index]);
            let what = "an earlier member of this container has the same name";
            log.note(&path, "duplicate-name", what, "both, this one under the name shown");
        }
        let mut tree =
            Self { region, weight, limits: *limits, entries: Vec::new(), members: Vec::new() };
        let overlapping = overlaps(&entries);
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|a, b| labels[*a].cmp(&labels[*b]));
        for index in order {
            let (entry, path) = (&entries[index], std::mem::take(&mut labels[index]));
            let folder = path.ends_with(['/', '\\']) && entry.size.unwrap_or(0) == 0;
            if !folder && tree.readable(entry, overlapping[index], &format!("{prefix}{path}"), log)
            {
                let size = entry.size.filter(|_| !entry.cut);
                tree.members.push(Member { path, size, modified: entry.modified });
                tree.entries.push(entry.clone());
            }
        }
        Ok(tree)
    }

    /// Whether a member can be opened; says why not.
    fn readable(&self, entry: &Entry, overlaps: bool, path: &str, log: &mut Log) -> bool {
        if entry.symlink {
            log.passed_over(path, "symlink", "is a link to another file, not a file");
        } else if entry.flags & ENCRYPTED != 0 {
            log.lost(path, "encrypted", "is encrypted; unpack it with its password and add that");
        } else if ![STORED, DEFLATE].contains(&entry.method) && !ZSTD.contains(&entry.method) {
            let what = format!("is compressed with {}, which is not read", method(entry.method));
            log.lost(path, "unsupported-compression", what);
        } else if overlaps {
            let what = "lies over another member's bytes: it looks made to fill a disk";
            log.lost(path, "limit-overlap", what);
        } else if entry.header >= self.region.len() {
            log.lost(path, "truncated", "lies beyond the end of the archive");
        } else {
            return true;
        }
        false
    }

    /// The compressed bytes of a member.
    fn data(&self, entry: &Entry) -> io::Result<Region> {
        let mut header = [0; LOCAL_LENGTH as usize];
        let damaged = |what| fault(io::ErrorKind::InvalidData, "damaged-header", what);
        self.region.part(entry.header, LOCAL_LENGTH).open()?.read_exact(&mut header)?;
        if header[..4] != *LOCAL {
            return Err(damaged("its header is not where the zip's listing says"));
        }
        let names = u64::from(u16_at(&header, 26)) + u64::from(u16_at(&header, 28));
        Ok(self.region.part(entry.header + LOCAL_LENGTH + names, entry.stored))
    }
}

impl Tree for ZipTree {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        let entry = self.entries.get(member).ok_or_else(no_member)?;
        let bounds =
            Bounds { stated: entry.size, weight: self.weight(member), limits: self.limits };
        let data = BufReader::with_capacity(BLOCK, self.data(entry)?.open()?);
        Ok(match entry.method {
            STORED => Box::new(Bounded::new(Checked::new(data, entry), bounds)),
            DEFLATE => {
                let data = DeflateDecoder::new(data);
                Box::new(Bounded::new(Checked::new(data, entry), bounds))
            }
            _ => {
                let data = zstd::stream::read::Decoder::with_buffer(data)?;
                Box::new(Bounded::new(Checked::new(data, entry), bounds))
            }
        })
    }

    fn region(&self, member: usize) -> Option<Region> {
        let entry = self.entries.get(member).filter(|entry| entry.method == STORED)?;
        let data = self.data(entry).ok()?;
        (Some(data.len()) == entry.size).then_some(data)
    }

    fn weight(&self, member: usize) -> Option<u64> {
        let entry = self.entries.get(member)?;
        let there = entry.stored.min(self.region.len().saturating_sub(entry.header));
        Some(share(there, self.region.len(), self.weight))
    }
}

/// The part of `weight` that falls to `stored` bytes out of `length`.
pub(super) fn share(stored: u64, length: u64, weight: Option<u64>) -> u64 {
    let weight = weight.unwrap_or(length);
    if weight >= length || length == 0 {
        return stored;
    }
    let share = (u128::from(stored) * u128::from(weight)).div_ceil(u128::from(length));
    u64::try_from(share).unwrap_or(u64::MAX)
}

/// The path of the container whose members' paths start with `prefix`.
pub(super) fn container(prefix: &str) -> &str {
    prefix.strip_suffix('!').unwrap_or(prefix)
}

/// Compares the check sum at the end.
struct Checked<R> {
    inner: R,
    crc: Crc,
    stated: Option<u32>,
}

impl<R> Checked<R> {
    fn new(inner: R, entry: &Entry) -> Self {
        Self { inner, crc: Crc::new(), stated: entry.crc }
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.crc.update(&buffer[..n]);
        if n == 0 && !buffer.is_empty() && self.stated.is_some_and(|crc| crc != self.crc.sum()) {
            let what = "its check sum (CRC-32) is not the one the zip states";
            return Err(fault(io::ErrorKind::InvalidData, "bad-checksum", what));
        }
        Ok(n)
    }
}

/// Which entries share bytes with one that starts earlier. Legal zips have none; a bomb uses
/// them to give one block of data many names.
fn overlaps(entries: &[Entry]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| entries[*index].header);
    let mut found = vec![false; entries.len()];
    let mut end = 0;
    for index in order {
        let entry = &entries[index];
        if entry.header < end {
            found[index] = true;
        } else {
            let own = LOCAL_LENGTH.saturating_add(entry.stored);
            end = entry.header.saturating_add(own);
        }
    }
    found
}

/// Why the listing cannot be used.
struct Defect {
    what: String,
}

impl From<io::Error> for Defect {
    fn from(error: io::Error) -> Self {
        let what = match error.kind() {
            io::ErrorKind::UnexpectedEof => "it is cut off".to_owned(),
            _ => error.to_string(),
        };
        Self { what }
    }
}

fn defect<T>(what: impl Into<String>) -> Result<T, Defect> {
    Err(Defect { what: what.into() })
}

/// Reads the listing at the end of the archive.
fn listing(region: &Region, limits: &Limits) -> Result<Vec<Entry>, Defect> {
    let tail_start = region.len().saturating_sub(END_LENGTH + u64::from(u16::MAX));
    let tail = region.read_at(tail_start, u64::MAX)?;
    let mut why = None;
    // The last mark is the real one unless a comment contains the mark.
    for at in memchr::memmem::rfind_iter(&tail, END) {
        match listing_before(region, limits, tail_start + at as u64, &tail[at..]) {
            Ok(entries) => return Ok(entries),
            Err(defect) => why = why.or(Some(defect)),
        }
    }
    Err(why.unwrap_or(Defect { what: "there is none; the file is cut off".to_owned() }))
}

fn listing_before(
    region: &Region,
    limits: &Limits,
    end_at: u64,
    end: &[u8],
) -> Result<Vec<Entry>, Defect> {
    if (end.len() as u64) < END_LENGTH {
        return defect("it is cut off");
    }
    let mut listing_end = end_at;
    let mut part = u32::from(u16_at(end, 4));
    let mut count = u64::from(u16_at(end, 10));
    let mut length = u64::from(u32_at(end, 12));
    let mut start = u64::from(u32_at(end, 16));
    let locator = region.read_at(end_at.saturating_sub(20), 20)?;
    if locator.len() == 20 && locator[..4] == *END64_LOCATOR {
        // The place that the locator states is off when something was put before the zip.
        let usual = end_at.saturating_sub(20 + 56);
        for at in [u64_at(&locator, 8), usual] {
            let end64 = region.read_at(at, 56)?;
            if end64.len() == 56 && end64[..4] == *END64 {
                listing_end = at;
                part = u32_at(&end64, 16);
                count = u64_at(&end64, 32);
                length = u64_at(&end64, 40);
                start = u64_at(&end64, 48);
                break;
            }
        }
    }
    if part != 0 && part != u32::from(u16::MAX) {
        return defect("this is one part of a zip that was split; join the parts first");
    }
    let Some(found) = listing_end.checked_sub(length) else { return defect("its size is wrong") };
    // Bytes before the zip (a self-extracting one) shift everything.
    let shift = found.saturating_sub(start);
    let (from, shift) = if length == 0 || region.read_at(found, 4)? == CENTRAL {
        (found, shift)
    } else {
        (start, 0)
    };
    if length > 0 && region.read_at(from, 4)? != CENTRAL {
        return defect("it is not where it should be");
    }
    let mut reader = BufReader::with_capacity(BLOCK, region.part(from, length).open()?);
    let mut entries = Vec::new();
    let mut left = length;
    while left > 0 {
        if entries.len() as u64 > limits.members {
            return Ok(entries);
        }
        let mut fixed = [0; 46];
        reader.read_exact(&mut fixed)?;
        if fixed[..4] != *CENTRAL {
            break; // a digital signature may follow the last entry
        }
        let entry = central_entry(&fixed, &mut reader, shift)?;
        left = left.saturating_sub(46 + variable_length(&fixed));
        entries.push(entry);
    }
    // Old writers count to 65,535 and start again.
    if entries.len() as u64 != count && entries.len() as u64 % 65_536 != count {
        return defect(format!("it announces {count} members and lists {}", entries.len()));
    }
    Ok(entries)
}

fn variable_length(fixed: &[u8; 46]) -> u64 {
    [28, 30, 32].iter().map(|at| u64::from(u16_at(fixed, *at))).sum()
}

fn central_entry(fixed: &[u8; 46], reader: &mut impl Read, shift: u64) -> io::Result<Entry> {
    let mut take = |at| -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::from(u16_at(fixed, at))];
        reader.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    let (name, extra, _comment) = (take(28)?, take(30)?, take(32)?);
    let unix = fixed[5] == 3 || fixed[5] == 19;
    let mut entry = Entry {
        name,
        header: u64::from(u32_at(fixed, 42)),
        stored: u64::from(u32_at(fixed, 20)),
        size: Some(u64::from(u32_at(fixed, 24))),
        crc: Some(u32_at(fixed, 16)),
        method: u16_at(fixed, 10),
        flags: u16_at(fixed, 8),
        modified: None,
        symlink: unix && (u32_at(fixed, 38) >> 16) & 0o170_000 == 0o120_000,
        cut: false,
    };
    read_extra(&mut entry, &extra);
    entry.header = entry.header.saturating_add(shift);
    Ok(entry)
}

/// Reads the fields that matter here; a malformed rest is no reason to lose the member.
pub(super) fn read_extra(entry: &mut Entry, mut extra: &[u8]) {
    while extra.len() >= 4 {
        let (id, length) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let Some(field) = extra.get(4..4 + length) else { return };
        extra = &extra[4 + length..];
        match id {
            // Zip64: those of size, compressed size and offset that did not fit, in this order.
            0x0001 => {
                let mut wide = field.chunks_exact(8).map(|bytes| u64_at(bytes, 0));
                let full = u64::from(u32::MAX);
                if entry.size == Some(full) {
                    entry.size = wide.next().or(entry.size);
                }
                if entry.stored == full {
                    entry.stored = wide.next().unwrap_or(full);
                }
                if entry.header == full {
                    entry.header = wide.next().unwrap_or(full);
                }
            }
            // Extended timestamp: the only field whose time has a zone (UTC).
            0x5455 if field.len() >= 5 && field[0] & 1 != 0 => {
                entry.modified = Some(i64::from(u32_at(field, 1).cast_signed()));
            }
            // Unicode path, valid while the plain name is the one it was made for.
            0x7075 if field.len() > 5 && field[0] == 1 => {
                let mut crc = Crc::new();
                crc.update(&entry.name);
                if crc.sum() == u32_at(field, 1) {
                    entry.name = field[5..].to_vec();
                }
            }
            _ => {}
        }
    }
}

fn method(number: u16) -> String {
    match number {
        9 => "Deflate64".to_owned(),
        12 => "bzip2".to_owned(),
        14 => "LZMA".to_owned(),
        95 => "xz".to_owned(),
        98 => "PPMd".to_owned(),
        number => format!("method {number}"),
    }
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
