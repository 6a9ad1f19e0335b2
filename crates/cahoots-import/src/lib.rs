//! Bytes to items: a trait, a list, one file per format.

pub mod check;
mod compiled;
pub mod discover;
pub mod extract;
pub mod formats;
pub mod importer;
mod json;
mod mail;
pub mod original;
mod pages;
mod posts;
mod printed;
pub mod select;
pub mod tree;
mod x;

pub use importer::{
    Batch, Chunk, ChunkSink, Confidence, Format, ImportError, Importer, Options, Probe, StopFlag,
};
pub use mail::markup::{Markup, Picture, markup};
pub use posts::table as post_table;
pub use tree::{Limits, Member, Region, Tree, TreeError, read_issue};

/// Every format, in the order in which ties of confidence are settled.
///
/// Adding a format: write `formats/<name>.rs` and its fixtures, and list it here.
pub fn importers() -> &'static [&'static dyn Importer] {
    &[
        &formats::compiled::Compiled,
        &formats::mbox::Mbox,
        &formats::maildir::Maildir,
        &formats::eml::Eml,
        &formats::x_archive::XArchive,
        &formats::posts_csv::PostsCsv,
        &formats::posts_jsonl::PostsJsonl,
        &formats::posts_parquet::PostsParquet,
        &formats::released::Released,
    ]
}
