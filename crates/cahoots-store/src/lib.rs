//! The case folder: Parquet segments, SQLite catalog, human work.
//!
//! ```text
//! my.case/
//!   case.toml        name, display zone, schema version
//!   catalog.sqlite   archives, segments, accounts; human work (append-only); audit log
//!   record/          Parquet, one folder per segment
//!   index/           full text, derived
//!   threads.parquet  thread, parent and message of every item, derived
//!   spool/           temporary files; emptied when a case is opened for writing
//! ```
//!
//! A segment exists when the catalog says so, in one transaction; anything else in `record/` is
//! litter that the next open for writing removes. The store knows no format.

mod case;
pub mod catalog;
mod error;
mod ids;
pub mod people;
pub mod printings;
pub mod segment;
mod thread_table;
pub mod threads;

pub use case::{Case, CaseFacts, SCHEMA_VERSION};
pub use catalog::{
    AccountName, AccountRow, AccountTally, ArchiveRow, ArchiveState, Catalog, Commit, Declared,
    HumanRow, NewArchive, SegmentRow, UserRow,
};
pub use error::StoreError;
pub use ids::{ItemIds, Taken};
pub use segment::{
    Copy, Glance, IssueRow, Parts, Segment, SegmentBuilder, SegmentStats, StoredItem, ThreadRow,
    Words,
};
