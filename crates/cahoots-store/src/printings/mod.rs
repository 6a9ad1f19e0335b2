//! One message, many documents: which printed items are printings of one and the same message.
//!
//! An archive of released documents prints a message as an original here, as a quotation there,
//! wrapped, misread and redacted in other ways each time. Printings stay items of their own; that
//! some of them are one message is derived from the record by a stated rule (`rule`), kept beside
//! it like threads, and described in `docs/methods/printings.md`.

mod fold;
mod gather;
mod rule;
mod threads;

pub use fold::base_subject;
pub use gather::Sheet;
pub use rule::{Fit, fit};

pub(crate) use gather::MARK;
pub(crate) use threads::Printed;
