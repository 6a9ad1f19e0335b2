//! One segment of the record: a folder of Parquet tables that one stretch of an archive gave.

mod constant;
mod read;
mod row;
mod scan;
mod schema;
mod write;

pub use read::{IssueRow, Parts, Segment, StoredItem, ThreadRow};
pub use scan::{Glance, Words};
pub use schema::{Copy, TABLES, columns};
pub use write::{SegmentBuilder, SegmentFile, SegmentStats};
