//! One file per format.

pub mod compiled;
