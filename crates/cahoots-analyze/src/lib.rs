//! What the record shows. One folder per question; rows and parameters in, findings out.
//!
//! Nothing here reads a file, asks the clock or the network, or depends on the number of threads
//! or the platform's float functions (`libm` instead of `f64::ln` and its like): the same record
//! and the same parameters give the same finding, bit for bit.

pub mod absences;
pub mod acts;
pub mod brief;
pub mod contacts;
pub mod exposure;
pub mod finding;
pub mod record;
pub mod requests;
pub mod statements;
pub mod stats;
pub mod wording;
pub mod words;

pub use finding::{Cite, Finding, Searched, Who};
pub use record::{Party, Place, Record, Row, Span, Thing};
