//! Archives and the segments they gave.

use cahoots_record::{Balance, ItemOrd, Sha256};
use rusqlite::{OptionalExtension, Row, params};

use super::{AccountTally, Catalog, Declared};
use crate::error::StoreError;
use crate::segment::{SegmentFile, SegmentStats};

/// How far an archive has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArchiveState {
    /// Its import was begun and has not ended: `add` and `open` go on with it.
    Importing,
    /// All of it is in the record.
    Done,
}

/// An archive as the catalog knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArchiveRow {
    /// Its number: 0, 1, 2, … in the order of adding.
    pub archive: u32,
    /// Its name as given.
    pub name: String,
    /// Where it lay when it was added.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// For a folder of loose files: which of them.
    pub members: Option<Vec<String>>,
    /// Size in bytes.
    pub size: u64,
    /// Digest of the file, or of the folder's listing.
    pub sha256: Sha256,
    /// From whose holdings it came; empty when nobody said.
    pub custodian: String,
    /// The importers that read it, separated by `+`.
    pub format: String,
    /// Their versions, in the same order.
    pub versions: String,
    /// What the person said about it, as JSON.
    pub options: String,
    /// How far it has come.
    pub state: ArchiveState,
    /// The unit of the import to go on with.
    pub next_unit: u64,
    /// The chunk of that unit to go on with.
    pub next_chunk: u64,
    /// The account of its import so far.
    pub balance: Balance,
}

/// What is known of an archive before its import.
#[derive(Clone, Debug)]
pub struct NewArchive {
    /// Its name as given.
    pub name: String,
    /// Where it lies.
    pub path: String,
    /// Whether it is a folder.
    pub folder: bool,
    /// For a folder of loose files: which of them.
    pub members: Option<Vec<String>>,
    /// Size in bytes.
    pub size: u64,
    /// Digest of the file, or of the folder's listing.
    pub sha256: Sha256,
    /// From whose holdings it came; empty when nobody said.
    pub custodian: String,
    /// The importers that will read it, separated by `+`.
    pub format: String,
    /// Their versions, in the same order.
    pub versions: String,
    /// What the person said about it, as JSON.
    pub options: String,
}

/// A segment as the catalog knows it.
#[derive(Clone, PartialEq, Debug)]
pub struct SegmentRow {
    /// Its number: 0, 1, 2, … over the whole case.
    pub segment: u64,
    /// The archive it came from.
    pub archive: u32,
    /// Place of its first item.
    pub first: ItemOrd,
    /// Number of its items.
    pub n_items: u64,
    /// Its tables.
    pub files: Vec<SegmentFile>,
    /// Its counts.
    pub stats: SegmentStats,
}

/// Everything that becomes true at once when a segment is committed.
pub struct Commit<'a> {
    /// The segment.
    pub segment: SegmentRow,
    /// Where the import goes on after it.
    pub next_unit: u64,
    /// The chunk of that unit.
    pub next_chunk: u64,
    /// What the segment adds to the archive's account.
    pub balance: Balance,
    /// Accounts that are new or have more items now.
    pub accounts: &'a [AccountTally],
    /// What the archive states about accounts.
    pub declared: &'a [Declared],
}

const ARCHIVE_COLUMNS: &str = "archive, name, path, folder, members, size, sha256, custodian, \
    format, versions, options, state, next_unit, next_chunk, found, read, damaged, skipped";

fn archive_row(row: &Row<'_>) -> rusqlite::Result<ArchiveRow> {
    let members: Option<String> = row.get(4)?;
    let sha256: String = row.get(6)?;
    let state: String = row.get(11)?;
    Ok(ArchiveRow {
        archive: row.get(0)?,
        name: row.get(1)?,
        path: row.get(2)?,
        folder: row.get(3)?,
        members: members.and_then(|text| serde_json::from_str(&text).ok()),
        size: row.get::<_, i64>(5)? as u64,
        sha256: sha256.parse().unwrap_or(Sha256::from_bytes([0; 32])),
        custodian: row.get(7)?,
        format: row.get(8)?,
        versions: row.get(9)?,
        options: row.get(10)?,
        state: if state == "done" { ArchiveState::Done } else { ArchiveState::Importing },
        next_unit: row.get::<_, i64>(12)? as u64,
        next_chunk: row.get::<_, i64>(13)? as u64,
        balance: Balance {
            found: row.get::<_, i64>(14)? as u64,
            read: row.get::<_, i64>(15)? as u64,
            damaged: row.get::<_, i64>(16)? as u64,
            skipped: row.get::<_, i64>(17)? as u64,
        },
    })
}

fn segment_row(row: &Row<'_>) -> rusqlite::Result<SegmentRow> {
    let (files, stats): (String, String) = (row.get(4)?, row.get(5)?);
    Ok(SegmentRow {
        segment: row.get::<_, i64>(0)? as u64,
        archive: row.get(1)?,
        first: ItemOrd(row.get::<_, i64>(2)? as u64),
        n_items: row.get::<_, i64>(3)? as u64,
        files: serde_json::from_str(&files).unwrap_or_default(),
        stats: serde_json::from_str(&stats).unwrap_or_default(),
    })
}

impl Catalog {
    /// Every archive, in the order of adding.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn archives(&self) -> Result<Vec<ArchiveRow>, StoreError> {
        let read = || {
            self.db()
                .prepare_cached(&format!(
                    "SELECT {ARCHIVE_COLUMNS} FROM archives ORDER BY archive"
                ))?
                .query_map([], archive_row)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::catalog("read"))
    }

    /// The archive with this digest from this custodian.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn find_archive(
        &self,
        sha256: &Sha256,
        custodian: &str,
    ) -> Result<Option<ArchiveRow>, StoreError> {
        let sql =
            format!("SELECT {ARCHIVE_COLUMNS} FROM archives WHERE sha256 = ?1 AND custodian = ?2");
        self.db()
            .query_row(&sql, params![sha256.to_string(), custodian], archive_row)
            .optional()
            .map_err(StoreError::catalog("read"))
    }

    /// Adds an archive whose import begins; gives its number.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn begin_archive(&self, new: &NewArchive) -> Result<u32, StoreError> {
        let write = || {
            let number: u32 = self.db().query_row(
                "SELECT coalesce(max(archive) + 1, 0) FROM archives",
                [],
                |row| row.get(0),
            )?;
            let members =
                new.members.as_ref().map(|members| serde_json::json!(members).to_string());
            self.db().execute(
                "INSERT INTO archives (archive, name, path, folder, members, size, sha256, \
                 custodian, format, versions, options, state, added_at) \
                 VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,'importing',?12)",
                params![
                    number,
                    new.name,
                    new.path,
                    new.folder,
                    members,
                    new.size as i64,
                    new.sha256.to_string(),
                    new.custodian,
                    new.format,
                    new.versions,
                    new.options,
                    jiff::Timestamp::now().as_microsecond(),
                ],
            )?;
            Ok(number)
        };
        write().map_err(StoreError::catalog("written"))
    }

    /// Forgets an archive that gave no segment, because it could not be read at all.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn forget_archive(&self, archive: u32) -> Result<(), StoreError> {
        self.db()
            .execute(
                "DELETE FROM archives WHERE archive = ?1 \
                 AND NOT EXISTS (SELECT 1 FROM segments WHERE segments.archive = ?1)",
                [archive],
            )
            .map(drop)
            .map_err(StoreError::catalog("written"))
    }

    /// Notes where an archive lies now, when it was moved.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn move_archive(&self, archive: u32, path: &str) -> Result<(), StoreError> {
        self.db()
            .execute("UPDATE archives SET path = ?2 WHERE archive = ?1", params![archive, path])
            .map(drop)
            .map_err(StoreError::catalog("written"))
    }

    /// Marks an archive as wholly imported.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn finish_archive(&self, archive: u32) -> Result<(), StoreError> {
        self.db()
            .execute("UPDATE archives SET state = 'done' WHERE archive = ?1", [archive])
            .map(drop)
            .map_err(StoreError::catalog("written"))
    }

    /// How far the record has come: the number after its last segment, and how many archives
    /// are in it to the end. Another value means that there is more to read.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn extent(&self) -> Result<(u64, u64), StoreError> {
        self.db()
            .query_row(
                "SELECT (SELECT coalesce(max(segment) + 1, 0) FROM segments),
                        (SELECT count(*) FROM archives WHERE state = 'done')",
                [],
                |row| Ok((row.get::<_, i64>(0)? as u64, row.get::<_, i64>(1)? as u64)),
            )
            .map_err(StoreError::catalog("read"))
    }

    /// Every segment, in order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn segments(&self) -> Result<Vec<SegmentRow>, StoreError> {
        let read = || {
            self.db()
                .prepare_cached(
                    "SELECT segment, archive, first_item, n_items, files, stats FROM segments \
                     ORDER BY segment",
                )?
                .query_map([], segment_row)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::catalog("read"))
    }

    /// Makes a segment, its accounts and the archive's progress true in one transaction.
    ///
    /// # Errors
    /// When the catalog cannot be written; nothing has changed then.
    pub fn commit_segment(&self, commit: &Commit<'_>) -> Result<(), StoreError> {
        let write = || {
            let db = self.db().unchecked_transaction()?;
            let segment = &commit.segment;
            db.execute(
                "INSERT INTO segments VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
                params![
                    segment.segment as i64,
                    segment.archive,
                    segment.first.0 as i64,
                    segment.n_items as i64,
                    commit.next_unit as i64,
                    commit.next_chunk as i64,
                    serde_json::json!(segment.files).to_string(),
                    serde_json::json!(segment.stats).to_string(),
                ],
            )?;
            let b = &commit.balance;
            db.execute(
                "UPDATE archives SET next_unit = ?2, next_chunk = ?3, found = found + ?4, \
                 read = read + ?5, damaged = damaged + ?6, skipped = skipped + ?7 \
                 WHERE archive = ?1",
                params![
                    segment.archive,
                    commit.next_unit as i64,
                    commit.next_chunk as i64,
                    b.found as i64,
                    b.read as i64,
                    b.damaged as i64,
                    b.skipped as i64
                ],
            )?;
            super::accounts::add(&db, commit.accounts)?;
            super::accounts::declare(&db, segment.archive, commit.declared)?;
            db.commit()
        };
        write().map_err(StoreError::catalog("written"))
    }
}
