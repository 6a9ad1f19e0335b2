//! Every pair of shares of two accounts, and how likely their being in step was.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use cahoots_coordination::evidence::{
    ClockShift, Explanation, Grounds, Parameters, Redraws, clock_shift, explain as why,
};
use cahoots_coordination::meetings::{PairOfShares, pairs_of_shares};
use cahoots_coordination::output::tables;
use cahoots_coordination::{AccountNo, Findings, Shares};
use cahoots_record::UtcMicros;
use serde_json::{Value, json};

use super::Done;
use crate::analysis::lag;
use crate::answers::Answer;
use crate::output::{Output, Style, counted, number};

/// Rows of JSON, at most.
const MOST: usize = 100_000;

/// Draws of shifted clocks.
const REDRAWS: u32 = 999;

/// What chance has to do with two accounts.
struct Chances {
    explanation: Explanation,
    shift: ClockShift,
}

impl Chances {
    /// Works it out, where edges were tested and both accounts share anything.
    fn of(found: &Findings, shares: &Shares, a: AccountNo, b: AccountNo) -> Result<Option<Self>> {
        let Some(evidence) = &found.evidence else { return Ok(None) };
        let sorted = shares.sorted()?;
        let fdr = found.choice.fdr.unwrap_or_default();
        let grounds = Grounds::new(&sorted, Parameters { fdr, threads: NonZeroUsize::MIN })?;
        let shared = |account| grounds.table().objects_of(account) > 0;
        if !shared(a) || !shared(b) {
            return Ok(None);
        }
        let explanation = why(&grounds, &evidence.yardstick, a, b)?;
        let redraws = Redraws { number: REDRAWS, seed: found.choice.seed };
        let shift = clock_shift(grounds.table(), &[a, b], found.question.widest(), redraws);
        Ok(Some(Self { explanation, shift }))
    }

    /// The chance that the second of a pair of shares was within the window of the first.
    fn of_pair(&self, pair: &PairOfShares) -> Option<f64> {
        let why = &self.explanation;
        let both = why.objects.iter().find(|both| both.object == pair.object)?;
        let given = if pair.older.account == why.given { &pair.older } else { &pair.newer };
        let meeting = both.meetings.iter().find(|it| it.micros == given.micros)?;
        Some(meeting.chance)
    }
}

/// What is said of two accounts.
struct Explained<'a> {
    a: AccountNo,
    b: AccountNo,
    pairs: Vec<PairOfShares>,
    /// Pairs of shares in all.
    n: u64,
    /// The place of their edge.
    at: Option<usize>,
    chances: Option<Chances>,
    found: &'a Findings,
    shares: &'a Shares,
}

impl<'a> Explained<'a> {
    fn of(found: &'a Findings, shares: &'a Shares, names: &[String], most: usize) -> Result<Self> {
        let [a, b] = [account(shares, &names[0])?, account(shares, &names[1])?];
        if a == b {
            bail!("{} is one account; name two", names[0]);
        }
        let (pairs, n) = pairs_of_shares(shares, &found.question, &[(a, b)], most)?;
        let (low, high) = (a.min(b), a.max(b));
        let list = &found.network.edges.list;
        let at = list.iter().position(|edge| (edge.a, edge.b) == (low, high));
        let chances = Chances::of(found, shares, a, b)?;
        Ok(Self { a, b, pairs, n, at, chances, found, shares })
    }

    fn value(&self) -> Value {
        let (pairs, shares, chances) = (&self.pairs, self.shares, &self.chances);
        let table = tables::pairs(pairs, shares);
        let rows: Vec<_> = (0..table.rows)
            .map(|row| {
                let mut value = table.json_row(row);
                value["chance"] = chances
                    .as_ref()
                    .and_then(|it| it.of_pair(&pairs[row]))
                    .map_or(json!(null), |p| json!(p));
                value
            })
            .collect();
        let shift = chances.as_ref().map(|it| {
            let shift = &it.shift;
            json!({
                "days": shift.days, "redraws": shift.redraws.number, "seed": shift.redraws.seed,
                "pairs": shift.same_object.observed, "mean": shift.same_object.mean,
                "p": shift.same_object.p,
            })
        });
        let edge = self.at.map(|at| tables::edges_of(self.found, shares, &[at]).json_row(0));
        json!({
            "schema": "cahoots/coordination-explain/1",
            "accounts": [shares.accounts.name(self.a.0), shares.accounts.name(self.b.0)],
            "edge": edge, "clock_shift": shift, "n_pairs": self.n, "pairs": rows,
        })
    }
}

/// The explanation in JSON.
///
/// # Errors
/// When an account is not known, or the pairs cannot be found again.
pub(super) fn answer(found: &Findings, shares: &Shares, names: &[String]) -> Result<Answer> {
    let explained = Explained::of(found, shares, names, MOST)?;
    Ok(Answer { value: explained.value(), found: explained.n > 0 })
}

/// Explains an edge.
pub(super) fn explain(
    found: &Findings,
    shares: &Shares,
    names: &[String],
    limit: usize,
    out: &mut Output,
) -> Result<Done> {
    if out.json {
        return out.answer(&answer(found, shares, names)?);
    }
    let most = limit.max(40);
    let explained = Explained::of(found, shares, names, most)?;
    let Explained { a, b, pairs, n, at, chances, .. } = explained;
    let evidence = at.and_then(|at| found.evidence_of(at));
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
    if let Some(Chances { shift, .. }) = &chances {
        let same = &shift.same_object;
        out.line(format!(
            "  clocks: {} within the window; with each clock shifted by whole days ({} of {}), {:.1} on average; p {}",
            counted(same.observed, "pair", "pairs"),
            counted(u64::from(shift.redraws.number), "draw", "draws"),
            counted(u64::from(shift.days), "day", "days"),
            same.mean,
            chance(same.p),
        ))?;
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
                chances.as_ref().and_then(|it| it.of_pair(pair)).map_or(String::new(), chance),
                shares.accounts.name(pair.older.account.0).to_owned(),
                shares.objects.name(pair.object.0).to_owned(),
                format!("{} → {}", place(&pair.older), place(&pair.newer)),
            ]
        })
        .collect();
    out.table(
        &["time (UTC)", "lag", "chance", "first was", "object", "posts (file row)"],
        &rows,
        &[],
    )?;
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
