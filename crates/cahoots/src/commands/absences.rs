//! `absences`: what should be in the record and is not.

use anyhow::Result;
use cahoots_analyze::absences::{Absences, Covered, Options, absences};
use cahoots_analyze::{Cite, Finding, Record};
use cahoots_store::Case;

use super::Done;
use super::contacts::caveats;
use crate::analysis::{Cited, json_of};
use crate::answers::Answer;
use crate::cli::{Absences as Args, Global};
use crate::desk::Desk;
use crate::names::People;
use crate::output::{Output, Style, counted, fit, number};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    let found = of(&desk, args, args.limit)?;
    print(&found, desk.case(), &*desk.record()?, &*desk.people()?, out)?;
    Ok(if is_empty(&found.result) { Done::Nothing } else { Done::Found })
}

/// Absences in JSON.
///
/// # Errors
/// When the level is no share, or the case cannot be read.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    let found = of(desk, args, args.limit.max(1_000))?;
    let value = json_of("absences", &found, desk.case(), &*desk.record()?)?;
    Ok(Answer { value, found: !is_empty(&found.result) })
}

fn of(desk: &Desk, args: &Args, most: usize) -> Result<Finding<Absences>> {
    if !(args.level > 0.0 && args.level < 1.0) {
        anyhow::bail!("--level is a share between 0 and 1, for example 0.01");
    }
    let options = Options { level: args.level, most, ..Options::default() };
    Ok(absences(&*desk.record()?, &options))
}

fn is_empty(a: &Absences) -> bool {
    a.referred.total == 0
        && a.quoted_only.total == 0
        && a.numbering.total == 0
        && a.attachments.total == 0
        && a.silences.total == 0
}

fn print(
    found: &Finding<Absences>,
    case: &Case,
    record: &Record,
    people: &People,
    out: &mut Output,
) -> Result<()> {
    let a = &found.result;
    let mut cites: Vec<Cite> = Vec::new();
    cites.extend(a.referred.rows.iter().filter_map(|row| row.cites.first()));
    cites.extend(&a.quoted_only.rows);
    cites.extend(a.attachments.rows.iter().map(|row| row.cite));
    cites.extend(a.silences.rows.iter().flat_map(|row| [row.after, row.until]));
    cites.extend(
        a.numbering.rows.iter().flat_map(|row| row.gaps.iter().flat_map(|g| [g.before, g.after])),
    );
    let cited = Cited::read(case, record, cites)?;
    let width = out.width() - 4;

    heading(
        out,
        a.referred.total,
        "message is referred to and absent",
        "messages are referred to and absent",
    )?;
    for row in &a.referred.rows {
        let line = format!("  {:>4}×  {}", row.referred_by, fit(&row.native_id, width - 10));
        out.line(line)?;
        if let Some(cite) = row.cites.first() {
            let line = cited.line(*cite, people, out, width - 10);
            out.line(format!("         by {line}"))?;
        }
    }
    more(out, a.referred.total, a.referred.rows.len())?;

    heading(
        out,
        a.quoted_only.total,
        "item is known only from a quote",
        "items are known only from quotes",
    )?;
    for cite in &a.quoted_only.rows {
        let line = cited.line(*cite, people, out, width);
        out.line(format!("  {line}"))?;
    }
    more(out, a.quoted_only.total, a.quoted_only.rows.len())?;

    let gaps: u64 = a.numbering.rows.iter().map(|series| series.missing).sum();
    heading(
        out,
        gaps,
        "number is missing in a numbered archive",
        "numbers are missing in numbered archives",
    )?;
    for series in &a.numbering.rows {
        let (first, last) = series.range;
        let name = &series.prefix;
        out.line(format!(
            "  {}: {name}{first} to {name}{last}, {} of {} in use",
            series.archive,
            number(series.used),
            number(last - first + 1)
        ))?;
        for gap in series.gaps.iter().take(8) {
            let range = match gap.from == gap.to {
                true => format!("{name}{}", gap.from),
                false => format!("{name}{} to {name}{}", gap.from, gap.to),
            };
            out.line(format!(
                "      {range}, between [{}] and [{}]",
                gap.before.0.short(),
                gap.after.0.short()
            ))?;
        }
        more(out, series.gaps.len() as u64, series.gaps.len().min(8))?;
    }

    heading(
        out,
        a.attachments.total,
        "attachment is named and not held",
        "attachments are named and not held",
    )?;
    for row in &a.attachments.rows {
        let line = cited.line(row.cite, people, out, width.saturating_sub(34));
        out.line(format!("  {}  {line}", fit(&row.name, 30)))?;
    }
    more(out, a.attachments.total, a.attachments.rows.len())?;

    heading(
        out,
        a.silences.total,
        "silence stands out from its rhythm",
        "silences stand out from their rhythm",
    )?;
    for row in &a.silences.rows {
        let names: Vec<&str> = row.parties.iter().map(|party| party.name.as_str()).collect();
        let day =
            |cite| cited.get(cite).map(|s| out.day(s.item.when.sort_key())).unwrap_or_default();
        let (after, until) = (day(row.after), day(row.until));
        out.line(format!(
            "  {:>5.0} days  {after} to {until}  {} (usually {:.1} days; p {}, q {}) [{}] [{}]",
            row.days,
            fit(&names.join(" · "), 44),
            row.usual_days,
            probability(row.p),
            probability(row.q),
            row.after.0.short(),
            row.until.0.short(),
        ))?;
    }
    more(out, a.silences.total, a.silences.rows.len())?;

    out.line("")?;
    let title = out.styled(Style::Bold, "What the archives cover, by month");
    out.line(title)?;
    for covered in a.coverage.iter().take(12) {
        strip(covered, out)?;
    }
    more(out, a.coverage.len() as u64, a.coverage.len().min(12))?;
    if a.undated > 0 {
        out.line(format!(
            "  {} no usable time and in no month",
            counted(a.undated, "item has", "items have")
        ))?;
    }
    out.line("")?;
    caveats(&found.caveats, out)
}

fn heading(out: &mut Output, n: u64, one: &str, many: &str) -> Result<()> {
    if n == 0 {
        return out.line(format!("no {}", one.replacen(" is ", " ", 1)));
    }
    let text = out.styled(Style::Bold, &counted(n, one, many));
    out.line(text)
}

fn more(out: &mut Output, total: u64, shown: usize) -> Result<()> {
    match total - shown as u64 {
        0 => Ok(()),
        more => out.line(format!("  … {} more (-n shows more, --json all)", number(more))),
    }
}

/// A probability as people print it: never zero.
pub(super) fn probability(p: f64) -> String {
    match p {
        p if p < 0.0001 => format!("{p:.0e}"),
        p if p < 0.01 => format!("{p:.4}"),
        p => format!("{p:.2}"),
    }
}

fn strip(covered: &Covered, out: &mut Output) -> Result<()> {
    let width = out.width().saturating_sub(24).max(12);
    let each = covered.months.len().div_ceil(width).max(1);
    let sums: Vec<u64> = covered
        .months
        .chunks(each)
        .map(|months| months.iter().map(|month| month.private + month.public).sum())
        .collect();
    let most = sums.iter().copied().max().unwrap_or(1);
    let bars: String = sums.iter().map(|n| super::contacts::bar(*n, most)).collect();
    let (first, last) = match (covered.months.first(), covered.months.last()) {
        (Some(first), Some(last)) => (first.month.as_str(), last.month.as_str()),
        _ => return Ok(()),
    };
    let empty = match covered.empty_months {
        0 => String::new(),
        n => format!(", {} empty", counted(n, "month", "months")),
    };
    let holder = fit(&covered.holder, out.width() - 30);
    out.line(format!("  {holder}: {}{empty}", counted(covered.items, "item", "items")))?;
    out.line(format!("  {first} {bars} {last}"))
}
