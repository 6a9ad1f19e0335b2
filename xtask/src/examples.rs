//! Runs what the documents show: every `$ command` of their `console` blocks, compared with the
//! output printed below it. `cargo xtask examples PROGRAM [--update]`.
//!
//! The blocks of one document run in order in one empty folder that has only `examples/`, as a
//! newcomer's would. A line `…` in the document stands for any number of lines. A command with
//! nothing below it is run and only has to succeed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, ensure};

use crate::files::{File, Problem, Repository};

/// Stands for lines that are left out.
const ELISION: &str = "…";

/// So many lines of output are shown before the rest is left out, when documents are updated.
const SHOWN: usize = 24;

/// One command of a block with the output that the document shows.
#[derive(Debug, PartialEq, Eq)]
struct Example {
    /// Line of the command, counted from 1.
    line: usize,
    /// What the shell gets.
    command: String,
    /// The lines below it, up to the next command or the end of the block.
    shown: Vec<String>,
}

/// Runs the examples of every document; with `update`, writes what they print into the documents.
pub(crate) fn run(
    repository: &Repository,
    program: &Path,
    update: bool,
) -> anyhow::Result<Vec<Problem>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent")?;
    let program = program.canonicalize().with_context(|| format!("{}", program.display()))?;
    let mut problems = Vec::new();
    let mut ran = 0;
    for file in repository.files().iter().filter(|file| file.is("md") && !file.is_fixture()) {
        let examples = examples(file);
        if examples.is_empty() {
            continue;
        }
        let folder = Folder::new(root, &program)?;
        let mut outputs = Vec::new();
        for example in &examples {
            ran += 1;
            let output = folder.run(&example.command)?;
            if let Err(what) = compare(example, &output, update) {
                problems.push(file.problem(example.line, what));
            }
            outputs.push(output.printed);
        }
        if update {
            std::fs::write(root.join(&file.path), updated(file, &examples, &outputs))?;
        }
    }
    ensure!(ran > 0, "no document has a `console` block");
    Ok(problems)
}

/// What a command did.
struct Output {
    printed: String,
    complaint: String,
    success: bool,
}

/// An empty folder with `examples/` in it and the program on the path.
struct Folder {
    place: PathBuf,
    path: String,
}

impl Folder {
    fn new(root: &Path, program: &Path) -> anyhow::Result<Self> {
        let name = format!("cahoots-examples-{}", std::process::id());
        let place = std::env::temp_dir().join(name);
        if place.exists() {
            std::fs::remove_dir_all(&place)?;
        }
        std::fs::create_dir_all(&place)?;
        let examples =
            Command::new("cp").arg("-r").arg(root.join("examples")).arg(&place).status()?;
        ensure!(examples.success(), "the examples cannot be copied");
        let folder = program.parent().context("the program has no folder")?;
        let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
        Ok(Self { place, path })
    }

    fn run(&self, command: &str) -> anyhow::Result<Output> {
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(&self.place)
            .env("PATH", &self.path)
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .output()?;
        Ok(Output {
            printed: String::from_utf8_lossy(&output.stdout).into_owned(),
            complaint: String::from_utf8_lossy(&output.stderr).into_owned(),
            success: output.status.success(),
        })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.place);
    }
}

/// The commands of a document's `console` blocks.
fn examples(file: &File) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let (mut inside, mut in_command) = (false, false);
    for (number, line) in file.lines() {
        if line.starts_with("```") {
            inside = !inside && line == "```console";
            in_command = false;
        } else if inside && let Some(command) = line.strip_prefix("$ ") {
            in_command = true;
            found.push(Example { line: number, command: command.to_owned(), shown: Vec::new() });
        } else if in_command && let Some(example) = found.last_mut() {
            example.shown.push(line.to_owned());
        }
    }
    found
}

fn compare(example: &Example, output: &Output, update: bool) -> Result<(), String> {
    let command = &example.command;
    if !output.success {
        return Err(format!("`{command}` fails:\n{}{}", output.printed, output.complaint));
    }
    let printed: Vec<&str> = output.printed.lines().map(str::trim_end).collect();
    let shown: Vec<&str> = example.shown.iter().map(String::as_str).collect();
    if update || shown.iter().all(|line| line.is_empty()) || matches(&shown, &printed) {
        return Ok(());
    }
    Err(format!(
        "`{command}` prints something else (`cargo xtask examples PROGRAM --update` rewrites):\n{}",
        output.printed
    ))
}

/// Whether the lines shown are the lines printed; `…` stands for any number of lines.
fn matches(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&ELISION, rest)) => (0..=printed.len()).any(|from| matches(rest, &printed[from..])),
        Some((line, rest)) => printed.first() == Some(line) && matches(rest, &printed[1..]),
    }
}

/// The document with each command's output below it.
fn updated(file: &File, examples: &[Example], outputs: &[String]) -> String {
    let mut out = String::new();
    let mut skip = 0;
    for (number, line) in file.lines() {
        if skip > 0 {
            skip -= 1;
            continue;
        }
        out.push_str(line);
        out.push('\n');
        let Some(index) = examples.iter().position(|example| example.line == number) else {
            continue;
        };
        let shown = &examples[index].shown;
        if shown.iter().all(String::is_empty) {
            continue;
        }
        skip = shown.len();
        for line in outputs[index].lines().take(SHOWN) {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        if outputs[index].lines().count() > SHOWN {
            out.push_str(ELISION);
            out.push('\n');
        }
    }
    // `lines` sees one empty line behind the last line end.
    out.pop();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "# A\n\n```console\n$ echo one; echo two\none\n…\n$ true\n```\n\n\
        ```sh\n$ false\n```\n";

    fn document() -> File {
        File { path: "README.md".to_owned(), text: Some(DOCUMENT.to_owned()) }
    }

    #[test]
    fn commands_and_their_output_are_found_in_console_blocks_only() {
        let found = examples(&document());
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].line, found[0].command.as_str()), (4, "echo one; echo two"));
        assert_eq!(found[0].shown, ["one", "…"]);
        assert!(found[1].shown.is_empty());
    }

    #[test]
    fn an_elision_stands_for_any_lines() {
        assert!(matches(&["a", "…", "c"], &["a", "b", "b", "c"]));
        assert!(matches(&["a", "…"], &["a"]));
        assert!(!matches(&["a", "…", "c"], &["a", "b"]));
        assert!(!matches(&["a"], &["a", "b"]));
    }

    #[test]
    fn a_failing_or_different_command_is_a_problem() {
        let example = &examples(&document())[0];
        let output = |printed: &str, success| Output {
            printed: printed.to_owned(),
            complaint: String::new(),
            success,
        };
        assert!(compare(example, &output("one\ntwo\n", true), false).is_ok());
        assert!(compare(example, &output("two\n", true), false).is_err());
        assert!(compare(example, &output("two\n", true), true).is_ok());
        assert!(compare(example, &output("one\n", false), true).is_err());
    }

    #[test]
    fn updating_replaces_what_is_shown_and_nothing_else() {
        let file = document();
        let found = examples(&file);
        let new = updated(&file, &found, &["three\n".to_owned(), "unseen\n".to_owned()]);
        assert_eq!(new, DOCUMENT.replace("one\n…\n$", "three\n$"));
    }
}
