//! Groups of accounts: who hangs together on the edges that pass.

pub mod graph;
pub mod leiden;
pub mod summary;

pub use graph::{Graph, pieces};
pub use leiden::leiden;
pub use summary::{Group, GroupObject, groups};
