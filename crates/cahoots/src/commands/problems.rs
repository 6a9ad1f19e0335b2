//! `problems`: what could not be read, or was read with a doubt.

use anyhow::{Result, bail};
use cahoots_store::Case;

use super::Done;
use crate::answers::Answer;
use crate::answers::problems::{self, Problems};
use crate::cli::{Global, Problems as Args};
use crate::output::{Output, Style, fit, number, one_line};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    let case = desk.case();
    let archive = match &args.archive {
        Some(text) => Some(find_archive(case, text)?),
        None => None,
    };
    let found = problems::problems(case, args.code.as_deref(), archive, args.limit)?;
    if out.json {
        return out.answer(&Answer::of(&problems::answer(&found), found.total > 0)?);
    }
    let Problems { total, by_code } = found;
    if total == 0 {
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
