//! A folder of our own for what an executor makes of what people wrote, in clear.
//!
//! Nobody else may read it, and it is removed at the end. One that nobody holds any more was left
//! by a process that was killed, and is removed by the next. Ballista, besides, removes every
//! folder that it finds in its working folder, whoever made it: so that is always one of ours,
//! below the one that was named.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::failure::{hinted, note};

/// What the folder is called, before what makes its name unique.
const PREFIX: &str = "cahoots-executor-";

/// The file beside the folder that is held locked while the executor lives: in the folder itself
/// Ballista cleans.
const LOCK: &str = ".lock";

/// A folder of our own, removed when it is dropped.
pub struct OwnFolder {
    path: PathBuf,
    /// Held locked as long as the folder is used; the system lets go of it when a process ends.
    _lock: File,
}

impl OwnFolder {
    /// Makes a folder in `parent`, or where the system keeps temporary files.
    pub fn make(parent: Option<&Path>) -> Result<Self> {
        let parent = parent.map_or_else(std::env::temp_dir, Path::to_owned);
        if !parent.is_dir() {
            return Err(hinted(
                format!("{} is not a folder", parent.display()),
                "make it first, on a disk with room for intermediate results",
            ));
        }
        let parent = parent.canonicalize()?;
        sweep(&parent);
        // The lock comes first and the folder after it: a sweep that meets the lock in between
        // finds no folder to remove.
        let lock = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(LOCK)
            .tempfile_in(&parent)
            .with_context(|| format!("nothing can be written in {}", parent.display()))?;
        let (lock, lock_path) = lock.keep()?;
        lock.lock().with_context(|| format!("{} cannot be locked", lock_path.display()))?;
        let path = lock_path.with_extension("");
        fs::create_dir(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        private(&path)?;
        Ok(Self { path, _lock: lock })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a folder in it; its path as text, which Ballista wants.
    pub fn folder(&self, name: &str) -> Result<String> {
        let path = self.path.join(name);
        fs::create_dir(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        let text = path
            .to_str()
            .with_context(|| format!("{} is not text: name another folder", self.path.display()))?;
        Ok(text.to_owned())
    }
}

impl Drop for OwnFolder {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// The lock that belongs to a folder.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(LOCK);
    name.into()
}

/// Removes a folder and its lock; what cannot be removed is said.
fn remove(path: &Path) {
    if let Err(error) = fs::remove_dir_all(path) {
        note(&format!("warning: {} cannot be removed: {error}", path.display()));
        return;
    }
    let _ = fs::remove_file(beside(path));
}

/// Removes what processes that were killed left in `parent`.
fn sweep(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        let Some(folder) = name.strip_suffix(LOCK) else { continue };
        let abandoned = File::open(entry.path()).is_ok_and(|lock| lock.try_lock().is_ok());
        let folder = parent.join(folder);
        if abandoned && folder.is_dir() {
            note(&format!("removing {}, left by a process that was killed", folder.display()));
            remove(&folder);
        }
    }
}

/// Nobody but the owner may read the folder. On systems without such modes the parent decides.
#[cfg(unix)]
fn private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("{} cannot be made private", path.display()))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_private_and_what_else_lies_there_stays() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("letters")).unwrap();
        let folder = OwnFolder::make(Some(parent.path())).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        let path = folder.path().to_owned();
        drop(folder);
        assert!(!path.exists());
        let left: Vec<_> = fs::read_dir(parent.path()).unwrap().flatten().collect();
        assert_eq!(left.len(), 1, "{left:?}");
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_what_a_living_one_uses_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let left = parent.path().join("cahoots-executor-killed");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("data.arrow"), "words").unwrap();
        fs::write(beside(&left), "").unwrap();
        let living = OwnFolder::make(Some(parent.path())).unwrap();
        assert!(!left.exists());
        drop(OwnFolder::make(Some(parent.path())).unwrap());
        assert!(living.path().exists());
        drop(living);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
