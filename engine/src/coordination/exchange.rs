//! The folder in which a question and its shares come, and the answer goes.
//!
//! ```text
//! question.json      what is asked
//! shares/*.parquet   the shares, object by object, each in the order of time, over the files in
//!                    the order of their names
//! edges.parquet      one row for each two accounts, in their order
//! answer.json        written last: how many pairs there are, and how many edges were left out
//! ```
//!
//! `cahoots` writes the first two and reads the others. Reading tables of shares, tests against
//! chance, groups and printing are its own: so they are the same with and without a cluster.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use datafusion::arrow::array::AsArray;
use datafusion::arrow::datatypes::{Int64Type, UInt32Type};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::WriterProperties;
use serde_json::{Value, json};

use super::count::{Counter, Share};
use super::plan::{Edges, Posts, Question};

/// What `question.json` says it is.
const QUESTION: &str = "cahoots/coordination-question/1";

/// What `answer.json` says it is.
const ANSWER: &str = "cahoots/coordination-answer/1";

/// Reads `question.json`.
///
/// # Errors
/// When it cannot be read or asks what is not known here.
pub fn question(folder: &Path) -> Result<Question> {
    let path = folder.join("question.json");
    let text =
        std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let value: Value =
        serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))?;
    ensure!(
        value["schema"].as_str() == Some(QUESTION),
        "{} is not a question of this version of cahoots",
        path.display()
    );
    parsed(&value).with_context(|| format!("{} asks nothing that is known", path.display()))
}

fn parsed(value: &Value) -> Option<Question> {
    let windows: Option<Vec<i64>> = value["windows_micros"]
        .as_array()?
        .iter()
        .map(|window| window.as_i64().filter(|window| *window >= 0))
        .collect();
    let windows = windows.filter(|list| !list.is_empty() && list.is_sorted())?;
    let posts = match value["posts"].as_str()? {
        "by-account" => Posts::ByAccount,
        "by-age" => Posts::ByAge,
        _ => return None,
    };
    Some(Question {
        windows,
        layers: u32::try_from(value["layers"].as_u64()?).ok().filter(|layers| *layers < 256)?,
        other_posts: value["other_posts"].as_bool()?,
        posts,
        least_pairs: value["least_pairs"].as_i64()?,
        rows: value["rows"].as_u64()?,
    })
}

/// The files of shares, in order of name.
///
/// # Errors
/// When the folder cannot be read.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let folder = folder.join("shares");
    let entries = std::fs::read_dir(&folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry?.path());
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    files.sort();
    Ok(files)
}

/// Reads the shares through once: how many there are, and how many pairs they make.
///
/// # Errors
/// When a file cannot be read or the shares are in another order.
pub fn count(files: &[PathBuf], question: &Question) -> Result<(u64, u64)> {
    let mut counter = Counter::new(question.window(), question.other_posts);
    let mut rows = 0;
    for path in files {
        let failed = || format!("{} cannot be read", path.display());
        let file = File::open(path).with_context(failed)?;
        let reader =
            ParquetRecordBatchReaderBuilder::try_new(file).with_context(failed)?.build()?;
        for batch in reader {
            let batch = batch.with_context(failed)?;
            let column = |name: &str| {
                batch
                    .column_by_name(name)
                    .with_context(|| format!("{} has no column {name}", path.display()))
            };
            let wrong = || format!("{} has a column of another kind", path.display());
            let objects = column("object")?.as_primitive_opt::<UInt32Type>().with_context(wrong)?;
            let accounts =
                column("account")?.as_primitive_opt::<UInt32Type>().with_context(wrong)?;
            let contents =
                column("content")?.as_primitive_opt::<Int64Type>().with_context(wrong)?;
            let times = column("micros")?.as_primitive_opt::<Int64Type>().with_context(wrong)?;
            let kept = column("kept")?.as_boolean_opt().with_context(wrong)?;
            for row in 0..batch.num_rows() {
                counter
                    .add(Share {
                        object: objects.value(row),
                        account: accounts.value(row),
                        content: contents.value(row),
                        micros: times.value(row),
                        kept: kept.value(row),
                    })
                    .with_context(failed)?;
            }
            rows += batch.num_rows() as u64;
        }
    }
    Ok((rows, counter.pairs()))
}

/// Checks edges against the number of pairs and writes the answer.
///
/// # Errors
/// When pairs are missing or too many: then nothing is written.
pub fn write(folder: &Path, edges: &Edges, pairs: u64) -> Result<()> {
    ensure!(
        edges.pairs == u128::from(pairs),
        "the edges hold {} pairs and there are {pairs}: the answer is not used",
        edges.pairs,
    );
    let path = folder.join("edges.parquet");
    let failed = || format!("{} cannot be written", path.display());
    let file = File::create(&path).with_context(failed)?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer =
        ArrowWriter::try_new(file, edges.rows.schema(), Some(properties)).with_context(failed)?;
    writer.write(&edges.rows).with_context(failed)?;
    writer.close().with_context(failed)?;
    let answer = json!({ "schema": ANSWER, "pairs": pairs, "light": edges.light });
    let path = folder.join("answer.json");
    std::fs::write(&path, format!("{answer}\n"))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch};

    use super::*;

    #[test]
    fn an_answer_with_other_pairs_than_there_are_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let column: ArrayRef = Arc::new(Int64Array::from(vec![3]));
        let rows = RecordBatch::try_from_iter([("pairs", column)]).unwrap();
        let edges = Edges { rows, light: 0, pairs: 3 };
        for pairs in [2, 4] {
            let error = write(folder.path(), &edges, pairs).unwrap_err();
            assert!(error.to_string().ends_with("the answer is not used"), "{error}");
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        write(folder.path(), &edges, 3).unwrap();
        assert!(folder.path().join("answer.json").exists());
    }
}
