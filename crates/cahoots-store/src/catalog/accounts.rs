//! Accounts: numbered in the order in which the record first names them.

use cahoots_record::{AccountKey, UtcMicros};
use rusqlite::{Connection, params};

use super::Catalog;
use crate::error::StoreError;

/// An account as the catalog knows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountRow {
    /// Its number: 0, 1, 2, … in the order of first mention.
    pub account: u32,
    /// Its normalised name.
    pub key: AccountKey,
    /// Items it is the author of.
    pub n_from: u64,
    /// Items addressed to it (to, cc, bcc, member).
    pub n_to: u64,
    /// Items in which it plays another part.
    pub n_other: u64,
    /// Earliest sort key of its items.
    pub first: Option<UtcMicros>,
    /// Latest sort key of its items.
    pub last: Option<UtcMicros>,
}

/// A display name that was printed with an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountName {
    /// The account's number.
    pub account: u32,
    /// The name as printed.
    pub name: String,
    /// How often.
    pub n: u64,
}

/// What one segment adds to an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountTally {
    /// The counts to add; `key` matters only when the account is new.
    pub row: AccountRow,
    /// Names to add, with counts.
    pub names: Vec<(String, u64)>,
}

/// An archive's statement that two accounts are one party's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Declared {
    /// One account's number.
    pub account: u32,
    /// The other's.
    pub same_as: u32,
    /// What the statement rests on.
    pub basis: String,
    /// The archive that states it; ignored when writing.
    pub archive: u32,
}

pub(super) fn add(db: &Connection, tallies: &[AccountTally]) -> rusqlite::Result<()> {
    let mut account = db.prepare_cached(
        "INSERT INTO accounts VALUES (?1,?2,?3,?4,?5,?6,?7) ON CONFLICT (account) DO UPDATE SET \
         n_from = n_from + excluded.n_from, n_to = n_to + excluded.n_to, \
         n_other = n_other + excluded.n_other, \
         first = min(coalesce(first, excluded.first), coalesce(excluded.first, first)), \
         last = max(coalesce(last, excluded.last), coalesce(excluded.last, last))",
    )?;
    let mut name = db.prepare_cached(
        "INSERT INTO account_names VALUES (?1,?2,?3) \
         ON CONFLICT (account, name) DO UPDATE SET n = n + excluded.n",
    )?;
    for tally in tallies {
        let row = &tally.row;
        account.execute(params![
            row.account,
            row.key.as_str(),
            row.n_from as i64,
            row.n_to as i64,
            row.n_other as i64,
            row.first.map(|time| time.0),
            row.last.map(|time| time.0),
        ])?;
        for (text, n) in &tally.names {
            name.execute(params![row.account, text, *n as i64])?;
        }
    }
    Ok(())
}

pub(super) fn declare(db: &Connection, archive: u32, rows: &[Declared]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO declared VALUES (?1,?2,?3,?4)")?;
    for row in rows {
        insert.execute(params![row.account, row.same_as, row.basis, archive])?;
    }
    Ok(())
}

impl Catalog {
    /// Every account, by number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, StoreError> {
        let read = || {
            self.db()
                .prepare_cached("SELECT * FROM accounts ORDER BY account")?
                .query_map([], |row| {
                    let key: String = row.get(1)?;
                    Ok(AccountRow {
                        account: row.get(0)?,
                        key: AccountKey::from_stored(key),
                        n_from: row.get::<_, i64>(2)? as u64,
                        n_to: row.get::<_, i64>(3)? as u64,
                        n_other: row.get::<_, i64>(4)? as u64,
                        first: row.get::<_, Option<i64>>(5)?.map(UtcMicros),
                        last: row.get::<_, Option<i64>>(6)?.map(UtcMicros),
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::catalog("read"))
    }

    /// Every display name, by account, most frequent first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn account_names(&self) -> Result<Vec<AccountName>, StoreError> {
        let read = || {
            self.db()
                .prepare_cached("SELECT * FROM account_names ORDER BY account, n DESC, name")?
                .query_map([], |row| {
                    Ok(AccountName {
                        account: row.get(0)?,
                        name: row.get(1)?,
                        n: row.get::<_, i64>(2)? as u64,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::catalog("read"))
    }

    /// What archives state about accounts being one party's.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn declared(&self) -> Result<Vec<Declared>, StoreError> {
        let read = || {
            self.db()
                .prepare_cached("SELECT * FROM declared ORDER BY account, same_as, archive")?
                .query_map([], |row| {
                    Ok(Declared {
                        account: row.get(0)?,
                        same_as: row.get(1)?,
                        basis: row.get(2)?,
                        archive: row.get(3)?,
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::catalog("read"))
    }
}
