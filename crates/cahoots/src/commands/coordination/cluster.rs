//! Asking a cluster for the pairs: `cahoots-engine` gets the shares in a folder and answers into it.
//! Everything else is done here, as without a cluster.

use anyhow::{Context, Result, bail};
use cahoots_coordination::exchange::{answer, ask};
use cahoots_coordination::{Network, Question, Shares};

use crate::commands::engine;

/// The network as the cluster finds it. The folder of the exchange is made in `temp`, which every
/// executor must be able to read under the same name.
pub(super) fn network(shares: &Shares, question: &Question, url: &str) -> Result<Network> {
    let temp = question.budget.temp.clone().unwrap_or_else(std::env::temp_dir);
    let folder = tempfile::Builder::new()
        .prefix("cahoots-coordination-")
        .tempdir_in(&temp)
        .with_context(|| format!("no folder can be made in {}", temp.display()))?;
    let asked = ask(shares, question, folder.path())?;
    let path = folder.path().as_os_str().to_owned();
    let args = ["coordination".into(), path, "--cluster".into(), url.into()];
    // 1 says that there are no pairs, which is an answer.
    match engine::wait_for(&args)? {
        Some(0 | 1) => Ok(answer(asked, shares, question)?),
        _ => bail!("the cluster gave no answer; cahoots-engine said why"),
    }
}
