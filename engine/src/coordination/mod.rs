//! Coordination on a cluster: the pairs of shares, and what follows from them for each two
//! accounts. `cahoots coordination --cluster` asks, and does the rest itself.

mod count;
mod exchange;
mod plan;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig};
use datafusion::prelude::SessionContext;

use crate::Done;
use crate::cli;
use crate::cluster::check_rows;
use crate::failure::hinted;
use crate::settings::{self, Limits};
use crate::sql::url_of;
use plan::TABLE;

/// Shares in one part of a job, about: both sides of a join of them fit into memory everywhere.
const ROWS_IN_PART: u64 = 2_000_000;

/// Answers the question in a folder.
pub async fn run(args: cli::Coordination) -> Result<Done> {
    let folder = args
        .folder
        .canonicalize()
        .with_context(|| format!("{} is not there", args.folder.display()))?;
    let question = exchange::question(&folder)?;
    let files = exchange::files(&folder)?;
    ensure!(!files.is_empty(), "there are no files of shares");
    let (rows, pairs) = exchange::count(&files, &question)?;
    ensure!(
        rows == question.rows,
        "{rows} shares are in the folder and {} were announced",
        question.rows
    );
    let limits = Limits { memory: args.memory, partitions: args.partitions.map(usize::from) };
    let context = match &args.cluster {
        Some(url) => settings::remote(url, limits, rows.div_ceil(ROWS_IN_PART)).await?,
        None => settings::local(limits)?,
    };
    let urls = files.iter().map(|path| url_of(path)).collect::<Result<Vec<_>>>()?;
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(ListingOptions::new(Arc::new(ParquetFormat::default())))
        .infer_schema(&context.state())
        .await?;
    context.register_table(TABLE, Arc::new(ListingTable::try_new(config)?))?;
    if args.cluster.is_some() {
        check_rows(&context, TABLE, rows).await?;
    }
    let answered = answer(&context, &folder, &question, pairs);
    let answered = match args.cluster {
        // A job whose executor was lost may be left lying by the scheduler: nothing would ever come.
        Some(_) => tokio::time::timeout(Duration::from_secs(args.give_up_after), answered)
            .await
            .unwrap_or_else(|_| bail!("no answer came within {} s", args.give_up_after)),
        None => answered.await,
    };
    answered.map_err(|error| {
        hinted(
            format!("the question was not answered: {error:#}"),
            "`cahoots coordination` without --cluster answers it on this machine; --verbose makes \
             scheduler and executors say what they do",
        )
    })?;
    Ok(if pairs == 0 { Done::Nothing } else { Done::Found })
}

async fn answer(
    context: &SessionContext,
    folder: &Path,
    question: &plan::Question,
    pairs: u64,
) -> Result<()> {
    exchange::write(folder, &plan::edges(context, question).await?, pairs)
}
