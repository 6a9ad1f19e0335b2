//! What every Rust file keeps: a word on what it is for, a size a person can read, no open ends.

use crate::files::{File, Problem, Repository};

/// Longer files are refused; 500 is what to aim for.
const MOST_LINES: usize = 800;

/// Notes to oneself belong in an issue. Written in halves, so that this file does not find itself.
const MARKERS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

/// Checks every Rust file.
pub(crate) fn check(repository: &Repository) -> Vec<Problem> {
    let files = repository.files().iter();
    files.filter(|file| file.is("rs") && !file.is_fixture()).flat_map(file).collect()
}

fn file(file: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    let first = file.lines().map(|(_, line)| line).find(|line| !line.is_empty());
    // `#![no_main]` has to stand first in fuzz targets, and may.
    let header = file.lines().take(5).any(|(_, line)| line.starts_with("//! "));
    if !header || !first.is_some_and(|line| line.starts_with("//! ") || line.starts_with("#![")) {
        problems.push(file.problem(1, "the file does not open with `//!` saying what it is for"));
    }
    let lines = file.lines().count().saturating_sub(1);
    if lines > MOST_LINES {
        problems.push(file.problem(0, format!("{lines} lines; {MOST_LINES} is the limit")));
    }
    for (number, line) in file.lines() {
        if line.contains(concat!("#[al", "low(")) || line.contains(concat!("#![al", "low(")) {
            problems.push(file.problem(number, "write `#[expect(…, reason = \"…\")]` instead"));
        }
        if let Some(marker) = MARKERS.iter().find(|marker| line.contains(**marker)) {
            problems.push(file.problem(number, format!("{marker}: finish it, or file an issue")));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let repository = Repository::of(&[("crates/a/src/lib.rs", text)]);
        check(&repository).iter().map(|problem| problem.what.clone()).collect()
    }

    #[test]
    fn a_header_is_wanted() {
        assert!(found("//! What it is for.\n").is_empty());
        assert!(found("#![no_main]\n//! What it is for.\n").is_empty());
        assert_eq!(found("use std::fmt;\n").len(), 1);
        assert_eq!(found("use std::fmt;\n//! Too late.\n").len(), 1);
        assert_eq!(found("").len(), 1);
    }

    #[test]
    fn the_limit_is_800_lines() {
        let lines = |count: usize| "//! A line.\n".repeat(count);
        assert!(found(&lines(800)).is_empty());
        assert_eq!(found(&lines(801)), ["801 lines; 800 is the limit"]);
    }

    #[test]
    fn open_ends_are_refused() {
        for marker in MARKERS {
            assert_eq!(found(&format!("//! A.\n// {marker} later\n")).len(), 1);
        }
        assert_eq!(found(concat!("//! A.\n#[al", "low(dead_code)]\n")).len(), 1);
    }
}
