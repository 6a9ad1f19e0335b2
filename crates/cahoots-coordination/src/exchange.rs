//! The pairs found by another program: the shares go into a folder, the edges come back in it.
//!
//! What is written are numbers: of objects, accounts and posts, and times. No name and no word of
//! anybody leaves the process.
//!
//! ```text
//! question.json      what is asked
//! shares/*.parquet   the shares that can be in a pair, object by object, in the order of time
//! edges.parquet      one row for each two accounts, in their order
//! answer.json        how many pairs there are, and how many edges were left out
//! ```

mod answer;
mod field;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, UInt32Array};
use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use rustc_hash::FxHashSet;
use serde_json::json;
use thiserror::Error;

use crate::compat::{Compat, kept_contents};
use crate::edges::Wanted;
use crate::network::{NetworkError, Question};
use crate::rows::Row;
use crate::shares::Shares;
use crate::sweep::Swept;
use field::Field;

/// What `question.json` says it is.
const QUESTION: &str = "cahoots/coordination-question/1";

/// Rows in a file: as many files as there are processors to read them would be best, and nobody
/// here knows how many there are.
const ROWS_IN_FILE: usize = 2_000_000;

/// Rows that a reader takes at once; a file is read in parallel by these.
const ROWS_IN_GROUP: usize = 250_000;

/// Rows held before they are written.
const BATCH: usize = 64 << 10;

/// Why another program did not find the pairs.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// A file cannot be written or read.
    #[error("{} cannot be {}", path.display(), if *writing { "written" } else { "read" })]
    File {
        /// The file.
        path: PathBuf,
        /// Whether it was being written.
        writing: bool,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A table cannot be written or read.
    #[error("{} cannot be {}", path.display(), if *writing { "written" } else { "read" })]
    Table {
        /// The file.
        path: PathBuf,
        /// Whether it was being written.
        writing: bool,
        /// Why.
        #[source]
        error: ParquetError,
    },
    /// The answer does not fit the question.
    #[error("the answer in {} cannot be used: {reason}", folder.display())]
    Answer {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The other program did not answer.
    #[error("the question was not answered")]
    Unanswered,
}

/// Shares on their way out, and what was learnt of them on the way.
pub(crate) struct Sent {
    folder: PathBuf,
    /// Pairs that the answer must hold.
    pairs: u64,
    /// Everything but the edges.
    swept: Swept,
}

/// Writes the question and the shares that can be in a pair.
pub(crate) fn write(
    folder: &Path,
    shares: &Shares,
    active: &[bool],
    question: &Question,
    wanted: Wanted<'_>,
) -> Result<Sent, NetworkError> {
    let field = Field::of(shares, active, question)?;
    question.allow(field.counted)?;
    let kept = match question.compat {
        Some(Compat::CooRTweet) => Some(kept_contents(
            &field.paired,
            |take| {
                shares.each_row(|row| {
                    if active[row.account as usize] {
                        take(row.account, row.content);
                    }
                })
            },
            shares.accounts.len(),
            question.min_participation,
        )?),
        _ => None,
    };
    let mut writer = Writer::new(folder, kept.as_ref())?;
    let mut failure = None;
    shares.each_row(|row| {
        let goes = failure.is_none() && field.goes(row, active, question);
        if goes && let Err(error) = writer.add(row, layer_of(shares, wanted, row.object)) {
            failure = Some(error);
        }
    })?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    let rows = writer.finish()?;
    let pairs = match &kept {
        None => field.made,
        Some(kept) => field::pairs_of_kept(shares, active, question, &field, kept)?,
    };
    // A window wider than all time there is would only make large numbers.
    let all_time = shares.span.map_or(0, |(first, last)| last.saturating_sub(first));
    let windows: Vec<i64> =
        wanted.windows.iter().map(|window| (*window).min(all_time.max(0))).collect();
    let value = json!({
        "schema": QUESTION,
        "windows_micros": windows,
        "layers": wanted.n_layers,
        "other_posts": question.compat == Some(Compat::CooRTweet),
        "posts": if question.compat == Some(Compat::CooRTweet) { "by-age" } else { "by-account" },
        "least_pairs": if question.compat == Some(Compat::Cnt) { 1 } else { question.min_weight },
        "rows": rows,
    });
    let path = folder.join("question.json");
    fs::write(&path, format!("{value}\n")).map_err(|error| ExchangeError::File {
        path,
        writing: true,
        error,
    })?;
    let swept = Swept {
        pairs: field.made,
        matched: field.matched,
        left_out: field.left_out,
        ..Swept::default()
    };
    Ok(Sent { folder: folder.to_owned(), pairs, swept })
}

fn layer_of(shares: &Shares, wanted: Wanted<'_>, object: u32) -> u32 {
    let code = usize::from(shares.objects.kind(object));
    u32::from(wanted.layers.get(code).copied().unwrap_or_default())
}

impl Sent {
    /// Reads the answer.
    pub(crate) fn answered(self, wanted: Wanted<'_>) -> Result<Swept, ExchangeError> {
        let mut swept = self.swept;
        (swept.edges, swept.light) = answer::read(&self.folder, self.pairs, wanted)?;
        Ok(swept)
    }
}

/// Writes rows into one file after another.
struct Writer<'a> {
    folder: PathBuf,
    kept: Option<&'a FxHashSet<u64>>,
    out: Option<(PathBuf, ArrowWriter<File>)>,
    files: usize,
    rows_in_file: usize,
    rows: u64,
    objects: Vec<u32>,
    accounts: Vec<u32>,
    contents: Vec<i64>,
    times: Vec<i64>,
    layers: Vec<u32>,
    are_kept: Vec<bool>,
}

impl<'a> Writer<'a> {
    fn new(folder: &Path, kept: Option<&'a FxHashSet<u64>>) -> Result<Self, ExchangeError> {
        let path = folder.join("shares");
        fs::create_dir_all(&path).map_err(|error| ExchangeError::File {
            path: path.clone(),
            writing: true,
            error,
        })?;
        Ok(Self {
            folder: path,
            kept,
            out: None,
            files: 0,
            rows_in_file: 0,
            rows: 0,
            objects: Vec::new(),
            accounts: Vec::new(),
            contents: Vec::new(),
            times: Vec::new(),
            layers: Vec::new(),
            are_kept: Vec::new(),
        })
    }

    fn add(&mut self, row: &Row, layer: u32) -> Result<(), ExchangeError> {
        self.objects.push(row.object);
        self.accounts.push(row.account);
        // Only whether two are the same matters: the bits do.
        self.contents.push(row.content as i64);
        self.times.push(row.micros);
        self.layers.push(layer);
        self.are_kept.push(self.kept.is_none_or(|kept| kept.contains(&row.content)));
        if self.objects.len() == BATCH { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), ExchangeError> {
        let take =
            |list: &mut Vec<u32>| -> ArrayRef { Arc::new(UInt32Array::from(std::mem::take(list))) };
        let columns: [(&str, ArrayRef); 6] = [
            ("object", take(&mut self.objects)),
            ("account", take(&mut self.accounts)),
            ("content", Arc::new(Int64Array::from(std::mem::take(&mut self.contents)))),
            ("micros", Arc::new(Int64Array::from(std::mem::take(&mut self.times)))),
            ("layer", take(&mut self.layers)),
            ("kept", Arc::new(BooleanArray::from(std::mem::take(&mut self.are_kept)))),
        ];
        let path = self.folder.join(format!("{:06}.parquet", self.files));
        let failed =
            |error: ParquetError| ExchangeError::Table { path: path.clone(), writing: true, error };
        let batch = RecordBatch::try_from_iter(columns)
            .map_err(|error: ArrowError| failed(error.into()))?;
        if self.out.is_none() {
            let properties = WriterProperties::builder()
                .set_compression(Compression::ZSTD(ZstdLevel::default()))
                .set_max_row_group_row_count(Some(ROWS_IN_GROUP))
                .build();
            let file = File::create(&path).map_err(|error| ExchangeError::File {
                path: path.clone(),
                writing: true,
                error,
            })?;
            let writer = ArrowWriter::try_new(file, batch.schema(), Some(properties));
            self.out = Some((path.clone(), writer.map_err(failed)?));
        }
        if let Some((_, out)) = &mut self.out {
            out.write(&batch).map_err(failed)?;
        }
        self.rows += batch.num_rows() as u64;
        self.rows_in_file += batch.num_rows();
        if self.rows_in_file >= ROWS_IN_FILE { self.close() } else { Ok(()) }
    }

    fn close(&mut self) -> Result<(), ExchangeError> {
        if let Some((path, out)) = self.out.take() {
            out.close().map_err(|error| ExchangeError::Table { path, writing: true, error })?;
            self.files += 1;
            self.rows_in_file = 0;
        }
        Ok(())
    }

    /// How many rows were written. There is a file even for none.
    fn finish(mut self) -> Result<u64, ExchangeError> {
        if !self.objects.is_empty() || self.rows == 0 {
            self.flush()?;
        }
        self.close()?;
        Ok(self.rows)
    }
}

#[cfg(test)]
mod tests;
