//! The files that were asked for.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use cahoots_coordination::meetings::pairs_of_shares;
use cahoots_coordination::output::page::{Words, write_page};
use cahoots_coordination::output::{Table, graph, tables};
use cahoots_coordination::{Findings, Shares};

use super::args::Coordination;
use super::asked::is_parquet;

/// Pairs of shares that one table holds, at most.
const MOST_PAIRS: usize = 50_000_000;

/// Writes what was asked for. Says what was written, one line a file.
pub(super) fn write(
    args: &Coordination,
    found: &Findings,
    shares: &Shares,
    words: &Words,
) -> Result<Vec<String>> {
    let mut written = Vec::new();
    let mut done = |path: &Path, what: String| {
        written.push(format!("{what} written to {}", path.display()));
    };
    if let Some(path) = &args.edges {
        let edges = tables::edges(found, shares, false);
        table(&edges, path, is_parquet(path))?;
        done(path, crate::output::counted(edges.rows as u64, "edge", "edges"));
    }
    if let Some(folder) = &args.tables {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let list = &found.network.edges.list;
        let ends: Vec<_> = list.iter().map(|edge| (edge.a, edge.b)).collect();
        let (pairs, n) = pairs_of_shares(shares, &found.question, &ends, MOST_PAIRS)?;
        let cascades = found.objects(shares)?;
        for of in [
            tables::edges(found, shares, false),
            tables::pairs(&pairs, shares),
            tables::accounts(found, shares),
            tables::groups(found, shares),
            tables::objects(&cascades, shares),
        ] {
            let ending = if args.parquet { "parquet" } else { "csv" };
            let path = folder.join(format!("{}.{ending}", of.name));
            table(&of, &path, args.parquet)?;
        }
        done(folder, "5 tables".to_owned());
        if n > pairs.len() as u64 {
            let left = crate::output::number(n - pairs.len() as u64);
            done(folder, format!("pairs of shares, {left} fewer than there are,"));
        }
    }
    let n_kept = crate::output::counted(found.kept_edges().count() as u64, "edge", "edges");
    if let Some(path) = &args.gexf {
        create(path, |out| Ok(graph::write_gexf(found, shares, out)?))?;
        done(path, n_kept.clone());
    }
    if let Some(path) = &args.graphml {
        create(path, |out| Ok(graph::write_graphml(found, shares, out)?))?;
        done(path, n_kept);
    }
    if let Some(path) = &args.html {
        create(path, |out| Ok(write_page(found, shares, words, out)??))?;
        done(path, "page".to_owned());
    }
    Ok(written)
}

fn table(table: &Table<'_>, path: &Path, parquet: bool) -> Result<()> {
    if parquet {
        let file = File::create(path).with_context(|| unwritten(path))?;
        return table.write_parquet(file).with_context(|| unwritten(path));
    }
    create(path, |out| Ok(table.write_csv(out)?))
}

fn create(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> Result<()>) -> Result<()> {
    let file = File::create(path).with_context(|| unwritten(path))?;
    let mut out = BufWriter::with_capacity(1 << 18, file);
    write(&mut out).and_then(|()| Ok(out.flush()?)).with_context(|| unwritten(path))
}

fn unwritten(path: &Path) -> String {
    format!("{} cannot be written", path.display())
}
