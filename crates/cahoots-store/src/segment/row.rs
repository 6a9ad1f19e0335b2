//! Rows of a batch as the vocabulary has them.

use std::path::PathBuf;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMicrosecondType, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use cahoots_record::{
    Basis, Confidence, Flags, Item, ItemKind, ItemOrd, Locator, Medium, Precision, Sha256,
    UtcMicros, Visibility, When,
};

use super::read::StoredItem;
use crate::error::StoreError;

/// Typed access to a batch by column name; absent columns read as empty.
pub(super) struct Columns<'a> {
    batch: &'a RecordBatch,
    path: PathBuf,
}

impl<'a> Columns<'a> {
    pub(super) fn new(batch: &'a RecordBatch, path: PathBuf) -> Self {
        Self { batch, path }
    }

    pub(super) fn text(&self, name: &str, row: usize) -> &'a str {
        match self.batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>()) {
            Some(column) if column.is_valid(row) => column.value(row),
            _ => "",
        }
    }

    pub(super) fn text_or_none(&self, name: &str, row: usize) -> Option<String> {
        let column = self.batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row).to_owned())
    }

    pub(super) fn damaged(&self, name: &str, row: usize, found: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            reason: format!("row {row} of a batch: column {name} holds {found:?}"),
        }
    }

    pub(super) fn parsed<T: std::str::FromStr>(
        &self,
        name: &str,
        row: usize,
    ) -> Result<T, StoreError> {
        let text = self.text(name, row);
        text.parse().map_err(|_| self.damaged(name, row, text))
    }

    pub(super) fn parsed_or_none<T: std::str::FromStr>(
        &self,
        name: &str,
        row: usize,
    ) -> Result<Option<T>, StoreError> {
        match self.text_or_none(name, row) {
            Some(text) => text.parse().map(Some).map_err(|_| self.damaged(name, row, &text)),
            None => Ok(None),
        }
    }

    pub(super) fn named<T>(
        &self,
        name: &str,
        row: usize,
        from_name: fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text = self.text(name, row);
        from_name(text).ok_or_else(|| self.damaged(name, row, text))
    }

    pub(super) fn time(&self, name: &str, row: usize) -> Option<UtcMicros> {
        let column =
            self.batch.column_by_name(name)?.as_primitive_opt::<TimestampMicrosecondType>()?;
        column.is_valid(row).then(|| UtcMicros(column.value(row)))
    }

    pub(super) fn long(&self, name: &str, row: usize) -> u64 {
        self.long_or_none(name, row).unwrap_or_default()
    }

    pub(super) fn long_or_none(&self, name: &str, row: usize) -> Option<u64> {
        let column = self.batch.column_by_name(name)?.as_primitive_opt::<UInt64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    pub(super) fn count(&self, name: &str, row: usize) -> u32 {
        self.batch
            .column_by_name(name)
            .and_then(|column| column.as_primitive_opt::<UInt32Type>())
            .map_or(0, |column| column.value(row))
    }

    pub(super) fn flag(&self, name: &str, row: usize) -> bool {
        self.batch
            .column_by_name(name)
            .and_then(|column| column.as_boolean_opt())
            .is_some_and(|column| column.value(row))
    }

    pub(super) fn list(&self, name: &str, row: usize) -> Vec<String> {
        let Some(column) =
            self.batch.column_by_name(name).and_then(|column| column.as_list_opt::<i32>())
        else {
            return Vec::new();
        };
        let values = column.value(row);
        let Some(values) = values.as_string_opt::<i32>() else { return Vec::new() };
        values.iter().flatten().map(str::to_owned).collect()
    }

    /// An item without participants, objects and attachments.
    pub(super) fn item(&self, row: usize) -> Result<StoredItem, StoreError> {
        let zero = Sha256::from_bytes([0; 32]);
        let detail = match self.text_or_none("detail", row) {
            Some(text) => {
                serde_json::from_str(&text).map_err(|_| self.damaged("detail", row, &text))?
            }
            None => serde_json::Value::Null,
        };
        let flag = |name| self.flag(name, row);
        Ok(StoredItem {
            ord: ItemOrd(self.long("item", row)),
            archive: self.count("archive", row),
            item: Item {
                id: self.parsed("id", row)?,
                kind: self.named("kind", row, ItemKind::from_name)?,
                medium: self.named("medium", row, Medium::from_name)?,
                visibility: self.named("visibility", row, Visibility::from_name)?,
                native_id: self.text_or_none("native_id", row),
                when: When {
                    earliest: self.time("time_earliest", row),
                    latest: self.time("time_latest", row),
                    offset: self
                        .batch
                        .column_by_name("offset_seconds")
                        .and_then(|column| column.as_primitive_opt::<Int32Type>())
                        .filter(|column| column.is_valid(row))
                        .map(|column| column.value(row)),
                    precision: self.named("time_precision", row, Precision::from_name)?,
                    basis: self.named("time_basis", row, Basis::from_name)?,
                    confidence: self.named("time_confidence", row, Confidence::from_name)?,
                    raw: self.text_or_none("time_raw", row),
                },
                subject: self.text_or_none("subject", row),
                text: self.text("text", row).to_owned(),
                language: self.text_or_none("language", row),
                participants: Vec::new(),
                objects: Vec::new(),
                references: self.list("references", row),
                conversation: self.text_or_none("conversation", row),
                parent: self.parsed_or_none("parent", row)?,
                attachments: Vec::new(),
                flags: Flags {
                    recovered: flag("recovered"),
                    summary: flag("summary"),
                    deleted: flag("deleted"),
                    automated: flag("automated"),
                    cut: flag("cut"),
                },
                content_hash: self.parsed_or_none("content_sha256", row)?.unwrap_or(zero),
                mih: self.text_or_none("mih", row),
                detail,
                locator: self.parsed::<Locator>("locator", row)?,
                raw_sha256: self.parsed_or_none("raw_sha256", row)?.unwrap_or(zero),
            },
        })
    }
}
