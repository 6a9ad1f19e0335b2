//! Folders that a folder importer claims.

use std::ops::Range;

use super::{Importers, surest};
use crate::importer::{Importer, Probe};
use crate::tree::Member;

/// A claimed folder.
pub(crate) struct Folder {
    /// Its path with a `/` at the end; empty for the root.
    pub(crate) prefix: String,
    pub(crate) importer: &'static dyn Importer,
    /// The places of its members.
    pub(crate) members: Range<usize>,
}

/// Asks the folder importers about every folder, outermost first; what lies inside a claimed
/// folder is not asked about again. `members` are sorted by path.
pub(crate) fn find(importers: Importers<'_>, members: &[Member]) -> Vec<Folder> {
    let mut found = Vec::new();
    if importers.iter().any(|importer| importer.format().folder) {
        visit(importers, members, 0..members.len(), 0, &mut found);
    }
    found
}

/// Looks at the folder whose members are `range` and whose path is their first `length` bytes.
fn visit(
    importers: Importers<'_>,
    members: &[Member],
    range: Range<usize>,
    length: usize,
    found: &mut Vec<Folder>,
) {
    let paths: Vec<String> =
        members[range.clone()].iter().map(|member| member.path[length..].to_owned()).collect();
    if let Some(importer) = surest(importers, true, Probe::Folder { paths: &paths }) {
        let prefix = members[range.start].path[..length].to_owned();
        found.push(Folder { prefix, importer, members: range });
        return;
    }
    // Sorted paths keep a folder's members together.
    let mut at = 0;
    while at < paths.len() {
        let Some(step) = paths[at].find('/').map(|slash| slash + 1) else {
            at += 1;
            continue;
        };
        let name = &paths[at][..step];
        let end = at + paths[at..].partition_point(|path| path.starts_with(name));
        visit(importers, members, range.start + at..range.start + end, length + step, found);
        at = end;
    }
}
