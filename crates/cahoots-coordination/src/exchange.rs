//! A folder in which a question and its shares go to another program, and the edges come back.
//!
//! ```text
//! question.json      what is asked
//! shares/*.parquet   the shares, object by object, each in the order of time
//! edges.parquet      one row for each two accounts, in their order
//! answer.json        how many pairs there are, and how many edges were left out
//! ```
//!
//! Reading, popular objects, participation, tests and groups stay here: they are the same with
//! and without another program that finds the pairs.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, BooleanArray, Int64Array, RecordBatch, UInt32Array};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use rustc_hash::FxHashSet;
use serde_json::{Value, json};
use thiserror::Error;

use crate::compat::{Compat, kept_contents};
use crate::edges::{Edge, Edges};
use crate::network::{LeftOut, Network, NetworkError, Question, Setting};
use crate::rows::Row;
use crate::share::AccountNo;
use crate::shares::Shares;
use crate::spill::SpillError;
use crate::sweep::{Swept, count_pairs, takes_part};

/// Shares in one file.
const ROWS_IN_FILE: usize = 1 << 20;

/// Why an exchange fails.
#[derive(Debug, Error)]
pub enum ExchangeError {
    /// A file of the exchange cannot be written or read.
    #[error("{} cannot be used", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// The answer is not what was asked for.
    #[error("the answer does not fit the question: {what}")]
    Answer {
        /// What is wrong with it.
        what: String,
    },
    /// There are too many pairs.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// What was spilled cannot be read again.
    #[error(transparent)]
    Spill(#[from] SpillError),
}

/// What the asking side knows of the answer beforehand.
#[derive(Debug)]
pub struct Asked {
    folder: PathBuf,
    matched: Vec<u32>,
    left_out: Vec<LeftOut>,
}

fn failed(path: &Path) -> impl Fn(io::Error) -> ExchangeError + '_ {
    |error| ExchangeError::File { path: path.to_owned(), error }
}

/// Writes a question and its shares into a folder.
///
/// # Errors
/// When there are too many pairs, or the folder cannot be written.
pub fn ask(shares: &Shares, question: &Question, folder: &Path) -> Result<Asked, ExchangeError> {
    let setting = Setting::new(shares, question);
    let active = setting.active(shares, question);
    let mut marks = Marks {
        question,
        matched: vec![0; if question.counts_matched() { shares.accounts.len() } else { 0 }],
        paired: FxHashSet::default(),
        pairs: 0,
        left_out: Vec::new(),
    };
    let mut object = Vec::new();
    each_object(shares, &active, question, &mut object, |rows| marks.object(rows))?;
    question.allow(marks.pairs)?;
    let left_out: FxHashSet<u32> = marks.left_out.iter().map(|left| left.object).collect();
    let kept = match question.compat {
        Some(Compat::CooRTweet) => Some(kept_contents(
            &marks.paired,
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
    let mut files = Files::new(folder)?;
    let mut failure = None;
    each_object(shares, &active, question, &mut object, |rows| {
        // An object alone, or one that is left out, makes no pair.
        let lonely = rows.len() < 2 || left_out.contains(&rows[0].object);
        if lonely || failure.is_some() {
            return;
        }
        let layer = setting.layer_of[usize::from(shares.objects.kind(rows[0].object))];
        for row in rows {
            let kept = kept.as_ref().is_none_or(|kept| kept.contains(&row.content));
            files.rows.push((*row, layer, kept));
        }
        if files.rows.len() >= ROWS_IN_FILE {
            failure = files.write().err();
        }
    })?;
    if let Some(error) = failure {
        return Err(error);
    }
    files.write()?;
    let by_age = question.compat == Some(Compat::CooRTweet);
    let least = if question.compat == Some(Compat::Cnt) { 0 } else { question.min_weight };
    let asked = json!({
        "schema": "cahoots/coordination-question/1",
        "windows_micros": setting.windows,
        "layers": setting.layers.len().max(1),
        "other_posts": by_age,
        "posts": if by_age { "by-age" } else { "by-account" },
        "least_pairs": least,
        "rows": files.written,
    });
    let path = folder.join("question.json");
    fs::write(&path, format!("{asked}\n")).map_err(failed(&path))?;
    let Marks { matched, mut left_out, .. } = marks;
    left_out.sort_unstable();
    Ok(Asked { folder: folder.to_owned(), matched, left_out })
}

/// Reads the answer.
///
/// # Errors
/// When it is not there or does not fit the question.
pub fn answer(
    asked: Asked,
    shares: &Shares,
    question: &Question,
) -> Result<Network, ExchangeError> {
    let setting = Setting::new(shares, question);
    let path = asked.folder.join("answer.json");
    let text = fs::read(&path).map_err(failed(&path))?;
    let value: Value = serde_json::from_slice(&text).unwrap_or_default();
    let wrong = |what: &str| ExchangeError::Answer { what: what.to_owned() };
    let count = |name: &str| value[name].as_u64().ok_or_else(|| wrong("a count is missing"));
    if value["schema"] != "cahoots/coordination-answer/1" {
        return Err(wrong("it is of another version"));
    }
    let path = asked.folder.join("edges.parquet");
    let file = File::open(&path).map_err(failed(&path))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.build())
        .map_err(|error| failed(&path)(io::Error::other(error)))?;
    let mut edges = Edges::default();
    for batch in reader {
        let batch = batch.map_err(|error| failed(&path)(io::Error::other(error)))?;
        push(&batch, &setting, &mut edges)
            .ok_or_else(|| wrong("a column is missing or holds what cannot be"))?;
    }
    let n_accounts = shares.accounts.len() as u32;
    let in_order = edges.list.is_sorted_by(|x, y| (x.a, x.b) < (y.a, y.b));
    if !in_order || edges.list.iter().any(|edge| edge.a >= edge.b || edge.b.0 >= n_accounts) {
        return Err(wrong("the accounts of an edge are not in order"));
    }
    let swept = Swept {
        edges,
        pairs: count("pairs")?,
        matched: asked.matched,
        light: count("light")?,
        left_out: asked.left_out,
        spilled: 0,
    };
    Ok(setting.network(swept, question))
}

fn push(batch: &RecordBatch, setting: &Setting, edges: &mut Edges) -> Option<()> {
    let column = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Int64Type>();
    let [a, b, pairs, objects] = [column("a")?, column("b")?, column("pairs")?, column("objects")?];
    let (lag_sum, lag_middle) = (column("lag_sum")?, column("lag_middle")?);
    let (posts_a, posts_b) = (column("posts_a")?, column("posts_b")?);
    let (a_first, b_first) = (column("a_first")?, column("b_first")?);
    let (first, last) = (column("first")?, column("last")?);
    let narrower = setting.windows.len() - 1;
    let windows: Option<Vec<_>> = (0..narrower).map(|n| column(&format!("window_{n}"))).collect();
    let windows = windows?;
    let n_layers = setting.layers.len();
    let layers: Option<Vec<_>> = (0..n_layers)
        .filter(|_| n_layers > 1)
        .map(|n| Some((column(&format!("layer_{n}"))?, column(&format!("layer_{n}_objects"))?)))
        .collect();
    let layers = layers?;
    for row in 0..batch.num_rows() {
        let whole = |column: &Int64Array| u32::try_from(column.value(row)).ok();
        edges.list.push(Edge {
            a: AccountNo(whole(a)?),
            b: AccountNo(whole(b)?),
            weight: whole(pairs)?,
            objects: whole(objects)?,
            lag_sum: u64::try_from(lag_sum.value(row)).ok()?,
            lag_median: lag_middle.value(row) / 2,
            contents_a: whole(posts_a)?,
            contents_b: whole(posts_b)?,
            a_first: whole(a_first)?,
            b_first: whole(b_first)?,
            first: first.value(row),
            last: last.value(row),
        });
        for window in &windows {
            edges.in_window.push(whole(window)?);
        }
        edges.in_window.push(whole(pairs)?);
        for (pairs, objects) in &layers {
            edges.in_layer.push((whole(pairs)?, whole(objects)?));
        }
    }
    Some(())
}

/// Hands over the rows of each object that can be in a pair.
fn each_object(
    shares: &Shares,
    active: &[bool],
    question: &Question,
    rows: &mut Vec<Row>,
    mut take: impl FnMut(&[Row]),
) -> Result<(), SpillError> {
    rows.clear();
    shares.each_row(|row| {
        if rows.first().is_some_and(|first| first.object != row.object) {
            take(rows);
            rows.clear();
        }
        if takes_part(row, active, question.compat) {
            rows.push(*row);
        }
    })?;
    if !rows.is_empty() {
        take(rows);
        rows.clear();
    }
    Ok(())
}

/// What is learnt of the rows of an object without making its pairs.
struct Marks<'a> {
    question: &'a Question,
    /// For each account, how many of its shares are in a pair.
    matched: Vec<u32>,
    /// Posts in a pair, where CooRTweet's rules ask for them.
    paired: FxHashSet<u64>,
    pairs: u64,
    left_out: Vec<LeftOut>,
}

impl Marks<'_> {
    fn object(&mut self, rows: &[Row]) {
        let window = self.question.widest();
        let pairs = count_pairs(|at| rows[at].micros, rows.len(), window);
        if pairs > self.question.pairs_per_object {
            let (object, shares) = (rows[0].object, rows.len() as u64);
            return self.left_out.push(LeftOut { object, shares, pairs });
        }
        self.pairs += pairs;
        let by_content = self.question.compat == Some(Compat::CooRTweet);
        let mut near = Near::default();
        let (mut low, mut high) = (0, 0);
        for row in rows {
            while rows.get(high).is_some_and(|it| it.micros.saturating_sub(row.micros) <= window) {
                near.change(&rows[high], 1);
                high += 1;
            }
            while row.micros.saturating_sub(rows[low].micros) > window {
                near.change(&rows[low], -1);
                low += 1;
            }
            if near.others(row, by_content) == 0 {
                continue;
            }
            if let Some(n) = self.matched.get_mut(row.account as usize) {
                *n += 1;
            }
            if by_content {
                self.paired.insert(row.content);
            }
        }
    }
}

/// The rows within the window on both sides of one.
#[derive(Default)]
struct Near {
    n: i64,
    of_account: HashMap<u32, i64>,
    of_content: HashMap<u64, i64>,
    of_both: HashMap<(u32, u64), i64>,
}

impl Near {
    fn change(&mut self, row: &Row, by: i64) {
        self.n += by;
        *self.of_account.entry(row.account).or_default() += by;
        *self.of_content.entry(row.content).or_default() += by;
        *self.of_both.entry((row.account, row.content)).or_default() += by;
    }

    /// Those of other accounts, and with `by_content` in other posts.
    fn others(&self, row: &Row, by_content: bool) -> i64 {
        let at = |n: Option<&i64>| n.copied().unwrap_or_default();
        let accounts = self.n - at(self.of_account.get(&row.account));
        if !by_content {
            return accounts;
        }
        accounts - at(self.of_content.get(&row.content))
            + at(self.of_both.get(&(row.account, row.content)))
    }
}

/// The files of shares.
struct Files {
    folder: PathBuf,
    rows: Vec<(Row, u8, bool)>,
    number: u32,
    written: u64,
}

impl Files {
    fn new(folder: &Path) -> Result<Self, ExchangeError> {
        let folder = folder.join("shares");
        fs::create_dir_all(&folder).map_err(failed(&folder))?;
        Ok(Self { folder, rows: Vec::new(), number: 0, written: 0 })
    }

    /// Writes the rows at hand as a file; the first even if there are none.
    fn write(&mut self) -> Result<(), ExchangeError> {
        if self.rows.is_empty() && self.number > 0 {
            return Ok(());
        }
        let path = self.folder.join(format!("{:05}.parquet", self.number));
        self.batch_to(&path).map_err(failed(&path))?;
        self.number += 1;
        self.written += self.rows.len() as u64;
        self.rows.clear();
        Ok(())
    }

    fn batch_to(&self, path: &Path) -> io::Result<()> {
        let small = |of: &dyn Fn(&(Row, u8, bool)) -> u32| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(self.rows.iter().map(of)))
        };
        let large = |of: &dyn Fn(&(Row, u8, bool)) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(self.rows.iter().map(of)))
        };
        let kept: Vec<bool> = self.rows.iter().map(|(.., kept)| *kept).collect();
        let batch = RecordBatch::try_from_iter([
            ("object", small(&|(row, ..)| row.object)),
            ("account", small(&|(row, ..)| row.account)),
            ("content", large(&|(row, ..)| row.content as i64)),
            ("micros", large(&|(row, ..)| row.micros)),
            ("layer", small(&|(_, layer, _)| u32::from(*layer))),
            ("kept", Arc::new(BooleanArray::from(kept)) as ArrayRef),
        ])
        .map_err(io::Error::other)?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let file = File::create(path)?;
        let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties))
            .map_err(io::Error::other)?;
        writer.write(&batch).map_err(io::Error::other)?;
        writer.close().map_err(io::Error::other)?;
        Ok(())
    }
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
