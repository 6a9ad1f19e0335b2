//! The workbench: the case in the browser, served by this program and by nobody else.
//!
//! What is answered comes from the same functions as on the command line; nothing here computes.
//! The server opens no connection, gives nothing to anybody without a session, and believes no
//! header that a foreign page could have sent.

mod api;
mod assets;
mod gently;
mod guard;
mod headers;
mod html;
mod kept;
mod limit;
mod password;
mod sessions;
mod state;

use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::net::TcpListener;

pub use api::document;
pub use password::hash;

use crate::cli::Serve;
use sessions::Entry;
use state::Workbench;

/// What is told to the person who started it.
pub struct Started {
    /// The address to open.
    pub url: String,
    /// What is listened on.
    pub address: SocketAddr,
    /// The case's name.
    pub case: String,
    /// Whether people sign in with a password.
    pub accounts: bool,
}

/// Serves the case until it is told to stop; `started` is called when it listens.
///
/// # Errors
/// When there is no case, the address cannot be used, or it is open to others and nobody may sign
/// in.
pub fn run(root: &Path, args: &Serve, started: impl FnOnce(&Started) -> Result<()>) -> Result<()> {
    let local = args.listen.ip().is_loopback() && args.origin.is_none();
    let case = cahoots_store::Case::open(root)?;
    let name = case.info().name.clone();
    if !local && case.catalog().users()?.is_empty() {
        bail!(
            "{} can be reached from other machines, and nobody may sign in: \
             `cahoots user add NAME` says who may",
            args.listen
        );
    }
    drop(case);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the server cannot be started")?;
    let served = runtime.block_on(async {
        let listener = listen(args.listen, local).await?;
        let address = listener.local_addr()?;
        let entry = if local { Entry::Link } else { Entry::Accounts };
        let workbench = Arc::new(Workbench::new(root, entry, address, args.origin.as_deref())?);
        let url = match workbench.sessions.link() {
            Some(token) => format!("http://{address}/#enter={token}"),
            None => args.origin.clone().unwrap_or_else(|| format!("http://{address}/")),
        };
        tokio::spawn(Arc::clone(&workbench).keep_ready());
        tokio::spawn(Arc::clone(&workbench).watch());
        started(&Started { url, address, case: name, accounts: !local })?;
        let service =
            api::router(Arc::clone(&workbench)).into_make_service_with_connect_info::<SocketAddr>();
        let (stopping, stopped) = (Arc::clone(&workbench), workbench.ended());
        let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
            asked_to_stop().await;
            stopping.end();
        });
        tokio::select! {
            served = serving => served.context("the server stopped"),
            () = async { stopped.await; tokio::time::sleep(GRACE).await } => Ok(()),
        }
    });
    // Nobody waits for the answer to a long question any more. Decisions were written, or were not,
    // whenever this happens.
    runtime.shutdown_background();
    served
}

/// How long answers under way are waited for when the server is told to stop.
const GRACE: Duration = Duration::from_secs(2);

/// Listens; the port that nobody asked for by name may be another one when it is taken.
async fn listen(wanted: SocketAddr, local: bool) -> Result<TcpListener> {
    const DEFAULT_PORT: u16 = 7117;
    match TcpListener::bind(wanted).await {
        Err(error)
            if local
                && wanted.port() == DEFAULT_PORT
                && error.kind() == std::io::ErrorKind::AddrInUse =>
        {
            Ok(TcpListener::bind((wanted.ip(), 0)).await?)
        }
        bound => bound.with_context(|| format!("{wanted} cannot be listened on")),
    }
}

/// Ctrl-C, or the signal that service managers send.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// Whether an address can only be reached from this machine.
fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}
