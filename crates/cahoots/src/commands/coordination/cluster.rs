//! Handing the question to `cahoots-engine`, as cargo hands a subcommand to another program.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Done;

/// The program that knows clusters.
const ENGINE: &str = if cfg!(windows) { "cahoots-engine.exe" } else { "cahoots-engine" };

/// Runs `cahoots-engine` with the same arguments, and ends as it ends.
pub(super) fn hand_over() -> Result<Done> {
    let Some(engine) = find() else {
        bail!(
            "--cluster needs the program cahoots-engine, which is neither beside cahoots nor on \
             the PATH\nhint: `make engine` builds it; without --cluster the same question runs \
             on this machine"
        );
    };
    let args: Vec<OsString> = std::env::args_os().skip(1).collect();
    let status = Command::new(&engine)
        .args(args)
        .status()
        .with_context(|| format!("{} could not be started", engine.display()))?;
    match status.code() {
        Some(0) => Ok(Done::Found),
        Some(1) => Ok(Done::Nothing),
        // What went wrong, it has said itself.
        _ => Ok(Done::Failed),
    }
}

/// Beside this program, then on the PATH.
fn find() -> Option<PathBuf> {
    let own = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(ENGINE)));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).map(|folder| folder.join(ENGINE));
    own.into_iter().chain(on_path).find(|file| file.is_file())
}
