//! ARCHITECTURE.md's table of crates says what the workspace's manifests say.

use std::collections::{BTreeMap, BTreeSet};

use crate::files::{Problem, Repository};

/// The page that holds the table.
const PAGE: &str = "ARCHITECTURE.md";

/// The heading under which the table stands.
pub(crate) const HEADING: &str = "## The crates";

/// Which crate depends on which crates of the workspace.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Each crate of the workspace has a row, each row a crate, and the column "may depend on" names
/// exactly the crates that its manifest does.
pub(crate) fn table(repository: &Repository) -> Vec<Problem> {
    let Some(page) = repository.file(PAGE) else { return Vec::new() };
    let problem = |what: String| page.problem(0, what);
    let actual = match manifests(repository) {
        Ok(arrows) => arrows,
        Err(found) => return vec![found],
    };
    let stated = rows(page.text.as_deref().unwrap_or_default());
    let mut problems = Vec::new();
    for name in actual.keys().filter(|name| !stated.contains_key(*name)) {
        problems.push(problem(format!("the table has no row for `{name}`")));
    }
    for (name, may) in &stated {
        match actual.get(name) {
            None => problems.push(problem(format!("there is no crate `{name}`"))),
            Some(does) if does != may => problems.push(problem(format!(
                "`{name}` depends on [{}], the table says [{}]",
                join(does),
                join(may),
            ))),
            Some(_) => {}
        }
    }
    problems
}

fn join(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// The rows of the table: `| `name` | holds | `a`, `b` or nothing | … |`.
fn rows(page: &str) -> Arrows {
    let lines = page.lines().skip_while(|line| *line != HEADING).skip(1);
    let mut arrows = Arrows::new();
    for line in lines.take_while(|line| !line.starts_with("## ")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, _, may, ..] = cells.as_slice() else { continue };
        if let Some(name) = quoted(name).next() {
            arrows.insert(name.to_owned(), quoted(may).map(str::to_owned).collect());
        }
    }
    arrows
}

/// The words in backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// What the manifests say: dependencies and build dependencies, not those of tests.
fn manifests(repository: &Repository) -> Result<Arrows, Problem> {
    let mut parsed = Vec::new();
    for file in repository.files() {
        let in_workspace = ["xtask/Cargo.toml", "engine/Cargo.toml"].contains(&file.path.as_str())
            || (file.path.starts_with("crates/") && file.path.ends_with("/Cargo.toml"));
        if !in_workspace || file.is_fixture() {
            continue;
        }
        let text = file.text.as_deref().unwrap_or_default();
        let manifest: toml::Table =
            text.parse().map_err(|error| file.problem(0, format!("not a manifest: {error}")))?;
        let name = manifest.get("package").and_then(|package| package.get("name"));
        let Some(name) = name.and_then(toml::Value::as_str) else { continue };
        parsed.push((name.to_owned(), manifest));
    }
    let crates: BTreeSet<String> = parsed.iter().map(|(name, _)| name.clone()).collect();
    let arrows = parsed.into_iter().map(|(name, manifest)| {
        let tables = ["dependencies", "build-dependencies"];
        let used = tables.iter().filter_map(|table| manifest.get(*table)?.as_table());
        let used = used.flat_map(|table| table.keys()).filter(|used| crates.contains(*used));
        (name, used.cloned().collect())
    });
    Ok(arrows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE_TEXT: &str = "# A\n\n## The crates\n\n\
        | crate | holds | may depend on | must never know |\n|---|---|---|---|\n\
        | `a` | words | | files |\n| `b` | more | `a` | |\n\n## Later\n\n| `c` | x | `a` |\n";

    fn found(b_depends_on: &str, page: &str) -> Vec<String> {
        let b = format!("[package]\nname = \"b\"\n[dependencies]\n{b_depends_on}serde = \"1\"\n");
        let repository = Repository::of(&[
            (PAGE, page),
            ("crates/a/Cargo.toml", "[package]\nname = \"a\"\n[dev-dependencies]\nb = \"1\"\n"),
            ("crates/b/Cargo.toml", &b),
        ]);
        table(&repository).iter().map(|problem| problem.what.clone()).collect()
    }

    #[test]
    fn the_table_and_the_manifests_agree() {
        assert_eq!(found("a.workspace = true\n", PAGE_TEXT), Vec::<String>::new());
    }

    #[test]
    fn a_missing_arrow_row_or_crate_is_found() {
        assert_eq!(found("", PAGE_TEXT), ["`b` depends on [], the table says [a]"]);
        let without_b = PAGE_TEXT.replace("| `b` | more | `a` | |\n", "");
        assert_eq!(found("", &without_b), ["the table has no row for `b`"]);
        let with_d = PAGE_TEXT.replace("| `b` |", "| `d` | x | | |\n| `b` |");
        assert_eq!(found("a.workspace = true\n", &with_d), ["there is no crate `d`"]);
    }
}
