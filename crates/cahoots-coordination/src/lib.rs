//! Which accounts act in step: shares in; pairs, edges, groups and their evidence out.
//!
//! A *share* says that an account put an object before others at a time. Two shares of one object
//! by different accounts within a window are a *pair*; the pairs of two accounts make an *edge*.
//! The crate owns what is peculiar to the question: reading tables of shares, the sweep over
//! sorted columns, runs spilled to disk when they outgrow memory, and the tests against chance.

pub mod planted;
pub mod share;

pub use share::{AccountNo, ObjectNo, Share};
