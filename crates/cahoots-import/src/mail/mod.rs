//! Internet mail: raw bytes of one message to items, whatever mailbox they lay in.
//!
//! `message` puts the pieces together; the others each know one thing: header fields, words in
//! them, addresses, dates, MIME structure, transfer encodings, charsets, HTML, hashes.

mod addresses;
mod body;
mod charset;
mod dates;
mod hashes;
mod header;
mod html;
pub(crate) mod markup;
mod message;
mod mime;
mod part;
mod stamp;
mod stored;
mod tnef;
mod transfer;
mod words;

pub(crate) use dates::Stated;
pub(crate) use header::{field_name, line_end, trim_break};
pub(crate) use message::{Original, read};
pub(crate) use part::{headers, select_from};
pub(crate) use stored::{MAX_MESSAGE, Whole, envelope, looks_like_message, read_member};
