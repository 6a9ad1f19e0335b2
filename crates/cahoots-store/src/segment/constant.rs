//! Columns that hold one value in a whole table.
//!
//! A mailbox is all messages, all e-mail, all private: half of the columns that a line of a list
//! needs say the same of every item. The footer tells, and nothing is read for them.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Int32Array, RecordBatch, StringArray, UInt32Array, new_null_array,
};
use arrow_schema::{ArrowError, DataType, FieldRef, Schema};
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::file::statistics::Statistics;

/// A column with its one value.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    field: FieldRef,
    value: Value,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Null,
    Flag(bool),
    Signed(i32),
    Count(u32),
    Text(String),
}

impl Constant {
    /// The columns of a table that its footer knows to be constant.
    pub(super) fn of(table: &ArrowReaderMetadata) -> Vec<Self> {
        let metadata = table.metadata();
        let [group] = metadata.row_groups() else { return Vec::new() };
        let found = table.schema().fields().iter().filter_map(|field| {
            // Columns of lists are named otherwise, and are never found here.
            let column = group.columns().iter().find(|column| {
                let path = column.column_path().parts();
                path.len() == 1 && path[0] == *field.name()
            })?;
            let value = value(column.statistics()?, column.num_values(), field.data_type())?;
            Some(Self { field: Arc::clone(field), value })
        });
        found.collect()
    }

    pub(super) fn name(&self) -> &str {
        self.field.name()
    }

    fn array(&self, rows: usize) -> ArrayRef {
        match &self.value {
            Value::Null => new_null_array(self.field.data_type(), rows),
            Value::Flag(value) => Arc::new(BooleanArray::from(vec![*value; rows])),
            Value::Signed(value) => Arc::new(Int32Array::from_value(*value, rows)),
            Value::Count(value) => Arc::new(UInt32Array::from_value(*value, rows)),
            Value::Text(value) => {
                Arc::new(StringArray::from_iter_values(std::iter::repeat_n(value, rows)))
            }
        }
    }
}

/// The batch with these columns beside its own.
pub(super) fn with(batch: &RecordBatch, constants: &[Constant]) -> Result<RecordBatch, ArrowError> {
    let rows = batch.num_rows();
    let mut fields: Vec<FieldRef> = batch.schema().fields().iter().cloned().collect();
    fields.extend(constants.iter().map(|constant| Arc::clone(&constant.field)));
    let mut arrays = batch.columns().to_vec();
    arrays.extend(constants.iter().map(|constant| constant.array(rows)));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
}

fn value(statistics: &Statistics, rows: i64, kind: &DataType) -> Option<Value> {
    let nulls = statistics.null_count_opt()?;
    if i64::try_from(nulls).ok()? == rows {
        return Some(Value::Null);
    }
    if nulls > 0 || !statistics.min_is_exact() || !statistics.max_is_exact() {
        return None;
    }
    match (statistics, kind) {
        (Statistics::Boolean(of), DataType::Boolean) => {
            same(of.min_opt(), of.max_opt()).map(|value| Value::Flag(*value))
        }
        (Statistics::Int32(of), DataType::Int32) => {
            same(of.min_opt(), of.max_opt()).map(|value| Value::Signed(*value))
        }
        (Statistics::Int32(of), DataType::UInt32) => {
            same(of.min_opt(), of.max_opt()).map(|value| Value::Count(value.cast_unsigned()))
        }
        (Statistics::ByteArray(of), DataType::Utf8) => {
            let bytes = same(of.min_opt(), of.max_opt())?.data();
            std::str::from_utf8(bytes).ok().map(|text| Value::Text(text.to_owned()))
        }
        _ => None,
    }
}

fn same<'a, T: PartialEq>(least: Option<&'a T>, most: Option<&'a T>) -> Option<&'a T> {
    least.filter(|least| most == Some(least))
}

#[cfg(test)]
mod tests {
    use parquet::data_type::ByteArray;

    use super::*;

    #[test]
    fn only_one_exact_value_is_a_constant() {
        let flags =
            |min, max, nulls| Statistics::boolean(Some(min), Some(max), None, Some(nulls), false);
        let boolean = DataType::Boolean;
        assert_eq!(value(&flags(true, true, 0), 9, &boolean), Some(Value::Flag(true)));
        assert_eq!(value(&flags(false, true, 0), 9, &boolean), None);
        assert_eq!(value(&flags(true, true, 1), 9, &boolean), None);
        let text = |min: &str, max: &str, nulls| {
            let of = |text: &str| Some(ByteArray::from(text));
            Statistics::byte_array(of(min), of(max), None, Some(nulls), false)
        };
        let same = text("email", "email", 0);
        assert_eq!(value(&same, 9, &DataType::Utf8), Some(Value::Text("email".to_owned())));
        assert_eq!(value(&text("email", "x", 0), 9, &DataType::Utf8), None);
        let none = Statistics::byte_array(None, None, None, Some(9), false);
        assert_eq!(value(&none, 9, &DataType::Utf8), Some(Value::Null));
        let unknown = Statistics::byte_array(None, None, None, None, false);
        assert_eq!(value(&unknown, 9, &DataType::Utf8), None);
        // A value cut short for the footer may stand for several.
        let Statistics::ByteArray(cut) = same else { return };
        let cut = Statistics::ByteArray(cut.with_max_is_exact(false));
        assert_eq!(value(&cut, 9, &DataType::Utf8), None);
    }
}
