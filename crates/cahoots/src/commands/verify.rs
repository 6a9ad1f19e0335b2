//! `verify`: are the archives still what was imported, and the record what was written?

use std::path::Path;

use anyhow::Result;
use cahoots_import::discover;
use cahoots_import::original::Originals;
use cahoots_import::tree::Limits;
use cahoots_record::Sha256;
use cahoots_store::Case;
use serde_json::json;

use super::Done;
use crate::cli::{Global, Verify};
use crate::original;
use crate::output::{Output, counted};
use crate::progress::Progress;

pub(super) fn run(global: &Global, args: &Verify, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let case = desk.case();
    let progress = Progress::new(global.quiet);
    let mut findings: Vec<(String, &'static str, String)> = Vec::new();
    for row in case.archives() {
        let (state, why) = if !Path::new(&row.path).exists() {
            ("missing", format!("not at {}", row.path))
        } else {
            progress.stage(&row.name, "hashing", Some(row.size));
            match discover::hash(&original::holding(row), &mut |bytes| progress.bytes(bytes)) {
                Ok((sha256, _)) if sha256 == row.sha256 => ("unchanged", String::new()),
                Ok((sha256, size)) => (
                    "changed",
                    format!("was {} ({} bytes), is {sha256} ({size} bytes)", row.sha256, row.size),
                ),
                Err(error) => ("unreadable", format!("{error:#}")),
            }
        };
        findings.push((row.name.clone(), state, why));
    }
    let damaged = damaged_tables(case, &progress);
    let moved = if args.originals { changed_originals(case, &progress)? } else { Vec::new() };
    progress.done();
    let bad = findings.iter().any(|(_, state, _)| *state != "unchanged")
        || !damaged.is_empty()
        || !moved.is_empty();
    if out.json {
        let archives: Vec<_> = findings
            .iter()
            .map(|(name, state, why)| json!({ "name": name, "state": state, "why": why }))
            .collect();
        out.value(&json!({
            "schema": "cahoots/verify/1",
            "ok": !bad,
            "record": fingerprint(case).to_string(),
            "archives": archives,
            "damaged_tables": damaged,
            "changed_originals": moved,
        }))?;
    } else {
        let rows: Vec<_> = findings
            .into_iter()
            .map(|(name, state, why)| vec![state.to_owned(), name, why])
            .collect();
        out.table(&["state", "archive", "why"], &rows, &[])?;
        for path in damaged.iter().chain(&moved) {
            out.line(format!("damaged    {path}"))?;
        }
        let tables: usize = case.segments().iter().map(|row| row.files.len()).sum();
        let tables = counted(tables as u64, "table", "tables");
        out.line(format!("record     {tables}, fingerprint {}", fingerprint(case)))?;
    }
    Ok(if bad { Done::Failed } else { Done::Found })
}

/// Tables whose bytes are not what the catalog says.
fn damaged_tables(case: &Case, progress: &Progress) -> Vec<String> {
    progress.stage("record", "hashing", None);
    let mut damaged = Vec::new();
    for row in case.segments() {
        let dir = case.segment_dir(row.segment);
        for file in &row.files {
            let path = dir.join(format!("{}.parquet", file.table));
            let holding = discover::Holding {
                name: file.table.clone(),
                path: path.clone(),
                folder: false,
                members: None,
            };
            let same = discover::hash(&holding, &mut |_| {})
                .is_ok_and(|(sha256, _)| sha256.to_string() == file.sha256);
            if !same {
                damaged.push(path.display().to_string());
            }
        }
    }
    damaged
}

/// Occurrences whose original bytes are not what was imported.
fn changed_originals(case: &Case, progress: &Progress) -> Result<Vec<String>> {
    let mut changed = Vec::new();
    let limits = Limits::default();
    let spool = std::env::temp_dir();
    for row in case.archives() {
        progress.stage(&row.name, "reading the originals again", None);
        let holding = original::holding(row);
        // Containers are listed once for all their items.
        let mut originals = Originals::new(&holding, &limits, &spool);
        for place in 0..case.segments().len() {
            let Some(segment) = case.segment(place) else { continue };
            for copy in segment.copies(&mut |_, archive| archive == row.archive)? {
                let why = match originals.read(&row.format, &copy.locator) {
                    Ok(Some(bytes)) if Sha256::of(&bytes) == copy.raw_sha256 => None,
                    Ok(Some(_)) => Some("other bytes now".to_owned()),
                    Ok(None) => Some("no longer there".to_owned()),
                    Err(error) => Some(format!("{error:#}")),
                };
                changed.extend(why.map(|why| format!("{} {}: {why}", row.name, copy.locator)));
                progress.chunk(0, 1);
            }
        }
    }
    Ok(changed)
}

/// One digest over the whole record: every table of every segment, every account with its number.
/// Two cases with the same archives added in the same order have the same one.
pub(super) fn fingerprint(case: &Case) -> Sha256 {
    let mut text = String::new();
    for row in case.archives() {
        text.push_str(&format!(
            "archive {} {} {} {:?}\n",
            row.archive, row.sha256, row.versions, row.balance
        ));
    }
    for row in case.segments() {
        for file in &row.files {
            text.push_str(&format!("table {} {} {}\n", row.segment, file.table, file.sha256));
        }
    }
    for account in case.catalog().accounts().unwrap_or_default() {
        text.push_str(&format!("account {account:?}\n"));
    }
    for name in case.catalog().account_names().unwrap_or_default() {
        text.push_str(&format!("name {name:?}\n"));
    }
    Sha256::of(text.as_bytes())
}
