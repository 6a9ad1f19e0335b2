//! An archive that is a folder.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use super::{Limits, Log, Member, Region, Tree, TreeError, escape, no_member, single, unescape};

/// Case folders are results, not archives: walking one would import the record into itself.
const CASE_FOLDER: &str = "cahoots.case";

/// The regular files below a folder, sorted by path. Symbolic links are never followed.
#[derive(Debug)]
pub struct DirTree {
    root: PathBuf,
    members: Vec<Member>,
}

impl DirTree {
    /// Lists the folder `root`, with everything below it or only the members named in `only`.
    pub(crate) fn list(
        root: &Path,
        only: Option<&[String]>,
        limits: &Limits,
        log: &mut Log,
    ) -> Result<Self, TreeError> {
        let mut tree = Self { root: root.to_owned(), members: Vec::new() };
        match only {
            Some(paths) => tree.take(paths, log),
            None => tree.walk(limits, log)?,
        }
        tree.members.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(tree)
    }

    /// The one member at `path`, without listing anything.
    pub(crate) fn only(root: &Path, path: &str) -> Option<Self> {
        let mut log = Log::default();
        let mut tree = Self { root: root.to_owned(), members: Vec::new() };
        tree.take(&[path.to_owned()], &mut log);
        (!tree.members.is_empty()).then_some(tree)
    }

    fn take(&mut self, paths: &[String], log: &mut Log) {
        for path in paths.iter().collect::<BTreeSet<_>>() {
            match file_in(&self.root, path) {
                Ok(meta) => self.push(path.clone(), &meta),
                Err(error) => log.lost(path, "unreadable", format!("cannot be read: {error}")),
            }
        }
    }

    fn push(&mut self, path: String, meta: &fs::Metadata) {
        let modified = single::modified(meta);
        self.members.push(Member { path, size: Some(meta.len()), modified });
    }

    fn walk(&mut self, limits: &Limits, log: &mut Log) -> Result<(), TreeError> {
        let shown = self.root.display().to_string();
        let failed = |error| TreeError::io(&*shown, error);
        let root = fs::canonicalize(&self.root).map_err(failed)?;
        let mut folders = vec![String::new()];
        while let Some(prefix) = folders.pop() {
            let entries = match fs::read_dir(self.root.join(real_path(&prefix))) {
                Ok(entries) => entries,
                Err(error) if prefix.is_empty() => return Err(failed(error)),
                Err(error) => {
                    log.lost(&prefix, "unreadable", format!("cannot be listed: {error}"));
                    continue;
                }
            };
            let mut names = Vec::new();
            for entry in entries {
                match entry {
                    Ok(entry) => names.push(entry.file_name()),
                    Err(error) => {
                        log.lost(&prefix, "unreadable", format!("cannot be listed: {error}"));
                    }
                }
            }
            names.sort();
            for name in names {
                let path = format!("{prefix}{}", escape(name.as_encoded_bytes()));
                let real = self.root.join(real_path(&path));
                let meta = match fs::symlink_metadata(&real) {
                    Ok(meta) => meta,
                    Err(error) => {
                        log.lost(&path, "unreadable", format!("cannot be read: {error}"));
                        continue;
                    }
                };
                if meta.is_symlink() {
                    note_link(&root, &real, &path, log);
                } else if meta.is_dir() && name == CASE_FOLDER {
                    log.note(&path, "case-folder", "is a case folder of cahoots", "nothing of it");
                } else if meta.is_dir() {
                    folders.push(format!("{path}/"));
                } else if !meta.is_file() {
                    let what = "is a device, a pipe or a socket, not a file";
                    log.passed_over(&path, "special-file", what);
                } else if self.members.len() as u64 >= limits.members {
                    let limit = limits.members;
                    let what = format!("holds more than {limit} files; the rest is left out");
                    log.lost("", "limit-members", what);
                    return Ok(());
                } else {
                    self.push(path, &meta);
                }
            }
        }
        Ok(())
    }
}

impl Tree for DirTree {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(self.region(member).ok_or_else(no_member)?.open()?))
    }

    fn region(&self, member: usize) -> Option<Region> {
        let member = self.members.get(member)?;
        let path = self.root.join(real_path(&member.path));
        Some(Region::of_file(&path, member.size?))
    }

    fn weight(&self, member: usize) -> Option<u64> {
        self.members.get(member)?.size
    }
}

/// The path on disk, relative to the folder, of a member.
pub(crate) fn real_path(path: &str) -> PathBuf {
    let bytes = unescape(path);
    #[cfg(unix)]
    let name = <std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes);
    #[cfg(not(unix))]
    let name = String::from_utf8_lossy(&bytes).into_owned();
    PathBuf::from(name)
}

/// The file at `path` below `root`, if every step to it is a plain folder and it is a plain file.
/// A locator from elsewhere must not lead out of the folder.
fn file_in(root: &Path, path: &str) -> io::Result<fs::Metadata> {
    let refused = || io::Error::new(io::ErrorKind::NotFound, "not a file of this folder");
    let mut real = root.to_owned();
    let mut meta = None;
    for step in real_path(path).components() {
        let Component::Normal(step) = step else { return Err(refused()) };
        real.push(step);
        let found = fs::symlink_metadata(&real)?;
        if found.is_symlink() {
            return Err(refused());
        }
        meta = Some(found);
    }
    meta.filter(fs::Metadata::is_file).ok_or_else(refused)
}

fn note_link(root: &Path, real: &Path, path: &str, log: &mut Log) {
    let target = fs::read_link(real).map(|target| escape(target.as_os_str().as_encoded_bytes()));
    let target = target.unwrap_or_else(|_| "an unreadable place".to_owned());
    match fs::canonicalize(real) {
        Ok(end) if end.starts_with(root) => {
            let what = format!("is a link to {target}, which is read where it stands");
            log.passed_over(path, "symlink", what);
        }
        Ok(_) => {
            log.lost(path, "symlink", format!("is a link to {target}, outside the folder"));
        }
        Err(_) => log.lost(path, "symlink", format!("is a link to {target}, which is not there")),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn files_are_sorted_links_and_pipes_are_said_and_names_come_back() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret"), "no").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("a")).unwrap();
        fs::create_dir_all(root.join("cahoots.case")).unwrap();
        fs::write(root.join("cahoots.case/record"), "x").unwrap();
        fs::write(root.join("a/z"), "zz").unwrap();
        fs::write(root.join("a.b"), "ab").unwrap();
        let odd = OsString::from_vec(b"n\xffame!".to_vec());
        fs::write(root.join(&odd), "odd").unwrap();
        symlink(outside.path(), root.join("out")).unwrap();
        symlink("a.b", root.join("in")).unwrap();
        symlink(root, root.join("a/loop")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(root.join("sock")).unwrap();

        let mut log = Log::default();
        let tree = DirTree::list(root, None, &Limits::default(), &mut log).unwrap();
        let paths: Vec<_> = tree.members().iter().map(|member| member.path.as_str()).collect();
        assert_eq!(paths, ["a.b", "a/z", "n%FFame%21"]);
        let mut text = String::new();
        tree.open(2).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "odd");
        let mut codes: Vec<_> =
            log.issues.iter().map(|issue| (issue.locator.member.clone(), &*issue.code)).collect();
        codes.sort();
        let expected = [
            ("a/loop", "symlink"),
            ("cahoots.case", "case-folder"),
            ("in", "symlink"),
            ("out", "symlink"),
            ("sock", "special-file"),
        ];
        assert_eq!(codes, expected.map(|(path, code)| (path.to_owned(), code)));
        assert_eq!(log.skipped, 4);

        assert!(DirTree::only(root, "a/z").is_some());
        for path in ["out/secret", "../x", "/etc/passwd", "in", "a", "", "nothing"] {
            assert!(DirTree::only(root, path).is_none(), "{path}");
        }
    }
}
