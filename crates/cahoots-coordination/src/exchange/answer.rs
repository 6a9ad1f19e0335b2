//! The answer, read back and checked.

use std::fs::{self, File};
use std::path::Path;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, Int64Array, RecordBatch};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::errors::ParquetError;
use serde_json::Value;

use super::ExchangeError;
use crate::edges::{Edge, Edges, Wanted};
use crate::share::AccountNo;

/// What `answer.json` says it is.
const ANSWER: &str = "cahoots/coordination-answer/1";

/// Reads the edges, and how many were too light.
pub(super) fn read(
    folder: &Path,
    pairs: u64,
    wanted: Wanted<'_>,
) -> Result<(Edges, u64), ExchangeError> {
    let path = folder.join("answer.json");
    let unusable = |reason: String| ExchangeError::Answer { folder: folder.to_owned(), reason };
    let text = fs::read_to_string(&path).map_err(|_| ExchangeError::Unanswered)?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| unusable(format!("answer.json is not JSON: {error}")))?;
    if value["schema"] != ANSWER {
        return Err(unusable("it comes from another version of the program".to_owned()));
    }
    let found = value["pairs"].as_u64();
    if found != Some(pairs) {
        return Err(unusable(format!("it holds {} pairs of {pairs}", value["pairs"])));
    }
    let light = value["light"]
        .as_u64()
        .ok_or_else(|| unusable("it does not say how many edges it leaves out".to_owned()))?;
    let path = folder.join("edges.parquet");
    let failed =
        |error: ParquetError| ExchangeError::Table { path: path.clone(), writing: false, error };
    let file = File::open(&path).map_err(|error| ExchangeError::File {
        path: path.clone(),
        writing: false,
        error,
    })?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(failed)?;
    let mut edges = Edges::default();
    for batch in reader.build().map_err(failed)? {
        let batch = batch.map_err(|error| failed(error.into()))?;
        let mut columns = Columns { batch: &batch, missing: None };
        take(&mut columns, wanted, &mut edges).map_err(unusable)?;
    }
    let in_order = edges.list.is_sorted_by(|one, next| (one.a, one.b) < (next.a, next.b));
    if !in_order {
        return Err(unusable("its edges are not in order".to_owned()));
    }
    Ok((edges, light))
}

/// The columns of a batch by name; the first that is missing is remembered.
struct Columns<'a> {
    batch: &'a RecordBatch,
    missing: Option<String>,
}

impl<'a> Columns<'a> {
    fn get(&mut self, name: &str) -> Option<&'a Int64Array> {
        let column = self.batch.column_by_name(name);
        let column = column.and_then(|column| column.as_primitive_opt::<Int64Type>());
        let column = column.filter(|column| column.null_count() == 0);
        if column.is_none() && self.missing.is_none() {
            self.missing = Some(name.to_owned());
        }
        column
    }
}

fn take(columns: &mut Columns<'_>, wanted: Wanted<'_>, edges: &mut Edges) -> Result<(), String> {
    let names = [
        "a",
        "b",
        "pairs",
        "objects",
        "lag_seconds",
        "lag_rest",
        "lag_middle",
        "posts_a",
        "posts_b",
        "a_first",
        "b_first",
        "first",
        "last",
    ];
    let fixed = names.map(|name| columns.get(name));
    let n_narrower = wanted.windows.len().saturating_sub(1);
    let windows: Vec<_> =
        (0..n_narrower).map(|place| columns.get(&format!("window_{place}"))).collect();
    let n_layers = if wanted.n_layers > 1 { wanted.n_layers } else { 0 };
    let layers: Vec<_> = (0..n_layers)
        .map(|layer| {
            let pairs = columns.get(&format!("layer_{layer}"));
            (pairs, columns.get(&format!("layer_{layer}_objects")))
        })
        .collect();
    if let Some(name) = &columns.missing {
        return Err(format!("edges.parquet has no column {name} of whole numbers"));
    }
    for row in 0..columns.batch.num_rows() {
        let at = |column: Option<&Int64Array>| column.map_or(0, |column| column.value(row));
        let small = |column: Option<&Int64Array>| {
            u32::try_from(at(column)).map_err(|_| "a count is out of range".to_owned())
        };
        let [
            a,
            b,
            pairs,
            objects,
            seconds,
            rest,
            middle,
            posts_a,
            posts_b,
            a_first,
            b_first,
            first,
            last,
        ] = fixed;
        let lag_sum = i128::from(at(seconds)) * 1_000_000 + i128::from(at(rest));
        edges.list.push(Edge {
            a: AccountNo(small(a)?),
            b: AccountNo(small(b)?),
            weight: small(pairs)?,
            objects: small(objects)?,
            lag_sum: u64::try_from(lag_sum.max(0)).unwrap_or(u64::MAX),
            lag_median: at(middle) / 2,
            contents_a: small(posts_a)?,
            contents_b: small(posts_b)?,
            a_first: small(a_first)?,
            b_first: small(b_first)?,
            first: at(first),
            last: at(last),
        });
        for window in &windows {
            edges.in_window.push(small(*window)?);
        }
        edges.in_window.push(small(pairs)?);
        for (pairs, objects) in &layers {
            edges.in_layer.push((small(*pairs)?, small(*objects)?));
        }
    }
    Ok(())
}
