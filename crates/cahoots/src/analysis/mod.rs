//! From a case to findings: the record in columns, parties by name, citations, words for times.

mod about;
mod asked;
mod cite;
pub mod coverage;
pub mod entered;
mod load;
mod span;
pub mod statements;
mod who;
pub mod wording;
pub mod work;

pub use about::Finder;
pub use asked::asked;
pub use cahoots_analyze::record::words::{between as lags, length as lag};
pub use cite::{Citation, Cited, CitedFinding, citation, json_of};
pub use load::of_case;
pub use span::{day, length, moment, span};
pub use who::party;
