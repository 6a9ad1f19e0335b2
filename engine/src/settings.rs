//! Sessions and their settings: for this process, and for a cluster.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::config::BALLISTA_SCHEDULER_SHARE_FILE_STATISTICS_CACHE;
use datafusion::common::extensions_options;
use datafusion::config::ConfigExtension;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::failure::hinted;
use crate::functions;
use crate::stores;

extensions_options! {
    /// What we ask of a scheduler beyond Ballista's own settings.
    pub struct ClusterOptions {
        /// How many parts a job has at least; it has as many as the cluster has cores if that is
        /// more. 0: exactly `datafusion.execution.target_partitions`.
        pub least_partitions: u64, default = 0
    }
}

impl ConfigExtension for ClusterOptions {
    const PREFIX: &'static str = "cahoots";
}

/// How much a query may use, and into how many parts it is cut.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of memory, for queries in this process.
    pub memory: u64,
    /// Parts; `None` for one per core.
    pub partitions: Option<usize>,
}

/// A session whose queries run in this process.
pub fn local(limits: Limits) -> Result<SessionContext> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let config = SessionConfig::new()
        .with_information_schema(true)
        .with_target_partitions(limits.partitions.unwrap_or(cores));
    let pool = FairSpillPool::new(usize::try_from(limits.memory).unwrap_or(usize::MAX));
    let runtime = stores::known_to(RuntimeEnvBuilder::new()).with_memory_pool(Arc::new(pool));
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_runtime_env(runtime.build_arc()?)
        .build();
    let context = SessionContext::new_with_state(state);
    functions::register(&context);
    Ok(context)
}

/// A session whose queries run on a cluster; `url` is `df://HOST:PORT` of its scheduler.
///
/// `least_partitions` is how many parts the job wants whatever the cluster has.
pub async fn remote(url: &str, limits: Limits, least_partitions: u64) -> Result<SessionContext> {
    reachable(url).await?;
    let mut options = ClusterOptions { least_partitions: least_partitions.max(1) };
    let mut config = cluster_config();
    if let Some(partitions) = limits.partitions {
        options.least_partitions = 0;
        config = config.with_target_partitions(partitions);
    }
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config.with_option_extension(options))
        .with_runtime_env(stores::known_to(RuntimeEnvBuilder::new()).build_arc()?)
        .build();
    let context = SessionContext::remote_with_state(url, state).await?;
    functions::register(&context);
    Ok(context)
}

/// What a session has on every side of a cluster.
pub fn cluster_config() -> SessionConfig {
    SessionConfig::new_with_ballista()
        .with_option_extension(ClusterOptions::default())
        // Ballista prefers the sort-merge join because it spills. Its adaptive planner takes the
        // hash join, several times faster here, as long as a part is small; this is for when that
        // planner is off.
        .set_bool("datafusion.optimizer.prefer_hash_join", true)
        // Shared statistics of a file rewritten in place within one tick of its clock would be
        // stale, and `count(*)` is answered from them.
        .set_bool(BALLISTA_SCHEDULER_SHARE_FILE_STATISTICS_CACHE, false)
}

/// Whether somebody listens at the address: the error that a job gives otherwise is long.
async fn reachable(url: &str) -> Result<()> {
    let wrong = || {
        hinted(
            format!("{url} is not the address of a scheduler"),
            "it has the form df://HOST:PORT, for example df://localhost:50050",
        )
    };
    let parsed = url::Url::parse(url).map_err(|_| wrong())?;
    let host = parsed.host_str().filter(|_| parsed.scheme() == "df").ok_or_else(wrong)?;
    let address = (host.trim_matches(['[', ']']), parsed.port().unwrap_or(50050));
    let connect = tokio::net::TcpStream::connect(address);
    match tokio::time::timeout(Duration::from_secs(10), connect).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error).with_context(|| unreachable(url)),
        Err(_) => Err(unreachable(url)).context("no answer within ten seconds"),
    }
}

fn unreachable(url: &str) -> crate::failure::Hinted {
    crate::failure::Hinted {
        what: format!("no scheduler answers at {url}"),
        hint: "start one with `cahoots-engine scheduler`, and executors with `cahoots-engine \
               executor`"
            .to_owned(),
    }
}

/// A size as people write it: `500M`, `2G`, or bytes.
pub fn bytes(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim().to_ascii_lowercase().trim_end_matches("ib").trim_end_matches('b')
    {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        "t" => 1u64 << 40,
        _ => return Err("a size such as 500M or 2G is wanted".to_owned()),
    };
    let number: u64 = number.parse().map_err(|_| "a size such as 500M or 2G is wanted")?;
    match number.checked_mul(factor) {
        Some(bytes) if bytes >= 16 << 20 => Ok(bytes),
        Some(_) => Err("at least 16M are needed".to_owned()),
        None => Err("that is more than any machine has".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(bytes("2G"), Ok(2 << 30));
        assert_eq!(bytes("500 MiB"), Ok(500 << 20));
        assert_eq!(bytes("16777216"), Ok(16 << 20));
        assert!(bytes("0").is_err());
        assert!(bytes("ten").is_err());
        assert!(bytes("99999999999T").is_err());
        assert!(bytes("5 apples").is_err());
    }
}
