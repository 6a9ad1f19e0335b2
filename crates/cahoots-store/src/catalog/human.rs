//! Human work: attributions, labels, notes. Only appended to; an undo is one more row.

use cahoots_record::UtcMicros;
use rusqlite::params;
use serde_json::Value;

use super::Catalog;
use crate::error::StoreError;

/// One decision of a person.
#[derive(Clone, PartialEq, Debug)]
pub struct HumanRow {
    /// Its number, in the order of deciding.
    pub seq: u64,
    /// When it was decided.
    pub at: UtcMicros,
    /// Who decided.
    pub author: String,
    /// What was decided, as JSON with a `kind`.
    pub action: Value,
}

impl Catalog {
    /// Appends a decision; gives its number.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn append_human(
        &self,
        at: UtcMicros,
        author: &str,
        action: &Value,
    ) -> Result<u64, StoreError> {
        self.db()
            .execute(
                "INSERT INTO human (at, author, action) VALUES (?1,?2,?3)",
                params![at.0, author, action.to_string()],
            )
            .map(|_| self.db().last_insert_rowid() as u64)
            .map_err(StoreError::catalog("written"))
    }

    /// Appends a decision if `check` allows it after reading every decision made before: nobody
    /// can decide between the two.
    ///
    /// # Errors
    /// When the catalog cannot be written. What `check` says against it is the inner error.
    pub fn append_human_checked<E>(
        &self,
        at: UtcMicros,
        author: &str,
        action: &Value,
        check: impl FnOnce(&[HumanRow]) -> Result<(), E>,
    ) -> Result<Result<u64, E>, StoreError> {
        let failed = || StoreError::catalog("written");
        self.db().execute_batch("BEGIN IMMEDIATE").map_err(failed())?;
        let end = |how: &str| self.db().execute_batch(how).map_err(failed());
        let written = self.human().map(|before| check(&before)).and_then(|checked| match checked {
            Ok(()) => self.append_human(at, author, action).map(Ok),
            Err(refused) => Ok(Err(refused)),
        });
        match &written {
            Ok(Ok(_)) => end("COMMIT")?,
            Ok(Err(_)) | Err(_) => end("ROLLBACK")?,
        }
        written
    }

    /// The number of the last decision; 0 when there is none.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn last_human(&self) -> Result<u64, StoreError> {
        self.db()
            .query_row("SELECT coalesce(max(seq), 0) FROM human", [], |row| row.get::<_, i64>(0))
            .map(|seq| seq as u64)
            .map_err(StoreError::catalog("read"))
    }

    /// Every decision, in order.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn human(&self) -> Result<Vec<HumanRow>, StoreError> {
        let read = || {
            self.db()
                .prepare_cached("SELECT seq, at, author, action FROM human ORDER BY seq")?
                .query_map([], |row| {
                    let action: String = row.get(3)?;
                    Ok(HumanRow {
                        seq: row.get::<_, i64>(0)? as u64,
                        at: UtcMicros(row.get(1)?),
                        author: row.get(2)?,
                        action: serde_json::from_str(&action).unwrap_or(Value::Null),
                    })
                })?
                .collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(StoreError::catalog("read"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refused_decision_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let catalog = Catalog::open_for_writing(&dir.path().join("catalog.sqlite")).unwrap();
        let at = UtcMicros(0);
        let add = |value: u64, expected: u64| {
            catalog
                .append_human_checked(at, "ann", &json!({ "kind": "note", "n": value }), |before| {
                    let last = before.last().map_or(0, |row| row.seq);
                    if last == expected { Ok(()) } else { Err(last) }
                })
                .unwrap()
        };
        assert_eq!(add(1, 0), Ok(1));
        assert_eq!(add(2, 0), Err(1), "somebody was there before");
        assert_eq!(add(3, 1), Ok(2));
        assert_eq!(catalog.human().unwrap().len(), 2);
        assert_eq!(catalog.last_human().unwrap(), 2);
    }
}
