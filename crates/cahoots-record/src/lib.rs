//! The vocabulary of cahoots: what an item, an account, a time and a locator are.
//!
//! Everything else in the workspace knows this crate, and this crate knows nothing else: it
//! opens no file, speaks no protocol and names no engine. Names are the field's own (see
//! `docs/reference/glossary.md`).

mod account;
mod claim;
mod hash;
mod id;
mod issue;
mod item;
mod locator;
mod object;
mod time;
pub mod written;

pub use account::{Account, AccountKey, Participant, Platform, Role};
pub use claim::{Claim, Template};
pub use hash::{Sha256, Sha256Parse};
pub use id::{IdParse, ItemId, ItemOrd};
pub use issue::{Balance, Issue, Severity};
pub use item::{Attachment, Flags, Item, ItemKind, Medium, Visibility};
pub use locator::{Locator, LocatorParse, Selector};
pub use object::{Object, ObjectKind};
pub use time::{Basis, Confidence, Precision, UtcMicros, When, ZONE_DOUBT};
