//! Groups of accounts: who hangs together on the edges that pass.

pub mod graph;
pub mod leiden;

pub use graph::{Graph, pieces};
pub use leiden::leiden;
