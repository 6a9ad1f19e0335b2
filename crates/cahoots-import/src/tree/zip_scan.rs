//! Zip archives whose listing is gone: members found by their own headers, from the start.

use std::io::{BufReader, Read, Seek, SeekFrom};

use flate2::bufread::DeflateDecoder;

use super::limits::{Bounded, Bounds};
use super::zip::{
    CENTRAL, DEFLATE, Entry, LOCAL, LOCAL_LENGTH, SIZES_AFTER, STORED, container, read_extra,
    u16_at, u32_at,
};
use super::{Limits, Log, Region, RegionReader, TreeError, name};

const BLOCK: usize = 64 * 1024;

/// Finds members one after another. Every byte is read at most twice.
pub(super) fn scan(
    region: &Region,
    limits: &Limits,
    prefix: &str,
    log: &mut Log,
) -> Result<Vec<Entry>, TreeError> {
    let failed = |error| TreeError::io(container(prefix), error);
    let mut reader = region.open().map_err(failed)?;
    let mut entries = Vec::new();
    let mut at = 0;
    while let Some(header) = next_header(&mut reader, at).map_err(failed)? {
        if entries.len() as u64 > limits.members {
            break;
        }
        let Some(found) = local_entry(&mut reader, header).map_err(failed)? else { break };
        let data = found.data;
        let mut entry = found.entry;
        let path = || format!("{prefix}{}", name::label(&entry.name));
        if entry.flags & SIZES_AFTER != 0 && entry.stored == 0 {
            if entry.method != DEFLATE {
                log.lost(&path(), "damaged-header", "its size is in the lost listing only");
                at = data;
                continue;
            }
            let (consumed, size) = measure(region, data, limits).map_err(failed)?;
            entry.stored = consumed;
            entry.size = size;
            entry.crc = None;
        }
        at = data.saturating_add(entry.stored).max(header + LOCAL_LENGTH);
        entries.push(entry);
    }
    if entries.is_empty() {
        return Err(TreeError::Container {
            path: container(prefix).to_owned(),
            reason: "is a damaged zip without a single readable member".to_owned(),
        });
    }
    Ok(entries)
}

/// The next place, from `at` on, where a member's header stands; `None` at the listing or end.
fn next_header(reader: &mut RegionReader, mut at: u64) -> std::io::Result<Option<u64>> {
    let mut block = vec![0; BLOCK];
    loop {
        reader.seek(SeekFrom::Start(at))?;
        let (length, error) = super::read_head(reader, &mut block);
        if let Some(error) = error {
            return Err(error);
        }
        let local = memchr::memmem::find(&block[..length], LOCAL);
        let central = memchr::memmem::find(&block[..length], CENTRAL);
        match (local, central) {
            (Some(local), central) if central.is_none_or(|central| local < central) => {
                return Ok(Some(at + local as u64));
            }
            (_, Some(_)) => return Ok(None),
            _ if length < BLOCK => return Ok(None),
            _ => at += (BLOCK - LOCAL.len() + 1) as u64,
        }
    }
}

struct Found {
    entry: Entry,
    data: u64,
}

/// Reads a member's own header; `None` when the archive ends inside it.
fn local_entry(reader: &mut RegionReader, header: u64) -> std::io::Result<Option<Found>> {
    let mut fixed = [0; LOCAL_LENGTH as usize];
    reader.seek(SeekFrom::Start(header))?;
    if super::read_head(reader, &mut fixed).0 < fixed.len() {
        return Ok(None);
    }
    let (name_length, extra_length) = (u16_at(&fixed, 26), u16_at(&fixed, 28));
    let mut name = vec![0; usize::from(name_length)];
    let mut extra = vec![0; usize::from(extra_length)];
    if super::read_head(reader, &mut name).0 < name.len()
        || super::read_head(reader, &mut extra).0 < extra.len()
    {
        return Ok(None);
    }
    let data = header + LOCAL_LENGTH + u64::from(name_length) + u64::from(extra_length);
    let mut entry = Entry {
        name,
        header,
        stored: u64::from(u32_at(&fixed, 18)),
        size: Some(u64::from(u32_at(&fixed, 22))),
        crc: Some(u32_at(&fixed, 14)),
        method: u16_at(&fixed, 8),
        flags: u16_at(&fixed, 6),
        ..Entry::default()
    };
    read_extra(&mut entry, &extra);
    entry.header = header;
    if entry.method == STORED && entry.flags & SIZES_AFTER == 0 {
        entry.size = Some(entry.stored);
    }
    Ok(Some(Found { entry, data }))
}

/// How long the compressed data at `data` is, by decompressing it; and its size if it ends well.
fn measure(region: &Region, data: u64, limits: &Limits) -> std::io::Result<(u64, Option<u64>)> {
    let rest = region.part(data, u64::MAX);
    let bounds = Bounds { stated: None, weight: Some(rest.len()), limits: *limits };
    let mut decoder = DeflateDecoder::new(BufReader::with_capacity(BLOCK, rest.open()?));
    let mut block = vec![0; BLOCK];
    let mut size = 0;
    let whole = {
        let mut bounded = Bounded::new(&mut decoder, bounds);
        loop {
            match bounded.read(&mut block) {
                Ok(0) => break true,
                Ok(n) => size += n as u64,
                Err(_) => break false,
            }
        }
    };
    Ok((decoder.total_in(), whole.then_some(size)))
}
