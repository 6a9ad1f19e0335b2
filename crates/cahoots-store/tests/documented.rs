//! The page on the case folder names every table and column that a segment holds, and no others.

use std::collections::BTreeSet;
use std::path::Path;

use cahoots_store::segment::{TABLES, columns};

/// The columns that the page lists under a table's heading: the words in backticks in the first
/// cell of each row.
fn documented(page: &str, table: &str) -> BTreeSet<String> {
    let heading = format!("### `{table}.parquet`");
    let lines = page.lines().skip_while(|line| *line != heading).skip(1);
    let rows =
        lines.take_while(|line| !line.starts_with('#')).filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_column_of_the_record_is_documented() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/case-folder.md");
    let page = std::fs::read_to_string(page).unwrap();
    for table in TABLES {
        let columns = columns(table).unwrap();
        let written: BTreeSet<String> =
            columns.fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(documented(&page, table), written, "{table}");
    }
}
