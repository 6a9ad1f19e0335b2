//! The program: one command a file, errors reported once, exit codes that mean something.

mod analysis;
mod annotations;
mod answers;
mod axis;
mod cli;
mod commands;
mod desk;
mod ingest;
mod item_json;
mod names;
mod objects;
mod original;
mod output;
mod progress;
mod report;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use crate::commands::Done;

// The import allocates many small strings on several threads.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe while printing help is nobody's problem.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match commands::run(cli) {
        Ok(Done::Found) => ExitCode::SUCCESS,
        Ok(Done::Nothing) => ExitCode::from(1),
        Ok(Done::Failed) => ExitCode::from(2),
        Err(error) if report::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report::print(&error);
            ExitCode::from(2)
        }
    }
}
