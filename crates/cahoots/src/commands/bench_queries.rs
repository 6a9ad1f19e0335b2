//! `bench-queries`: latency of queries in a warm process, for the benchmark scripts.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use cahoots_record::ItemOrd;
use cahoots_search::{SearchOptions, Sort};
use cahoots_store::Parts;
use serde_json::json;

use super::Done;
use crate::cli::Global;
use crate::output::Output;

pub(super) fn run(global: &Global, file: &Path, runs: u32, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let (case, index) = (desk.case(), desk.index()?);
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read", file.display()))?;
    let options = SearchOptions { limit: 20, offset: 0, sort: Sort::TimeDesc, counts: false };
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut micros = Vec::new();
        let mut with_lines = Vec::new();
        let mut total = 0;
        for _ in 0..runs.max(1) {
            let start = Instant::now();
            let query = crate::answers::search::parse(line, desk.zone())?;
            let found = index.search(&query, &desk, &options)?;
            total = found.total;
            micros.push(start.elapsed().as_micros() as u64);
            let ords: Vec<ItemOrd> = found.hits.iter().map(|hit| hit.ord).collect();
            case.items(&ords, Parts::Line)?;
            with_lines.push(start.elapsed().as_micros() as u64);
        }
        micros.sort_unstable();
        with_lines.sort_unstable();
        rows.push(json!({
            "query": line, "total": total, "median_us": micros[micros.len() / 2],
            "best_us": micros.first(), "with_lines_median_us": with_lines[with_lines.len() / 2],
        }));
    }
    out.value(&json!({ "schema": "cahoots/bench-queries/1", "queries": rows }))?;
    Ok(Done::Found)
}
