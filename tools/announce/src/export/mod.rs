//! Posts where people already read: in mail folders, calendars and web pages. Run twice, nothing changes.

pub mod calendar;
mod delivered;
pub mod maildir;
pub mod mbox;
pub mod pages;

use std::fs;
use std::io::Write;
use std::path::Path;

use frame::Failure;

/// What an export did.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// Messages or files that are new or changed.
    pub new: usize,
    /// Those that were there already.
    pub same: usize,
    /// Files that were taken away.
    pub gone: usize,
}

/// Writes a file at once or not at all, and only where it would change.
fn write_changed(path: &Path, bytes: &[u8], done: &mut Done) -> Result<(), Failure> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        done.same = done.same.saturating_add(1);
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(bytes)?;
        use std::os::unix::fs::PermissionsExt;
        // Readable as the person's other files are; a temporary file is the owner's alone.
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
        file.persist(path).map_err(|e| e.error)
    });
    written.map_err(|e| unwritten(path, &e))?;
    done.new = done.new.saturating_add(1);
    Ok(())
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|e| unwritten(path, &e))
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::could(format!("cannot write `{}`: {error}", path.display()))
}
