//! The repository as a list of text files, and what a check says about them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

/// One file: its path from the root with `/`, and its text.
#[derive(Debug)]
pub(crate) struct File {
    /// Path from the repository's root, `/`-separated.
    pub(crate) path: String,
    /// The text; `None` for files that are not UTF-8.
    pub(crate) text: Option<String>,
}

impl File {
    /// Whether the path ends in `.extension`.
    pub(crate) fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// Whether the file is material for tests: kept as it is, whatever it looks like.
    pub(crate) fn is_fixture(&self) -> bool {
        let in_folder = |name| self.path.split('/').any(|part| part == name);
        in_folder("fixtures") || in_folder("snapshots") || in_folder("seeds") || self.is("snap")
    }

    /// Lines with their numbers, counted from 1. Empty for files that are not text.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.as_deref().unwrap_or_default().split('\n');
        lines.enumerate().map(|(index, line)| (index + 1, line))
    }

    /// A problem at a line of this file; line 0 stands for the whole file.
    pub(crate) fn problem(&self, line: usize, what: impl Into<String>) -> Problem {
        Problem { path: self.path.clone(), line, what: what.into() }
    }
}

/// Something a person has to put right.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The file.
    pub(crate) path: String,
    /// The line, counted from 1; 0 stands for the whole file.
    pub(crate) line: usize,
    /// What is wrong, and what to do where that is not plain.
    pub(crate) what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Every file that is, or would be, in version control.
#[derive(Debug)]
pub(crate) struct Repository {
    files: Vec<File>,
}

impl Repository {
    /// Reads the repository this program was built in.
    pub(crate) fn read() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent")?;
        let mut paths = listed(root)?;
        paths.sort();
        paths.dedup();
        let mut files = Vec::new();
        for path in paths {
            // A file that was deleted but not committed is still listed.
            let Ok(bytes) = std::fs::read(root.join(&path)) else { continue };
            files.push(File { path, text: String::from_utf8(bytes).ok() });
        }
        Ok(Self { files })
    }

    /// A repository of made-up files, for tests.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: Some((*text).to_owned()),
        };
        Self { files: files.iter().map(file).collect() }
    }

    /// All files, sorted by path.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// The file at a path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Whether a file or folder exists at a path.
    pub(crate) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        path.is_empty()
            || self.files.iter().any(|file| {
                file.path
                    .strip_prefix(path)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
    }
}

/// What git tracks or would add; in a copy without git, what lies there.
fn listed(root: &Path) -> anyhow::Result<Vec<String>> {
    let git = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output();
    match git {
        Ok(output) if output.status.success() => {
            let list = String::from_utf8(output.stdout).context("a file name is not UTF-8")?;
            Ok(list.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
        }
        _ => walk(root),
    }
}

/// Every file below `root` outside hidden and built folders.
fn walk(root: &Path) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            let name = entry.file_name().into_string().ok().context("a file name is not UTF-8")?;
            let path = folder.join(&name);
            if entry.file_type()?.is_dir() {
                let built = ["target", "node_modules", ".git"].contains(&name.as_str());
                if !built && !name.ends_with(".case") {
                    folders.push(path);
                }
            } else {
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_without_git_is_walked() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["a.txt", "sub/b.rs", "target/c.rs", "my.case/d"] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        let mut found = walk(folder.path()).unwrap();
        found.sort();
        assert_eq!(found, ["a.txt", "sub/b.rs"]);
    }

    #[test]
    fn folders_exist_through_their_files() {
        let repository = Repository::of(&[("docs/a.md", "")]);
        assert!(repository.has("docs/"));
        assert!(repository.has("docs/a.md"));
        assert!(!repository.has("doc"));
        assert!(!repository.has("docs/a"));
    }
}
