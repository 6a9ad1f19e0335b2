//! Containers inside containers, joined into one tree.

use std::io::{self, Read};
use std::sync::Arc;

use super::compressed::{Codec, CompressedTree};
use super::limits::read_issue;
use super::sniff::{Kind, kind};
use super::tar::TarTree;
use super::zip::ZipTree;
use super::{
    Handle, Limits, Log, Member, Region, Spool, Tree, TreeError, label_of, no_member, read_head,
};

/// How much of a member is looked at to tell what it is.
pub(crate) const HEAD: usize = 64 * 1024;

/// The members of an archive over all its containers.
#[derive(Default)]
pub struct Nested {
    members: Vec<Member>,
    handles: Vec<Handle>,
}

impl Tree for Nested {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        self.handles.get(member).ok_or_else(no_member)?.open()
    }

    fn region(&self, member: usize) -> Option<Region> {
        self.handles.get(member)?.region()
    }

    fn weight(&self, member: usize) -> Option<u64> {
        self.handles.get(member)?.weight()
    }
}

/// Decides, while an archive is walked, what becomes of its members.
pub(crate) trait Visitor {
    /// Asked for every level before any of its members is opened: the group that each member
    /// belongs to, `None` for those that stand for themselves.
    fn level(&mut self, members: &[Member]) -> Vec<Option<usize>>;

    /// A member of a group has entered the tree at `index`.
    fn grouped(&mut self, group: usize, index: usize);

    /// Whether a member that is no container is wanted; it enters the tree at `index`.
    fn file(&mut self, index: usize, path: &str, head: &[u8], complete: bool) -> bool;
}

/// A container stepped into.
pub(crate) enum Step {
    /// Its members.
    Into(Arc<dyn Tree>),
    /// A zip that is one document (office file, e-book, program), not a container of archives.
    Document,
}

/// What the containers of one file on disk may still unpack to.
pub(crate) struct Budget {
    spooled: u64,
    members: u64,
}

impl Budget {
    pub(crate) fn new(handle: &Handle, limits: &Limits) -> Self {
        let all = limits.output_of(handle.weight()).min(limits.total_bytes);
        Self { spooled: all, members: all }
    }
}

/// Walks containers: what all steps share.
pub(crate) struct Walk<'a> {
    limits: &'a Limits,
    /// File name of the archive, for the member whose path is empty.
    name: &'a str,
    visitor: &'a mut dyn Visitor,
    spool: Spool,
    log: Log,
    nested: Nested,
    full: bool,
}

impl<'a> Walk<'a> {
    /// Walks everything in `root`.
    pub(crate) fn run(
        root: Arc<dyn Tree>,
        name: &'a str,
        limits: &'a Limits,
        spool: Spool,
        log: Log,
        visitor: &'a mut dyn Visitor,
    ) -> Result<(Nested, Log), TreeError> {
        let nested = Nested::default();
        let mut walk = Self { limits, name, visitor, spool, log, nested, full: false };
        walk.level(&root, "", 0, None)?;
        Ok((walk.nested, walk.log))
    }

    fn level(
        &mut self,
        tree: &Arc<dyn Tree>,
        prefix: &str,
        depth: u32,
        mut budget: Option<&mut Budget>,
    ) -> Result<(), TreeError> {
        let groups = self.visitor.level(tree.members());
        let mut head = vec![0; HEAD];
        for (index, member) in tree.members().iter().enumerate() {
            let path = format!("{prefix}{}", member.path);
            let handle = Handle::new(Arc::clone(tree), index);
            if !self.admit(&handle, member, &path, budget.as_deref_mut()) {
                continue;
            }
            if let Some(Some(group)) = groups.get(index) {
                let place = self.push(path, member, handle);
                self.visitor.grouped(*group, place);
                continue;
            }
            let (length, error) = match handle.open() {
                Ok(mut reader) => read_head(&mut *reader, &mut head),
                Err(error) => (0, Some(error)),
            };
            if let Some(error) = error.as_ref().filter(|_| length == 0) {
                self.log.skipped += 1;
                self.log.issues.push(read_issue(&path, 0, error));
                continue;
            }
            let complete = length < HEAD && error.is_none();
            let known = kind(&head[..length]);
            match known {
                Kind::Plain | Kind::Unsupported(_) => {
                    self.file(path, member, handle, known, &head[..length], complete);
                }
                _ if depth >= self.limits.depth => {
                    let what = format!(
                        "is a container inside {depth} others; the limit is {} in all",
                        self.limits.depth
                    );
                    self.log.lost(&path, "limit-depth", what);
                }
                _ => {
                    let mut fresh = None;
                    let budget = match &mut budget {
                        Some(budget) => &mut **budget,
                        None => fresh.insert(Budget::new(&handle, self.limits)),
                    };
                    match self.enter(&handle, known, &path, budget) {
                        Ok(Step::Into(tree)) => {
                            let prefix = if path.is_empty() { path } else { format!("{path}!") };
                            self.level(&tree, &prefix, depth + 1, Some(budget))?;
                        }
                        Ok(Step::Document) => {
                            self.file(path, member, handle, known, &head[..length], complete);
                        }
                        Err(error) if path.is_empty() => return Err(error),
                        Err(TreeError::Container { reason, .. }) => {
                            self.log.lost(&path, "damaged-container", reason);
                        }
                        Err(TreeError::Io { source, .. }) => {
                            self.log.lost(&path, "unreadable", source.to_string());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a member is within the limits; says so if not.
    fn admit(
        &mut self,
        handle: &Handle,
        member: &Member,
        path: &str,
        budget: Option<&mut Budget>,
    ) -> bool {
        if self.nested.members.len() as u64 >= self.limits.members {
            self.log.skipped += 1;
            if !std::mem::replace(&mut self.full, true) {
                let limit = self.limits.members;
                let what = format!(
                    "the archive holds more than {limit} members; this one and \
                     those after it are left out"
                );
                self.log.skipped -= 1;
                self.log.lost(path, "limit-members", what);
            }
            return false;
        }
        // A file on disk is as big as it is; only what comes out of containers can lie.
        let Some(budget) = budget else { return true };
        if let Some((code, what)) = self.limits.broken_by(member.size, handle.weight()) {
            self.log.lost(path, code, what);
            return false;
        }
        match budget.members.checked_sub(member.size.unwrap_or(0)) {
            Some(left) => budget.members = left,
            None => {
                let what = "with the members before it, the archive unpacks to more than the \
                            limit on its total size";
                self.log.lost(path, "limit-total", what);
                return false;
            }
        }
        true
    }

    fn push(&mut self, path: String, member: &Member, handle: Handle) -> usize {
        self.nested.members.push(Member { path, ..member.clone() });
        self.nested.handles.push(handle);
        self.nested.members.len() - 1
    }

    fn file(
        &mut self,
        path: String,
        member: &Member,
        handle: Handle,
        known: Kind,
        head: &[u8],
        complete: bool,
    ) {
        let index = self.nested.members.len();
        let shown = if path.is_empty() { self.name } else { &path };
        if self.visitor.file(index, shown, head, complete) {
            self.push(path, member, handle);
        } else {
            not_wanted(&path, known, head.is_empty(), &mut self.log);
        }
    }

    fn enter(
        &mut self,
        handle: &Handle,
        known: Kind,
        path: &str,
        budget: &mut Budget,
    ) -> Result<Step, TreeError> {
        let name = if path.is_empty() { self.name } else { label_of(path) };
        let place = Place { path, name, limits: self.limits };
        enter(handle, known, &place, &mut self.spool, budget, &mut self.log)
    }
}

/// Says that no format wants a member.
pub(crate) fn not_wanted(path: &str, known: Kind, empty: bool, log: &mut Log) {
    match known {
        Kind::Unsupported(name) => {
            let what =
                format!("is compressed with {name}, which is not read; unpack it and add that");
            log.lost(path, "unsupported-container", what);
        }
        _ if empty => log.passed_over(path, "not-recognised", "is empty"),
        _ => log.passed_over(path, "not-recognised", "is in none of the formats that are read"),
    }
}

/// Where a container stands.
pub(crate) struct Place<'a> {
    /// Its path; empty for the archive itself.
    pub(crate) path: &'a str,
    /// Its file name.
    pub(crate) name: &'a str,
    /// The limits in force.
    pub(crate) limits: &'a Limits,
}

/// Steps into a container of kind `known`.
pub(crate) fn enter(
    handle: &Handle,
    known: Kind,
    place: &Place<'_>,
    spool: &mut Spool,
    budget: &mut Budget,
    log: &mut Log,
) -> Result<Step, TreeError> {
    let Place { path, name, limits } = *place;
    let prefix = if path.is_empty() { String::new() } else { format!("{path}!") };
    let weight = handle.weight();
    let failed = |error| TreeError::io(path, error);
    if let Some(codec) = Codec::of(known) {
        let mut head = [0; 512];
        let mut inside = codec.open(handle, limits).map_err(failed)?;
        let (length, _) = read_head(&mut *inside, &mut head);
        if kind(&head[..length]) != Kind::Tar {
            let tree = CompressedTree::new(handle.clone(), codec, name, limits);
            return Ok(Step::Into(Arc::new(tree)));
        }
        let mut inside = codec.open(handle, limits).map_err(failed)?;
        let region = keep(&mut *inside, path, spool, budget, log)?;
        return Ok(Step::Into(Arc::new(TarTree::list(region, weight, &prefix, limits, log)?)));
    }
    let region = match handle.region() {
        Some(region) => region,
        None => keep(&mut *handle.open().map_err(failed)?, path, spool, budget, log)?,
    };
    if known == Kind::Tar {
        return Ok(Step::Into(Arc::new(TarTree::list(region, weight, &prefix, limits, log)?)));
    }
    let mut own = Log::default();
    let tree = ZipTree::list(region, weight, &prefix, limits, &mut own)?;
    if is_document(tree.members()) {
        return Ok(Step::Document);
    }
    log.issues.append(&mut own.issues);
    log.skipped += own.skipped;
    Ok(Step::Into(Arc::new(tree)))
}

fn keep(
    reader: &mut dyn Read,
    path: &str,
    spool: &mut Spool,
    budget: &mut Budget,
    log: &mut Log,
) -> Result<Region, TreeError> {
    let spooled = spool.keep(reader, &mut budget.spooled)?;
    let length = spooled.region.len();
    if let Some(error) = spooled.stopped {
        log.issues.push(read_issue(path, length, &error));
    }
    if spooled.over_budget {
        let what = "unpacks to more than the limit on an archive's total size";
        log.damaged(path, "limit-total", what, &format!("the first {length} bytes"));
    }
    Ok(spooled.region)
}

/// Whether a zip is one document: its parts mean nothing to a person on their own.
fn is_document(members: &[Member]) -> bool {
    const MARKS: [&str; 4] =
        ["[Content_Types].xml", "META-INF/MANIFEST.MF", "META-INF/container.xml", "mimetype"];
    MARKS
        .iter()
        .any(|mark| members.binary_search_by(|member| member.path.as_str().cmp(mark)).is_ok())
}
