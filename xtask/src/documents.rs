//! The documents: the ones that must be there, and every relative link in any of them.

use crate::files::{File, Problem, Repository};

/// A file that must exist, and a line it must hold.
const REQUIRED: &[(&str, &str)] = &[
    ("LICENSE-APACHE", "Apache License"),
    ("LICENSE-MIT", "MIT License"),
    ("CHANGELOG.md", "## Unreleased"),
    ("README.md", "make demo"),
    ("README.md", "make test"),
    ("ARCHITECTURE.md", crate::architecture::HEADING),
    ("CONTRIBUTING.md", "## Adding a format"),
    ("docs/SUMMARY.md", "# Summary"),
];

/// The table of contents of the documentation.
const SUMMARY: &str = "docs/SUMMARY.md";

/// Licences, changelog and the pages that others rely on are there.
pub(crate) fn required(repository: &Repository) -> Vec<Problem> {
    let missing = |&(path, words): &(&str, &str)| {
        let found = repository.file(path).and_then(|file| file.text.as_deref());
        let what = match found {
            None => "the file is missing".to_owned(),
            Some(text) if !text.contains(words) => format!("does not say \"{words}\""),
            Some(_) => return None,
        };
        Some(Problem { path: path.to_owned(), line: 0, what })
    };
    REQUIRED.iter().filter_map(missing).collect()
}

/// Every relative link of every Markdown file leads to a file, and to a heading if it names one.
pub(crate) fn links(repository: &Repository) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in markdown(repository) {
        for (number, target) in link_targets(file) {
            if let Err(what) = resolve(repository, file, &target) {
                problems.push(file.problem(number, what));
            }
        }
    }
    problems
}

/// Every page below `docs/` is in the table of contents.
pub(crate) fn summary(repository: &Repository) -> Vec<Problem> {
    let Some(summary) = repository.file(SUMMARY) else { return Vec::new() };
    let listed: Vec<String> = link_targets(summary)
        .into_iter()
        .map(|(_, target)| join(SUMMARY, target.split('#').next().unwrap_or_default()))
        .collect();
    markdown(repository)
        .filter(|file| file.path.starts_with("docs/") && file.path != SUMMARY)
        .filter(|file| !listed.contains(&file.path))
        .map(|file| file.problem(0, format!("the page is not in {SUMMARY}")))
        .collect()
}

fn markdown(repository: &Repository) -> impl Iterator<Item = &File> {
    repository.files().iter().filter(|file| file.is("md") && !file.is_fixture())
}

/// The lines of a Markdown file outside code blocks.
fn prose(file: &File) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    file.lines().filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// The targets of the links in a Markdown file: `[words](target)` and `[name]: target`.
fn link_targets(file: &File) -> Vec<(usize, String)> {
    let mut targets = Vec::new();
    for (number, line) in prose(file) {
        // Words in backticks are no links.
        let plain: String = line.split('`').step_by(2).collect::<Vec<_>>().join("x");
        let mut rest = plain.as_str();
        while let Some(at) = rest.find("](") {
            rest = &rest[at + 2..];
            let end = rest.find([')', ' ']).unwrap_or(rest.len());
            targets.push((number, rest[..end].to_owned()));
        }
        if plain.starts_with('[')
            && let Some((_, target)) = plain.split_once("]: ")
        {
            targets.push((number, target.trim().to_owned()));
        }
    }
    targets
}

fn resolve(repository: &Repository, from: &File, target: &str) -> Result<(), String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return Ok(());
    }
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() { from.path.clone() } else { join(&from.path, path) };
    if !repository.has(&path) {
        return Err(format!("the link leads nowhere: {target}"));
    }
    match repository.file(&path) {
        Some(file) if !heading.is_empty() && file.is("md") => {
            if headings(file).any(|found| found == heading) {
                Ok(())
            } else {
                Err(format!("{path} has no heading #{heading}"))
            }
        }
        _ => Ok(()),
    }
}

/// The path that `target` names when it stands in the file `from`.
fn join(from: &str, target: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchors of a file's headings, as GitHub and mdBook make them.
fn headings(file: &File) -> impl Iterator<Item = String> {
    prose(file).filter_map(|(_, line)| {
        let words = line.strip_prefix('#')?.trim_start_matches('#').trim();
        let kept = words.to_lowercase();
        let kept = kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        Some(kept.map(|c| if c == ' ' { '-' } else { c }).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Vec<String> {
        let repository = Repository::of(&[
            ("README.md", text),
            ("docs/index.md", "# Where to start\n\n## What's in a case?\n"),
        ]);
        links(&repository).iter().map(|problem| problem.what.clone()).collect()
    }

    #[test]
    fn links_lead_to_files_and_headings() {
        for fine in [
            "[a](docs/index.md)",
            "[a](./docs/../docs/index.md#where-to-start)",
            "[a](docs/index.md#whats-in-a-case) and [b](docs/)",
            "[a](https://example.org/nothing)",
            "`[a](nowhere.md)`",
            "```\n[a](nowhere.md)\n```",
        ] {
            assert_eq!(broken(fine), Vec::<String>::new(), "{fine}");
        }
        assert_eq!(broken("[a](nowhere.md)"), ["the link leads nowhere: nowhere.md"]);
        assert_eq!(broken("[a](docs/index.md#end)"), ["docs/index.md has no heading #end"]);
        assert_eq!(broken("[a]: docs/none.md"), ["the link leads nowhere: docs/none.md"]);
    }

    #[test]
    fn pages_outside_the_table_of_contents_are_found() {
        let repository = Repository::of(&[
            ("docs/SUMMARY.md", "- [a](a.md)\n- [b](sub/b.md)\n"),
            ("docs/a.md", ""),
            ("docs/sub/b.md", ""),
            ("docs/sub/c.md", ""),
        ]);
        let problems = summary(&repository);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].path, "docs/sub/c.md");
    }

    #[test]
    fn a_missing_licence_is_a_problem() {
        let repository = Repository::of(&[("LICENSE-MIT", "something else\n")]);
        let problems = required(&repository);
        assert_eq!(problems.len(), REQUIRED.len());
    }
}
