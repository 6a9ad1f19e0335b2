//! Records compiled by hand: what people put together from published material.
//!
//! A file of entries (TOML, CSV or JSON lines) becomes items. [`toml`] and [`table`] give
//! [`model::Entry`]s with their places; [`people`] knows the parties; [`times`] reads times as
//! intervals; [`item`] builds the items; [`whole`] ties together what several entries say.

pub(crate) mod claims;
mod coverage;
pub(crate) mod fields;
pub(crate) mod item;
pub(crate) mod link;
pub(crate) mod model;
pub(crate) mod people;
pub(crate) mod table;
pub(crate) mod template;
pub(crate) mod times;
pub(crate) mod toml;
pub(crate) mod whole;
