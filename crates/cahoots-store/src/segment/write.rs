//! Items into the tables of a segment.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, BooleanBuilder, Int32Builder, ListBuilder, StringBuilder,
    TimestampMicrosecondBuilder, UInt32Builder, UInt64Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field};
use cahoots_record::{Issue, Item, ItemOrd, UtcMicros};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::read::LINE;
use super::schema::columns;
use crate::error::StoreError;

/// A table of a segment as the catalog remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentFile {
    /// Table name.
    pub table: String,
    /// Rows.
    pub rows: u64,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the file in hexadecimal.
    pub sha256: String,
}

/// Counts that overviews need without opening a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentStats {
    /// New items by kind.
    pub kinds: BTreeMap<String, u64>,
    /// Items by month (`"1996-03"`) of their sort key, and `""` for those without a time.
    pub months: BTreeMap<String, u64>,
    /// Earliest sort key.
    pub first: Option<UtcMicros>,
    /// Latest sort key.
    pub last: Option<UtcMicros>,
    /// Issues by severity and code (`"damaged bad-date"`).
    pub issues: BTreeMap<String, u64>,
    /// Items by language code.
    pub languages: BTreeMap<String, u64>,
    /// Further copies of items that the record already had.
    pub copies: u64,
}

#[derive(Default)]
struct Items {
    item: UInt64Builder,
    id: StringBuilder,
    kind: StringBuilder,
    medium: StringBuilder,
    visibility: StringBuilder,
    native_id: StringBuilder,
    earliest: TimestampMicrosecondBuilder,
    latest: TimestampMicrosecondBuilder,
    offset: Int32Builder,
    precision: StringBuilder,
    basis: StringBuilder,
    confidence: StringBuilder,
    raw: StringBuilder,
    subject: StringBuilder,
    text: StringBuilder,
    language: StringBuilder,
    references: Option<ListBuilder<StringBuilder>>,
    conversation: StringBuilder,
    parent: StringBuilder,
    flags: [BooleanBuilder; 5],
    content: StringBuilder,
    mih: StringBuilder,
    detail: StringBuilder,
    archive: UInt32Builder,
    locator: StringBuilder,
    raw_sha256: StringBuilder,
    participants_row: UInt32Builder,
    n_participants: UInt32Builder,
}

#[derive(Default)]
struct Participants {
    item: UInt64Builder,
    account: StringBuilder,
    role: StringBuilder,
    name: StringBuilder,
}

#[derive(Default)]
struct Objects {
    item: UInt64Builder,
    kind: StringBuilder,
    key: StringBuilder,
    raw: StringBuilder,
}

#[derive(Default)]
struct Attachments {
    item: UInt64Builder,
    name: StringBuilder,
    media_type: StringBuilder,
    size: UInt64Builder,
    sha256: StringBuilder,
}

#[derive(Default)]
struct Occurrences {
    item: UInt64Builder,
    archive: UInt32Builder,
    locator: StringBuilder,
    raw_sha256: StringBuilder,
}

#[derive(Default)]
struct Issues {
    archive: UInt32Builder,
    severity: StringBuilder,
    code: StringBuilder,
    locator: StringBuilder,
    what: StringBuilder,
    kept: StringBuilder,
}

/// Collects the rows of one segment and writes them.
pub struct SegmentBuilder {
    archive: u32,
    first: ItemOrd,
    n_items: u64,
    n_rows: u64,
    items: Items,
    participants: Participants,
    objects: Objects,
    attachments: Attachments,
    occurrences: Occurrences,
    issues: Issues,
    stats: SegmentStats,
}

impl SegmentBuilder {
    /// An empty segment of `archive` whose first item will stand at `first`.
    pub fn new(archive: u32, first: ItemOrd) -> Self {
        Self {
            archive,
            first,
            n_items: 0,
            n_rows: 0,
            items: Items::default(),
            participants: Participants::default(),
            objects: Objects::default(),
            attachments: Attachments::default(),
            occurrences: Occurrences::default(),
            issues: Issues::default(),
            stats: SegmentStats::default(),
        }
    }

    /// The archive the segment belongs to.
    pub fn archive(&self) -> u32 {
        self.archive
    }

    /// What is pushed from now on came from `archive`: exports mix archives in one segment.
    pub fn set_archive(&mut self, archive: u32) {
        self.archive = archive;
    }

    /// Place of the first item.
    pub fn first(&self) -> ItemOrd {
        self.first
    }

    /// Number of new items so far.
    pub fn n_items(&self) -> u64 {
        self.n_items
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.n_rows == 0
    }

    /// The counts so far.
    pub fn stats(&self) -> &SegmentStats {
        &self.stats
    }

    /// Adds an item that the record does not have yet, with its first occurrence.
    pub fn push_item(&mut self, item: &Item) -> ItemOrd {
        let ord = ItemOrd(self.first.0 + self.n_items);
        self.n_items += 1;
        let t = &mut self.items;
        t.item.append_value(ord.0);
        t.id.append_value(item.id.to_string());
        t.kind.append_value(item.kind.name());
        t.medium.append_value(item.medium.name());
        t.visibility.append_value(item.visibility.name());
        t.native_id.append_option(item.native_id.as_deref());
        t.earliest.append_option(item.when.earliest.map(|t| t.0));
        t.latest.append_option(item.when.latest.map(|t| t.0));
        t.offset.append_option(item.when.offset);
        t.precision.append_value(item.when.precision.name());
        t.basis.append_value(item.when.basis.name());
        t.confidence.append_value(item.when.confidence.name());
        t.raw.append_option(item.when.raw.as_deref());
        t.subject.append_option(item.subject.as_deref());
        t.text.append_value(&item.text);
        t.language.append_option(item.language.as_deref());
        let references = t.references.get_or_insert_with(|| {
            ListBuilder::new(StringBuilder::new()).with_field(Field::new(
                "item",
                DataType::Utf8,
                false,
            ))
        });
        item.references.iter().for_each(|id| references.values().append_value(id));
        references.append(true);
        t.conversation.append_option(item.conversation.as_deref());
        t.parent.append_option(item.parent.map(|id| id.to_string()));
        let bits = item.flags.bits();
        for (place, flag) in t.flags.iter_mut().enumerate() {
            flag.append_value(bits >> place & 1 == 1);
        }
        t.content.append_value(item.content_hash.to_string());
        t.mih.append_option(item.mih.as_deref());
        t.detail.append_option((!item.detail.is_null()).then(|| item.detail.to_string()));
        t.archive.append_value(self.archive);
        t.locator.append_value(item.locator.to_string());
        t.raw_sha256.append_value(item.raw_sha256.to_string());
        t.participants_row.append_value(self.participants.item.len() as u32);
        t.n_participants.append_value(item.participants.len() as u32);

        for participant in &item.participants {
            let t = &mut self.participants;
            t.item.append_value(ord.0);
            t.account.append_value(participant.account.as_str());
            t.role.append_value(participant.role.name());
            t.name.append_option(participant.name.as_deref());
        }
        for object in &item.objects {
            let t = &mut self.objects;
            t.item.append_value(ord.0);
            t.kind.append_value(object.kind.name());
            t.key.append_value(&object.key);
            t.raw.append_option(object.raw.as_deref());
        }
        for attachment in &item.attachments {
            let t = &mut self.attachments;
            t.item.append_value(ord.0);
            t.name.append_value(&attachment.name);
            t.media_type.append_value(&attachment.media_type);
            t.size.append_option(attachment.size);
            t.sha256.append_option(attachment.sha256.map(|digest| digest.to_string()));
        }
        self.count_item(item);
        self.push_occurrence(ord, item);
        ord
    }

    /// Adds a further copy of an item that the record already has.
    pub fn push_copy(&mut self, ord: ItemOrd, item: &Item) {
        self.stats.copies += 1;
        self.push_occurrence(ord, item);
    }

    fn push_occurrence(&mut self, ord: ItemOrd, item: &Item) {
        self.n_rows += 1;
        let t = &mut self.occurrences;
        t.item.append_value(ord.0);
        t.archive.append_value(self.archive);
        t.locator.append_value(item.locator.to_string());
        t.raw_sha256.append_value(item.raw_sha256.to_string());
    }

    /// Adds an issue.
    pub fn push_issue(&mut self, issue: &Issue) {
        self.n_rows += 1;
        let key = format!("{} {}", issue.severity.name(), issue.code);
        *self.stats.issues.entry(key).or_default() += 1;
        let t = &mut self.issues;
        t.archive.append_value(self.archive);
        t.severity.append_value(issue.severity.name());
        t.code.append_value(&issue.code);
        t.locator.append_value(issue.locator.to_string());
        t.what.append_value(&issue.what);
        t.kept.append_value(&issue.kept);
    }

    fn count_item(&mut self, item: &Item) {
        let stats = &mut self.stats;
        *stats.kinds.entry(item.kind.name().to_owned()).or_default() += 1;
        let key = item.when.sort_key();
        let month = key
            .and_then(UtcMicros::timestamp)
            .map(|time| {
                let date = time.to_zoned(jiff::tz::TimeZone::UTC).date();
                format!("{:04}-{:02}", date.year(), date.month())
            })
            .unwrap_or_default();
        *stats.months.entry(month).or_default() += 1;
        if let Some(key) = key {
            stats.first = Some(stats.first.map_or(key, |first| first.min(key)));
            stats.last = Some(stats.last.map_or(key, |last| last.max(key)));
        }
        if let Some(language) = &item.language {
            *stats.languages.entry(language.clone()).or_default() += 1;
        }
    }

    /// Writes the tables that have rows into `dir`, which must not exist, and makes them durable.
    ///
    /// # Errors
    /// When a file cannot be written; what was written so far is litter.
    pub fn write(mut self, dir: &Path) -> Result<Vec<SegmentFile>, StoreError> {
        fs::create_dir_all(dir).map_err(StoreError::io(dir, "the folder cannot be made"))?;
        let mut files = Vec::new();
        for (table, arrays) in self.arrays() {
            let rows = arrays.first().map_or(0, |array| array.len());
            if rows > 0 {
                files.push(write_table(dir, table, arrays)?);
            }
        }
        // The entry of the folder itself must be on disk before the catalog names it.
        let above = dir.parent().filter(|above| !above.as_os_str().is_empty());
        for folder in [Some(dir), above].into_iter().flatten() {
            File::open(folder)
                .and_then(|folder| folder.sync_all())
                .map_err(StoreError::io(folder, "the folder cannot be made durable"))?;
        }
        Ok(files)
    }

    fn arrays(&mut self) -> [(&'static str, Vec<ArrayRef>); 6] {
        fn text(builder: &mut StringBuilder) -> ArrayRef {
            Arc::new(builder.finish())
        }
        let t = &mut self.items;
        let time = |builder: &mut TimestampMicrosecondBuilder| -> ArrayRef {
            Arc::new(builder.finish().with_timezone("UTC"))
        };
        let mut references = t.references.take().unwrap_or_else(|| {
            ListBuilder::new(StringBuilder::new()).with_field(Field::new(
                "item",
                DataType::Utf8,
                false,
            ))
        });
        let mut items: Vec<ArrayRef> = vec![
            Arc::new(t.item.finish()),
            text(&mut t.id),
            text(&mut t.kind),
            text(&mut t.medium),
            text(&mut t.visibility),
            text(&mut t.native_id),
            time(&mut t.earliest),
            time(&mut t.latest),
            Arc::new(t.offset.finish()),
            text(&mut t.precision),
            text(&mut t.basis),
            text(&mut t.confidence),
            text(&mut t.raw),
            text(&mut t.subject),
            text(&mut t.text),
            text(&mut t.language),
            Arc::new(references.finish()),
            text(&mut t.conversation),
            text(&mut t.parent),
        ];
        items.extend(t.flags.iter_mut().map(|flag| Arc::new(flag.finish()) as ArrayRef));
        items.extend([
            text(&mut t.content),
            text(&mut t.mih),
            text(&mut t.detail),
            Arc::new(t.archive.finish()),
            text(&mut t.locator),
            text(&mut t.raw_sha256),
            Arc::new(t.participants_row.finish()),
            Arc::new(t.n_participants.finish()),
        ]);
        let t = &mut self.participants;
        let participants: Vec<ArrayRef> = vec![
            Arc::new(t.item.finish()),
            text(&mut t.account),
            text(&mut t.role),
            text(&mut t.name),
        ];
        let t = &mut self.objects;
        let objects: Vec<ArrayRef> =
            vec![Arc::new(t.item.finish()), text(&mut t.kind), text(&mut t.key), text(&mut t.raw)];
        let t = &mut self.attachments;
        let attachments: Vec<ArrayRef> = vec![
            Arc::new(t.item.finish()),
            text(&mut t.name),
            text(&mut t.media_type),
            Arc::new(t.size.finish()),
            text(&mut t.sha256),
        ];
        let t = &mut self.occurrences;
        let occurrences: Vec<ArrayRef> = vec![
            Arc::new(t.item.finish()),
            Arc::new(t.archive.finish()),
            text(&mut t.locator),
            text(&mut t.raw_sha256),
        ];
        let t = &mut self.issues;
        let issues: Vec<ArrayRef> = vec![
            Arc::new(t.archive.finish()),
            text(&mut t.severity),
            text(&mut t.code),
            text(&mut t.locator),
            text(&mut t.what),
            text(&mut t.kept),
        ];
        [
            ("items", items),
            ("participants", participants),
            ("objects", objects),
            ("attachments", attachments),
            ("occurrences", occurrences),
            ("issues", issues),
        ]
    }
}

fn properties(table: &str) -> WriterProperties {
    let level = ZstdLevel::try_new(3).unwrap_or_default();
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by("cahoots".to_owned())
        // Small pages: reading one item back decompresses about this much per column.
        .set_data_page_size_limit(96 * 1024)
        .set_data_page_row_count_limit(if table == "items" { 512 } else { 4096 })
        .set_write_batch_size(64)
        .set_max_row_group_row_count(Some(1 << 20))
        .set_statistics_enabled(EnabledStatistics::None);
    // What the items of a segment have in common is told by the footer, so that a list does not read
    // it of each; see `constant`.
    for column in LINE {
        properties = properties
            .set_column_statistics_enabled(ColumnPath::from(*column), EnabledStatistics::Chunk);
    }
    for column in ["item", "time_earliest", "time_latest"] {
        properties = properties
            .set_column_statistics_enabled(ColumnPath::from(column), EnabledStatistics::Page);
    }
    for column in ["item", "participants_row"] {
        // Sorted numbers: nearly nothing on disk, fast to scan.
        properties = properties
            .set_column_dictionary_enabled(ColumnPath::from(column), false)
            .set_column_encoding(ColumnPath::from(column), Encoding::DELTA_BINARY_PACKED);
    }
    // A snippet needs one text: a page of it is unpacked whole.
    properties = properties.set_column_data_page_size_limit(ColumnPath::from("text"), 32 * 1024);
    // A dictionary of texts that hardly repeat only costs time and memory.
    for column in [
        "id",
        "native_id",
        "subject",
        "text",
        "time_raw",
        "locator",
        "raw_sha256",
        "content_sha256",
        "mih",
    ] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(column), false);
    }
    // A reader of the lines of a list opens many columns for few rows, and setting up zstd costs
    // more than such a column: these are packed with LZ4, which needs no set-up.
    if matches!(table, "items" | "participants") {
        for field in columns(table).iter().flat_map(|schema| schema.fields().iter().cloned()) {
            if table == "participants" || LINE.contains(&field.name().as_str()) {
                properties = properties.set_column_compression(
                    ColumnPath::from(field.name().as_str()),
                    Compression::LZ4_RAW,
                );
            }
        }
    }
    properties.build()
}

fn write_table(
    dir: &Path,
    table: &'static str,
    arrays: Vec<ArrayRef>,
) -> Result<SegmentFile, StoreError> {
    let path = dir.join(format!("{table}.parquet"));
    let failed = |source| StoreError::Table {
        path: path.clone(),
        what: "the table cannot be written",
        source,
    };
    let schema = columns(table).unwrap_or_else(|| Arc::new(arrow_schema::Schema::empty()));
    let batch =
        RecordBatch::try_new(schema.clone(), arrays).map_err(|error| failed(error.into()))?;
    let rows = batch.num_rows() as u64;
    let file = File::create_new(&path).map_err(StoreError::io(&path, "the file cannot be made"))?;
    let hashing = Hashing { file, hasher: sha2::Sha256::new(), bytes: 0 };
    let mut writer =
        ArrowWriter::try_new(hashing, schema, Some(properties(table))).map_err(failed)?;
    writer.write(&batch).map_err(failed)?;
    drop(batch);
    let done = writer.into_inner().map_err(failed)?;
    done.file.sync_all().map_err(StoreError::io(&path, "the file cannot be made durable"))?;
    let digest: [u8; 32] = done.hasher.finalize().into();
    Ok(SegmentFile {
        table: table.to_owned(),
        rows,
        bytes: done.bytes,
        sha256: cahoots_record::Sha256::from_bytes(digest).to_string(),
    })
}

/// A file that knows the digest of what was written to it.
struct Hashing {
    file: File,
    hasher: sha2::Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
