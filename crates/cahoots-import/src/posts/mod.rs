//! Tables of posts: what their columns mean, and how a row becomes an item. The formats
//! (`posts-csv`, `posts-jsonl`, `posts-parquet`) differ only in how they come by their rows.

pub(crate) mod columns;
pub(crate) mod csv_rows;
pub(crate) mod json_rows;
pub(crate) mod lists;
pub(crate) mod parquet_rows;
pub(crate) mod row;
pub mod table;
pub(crate) mod time;
pub(crate) mod window;
