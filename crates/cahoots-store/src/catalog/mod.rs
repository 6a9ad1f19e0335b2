//! The catalog: what archives, segments and accounts there are, and what people decided.

mod accounts;
mod archives;
mod human;
mod schema;
mod users;

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

pub use accounts::{AccountName, AccountRow, AccountTally, Declared};
pub use archives::{ArchiveRow, ArchiveState, Commit, NewArchive, SegmentRow};
pub use human::HumanRow;
pub use users::UserRow;

use crate::error::StoreError;

/// An open catalog.
pub struct Catalog {
    db: Connection,
}

impl Catalog {
    /// Makes the catalog or opens it for writing.
    ///
    /// # Errors
    /// When SQLite cannot open it.
    pub fn open_for_writing(path: &Path) -> Result<Self, StoreError> {
        let db = Connection::open(path).map_err(StoreError::catalog("opened"))?;
        // WAL lets readers go on while an import commits; FULL makes a commit durable.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            .map_err(StoreError::catalog("opened"))?;
        db.busy_timeout(std::time::Duration::from_secs(30))
            .map_err(StoreError::catalog("opened"))?;
        db.execute_batch(schema::TABLES).map_err(StoreError::catalog("set up"))?;
        Ok(Self { db })
    }

    /// Opens an existing catalog for reading.
    ///
    /// # Errors
    /// When SQLite cannot open it.
    pub fn open_for_reading(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags)
            .or_else(|_| {
                // A case on a read-only disk.
                Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            })
            .map_err(StoreError::catalog("opened"))?;
        db.busy_timeout(std::time::Duration::from_secs(30))
            .map_err(StoreError::catalog("opened"))?;
        Ok(Self { db })
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }
}
