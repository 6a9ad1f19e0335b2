//! What a person reads: how many groups, how fast, what they share, and what was left out.

use anyhow::Result;
use cahoots_coordination::findings::GroupFacts;
use cahoots_coordination::output::tables::{passes, window_name};
use cahoots_coordination::{Findings, ObjectNo, Shares};
use cahoots_record::{Precision, UtcMicros};

use super::from_case::Unused;
use crate::analysis::lag;
use crate::output::{Output, Style, counted, fit, number};

/// Prints the summary.
pub(super) fn summary(
    found: &Findings,
    shares: &Shares,
    unused: Option<Unused>,
    limit: usize,
    out: &mut Output,
) -> Result<()> {
    head(found, shares, out)?;
    if found.question.compat.is_none() {
        groups(found, shares, limit, out)?;
    }
    edges(found, shares, limit, out)?;
    left_out(found, shares, unused, out)
}

/// The lines that say what was looked at and what came of it.
pub(super) fn lines(found: &Findings, shares: &Shares) -> Vec<String> {
    let network = &found.network;
    let kinds: Vec<&str> = network.layers.iter().map(|kind| kind.name()).collect();
    let windows: Vec<String> = network.windows.iter().map(|it| window_name(*it)).collect();
    let widest = windows.last().cloned().unwrap_or_default();
    let n_edges = network.edges.list.len() as u64;
    let mut lines = vec![
        format!(
            "{} of {} ({}) by {}",
            counted(shares.n, "share", "shares"),
            counted(shares.objects.len() as u64, "object", "objects"),
            kinds.join(", "),
            counted(shares.accounts.len() as u64, "account", "accounts"),
        ),
        format!(
            "within {widest}: {} in {} between {}",
            counted(network.pairs, "pair of shares", "pairs of shares"),
            counted(n_edges, "edge", "edges"),
            counted(found.accounts.len() as u64, "account", "accounts"),
        ),
    ];
    if let Some(evidence) = &found.evidence {
        let count = |wanted: fn(&cahoots_coordination::evidence::EdgeEvidence) -> bool| {
            number(evidence.edges.iter().filter(|it| wanted(it)).count() as u64)
        };
        lines.push(format!(
            "more than chance, at most {}% of them falsely: {} by what they choose, {} by when, {} by both ({} had two objects or more and were tested)",
            found.choice.fdr.unwrap_or_default() * 100.0,
            count(|it| it.selection.passes),
            count(|it| it.synchrony.passes),
            count(|it| it.selection.passes && it.synchrony.passes),
            counted(evidence.edges.len() as u64, "edge", "edges"),
        ));
    }
    lines
}

fn head(found: &Findings, shares: &Shares, out: &mut Output) -> Result<()> {
    let title = out.styled(Style::Bold, "Accounts that act in step");
    out.line(title)?;
    let names: Vec<&str> = shares.files.iter().take(3).map(|file| file.name.as_str()).collect();
    let more = match shares.files.len().saturating_sub(3) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let span = shares.span.map_or(String::new(), |(first, last)| {
        let day = |micros| out.instant(UtcMicros(micros), Precision::Day);
        format!(", {} to {}", day(first), day(last))
    });
    out.line(format!("  {}{more}{span}", names.join(", ")))?;
    for line in lines(found, shares) {
        for (n, part) in super::super::wrapped(&line, out.width() - 4, 4).iter().enumerate() {
            let pad = if n == 0 { "  " } else { "    " };
            out.line(format!("{pad}{part}"))?;
        }
    }
    if let Some(threshold) = found.threshold {
        out.line(match threshold.all_tie {
            true => {
                "  every edge has as many pairs as any other: the percentile keeps all".to_owned()
            }
            false => format!(
                "  the percentile is at {} pairs; edges with more are kept",
                threshold.weight
            ),
        })?;
    }
    Ok(())
}

fn object_name(shares: &Shares, object: ObjectNo) -> String {
    let name = shares.objects.name(object.0);
    match shares.kinds().len() > 1 {
        true => format!("{}:{name}", shares.kind_of(object).name()),
        false => name.to_owned(),
    }
}

fn groups(found: &Findings, shares: &Shares, limit: usize, out: &mut Output) -> Result<()> {
    out.line("")?;
    let title = out.styled(Style::Bold, "Groups");
    out.line(title)?;
    if found.groups.is_empty() {
        let why = match &found.evidence {
            Some(_) => "none: no edge is more than chance",
            None => "none",
        };
        return out.line(format!("  {why}"));
    }
    let total: usize = found.groups.iter().map(|group| group.members.len()).sum();
    out.line(format!(
        "  {} with {}; a group hangs together by edges that were kept",
        counted(found.groups.len() as u64, "group", "groups"),
        counted(total as u64, "account", "accounts"),
    ))?;
    let row = |(at, group): (usize, &GroupFacts)| {
        let day = |micros| out.instant(UtcMicros(micros), Precision::Day);
        let share =
            group.top.first().map_or(String::new(), |(object, _)| object_name(shares, *object));
        vec![
            (at + 1).to_string(),
            number(group.members.len() as u64),
            number(u64::from(group.edges)),
            number(u64::from(group.objects)),
            spoken(group.lag_median),
            day(group.first),
            day(group.last),
            share,
        ]
    };
    let rows: Vec<Vec<String>> = found.groups.iter().enumerate().take(limit).map(row).collect();
    let headings =
        ["#", "accounts", "edges", "objects", "median lag", "from", "to", "most shared in step"];
    out.table(&headings, &rows, &[0, 1, 2, 3])?;
    for (at, group) in found.groups.iter().enumerate().take(limit.min(5)) {
        let names: Vec<&str> =
            group.members.iter().take(8).map(|it| shares.accounts.name(it.0)).collect();
        let more = if group.members.len() > 8 { ", …" } else { "" };
        let line = fit(&format!("{}: {}{more}", at + 1, names.join(", ")), out.width() - 2);
        let line = out.styled(Style::Dim, &line);
        out.line(format!("  {line}"))?;
    }
    more(found.groups.len(), limit, out)
}

fn more(all: usize, limit: usize, out: &mut Output) -> Result<()> {
    match all.saturating_sub(limit) {
        0 => Ok(()),
        more => out.line(format!("… {} more (-n shows more)", number(more as u64))),
    }
}

fn spoken(micros: i64) -> String {
    if micros == 0 { "0 s".to_owned() } else { lag(micros) }
}

fn edges(found: &Findings, shares: &Shares, limit: usize, out: &mut Output) -> Result<()> {
    let order = found.by_surprise();
    if order.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let tested = found.evidence.is_some();
    let title = match tested {
        true => "Edges that chance explains least",
        false => "Edges with the most objects",
    };
    let title = out.styled(Style::Bold, title);
    out.line(title)?;
    let list = &found.network.edges.list;
    let rows: Vec<Vec<String>> = order
        .iter()
        .take(limit)
        .map(|at| {
            let edge = &list[*at];
            let name =
                |account: cahoots_coordination::AccountNo| fit(shares.accounts.name(account.0), 34);
            let chance = found.evidence_of(*at).map_or(String::new(), |it| {
                format!(
                    "{} objects, {} by chance; in step {} of {}, {} by chance",
                    it.selection.found.both,
                    round(it.selection.found.expected),
                    it.synchrony.found.in_step,
                    it.synchrony.found.occasions,
                    round(it.synchrony.found.expected),
                )
            });
            let mut row = vec![
                name(edge.a),
                name(edge.b),
                number(u64::from(edge.weight)),
                number(u64::from(edge.objects)),
                spoken(edge.lag_median),
            ];
            if tested {
                row.push(passes(found, *at).to_owned());
                row.push(chance);
            }
            row
        })
        .collect();
    let headings =
        ["account", "account", "pairs", "objects", "median lag", "passes", "both shared"];
    let n = if tested { 7 } else { 5 };
    out.table(&headings[..n], &rows, &[2, 3])?;
    more(order.len(), limit, out)
}

fn round(number: f64) -> String {
    match number {
        _ if number >= 10.0 => format!("{number:.0}"),
        _ if number >= 0.1 => format!("{number:.1}"),
        _ if number >= 0.001 => format!("{number:.3}"),
        _ => "under 0.001".to_owned(),
    }
}

fn left_out(
    found: &Findings,
    shares: &Shares,
    unused: Option<Unused>,
    out: &mut Output,
) -> Result<()> {
    let mut lines = Vec::new();
    for (fault, counted) in shares.problems.iter() {
        let first = counted.first.first();
        let place = first.map_or(String::new(), |spot| {
            let file = shares.files.get(spot.file as usize).map_or("", |file| file.name.as_str());
            format!(" (first: {file} row {}: {})", spot.row, fit(&spot.shown, 40))
        });
        let rows = crate::output::counted(counted.n, "row", "rows");
        lines.push(format!("{rows}: {}{place}", fault.words()));
    }
    if let Some(unused) = unused {
        if unused.vague > 0 {
            let posts = counted(unused.vague, "post", "posts");
            lines.push(format!("{posts} without a time known to the minute; left out"));
        }
        if unused.nameless > 0 {
            let posts = counted(unused.nameless, "post", "posts");
            lines.push(format!("{posts} without an account; left out"));
        }
    }
    for left in &found.network.left_out {
        lines.push(format!(
            "{} left out: its {} would make {} (--pairs-per-object)",
            object_name(shares, ObjectNo(left.object)),
            counted(left.shares, "share", "shares"),
            counted(left.pairs, "pair", "pairs"),
        ));
    }
    let network = &found.network;
    if network.unsteady > 0 {
        lines.push(format!(
            "{} left out: an account has fewer than {} shares in step (--min-participation)",
            counted(network.unsteady, "edge", "edges"),
            found.question.min_participation
        ));
    }
    if network.light > 0 {
        lines.push(format!(
            "{} left out with fewer than {} pairs (--min-weight)",
            counted(network.light, "edge", "edges"),
            found.question.min_weight
        ));
    }
    if found.evidence.is_none() && found.choice.fdr.is_some() {
        lines.push(format!(
            "nothing was held against chance: more than {} shares",
            number(found.choice.most_tested)
        ));
    }
    if found.evidence.is_some() {
        lines.push(
            "being in step has many causes: a common operator, a common interest, a common \
             source of news; none is shown here"
                .to_owned(),
        );
    }
    if lines.is_empty() {
        return Ok(());
    }
    out.line("")?;
    let title = out.styled(Style::Bold, "Mind");
    out.line(title)?;
    for line in lines {
        for (n, part) in super::super::wrapped(&line, out.width() - 4, 3).iter().enumerate() {
            let head = if n == 0 { "  · " } else { "    " };
            out.line(format!("{head}{part}"))?;
        }
    }
    Ok(())
}
