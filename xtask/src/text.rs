//! What no text file may hold: trailing white space, paths of one machine, registry hosts.

use crate::files::{File, Problem, Repository};

/// Where programs of one machine keep things; nobody else has these folders. Written in halves,
/// so that this file does not find itself.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Use", "rs/")];

/// Hosts of package registries: a mirror must be able to stand in for any of them.
const REGISTRY_HOSTS: &[&str] = &[
    concat!("crates", ".io-index"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
    concat!("registry.npm", "js.org"),
    concat!("files.python", "hosted.org"),
    concat!("deb.debian", ".org"),
    concat!("proxy.go", "lang.org"),
];

/// Checks every text file that is not a fixture.
pub(crate) fn check(repository: &Repository) -> Vec<Problem> {
    let files = repository.files().iter();
    files
        .filter(|file| !file.is_fixture() && !file.path.ends_with("Cargo.lock"))
        .flat_map(file)
        .collect()
}

fn file(file: &File) -> Vec<Problem> {
    let mut problems = Vec::new();
    let text = file.text.as_deref().unwrap_or_default();
    if !text.is_empty() && !text.ends_with('\n') {
        problems.push(file.problem(0, "the last line has no line end"));
    }
    // Data that is kept as it was published.
    let data = file.path.starts_with("examples/") && !file.is("md");
    for (number, line) in file.lines() {
        if !data && line.ends_with([' ', '\t', '\r']) {
            problems.push(file.problem(number, "white space at the end of the line"));
        }
        if let Some(path) = MACHINE_PATHS.iter().find(|path| names_path(line, path)) {
            problems.push(file.problem(number, format!("a path of one machine: {path}…")));
        }
        if let Some(host) = REGISTRY_HOSTS.iter().find(|host| line.contains(**host)) {
            problems.push(file.problem(number, format!("a registry's host name: {host}")));
        }
    }
    problems
}

/// Whether `path` starts a path in the line, and is not the middle of an address or another path.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"./_-~}".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let repository = Repository::of(&[("docs/a.md", text)]);
        check(&repository).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn white_space_and_missing_line_ends_are_found() {
        assert_eq!(found("fine\n"), Vec::<String>::new());
        assert_eq!(found("bad \nfine\n"), ["docs/a.md:1: white space at the end of the line"]);
        assert_eq!(found("no end"), ["docs/a.md: the last line has no line end"]);
    }

    #[test]
    fn machine_paths_and_registry_hosts_are_found() {
        for path in MACHINE_PATHS {
            assert_eq!(found(&format!("see {path}x\n")).len(), 1, "{path}");
            assert_eq!(found(&format!("https://example.org{path}x\n")).len(), 0, "{path}");
        }
        assert_eq!(found(&format!("https://{}/x\n", REGISTRY_HOSTS[1])).len(), 1);
    }

    #[test]
    fn fixtures_are_left_alone() {
        let repository = Repository::of(&[("crates/x/fixtures/mbox/a/in.mbox", "bad \nno end")]);
        assert_eq!(check(&repository), []);
    }
}
