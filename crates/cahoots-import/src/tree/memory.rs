//! Members in memory, for tests, checks and fuzzing.

use std::io::{self, Read};

use super::{Member, Region, Tree, no_member};

/// Files that exist in memory only.
#[derive(Debug, Default)]
pub struct MemoryTree {
    members: Vec<Member>,
    regions: Vec<Region>,
}

impl MemoryTree {
    /// A tree of these paths and contents, sorted by path; a path given twice keeps the first.
    pub fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        files.dedup_by(|later, earlier| later.0 == earlier.0);
        let mut tree = Self::default();
        for (path, bytes) in files {
            tree.members.push(Member { path, size: Some(bytes.len() as u64), modified: None });
            tree.regions.push(Region::of_bytes(bytes));
        }
        tree
    }
}

impl Tree for MemoryTree {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(self.regions.get(member).ok_or_else(no_member)?.open()?))
    }

    fn region(&self, member: usize) -> Option<Region> {
        self.regions.get(member).cloned()
    }

    fn weight(&self, member: usize) -> Option<u64> {
        self.members.get(member)?.size
    }
}
