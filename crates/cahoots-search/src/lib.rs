//! Full text over the record: query language, index, snippets, counts.
//!
//! The index is derived and disposable: it stores no text, only where words stand, and columns to
//! filter, sort and count by. Texts are read from the record by the item's place in it. Words are
//! indexed as written (lower case); stemming happens when a query is run, by looking up which
//! words of the record share a stem, so an exact search is always possible and the result can say
//! what else was found.

mod collect;
mod columns;
mod compile;
mod dense;
mod document;
mod error;
mod expand;
mod in_a_row;
mod index;
mod members;
mod prefixed;
pub mod query;
mod schema;
mod snippet;
mod tokens;

pub use collect::{Counts, Found, Hit};
pub use document::Prepared;
pub use error::SearchError;
pub use in_a_row::InARow;
pub use index::{Index, SearchOptions, Sort, Writer};
pub use query::{Query, QueryError};
pub use snippet::Snippet;

use cahoots_record::ItemOrd;

/// What the case knows and the index does not: who is who, which archive is which.
pub trait Names {
    /// Accounts that a person means by this text: a name, an address, a handle, a party.
    fn accounts(&self, text: &str) -> Vec<u32>;
    /// Archives whose name contains this text, or with this number.
    fn archives(&self, text: &str) -> Vec<u32>;
    /// Archives from custodians whose name contains this text.
    fn custodian_archives(&self, text: &str) -> Vec<u32>;
    /// Items of the thread that an item id (or its beginning) or native id belongs to.
    fn thread(&self, text: &str) -> Option<Vec<ItemOrd>>;
    /// Items that were first read elsewhere and have a further copy in one of these archives.
    fn copies_in(&self, archives: &[u32]) -> Vec<ItemOrd>;
}
