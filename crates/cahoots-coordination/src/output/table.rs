//! A table as columns that give their cells when asked: one definition for CSV, Parquet and JSON.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use serde_json::{Map, Value};

/// Rows of a Parquet file that are put together at once.
const BATCH: usize = 64 << 10;

/// What a cell holds.
#[derive(Clone, PartialEq, Debug)]
pub enum Cell<'a> {
    /// A name.
    Text(&'a str),
    /// A text put together for the table.
    Made(String),
    /// A whole number.
    Whole(i64),
    /// A number.
    Real(f64),
    /// Microseconds since 1970 UTC.
    Time(i64),
    /// Nothing.
    None,
}

/// What the cells of a column hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// Texts.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Real,
    /// Times.
    Time,
}

/// A column.
pub struct Column<'a> {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    /// Its cell in a row.
    pub cell: Box<dyn Fn(usize) -> Cell<'a> + 'a>,
}

/// A table.
pub struct Table<'a> {
    /// Its name, and that of its file.
    pub name: &'static str,
    /// How many rows it has.
    pub rows: usize,
    /// Its columns.
    pub columns: Vec<Column<'a>>,
}

impl<'a> Table<'a> {
    /// A table without columns.
    pub fn new(name: &'static str, rows: usize) -> Self {
        Self { name, rows, columns: Vec::new() }
    }

    /// Adds a column.
    #[must_use]
    pub fn with(
        mut self,
        name: impl Into<String>,
        holds: Holds,
        cell: impl Fn(usize) -> Cell<'a> + 'a,
    ) -> Self {
        self.columns.push(Column { name: name.into(), holds, cell: Box::new(cell) });
        self
    }

    /// Writes it as CSV, lines ending in a line feed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_csv(&self, out: &mut impl Write) -> io::Result<()> {
        let mut line = Vec::with_capacity(256);
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                line.push(b',');
            }
            put_text(&mut line, &column.name);
        }
        line.push(b'\n');
        for row in 0..self.rows {
            for (at, column) in self.columns.iter().enumerate() {
                if at > 0 {
                    line.push(b',');
                }
                match (column.cell)(row) {
                    Cell::Text(text) => put_text(&mut line, text),
                    Cell::Made(text) => put_text(&mut line, &text),
                    Cell::Whole(number) => put_whole(&mut line, number),
                    Cell::Real(number) => line.extend_from_slice(real(number).as_bytes()),
                    Cell::Time(micros) => line.extend_from_slice(time(micros).as_bytes()),
                    Cell::None => {}
                }
            }
            line.push(b'\n');
            if line.len() > 1 << 16 {
                out.write_all(&line)?;
                line.clear();
            }
        }
        out.write_all(&line)
    }

    /// Writes it as Parquet.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_parquet(&self, file: File) -> io::Result<()> {
        let fields: Vec<Field> = self
            .columns
            .iter()
            .map(|column| Field::new(&column.name, data_type(column.holds), true))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let level = ZstdLevel::try_new(3).map_err(io::Error::other)?;
        let properties =
            WriterProperties::builder().set_compression(Compression::ZSTD(level)).build();
        let mut writer = ArrowWriter::try_new(file, schema.clone(), Some(properties))
            .map_err(io::Error::other)?;
        let mut start = 0;
        while start < self.rows {
            let end = (start + BATCH).min(self.rows);
            let arrays = self.columns.iter().map(|column| array(column, start, end)).collect();
            let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(io::Error::other)?;
            writer.write(&batch).map_err(io::Error::other)?;
            start = end;
        }
        writer.close().map_err(io::Error::other)?;
        Ok(())
    }

    /// One row as a JSON object.
    pub fn json_row(&self, row: usize) -> Value {
        let mut object = Map::new();
        for column in &self.columns {
            let value = match (column.cell)(row) {
                Cell::Text(text) => Value::from(text),
                Cell::Made(text) => Value::from(text),
                Cell::Whole(number) => Value::from(number),
                Cell::Real(number) => Value::from(number),
                Cell::Time(micros) => Value::from(time(micros)),
                Cell::None => Value::Null,
            };
            object.insert(column.name.clone(), value);
        }
        Value::Object(object)
    }
}

fn data_type(holds: Holds) -> DataType {
    match holds {
        Holds::Text => DataType::Utf8,
        Holds::Whole => DataType::Int64,
        Holds::Real => DataType::Float64,
        Holds::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    }
}

fn array(column: &Column<'_>, start: usize, end: usize) -> ArrayRef {
    let cells = (start..end).map(|row| (column.cell)(row));
    let whole = |cell| match cell {
        Cell::Whole(number) | Cell::Time(number) => Some(number),
        _ => None,
    };
    match column.holds {
        Holds::Text => {
            let cells: Vec<Option<String>> = cells
                .map(|cell| match cell {
                    Cell::Text(text) => Some(text.to_owned()),
                    Cell::Made(text) => Some(text),
                    _ => None,
                })
                .collect();
            Arc::new(StringArray::from(cells))
        }
        Holds::Whole => Arc::new(cells.map(whole).collect::<Int64Array>()),
        Holds::Real => Arc::new(
            cells
                .map(|cell| match cell {
                    Cell::Real(number) => Some(number),
                    Cell::Whole(number) => Some(number as f64),
                    _ => None,
                })
                .collect::<Float64Array>(),
        ),
        Holds::Time => {
            Arc::new(cells.map(whole).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
    }
}

fn put_text(line: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let needs = |byte: &u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
    // A spreadsheet takes a cell that begins so for a formula; it is a name and stays one.
    if !bytes.iter().any(needs) {
        line.extend_from_slice(bytes);
        return;
    }
    line.push(b'"');
    for byte in bytes {
        if *byte == b'"' {
            line.push(b'"');
        }
        line.push(*byte);
    }
    line.push(b'"');
}

fn put_whole(line: &mut Vec<u8>, number: i64) {
    let mut digits = [0_u8; 20];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        line.push(b'-');
    }
    line.extend_from_slice(&digits[at..]);
}

/// A number with at most fifteen digits, as R writes it.
pub fn real(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    if number.fract() == 0.0 && number.abs() < 1e15 {
        // A zero below zero keeps its sign.
        return match number == 0.0 && number.is_sign_negative() {
            true => "-0".to_owned(),
            false => (number as i64).to_string(),
        };
    }
    if let Some(written) = quick(number) {
        return written;
    }
    let written = format!("{number:.14e}");
    let (digits, power) = written.split_once('e').unwrap_or((&written, "0"));
    let power: i32 = power.parse().unwrap_or_default();
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    let plain = (-5..15).contains(&power);
    if !plain {
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", power.abs());
    }
    let decimals = (digits.trim_start_matches('-').len() as i32 - 2).max(0) - power;
    format!("{number:.*}", decimals.max(0) as usize)
}

/// The same for the numbers that tables are full of, by whole numbers alone: none where the
/// fifteenth digit is a tie or the number is not of middling size.
fn quick(number: f64) -> Option<String> {
    let size = number.abs();
    if !(1e-5..1e14).contains(&size) {
        return None;
    }
    // The number is mantissa / 2^shift; shift is at most 69, and above 0 for a fraction.
    let bits = size.to_bits();
    let mantissa = (bits & ((1 << 52) - 1)) | (1 << 52);
    let shift = u32::try_from(1075 - (bits >> 52) as i64).ok().filter(|shift| *shift > 0)?;
    // Digits after the point, for fifteen that count.
    let mut decimals = match size as u64 {
        0 => 15 + [1e-1, 1e-2, 1e-3, 1e-4].iter().filter(|least| size < **least).count() as u32,
        whole => 14 - whole.ilog10(),
    };
    let scaled = u128::from(mantissa) * 10_u128.pow(decimals);
    let (mut digits, rest) = ((scaled >> shift) as u64, scaled & ((1 << shift) - 1));
    let half = 1_u128 << (shift - 1);
    if rest == half {
        return None;
    }
    digits += u64::from(rest > half);
    if !(100_000_000_000_000..1_000_000_000_000_000).contains(&digits) {
        return None;
    }
    while digits % 10 == 0 && decimals > 0 {
        digits /= 10;
        decimals -= 1;
    }
    if decimals == 0 {
        return None;
    }
    let mut written = Vec::with_capacity(24);
    if number < 0.0 {
        written.push(b'-');
    }
    let point = 10_u64.pow(decimals);
    put_whole(&mut written, (digits / point) as i64);
    written.push(b'.');
    let from = written.len();
    put_whole(&mut written, (digits % point) as i64);
    let missing = decimals as usize - (written.len() - from);
    written.splice(from..from, std::iter::repeat_n(b'0', missing));
    String::from_utf8(written).ok()
}

/// An instant as RFC 3339 in UTC.
pub fn time(micros: i64) -> String {
    cahoots_record::UtcMicros(micros).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_r_writes_them() {
        for (number, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (44.0, "44"),
            (-44.0, "-44"),
            (-0.0, "-0"),
            (999_999_999_999_999.0, "999999999999999"),
            (1e15, "1e+15"),
            (0.5, "0.5"),
            (1.0 / 3.0, "0.333333333333333"),
            (61.0 / 6.0, "10.1666666666667"),
            (1.0 / 22.0, "0.0454545454545455"),
            (2.0 / 23.0, "0.0869565217391304"),
            (1e-7, "1e-07"),
            (12345.678, "12345.678"),
            (f64::NAN, ""),
        ] {
            assert_eq!(real(number), expected);
        }
    }

    /// What `real` says without its short way.
    fn slow(number: f64) -> String {
        let written = format!("{number:.14e}");
        let (digits, power) = written.split_once('e').unwrap();
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        let decimals = (digits.trim_start_matches('-').len() as i32 - 2).max(0);
        format!("{number:.*}", (decimals - power.parse::<i32>().unwrap()).max(0) as usize)
    }

    proptest! {
        #[test]
        fn the_short_way_writes_what_the_long_way_writes(
            number in prop_oneof![
                1e-5..1e14_f64,
                -1e3..1e3_f64,
                (0_u32..100_000, 1_u32..5_000).prop_map(|(a, b)| f64::from(a) / f64::from(b)),
                (0_u64..1 << 40, 0_u32..30).prop_map(|(a, b)| a as f64 / f64::from(1_u32 << b)),
                (-5_i32..14, -3_i64..3).prop_map(|(power, ulps)| {
                    f64::from_bits((10_f64.powi(power).to_bits() as i64 + ulps) as u64)
                }),
            ],
        ) {
            if let Some(written) = quick(number) {
                prop_assert_eq!(written, slow(number));
            }
        }
    }

    #[test]
    fn the_short_way_is_taken_where_it_is_sure() {
        assert_eq!(quick(0.5).unwrap(), "0.5");
        assert_eq!(quick(-61.0 / 6.0).unwrap(), "-10.1666666666667");
        assert_eq!(quick(1.0 / 3e4).unwrap(), "0.0000333333333333333");
        assert_eq!(quick(100_000_000_000_000.5), None);
        assert_eq!(quick(30.000_000_000_000_004), None);
    }

    #[test]
    fn a_table_reads_the_same_as_csv_and_parquet() {
        let names = ["plain", "with, comma", "with \"quote\""];
        let table = Table::new("test", 3)
            .with("name", Holds::Text, |row| Cell::Text(names[row]))
            .with("n", Holds::Whole, |row| Cell::Whole(-(row as i64)))
            .with("x", Holds::Real, |row| if row == 1 { Cell::None } else { Cell::Real(0.5) })
            .with("at", Holds::Time, |row| Cell::Time(row as i64 * 1_500_000));
        let mut csv = Vec::new();
        table.write_csv(&mut csv).unwrap();
        let expected = "name,n,x,at\nplain,0,0.5,1970-01-01T00:00:00Z\n\
            \"with, comma\",-1,,1970-01-01T00:00:01.5Z\n\
            \"with \"\"quote\"\"\",-2,0.5,1970-01-01T00:00:03Z\n";
        assert_eq!(String::from_utf8(csv).unwrap(), expected);
        assert_eq!(table.json_row(0)["n"], 0);
        let file = tempfile::NamedTempFile::new().unwrap();
        table.write_parquet(file.reopen().unwrap()).unwrap();
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(
            file.reopen().unwrap(),
        );
        let batch = reader.unwrap().build().unwrap().next().unwrap().unwrap();
        assert_eq!((batch.num_rows(), batch.num_columns()), (3, 4));
        let column =
            |at: usize, row| cahoots_import::post_table::cell_of_parquet(batch.column(at), row);
        assert_eq!((column(0, 1).as_str(), column(2, 1).as_str()), ("with, comma", ""));
        assert_eq!(column(3, 2), "1970-01-01T00:00:03Z");
    }
}
