//! Rows as a table that fits a terminal, as CSV, or as JSON.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{
    DataType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Schema, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::TableReference;
use datafusion::prelude::{DataFrame, SessionContext};
use futures::StreamExt;
use serde_json::{Map, Value, json};

use super::Table;
use crate::Done;
use crate::cli::Sql;

/// What was printed.
pub struct Printed {
    /// How many rows.
    pub rows: usize,
    /// Whether there were more than were asked for.
    pub more: bool,
}

/// Times as the rest of the program prints them for other programs.
const FORMAT: FormatOptions<'static> = FormatOptions::new()
    .with_timestamp_tz_format(Some("%Y-%m-%dT%H:%M:%S%.fZ"))
    .with_timestamp_format(Some("%Y-%m-%dT%H:%M:%S%.f"));

/// Runs a query and prints what it gives, at most `limit` rows.
pub async fn rows(frame: DataFrame, limit: Option<usize>, args: &Sql) -> Result<Printed> {
    let schema = frame.schema().as_arrow().clone();
    // One more than wanted tells whether there are more.
    let frame = match limit {
        Some(limit) => frame.limit(0, limit.checked_add(1))?,
        None => frame,
    };
    let mut stream = frame.execute_stream().await?;
    let mut printer = Printer::start(&schema, args)?;
    let limit = limit.unwrap_or(usize::MAX);
    let mut printed = Printed { rows: 0, more: false };
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        let room = limit - printed.rows;
        printed.more |= batch.num_rows() > room;
        let batch = batch.slice(0, batch.num_rows().min(room));
        printed.rows += batch.num_rows();
        printer.add(&batch)?;
    }
    printer.finish(&printed)?;
    Ok(printed)
}

/// Prints the tables that can be asked, with their columns.
pub async fn tables(context: &SessionContext, tables: &[Table], args: &Sql) -> Result<Done> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let mut list = Vec::new();
    for table in tables {
        let schema = context.table(TableReference::bare(table.name.as_str())).await?;
        let schema = schema.schema().as_arrow().clone();
        if args.json {
            list.push(json!({
                "name": table.name, "rows": table.rows, "columns": columns_json(&schema),
            }));
            continue;
        }
        let rows = table.rows.map_or(String::new(), |rows| match rows {
            1 => " (1 row)".to_owned(),
            rows => format!(" ({rows} rows)"),
        });
        writeln!(out, "{}{rows}", clean(&table.name))?;
        let columns: Vec<String> = schema
            .fields()
            .iter()
            .map(|field| format!("{} {}", clean(field.name()), plain_type(field.data_type())))
            .collect();
        for line in wrapped(&columns.join(", "), width().saturating_sub(2)) {
            writeln!(out, "  {line}")?;
        }
    }
    if args.json {
        let value = json!({ "schema": "cahoots/sql-tables/1", "tables": list });
        serde_json::to_writer_pretty(&mut out, &value)?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(Done::Found)
}

/// What a column holds, in a word.
fn plain_type(kind: &DataType) -> String {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "text".to_owned(),
        DataType::Boolean => "yes or no".to_owned(),
        DataType::Timestamp(..) => "time".to_owned(),
        DataType::Date32 | DataType::Date64 => "day".to_owned(),
        DataType::List(item) => format!("list of {}", plain_type(item.data_type())),
        kind if kind.is_integer() => "whole number".to_owned(),
        kind if kind.is_numeric() => "number".to_owned(),
        kind => kind.to_string(),
    }
}

fn columns_json(schema: &Schema) -> Vec<Value> {
    let column = |field: &datafusion::arrow::datatypes::FieldRef| json!({ "name": field.name(), "type": field.data_type().to_string() });
    schema.fields().iter().map(column).collect()
}

/// One of three ways to print.
enum Printer {
    /// Rows are kept until the widths of the columns are known.
    Table {
        headings: Vec<String>,
        right: Vec<bool>,
        rows: Vec<Vec<String>>,
    },
    Csv(Box<csv::Writer<std::io::BufWriter<std::io::Stdout>>>),
    Json {
        out: std::io::BufWriter<std::io::Stdout>,
        first: bool,
    },
}

impl Printer {
    fn start(schema: &Schema, args: &Sql) -> Result<Self> {
        let out = || std::io::BufWriter::new(std::io::stdout());
        let names = schema.fields().iter().map(|field| field.name().clone());
        if args.csv {
            let mut writer = csv::Writer::from_writer(out());
            writer.write_record(names)?;
            return Ok(Self::Csv(Box::new(writer)));
        }
        if args.json {
            let mut out = out();
            let columns = serde_json::to_string(&columns_json(schema))?;
            write!(out, "{{\"schema\":\"cahoots/sql/1\",\"columns\":{columns},\"rows\":[")?;
            return Ok(Self::Json { out, first: true });
        }
        Ok(Self::Table {
            headings: names.collect(),
            right: schema.fields().iter().map(|field| field.data_type().is_numeric()).collect(),
            rows: Vec::new(),
        })
    }

    fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let columns = batch.columns();
        match self {
            Self::Table { rows, .. } => {
                let options = FORMAT.with_null("–");
                let cells = formatters(batch, &options)?;
                for row in 0..batch.num_rows() {
                    rows.push(
                        cells.iter().map(|cell| clean(&cell.value(row).to_string())).collect(),
                    );
                }
            }
            Self::Csv(writer) => {
                let cells = formatters(batch, &FORMAT)?;
                for row in 0..batch.num_rows() {
                    for cell in &cells {
                        writer.write_field(cell.value(row).to_string())?;
                    }
                    writer.write_record(None::<&[u8]>)?;
                }
            }
            Self::Json { out, first } => {
                for row in 0..batch.num_rows() {
                    let values: Result<Vec<Value>> =
                        columns.iter().map(|column| value(column.as_ref(), row)).collect();
                    out.write_all(if std::mem::take(first) { b"\n" } else { b",\n" })?;
                    serde_json::to_writer(&mut *out, &values?)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, printed: &Printed) -> Result<()> {
        match self {
            Self::Table { headings, right, rows } => table(&headings, &right, &rows),
            Self::Csv(mut writer) => Ok(writer.flush()?),
            Self::Json { mut out, .. } => {
                writeln!(out, "\n],\"more\":{}}}", printed.more)?;
                Ok(out.flush()?)
            }
        }
    }
}

fn formatters<'a>(
    batch: &'a RecordBatch,
    options: &'a FormatOptions<'_>,
) -> Result<Vec<ArrayFormatter<'a>>> {
    let columns = batch.columns().iter();
    Ok(columns
        .map(|column| ArrayFormatter::try_new(column.as_ref(), options))
        .collect::<Result<_, _>>()?)
}

/// One value as JSON: numbers as numbers, lists as lists, times and all else as text.
fn value(array: &dyn Array, row: usize) -> Result<Value> {
    if array.is_null(row) {
        return Ok(Value::Null);
    }
    macro_rules! number {
        ($kind:ty) => {
            Value::from(array.as_primitive::<$kind>().value(row))
        };
    }
    Ok(match array.data_type() {
        DataType::Null => Value::Null,
        DataType::Boolean => Value::from(array.as_boolean().value(row)),
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float16 => Value::from(array.as_primitive::<Float16Type>().value(row).to_f32()),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::List(_) => list(array.as_list::<i32>().value(row).as_ref())?,
        DataType::LargeList(_) => list(array.as_list::<i64>().value(row).as_ref())?,
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns().iter();
            let mut object = Map::new();
            for (field, column) in fields.iter().zip(columns) {
                object.insert(field.name().clone(), value(column.as_ref(), row)?);
            }
            Value::Object(object)
        }
        _ => Value::from(ArrayFormatter::try_new(array, &FORMAT)?.value(row).to_string()),
    })
}

fn list(array: &dyn Array) -> Result<Value> {
    (0..array.len()).map(|row| value(array, row)).collect()
}

/// Columns of the terminal, or 100.
fn width() -> usize {
    let asked = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    let terminal = std::io::stdout().is_terminal();
    asked
        .or_else(|| terminal.then(|| usize::from(console::Term::stdout().size().1)))
        .unwrap_or(100)
        .clamp(40, 400)
}

/// Prints headings and rows; the widest columns of text give way until the line fits.
fn table(headings: &[String], right: &[bool], rows: &[Vec<String>]) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let headings: Vec<String> = headings.iter().map(|text| clean(text)).collect();
    let mut widths: Vec<usize> =
        headings.iter().map(|text| console::measure_text_width(text)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(console::measure_text_width(cell));
        }
    }
    let n = widths.len();
    let gaps = 2 * n.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > width() {
        let text = (0..n).filter(|column| !right[*column] && widths[*column] > 12);
        match text.max_by_key(|column| widths[*column]) {
            Some(widest) => widths[widest] -= 1,
            None => return records(&mut out, &headings, rows),
        }
    }
    for row in std::iter::once(&headings).chain(rows) {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let cell = console::truncate_str(cell, *width, "…");
            let pad = " ".repeat(width.saturating_sub(console::measure_text_width(&cell)));
            if column > 0 {
                line.push_str("  ");
            }
            let (before, after) =
                if right[column] { (pad.as_str(), "") } else { ("", pad.as_str()) };
            line.push_str(before);
            line.push_str(&cell);
            line.push_str(after);
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(out.flush()?)
}

/// Prints rows one below the other, a line for each value.
fn records(out: &mut impl Write, headings: &[String], rows: &[Vec<String>]) -> Result<()> {
    let names = headings.iter().map(|text| console::measure_text_width(text)).max().unwrap_or(0);
    let room = width().saturating_sub(names + 2).max(20);
    for (number, row) in rows.iter().enumerate() {
        writeln!(out, "row {}", number + 1)?;
        for (heading, cell) in headings.iter().zip(row) {
            let pad = " ".repeat(names - console::measure_text_width(heading).min(names));
            writeln!(out, "{heading}{pad}  {}", console::truncate_str(cell, room, "…"))?;
        }
    }
    Ok(out.flush()?)
}

/// The text on one line, without anything that could steer a terminal or turn the direction of
/// writing.
fn clean(text: &str) -> String {
    let steers =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match steers(c) {
            false => out.push(c),
            true if !out.ends_with(' ') => out.push(' '),
            true => {}
        }
    }
    out.trim().to_owned()
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(", ") {
        match lines.last_mut() {
            Some(line) if line.len() + 2 + word.len() < width => {
                line.push_str(", ");
                line.push_str(word);
            }
            Some(line) => {
                line.push(',');
                lines.push(word.to_owned());
            }
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{
        Float64Array, ListArray, StringArray, TimestampMicrosecondArray,
    };

    use super::*;

    #[test]
    fn values_are_json() {
        let floats = Float64Array::from(vec![Some(0.5), Some(f64::NAN), None]);
        assert_eq!(value(&floats, 0).unwrap(), json!(0.5));
        assert_eq!(value(&floats, 1).unwrap(), Value::Null);
        assert_eq!(value(&floats, 2).unwrap(), Value::Null);
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1), None])]);
        assert_eq!(value(&lists, 0).unwrap(), json!([1, null]));
        let times = TimestampMicrosecondArray::from(vec![1_476_280_800_500_000]);
        let times = times.with_timezone("UTC");
        assert_eq!(value(&times, 0).unwrap(), json!("2016-10-12T14:00:00.500Z"));
        let names: Arc<dyn Array> = Arc::new(StringArray::from(vec!["a"]));
        assert_eq!(value(names.as_ref(), 0).unwrap(), json!("a"));
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(clean("a\u{1b}[2J\r\nb\u{202e}c"), "a [2J b c");
    }
}
