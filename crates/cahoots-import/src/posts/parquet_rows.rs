//! Rows of a Parquet file as JSON objects: one canonical text per row.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Decimal128Type, Float32Type, Float64Type, Int8Type, Int16Type,
    Int32Type, Int64Type, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, TimeUnit};
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use serde_json::{Map, Value};

/// Rows per batch, and so per chunk.
const ROWS: usize = 8192;

/// An open Parquet file.
pub(crate) struct Table {
    reader: ParquetRecordBatchReader,
    /// Column names.
    pub(crate) names: Vec<String>,
    /// Columns of a type that is not shown, with the type.
    pub(crate) unshown: Vec<String>,
    /// Rows as the file declares them.
    pub(crate) declared: u64,
}

impl Table {
    /// Opens a file from a reader at its start. Parquet is read from its end, so the bytes go
    /// through an unnamed temporary file. With `row`, only that row (from 1) is read.
    pub(crate) fn open(reader: &mut dyn Read, row: Option<u64>) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        io::copy(reader, &mut file)?;
        file.rewind()?;
        guarded(|| Self::of_file(file, row))
    }

    fn of_file(file: File, row: Option<u64>) -> io::Result<Self> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(io::Error::other)?;
        let declared = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(0);
        let fields = builder.schema().fields().clone();
        let mut builder = builder.with_batch_size(ROWS);
        if let Some(row) = row {
            let place = row.checked_sub(1).filter(|_| row <= declared);
            let place = place.and_then(|place| usize::try_from(place).ok());
            builder = match place {
                Some(place) => builder.with_offset(place).with_limit(1),
                None => builder.with_limit(0),
            };
        }
        let reader = builder.build().map_err(io::Error::other)?;
        let unshown = fields.iter().filter(|field| !is_shown(field.data_type()));
        Ok(Self {
            reader,
            names: fields.iter().map(|field| field.name().clone()).collect(),
            unshown: unshown.map(|f| format!("{} ({})", f.name(), f.data_type())).collect(),
            declared,
        })
    }

    /// The next rows, each as one line of JSON without its end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Vec<Vec<u8>>>> {
        let reader = &mut self.reader;
        guarded(|| match reader.next() {
            None => Ok(None),
            Some(batch) => Ok(Some(lines(&batch.map_err(io::Error::other)?))),
        })
    }
}

/// Damaged files can make the Parquet reader panic; that is an error of the file here.
fn guarded<T>(run: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        Err(io::Error::new(io::ErrorKind::InvalidData, "the Parquet reader gave up on this file"))
    })
}

fn lines(batch: &RecordBatch) -> Vec<Vec<u8>> {
    let schema = batch.schema();
    let line = |row| {
        let mut object = Map::new();
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            object.insert(field.name().clone(), value(column, row));
        }
        serde_json::to_vec(&object).unwrap_or_default()
    };
    (0..batch.num_rows()).map(line).collect()
}

fn is_shown(kind: &DataType) -> bool {
    match kind {
        DataType::List(inner) | DataType::LargeList(inner) => is_shown(inner.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| is_shown(field.data_type())),
        DataType::Dictionary(_, values) => is_shown(values),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Binary | DataType::LargeBinary | DataType::Boolean => true,
        DataType::Float32 | DataType::Float64 | DataType::Decimal128(..) => true,
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Null => true,
        kind => kind.is_integer(),
    }
}

/// One cell. Times with a zone are instants in UTC; times without one stay without.
pub(crate) fn value(array: &dyn Array, row: usize) -> Value {
    if array.is_null(row) {
        return Value::Null;
    }
    macro_rules! number {
        ($kind:ty) => {
            Value::from(array.as_primitive::<$kind>().value(row))
        };
    }
    match array.data_type() {
        DataType::Utf8 => Value::from(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => Value::from(array.as_string::<i64>().value(row)),
        DataType::Utf8View => Value::from(array.as_string_view().value(row)),
        DataType::Binary => bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(row)),
        DataType::Boolean => Value::from(array.as_boolean().value(row)),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => float(f64::from(array.as_primitive::<Float32Type>().value(row))),
        DataType::Float64 => float(array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(..) => {
            Value::from(array.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        DataType::Date32 => {
            let seconds = i64::from(array.as_primitive::<Date32Type>().value(row)) * 86_400;
            moment(i128::from(seconds) * 1_000_000_000, Shown::Day)
        }
        DataType::Date64 => {
            let millis = array.as_primitive::<Date64Type>().value(row);
            moment(i128::from(millis) * 1_000_000, Shown::Day)
        }
        DataType::Timestamp(unit, zone) => {
            let (count, nanos) = match unit {
                TimeUnit::Second => {
                    (array.as_primitive::<TimestampSecondType>().value(row), 1_000_000_000)
                }
                TimeUnit::Millisecond => {
                    (array.as_primitive::<TimestampMillisecondType>().value(row), 1_000_000)
                }
                TimeUnit::Microsecond => {
                    (array.as_primitive::<TimestampMicrosecondType>().value(row), 1000)
                }
                TimeUnit::Nanosecond => {
                    (array.as_primitive::<TimestampNanosecondType>().value(row), 1)
                }
            };
            let shown = if zone.is_some() { Shown::Utc } else { Shown::Unzoned };
            moment(i128::from(count) * nanos, shown)
        }
        DataType::List(_) => list(&array.as_list::<i32>().value(row)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(row)),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let pairs = fields.iter().zip(columns);
            Value::Object(
                pairs.map(|(field, column)| (field.name().clone(), value(column, row))).collect(),
            )
        }
        DataType::Dictionary(..) => match array.as_any_dictionary_opt() {
            Some(dictionary) => match dictionary.normalized_keys().get(row) {
                Some(key) if *key < dictionary.values().len() => value(dictionary.values(), *key),
                _ => Value::Null,
            },
            None => Value::Null,
        },
        _ => Value::Null,
    }
}

fn list(items: &dyn Array) -> Value {
    Value::Array((0..items.len()).map(|at| value(items, at)).collect())
}

fn bytes(bytes: &[u8]) -> Value {
    Value::from(String::from_utf8_lossy(bytes))
}

/// A whole number stays one: ids that went through a column with gaps come as floats.
fn float(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        return Value::from(format!("{number:.0}"));
    }
    Value::from(number)
}

#[derive(Clone, Copy)]
enum Shown {
    Day,
    Utc,
    Unzoned,
}

fn moment(nanos: i128, shown: Shown) -> Value {
    let Ok(at) = jiff::Timestamp::from_nanosecond(nanos) else { return Value::Null };
    let civil = jiff::tz::TimeZone::UTC.to_datetime(at);
    Value::from(match shown {
        Shown::Day => civil.date().to_string(),
        Shown::Utc => at.to_string(),
        Shown::Unzoned => civil.to_string(),
    })
}
