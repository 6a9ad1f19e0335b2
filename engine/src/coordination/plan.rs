//! The question as a plan: a time-bucketed equi-join and an aggregate.
//!
//! A join on the object alone, with the window as a condition on what comes out, looks at every
//! pair of shares of an object, and was measured 38 times slower. So time is cut into buckets as
//! wide as the window. Of two shares within the window, the later lies in the bucket of the
//! earlier or in the next: the earlier is put into both, the later into its own, and they meet
//! exactly once. A popular object is spread over its buckets and so over the cluster.
//!
//! Everything here is whole numbers: no result depends on the order in which parts of it are added.

use anyhow::{Context as _, Result, ensure};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::compute::kernels::cmp::gt_eq;
use datafusion::arrow::compute::{
    SortColumn, cast, concat_batches, filter_record_batch, lexsort_to_indices, sum,
    take_record_batch,
};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::prelude::SessionContext;
use futures::StreamExt;

/// The table of shares.
pub const TABLE: &str = "shares";

/// Its columns: numbers of object and account, the post, the time, the layer, and whether the share
/// is kept. Of every pair at least one share is.
pub const COLUMNS: [&str; 6] = ["object", "account", "content", "micros", "layer", "kept"];

/// Which posts of a pair of accounts are counted apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Posts {
    /// Those of the one account, and those of the other.
    ByAccount,
    /// Those that came first in a pair, and those that came second.
    ByAge,
}

/// What is asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Question {
    /// Windows in microseconds, ascending; the last makes the pairs, the others are counted.
    pub windows: Vec<i64>,
    /// How many layers there are.
    pub layers: u32,
    /// Whether two shares in one post are no pair.
    pub other_posts: bool,
    /// Which posts are counted apart.
    pub posts: Posts,
    /// Edges with fewer pairs are counted and left out.
    pub least_pairs: i64,
    /// How many shares there are.
    pub rows: u64,
}

impl Question {
    /// The window that makes the pairs.
    pub fn window(&self) -> i64 {
        self.windows.last().copied().unwrap_or_default()
    }

    /// Every pair of shares within the window, the earlier one as `x`.
    ///
    /// Of two at once, the one whose account has the smaller number comes first.
    fn pairs(&self) -> String {
        let window = self.window();
        // A window of nothing still needs a width.
        let width = window.max(1);
        let columns = COLUMNS.join(", ");
        let other_posts = if self.other_posts { "AND x.content <> y.content" } else { "" };
        format!(
            "SELECT x.object AS object, x.layer AS layer, x.micros AS older, y.micros AS newer, \
             y.micros - x.micros AS lag, x.account AS ax, y.account AS ay, x.content AS cx, \
             y.content AS cy \
             FROM (SELECT {columns}, unnest(make_array(b, b + 1)) AS bucket \
             FROM (SELECT {columns}, time_bucket(micros, {width}) AS b FROM {TABLE})) x \
             JOIN (SELECT {columns}, time_bucket(micros, {width}) AS bucket FROM {TABLE}) y \
             ON x.object = y.object AND x.bucket = y.bucket \
             WHERE y.micros >= x.micros AND y.micros - x.micros <= {window} \
             AND x.account <> y.account {other_posts} \
             AND (y.micros > x.micros OR y.account > x.account) \
             AND (x.kept OR y.kept)"
        )
    }

    /// The edges: one row for each two accounts.
    fn edges(&self) -> String {
        let (one, other) = match self.posts {
            Posts::ByAge => ("cx", "cy"),
            Posts::ByAccount => {
                ("CASE WHEN ax < ay THEN cx ELSE cy END", "CASE WHEN ax < ay THEN cy ELSE cx END")
            }
        };
        let mut columns = vec![
            "least(ax, ay) AS a".to_owned(),
            "greatest(ax, ay) AS b".to_owned(),
            "count(*) AS pairs".to_owned(),
            "count(DISTINCT object) AS objects".to_owned(),
            // In two parts: a sum of microseconds may be larger than its type.
            "sum(lag / 1000000) AS lag_seconds".to_owned(),
            "sum(lag % 1000000) AS lag_rest".to_owned(),
            // Twice the lags: the median of an even number of them, rounded, would lose a half.
            "median(2 * lag) AS lag_middle".to_owned(),
            format!("count(DISTINCT {one}) AS posts_a"),
            format!("count(DISTINCT {other}) AS posts_b"),
            "sum(CASE WHEN lag > 0 AND ax < ay THEN 1 ELSE 0 END) AS a_first".to_owned(),
            "sum(CASE WHEN lag > 0 AND ax > ay THEN 1 ELSE 0 END) AS b_first".to_owned(),
            "min(older) AS first".to_owned(),
            "max(newer) AS last".to_owned(),
        ];
        let narrower = &self.windows[..self.windows.len().saturating_sub(1)];
        for (place, window) in narrower.iter().enumerate() {
            let within = format!("CASE WHEN lag <= {window} THEN 1 ELSE 0 END");
            columns.push(format!("sum({within}) AS window_{place}"));
        }
        for layer in (0..self.layers).filter(|_| self.layers > 1) {
            let in_layer = format!("CASE WHEN layer = {layer} THEN");
            columns.push(format!("sum({in_layer} 1 ELSE 0 END) AS layer_{layer}"));
            columns.push(format!("count(DISTINCT {in_layer} object END) AS layer_{layer}_objects"));
        }
        let (columns, pairs) = (columns.join(", "), self.pairs());
        format!("SELECT {columns} FROM ({pairs}) GROUP BY least(ax, ay), greatest(ax, ay)")
    }
}

/// The edges in the order of their accounts, and what was left out.
#[derive(Debug)]
pub struct Edges {
    /// One row each; every column is of whole numbers.
    pub rows: RecordBatch,
    /// How many had too few pairs.
    pub light: u64,
    /// The pairs of all, those left out among them.
    pub pairs: u128,
}

/// Finds the edges of the table of shares.
pub async fn edges(context: &SessionContext, question: &Question) -> Result<Edges> {
    let mut stream = context.sql(&question.edges()).await?.execute_stream().await?;
    let mut heavy: Vec<RecordBatch> = Vec::new();
    let (mut light, mut pairs) = (0, 0);
    let empty = whole_numbers(&RecordBatch::new_empty(stream.schema()))?;
    while let Some(batch) = stream.next().await {
        let batch = whole_numbers(&batch?)?;
        let weights = batch.column_by_name("pairs").context("no column of pairs")?;
        let weights = weights.as_primitive::<Int64Type>();
        let of_all = sum(weights).unwrap_or_default();
        ensure!(of_all >= 0, "pairs came back that are fewer than none");
        pairs += of_all.unsigned_abs() as u128;
        let is_heavy = gt_eq(weights, &Int64Array::new_scalar(question.least_pairs))?;
        let kept = filter_record_batch(&batch, &is_heavy)?;
        light += (batch.num_rows() - kept.num_rows()) as u64;
        heavy.push(kept);
    }
    let all = concat_batches(&empty.schema(), &heavy)?;
    let by = |column: usize| SortColumn { values: all.column(column).clone(), options: None };
    let order = lexsort_to_indices(&[by(0), by(1)], None)?;
    Ok(Edges { rows: take_record_batch(&all, &order)?, light, pairs })
}

/// The same rows with every column of whole numbers; what is missing is an error.
fn whole_numbers(batch: &RecordBatch) -> Result<RecordBatch> {
    let mut columns: Vec<(&str, ArrayRef)> = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
        let whole = cast(column, &DataType::Int64)?;
        ensure!(whole.null_count() == 0, "values of {} came back missing", field.name());
        columns.push((field.name(), whole));
    }
    Ok(RecordBatch::try_from_iter(columns)?)
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use datafusion::arrow::array::{BooleanArray, UInt32Array};

    use super::*;
    use crate::coordination::count::Share;
    use crate::functions;

    fn question(windows: &[i64], layers: u32, other_posts: bool, posts: Posts) -> Question {
        let windows = windows.to_vec();
        Question { windows, layers, other_posts, posts, least_pairs: 1, rows: 0 }
    }

    async fn context(shares: &[Share]) -> SessionContext {
        let context = SessionContext::new();
        functions::register(&context);
        let small = |of: fn(&Share) -> u32| -> ArrayRef {
            Arc::new(UInt32Array::from_iter_values(shares.iter().map(of)))
        };
        let large = |of: fn(&Share) -> i64| -> ArrayRef {
            Arc::new(Int64Array::from_iter_values(shares.iter().map(of)))
        };
        let kept: Vec<bool> = shares.iter().map(|share| share.kept).collect();
        let batch = RecordBatch::try_from_iter([
            ("object", small(|share| share.object)),
            ("account", small(|share| share.account)),
            ("content", large(|share| share.content)),
            ("micros", large(|share| share.micros)),
            ("layer", small(|share| share.object % 3)),
            ("kept", Arc::new(BooleanArray::from(kept)) as ArrayRef),
        ]);
        context.register_batch(TABLE, batch.unwrap()).unwrap();
        context
    }

    /// The rows that the plan should give, by looking at every two shares.
    fn brute(shares: &[Share], question: &Question) -> Vec<Vec<i64>> {
        let mut by_edge: BTreeMap<(u32, u32), Vec<(&Share, &Share)>> = BTreeMap::new();
        for x in shares {
            for y in shares {
                let earlier = (x.micros, x.account) < (y.micros, y.account);
                let apart = x.account != y.account
                    && (!question.other_posts || x.content != y.content)
                    && (x.kept || y.kept);
                let near = y.micros - x.micros <= question.window();
                if x.object == y.object && apart && earlier && near {
                    let key = (x.account.min(y.account), x.account.max(y.account));
                    by_edge.entry(key).or_default().push((x, y));
                }
            }
        }
        let row = |(key, pairs): (&(u32, u32), &Vec<(&Share, &Share)>)| {
            let mut lags: Vec<i64> = pairs.iter().map(|(x, y)| y.micros - x.micros).collect();
            lags.sort_unstable();
            let different = |of: &dyn Fn(&(&Share, &Share)) -> i64| {
                pairs.iter().map(of).collect::<BTreeSet<i64>>().len() as i64
            };
            let count = |is: &dyn Fn(&(&Share, &Share)) -> bool| {
                pairs.iter().filter(|pair| is(pair)).count() as i64
            };
            let by_age = question.posts == Posts::ByAge;
            let mut row = vec![
                i64::from(key.0),
                i64::from(key.1),
                pairs.len() as i64,
                different(&|(x, _)| i64::from(x.object)),
                lags.iter().map(|lag| lag / 1_000_000).sum(),
                lags.iter().map(|lag| lag % 1_000_000).sum(),
                lags[(lags.len() - 1) / 2] + lags[lags.len() / 2],
                different(&|(x, y)| if by_age || x.account < y.account { x } else { y }.content),
                different(&|(x, y)| if by_age || x.account < y.account { y } else { x }.content),
                count(&|(x, y)| x.micros < y.micros && x.account == key.0),
                count(&|(x, y)| x.micros < y.micros && x.account == key.1),
                pairs.iter().map(|(x, _)| x.micros).min().unwrap(),
                pairs.iter().map(|(_, y)| y.micros).max().unwrap(),
            ];
            for window in &question.windows[..question.windows.len() - 1] {
                row.push(lags.iter().filter(|lag| *lag <= window).count() as i64);
            }
            for layer in (0..question.layers).filter(|_| question.layers > 1) {
                let inside: Vec<u32> =
                    pairs.iter().map(|(x, _)| x.object).filter(|o| o % 3 == layer).collect();
                row.push(inside.len() as i64);
                row.push(inside.iter().collect::<BTreeSet<_>>().len() as i64);
            }
            row
        };
        by_edge.iter().map(row).collect()
    }

    fn rows(batch: &RecordBatch) -> Vec<Vec<i64>> {
        let columns: Vec<&Int64Array> =
            batch.columns().iter().map(|column| column.as_primitive()).collect();
        (0..batch.num_rows())
            .map(|row| columns.iter().map(|column| column.value(row)).collect())
            .collect()
    }

    #[tokio::test]
    async fn edges_are_those_of_looking_at_every_two_shares() {
        use Posts::{ByAccount, ByAge};
        for (seed, question) in [
            (1, question(&[0], 1, true, ByAccount)),
            (2, question(&[1], 1, false, ByAge)),
            (3, question(&[17, 60], 3, false, ByAccount)),
            (4, question(&[5, 17, 500], 1, true, ByAge)),
            (5, question(&[100_000], 3, false, ByAge)),
        ] {
            let shares = Share::made_up(300, seed);
            let expected = brute(&shares, &question);
            let found = edges(&context(&shares).await, &question).await.unwrap();
            assert!(question.window() < 60 || expected.len() > 10);
            assert_eq!(rows(&found.rows), expected, "{question:?}");
            let pairs: i64 = expected.iter().map(|row| row[2]).sum();
            assert_eq!((found.pairs, found.light), (pairs as u128, 0));
        }
    }

    #[tokio::test]
    async fn light_edges_are_counted_and_left_out() {
        let shares = Share::made_up(300, 9);
        let mut question = question(&[60], 1, true, Posts::ByAge);
        let all = edges(&context(&shares).await, &question).await.unwrap();
        question.least_pairs = 3;
        let heavy = edges(&context(&shares).await, &question).await.unwrap();
        let (all_rows, heavy_rows) = (rows(&all.rows), rows(&heavy.rows));
        let expected: Vec<_> = all_rows.iter().filter(|row| row[2] >= 3).cloned().collect();
        assert!(!expected.is_empty() && expected.len() < all_rows.len());
        assert_eq!(heavy_rows, expected);
        assert_eq!(heavy.light as usize, all_rows.len() - expected.len());
        assert_eq!(heavy.pairs, all.pairs);
    }

    #[tokio::test]
    async fn the_window_is_inclusive_and_a_border_of_buckets_is_no_border() {
        let share = |account: u32, micros| Share {
            object: 1,
            account,
            content: i64::from(account),
            micros,
            kept: true,
        };
        // At 59, 60 and 119: the first two lie in different buckets of 60.
        let shares = [share(1, 59), share(2, 60), share(3, 119), share(4, -1)];
        let question = question(&[60], 1, true, Posts::ByAge);
        let found = edges(&context(&shares).await, &question).await.unwrap();
        let found: Vec<(i64, i64)> = rows(&found.rows).iter().map(|row| (row[0], row[1])).collect();
        assert_eq!(found, [(1, 2), (1, 3), (1, 4), (2, 3)]);
    }
}
