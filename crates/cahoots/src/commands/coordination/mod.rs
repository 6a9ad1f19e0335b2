//! `coordination`: which accounts act in step.

mod args;
mod asked;
mod cluster;
mod explain;
mod files;
mod from_case;
mod json;
mod print;

use std::mem::ManuallyDrop;

use anyhow::Result;
use cahoots_coordination::output::page::Words;
use cahoots_coordination::{findings_in, network, read};

use super::Done;
use crate::answers::Answer;
use crate::cli::Global;
use crate::desk::Desk;
use crate::output::Output;

pub use args::Coordination;

pub(super) fn run(global: &Global, args: &Coordination, out: &mut Output) -> Result<Done> {
    let asked = asked::asked(args)?;
    let files = asked::files(args);
    let (shares, unused) = match files.is_empty() {
        false => (read(files, &asked.reading)?, None),
        true => {
            let desk = super::open_desk(global, out)?;
            let (shares, unused) = from_case::shares(&desk, &asked.reading)?;
            (shares, Some(unused))
        }
    };
    let network = match &args.cluster {
        None => network(&shares, &asked.question)?,
        Some(url) => match cluster::network(&shares, &asked.question, args, url)? {
            Some(network) => network,
            None => return Ok(Done::Failed),
        },
    };
    let found = findings_in(network, &shares, &asked.question, asked.choice)?;
    // The program ends with this: the system takes memory back faster than it is freed.
    let (shares, found) = (ManuallyDrop::new(shares), ManuallyDrop::new(found));
    if let Some(names) = &args.explain {
        return explain::explain(&found, &shares, names, args.limit, out);
    }
    let words = Words {
        title: "Accounts that act in step".to_owned(),
        lines: print::lines(&found, &shares),
        posts_are_items: files.is_empty(),
    };
    let written = files::write(args, &found, &shares, &words)?;
    if out.json {
        out.value(&json::value(&found, &shares, unused, args.limit))?;
    } else if !out.quiet {
        print::summary(&found, &shares, unused, args.limit, out)?;
    }
    if !out.quiet {
        written.iter().for_each(|line| crate::report::note(line));
    }
    Ok(if found.network.edges.list.is_empty() { Done::Nothing } else { Done::Found })
}

/// The findings on a case's own posts as JSON; with two accounts to explain, what is behind the
/// edge between them.
///
/// # Errors
/// When what is asked makes no sense, or the case cannot be read.
pub fn answer(desk: &Desk, args: &Coordination) -> Result<Answer> {
    let asked = asked::asked(args)?;
    let (shares, unused) = from_case::shares(desk, &asked.reading)?;
    let network = network(&shares, &asked.question)?;
    let found = findings_in(network, &shares, &asked.question, asked.choice)?;
    if let Some(names) = &args.explain {
        return explain::answer(&found, &shares, names);
    }
    let value = json::value(&found, &shares, Some(unused), args.limit);
    Ok(Answer { value, found: !found.network.edges.list.is_empty() })
}
