//! From a case to findings: the record in columns, parties by name, citations, words for times.

mod cite;
mod lags;
mod load;
mod who;

pub use cite::{Cited, json_of};
pub use lags::{lag, lags};
pub use load::of_case;
pub use who::party;
