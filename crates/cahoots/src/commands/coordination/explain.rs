//! Every pair of shares of two accounts, and how likely their being in step was.

use anyhow::{Result, bail};
use cahoots_coordination::meetings::pairs_of_shares;
use cahoots_coordination::output::tables;
use cahoots_coordination::{AccountNo, Findings, Shares};
use cahoots_record::UtcMicros;
use serde_json::json;

use super::Done;
use crate::analysis::lag;
use crate::output::{Output, Style, counted, number};

/// Rows of JSON, at most.
const MOST: usize = 100_000;

/// Explains an edge.
pub(super) fn explain(
    found: &Findings,
    shares: &Shares,
    names: &[String],
    limit: usize,
    out: &mut Output,
) -> Result<Done> {
    let [a, b] = [account(shares, &names[0])?, account(shares, &names[1])?];
    if a == b {
        bail!("{} is one account; name two", names[0]);
    }
    let most = if out.json { MOST } else { limit.max(40) };
    let (pairs, n) = pairs_of_shares(shares, &found.question, &[(a, b)], most)?;
    let (low, high) = (a.min(b), a.max(b));
    let list = &found.network.edges.list;
    let at = list.iter().position(|edge| (edge.a, edge.b) == (low, high));
    let evidence = at.and_then(|at| found.evidence_of(at));
    if out.json {
        let table = tables::pairs(&pairs, shares);
        let rows: Vec<_> = (0..table.rows).map(|row| table.json_row(row)).collect();
        let edge = at.map(|at| tables::edges_of(found, shares, &[at]).json_row(0));
        out.value(&json!({
            "schema": "cahoots/coordination-explain/1",
            "accounts": [shares.accounts.name(a.0), shares.accounts.name(b.0)],
            "edge": edge, "n_pairs": n, "pairs": rows,
        }))?;
        return Ok(if n == 0 { Done::Nothing } else { Done::Found });
    }
    let title = format!("{} and {}", shares.accounts.name(a.0), shares.accounts.name(b.0));
    let title = out.styled(Style::Bold, &title);
    out.line(title)?;
    let shared =
        |account: AccountNo| shares.of_account.get(account.0 as usize).copied().unwrap_or(0);
    out.line(format!(
        "  {} and {} in the input; {} within {}",
        counted(u64::from(shared(a)), "share", "shares"),
        number(u64::from(shared(b))),
        counted(n, "pair of shares", "pairs of shares"),
        tables::window_name(found.question.widest()),
    ))?;
    if n == 0 {
        return Ok(Done::Nothing);
    }
    match evidence {
        Some(it) => {
            let (selection, synchrony) = (&it.selection, &it.synchrony);
            out.line(format!(
                "  same objects: {}, where activity and popularity alone give {:.2}; p {}, q {}: {}",
                selection.found.both,
                selection.found.expected,
                chance(selection.found.p),
                chance(selection.q),
                verdict(selection.passes),
            ))?;
            out.line(format!(
                "  in step: {} of {}, where the objects' other sharers give {:.2}; p {}, q {}: {}",
                synchrony.found.in_step,
                counted(u64::from(synchrony.found.occasions), "occasion", "occasions"),
                synchrony.found.expected,
                chance(synchrony.found.p),
                chance(synchrony.q),
                verdict(synchrony.passes),
            ))?;
            if synchrony.found.compared < synchrony.found.occasions {
                out.line(format!(
                    "  on {} nobody else was near: compared with the pace of the other objects",
                    counted(
                        u64::from(synchrony.found.occasions - synchrony.found.compared),
                        "occasion",
                        "occasions"
                    ),
                ))?;
            }
        }
        None => out.line("  not tested: fewer than two objects, or the tests were left out")?,
    }
    out.line("")?;
    let rows: Vec<Vec<String>> = pairs
        .iter()
        .take(most)
        .map(|pair| {
            let place = |it: &cahoots_coordination::meetings::Shared| {
                let (file, row) = it.place(shares);
                let name = shares.files.get(file as usize).map_or("", |file| file.name.as_str());
                let name = name.rsplit('/').next().unwrap_or_default();
                match it.post(shares) {
                    Some(post) => format!("{post} ({name} {row})"),
                    None => format!("{name} {row}"),
                }
            };
            let time = UtcMicros(pair.older.micros).to_string().replace('T', " ").replace('Z', "");
            vec![
                time,
                if pair.lag() == 0 { "0 s".to_owned() } else { lag(pair.lag()) },
                shares.accounts.name(pair.older.account.0).to_owned(),
                shares.objects.name(pair.object.0).to_owned(),
                format!("{} → {}", place(&pair.older), place(&pair.newer)),
            ]
        })
        .collect();
    out.table(&["time (UTC)", "lag", "first was", "object", "posts (file row)"], &rows, &[])?;
    if n > pairs.len() as u64 {
        out.line(format!("… {} more (-n shows more)", number(n - pairs.len() as u64)))?;
    }
    Ok(Done::Found)
}

fn chance(p: f64) -> String {
    match p {
        _ if p == 0.0 => "below 1e-300".to_owned(),
        _ if p < 0.001 => format!("{p:.1e}"),
        _ => format!("{p:.3}"),
    }
}

fn verdict(passes: bool) -> &'static str {
    if passes { "more than that chance" } else { "not more than that chance" }
}

/// An account by its name, or by what only one name holds.
fn account(shares: &Shares, text: &str) -> Result<AccountNo> {
    if let Some(number) = shares.accounts.find(text) {
        return Ok(AccountNo(number));
    }
    let lower = text.trim_start_matches('@').to_lowercase();
    let near: Vec<u32> = (0..shares.accounts.len() as u32)
        .filter(|number| shares.accounts.name(*number).to_lowercase().contains(&lower))
        .take(6)
        .collect();
    match near.as_slice() {
        [one] => Ok(AccountNo(*one)),
        [] => bail!("no account is called {text}"),
        several => {
            let names: Vec<&str> = several.iter().map(|it| shares.accounts.name(*it)).collect();
            bail!("{text} is not clear; there are {}", names.join(", "))
        }
    }
}
