//! `brief`: one page on the whole case.

use anyhow::Result;
use cahoots_analyze::brief::{Brief, Options, brief, questions, said};
use cahoots_analyze::{Finding, Record};

use super::Done;
use super::contacts::caveats;
use crate::analysis::{Finder, coverage, json_of, statements, wording};
use crate::answers::Answer;
use crate::cli::{Brief as Args, Global};
use crate::desk::Desk;
use crate::output::{Output, Style};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let desk = super::open_desk(global, out)?;
    if out.json {
        return out.answer(&answer(&desk, args)?);
    }
    let (record, found) = of(&desk, args.redraws, args.seed)?;
    print(&found.result, &desk.case().info().name, out)?;
    out.line("")?;
    caveats(&found.caveats, out)?;
    Ok(if record.rows.is_empty() { Done::Nothing } else { Done::Found })
}

/// The brief in JSON.
///
/// # Errors
/// When the case cannot be read.
pub fn answer(desk: &Desk, args: &Args) -> Result<Answer> {
    let (record, found) = of(desk, args.redraws, args.seed)?;
    let value = json_of("brief", &found, desk.case(), &record)?;
    Ok(Answer { value, found: !record.rows.is_empty() })
}

/// The brief of a case.
///
/// # Errors
/// When the case cannot be read.
fn of(desk: &Desk, redraws: u32, seed: u64) -> Result<(Record, Finding<Brief>)> {
    let case = desk.case();
    let (mut record, judged) = statements::of_desk(desk)?;
    let table = coverage::table(case, &record)?;
    let options = Options {
        redraws,
        seed,
        coverage_of: coverage::of_posts(&table, &record),
        ..Options::default()
    };
    let finder = Finder::new(desk, &record)?;
    for mut question in questions(&record, &options) {
        wording::of_question(case, &mut record, &mut question, &finder)?;
    }
    let said = said::section(&judged.result, options.lines);
    let found = brief(&record, &options, vec![said]);
    Ok((record, found))
}

/// The page: sections with their sentences, the items each rests on behind it.
pub(super) fn print(brief: &Brief, name: &str, out: &mut Output) -> Result<()> {
    let title = out.styled(Style::Bold, &format!("{name}: the case in brief"));
    out.line(title)?;
    for section in &brief.sections {
        out.line("")?;
        let title = out.styled(Style::Bold, &section.title);
        let more = out.styled(Style::Dim, &format!("({})", section.more));
        out.line(format!("{title}  {more}"))?;
        for line in &section.lines {
            let cites: Vec<String> =
                line.cites.iter().take(6).map(|cite| format!("[{}]", cite.0.short())).collect();
            let rest = match line.cites.len().saturating_sub(6) {
                0 => String::new(),
                more => format!(" +{more}"),
            };
            let text = format!("{} {}{rest}", line.words, cites.join(" "));
            for (n, part) in super::wrapped(text.trim(), out.width() - 4, 12).iter().enumerate() {
                let head = if n == 0 { "  · " } else { "    " };
                out.line(format!("{head}{}", crate::output::printable(part)))?;
            }
        }
    }
    Ok(())
}
