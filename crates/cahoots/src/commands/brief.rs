//! `brief`: one page on the whole case.

use anyhow::Result;
use cahoots_analyze::brief::{Brief, Options, brief};

use super::Done;
use super::contacts::caveats;
use crate::analysis::{json_of, of_case};
use crate::cli::{Brief as Args, Global};
use crate::output::{Output, Style};

pub(super) fn run(global: &Global, args: &Args, out: &mut Output) -> Result<Done> {
    let case = super::open_case(global, out)?;
    let (record, _people) = of_case(&case)?;
    let options = Options { redraws: args.redraws, seed: args.seed, ..Options::default() };
    let found = brief(&record, &options, Vec::new());
    if out.json {
        out.value(&json_of("brief", &found, &case, &record)?)?;
    } else {
        print(&found.result, &case.info().name, out)?;
        out.line("")?;
        caveats(&found.caveats, out)?;
    }
    Ok(if record.rows.is_empty() { Done::Nothing } else { Done::Found })
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
