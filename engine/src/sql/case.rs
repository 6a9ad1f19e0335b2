//! The tables of a case: those of its segments, and two from its catalog.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use cahoots_store::people::{Action, Decision, Parties, Person};
use cahoots_store::{Case, segment};
use datafusion::arrow::array::{
    ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray, UInt32Array, UInt64Array,
};
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::prelude::SessionContext;

use super::Table;

/// Makes a case's tables known to a session.
pub async fn register(
    context: &SessionContext,
    root: &Path,
    on_cluster: bool,
) -> Result<Vec<Table>> {
    let case = Case::open(root)?;
    let mut tables = Vec::new();
    for name in segment::TABLES.iter().copied() {
        tables.push(record(context, &case, name)?);
    }
    // These two are not files, so no executor could read them.
    if !on_cluster {
        for (name, batch) in [("archives", archives(&case)?), ("accounts", accounts(&case)?)] {
            let rows = Some(batch.num_rows() as u64);
            let table = MemTable::try_new(batch.schema(), vec![vec![batch]])?;
            context.register_table(name, Arc::new(table))?;
            tables.push(Table { name: name.to_owned(), rows });
        }
    }
    Ok(tables)
}

/// One table of the record: its files in all segments that the catalog names.
fn record(context: &SessionContext, case: &Case, name: &str) -> Result<Table> {
    let schema = segment::columns(name).context("a table without columns")?;
    let file = format!("{name}.parquet");
    let mut urls = Vec::new();
    let mut rows = 0;
    for segment in case.segments() {
        // A segment has no file for a table without rows.
        let Some(of_table) = segment.files.iter().find(|of_table| of_table.table == name) else {
            continue;
        };
        let path = case.segment_dir(segment.segment).join(&file);
        let path = path.canonicalize().with_context(|| {
            format!("{} is part of the record and cannot be read", path.display())
        })?;
        urls.push(url_of(&path)?);
        rows += of_table.rows;
    }
    if urls.is_empty() {
        let empty = MemTable::try_new(schema, vec![Vec::new()])?;
        context.register_table(name, Arc::new(empty))?;
    } else {
        let options = ListingOptions::new(Arc::new(ParquetFormat::default()));
        let config = ListingTableConfig::new_with_multi_paths(urls)
            .with_listing_options(options)
            .with_schema(schema);
        context.register_table(name, Arc::new(ListingTable::try_new(config)?))?;
    }
    Ok(Table { name: name.to_owned(), rows: Some(rows) })
}

/// The address of a file; unlike a path, it may hold `*` and `?`.
pub fn url_of(path: &Path) -> Result<ListingTableUrl> {
    let url = url::Url::from_file_path(path)
        .map_err(|()| anyhow::anyhow!("{} is not the path of a file", path.display()))?;
    Ok(ListingTableUrl::try_new(url, None)?)
}

/// The archives of the catalog.
fn archives(case: &Case) -> Result<RecordBatch> {
    let rows = case.archives();
    let text = |of: fn(&cahoots_store::ArchiveRow) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
    };
    let count = |of: fn(&cahoots_store::ArchiveRow) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(of)))
    };
    let numbers = UInt32Array::from_iter_values(rows.iter().map(|row| row.archive));
    let digests = rows.iter().map(|row| row.sha256.to_string());
    Ok(RecordBatch::try_from_iter([
        ("archive", Arc::new(numbers) as ArrayRef),
        ("name", text(|row| &row.name)),
        ("format", text(|row| &row.format)),
        ("custodian", text(|row| &row.custodian)),
        ("path", text(|row| &row.path)),
        ("size", count(|row| row.size)),
        ("sha256", Arc::new(StringArray::from_iter_values(digests)) as ArrayRef),
        ("found", count(|row| row.balance.found)),
        ("read", count(|row| row.balance.read)),
        ("damaged", count(|row| row.balance.damaged)),
        ("skipped", count(|row| row.balance.skipped)),
    ])?)
}

/// The accounts of the catalog, each with the party it belongs to.
fn accounts(case: &Case) -> Result<RecordBatch> {
    let catalog = case.catalog();
    let rows = catalog.accounts()?;
    let mut people: Vec<Person> = rows
        .iter()
        .map(|row| Person {
            key: row.key.clone(),
            names: Vec::new(),
            n_items: row.n_from + row.n_to,
        })
        .collect();
    for name in catalog.account_names()? {
        if let Some(person) = people.get_mut(name.account as usize) {
            person.names.push((name.name, name.n));
        }
    }
    let declared: Vec<(u32, u32, String)> =
        catalog.declared()?.into_iter().map(|row| (row.account, row.same_as, row.basis)).collect();
    let decisions: Vec<Decision> = catalog
        .human()?
        .into_iter()
        .filter_map(|row| {
            let action: Action = serde_json::from_value(row.action).ok()?;
            Some(Decision { seq: row.seq, action })
        })
        .collect();
    let parties = Parties::new(&people, &declared, &decisions);
    let party = |row: &cahoots_store::AccountRow| {
        let number = parties.of_account.get(row.account as usize)?;
        parties.parties.get(*number as usize)
    };
    let time = |of: fn(&cahoots_store::AccountRow) -> Option<i64>| -> ArrayRef {
        let times: TimestampMicrosecondArray = rows.iter().map(of).collect();
        Arc::new(times.with_timezone("UTC"))
    };
    let count = |of: fn(&cahoots_store::AccountRow) -> u64| -> ArrayRef {
        Arc::new(UInt64Array::from_iter_values(rows.iter().map(of)))
    };
    let keys = StringArray::from_iter_values(rows.iter().map(|row| row.key.as_str()));
    let names: StringArray = rows.iter().map(|row| party(row).map(|party| &party.name)).collect();
    let ids: StringArray = rows.iter().map(|row| party(row).map(|party| &party.id)).collect();
    Ok(RecordBatch::try_from_iter([
        ("account", Arc::new(keys) as ArrayRef),
        ("party", Arc::new(names) as ArrayRef),
        ("party_id", Arc::new(ids) as ArrayRef),
        ("n_from", count(|row| row.n_from)),
        ("n_to", count(|row| row.n_to)),
        ("n_other", count(|row| row.n_other)),
        ("first", time(|row| row.first.map(|time| time.0))),
        ("last", time(|row| row.last.map(|time| time.0))),
    ])?)
}
