//! One command a file: parse, call, print.

mod absences;
mod acts;
mod add;
mod archives;
mod bench_queries;
mod bench_words;
mod brief;
mod chronology;
mod contacts;
mod coordination;
mod coverage;
mod engine;
mod export;
mod exposure;
mod formats;
mod overview;
mod people;
mod problems;
mod quote;
mod rebuild;
mod redactions;
mod requests;
mod search;
mod show;
mod statement_add;
mod statements;
mod thread;
mod verify;

pub use engine::NotInstalled;

use anyhow::Result;
use cahoots_store::Case;
use clap::CommandFactory;

pub use coordination::Coordination;

use crate::cli::{Cli, Command, Global};
use crate::output::{Output, fit, width_of};

/// How a command ended, for the exit code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    /// 0: done, something was found.
    Found,
    /// 1: done, nothing was found.
    Nothing,
    /// 2: what was asked did not fully succeed; the output says why.
    Failed,
}

/// Runs a command.
///
/// # Errors
/// Whatever kept it from being done; nothing has been printed about it yet.
pub fn run(cli: Cli) -> Result<Done> {
    let Cli { global, command } = cli;
    let mut out = Output::new(global.json, global.quiet);
    let done = match command {
        Command::Open(args) => add::open(&global, &args, &mut out),
        Command::Add(args) => add::add(&global, &args, &mut out),
        Command::Archives => archives::run(&global, &mut out),
        Command::Problems(args) => problems::run(&global, &args, &mut out),
        Command::Search(args) => search::run(&global, &args, &mut out),
        Command::Show(args) => show::run(&global, &args, &mut out),
        Command::Thread(args) => thread::run(&global, &args, &mut out),
        Command::Chronology(args) => chronology::run(&global, &args, &mut out),
        Command::Contacts(args) => contacts::run(&global, &args, &mut out),
        Command::Absences(args) => absences::run(&global, &args, &mut out),
        Command::Acts(args) => acts::run(&global, &args, &mut out),
        Command::Exposure(args) => exposure::run(&global, &args, &mut out),
        Command::Brief(args) => brief::run(&global, &args, &mut out),
        Command::Coordination(args) => coordination::run(&global, &args, &mut out),
        Command::Statements(args) => statements::run(&global, &args, &mut out),
        Command::Quote(args) => quote::run(&global, &args, &mut out),
        Command::Coverage(args) => coverage::run(&global, &args, &mut out),
        Command::Requests(args) => requests::run(&global, &args, &mut out),
        Command::Redactions(args) => redactions::run(&global, &args, &mut out),
        Command::People(args) => people::run(&global, &args, &mut out),
        Command::Verify(args) => verify::run(&global, &args, &mut out),
        Command::Export(args) => export::run(&global, &args, &mut out),
        Command::Template(args) => formats::template(&args, &mut out),
        Command::Sql { args } => engine::run(&global, "sql", &args),
        Command::Rebuild => rebuild::run(&global, &mut out),
        Command::Formats => formats::list(&mut out),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "cahoots", &mut script);
            out.bytes(&script)?;
            Ok(Done::Found)
        }
        Command::BenchWords(args) => bench_words::run(&global, &args, &mut out),
        Command::BenchQueries { file, runs } => bench_queries::run(&global, &file, runs, &mut out),
    }?;
    out.finish()?;
    Ok(done)
}

/// Opens the case for reading and shows times in its zone.
fn open_case(global: &Global, out: &mut Output) -> Result<Case> {
    let case = Case::open(&global.case)?;
    if let Ok(zone) = jiff::tz::TimeZone::get(&case.info().zone) {
        out.set_zone(zone);
    }
    Ok(case)
}

/// The text in at most `most` lines of at most `width` columns.
fn wrapped(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = lines.len() == most;
        match lines.last_mut() {
            Some(line) if width_of(line) + 1 + width_of(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(line) if full => {
                *line = fit(&format!("{line} …"), width);
                break;
            }
            _ => lines.push(fit(word, width)),
        }
    }
    lines
}
