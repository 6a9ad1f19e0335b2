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
