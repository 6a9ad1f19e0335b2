//! Printed documents to messages: pages and stamps, header blocks, chains of quotations.
//!
//! A document is read in layers, each of which knows one thing: `lines` pages and quotation
//! marks, `stamps` what an office printed over it, `labels` and `blocks` headers, `separators`
//! what programs print before a quotation, `dates` and `names` values, `chain` which words are
//! whose, `documents` where one document ends, and `items` what the record gets.

mod blocks;
mod body;
mod chain;
mod damage;
mod dates;
mod documents;
mod items;
mod labels;
mod lines;
mod names;
mod separators;
mod stamps;

pub(crate) use documents::looks_printed;
pub(crate) use items::{Origin, Place, read};
