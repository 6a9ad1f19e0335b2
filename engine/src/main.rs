//! The engine: SQL over a case or over bare files, and coordination on a cluster.
//!
//! A program of its own because it links DataFusion, Ballista and network code, which the
//! `cahoots` program does not. `cahoots sql` and `cahoots coordination --cluster` hand over to it.

mod cli;
mod cluster;
mod coordination;
mod failure;
mod functions;
mod journal;
mod own_folder;
mod roles;
mod settings;
mod sql;
mod stores;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

/// How a command ended, for the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    /// 0: done, something was found.
    Found,
    /// 1: done, nothing was found.
    Nothing,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe while printing help is nobody's problem.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(cli) {
        Ok(Done::Found) => ExitCode::SUCCESS,
        Ok(Done::Nothing) => ExitCode::from(1),
        Err(error) if failure::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            failure::print(&error);
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<Done> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Plans are walked recursively; Ballista gives its own threads as much.
        .thread_stack_size(32 << 20)
        .build()?;
    // Not on the main thread: its stack is the system's, which may be small.
    let task = runtime.handle().spawn(async move {
        match cli.command {
            Command::Sql(args) => sql::run(args).await,
            Command::Coordination(args) => coordination::run(args).await,
            Command::Scheduler(args) => roles::scheduler(args).await,
            Command::Executor(args) => roles::executor(args).await,
        }
    });
    runtime.block_on(task)?
}
