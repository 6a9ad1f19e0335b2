//! People who may sign in to the workbench when it listens on more than this machine.

use cahoots_record::UtcMicros;
use rusqlite::{OptionalExtension, Row, params};

use super::Catalog;
use crate::error::StoreError;

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UserRow {
    /// The name to sign in with; decisions carry it.
    pub name: String,
    /// What they may do: `reader` or `editor`.
    pub role: String,
    /// Hash of the password, in the PHC string format.
    pub password: String,
    /// When they were added, or last changed.
    pub added_at: UtcMicros,
}

impl UserRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            name: row.get(0)?,
            role: row.get(1)?,
            password: row.get(2)?,
            added_at: UtcMicros(row.get(3)?),
        })
    }
}

/// A case made before there were users has no table of them.
fn none_yet(error: &rusqlite::Error) -> bool {
    error.to_string().contains("no such table: users")
}

impl Catalog {
    /// Adds somebody, or changes role and password of somebody known.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn put_user(&self, user: &UserRow) -> Result<(), StoreError> {
        self.db()
            .execute(
                "INSERT INTO users (name, role, password, added_at) VALUES (?1,?2,?3,?4)
                 ON CONFLICT (name) DO UPDATE SET role = ?2, password = ?3, added_at = ?4",
                params![user.name, user.role, user.password, user.added_at.0],
            )
            .map(drop)
            .map_err(StoreError::catalog("written"))
    }

    /// Takes somebody off the list; whether they were on it. Their decisions stay.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn remove_user(&self, name: &str) -> Result<bool, StoreError> {
        self.db()
            .execute("DELETE FROM users WHERE name = ?1", params![name])
            .map(|n| n > 0)
            .map_err(StoreError::catalog("written"))
    }

    /// One of them.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn user(&self, name: &str) -> Result<Option<UserRow>, StoreError> {
        let found = self
            .db()
            .prepare_cached("SELECT name, role, password, added_at FROM users WHERE name = ?1")
            .and_then(|mut select| select.query_row([name], UserRow::read).optional());
        match found {
            Err(error) if none_yet(&error) => Ok(None),
            found => found.map_err(StoreError::catalog("read")),
        }
    }

    /// All of them, by name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        let read = || {
            self.db()
                .prepare_cached("SELECT name, role, password, added_at FROM users ORDER BY name")?
                .query_map([], UserRow::read)?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        match read() {
            Err(error) if none_yet(&error) => Ok(Vec::new()),
            found => found.map_err(StoreError::catalog("read")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_come_change_and_go() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = Catalog::open_for_writing(&dir.path().join("catalog.sqlite")).unwrap();
        let ann = |role: &str| UserRow {
            name: "ann".into(),
            role: role.into(),
            password: "hash".into(),
            added_at: UtcMicros(1),
        };
        catalog.put_user(&ann("reader")).unwrap();
        catalog.put_user(&ann("editor")).unwrap();
        assert_eq!(catalog.users().unwrap(), vec![ann("editor")]);
        assert_eq!(catalog.user("ann").unwrap(), Some(ann("editor")));
        assert!(catalog.remove_user("ann").unwrap());
        assert!(!catalog.remove_user("ann").unwrap());
        assert_eq!(catalog.user("ann").unwrap(), None);
    }
}
