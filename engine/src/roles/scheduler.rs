//! The scheduler: cuts a plan into stages, hands them to executors, does again what is lost.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ballista_core::utils::default_session_builder;
use ballista_scheduler::cluster::memory::{InMemoryClusterState, InMemoryJobState};
use ballista_scheduler::cluster::{BallistaCluster, ClusterState};
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{FunctionRegistry, SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;
use futures::FutureExt;

use crate::Done;
use crate::cli;
use crate::failure::{hinted, note};
use crate::functions;
use crate::journal;
use crate::roles::warn_if_open;
use crate::settings::{ClusterOptions, cluster_config};
use crate::stores;

/// Runs until it is ended.
pub async fn run(args: cli::Scheduler) -> Result<Done> {
    journal::start(args.verbose);
    warn_if_open(args.bind, "scheduler");
    let address = SocketAddr::new(args.bind, args.port);
    // Ballista reports a port that is taken as an error without the port.
    drop(
        std::net::TcpListener::bind(address)
            .with_context(|| format!("{address} cannot be used"))?,
    );

    let config = SchedulerConfig {
        external_host: args.external_host,
        bind_host: args.bind.to_string(),
        bind_port: args.port,
        executor_timeout_seconds: args.executor_timeout,
        expire_dead_executor_interval_seconds: (args.executor_timeout / 5).clamp(1, 15),
        no_executors_grace_period_seconds: args.executor_timeout,
        finished_job_data_clean_up_interval_seconds: args.clean_up_after,
        finished_job_state_clean_up_interval_seconds: args.clean_up_after.max(600),
        ..SchedulerConfig::default()
    };
    let state = Arc::new(InMemoryClusterState::default());
    let cores: Arc<dyn ClusterState> = state.clone();
    let jobs = InMemoryJobState::new(
        config.scheduler_id.clone(),
        Arc::new(move |config| session(config, cores.as_ref())),
        Arc::new(cluster_config),
    );
    let cluster = BallistaCluster::new(state, Arc::new(jobs));
    note(&format!("scheduler listening on {address}; stop it with Ctrl-C"));
    tokio::select! {
        ended = start_server(cluster, address, Arc::new(config)) => {
            ended.map_err(|error| hinted(format!("the scheduler ended: {error}"),
                "--verbose says what it was doing"))?;
        }
        _ = tokio::signal::ctrl_c() => note("scheduler stopped"),
    }
    Ok(Done::Found)
}

/// The session of a job: our functions, and as many parts as there are cores.
fn session(
    config: SessionConfig,
    cluster: &dyn ClusterState,
) -> datafusion::common::Result<SessionState> {
    let wanted = config.options().extensions.get::<ClusterOptions>();
    let least = wanted.map_or(0, |options| options.least_partitions);
    // Ballista's 16 parts on two cores were measured to take twice as long as two.
    let config = match (least, cores(cluster)) {
        (0, _) | (_, None) => config,
        (least, Some(cores)) => {
            config.with_target_partitions(cores.max(usize::try_from(least).unwrap_or(usize::MAX)))
        }
    };
    let mut state = default_session_builder(config)?;
    if stores::READABLE {
        let session = state.session_id().to_owned();
        let runtime = stores::known_to(RuntimeEnvBuilder::new()).build_arc()?;
        state = SessionStateBuilder::new_from_existing(state)
            .with_session_id(session)
            .with_runtime_env(runtime)
            .build();
    }
    for function in functions::all() {
        state.register_udf(Arc::new(function))?;
    }
    Ok(state)
}

/// The cores of all executors; `None` while there is no executor.
fn cores(cluster: &dyn ClusterState) -> Option<usize> {
    // The state is in memory, so the answer is there at once.
    let executors = cluster.registered_executor_metadata().now_or_never()?;
    let cores: usize =
        executors.iter().map(|executor| executor.specification.vcores as usize).sum();
    (cores > 0).then_some(cores)
}
