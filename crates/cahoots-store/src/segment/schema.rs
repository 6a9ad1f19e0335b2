//! The tables of a segment and their columns, as other programs see them.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use cahoots_record::{ItemOrd, Locator, Sha256};

/// One more place where an item stands: every occurrence, the first included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The item.
    pub item: ItemOrd,
    /// Number of the archive in the catalog.
    pub archive: u32,
    /// Where in the archive.
    pub locator: Locator,
    /// Digest of the original bytes there.
    pub raw_sha256: Sha256,
}

/// The tables of a segment, by file name without `.parquet`.
pub const TABLES: &[&str] =
    &["items", "participants", "objects", "attachments", "occurrences", "issues"];

/// The time type of every time column: microseconds in UTC.
pub(crate) fn instant() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// The columns of a table; `None` for a name that is not in [`TABLES`].
pub fn columns(table: &str) -> Option<SchemaRef> {
    use DataType::{Boolean, Int32, UInt32, UInt64, Utf8};
    let must = |name: &str, kind: DataType| Field::new(name, kind, false);
    let may = |name: &str, kind: DataType| Field::new(name, kind, true);
    let texts = DataType::List(Arc::new(Field::new("item", Utf8, false)));
    let fields = match table {
        "items" => vec![
            must("item", UInt64),
            must("id", Utf8),
            must("kind", Utf8),
            must("medium", Utf8),
            must("visibility", Utf8),
            may("native_id", Utf8),
            may("time_earliest", instant()),
            may("time_latest", instant()),
            may("offset_seconds", Int32),
            must("time_precision", Utf8),
            must("time_basis", Utf8),
            must("time_confidence", Utf8),
            may("time_raw", Utf8),
            may("subject", Utf8),
            must("text", Utf8),
            may("language", Utf8),
            must("references", texts),
            may("conversation", Utf8),
            may("parent", Utf8),
            must("recovered", Boolean),
            must("summary", Boolean),
            must("deleted", Boolean),
            must("automated", Boolean),
            must("cut", Boolean),
            must("content_sha256", Utf8),
            may("mih", Utf8),
            may("detail", Utf8),
            must("archive", UInt32),
            must("locator", Utf8),
            must("raw_sha256", Utf8),
            // Where this item's rows stand in `participants`: a reader of few items skips to them.
            must("participants_row", UInt32),
            must("n_participants", UInt32),
        ],
        "participants" => {
            vec![must("item", UInt64), must("account", Utf8), must("role", Utf8), may("name", Utf8)]
        }
        "objects" => {
            vec![must("item", UInt64), must("kind", Utf8), must("key", Utf8), may("raw", Utf8)]
        }
        "attachments" => vec![
            must("item", UInt64),
            must("name", Utf8),
            must("media_type", Utf8),
            may("size", UInt64),
            may("sha256", Utf8),
        ],
        "occurrences" => vec![
            must("item", UInt64),
            must("archive", UInt32),
            must("locator", Utf8),
            must("raw_sha256", Utf8),
        ],
        "issues" => vec![
            must("archive", UInt32),
            must("severity", Utf8),
            must("code", Utf8),
            must("locator", Utf8),
            must("what", Utf8),
            must("kept", Utf8),
        ],
        _ => return None,
    };
    Some(Arc::new(Schema::new(fields)))
}
