//! Going back: from a locator to the exact bytes it names.

use std::io;
use std::path::Path;
use std::sync::Arc;

use cahoots_record::{Locator, Selector};

use crate::discover::{Holding, Importers, by_name, file_importer};
use crate::importer::{ImportError, Importer, Probe};
use crate::tree::nested::{Budget, HEAD, Place, Step, enter};
use crate::tree::sniff::kind;
use crate::tree::{
    DirTree, Handle, Limits, Log, SingleFile, Spool, Tree, TreeError, label_of, read_head,
};

/// The original bytes that `locator` names in the archive `holding`, read by the importer
/// `format`; an archive read by several has their names with commas between them. `Ok(None)` when there is no such place. Only the containers on the way are opened,
/// and a byte range of uncompressed data is read without what precedes it.
pub fn read(
    holding: &Holding,
    format: &str,
    locator: &Locator,
    limits: &Limits,
    spool: &Path,
) -> Result<Option<Vec<u8>>, ImportError> {
    read_with(crate::importers(), holding, format, locator, limits, spool)
}

/// Named fields of an original (mail headers, table columns), in order. `format` as for [`read`].
pub fn headers(format: &str, locator: &Locator, bytes: &[u8]) -> Vec<(String, String)> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let candidates = candidates(crate::importers(), format, &locator.member, head);
    let fields = candidates.unwrap_or_default().into_iter().map(|one| one.headers(bytes));
    fields.into_iter().find(|fields| !fields.is_empty()).unwrap_or_default()
}

pub(crate) fn read_with(
    importers: Importers<'_>,
    holding: &Holding,
    format: &str,
    locator: &Locator,
    limits: &Limits,
    spool: &Path,
) -> Result<Option<Vec<u8>>, ImportError> {
    candidates(importers, format, "", b"")?;
    let Some(handle) = find(holding, &locator.member, limits, spool)? else { return Ok(None) };
    let failed = |error| ImportError::Tree(TreeError::io(&locator.member, error));
    let mut head = Vec::new();
    if format.contains(BETWEEN_NAMES) {
        head.resize(HEAD, 0);
        let length = read_head(&mut *handle.open().map_err(failed)?, &mut head).0;
        head.truncate(length);
    }
    for importer in candidates(importers, format, &locator.member, &head)? {
        let bytes = select(importer, &handle, locator).map_err(failed)?;
        if bytes.is_some() {
            return Ok(bytes);
        }
    }
    Ok(None)
}

/// What stands between the names of an archive's formats.
const BETWEEN_NAMES: [char; 4] = [',', ' ', '+', ';'];

/// The importers named in `format`; of several, the one that knows the member comes first.
fn candidates(
    importers: Importers<'_>,
    format: &str,
    path: &str,
    head: &[u8],
) -> Result<Vec<&'static dyn Importer>, ImportError> {
    let names = format.split(BETWEEN_NAMES).filter(|name| !name.is_empty());
    let mut named: Vec<_> = names.map(|name| by_name(importers, name)).collect::<Result<_, _>>()?;
    if named.is_empty() {
        named.push(by_name(importers, format)?);
    }
    let complete = head.len() < HEAD;
    if named.len() > 1
        && let Some(known) = file_importer(&named, Probe::File { path, head, complete })
    {
        let name = known.format().name;
        named.sort_by_key(|importer| importer.format().name != name);
    }
    Ok(named)
}

fn select(
    importer: &dyn Importer,
    handle: &Handle,
    locator: &Locator,
) -> io::Result<Option<Vec<u8>>> {
    let (Selector::Bytes { start, end }, Some(region)) = (&locator.selector, handle.region())
    else {
        return importer.select(&mut *handle.open()?, locator);
    };
    let Some(length) = end.checked_sub(*start) else { return Ok(None) };
    let part = region.part(*start, length);
    if part.len() < length {
        return Ok(None);
    }
    let near = Locator { selector: Selector::Bytes { start: 0, end: length }, ..locator.clone() };
    importer.select(&mut part.open()?, &near)
}

/// The member at `path`, stepping only into the containers on the way.
fn find(
    holding: &Holding,
    path: &str,
    limits: &Limits,
    spool: &Path,
) -> Result<Option<Handle>, ImportError> {
    let mut spool = Spool::new(spool.to_owned(), limits);
    let mut log = Log::default();
    let mut steps = path.split('!');
    let mut done = String::new();
    let mut handle = if holding.folder {
        // A literal `!` in a name is written `%21`, so the first step is a path on disk.
        let Some(first) = steps.next() else { return Ok(None) };
        let Some(tree) = DirTree::only(&holding.path, first) else { return Ok(None) };
        first.clone_into(&mut done);
        Handle::new(Arc::new(tree), 0)
    } else {
        let tree = SingleFile::new(&holding.path).map_err(ImportError::Tree)?;
        Handle::new(Arc::new(tree), 0)
    };
    if path.is_empty() {
        return Ok(Some(handle));
    }
    let own_name = crate::discover::file_name(&holding.path);
    let mut budget = None;
    for step in steps {
        let mut head = [0; 512];
        let failed = |error| ImportError::Tree(TreeError::io(&*done, error));
        let length = read_head(&mut *handle.open().map_err(failed)?, &mut head).0;
        let budget = budget.get_or_insert_with(|| Budget::new(&handle, limits));
        let name = if done.is_empty() { &own_name } else { label_of(&done) };
        let place = Place { path: &done, name, limits };
        let known = kind(&head[..length]);
        if !known.is_container() {
            return Ok(None);
        }
        let entered = enter(&handle, known, &place, &mut spool, budget, &mut log);
        let Step::Into(tree) = entered.map_err(ImportError::Tree)? else { return Ok(None) };
        let Some(member) = place_of(&*tree, step, known.is_compression() && done.is_empty()) else {
            return Ok(None);
        };
        handle = Handle::new(tree, member);
        if !done.is_empty() {
            done.push('!');
        }
        done.push_str(step);
    }
    Ok(Some(handle))
}

/// The member at `path` of one container. An archive that is one compressed file has one member,
/// named after the file: `renamed` finds it although the file now has another name.
fn place_of(tree: &dyn Tree, path: &str, renamed: bool) -> Option<usize> {
    let members = tree.members();
    let exact = members.binary_search_by(|member| member.path.as_str().cmp(path)).ok();
    let only = || matches!(members, [member] if renamed && member.size.is_none()).then_some(0);
    exact.or_else(only)
}
