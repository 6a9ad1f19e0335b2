//! Going back: from a locator to the exact bytes it names.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use cahoots_record::{Locator, Selector};

use crate::discover::{Holding, Importers, by_name, file_importer, file_name};
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
    Originals::new(holding, limits, spool).read_with(importers, format, locator)
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

/// An archive that many originals are read from: containers are listed once, and a compressed
/// member from which a second original is wanted is unpacked once, to the spool.
pub struct Originals<'a> {
    holding: &'a Holding,
    limits: &'a Limits,
    spool: Spool,
    root: Option<Handle>,
    /// Containers stepped into, by their path.
    inside: BTreeMap<String, Inside>,
    /// Compressed members read before; unpacked at the second time.
    compressed: BTreeMap<String, Option<Handle>>,
}

/// A container stepped into.
#[derive(Clone)]
struct Inside {
    tree: Arc<dyn Tree>,
    /// It is the archive itself, compressed: its one member is named after the file.
    named_after_file: bool,
}

impl<'a> Originals<'a> {
    /// Opens nothing yet. Temporary files go to the folder `spool`.
    pub fn new(holding: &'a Holding, limits: &'a Limits, spool: &Path) -> Self {
        let spool = Spool::new(spool.to_owned(), limits);
        Self {
            holding,
            limits,
            spool,
            root: None,
            inside: BTreeMap::new(),
            compressed: BTreeMap::new(),
        }
    }

    /// See [`read`].
    pub fn read(
        &mut self,
        format: &str,
        locator: &Locator,
    ) -> Result<Option<Vec<u8>>, ImportError> {
        self.read_with(crate::importers(), format, locator)
    }

    pub(crate) fn read_with(
        &mut self,
        importers: Importers<'_>,
        format: &str,
        locator: &Locator,
    ) -> Result<Option<Vec<u8>>, ImportError> {
        let Some(handle) = self.find(&locator.member)? else { return Ok(None) };
        let handle = self.unpacked(handle, locator)?;
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

    /// The member, unpacked if it is compressed and was read before.
    fn unpacked(&mut self, handle: Handle, locator: &Locator) -> Result<Handle, ImportError> {
        if locator.selector == Selector::Whole || handle.region().is_some() {
            return Ok(handle);
        }
        let path = &locator.member;
        let again = match self.compressed.get(path) {
            None => None,
            Some(Some(unpacked)) => return Ok(unpacked.clone()),
            Some(None) => {
                let failed = |error| ImportError::Tree(TreeError::io(path, error));
                let mut reader = handle.open().map_err(failed)?;
                let mut unlimited = u64::MAX;
                // The reader itself keeps to the limits. What precedes damage is enough: no
                // item was read from behind it.
                let spooled = self.spool.keep(&mut *reader, &mut unlimited);
                let region = spooled.map_err(ImportError::Tree)?.region;
                Some(Handle::new(Arc::new(SingleFile::of(region, None)), 0))
            }
        };
        self.compressed.insert(path.clone(), again.clone());
        Ok(again.unwrap_or(handle))
    }

    /// The member at `path`, stepping only into the containers on the way.
    fn find(&mut self, path: &str) -> Result<Option<Handle>, ImportError> {
        let mut steps = path.split('!');
        let mut done = String::new();
        let mut handle = if self.holding.folder {
            // A literal `!` in a name is written `%21`, so the first step is a path on disk.
            steps.next().unwrap_or_default().clone_into(&mut done);
            let Some(tree) = DirTree::only(&self.holding.path, &done) else { return Ok(None) };
            Handle::new(Arc::new(tree), 0)
        } else if let Some(root) = &self.root {
            root.clone()
        } else {
            let tree = SingleFile::new(&self.holding.path).map_err(ImportError::Tree)?;
            self.root.insert(Handle::new(Arc::new(tree), 0)).clone()
        };
        if path.is_empty() {
            return Ok(Some(handle));
        }
        let mut budget = None;
        for step in steps {
            let inside = match self.inside.get(&done) {
                Some(inside) => inside.clone(),
                None => {
                    let budget = budget.get_or_insert_with(|| Budget::new(&handle, self.limits));
                    let Some(inside) = self.enter(&handle, &done, budget)? else {
                        return Ok(None);
                    };
                    self.inside.entry(done.clone()).or_insert(inside).clone()
                }
            };
            let Some(member) = place_of(&inside, step) else { return Ok(None) };
            handle = Handle::new(inside.tree, member);
            if !done.is_empty() {
                done.push('!');
            }
            done.push_str(step);
        }
        Ok(Some(handle))
    }

    fn enter(
        &mut self,
        handle: &Handle,
        path: &str,
        budget: &mut Budget,
    ) -> Result<Option<Inside>, ImportError> {
        let failed = |error| ImportError::Tree(TreeError::io(path, error));
        let mut head = [0; 512];
        let length = read_head(&mut *handle.open().map_err(failed)?, &mut head).0;
        let known = kind(&head[..length]);
        if !known.is_container() {
            return Ok(None);
        }
        let own_name = file_name(&self.holding.path);
        let name = if path.is_empty() { &own_name } else { label_of(path) };
        let place = Place { path, name, limits: self.limits };
        let log = &mut Log::default();
        match enter(handle, known, &place, &mut self.spool, budget, log) {
            Ok(Step::Into(tree)) => {
                let named_after_file = path.is_empty() && known.is_compression();
                Ok(Some(Inside { tree, named_after_file }))
            }
            Ok(Step::Document) => Ok(None),
            Err(error) => Err(ImportError::Tree(error)),
        }
    }
}

/// The member at `path` of one container. One named after its file is found although the file
/// now has another name.
fn place_of(inside: &Inside, path: &str) -> Option<usize> {
    let members = inside.tree.members();
    let exact = members.binary_search_by(|member| member.path.as_str().cmp(path)).ok();
    let renamed = inside.named_after_file && matches!(members, [member] if member.size.is_none());
    exact.or(renamed.then_some(0))
}
