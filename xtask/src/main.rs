//! The repository's own checks: `cargo xtask tidy` (also a test) and `cargo xtask examples PROGRAM`.
//!
//! Each check of tidy is a function from the repository's files to problems, listed in [`CHECKS`].

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

mod architecture;
mod documents;
mod examples;
mod files;
mod names;
mod rust;
mod text;

use files::{Problem, Repository};

/// A check: what it is called, and what it finds.
type Check = (&'static str, fn(&Repository) -> Vec<Problem>);

/// Every check, in the order in which they report.
const CHECKS: &[Check] = &[
    ("licences and changelog", documents::required),
    ("links in documents", documents::links),
    ("pages in the table of contents", documents::summary),
    ("architecture table", architecture::table),
    ("text", text::check),
    ("rust", rust::check),
    ("names", names::check),
];

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs the command; `Ok(false)` when problems were found and printed.
fn run() -> anyhow::Result<bool> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let repository = Repository::read().context("the repository cannot be read")?;
    let problems = match arguments.as_slice() {
        ["tidy"] => tidy(&repository),
        ["examples", program] => examples::run(&repository, Path::new(program), false)?,
        ["examples", program, "--update"] => examples::run(&repository, Path::new(program), true)?,
        _ => bail!("usage: cargo xtask tidy | cargo xtask examples PROGRAM [--update]"),
    };
    let mut out = std::io::stdout().lock();
    for problem in &problems {
        writeln!(out, "{problem}")?;
    }
    Ok(problems.is_empty())
}

/// Every problem of every check.
fn tidy(repository: &Repository) -> Vec<Problem> {
    CHECKS.iter().flat_map(|(_, check)| check(repository)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let repository = Repository::read().unwrap();
        assert!(repository.files().len() > 20, "the walk found the repository");
        let problems: Vec<String> = tidy(&repository).iter().map(ToString::to_string).collect();
        assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    }

    #[test]
    fn an_empty_repository_is_not_tidy() {
        assert!(!tidy(&Repository::of(&[])).is_empty());
    }
}
