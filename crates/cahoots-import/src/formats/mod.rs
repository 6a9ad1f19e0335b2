//! One file per format.

pub mod compiled;
pub mod eml;
pub mod maildir;
pub mod mbox;
pub mod posts_csv;
pub mod posts_jsonl;
pub mod posts_parquet;
pub mod released;
pub mod x_archive;
