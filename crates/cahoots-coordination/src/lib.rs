//! Which accounts act in step: shares in; pairs, edges, groups and their evidence out.
//!
//! A *share* says that an account put an object before others at a time. Two shares of one object
//! by different accounts within a window are a *pair*; the pairs of two accounts make an *edge*.
//! The crate owns what is peculiar to the question: reading tables of shares, the sweep over
//! sorted columns, runs spilled to disk when they outgrow memory, and the tests against chance.

pub mod compat;
pub mod edges;
pub mod evidence;
pub mod exchange;
pub mod findings;
pub mod groups;
pub mod kind;
pub mod meetings;
pub mod names;
pub mod network;
pub mod output;
pub mod planted;
mod row_runs;
mod rows;
pub mod share;
pub mod shares;
pub mod spill;
mod stream;
mod sweep;
pub mod table;
mod threads;

pub use compat::Compat;
pub use edges::{Edge, Edges};
pub use findings::{Choice, Findings, findings, findings_in};
pub use kind::Kind;
pub use network::{Network, NetworkError, Question, network, network_elsewhere};
pub use share::{AccountNo, ObjectNo, Share};
pub use shares::Shares;
pub use table::{Reading, TableError, read};

#[cfg(test)]
mod oracle_tests;
