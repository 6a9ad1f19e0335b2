//! `problems`: what could not be read, or was read with a doubt.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use cahoots_store::{Case, IssueRow};
use serde_json::json;

use super::Done;
use crate::cli::{Global, Problems};
use crate::output::{Output, Style, fit, number, one_line};

pub(super) fn run(global: &Global, args: &Problems, out: &mut Output) -> Result<Done> {
    let case = super::open_case(global, out)?;
    let archive = match &args.archive {
        Some(text) => Some(find_archive(&case, text)?),
        None => None,
    };
    let mut total = 0u64;
    let mut by_code: BTreeMap<(u8, String), (u64, Vec<IssueRow>)> = BTreeMap::new();
    for rows in case.issues() {
        for row in rows? {
            if args.code.as_ref().is_some_and(|code| *code != row.issue.code)
                || archive.is_some_and(|archive| archive != row.archive)
            {
                continue;
            }
            total += 1;
            // Worst first.
            let key = (u8::MAX - row.issue.severity.code(), row.issue.code.clone());
            let entry = by_code.entry(key).or_default();
            entry.0 += 1;
            if entry.1.len() < args.limit {
                entry.1.push(row);
            }
        }
    }
    if out.json {
        let shown: Vec<_> = by_code
            .values()
            .flat_map(|(_, rows)| rows)
            .map(|row| {
                json!({
                    "archive": row.archive,
                    "severity": row.issue.severity,
                    "code": row.issue.code,
                    "locator": row.issue.locator.to_string(),
                    "what": row.issue.what,
                    "kept": row.issue.kept,
                })
            })
            .collect();
        let codes: BTreeMap<&str, u64> =
            by_code.iter().map(|((_, code), (n, _))| (code.as_str(), *n)).collect();
        out.value(&json!({
            "schema": "cahoots/problems/1", "total": total, "codes": codes, "problems": shown,
        }))?;
    } else if total == 0 {
        out.line("No problems.")?;
    } else {
        for (n, rows) in by_code.values() {
            let Some(first) = rows.first() else { continue };
            let head = format!("{} {} ({})", number(*n), first.issue.code, first.issue.severity);
            let head = out.styled(Style::Bold, &head);
            out.line(head)?;
            for row in rows {
                let name = case
                    .archives()
                    .get(row.archive as usize)
                    .map_or("", |archive| archive.name.as_str());
                let place = one_line(&format!("{name} {}", row.issue.locator));
                let place = out.styled(Style::Dim, &place);
                out.line(format!("  {place}"))?;
                let what = format!("{}; kept: {}", row.issue.what, row.issue.kept);
                let what = fit(&what, out.width() * 3);
                out.line(format!("    {what}"))?;
            }
            let more = n - rows.len() as u64;
            if more > 0 {
                let code = &first.issue.code;
                out.line(format!(
                    "  … {} more: cahoots problems --code {code} -n {n}",
                    number(more)
                ))?;
            }
        }
    }
    Ok(if total == 0 { Done::Nothing } else { Done::Found })
}

fn find_archive(case: &Case, text: &str) -> Result<u32> {
    let found = case.archives().iter().find(|row| {
        row.archive.to_string() == text || row.name.to_lowercase().contains(&text.to_lowercase())
    });
    match found {
        Some(row) => Ok(row.archive),
        None => bail!("no archive {text}; `cahoots archives` lists them"),
    }
}
