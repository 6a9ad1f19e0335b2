//! Tar archives (v7, ustar, GNU and pax): members are runs of bytes of the archive.
//!
//! Read here because members must be open at random and in parallel, because long names and pax
//! records must not be able to fill memory, and because what follows a damaged header must be
//! found again.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::limits::{Bounded, Bounds};
use super::name::{label, make_unique};
use super::sniff::{is_tar_header, octal};
use super::zip::{container, share};
use super::{Limits, Log, Member, Region, RegionReader, Tree, TreeError, no_member, read_head};

const BLOCK: u64 = 512;
/// Longest name or set of pax records that is believed.
const LONGEST_RECORD: u64 = 1 << 20;

struct Entry {
    start: u64,
    size: u64,
}

/// A tar archive and its regular files.
pub(crate) struct TarTree {
    region: Region,
    weight: Option<u64>,
    limits: Limits,
    entries: Vec<Entry>,
    members: Vec<Member>,
}

/// What extension headers say about the file that follows them.
#[derive(Default)]
struct Ahead {
    path: Option<Vec<u8>>,
    size: Option<u64>,
    modified: Option<i64>,
}

impl TarTree {
    /// Lists the archive in `region`. Issues name members below `prefix`. `weight` is how many
    /// bytes on disk hold the region.
    pub(crate) fn list(
        region: Region,
        weight: Option<u64>,
        prefix: &str,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<Self, TreeError> {
        let mut tree =
            Self { region, weight, limits: *limits, entries: Vec::new(), members: Vec::new() };
        tree.walk(prefix, log).map_err(|error| TreeError::io(container(prefix), error))?;

        let mut borrowed: Vec<&mut String> =
            tree.members.iter_mut().map(|member| &mut member.path).collect();
        for index in make_unique(&mut borrowed) {
            let path = format!("{prefix}{}", tree.members[index].path);
            let what = "an earlier member of this container has the same name";
            log.note(&path, "duplicate-name", what, "both, this one under the name shown");
        }
        let mut both: Vec<_> = tree.members.into_iter().zip(tree.entries).collect();
        both.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        (tree.members, tree.entries) = both.into_iter().unzip();
        Ok(tree)
    }

    fn walk(&mut self, prefix: &str, log: &mut Log) -> io::Result<()> {
        let mut reader = self.region.open()?;
        let mut ahead = Ahead::default();
        let mut at = 0;
        while at + BLOCK <= self.region.len() {
            let mut block = [0; BLOCK as usize];
            reader.seek(SeekFrom::Start(at))?;
            reader.read_exact(&mut block)?;
            if block.iter().all(|byte| *byte == 0) {
                // Two empty blocks end an archive; more archives may follow in the same file
                // (`cat a.tar b.tar`), and one empty block inside is only odd.
                at += BLOCK;
                if let Some(next) = self.next_header(&mut reader, at, true)? {
                    at = next;
                    continue;
                }
                return Ok(());
            }
            if !is_tar_header(&block) {
                let next = self.next_header(&mut reader, at, false)?;
                let end = next.unwrap_or(self.region.len());
                let what = format!("bytes {at} to {end} are no header and no member's data");
                log.damaged(container(prefix), "damaged-data", what, "the members around them");
                let Some(next) = next else { return Ok(()) };
                at = next;
                ahead = Ahead::default();
                continue;
            }
            if self.members.len() as u64 >= self.limits.members {
                let what = format!("holds more than {} members", self.limits.members);
                log.lost(
                    container(prefix),
                    "limit-members",
                    format!("{what}; the rest is left out"),
                );
                return Ok(());
            }
            at = self.entry(&block, at + BLOCK, &mut ahead, prefix, log)?;
        }
        Ok(())
    }

    /// Takes in one header whose data starts at `data`; returns where the next header stands.
    fn entry(
        &mut self,
        block: &[u8; 512],
        data: u64,
        ahead: &mut Ahead,
        prefix: &str,
        log: &mut Log,
    ) -> io::Result<u64> {
        let kind = block[156];
        let stated = number(&block[124..136]).unwrap_or(0);
        // Extension headers keep the size of their own header; pax sizes are the file's.
        let size = match kind {
            b'L' | b'K' | b'x' | b'X' | b'g' => stated,
            _ => ahead.size.unwrap_or(stated),
        };
        let next = data.saturating_add(size.div_ceil(BLOCK).saturating_mul(BLOCK));
        match kind {
            b'L' => {
                let mut path = self.record(data, size, prefix, log)?;
                while path.last() == Some(&0) {
                    path.pop();
                }
                ahead.path = Some(path);
                return Ok(next);
            }
            b'x' | b'X' => {
                let records = self.record(data, size, prefix, log)?;
                read_pax(&records, ahead);
                return Ok(next);
            }
            b'K' | b'g' | b'V' => return Ok(next),
            _ => {}
        }
        let Ahead { path, modified, .. } = std::mem::take(ahead);
        let path = label(&path.unwrap_or_else(|| header_path(block)));
        let full = format!("{prefix}{path}");
        match kind {
            b'0' | 0 | b'7' if path.ends_with('/') => {}
            b'0' | 0 | b'7' => {
                let modified = modified.or_else(|| {
                    number(&block[136..148]).and_then(|seconds| i64::try_from(seconds).ok())
                });
                // A size that the archive is too short for is no statement to plan with.
                let there = data.checked_add(size).is_some_and(|end| end <= self.region.len());
                self.members.push(Member { path, size: there.then_some(size), modified });
                self.entries.push(Entry { start: data, size });
            }
            b'5' | b'D' => {}
            b'1' | b'2' => {
                log.passed_over(&full, "symlink", "is a link to another file, not a file");
                return Ok(if kind == b'1' && stated == 0 { data } else { next });
            }
            b'S' => log.lost(&full, "unsupported-member", "is a sparse file, which is not read"),
            b'3' | b'4' | b'6' => {
                log.passed_over(&full, "special-file", "is a device or a pipe, not a file");
                return Ok(data);
            }
            other => {
                let what = format!("is of the unknown tar type {:?}", char::from(other));
                log.lost(&full, "unsupported-member", what);
            }
        }
        Ok(next)
    }

    /// The data of an extension header.
    fn record(&self, data: u64, size: u64, prefix: &str, log: &mut Log) -> io::Result<Vec<u8>> {
        if size > LONGEST_RECORD {
            let what = format!("a name or attribute of {size} bytes at byte {data}");
            log.damaged(container(prefix), "damaged-header", what, "its first 1 MiB");
        }
        self.region.read_at(data, size.min(LONGEST_RECORD))
    }

    /// The next block from `at` on that is a header. `after_end` stops at the first block that is
    /// neither empty nor a header: what follows the end of an archive need not be tar.
    fn next_header(
        &self,
        reader: &mut RegionReader,
        mut at: u64,
        after_end: bool,
    ) -> io::Result<Option<u64>> {
        reader.seek(SeekFrom::Start(at))?;
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        let mut block = [0; BLOCK as usize];
        loop {
            let (length, error) = read_head(&mut reader, &mut block);
            if let Some(error) = error {
                return Err(error);
            }
            if length < block.len() {
                return Ok(None);
            }
            if is_tar_header(&block) {
                return Ok(Some(at));
            }
            if after_end && block.iter().any(|byte| *byte != 0) {
                return Ok(None);
            }
            at += BLOCK;
        }
    }
}

impl Tree for TarTree {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        let entry = self.entries.get(member).ok_or_else(no_member)?;
        let bounds =
            Bounds { stated: Some(entry.size), weight: self.weight(member), limits: self.limits };
        let part = self.region.part(entry.start, entry.size);
        Ok(Box::new(Bounded::new(part.open()?, bounds)))
    }

    fn region(&self, member: usize) -> Option<Region> {
        let entry = self.entries.get(member)?;
        let part = self.region.part(entry.start, entry.size);
        (part.len() == entry.size).then_some(part)
    }

    fn weight(&self, member: usize) -> Option<u64> {
        let entry = self.entries.get(member)?;
        let there = entry.size.min(self.region.len().saturating_sub(entry.start));
        Some(share(there, self.region.len(), self.weight))
    }
}

/// A number field: octal digits, or big-endian binary when the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 == 0 {
        return octal(field);
    }
    if field[0] != 0x80 {
        return None; // negative
    }
    field[1..]
        .iter()
        .try_fold(0_u64, |value, byte| Some(value.checked_mul(256)? | u64::from(*byte)))
}

fn header_path(block: &[u8; 512]) -> Vec<u8> {
    let name = until_nul(&block[..100]);
    let prefix = until_nul(&block[345..500]);
    // Only POSIX headers ("ustar" with a NUL) have a prefix; GNU keeps other things there.
    if &block[257..263] == b"ustar\0" && !prefix.is_empty() {
        [prefix, b"/", name].concat()
    } else {
        name.to_vec()
    }
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// Pax records: `LENGTH KEY=VALUE\n`, the length counting the whole record.
fn read_pax(mut records: &[u8], ahead: &mut Ahead) {
    while let Some(blank) = records.iter().position(|byte| *byte == b' ') {
        let length = str::from_utf8(&records[..blank]).ok().and_then(|text| text.parse().ok());
        let Some(length) = length.filter(|length| *length > blank + 1) else { return };
        let Some(record) = records.get(blank + 1..length) else { return };
        records = &records[length..];
        let record = record.strip_suffix(b"\n").unwrap_or(record);
        let Some(equals) = record.iter().position(|byte| *byte == b'=') else { continue };
        let (key, value) = (&record[..equals], &record[equals + 1..]);
        let text = str::from_utf8(value).unwrap_or_default();
        match key {
            b"path" => ahead.path = Some(value.to_vec()),
            b"size" => ahead.size = text.parse().ok().or(ahead.size),
            b"mtime" => {
                let seconds = text.split('.').next().unwrap_or_default();
                ahead.modified = seconds.parse().ok().or(ahead.modified);
            }
            _ => {}
        }
    }
}
