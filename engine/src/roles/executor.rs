//! The executor: does pieces of the work, keeps what it made until the job is done.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;

use crate::Done;
use crate::cli;
use crate::failure::{hinted, note};
use crate::functions;
use crate::journal;
use crate::own_folder::OwnFolder;
use crate::roles::warn_if_open;
use crate::settings::cluster_config;
use crate::stores;

/// Runs until it is ended.
pub async fn run(args: cli::Executor) -> Result<Done> {
    journal::start(args.verbose);
    warn_if_open(args.bind, "executor");
    for port in [args.port, args.grpc_port] {
        let address = SocketAddr::new(args.bind, port);
        drop(
            std::net::TcpListener::bind(address)
                .with_context(|| format!("{address} cannot be used"))?,
        );
    }
    let work_dir = OwnFolder::make(args.work_dir.as_deref())?;
    note(&format!(
        "executor working in {}; intermediate results lie there in clear: keep it on an \
         encrypted disk",
        work_dir.path().display()
    ));
    // Apart: Ballista cleans its folder of all others, those of a query under way among them.
    let shuffled = work_dir.folder("shuffled")?;
    let spilled = work_dir.folder("spilled")?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let config = ExecutorProcessConfig {
        bind_host: args.bind.to_string(),
        external_host: args.external_host,
        port: args.port,
        grpc_port: args.grpc_port,
        scheduler_host: args.scheduler_host.clone(),
        scheduler_port: args.scheduler_port,
        scheduler_connect_timeout_seconds: args.wait,
        vcores: args.vcores.map_or(cores, usize::from),
        work_dir: Some(shuffled),
        job_data_ttl_seconds: args.keep_for,
        job_data_clean_up_interval_seconds: 60,
        executor_heartbeat_interval_seconds: args.heartbeat,
        memory_pool_size: args.memory,
        override_function_registry: Some(Arc::new(functions::registry())),
        override_runtime_producer: Some(Arc::new(move |_| {
            stores::known_to(RuntimeEnvBuilder::new())
                .with_temp_file_path(spilled.clone())
                .build_arc()
        })),
        override_config_producer: Some(Arc::new(cluster_config)),
        ..ExecutorProcessConfig::default()
    };
    let ended = start_executor_process(Arc::new(config)).await;
    drop(work_dir);
    ended.map_err(|error| {
        hinted(
            format!("the executor ended: {error}"),
            format!(
                "is the scheduler at {}:{}? --verbose says what the executor was doing",
                args.scheduler_host, args.scheduler_port
            ),
        )
    })?;
    note("executor stopped");
    Ok(Done::Found)
}
