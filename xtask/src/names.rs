//! Words that no type, field or module is called.
//!
//! The glossary has one word for each thing. "Source" is not among them: to a journalist a source
//! is a person to protect.

use crate::files::{File, Problem, Repository};

/// Endings that say nothing about a type.
const EMPTY_ENDINGS: &[&str] = &["Manager", "Helper", "Helpers", "Info", "Data", "Util", "Utils"];

/// Module names that become drawers.
const DRAWERS: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc"];

/// Checks every Rust file.
pub(crate) fn check(repository: &Repository) -> Vec<Problem> {
    let files = repository.files().iter();
    files.filter(|file| file.is("rs") && !file.is_fixture()).flat_map(file).collect()
}

fn file(file: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    let stem = file.path.trim_end_matches(".rs").trim_end_matches("/mod");
    if DRAWERS.contains(&stem.rsplit('/').next().unwrap_or_default()) {
        problems.push(file.problem(0, "a drawer is no module: name it after what it does"));
    }
    let mut before = "";
    for (number, line) in file.lines() {
        let line = line.trim();
        if let Some(name) = type_name(line) {
            if let Some(ending) = EMPTY_ENDINGS.iter().find(|ending| name.ends_with(**ending)) {
                let what = format!("`{name}`: the ending `{ending}` says nothing");
                problems.push(file.problem(number, what));
            }
            if name.contains("Source") {
                problems.push(
                    file.problem(number, format!("`{name}`: data is an archive, not a source")),
                );
            }
        }
        if is_source_field(line) && before != "#[source]" && before != "#[from]" {
            problems
                .push(file.problem(number, "a field `source`: data is an archive, not a source"));
        }
        before = line;
    }
    problems
}

/// The name that a line defines as a type.
fn type_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace().skip_while(|word| word.starts_with("pub"));
    let keyword = words.next()?;
    if !["struct", "enum", "trait", "type", "union"].contains(&keyword) {
        return None;
    }
    let name = words.next()?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_').next()
}

/// Whether a line defines (not fills) a field called `source` that is not an error's cause.
fn is_source_field(line: &str) -> bool {
    let line = line
        .strip_prefix("pub")
        .map_or(line, |rest| rest.strip_prefix("(crate)").unwrap_or(rest).trim_start());
    let Some(kind) = line.strip_prefix("source: ").or_else(|| line.strip_prefix("sources: "))
    else {
        return false;
    };
    let first = kind.split(['<', ',', ' ']).next().unwrap_or_default();
    let last = first.rsplit("::").next().unwrap_or_default();
    last.starts_with(|c: char| c.is_ascii_uppercase()) && !last.ends_with("Error")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        check(&Repository::of(&[("crates/a/src/mbox.rs", text)])).len()
    }

    #[test]
    fn types_say_what_they_are() {
        assert_eq!(found("pub struct Archive {\n"), 0);
        assert_eq!(found("pub(crate) struct ArchiveManager;\n"), 1);
        assert_eq!(found("enum DataSource {\n"), 1);
        assert_eq!(found("struct MailData<'a> {\n"), 1);
        assert_eq!(found("// a struct MailData in a comment\n"), 0);
    }

    #[test]
    fn data_is_not_called_source_but_an_error_has_one() {
        assert_eq!(found("    pub source: String,\n"), 1);
        assert_eq!(found("    sources: Vec<Archive>,\n"), 1);
        assert_eq!(found("    #[source]\n    source: io::Error,\n"), 0);
        assert_eq!(found("    source: io::Error,\n"), 0);
        assert_eq!(found("    #[source]\n    source: Box<dyn Error>,\n"), 0);
        assert_eq!(found("    Wrong { path, source: error }\n"), 0);
    }

    #[test]
    fn drawers_are_refused() {
        for path in ["crates/a/src/utils.rs", "crates/a/src/common/mod.rs"] {
            assert_eq!(check(&Repository::of(&[(path, "")])).len(), 1, "{path}");
        }
    }
}
