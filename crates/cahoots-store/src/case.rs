//! A case folder: opening, locking, reading items.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cahoots_record::ItemOrd;
use serde::{Deserialize, Serialize};

use crate::catalog::{ArchiveRow, Catalog, SegmentRow};
use crate::error::StoreError;
use crate::ids::ItemIds;
use crate::segment::{Copy, IssueRow, Parts, Segment, StoredItem};

/// The layout of a case folder that this program writes.
pub const SCHEMA_VERSION: u32 = 1;

/// What `case.toml` holds. People may edit it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFacts {
    /// What the investigation is called.
    pub name: String,
    /// IANA name of the zone in which times are shown (`"UTC"`).
    pub zone: String,
    /// Layout of the folder.
    pub schema: u32,
}

/// An open case.
pub struct Case {
    root: PathBuf,
    info: CaseFacts,
    catalog: Catalog,
    archives: Vec<ArchiveRow>,
    segment_rows: Vec<SegmentRow>,
    segments: Vec<Arc<Segment>>,
    /// Held while the case is open for writing; the system lets go of it when the process ends.
    _lock: Option<File>,
}

impl Case {
    /// Opens a case for reading.
    ///
    /// # Errors
    /// [`StoreError::NoCase`] when there is none; others when it cannot be read.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        if !root.join("case.toml").is_file() {
            return Err(StoreError::NoCase { path: root.to_owned() });
        }
        let info = read_info(root)?;
        let catalog = Catalog::open_for_reading(&root.join("catalog.sqlite"))?;
        Self::load(root, info, catalog, None)
    }

    /// Opens a case for writing and removes what an interrupted import left; makes it if there is
    /// none and the folder is absent or empty.
    ///
    /// # Errors
    /// [`StoreError::Locked`] when another process writes; others when it cannot be made or read.
    pub fn open_for_writing(root: &Path, name: &str) -> Result<Self, StoreError> {
        let is_case = root.join("case.toml").is_file();
        if !is_case {
            let mut entries = match fs::read_dir(root) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    fs::create_dir_all(root)
                        .map_err(StoreError::io(root, "the folder cannot be made"))?;
                    fs::read_dir(root).map_err(StoreError::io(root, "the folder cannot be read"))?
                }
                Err(error) => {
                    return Err(StoreError::io(root, "the folder cannot be read")(error));
                }
            };
            // A kill while the case was being made leaves a lock or a catalog and no case.toml.
            let ours = ["lock", "catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"];
            let foreign = entries.any(|entry| {
                entry.is_ok_and(|entry| {
                    !ours.iter().any(|name| entry.file_name() == **name)
                        && entry.file_name() != "case.toml.new"
                })
            });
            if foreign {
                return Err(StoreError::NotACase { path: root.to_owned() });
            }
        }
        let lock = lock(root)?;
        let catalog = Catalog::open_for_writing(&root.join("catalog.sqlite"))?;
        if !is_case {
            let info =
                CaseFacts { name: name.to_owned(), zone: "UTC".to_owned(), schema: SCHEMA_VERSION };
            write_info(root, &info)?;
        }
        let info = read_info(root)?;
        let case = Self::load(root, info, catalog, Some(lock))?;
        case.remove_litter()?;
        Ok(case)
    }

    fn load(
        root: &Path,
        info: CaseFacts,
        catalog: Catalog,
        lock: Option<File>,
    ) -> Result<Self, StoreError> {
        let mut case = Self {
            root: root.to_owned(),
            info,
            catalog,
            archives: Vec::new(),
            segment_rows: Vec::new(),
            segments: Vec::new(),
            _lock: lock,
        };
        case.reload()?;
        Ok(case)
    }

    /// Reads archives and segments again from the catalog.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn reload(&mut self) -> Result<(), StoreError> {
        self.archives = self.catalog.archives()?;
        self.segment_rows = self.catalog.segments()?;
        // A segment never changes: what is known of those that were there stays.
        let known = std::mem::take(&mut self.segments);
        self.share_segments(&known);
        Ok(())
    }

    /// Uses the open tables of another case at this folder where they are the same.
    pub fn share_segments(&mut self, known: &[Arc<Segment>]) {
        let segments = self.segment_rows.iter().enumerate().map(|(at, row)| {
            let dir = self.segment_dir(row.segment);
            match known.get(at).filter(|known| known.is(&dir, row.first, row.n_items)) {
                Some(known) => Arc::clone(known),
                None => Arc::new(Segment::new(dir, row.first, row.n_items)),
            }
        });
        self.segments = segments.collect();
    }

    /// The open tables of all segments, for another case at this folder.
    pub fn shared_segments(&self) -> Vec<Arc<Segment>> {
        self.segments.clone()
    }

    /// The case folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What `case.toml` holds.
    pub fn info(&self) -> &CaseFacts {
        &self.info
    }

    /// The catalog.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Where the text index lives.
    pub fn index_dir(&self) -> PathBuf {
        self.root.join("index")
    }

    /// Where answers are kept that follow from the record and cost more than to read them.
    pub fn kept_dir(&self) -> PathBuf {
        self.root.join("kept")
    }

    /// Where temporary files go.
    pub fn spool_dir(&self) -> PathBuf {
        self.root.join("spool")
    }

    /// Where a segment's tables live.
    pub fn segment_dir(&self, segment: u64) -> PathBuf {
        self.root.join("record").join(format!("{segment:08}"))
    }

    /// Every archive, by number.
    pub fn archives(&self) -> &[ArchiveRow] {
        &self.archives
    }

    /// Every segment, by number.
    pub fn segments(&self) -> &[SegmentRow] {
        &self.segment_rows
    }

    /// The tables of a segment.
    pub fn segment(&self, place: usize) -> Option<&Segment> {
        self.segments.get(place).map(AsRef::as_ref)
    }

    /// Number of items in the record.
    pub fn n_items(&self) -> u64 {
        self.segment_rows.last().map_or(0, |segment| segment.first.0 + segment.n_items)
    }

    /// The items at `ords`, in the order asked for; places that do not exist are left out.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn items(&self, ords: &[ItemOrd], parts: Parts) -> Result<Vec<StoredItem>, StoreError> {
        let mut sorted: Vec<ItemOrd> = ords.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut parts_of: Vec<(&Segment, &[ItemOrd])> = Vec::new();
        let mut rest = &sorted[..];
        while let Some(next) = rest.first() {
            let place =
                self.segment_rows.partition_point(|row| row.first.0 + row.n_items <= next.0);
            let Some(segment) = self.segments.get(place) else { break };
            let end = rest.partition_point(|ord| ord.0 < segment.ords().end);
            parts_of.push((segment, &rest[..end]));
            rest = &rest[end..];
        }
        let found = read_side_by_side(&parts_of, parts)?;
        if sorted.len() == ords.len() && sorted == ords {
            return Ok(found);
        }
        Ok(ords
            .iter()
            .filter_map(|ord| {
                let place = found.binary_search_by_key(ord, |item| item.ord).ok()?;
                Some(found[place].clone())
            })
            .collect())
    }

    /// Every occurrence of an item, in the order of import.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn copies(&self, ord: ItemOrd) -> Result<Vec<Copy>, StoreError> {
        let mut copies = Vec::new();
        for (segment, row) in self.segments.iter().zip(&self.segment_rows) {
            // Copies stand in the item's own segment or in later ones that saw it again.
            if row.first.0 + row.n_items > ord.0
                && (segment.ords().contains(&ord.0) || row.stats.copies > 0)
            {
                copies.extend(segment.copies(&mut |item, _| item == ord)?);
            }
        }
        Ok(copies)
    }

    /// Items of which further copies lie in one of `archives`, sorted.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn copies_in(&self, archives: &[u32]) -> Result<Vec<ItemOrd>, StoreError> {
        let mut ords = Vec::new();
        for (segment, row) in self.segments.iter().zip(&self.segment_rows) {
            if row.stats.copies > 0 && archives.contains(&row.archive) {
                let own = segment.ords();
                let copies = segment.copies(&mut |item, _| !own.contains(&item.0))?;
                ords.extend(copies.into_iter().map(|copy| copy.item));
            }
        }
        ords.sort_unstable();
        ords.dedup();
        Ok(ords)
    }

    /// Issues, in the order of import.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn issues(&self) -> impl Iterator<Item = Result<Vec<IssueRow>, StoreError>> + '_ {
        let rows = self.segments.iter().zip(&self.segment_rows);
        rows.filter(|(_, row)| !row.stats.issues.is_empty()).map(|(segment, _)| segment.issues())
    }

    /// Every item id with its place.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn item_ids(&self) -> Result<ItemIds, StoreError> {
        let mut ids = ItemIds::default();
        for segment in &self.segments {
            for (id, content) in segment.item_ids()? {
                ids.push(id, &content);
            }
        }
        Ok(ids)
    }

    /// Removes segments that the catalog does not name and everything in the spool.
    fn remove_litter(&self) -> Result<(), StoreError> {
        let spool = self.spool_dir();
        if spool.exists() {
            fs::remove_dir_all(&spool)
                .map_err(StoreError::io(&spool, "left-over files cannot be removed"))?;
        }
        fs::create_dir_all(&spool).map_err(StoreError::io(&spool, "the folder cannot be made"))?;
        let record = self.root.join("record");
        fs::create_dir_all(&record)
            .map_err(StoreError::io(&record, "the folder cannot be made"))?;
        let entries =
            fs::read_dir(&record).map_err(StoreError::io(&record, "the folder cannot be read"))?;
        for entry in entries.flatten() {
            let name = entry.file_name();
            let known =
                name.to_str().and_then(|name| name.parse::<u64>().ok()).is_some_and(|number| {
                    self.segment_rows.binary_search_by_key(&number, |row| row.segment).is_ok()
                });
            if !known && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                fs::remove_dir_all(entry.path())
                    .map_err(StoreError::io(entry.path(), "left-over files cannot be removed"))?;
            }
        }
        Ok(())
    }
}

/// Few items of many segments: opening their tables is most of the work, so two threads share it.
fn read_side_by_side(
    wanted: &[(&Segment, &[ItemOrd])],
    parts: Parts,
) -> Result<Vec<StoredItem>, StoreError> {
    let read = |wanted: &[(&Segment, &[ItemOrd])]| -> Result<Vec<StoredItem>, StoreError> {
        let mut found = Vec::new();
        for (segment, ords) in wanted {
            found.extend(segment.items(ords, parts)?);
        }
        Ok(found)
    };
    if wanted.len() < 4 {
        return read(wanted);
    }
    let (first, second) = wanted.split_at(wanted.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| read(second));
        let mut found = read(first)?;
        // A thread that panicked has nothing to give; reading here again tells what is wrong.
        found.extend(other.join().unwrap_or_else(|_| read(second))?);
        Ok(found)
    })
}

fn lock(root: &Path) -> Result<File, StoreError> {
    let path = root.join("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(StoreError::io(&path, "the lock cannot be opened"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::Locked { path: root.to_owned() }),
        Err(fs::TryLockError::Error(error)) => {
            Err(StoreError::io(&path, "the case cannot be locked")(error))
        }
    }
}

fn read_info(root: &Path) -> Result<CaseFacts, StoreError> {
    let path = root.join("case.toml");
    let text =
        fs::read_to_string(&path).map_err(StoreError::io(&path, "the file cannot be read"))?;
    let info: CaseFacts = toml::from_str(&text).map_err(|error| StoreError::CaseFile {
        path: path.clone(),
        reason: error.message().to_owned(),
    })?;
    if info.schema > SCHEMA_VERSION {
        return Err(StoreError::Newer {
            path: root.to_owned(),
            found: info.schema,
            known: SCHEMA_VERSION,
        });
    }
    Ok(info)
}

fn write_info(root: &Path, info: &CaseFacts) -> Result<(), StoreError> {
    let path = root.join("case.toml");
    let text = toml::to_string(info)
        .map_err(|error| StoreError::CaseFile { path: path.clone(), reason: error.to_string() })?;
    let new = root.join("case.toml.new");
    fs::write(&new, text).map_err(StoreError::io(&new, "the file cannot be written"))?;
    File::open(&new)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(&new, &path))
        .map_err(StoreError::io(&path, "the file cannot be written"))
}
