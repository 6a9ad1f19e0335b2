//! The findings as JSON.

use cahoots_coordination::output::{Table, table::time, tables};
use cahoots_coordination::{Findings, Shares};
use serde_json::{Value, json};

use super::from_case::Unused;

/// Everything that the summary says, and the first rows of groups and edges.
pub(super) fn value(
    found: &Findings,
    shares: &Shares,
    unused: Option<Unused>,
    limit: usize,
) -> Value {
    let network = &found.network;
    let question = &found.question;
    let problems: Vec<Value> = shares
        .problems
        .iter()
        .map(|(fault, counted)| {
            let first: Vec<Value> = counted
                .first
                .iter()
                .map(|spot| {
                    let file = shares.files.get(spot.file as usize).map(|file| &file.name);
                    json!({ "file": file, "row": spot.row, "shown": spot.shown })
                })
                .collect();
            json!({
                "code": fault.code(), "rows": counted.n, "left_out": fault.is_lost(),
                "what": fault.words(), "first": first,
            })
        })
        .collect();
    let left_out: Vec<Value> = network
        .left_out
        .iter()
        .map(|left| {
            let object = shares.objects.name(left.object);
            json!({ "object": object, "shares": left.shares, "pairs": left.pairs })
        })
        .collect();
    let evidence = found.evidence.as_ref().map(|evidence| {
        json!({
            "fdr": found.choice.fdr,
            "tested": evidence.edges.len(),
            "family": evidence.family.pairs,
            "family_is_exact": evidence.family.exact,
            "selection_passes": evidence.edges.iter().filter(|it| it.selection.passes).count(),
            "synchrony_passes": evidence.edges.iter().filter(|it| it.synchrony.passes).count(),
        })
    });
    let groups = tables::groups(found, shares);
    let all = tables::edges(found, shares, false);
    let edges = surprising(found, shares, limit);
    json!({
        "schema": "cahoots/coordination/1",
        "question": {
            "windows_seconds": network.windows.iter().map(|it| *it as f64 / 1e6).collect::<Vec<_>>(),
            "objects": network.layers.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
            "min_participation": question.min_participation,
            "min_weight": question.min_weight,
            "percentile": found.choice.percentile,
            "compat": question.compat.map(|compat| format!("{compat:?}").to_lowercase()),
        },
        "input": {
            "files": shares.files.iter().map(|file| json!({ "name": file.name, "rows": file.rows }))
                .collect::<Vec<_>>(),
            "shares": shares.n,
            "accounts": shares.accounts.len(),
            "objects": shares.objects.len(),
            "first": shares.span.map(|span| time(span.0)),
            "last": shares.span.map(|span| time(span.1)),
            "problems": problems,
            "posts_without_time": unused.map(|unused| unused.vague),
            "posts_without_account": unused.map(|unused| unused.nameless),
        },
        "result": {
            "pairs": network.pairs,
            "edges": all.rows,
            "kept": found.kept_edges().count(),
            "accounts": found.accounts.len(),
            "threshold": found.threshold.map(|threshold| threshold.weight),
            "left_out": {
                "objects": left_out, "light_edges": network.light, "unsteady_edges": network.unsteady,
            },
            "evidence": evidence,
            "n_groups": found.groups.len(),
            "groups": rows(&groups, limit),
            "most_surprising": edges,
        },
    })
}

fn rows(table: &Table<'_>, limit: usize) -> Vec<Value> {
    (0..table.rows.min(limit)).map(|row| table.json_row(row)).collect()
}

/// The rows of the edges that chance explains least.
fn surprising(found: &Findings, shares: &Shares, limit: usize) -> Vec<Value> {
    let order: Vec<usize> = found.by_surprise().into_iter().take(limit).collect();
    let table = tables::edges_of(found, shares, &order);
    rows(&table, limit)
}
