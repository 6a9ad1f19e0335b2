//! The tables of a segment back into items.

use std::fs::File;
use std::path::PathBuf;
use std::sync::OnceLock;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use cahoots_record::{
    AccountKey, Attachment, Item, ItemId, ItemOrd, Object, ObjectKind, Participant, Role, Severity,
    Sha256, UtcMicros,
};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
    RowSelector,
};
use parquet::file::metadata::PageIndexPolicy;

use super::constant::{self, Constant};
use super::row::Columns;
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
    tables: Vec<OnceLock<Footer>>,
}

/// What the end of a table's file says of it.
struct Footer {
    metadata: ArrowReaderMetadata,
    constants: Vec<Constant>,
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
        let footer = match self.tables[place].get() {
            Some(footer) => footer,
            None => {
                let options =
                    ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Optional);
                let metadata = ArrowReaderMetadata::load(&file, options)
                    .map_err(failed("the table's footer cannot be read"))?;
                let constants = Constant::of(&metadata);
                self.tables[place].get_or_init(|| Footer { metadata, constants })
            }
        };
        let metadata = footer.metadata.clone();
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
        let mut constants = Vec::new();
        if !columns.is_empty() {
            let wanted = footer.constants.iter().filter(|known| columns.contains(&known.name()));
            constants.extend(wanted.cloned());
            let read = columns.iter().filter(|name| !constants.iter().any(|c| c.name() == **name));
            let mask = ProjectionMask::columns(builder.parquet_schema(), read.copied());
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
        Ok(Some(Batches { reader, constants, path }))
    }

    /// Reads the ends of the tables that lines of a list come from, so that the first list does
    /// not have to.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn make_ready(&self) -> Result<(), StoreError> {
        for table in ["items", "participants"] {
            self.open(table, &["item"], Some(&[]))?;
        }
        Ok(())
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
    constants: Vec<Constant>,
    path: PathBuf,
}

impl Iterator for Batches {
    type Item = Result<RecordBatch, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.reader.next().map(|batch| {
            let whole = batch.and_then(|batch| match self.constants.as_slice() {
                [] => Ok(batch),
                constants => constant::with(&batch, constants),
            });
            whole.map_err(|error| StoreError::Table {
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
