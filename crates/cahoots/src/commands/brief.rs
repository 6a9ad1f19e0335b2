//! `brief`: one page on the whole case.

use anyhow::Result;
use cahoots_analyze::brief::{Brief, Options, brief, questions, said};
use cahoots_analyze::{Finding, Record};
use cahoots_store::Case;

use super::Done;
use super::contacts::caveats;
use crate::analysis::{Finder, coverage, json_of, statements, wording};
use crate::cli::{Brief as Args, Global};
use crate::output::{Output, Style};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let case = super::open_case(global, out)?;
    let (record, found) = of(&case, args.redraws, args.seed, out)?;
    if out.json {
        out.value(&json_of("brief", &found, &case, &record)?)?;
    } else {
        print(&found.result, &case.info().name, out)?;
        out.line("")?;
        caveats(&found.caveats, out)?;
    }
    Ok(if record.rows.is_empty() { Done::Nothing } else { Done::Found })
}

/// The brief of a case.
///
/// # Errors
/// When the case cannot be read.
pub(super) fn of(
    case: &Case,
    redraws: u32,
    seed: u64,
    out: &Output,
) -> Result<(Record, Finding<Brief>)> {
    let (mut record, _, judged) = statements::of_case(case, out)?;
    let table = coverage::table(case, &record)?;
    let options = Options {
        redraws,
        seed,
        coverage_of: coverage::of_posts(&table, &record),
        ..Options::default()
    };
    let finder = Finder::new(case, &record)?;
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
