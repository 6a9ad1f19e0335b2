//! Handing over to `cahoots-engine`, which has SQL and the cluster: a program of its own, so that
//! this one stays small and links no network client.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::Done;
use crate::cli::Global;

/// The program's name.
const NAME: &str = "cahoots-engine";

/// There is no `cahoots-engine` to hand over to.
#[derive(Debug)]
pub struct NotInstalled;

impl std::fmt::Display for NotInstalled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SQL and clusters need the program {NAME}, which is not installed")
    }
}

impl std::error::Error for NotInstalled {}

impl NotInstalled {
    /// What to do about it.
    pub const HINT: &'static str = "`make engine` in the source folder builds and installs it; it \
        is looked for beside cahoots and on the PATH";
}

/// The engine, ready to be given a command.
///
/// # Errors
/// [`NotInstalled`] when there is none.
pub(super) fn engine() -> Result<Command> {
    Ok(Command::new(find().ok_or(NotInstalled)?))
}

/// Hands a command with its arguments to the engine and ends as it ends.
pub(super) fn run(global: &Global, command: &str, args: &[OsString]) -> Result<Done> {
    let mut engine = engine()?;
    engine.arg(command);
    // What stood before the command; what stands behind it is among the arguments.
    if global.case != Path::new(crate::cli::CASE) {
        engine.arg("--case").arg(&global.case);
    }
    if global.json {
        engine.arg("--json");
    }
    if global.quiet {
        engine.arg("--quiet");
    }
    engine.args(args);
    become_it(engine).context("cahoots-engine cannot be started")
}

/// The engine beside this program, or on the PATH.
fn find() -> Option<PathBuf> {
    let name = format!("{NAME}{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().map(|program| program.with_file_name(&name));
    let path = std::env::var_os("PATH");
    let on_path = path.iter().flat_map(std::env::split_paths).map(|folder| folder.join(&name));
    beside.into_iter().chain(on_path).find(|program| is_program(program.as_os_str()))
}

fn is_program(path: &OsStr) -> bool {
    let Ok(file) = Path::new(path).metadata() else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.is_file() && file.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    file.is_file()
}

/// Replaces this process: signals and the exit code are the engine's own.
#[cfg(unix)]
fn become_it(mut engine: Command) -> Result<Done> {
    use std::os::unix::process::CommandExt;
    Err(engine.exec().into())
}

#[cfg(not(unix))]
fn become_it(mut engine: Command) -> Result<Done> {
    let status = engine.status()?;
    std::process::exit(status.code().unwrap_or(2))
}
