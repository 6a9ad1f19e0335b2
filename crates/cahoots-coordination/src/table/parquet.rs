//! Tables as Parquet: a piece is a row group, read on the thread that encodes it.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, TimeUnit};
use cahoots_import::post_table::cell_of_parquet;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};

use super::encode::Encoder;
use super::layout::Layout;

/// Rows decoded at once.
const BATCH: usize = 8192;

/// The columns and row groups of a file.
pub(crate) struct Shape {
    pub(crate) names: Vec<String>,
    pub(crate) groups: usize,
    meta: ArrowReaderMetadata,
}

/// Damaged files can make the Parquet reader panic; that is an error of the file here.
fn guarded<T>(run: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::InvalidData, "the Parquet reader gave up on this file"))
    })
}

/// Reads the foot of a file.
pub(crate) fn shape(path: &Path) -> io::Result<Shape> {
    guarded(|| {
        let file = File::open(path)?;
        let meta =
            ArrowReaderMetadata::load(&file, Default::default()).map_err(io::Error::other)?;
        let names = meta.schema().fields().iter().map(|field| field.name().clone()).collect();
        Ok(Shape { names, groups: meta.metadata().num_row_groups(), meta })
    })
}

/// Takes the rows of one row group.
pub(crate) fn take(
    path: &Path,
    shape: &Shape,
    group: usize,
    layout: &Layout,
    encoder: &mut Encoder<'_>,
) -> io::Result<()> {
    guarded(|| {
        let file = File::open(path)?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, shape.meta.clone());
        let wanted: Vec<usize> = (0..shape.names.len()).filter(|at| layout.uses(*at)).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.iter().copied());
        let reader = builder
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(BATCH)
            .build()
            .map_err(io::Error::other)?;
        for batch in reader {
            let batch = batch.map_err(io::Error::other)?;
            let mut columns: Vec<Option<Column>> = (0..shape.names.len()).map(|_| None).collect();
            for (array, at) in batch.columns().iter().zip(&wanted) {
                columns[*at] = Some(Column::new(array));
            }
            let mut held: Vec<Option<Cow<'_, str>>> = vec![None; columns.len()];
            for row in 0..batch.num_rows() {
                for (cell, column) in held.iter_mut().zip(&columns) {
                    *cell = column.as_ref().map(|column| column.cell(row));
                }
                let cell = |at: usize| held.get(at)?.as_deref().map(|text| text.trim().as_bytes());
                layout.take(encoder, cell, b"");
                encoder.next_row();
            }
        }
        Ok(())
    })
}

/// A column that gives its cells as text.
struct Column {
    array: ArrayRef,
    /// Of a dictionary, the place of each row's value.
    keys: Option<Vec<usize>>,
}

impl Column {
    fn new(array: &ArrayRef) -> Self {
        if let Some(dictionary) = array.as_any_dictionary_opt() {
            let keys = dictionary.normalized_keys();
            if keys.iter().all(|key| *key < dictionary.values().len()) {
                let mut keys = keys;
                for (row, key) in keys.iter_mut().enumerate() {
                    // A null row: past the end, which reads as nothing.
                    if array.is_null(row) {
                        *key = usize::MAX;
                    }
                }
                return Self { array: dictionary.values().clone(), keys: Some(keys) };
            }
        }
        Self { array: array.clone(), keys: None }
    }

    fn cell(&self, row: usize) -> Cow<'_, str> {
        let row = match &self.keys {
            Some(keys) => keys[row],
            None => row,
        };
        if row >= self.array.len() || self.array.is_null(row) {
            return Cow::Borrowed("");
        }
        match self.array.data_type() {
            DataType::Utf8 => Cow::Borrowed(self.array.as_string::<i32>().value(row)),
            DataType::LargeUtf8 => Cow::Borrowed(self.array.as_string::<i64>().value(row)),
            DataType::Utf8View => Cow::Borrowed(self.array.as_string_view().value(row)),
            DataType::Int64 => {
                Cow::Owned(self.array.as_primitive::<Int64Type>().value(row).to_string())
            }
            DataType::Int32 => {
                Cow::Owned(self.array.as_primitive::<Int32Type>().value(row).to_string())
            }
            // Times are told by their type, so that none is taken for another unit.
            DataType::Timestamp(TimeUnit::Microsecond, Some(_)) => {
                micros(self.array.as_primitive::<TimestampMicrosecondType>().value(row))
            }
            DataType::Timestamp(TimeUnit::Millisecond, Some(_)) => {
                let millis = self.array.as_primitive::<TimestampMillisecondType>().value(row);
                micros(millis.saturating_mul(1_000))
            }
            _ => Cow::Owned(cell_of_parquet(&*self.array, row)),
        }
    }
}

/// Microseconds as seconds with decimals.
fn micros(micros: i64) -> Cow<'static, str> {
    let (whole, part) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    let sign = if micros < 0 { "-" } else { "" };
    match part {
        0 => Cow::Owned(format!("{sign}{whole}")),
        part => Cow::Owned(format!("{sign}{whole}.{part:06}")),
    }
}
