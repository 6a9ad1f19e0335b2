//! One command a file: parse, call, print.

pub(crate) mod absences;
pub(crate) mod acts;
mod add;
mod archives;
mod bench_queries;
mod bench_words;
pub(crate) mod brief;
pub(crate) mod chronology;
pub(crate) mod contacts;
pub(crate) mod coordination;
pub(crate) mod coverage;
mod engine;
mod export;
pub(crate) mod exposure;
mod formats;
mod overview;
pub(crate) mod people;
pub(crate) mod problems;
pub(crate) mod quote;
mod rebuild;
mod redactions;
pub(crate) mod requests;
mod search;
mod serve;
mod show;
mod statement_add;
pub(crate) mod statements;
mod thread;
mod user;
mod verify;

pub use engine::NotInstalled;

use anyhow::Result;
use clap::CommandFactory;

pub use coordination::Coordination;

use crate::cli::{Cli, Command, Global};
use crate::desk::Desk;
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
        Command::Serve(args) => serve::run(&global, &args, &mut out),
        Command::User(args) => user::run(&global, &args, &mut out),
        Command::Openapi => serve::document(&mut out),
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
fn open_desk(global: &Global, out: &mut Output) -> Result<Desk> {
    let desk = Desk::open(&global.case)?;
    out.set_zone(desk.zone().clone());
    Ok(desk)
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
