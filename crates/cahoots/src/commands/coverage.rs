//! `coverage`: what the record is known to hold completely.

use anyhow::{Result, bail};
use cahoots_analyze::statements::{Completeness, CoverageRow};
use serde_json::json;

use super::Done;
use super::statements::{done, take_back};
use crate::analysis::coverage::{Basis, rows};
use crate::analysis::moment;
use crate::analysis::work::{Work, decide};
use crate::answers::Answer;
use crate::cli::{Coverage as Args, CoverageAction, Global};
use crate::desk::Desk;
use crate::output::Output;

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    match &args.action {
        Some(CoverageAction::Add(add)) => {
            for day in [&add.from, &add.to].into_iter().flatten() {
                moment(day, out.zone())?;
            }
            let completeness = match add.completeness.as_str() {
                "full" => Completeness::Full,
                "partial" => Completeness::Partial,
                "unknown" => Completeness::Unknown,
                other => bail!("{other} is none of full, partial, unknown"),
            };
            let row = CoverageRow {
                custodian: add.custodian.clone(),
                covers: add.covers.clone(),
                channel: add.channel.clone(),
                from: add.from.clone(),
                to: add.to.clone(),
                completeness,
                how_known: add.how_known.clone(),
                note: String::new(),
            };
            done(&decide(&global.case, add.author.as_deref(), &Work::Coverage { row })?, out)
        }
        Some(CoverageAction::Remove(back)) => take_back(global, back, out),
        None => list(global, out),
    }
}

fn list(global: &Global, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answer(&desk)?);
    }
    let rows = rows(desk.case(), &*desk.record()?)?;
    if rows.is_empty() {
        out.line("nothing is known to be complete; `cahoots coverage add` says what is")?;
    } else {
        let lines: Vec<Vec<String>> = rows
            .iter()
            .map(|(row, basis)| {
                let whose = if row.covers.is_empty() {
                    row.custodian.clone()
                } else {
                    row.covers.join(", ")
                };
                let completeness = serde_json::to_value(row.completeness).unwrap_or_default();
                let open = |day: &Option<String>| day.clone().unwrap_or_else(|| "…".to_owned());
                let basis = match basis {
                    Basis::Compiled(label) => label.clone(),
                    Basis::Decided(seq, author) => format!("{seq}, {author}"),
                };
                vec![
                    basis,
                    completeness.as_str().unwrap_or_default().to_owned(),
                    row.channel.clone(),
                    open(&row.from),
                    open(&row.to),
                    match row.how_known.is_empty() {
                        true => whose,
                        false => format!("{whose}: {}", row.how_known),
                    },
                ]
            })
            .collect();
        out.table(
            &["entry", "complete", "channel", "from", "to", "of whom, how known"],
            &lines,
            &[],
        )?;
    }
    Ok(if rows.is_empty() { Done::Nothing } else { Done::Found })
}

/// The table in JSON.
///
/// # Errors
/// When the case cannot be read.
pub fn answer(desk: &Desk) -> Result<Answer> {
    let rows = rows(desk.case(), &*desk.record()?)?;
    let found = !rows.is_empty();
    let rows: Vec<_> = rows
        .iter()
        .map(|(row, basis)| match basis {
            Basis::Compiled(label) => json!({ "row": row, "entry": label }),
            Basis::Decided(seq, author) => {
                json!({ "row": row, "decision": seq, "author": author })
            }
        })
        .collect();
    Ok(Answer { value: json!({ "schema": "cahoots/coverage/1", "rows": rows }), found })
}
