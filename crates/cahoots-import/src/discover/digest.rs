//! The hash that names an archive.

use std::io::Read;

use cahoots_record::Sha256;
use sha2::Digest;

use super::Holding;
use crate::importer::ImportError;
use crate::tree::{DirTree, Limits, Log, SingleFile, Tree, TreeError};

/// Bytes hashed at a time.
const BLOCK: usize = 1 << 20;

/// The SHA-256 and the size of an archive. A file: of its bytes. A folder: of the lines
/// `<sha256 of the file>␠␠<path>\n` sorted by path (what `sha256sum` prints), and the sum of the
/// sizes. `progress` is told how many bytes were hashed since it was last told.
pub fn hash(
    holding: &Holding,
    progress: &mut dyn FnMut(u64),
) -> Result<(Sha256, u64), ImportError> {
    let mut block = vec![0; BLOCK];
    if !holding.folder {
        let file = SingleFile::new(&holding.path).map_err(ImportError::Tree)?;
        return member(&file, 0, &mut block, &holding.name, progress);
    }
    let limits = Limits::default();
    let only = holding.members.as_deref();
    let folder = DirTree::list(&holding.path, only, &limits, &mut Log::default())
        .map_err(ImportError::Tree)?;
    let mut lines = sha2::Sha256::new();
    let mut total = 0;
    for (index, file) in folder.members().iter().enumerate() {
        let (digest, size) = member(&folder, index, &mut block, &file.path, progress)?;
        lines.update(format!("{digest}  {}\n", file.path));
        total += size;
    }
    Ok((Sha256::from_bytes(lines.finalize().into()), total))
}

fn member(
    tree: &dyn Tree,
    index: usize,
    block: &mut [u8],
    path: &str,
    progress: &mut dyn FnMut(u64),
) -> Result<(Sha256, u64), ImportError> {
    let failed = |error| ImportError::Tree(TreeError::io(path, error));
    let mut reader = tree.open(index).map_err(failed)?;
    let mut digest = sha2::Sha256::new();
    let mut size = 0;
    loop {
        let n = match reader.read(block) {
            Ok(0) => break,
            Ok(n) => n,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(failed(error)),
        };
        digest.update(&block[..n]);
        size += n as u64;
        progress(n as u64);
    }
    Ok((Sha256::from_bytes(digest.finalize().into()), size))
}
