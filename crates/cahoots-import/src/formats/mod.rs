//! One file per format.

pub mod compiled;
pub mod eml;
pub mod maildir;
pub mod mbox;
