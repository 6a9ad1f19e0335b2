//! `sql`: a question in SQL of a case's record, or of files. Nothing is ever written.

mod case;
mod files;
mod infer;
mod print;
mod say;

pub use case::url_of;

use anyhow::Result;
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::{DataFrame, SessionContext};

use crate::Done;
use crate::cli;
use crate::failure::note;
use crate::settings::{self, Limits};

/// Rows of a table on a terminal, unless asked otherwise.
const ROWS: usize = 50;

/// A table that can be asked.
pub struct Table {
    /// Its name in queries.
    pub name: String,
    /// How many rows it has, where its files say so without being read.
    pub rows: Option<u64>,
}

/// Runs the command.
pub async fn run(args: cli::Sql) -> Result<Done> {
    // What comes first is a query unless it can only be a file: with no query, tables are listed.
    let limits = Limits { memory: args.memory, partitions: args.partitions.map(usize::from) };
    let context = match &args.cluster {
        Some(url) => settings::remote(url, limits, 1).await?,
        None => settings::local(limits)?,
    };
    let on_cluster = args.cluster.is_some();
    let tables = if args.files.is_empty() {
        case::register(&context, &args.case, on_cluster).await?
    } else {
        files::register(&context, &args.files, args.text).await?
    };
    let Some(query) = args.query.as_deref().filter(|query| !query.trim().is_empty()) else {
        return print::tables(&context, &tables, &args).await;
    };
    if on_cluster {
        check_rows(&context, &tables, query).await?;
    }
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let explained = |error| say::explained(error, &names);
    let frame = plan(&context, query).await.map_err(explained)?;
    let limit = args.limit.or((!args.json && !args.csv).then_some(ROWS));
    let printed =
        print::rows(frame, limit, &args).await.map_err(|error| match error.downcast() {
            Ok(error) => explained(error),
            Err(error) => error,
        })?;
    if printed.more && !args.quiet && !args.json {
        let how = if args.csv { "" } else { ", --csv and --json print all" };
        note(&format!("{} rows shown, there are more (-n N shows more{how})", printed.rows));
    }
    Ok(if printed.rows == 0 { Done::Nothing } else { Done::Found })
}

/// The plan of a query that only reads.
async fn plan(context: &SessionContext, query: &str) -> datafusion::error::Result<DataFrame> {
    let only_reads =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    context.sql_with_options(query, only_reads).await
}

/// Counts the rows of the tables a query names, on the cluster, and compares with what the case's
/// catalog or the files' footers say: executors that see other files than we do answer otherwise
/// with fewer rows and no error.
async fn check_rows(context: &SessionContext, tables: &[Table], query: &str) -> Result<()> {
    let query = query.to_lowercase();
    for table in tables.iter().filter(|table| query.contains(&table.name)) {
        let Some(expected) = table.rows else { continue };
        crate::cluster::check_rows(context, &table.name, expected).await?;
    }
    Ok(())
}
