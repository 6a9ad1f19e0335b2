//! Findings as files for other programs and for people.

pub mod table;

pub use table::{Cell, Column, Holds, Table};
