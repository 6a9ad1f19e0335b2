//! The tables of a segment back into items.

use std::fs::File;
use std::path::PathBuf;
use std::sync::OnceLock;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int32Type, TimestampMicrosecondType, UInt32Type, UInt64Type};
use arrow_array::{Array, RecordBatch};
use cahoots_record::{
    AccountKey, Attachment, Basis, Confidence, Flags, Item, ItemId, ItemKind, ItemOrd, Locator,
    Medium, Object, ObjectKind, Participant, Precision, Role, Severity, Sha256, UtcMicros,
    Visibility, When,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
    RowSelector,
};
use parquet::file::metadata::PageIndexPolicy;

use super::schema::{Copy, TABLES};
use crate::error::StoreError;

/// An item as the record holds it: with its place and the archive it was first read from.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredItem {
    /// Its place in the record.
    pub ord: ItemOrd,
    /// The archive of its first occurrence.
    pub archive: u32,
    /// The item.
    pub item: Item,
}

/// An issue with the archive it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRow {
    /// Number of the archive in the catalog.
    pub archive: u32,
    /// The issue.
    pub issue: cahoots_record::Issue,
}

/// What an item has to do with threads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadRow {
    /// Its lasting name.
    pub id: ItemId,
    /// The platform's own id.
    pub native_id: Option<String>,
    /// Native ids of what it answers, parent last.
    pub references: Vec<String>,
    /// The item it came attached to.
    pub parent: Option<ItemId>,
    /// Its sort key.
    pub time: Option<UtcMicros>,
}

/// How much of an item to read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parts {
    /// What a line of a list shows: no text, objects, attachments or detail.
    Line,
    /// A line and the text, for snippets.
    Text,
    /// Everything.
    All,
}

/// One segment on disk. Opening is free; tables are opened when first asked for.
pub struct Segment {
    dir: PathBuf,
    first: ItemOrd,
    n_items: u64,
    tables: Vec<OnceLock<Option<ArrowReaderMetadata>>>,
}

/// The columns of `items` that [`Parts::Line`] reads.
pub(super) const LINE: &[&str] = &[
    "item",
    "id",
    "kind",
    "medium",
    "visibility",
    "native_id",
    "time_earliest",
    "time_latest",
    "offset_seconds",
    "time_precision",
    "time_basis",
    "time_confidence",
    "subject",
    "language",
    "conversation",
    "parent",
    "recovered",
    "summary",
    "deleted",
    "automated",
    "cut",
    "archive",
    "locator",
    "participants_row",
    "n_participants",
];

impl Segment {
    /// A segment whose items stand at `first..first + n_items`.
    pub fn new(dir: PathBuf, first: ItemOrd, n_items: u64) -> Self {
        Self { dir, first, n_items, tables: TABLES.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Whether it is the segment in this folder with these items.
    pub(crate) fn is(&self, dir: &std::path::Path, first: ItemOrd, n_items: u64) -> bool {
        self.dir == dir && self.first == first && self.n_items == n_items
    }

    /// Places of its items.
    pub fn ords(&self) -> std::ops::Range<u64> {
        self.first.0..self.first.0 + self.n_items
    }

    pub(super) fn path(&self, table: &str) -> PathBuf {
        self.dir.join(format!("{table}.parquet"))
    }

    /// A reader of some columns (all if empty) and some rows (all if `None`) of a table; `None`
    /// when the segment has no rows of that table.
    pub(super) fn open(
        &self,
        table: &'static str,
        columns: &[&str],
        rows: Option<&[std::ops::Range<usize>]>,
    ) -> Result<Option<Batches>, StoreError> {
        let path = self.path(table);
        let place = TABLES.iter().position(|name| *name == table).unwrap_or_default();
        let failed = |what: &'static str| {
            let path = path.clone();
            move |source| StoreError::Table { path, what, source }
        };
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::io(path, "the table cannot be opened")(error)),
        };
        let metadata = match self.tables[place].get() {
            Some(Some(metadata)) => metadata.clone(),
            _ => {
                let options =
                    ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
                let metadata = ArrowReaderMetadata::load(&file, options)
                    .map_err(failed("the table's footer cannot be read"))?;
                let _ = self.tables[place].set(Some(metadata.clone()));
                metadata
            }
        };
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        if !columns.is_empty() {
            let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        let mut batch = 8192;
        if let Some(rows) = rows {
            // Room is made for a whole batch, however few rows there are.
            batch = rows.iter().map(std::ops::Range::len).sum::<usize>().clamp(1, batch);
            let total = builder.metadata().file_metadata().num_rows() as usize;
            builder = builder.with_row_selection(selection(rows, total));
        }
        let reader =
            builder.with_batch_size(batch).build().map_err(failed("the table cannot be read"))?;
        Ok(Some(Batches { reader, path }))
    }

    /// The ids and content digests of its items, in order.
    ///
    /// # Errors
    /// When the table cannot be read or holds something that is not an id.
    pub fn item_ids(&self) -> Result<Vec<(ItemId, Sha256)>, StoreError> {
        let mut ids = Vec::with_capacity(self.n_items as usize);
        for batch in self.open("items", &["id", "content_sha256"], None)?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path("items"));
            for row in 0..batch.num_rows() {
                ids.push((columns.parsed("id", row)?, columns.parsed("content_sha256", row)?));
            }
        }
        Ok(ids)
    }

    /// What its items have to do with threads, in order.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn thread_rows(&self) -> Result<Vec<ThreadRow>, StoreError> {
        let wanted = ["id", "native_id", "references", "parent", "time_earliest", "time_latest"];
        let mut rows = Vec::with_capacity(self.n_items as usize);
        for batch in self.open("items", &wanted, None)?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path("items"));
            for row in 0..batch.num_rows() {
                rows.push(ThreadRow {
                    id: columns.parsed("id", row)?,
                    native_id: columns.text_or_none("native_id", row),
                    references: columns.list("references", row),
                    parent: columns.parsed_or_none("parent", row)?,
                    time: columns.time("time_earliest", row).or(columns.time("time_latest", row)),
                });
            }
        }
        Ok(rows)
    }

    /// The items at `ords` (sorted, all in this segment), in that order.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn items(&self, ords: &[ItemOrd], parts: Parts) -> Result<Vec<StoredItem>, StoreError> {
        let places: Vec<usize> = ords.iter().map(|ord| (ord.0 - self.first.0) as usize).collect();
        let rows = ranges(&places);
        let columns: Vec<&str> = match parts {
            Parts::Line => LINE.to_vec(),
            Parts::Text => LINE.iter().copied().chain(["text"]).collect(),
            Parts::All => Vec::new(),
        };
        let mut found = Vec::with_capacity(ords.len());
        let mut participant_rows = Vec::with_capacity(ords.len());
        for batch in self.open("items", &columns, Some(&rows))?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path("items"));
            for row in 0..batch.num_rows() {
                found.push(columns.item(row)?);
                let start = columns.count("participants_row", row) as usize;
                participant_rows.push(start..start + columns.count("n_participants", row) as usize);
            }
        }
        if found.len() != ords.len() {
            return Err(StoreError::Damaged {
                path: self.path("items"),
                reason: format!("{} of {} items found", found.len(), ords.len()),
            });
        }
        self.fill_participants(&mut found, &participant_rows)?;
        if parts == Parts::All {
            self.fill_rest(&mut found)?;
        }
        Ok(found)
    }

    fn fill_participants(
        &self,
        items: &mut [StoredItem],
        rows: &[std::ops::Range<usize>],
    ) -> Result<(), StoreError> {
        let wanted: Vec<_> = rows.iter().filter(|rows| !rows.is_empty()).cloned().collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let first = self.first.0;
        let mut by_place = items.iter_mut().peekable();
        for batch in self.open("participants", &[], Some(&wanted))?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path("participants"));
            for row in 0..batch.num_rows() {
                let ord = columns.long("item", row);
                while by_place.peek().is_some_and(|item| item.ord.0 < ord) {
                    by_place.next();
                }
                let Some(item) = by_place.peek_mut().filter(|item| item.ord.0 == ord) else {
                    return Err(StoreError::Damaged {
                        path: self.path("participants"),
                        reason: format!("row for item {} stands in a wrong place", ord - first),
                    });
                };
                item.item.participants.push(Participant {
                    account: AccountKey::from_stored(columns.text("account", row)),
                    role: columns.named("role", row, Role::from_name)?,
                    name: columns.text_or_none("name", row),
                });
            }
        }
        Ok(())
    }

    fn fill_rest(&self, items: &mut [StoredItem]) -> Result<(), StoreError> {
        self.rows_of("objects", items, |columns, row, item| {
            item.objects.push(Object {
                kind: columns.named("kind", row, ObjectKind::from_name)?,
                key: columns.text("key", row).to_owned(),
                raw: columns.text_or_none("raw", row),
            });
            Ok(())
        })?;
        self.rows_of("attachments", items, |columns, row, item| {
            item.attachments.push(Attachment {
                name: columns.text("name", row).to_owned(),
                media_type: columns.text("media_type", row).to_owned(),
                size: columns.long_or_none("size", row),
                sha256: columns.parsed_or_none("sha256", row)?,
            });
            Ok(())
        })
    }

    /// Calls `each` for every row of `table` that belongs to one of `items` (sorted by place).
    fn rows_of(
        &self,
        table: &'static str,
        items: &mut [StoredItem],
        mut each: impl FnMut(&Columns<'_>, usize, &mut Item) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        let mut at = 0;
        for batch in self.open(table, &["item"], None)?.into_iter().flatten() {
            let batch = batch?;
            let column = batch.column(0).as_primitive::<UInt64Type>();
            for ord in column.values() {
                if items.binary_search_by_key(ord, |item| item.ord.0).is_ok() {
                    rows.push(at);
                }
                at += 1;
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        for batch in self.open(table, &[], Some(&ranges(&rows)))?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path(table));
            for row in 0..batch.num_rows() {
                let ord = columns.long("item", row);
                if let Ok(place) = items.binary_search_by_key(&ord, |item| item.ord.0) {
                    each(&columns, row, &mut items[place].item)?;
                }
            }
        }
        Ok(())
    }

    /// Every occurrence the segment holds that `wanted` accepts, by item and archive.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn copies(
        &self,
        wanted: &mut dyn FnMut(ItemOrd, u32) -> bool,
    ) -> Result<Vec<Copy>, StoreError> {
        let mut rows = Vec::new();
        let mut at = 0;
        for batch in self.open("occurrences", &["item", "archive"], None)?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path("occurrences"));
            for row in 0..batch.num_rows() {
                if wanted(ItemOrd(columns.long("item", row)), columns.count("archive", row)) {
                    rows.push(at);
                }
                at += 1;
            }
        }
        let mut copies = Vec::new();
        if rows.is_empty() {
            return Ok(copies);
        }
        for batch in self.open("occurrences", &[], Some(&ranges(&rows)))?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path("occurrences"));
            for row in 0..batch.num_rows() {
                copies.push(Copy {
                    item: ItemOrd(columns.long("item", row)),
                    archive: columns.count("archive", row),
                    locator: columns.parsed("locator", row)?,
                    raw_sha256: columns.parsed("raw_sha256", row)?,
                });
            }
        }
        Ok(copies)
    }

    /// Every issue of the segment.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn issues(&self) -> Result<Vec<IssueRow>, StoreError> {
        let mut rows = Vec::new();
        for batch in self.open("issues", &[], None)?.into_iter().flatten() {
            let batch = batch?;
            let columns = Columns::new(&batch, self.path("issues"));
            for row in 0..batch.num_rows() {
                rows.push(IssueRow {
                    archive: columns.count("archive", row),
                    issue: cahoots_record::Issue {
                        severity: columns.named("severity", row, Severity::from_name)?,
                        code: columns.text("code", row).to_owned(),
                        locator: columns.parsed("locator", row)?,
                        what: columns.text("what", row).to_owned(),
                        kept: columns.text("kept", row).to_owned(),
                    },
                });
            }
        }
        Ok(rows)
    }
}

/// The batches of one table, with errors that name the file.
pub(super) struct Batches {
    reader: parquet::arrow::arrow_reader::ParquetRecordBatchReader,
    path: PathBuf,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next().map(|batch| {
            batch.map_err(|error| StoreError::Table {
                path: self.path.clone(),
                what: "the table cannot be read",
                source: parquet::errors::ParquetError::External(Box::new(error)),
            })
        })
    }
}

/// Runs of consecutive numbers in a sorted list.
fn ranges(places: &[usize]) -> Vec<std::ops::Range<usize>> {
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for place in places {
        match ranges.last_mut() {
            Some(last) if last.end == *place => last.end += 1,
            _ => ranges.push(*place..place + 1),
        }
    }
    ranges
}

fn selection(rows: &[std::ops::Range<usize>], total: usize) -> RowSelection {
    let mut selectors = Vec::with_capacity(rows.len() * 2 + 1);
    let mut at = 0;
    for range in rows {
        if range.start > at {
            selectors.push(RowSelector::skip(range.start - at));
        }
        selectors.push(RowSelector::select(range.end - range.start));
        at = range.end;
    }
    if total > at {
        selectors.push(RowSelector::skip(total - at));
    }
    selectors.into()
}

/// Typed access to a batch by column name; absent columns read as empty.
struct Columns<'a> {
    batch: &'a RecordBatch,
    path: PathBuf,
}

impl<'a> Columns<'a> {
    fn new(batch: &'a RecordBatch, path: PathBuf) -> Self {
        Self { batch, path }
    }

    fn text(&self, name: &str, row: usize) -> &'a str {
        match self.batch.column_by_name(name).and_then(|column| column.as_string_opt::<i32>()) {
            Some(column) if column.is_valid(row) => column.value(row),
            _ => "",
        }
    }

    fn text_or_none(&self, name: &str, row: usize) -> Option<String> {
        let column = self.batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row).to_owned())
    }

    fn damaged(&self, name: &str, row: usize, found: &str) -> StoreError {
        StoreError::Damaged {
            path: self.path.clone(),
            reason: format!("row {row} of a batch: column {name} holds {found:?}"),
        }
    }

    fn parsed<T: std::str::FromStr>(&self, name: &str, row: usize) -> Result<T, StoreError> {
        let text = self.text(name, row);
        text.parse().map_err(|_| self.damaged(name, row, text))
    }

    fn parsed_or_none<T: std::str::FromStr>(
        &self,
        name: &str,
        row: usize,
    ) -> Result<Option<T>, StoreError> {
        match self.text_or_none(name, row) {
            Some(text) => text.parse().map(Some).map_err(|_| self.damaged(name, row, &text)),
            None => Ok(None),
        }
    }

    fn named<T>(
        &self,
        name: &str,
        row: usize,
        from_name: fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text = self.text(name, row);
        from_name(text).ok_or_else(|| self.damaged(name, row, text))
    }

    fn time(&self, name: &str, row: usize) -> Option<UtcMicros> {
        let column =
            self.batch.column_by_name(name)?.as_primitive_opt::<TimestampMicrosecondType>()?;
        column.is_valid(row).then(|| UtcMicros(column.value(row)))
    }

    fn long(&self, name: &str, row: usize) -> u64 {
        self.long_or_none(name, row).unwrap_or_default()
    }

    fn long_or_none(&self, name: &str, row: usize) -> Option<u64> {
        let column = self.batch.column_by_name(name)?.as_primitive_opt::<UInt64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    }

    fn count(&self, name: &str, row: usize) -> u32 {
        self.batch
            .column_by_name(name)
            .and_then(|column| column.as_primitive_opt::<UInt32Type>())
            .map_or(0, |column| column.value(row))
    }

    fn flag(&self, name: &str, row: usize) -> bool {
        self.batch
            .column_by_name(name)
            .and_then(|column| column.as_boolean_opt())
            .is_some_and(|column| column.value(row))
    }

    fn list(&self, name: &str, row: usize) -> Vec<String> {
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
    fn item(&self, row: usize) -> Result<StoredItem, StoreError> {
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
