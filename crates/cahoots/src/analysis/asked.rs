//! Which sentences of a case's messages ask something: found once for each segment, and kept.
//!
//! Scoring a hundred thousand messages takes seconds, and every question about requests needs it. A
//! segment never changes, so what was found in it is kept beside the record, under the digest of its
//! table. What is kept can be thrown away: it is found again. A case that cannot be written to is
//! read without keeping anything.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use cahoots_analyze::requests::{Detection, Detector, Language, kept, messages};
use cahoots_analyze::{Place, Record};
use cahoots_record::Sha256;
use cahoots_store::{Case, Segment, SegmentRow, StoreError};
use rustc_hash::FxHashMap;

/// A part of a segment smaller than one in this many is scored alone, and not kept: whoever asks
/// about two people does not wait for everybody.
const FEW: usize = 4;

/// What a detector for ranking finds in `wanted`; messages that ask nothing are left out. Threads
/// share the segments.
///
/// # Errors
/// When the record cannot be read.
pub fn asked(
    case: &Case,
    record: &Record,
    wanted: &[Place],
) -> Result<FxHashMap<Place, Detection>, StoreError> {
    let n_items = case.n_items() as usize;
    let by_ord = |places: &[Place]| {
        let mut by_ord: Vec<Option<Place>> = vec![None; n_items];
        for place in places {
            if let Some(slot) = by_ord.get_mut(record.row(*place).ord.0 as usize) {
                *slot = Some(*place);
            }
        }
        by_ord
    };
    let wanted = by_ord(wanted);
    let all = by_ord(&messages(record, None, None));
    let segments: Vec<(&Segment, Option<Kept>)> = case
        .segments()
        .iter()
        .enumerate()
        .filter_map(|(at, row)| Some((case.segment(at)?, Kept::of(case, row))))
        .collect();
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(8);
    // Whoever is done takes the next segment. What is found is put in order by its place.
    let work = |next: &AtomicUsize| -> Result<Vec<(Place, Detection)>, StoreError> {
        let mut found = Vec::new();
        let mut detector = None;
        while let Some((segment, kept)) = segments.get(next.fetch_add(1, Ordering::Relaxed)) {
            let ords = segment.ords();
            let ords = ords.start as usize..(ords.end as usize).min(n_items);
            let of = |places: &[Option<Place>]| places[ords.clone()].iter().flatten().count();
            let (n_wanted, n_all) = (of(&wanted), of(&all));
            if n_wanted == 0 {
                continue;
            }
            let known = match kept.as_ref().and_then(Kept::read) {
                Some(known) => known,
                None => {
                    let detector = detector.get_or_insert_with(Detector::for_ranking);
                    let few = n_wanted < n_all / FEW;
                    let known = score(segment, if few { &wanted } else { &all }, detector)?;
                    if let Some(kept) = kept.as_ref().filter(|_| !few) {
                        kept.write(&known);
                    }
                    known
                }
            };
            found.extend(known.into_iter().filter_map(|(ord, detection)| {
                Some((wanted.get(ord as usize).copied().flatten()?, detection))
            }));
        }
        Ok(found)
    };
    let (next, work) = (&AtomicUsize::new(0), &work);
    let parts = std::thread::scope(|scope| {
        let started: Vec<_> = (1..threads).map(|_| scope.spawn(move || work(next))).collect();
        let mut parts = vec![work(next)];
        for other in started {
            // A thread that panicked has nothing to give; reading here again tells what is wrong.
            parts.push(other.join().unwrap_or_else(|_| work(&AtomicUsize::new(0))));
        }
        parts
    });
    let mut found = FxHashMap::default();
    for part in parts {
        found.extend(part?);
    }
    Ok(found)
}

/// Scores the messages of a segment that `places` holds, by their number.
fn score(
    segment: &Segment,
    places: &[Option<Place>],
    detector: &mut Detector,
) -> Result<Vec<(u64, Detection)>, StoreError> {
    let mut found = Vec::new();
    segment.each_text(|words| {
        if places.get(words.ord.0 as usize).copied().flatten().is_none() {
            return;
        }
        let detection = detector.detect(words.text, words.language);
        if !detection.asked.is_empty() || detection.language == Language::OtherNotRead {
            found.push((words.ord.0, detection));
        }
    })?;
    Ok(found)
}

/// Where the findings in a segment are kept.
struct Kept {
    path: PathBuf,
    /// Digest of the table that they were found in.
    of: Sha256,
}

impl Kept {
    /// `None` where the catalog has no digest of the segment's items.
    fn of(case: &Case, row: &SegmentRow) -> Option<Self> {
        let items = row.files.iter().find(|file| file.table == "items")?;
        let path = case.kept_dir().join(format!("requests-{:08}", row.segment));
        Some(Self { path, of: items.sha256.parse().ok()? })
    }

    fn read(&self) -> Option<Vec<(u64, Detection)>> {
        kept::decode(&self.of, &fs::read(&self.path).ok()?)
    }

    /// Whoever cannot write has to find them again the next time, and no more is lost.
    fn write(&self, found: &[(u64, Detection)]) {
        let _ = self.try_write(&kept::encode(&self.of, found));
    }

    fn try_write(&self, bytes: &[u8]) -> std::io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)?;
        let mut new = tempfile::Builder::new();
        // Whoever may read the case may read this.
        #[cfg(unix)]
        new.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = new.tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.persist(&self.path)?;
        Ok(())
    }
}
