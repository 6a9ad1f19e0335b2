//! An archive that is one plain file.

use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::{Member, Region, Tree, TreeError, no_member};

/// One file: one member, whose path is empty.
#[derive(Debug)]
pub struct SingleFile {
    members: [Member; 1],
    region: Region,
}

impl SingleFile {
    /// The file at `path`, symlinks followed.
    pub fn new(path: &Path) -> Result<Self, TreeError> {
        let failed = |error| TreeError::io(path.display().to_string(), error);
        let meta = fs::metadata(path).map_err(failed)?;
        if !meta.is_file() {
            return Err(TreeError::Container {
                path: path.display().to_string(),
                reason: "is not a regular file".to_owned(),
            });
        }
        Ok(Self::of(Region::of_file(path, meta.len()), modified(&meta)))
    }

    /// Bytes at hand as if they were a file.
    pub fn of(region: Region, modified: Option<i64>) -> Self {
        let member = Member { path: String::new(), size: Some(region.len()), modified };
        Self { members: [member], region }
    }
}

impl Tree for SingleFile {
    fn members(&self) -> &[Member] {
        &self.members
    }

    fn open(&self, member: usize) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(self.region(member).ok_or_else(no_member)?.open()?))
    }

    fn region(&self, member: usize) -> Option<Region> {
        (member == 0).then(|| self.region.clone())
    }

    fn weight(&self, member: usize) -> Option<u64> {
        self.members.get(member)?.size
    }
}

/// The modification time of a file in seconds since 1970.
pub(super) fn modified(meta: &fs::Metadata) -> Option<i64> {
    let time = meta.modified().ok()?;
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs()).ok().map(|seconds| -seconds),
    }
}
