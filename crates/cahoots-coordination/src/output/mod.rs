//! Findings as files for other programs and for people.

pub mod graph;
mod layout;
pub mod page;
pub mod table;
pub mod tables;

pub use table::{Cell, Column, Holds, Table};
