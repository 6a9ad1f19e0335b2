//! The threads of a case, kept beside the record and made anew when it has grown.

use std::fs::File;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::UInt64Type;
use arrow_array::{Array, ArrayRef, RecordBatch, UInt64Array};
use arrow_schema::{DataType, Field, Schema};
use cahoots_record::{ItemOrd, UtcMicros};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::arrow::{ArrowWriter, ProjectionMask};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use rustc_hash::FxHashMap;

use crate::case::Case;
use crate::error::StoreError;
use crate::printings::{self, Printed};
use crate::segment::ThreadRow;
use crate::threads::{Node, Placed, TreeNode, key, place, reading_order};

/// One thread, in reading order.
#[derive(Clone, Debug, Default)]
pub struct ThreadTree {
    /// Its items with their depth.
    pub nodes: Vec<TreeNode<ItemOrd>>,
    /// Native ids that its items refer to and that the record does not have.
    pub missing: Vec<String>,
}

const FILE: &str = "threads.parquet";

/// Threads over messages: all printings of one are one node.
fn place_rows(rows: &[ThreadRow], printed: &Printed) -> Vec<Placed> {
    let native =
        |ord: u64| rows.get(ord as usize).and_then(|row| row.native_id.as_deref()).map(key);
    let mut same: FxHashMap<u64, u64> = FxHashMap::default();
    for (ord, message) in printed.message.iter().filter(|(ord, message)| ord != message) {
        if let (Some(own), Some(other)) = (native(*ord), native(*message)) {
            same.insert(own, other);
        }
    }
    let of = |id: u64| same.get(&id).copied().unwrap_or(id);
    let nodes = rows.iter().map(|row| {
        let mut references: Vec<u64> = row.references.iter().map(|id| of(key(id))).collect();
        let native = row.native_id.as_deref().map(|id| of(key(id)));
        references.dedup();
        references.retain(|id| Some(*id) != native);
        Node { native, references }
    });
    let link = |(answer, answered): &(u64, u64)| Some((native(*answer)?, native(*answered)?));
    let links: Vec<(u64, u64)> = printed.links.iter().filter_map(link).collect();
    let mut placed = place(nodes, &links);
    let stands = |ord: u64| printed.message.get(&ord).copied().unwrap_or(ord);
    for (ord, placed) in placed.iter_mut().enumerate() {
        placed.message = stands(ord as u64);
        placed.parent = placed.parent.map(stands).filter(|parent| *parent != placed.message);
    }
    placed
}

impl Case {
    /// Makes the table of threads anew. Cost: two columns of the record.
    ///
    /// # Errors
    /// When the record cannot be read or the table not written.
    pub fn write_threads(&self) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(self.n_items() as usize);
        for segment in (0..self.segments().len()).filter_map(|at| self.segment(at)) {
            rows.extend(segment.thread_rows()?);
        }
        let is_printed = |native: &Option<String>| {
            native.as_deref().is_some_and(|native| native.starts_with(printings::MARK))
        };
        let printed = match rows.iter().any(|row| is_printed(&row.native_id)) {
            true => Printed::of(self)?,
            false => Printed::default(),
        };
        let placed = place_rows(&rows, &printed);
        let path = self.root().join(FILE);
        let new = self.root().join("threads.parquet.new");
        let table = |source| StoreError::Table {
            path: new.clone(),
            what: "the table of threads cannot be written",
            source,
        };
        let schema = Arc::new(Schema::new(vec![
            Field::new("thread", DataType::UInt64, false),
            Field::new("parent", DataType::UInt64, true),
            Field::new("message", DataType::UInt64, false),
        ]));
        let thread: UInt64Array = placed.iter().map(|p| Some(p.thread)).collect();
        let parent: UInt64Array = placed.iter().map(|p| p.parent).collect();
        let message: UInt64Array = placed.iter().map(|p| Some(p.message)).collect();
        let columns: Vec<ArrayRef> = vec![Arc::new(thread), Arc::new(parent), Arc::new(message)];
        let batch =
            RecordBatch::try_new(schema.clone(), columns).map_err(|error| table(error.into()))?;
        let file = File::create(&new).map_err(StoreError::io(&new, "the file cannot be made"))?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by("cahoots".to_owned())
            .build();
        let mut writer = ArrowWriter::try_new(file, schema, Some(properties)).map_err(table)?;
        writer.write(&batch).map_err(table)?;
        let file = writer.into_inner().map_err(table)?;
        file.sync_all()
            .and_then(|()| std::fs::rename(&new, &path))
            .map_err(StoreError::io(&path, "the file cannot be written"))
    }

    /// Thread and parent of every item; made now if the table is behind the record.
    ///
    /// # Errors
    /// When neither the table nor the record can be read.
    pub fn placed(&self) -> Result<Vec<Placed>, StoreError> {
        if let Some(placed) = self.read_placed()
            && placed.len() as u64 == self.n_items()
        {
            return Ok(placed);
        }
        self.write_threads()?;
        Ok(self.read_placed().unwrap_or_default())
    }

    fn read_placed(&self) -> Option<Vec<Placed>> {
        let file = File::open(self.root().join(FILE)).ok()?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).ok()?.build().ok()?;
        let mut placed = Vec::with_capacity(self.n_items() as usize);
        for batch in reader {
            let batch = batch.ok()?;
            let thread = batch.column_by_name("thread")?.as_primitive_opt::<UInt64Type>()?;
            let parent = batch.column_by_name("parent")?.as_primitive_opt::<UInt64Type>()?;
            // A table without this column is of an earlier version: it is made again.
            let message = batch.column_by_name("message")?.as_primitive_opt::<UInt64Type>()?;
            placed.extend((0..batch.num_rows()).map(|row| Placed {
                thread: thread.value(row),
                parent: parent.is_valid(row).then(|| parent.value(row)),
                message: message.value(row),
            }));
        }
        Some(placed)
    }

    /// For every item the place of the one that stands for its message: its own, unless it prints
    /// a message again that another one prints.
    ///
    /// # Errors
    /// When neither the table nor the record can be read.
    pub fn messages(&self) -> Result<Vec<u64>, StoreError> {
        if let Some(messages) = self.read_messages()
            && messages.len() as u64 == self.n_items()
        {
            return Ok(messages);
        }
        Ok(self.placed()?.iter().map(|placed| placed.message).collect())
    }

    fn read_messages(&self) -> Option<Vec<u64>> {
        let file = File::open(self.root().join(FILE)).ok()?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).ok()?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), ["message"]);
        let mut messages = Vec::with_capacity(self.n_items() as usize);
        for batch in builder.with_projection(mask).with_batch_size(8192).build().ok()? {
            let batch = batch.ok()?;
            let column = batch.column_by_name("message")?.as_primitive_opt::<UInt64Type>()?;
            messages.extend_from_slice(column.values());
        }
        Some(messages)
    }

    /// Places of all items in the thread of one.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn thread_of(&self, ord: ItemOrd) -> Result<Vec<ItemOrd>, StoreError> {
        let placed = self.placed()?;
        let Some(thread) = placed.get(ord.0 as usize).map(|p| p.thread) else {
            return Ok(Vec::new());
        };
        let members = placed.iter().enumerate().filter(|(_, p)| p.thread == thread);
        Ok(members.map(|(ord, _)| ItemOrd(ord as u64)).collect())
    }

    /// Places of all printings of the message that an item prints, itself included; the one that
    /// stands for it first.
    ///
    /// # Errors
    /// When the table cannot be read.
    pub fn printings_of(&self, ord: ItemOrd) -> Result<Vec<ItemOrd>, StoreError> {
        let placed = self.placed()?;
        let Some(message) = placed.get(ord.0 as usize).map(|p| p.message) else {
            return Ok(Vec::new());
        };
        let others = placed.iter().enumerate().map(|(at, p)| (at as u64, p.message));
        let others = others.filter(|(at, own)| *own == message && *at != message);
        Ok(std::iter::once(message).chain(others.map(|(at, _)| at)).map(ItemOrd).collect())
    }

    /// The thread of an item as a tree.
    ///
    /// # Errors
    /// When the record cannot be read.
    pub fn thread_tree(&self, ord: ItemOrd) -> Result<ThreadTree, StoreError> {
        let placed = self.placed()?;
        let mut members = self.thread_of(ord)?;
        // Further printings of a message are no messages of the thread.
        members.retain(|ord| placed.get(ord.0 as usize).is_none_or(|p| p.message == ord.0));
        let items = self.items(&members, crate::Parts::All)?;
        let rows: Vec<(ItemOrd, Option<ItemOrd>, UtcMicros)> = items
            .iter()
            .map(|stored| {
                let parent = placed.get(stored.ord.0 as usize).and_then(|p| p.parent);
                let time = stored.item.when.sort_key().unwrap_or(UtcMicros(i64::MAX));
                (stored.ord, parent.map(ItemOrd), time)
            })
            .collect();
        let known: rustc_hash::FxHashSet<&str> =
            items.iter().filter_map(|stored| stored.item.native_id.as_deref()).collect();
        let mut missing: Vec<String> = items
            .iter()
            .flat_map(|stored| &stored.item.references)
            .filter(|id| !known.contains(id.as_str()))
            // Whatever a printing refers to stands beside it.
            .filter(|id| !id.starts_with(printings::MARK))
            .cloned()
            .collect();
        missing.sort_unstable();
        missing.dedup();
        Ok(ThreadTree { nodes: reading_order(&rows), missing })
    }
}
