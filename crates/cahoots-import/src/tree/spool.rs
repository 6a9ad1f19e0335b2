//! A place for containers inside containers: memory while small, a temporary file otherwise.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use super::{Limits, Region, TreeError};

/// How much is copied at a time.
const BLOCK: usize = 256 * 1024;

/// Keeps decompressed containers so that they can be read from any place.
#[derive(Clone, Debug)]
pub(crate) struct Spool {
    folder: PathBuf,
    in_memory: u64,
    memory_left: u64,
}

/// What was kept, and why it is not all there.
#[derive(Debug)]
pub(crate) struct Spooled {
    pub(crate) region: Region,
    pub(crate) stopped: Option<io::Error>,
    /// The budget ran out before the bytes did.
    pub(crate) over_budget: bool,
}

impl Spool {
    /// Temporary files go to `folder`, which must exist once one is needed.
    pub(crate) fn new(folder: PathBuf, limits: &Limits) -> Self {
        Self { folder, in_memory: limits.spool_in_memory, memory_left: limits.spool_memory_total }
    }

    /// Reads `reader` to its end or to what is left of `budget`, and charges it.
    pub(crate) fn keep(
        &mut self,
        reader: &mut dyn Read,
        budget: &mut u64,
    ) -> Result<Spooled, TreeError> {
        let failed = |error| TreeError::io(self.folder.display().to_string(), error);
        let most_in_memory = self.in_memory.min(self.memory_left).min(*budget);
        let mut bytes = Vec::new();
        let mut stopped = reader.take(most_in_memory).read_to_end(&mut bytes).err();
        let mut length = bytes.len() as u64;
        if stopped.is_some() || length < most_in_memory || length == *budget {
            let full = stopped.is_none() && length == *budget;
            let over_budget = full && matches!(reader.read(&mut [0; 1]), Ok(1));
            self.memory_left -= length;
            *budget -= length;
            return Ok(Spooled { region: Region::of_bytes(bytes), stopped, over_budget });
        }

        let mut file =
            tempfile::Builder::new().prefix("spool-").tempfile_in(&self.folder).map_err(failed)?;
        file.write_all(&bytes).map_err(failed)?;
        let mut block = vec![0; BLOCK];
        let mut over_budget = false;
        loop {
            let most = usize::try_from(*budget - length).unwrap_or(BLOCK).min(BLOCK);
            if most == 0 {
                over_budget = matches!(reader.read(&mut block[..1]), Ok(1));
                break;
            }
            match reader.read(&mut block[..most]) {
                Ok(0) => break,
                Ok(n) => {
                    file.write_all(&block[..n]).map_err(failed)?;
                    length += n as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    stopped = Some(error);
                    break;
                }
            }
        }
        *budget -= length;
        // The path is kept and the handle closed: an archive may hold thousands of containers.
        let region = Region::of_spooled(file.into_temp_path(), length);
        Ok(Spooled { region, stopped, over_budget })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_goes_to_memory_large_to_a_file_that_goes_away_and_the_budget_holds() {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { spool_in_memory: 10, spool_memory_total: 15, ..Limits::default() };
        let mut spool = Spool::new(folder.path().to_owned(), &limits);
        let mut budget = 1000;
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        let small = spool.keep(&mut &[1; 9][..], &mut budget).unwrap();
        assert_eq!((small.region.len(), files()), (9, 0));
        let large = spool.keep(&mut &[2; 400][..], &mut budget).unwrap();
        assert_eq!((large.region.len(), files(), budget), (400, 1, 591));
        assert_eq!(large.region.read_at(390, 50).unwrap(), [2; 10]);
        drop(large);
        assert_eq!(files(), 0);
        let over = spool.keep(&mut &[3; 600][..], &mut budget).unwrap();
        assert_eq!((over.region.len(), over.over_budget, budget), (591, true, 0));
    }
}
