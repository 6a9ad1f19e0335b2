//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// SQL over a case or over bare files, and the processes of a cluster.
#[derive(Parser, Debug)]
#[command(name = "cahoots-engine", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 nothing found, 2 error.")]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Ask a question in SQL of a case's record, or of files
    Sql(Sql),
    /// Find the pairs of shares for `cahoots coordination --cluster`, which prints the answer
    Coordination(Coordination),
    /// Run the scheduler of a cluster
    Scheduler(Scheduler),
    /// Run an executor of a cluster
    Executor(Executor),
}

/// `sql`.
#[derive(Args, Debug)]
#[command(
    after_help = "Tables of a case: items, participants, objects, attachments, occurrences, \
    issues, archives, accounts. Without a query, lists the tables and their columns.\n\
    Tables of files: named after the file, or as NAME=FILE; several files may share a NAME."
)]
pub struct Sql {
    /// The question; only SELECT and the like: nothing is ever written
    pub query: Option<String>,
    /// CSV, TSV, JSON lines or Parquet files, instead of the case
    #[arg(value_name = "[NAME=]FILE")]
    pub files: Vec<String>,
    /// The case folder
    #[arg(long, value_name = "DIR", default_value = "cahoots.case", overrides_with = "case")]
    pub case: PathBuf,
    /// Print JSON instead of a table
    #[arg(long, overrides_with = "json")]
    pub json: bool,
    /// Print CSV instead of a table
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Print at most this many rows (default: 50 in a table, all as CSV or JSON)
    #[arg(long, short = 'n', value_name = "N")]
    pub limit: Option<usize>,
    /// Read every column of CSV files as text
    #[arg(long)]
    pub text: bool,
    /// Memory for the query, for example 2G; what does not fit is written to temporary files
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = crate::settings::bytes)]
    pub memory: u64,
    /// Ask a cluster: df://HOST:PORT of its scheduler
    #[arg(long, value_name = "URL")]
    pub cluster: Option<String>,
    /// Parts that the work is cut into (default: one per core, here or of the cluster)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub partitions: Option<u16>,
    /// No notes
    #[arg(long, short, overrides_with = "quiet")]
    pub quiet: bool,
}

/// `coordination`.
#[derive(Args, Debug)]
pub struct Coordination {
    /// The folder with the question and the shares; the answer is written into it
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Ask a cluster: df://HOST:PORT of its scheduler (default: answer here)
    #[arg(long, value_name = "URL")]
    pub cluster: Option<String>,
    /// Parts that the work is cut into (default: one per core, more if there is much to do)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub partitions: Option<u16>,
    /// Memory for the work in this process
    #[arg(long, value_name = "SIZE", default_value = "2G", value_parser = crate::settings::bytes)]
    pub memory: u64,
    /// Give up when a cluster has not answered after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 6 * 60 * 60)]
    pub give_up_after: u64,
}

/// `scheduler`.
#[derive(Args, Debug)]
pub struct Scheduler {
    /// Address to listen on; anything but a loopback address is open to whoever reaches it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: std::net::IpAddr,
    /// Port to listen on
    #[arg(long, value_name = "PORT", default_value_t = 50050)]
    pub port: u16,
    /// Name or address under which executors reach this scheduler
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub external_host: String,
    /// An executor that says nothing for so long is lost, and its work is done again
    #[arg(long, value_name = "SECONDS", default_value_t = 25,
        value_parser = clap::value_parser!(u64).range(2..))]
    pub executor_timeout: u64,
    /// What a finished job left with the executors is removed after so long
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub clean_up_after: u64,
    /// Say what is being done
    #[arg(long, short)]
    pub verbose: bool,
}

/// `executor`.
#[derive(Args, Debug)]
pub struct Executor {
    /// Host of the scheduler
    #[arg(long, value_name = "HOST", default_value = "localhost")]
    pub scheduler_host: String,
    /// Port of the scheduler
    #[arg(long, value_name = "PORT", default_value_t = 50050)]
    pub scheduler_port: u16,
    /// Address to listen on; anything but a loopback address is open to whoever reaches it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: std::net::IpAddr,
    /// Name or address under which the others reach this executor (default: as they see it)
    #[arg(long, value_name = "HOST")]
    pub external_host: Option<String>,
    /// Port that hands out intermediate results
    #[arg(long, value_name = "PORT", default_value_t = 50051)]
    pub port: u16,
    /// Port that takes orders
    #[arg(long, value_name = "PORT", default_value_t = 50052)]
    pub grpc_port: u16,
    /// Pieces of work at a time (default: one per core)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub vcores: Option<u16>,
    /// Memory for the work, for example 8G (default: 70% of the machine's or the container's)
    #[arg(long, value_name = "SIZE", value_parser = crate::settings::bytes)]
    pub memory: Option<u64>,
    /// Where intermediate results go, in clear: a private folder is made in it, and emptied
    #[arg(long, value_name = "DIR")]
    pub work_dir: Option<PathBuf>,
    /// Tell the scheduler that this executor is alive every so often
    #[arg(long, value_name = "SECONDS", default_value_t = 5,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub heartbeat: u64,
    /// What a job left is removed after so long, whatever became of the job
    #[arg(long, value_name = "SECONDS", default_value_t = 21_600,
        value_parser = clap::value_parser!(u64).range(60..))]
    pub keep_for: u64,
    /// How long to wait for the scheduler at the start
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u16,
    /// Say what is being done
    #[arg(long, short)]
    pub verbose: bool,
}
