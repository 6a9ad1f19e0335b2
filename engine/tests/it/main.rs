//! The program as it is used: every test starts it as a process.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod cluster;
mod coordination;
mod processes;
mod same_tables;
mod sql;

use std::path::Path;
use std::process::{Command, Output};

/// The program, in an environment that prints the same everywhere.
fn engine() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cahoots-engine"));
    command.env("COLUMNS", "100").env_remove("RUST_BACKTRACE");
    command
}

/// Runs the program in a folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    engine().current_dir(folder).args(arguments).output().unwrap()
}

/// What a successful run printed.
fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What a run said on standard error.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
