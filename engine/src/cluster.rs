//! What is asked of a cluster before it is trusted with a question.

use anyhow::{Context as _, Result};
use datafusion::common::TableReference;
use datafusion::functions::expr_fn::random;
use datafusion::prelude::{SessionContext, lit};

use crate::failure::hinted;

/// Counts the rows of a table where the work is done, by reading them, and compares.
///
/// Executors that see other files than we do would answer with fewer rows and no error.
///
/// # Errors
/// When the counts differ, or nobody answers.
pub async fn check_rows(context: &SessionContext, table: &str, expected: u64) -> Result<()> {
    let found = count(context, table).await.with_context(|| {
        format!("the rows of {table} could not be counted on the cluster before the question")
    })?;
    if found == expected {
        return Ok(());
    }
    Err(hinted(
        format!("the cluster sees {found} rows of {table}, and there are {expected}"),
        "scheduler and executors must see the same files under the same paths: a shared folder, \
         mounted alike everywhere",
    ))
}

async fn count(context: &SessionContext, table: &str) -> Result<u64> {
    // `count(*)` alone is answered from statistics that the scheduler reads. A condition that
    // nobody can decide beforehand makes the executors open the files.
    let read = random().gt_eq(lit(0.0));
    let frame = context.table(TableReference::bare(table)).await?.filter(read)?;
    Ok(frame.count().await? as u64)
}
