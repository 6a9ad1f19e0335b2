//! From what a person points at to archives, and from an archive to the importers it needs.
//!
//! [`holdings()`] looks at files and folders and says which of them are archives. [`open`] walks
//! one archive through all its containers and says which importer gets which members. [`hash`]
//! gives the archive's lasting name. The rules are in `docs/formats/containers.md`.

mod digest;
mod folders;
mod holdings;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cahoots_record::Issue;

use crate::importer::{Confidence, ImportError, Importer, Probe};
use crate::tree::nested::{Visitor, Walk};
use crate::tree::{DirTree, Limits, Log, Member, SingleFile, Spool, Tree};

pub use digest::hash;
pub use holdings::holdings;

/// The importers to choose from.
pub(crate) type Importers<'a> = &'a [&'static dyn Importer];

/// How many unrecognised members an error names.
const NAMED: usize = 5;

/// One archive to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its name: the file's, or the path below the given folder with that folder's name in front.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether `path` is a folder.
    pub folder: bool,
    /// The members that make up the archive, when it is not the whole folder.
    pub members: Option<Vec<String>>,
}

/// Members for one importer: one for a file importer, all below its root for a folder importer.
#[derive(Clone)]
pub struct Unit {
    /// Who reads them.
    pub importer: &'static dyn Importer,
    /// Places in the tree's `members`, ascending.
    pub members: Vec<usize>,
}

impl std::fmt::Debug for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{:?}", self.importer.format().name, self.members)
    }
}

/// An archive, walked.
pub struct Opened {
    /// Every member that some importer reads.
    pub tree: Arc<dyn Tree>,
    /// Who reads what, in the order of the tree.
    pub units: Vec<Unit>,
    /// Members that are not read, and what is wrong with containers.
    pub issues: Vec<Issue>,
    /// How many members are not read; each has an issue.
    pub skipped: u64,
}

/// Walks an archive and finds an importer for each of its members. Temporary files go to
/// `spool`, which must be a folder, and are removed when the tree is dropped.
pub fn open(
    holding: &Holding,
    format: Option<&str>,
    limits: &Limits,
    spool: &Path,
) -> Result<Opened, ImportError> {
    open_with(crate::importers(), holding, format, limits, spool)
}

pub(crate) fn open_with(
    importers: Importers<'_>,
    holding: &Holding,
    format: Option<&str>,
    limits: &Limits,
    spool: &Path,
) -> Result<Opened, ImportError> {
    let forced = format.map(|name| by_name(importers, name)).transpose()?;
    let mut log = Log::default();
    let root: Arc<dyn Tree> = if holding.folder {
        let only = holding.members.as_deref();
        let tree = DirTree::list(&holding.path, only, limits, &mut log);
        Arc::new(tree.map_err(ImportError::Tree)?)
    } else {
        Arc::new(SingleFile::new(&holding.path).map_err(ImportError::Tree)?)
    };
    open_tree(importers, root, holding, forced, limits, Spool::new(spool.to_owned(), limits), log)
}

fn open_tree(
    importers: Importers<'_>,
    root: Arc<dyn Tree>,
    holding: &Holding,
    forced: Option<&'static dyn Importer>,
    limits: &Limits,
    spool: Spool,
    log: Log,
) -> Result<Opened, ImportError> {
    let name = file_name(&holding.path);
    let mut chooser = Chooser { importers, forced, ..Chooser::default() };
    let spool_again = spool.clone();
    let issues_before = log.issues.clone();
    let skipped_before = log.skipped;
    let walked = Walk::run(Arc::clone(&root), &name, limits, spool, log, &mut chooser);
    let (mut nested, mut log) = walked.map_err(ImportError::Tree)?;

    let units_found = chooser.units.iter().any(|unit| !unit.members.is_empty());
    if !units_found && let Some(importer) = forced.filter(|importer| importer.format().folder) {
        // The person knows better than the importer: all of the outermost folder is its.
        chooser = Chooser { importers, forced: Some(importer), whole: true, ..Chooser::default() };
        let log_again = Log { issues: issues_before, skipped: skipped_before };
        let walked = Walk::run(root, &name, limits, spool_again, log_again, &mut chooser);
        (nested, log) = walked.map_err(ImportError::Tree)?;
    }
    chooser.units.retain(|unit| !unit.members.is_empty());
    if chooser.units.is_empty() {
        return Err(nothing_recognised(importers, holding, &chooser, &log));
    }
    Ok(Opened {
        tree: Arc::new(nested),
        units: chooser.units,
        issues: log.issues,
        skipped: log.skipped,
    })
}

/// Finds an importer for everything that a walk meets.
#[derive(Default)]
struct Chooser<'a> {
    importers: Importers<'a>,
    forced: Option<&'static dyn Importer>,
    /// The forced folder importer takes all of the outermost level.
    whole: bool,
    units: Vec<Unit>,
    looked_at: u64,
    unwanted: Vec<String>,
}

impl Visitor for Chooser<'_> {
    fn level(&mut self, members: &[Member]) -> Vec<Option<usize>> {
        let mut groups = vec![None; members.len()];
        let of_one_file = members.len() == 1 && members[0].path.is_empty();
        if let Some(importer) = self.forced.filter(|_| self.whole && !of_one_file) {
            self.whole = false;
            self.units.push(Unit { importer, members: Vec::new() });
            groups.fill(Some(self.units.len() - 1));
            return groups;
        }
        let found = match self.forced {
            Some(importer) => folders::find(&[importer], members),
            None => folders::find(self.importers, members),
        };
        for folder in found {
            self.units.push(Unit { importer: folder.importer, members: Vec::new() });
            groups[folder.members].fill(Some(self.units.len() - 1));
        }
        groups
    }

    fn grouped(&mut self, group: usize, index: usize) {
        self.units[group].members.push(index);
    }

    fn file(&mut self, index: usize, path: &str, head: &[u8], complete: bool) -> bool {
        self.looked_at += 1;
        let importer = match self.forced {
            Some(importer) => (!importer.format().folder).then_some(importer),
            None => file_importer(self.importers, Probe::File { path, head, complete }),
        };
        match importer {
            Some(importer) => self.units.push(Unit { importer, members: vec![index] }),
            None if self.unwanted.len() < NAMED => {
                let start: String = String::from_utf8_lossy(head)
                    .chars()
                    .take(40)
                    .flat_map(char::escape_debug)
                    .collect();
                self.unwanted.push(format!("  {path}: begins with \"{start}\""));
            }
            None => {}
        }
        importer.is_some()
    }
}

/// The file importer that is surest of a file; the first in the list among equals.
pub(crate) fn file_importer(
    importers: Importers<'_>,
    probe: Probe<'_>,
) -> Option<&'static dyn Importer> {
    surest(importers, false, probe)
}

pub(crate) fn surest(
    importers: Importers<'_>,
    folder: bool,
    probe: Probe<'_>,
) -> Option<&'static dyn Importer> {
    let mut best: Option<(Confidence, &'static dyn Importer)> = None;
    for importer in importers.iter().filter(|importer| importer.format().folder == folder) {
        if let Some(confidence) = importer.recognize(probe)
            && best.is_none_or(|(so_far, _)| confidence > so_far)
        {
            best = Some((confidence, *importer));
            // Nobody is surer, and among equals the first counts.
            if confidence == Confidence::Certain {
                break;
            }
        }
    }
    best.map(|(_, importer)| importer)
}

/// The importer called `name`.
pub(crate) fn by_name(
    importers: Importers<'_>,
    name: &str,
) -> Result<&'static dyn Importer, ImportError> {
    let found = importers.iter().find(|importer| importer.format().name == name);
    found.copied().ok_or_else(|| ImportError::Unfit {
        member: format!("--format {name}"),
        reason: format!("there is no such format\n{}", known_formats(importers)),
    })
}

fn known_formats(importers: Importers<'_>) -> String {
    let mut text = "the formats are:".to_owned();
    for importer in importers {
        let format = importer.format();
        text.push_str(&format!("\n  {:<14} {}", format.name, format.title));
    }
    text
}

fn nothing_recognised(
    importers: Importers<'_>,
    holding: &Holding,
    chooser: &Chooser<'_>,
    log: &Log,
) -> ImportError {
    let mut reason = match chooser.looked_at {
        0 => "nothing in it could be looked at".to_owned(),
        1 => "its content is in none of the formats that are read".to_owned(),
        n => format!("none of its {n} members is in a format that is read"),
    };
    for line in &chooser.unwanted {
        reason.push_str(&format!("\n{line}"));
    }
    let others = log.issues.iter().filter(|issue| issue.code != "not-recognised");
    for issue in others.take(NAMED) {
        let member = &issue.locator.member;
        let member = if member.is_empty() { "the archive" } else { member };
        reason.push_str(&format!("\n  {member}: {}", issue.what));
    }
    let formats = known_formats(importers);
    reason.push_str(&format!("\n{formats}\nname one with --format if you know better"));
    ImportError::Unfit { member: holding.name.clone(), reason }
}

/// The last part of a path as text, also for `.` and `..`.
pub(crate) fn file_name(path: &Path) -> String {
    let name =
        |path: &Path| path.file_name().map(|name| crate::tree::escape(name.as_encoded_bytes()));
    name(path)
        .or_else(|| name(&path.canonicalize().ok()?))
        .unwrap_or_else(|| "root".to_owned())
        .replace("%21", "!")
}

#[cfg(test)]
mod tests;
