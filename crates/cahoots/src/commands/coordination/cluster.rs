//! The network found by a cluster: `cahoots-engine` asks it, everything else is done here.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result, bail};
use cahoots_coordination::{Network, Question, Shares, network_elsewhere};

use super::args::Coordination;
use crate::commands::engine;

/// Finds the network; `None` when the engine could not, and has said why.
pub(super) fn network(
    shares: &Shares,
    question: &Question,
    args: &Coordination,
    url: &str,
) -> Result<Option<Network>> {
    let engine = engine::engine()?;
    let parent = exchange(args, url)?;
    let folder = tempfile::Builder::new()
        .prefix("cahoots-exchange-")
        .tempdir_in(&parent)
        .with_context(|| format!("nothing can be written in {}", parent.display()))?;
    // Ctrl-C reaches the engine as well. This process lives on until the folder is removed.
    let _ = ctrlc::set_handler(|| ());
    let mut ended = None;
    let network = network_elsewhere(shares, question, folder.path(), || {
        ended = Some(ask(engine, folder.path().into(), args, url));
    });
    match ended.transpose().context("cahoots-engine cannot be started")? {
        // 1: there are no pairs.
        Some(status) if matches!(status.code(), Some(0 | 1)) => Ok(Some(network?)),
        Some(_) => Ok(None),
        None => Ok(Some(network?)),
    }
}

fn ask(
    mut engine: Command,
    folder: OsString,
    args: &Coordination,
    url: &str,
) -> std::io::Result<ExitStatus> {
    engine.arg("coordination").arg(folder).args(["--cluster", url]);
    if let Some(partitions) = args.partitions {
        engine.args(["--partitions", &partitions.to_string()]);
    }
    engine.status()
}

/// The folder through which question and answer go.
fn exchange(args: &Coordination, url: &str) -> Result<PathBuf> {
    let here = url::Url::parse(url).ok().and_then(|url| url.host_str().map(is_here));
    match &args.exchange {
        Some(folder) => Ok(folder.clone()),
        None if here == Some(false) => bail!(
            "--cluster on another machine needs --exchange DIR: a folder that scheduler, executors \
             and this program see under the same path"
        ),
        None => Ok(args.temp.clone().unwrap_or_else(std::env::temp_dir)),
    }
}

fn is_here(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
