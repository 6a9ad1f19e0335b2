//! Which of the given files and folders are archives.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cahoots_record::Issue;

use super::folders::{self, Folder};
use super::{Holding, Importers, by_name, file_importer, file_name};
use crate::importer::{ImportError, Importer, Probe};
use crate::tree::nested::{Budget, HEAD, Place, Step, enter, not_wanted};
use crate::tree::sniff::{Kind, kind};
use crate::tree::{DirTree, Handle, Limits, Log, Spool, Tree, TreeError};
use crate::tree::{dir_path, read_head, read_issue};

/// Formats whose files are one message or document each, of which a folder makes one archive.
const LOOSE: [&str; 2] = ["eml", "released"];

/// Files that systems leave in folders by themselves; they do not stand against a folder with
/// one archive in it.
const LITTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// The archives at `paths`, in the order given and sorted by path within each folder, and what
/// was found beside them. A file is one archive. A folder is one archive when a folder importer
/// knows it; otherwise its sub-folders that one knows, its containers and its files in a known
/// format are one archive each, and its loose messages together are one.
pub fn holdings(
    paths: &[PathBuf],
    format: Option<&str>,
) -> Result<(Vec<Holding>, Vec<Issue>), ImportError> {
    holdings_with(crate::importers(), paths, format)
}

pub(crate) fn holdings_with(
    importers: Importers<'_>,
    paths: &[PathBuf],
    format: Option<&str>,
) -> Result<(Vec<Holding>, Vec<Issue>), ImportError> {
    let forced = format.map(|name| by_name(importers, name)).transpose()?;
    let mut found = Vec::new();
    let mut issues = Vec::new();
    for path in paths {
        let meta = std::fs::metadata(path)
            .map_err(|error| ImportError::Tree(TreeError::io(path.display().to_string(), error)))?;
        if meta.is_dir() {
            let mut folder = Search { importers, forced, path, log: Log::default() };
            found.extend(folder.run()?);
            issues.append(&mut folder.log.issues);
        } else {
            let name = file_name(path);
            found.push(Holding { name, path: path.clone(), folder: false, members: None });
        }
    }
    let mut names: Vec<&mut String> = found.iter_mut().map(|holding| &mut holding.name).collect();
    crate::tree::name::make_unique(&mut names);
    Ok((found, issues))
}

/// One given folder.
struct Search<'a> {
    importers: Importers<'a>,
    forced: Option<&'static dyn Importer>,
    path: &'a Path,
    log: Log,
}

/// What a file in a folder is.
enum Found {
    Archive,
    Loose,
    Nothing,
}

impl Search<'_> {
    fn run(&mut self) -> Result<Vec<Holding>, ImportError> {
        let limits = Limits::default();
        let tree = DirTree::list(self.path, None, &limits, &mut self.log);
        let tree = Arc::new(tree.map_err(ImportError::Tree)?);
        let own_name = file_name(self.path);
        let whole = |members| Holding {
            name: own_name.clone(),
            path: self.path.to_owned(),
            folder: true,
            members,
        };
        let claimed = match self.forced {
            Some(importer) if importer.format().folder => {
                self.log = Log::default();
                return Ok(vec![whole(None)]);
            }
            Some(_) => Vec::new(),
            None => folders::find(self.importers, tree.members()),
        };
        if is_whole(&claimed, &tree) {
            self.log = Log::default(); // opening it says it again
            return Ok(vec![whole(None)]);
        }

        let inside = |path: &str| claimed.iter().any(|folder| path.starts_with(&folder.prefix));
        self.log.issues.retain(|issue| !inside(&issue.locator.member));
        let mut found: Vec<(String, Holding)> = Vec::new();
        for folder in &claimed {
            let path = folder.prefix.trim_end_matches('/');
            found.push((path.to_owned(), self.below(&own_name, path, true)));
        }
        let mut loose = Vec::new();
        let mut head = vec![0; HEAD];
        for (index, member) in tree.members().iter().enumerate() {
            if inside(&member.path) {
                continue;
            }
            let handle = Handle::new(tree.clone(), index);
            match self.look_at(&handle, &member.path, &mut head, &limits) {
                Found::Archive => {
                    let path = member.path.clone();
                    let holding = self.below(&own_name, &path, false);
                    found.push((path, holding));
                }
                Found::Loose => loose.push(member.path.clone()),
                Found::Nothing => {}
            }
        }
        if !loose.is_empty() {
            found.push((String::new(), whole(Some(loose))));
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found.into_iter().map(|(_, holding)| holding).collect())
    }

    fn below(&self, own_name: &str, path: &str, folder: bool) -> Holding {
        Holding {
            name: format!("{own_name}/{path}").replace("%21", "!"),
            path: self.path.join(dir_path(path)),
            folder,
            members: None,
        }
    }

    fn look_at(&mut self, handle: &Handle, path: &str, head: &mut [u8], limits: &Limits) -> Found {
        let (length, error) = match handle.open() {
            Ok(mut reader) => read_head(&mut *reader, head),
            Err(error) => (0, Some(error)),
        };
        if let Some(error) = error {
            self.log.issues.push(read_issue(path, 0, &error));
            return Found::Nothing;
        }
        let head = &head[..length];
        let known = kind(head);
        let container = match known {
            Kind::Zip => !self.is_document(handle, path, limits),
            Kind::Tar | Kind::Gzip | Kind::Zstd => true,
            Kind::Plain | Kind::Unsupported(_) => false,
        };
        if container {
            return Found::Archive;
        }
        let probe = Probe::File { path, head, complete: length < HEAD };
        let importer = self.forced.or_else(|| file_importer(self.importers, probe));
        match importer {
            Some(importer) if LOOSE.contains(&importer.format().name) => Found::Loose,
            Some(_) => Found::Archive,
            None => {
                not_wanted(path, known, head.is_empty(), &mut self.log);
                Found::Nothing
            }
        }
    }

    /// Whether a zip is an office file or the like. One that cannot be listed is an archive,
    /// about which opening it has more to say.
    fn is_document(&self, handle: &Handle, path: &str, limits: &Limits) -> bool {
        let place = Place { path, name: path, limits };
        let mut spool = Spool::new(PathBuf::new(), limits);
        let mut budget = Budget::new(handle, limits);
        let log = &mut Log::default();
        let step = enter(handle, Kind::Zip, &place, &mut spool, &mut budget, log);
        matches!(step, Ok(Step::Document))
    }
}

/// Whether the whole folder is one archive: a folder importer knows it, or its only sub-folder
/// when there is nothing else in it.
fn is_whole(claimed: &[Folder], tree: &DirTree) -> bool {
    let [folder] = claimed else { return false };
    let members = tree.members();
    let others = members[..folder.members.start].iter().chain(&members[folder.members.end..]);
    let alone = || others.into_iter().all(|member| LITTER.contains(&&*member.path));
    folder.prefix.is_empty() || (folder.prefix.matches('/').count() == 1 && alone())
}
