//! The processes of a cluster: Ballista's own scheduler and executor, with our functions and
//! our settings.

mod executor;
mod scheduler;

pub use executor::run as executor;
pub use scheduler::run as scheduler;

use std::net::IpAddr;

use crate::failure::note;

/// Says what it means to listen on an address that others reach.
fn warn_if_open(bind: IpAddr, what: &str) {
    if !bind.is_loopback() {
        note(&format!(
            "warning: the {what} listens on {bind}. There is neither a password nor encryption: \
             whoever reaches it reads what it holds and runs what they like. A private network \
             only."
        ));
    }
}
