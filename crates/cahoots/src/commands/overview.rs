//! The overview of a case: what is in it, from when to when, who, and what went wrong.

use std::collections::BTreeMap;

use anyhow::Result;

use super::{Done, archives};
use crate::answers::overview::{self, Sums};
use crate::desk::Desk;
use crate::ingest::Report;
use crate::output::{Output, Style, counted, number};

/// Prints the overview.
pub(super) fn print(desk: &Desk, report: &Report, out: &mut Output) -> Result<Done> {
    if out.json {
        out.value(&overview::answer(desk, report)?)?;
        return Ok(Done::Found);
    }
    let (case, people) = (desk.case(), desk.people()?);
    let sums = Sums::of(case);
    let top = people.by_items(10);
    let printings = overview::further_printings(case)?;
    let head = format!("{} · {}", case.info().name, counted(case.n_items(), "item", "items"));
    let head = out.styled(Style::Bold, &head);
    out.line(head)?;
    let period = match (sums.first, sums.last) {
        (Some(first), Some(last)) => {
            format!("{} to {}", out.day(Some(first)), out.day(Some(last)))
        }
        _ => "no times known".to_owned(),
    };
    let kinds: Vec<String> =
        sums.kinds.iter().map(|(kind, n)| counted(*n, kind, &format!("{kind}s"))).collect();
    out.line(format!("{period}; {}", kinds.join(", ")))?;
    let undated = sums.months.get("").copied().unwrap_or(0);
    if undated > 0 {
        out.line(format!(
            "{} no time that can be used",
            counted(undated, "item has", "items have")
        ))?;
    }
    if sums.copies > 0 {
        let copies = counted(sums.copies, "further copy", "further copies");
        out.line(format!("{copies} of the same items are kept and counted once"))?;
    }
    if printings > 0 {
        let printings = counted(printings, "item prints", "items print");
        out.line(format!(
            "{printings} a message again that another document prints: cahoots redactions"
        ))?;
    }
    out.line(months(&sums.months, out.width()))?;

    section("Archives", out)?;
    archives::table(case, report, out)?;

    section("People", out)?;
    let rows: Vec<Vec<String>> = top.iter().map(|party| people.row(*party, out)).collect();
    out.table(&["wrote", "received", "first", "last", "name", "accounts"], &rows, &[0, 1])?;
    let more = people.n_named().0.saturating_sub(top.len());
    if more > 0 {
        out.line(format!("… {} more: cahoots people", number(more as u64)))?;
    }

    section("Problems", out)?;
    if sums.issues.is_empty() {
        out.line("none")?;
    } else {
        let mut issues: Vec<(&String, &u64)> = sums.issues.iter().collect();
        issues.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let rows: Vec<Vec<String>> = issues
            .iter()
            .take(8)
            .map(|(key, n)| {
                let (severity, code) = key.split_once(' ').unwrap_or(("", key));
                vec![number(**n), severity.to_owned(), code.to_owned()]
            })
            .collect();
        out.table(&["count", "severity", "code"], &rows, &[0])?;
        out.line("cahoots problems  names each place")?;
    }
    out.line("")?;
    let folder = case.root().display().to_string();
    let case_flag =
        if folder == "cahoots.case" { String::new() } else { format!(" --case {folder}") };
    out.line(format!("Next: cahoots search{case_flag} WORDS · cahoots chronology{case_flag} · cahoots people{case_flag}"))?;
    let folder = if folder == "cahoots.case" { String::new() } else { format!(" {folder}") };
    out.line(format!("In the browser: cahoots serve{folder}"))?;
    Ok(Done::Found)
}

fn section(title: &str, out: &mut Output) -> Result<()> {
    out.line("")?;
    let title = out.styled(Style::Bold, title);
    out.line(title)
}

/// Items by month as one line of bars, with the busiest month named.
fn months(months: &BTreeMap<String, u64>, width: usize) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let number_of = |month: &str| {
        let (year, month) = month.split_once('-')?;
        Some(year.parse::<i64>().ok()? * 12 + month.parse::<i64>().ok()? - 1)
    };
    let dated: Vec<(i64, u64)> =
        months.iter().filter_map(|(month, n)| Some((number_of(month)?, *n))).collect();
    let total: u64 = dated.iter().map(|(_, n)| n).sum();
    // A few stray dates must not squeeze the picture: show the span of the middle 99.8 %.
    let cut = total / 1000;
    let (Some(first), Some(last)) = (month_past(&dated, cut), {
        let backwards: Vec<(i64, u64)> = dated.iter().rev().copied().collect();
        month_past(&backwards, cut)
    }) else {
        return String::new();
    };
    let n_months = (last - first + 1).max(1);
    let per_bar = (n_months as usize).div_ceil(width.saturating_sub(24).max(10)) as i64;
    let mut bars = vec![0u64; (n_months as usize).div_ceil(per_bar as usize)];
    for (month, n) in &dated {
        if let Some(bar) = usize::try_from((month - first).div_euclid(per_bar))
            .ok()
            .and_then(|place| bars.get_mut(place))
        {
            *bar += n;
        }
    }
    let most = bars.iter().copied().max().unwrap_or(1).max(1);
    let strip: String = bars
        .iter()
        .map(|n| if *n == 0 { ' ' } else { BARS[((n * 7).div_ceil(most)) as usize] })
        .collect();
    let show = |month: i64| format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
    let each = if per_bar == 1 { "month".to_owned() } else { format!("{per_bar} months") };
    format!("{} {strip} {}  (one bar: {each})", show(first), show(last))
}

/// The month in which the running sum passes `limit`.
fn month_past(months: &[(i64, u64)], limit: u64) -> Option<i64> {
    let mut seen = 0;
    let mut passed = months.iter().filter(|(_, n)| {
        seen += n;
        seen > limit
    });
    passed.next().map(|(month, _)| *month)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_spans_the_months_and_keeps_gaps() {
        let counts =
            [("2016-09", 4), ("2016-10", 8), ("2016-12", 1), ("", 9)].map(|(m, n)| (m.into(), n));
        let strip = months(&counts.into(), 100);
        assert_eq!(strip, "2016-09 ▅█ ▂ 2016-12  (one bar: month)");
        assert_eq!(months(&BTreeMap::new(), 100), "");
    }
}
