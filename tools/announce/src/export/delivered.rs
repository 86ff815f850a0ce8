//! Which messages a mail folder has had: a file of ids beside or in it, so that what a person moved or deleted does not
//! come again.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use event::EventId;
use frame::Failure;

use super::unwritten;

/// The ids of messages that were delivered.
pub struct Delivered {
    path: PathBuf,
    ids: BTreeSet<EventId>,
    new: String,
}

impl Delivered {
    /// What the file says; what is no id in it, the last line of a run that was cut short, is nothing.
    pub fn open(path: PathBuf) -> Result<Self, Failure> {
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Failure::could(format!("cannot read `{}`: {e}", path.display()))),
        };
        Ok(Delivered { path, ids: text.lines().filter_map(|line| line.parse().ok()).collect(), new: String::new() })
    }

    /// Whether it was.
    pub fn has(&self, id: &EventId) -> bool {
        self.ids.contains(id)
    }

    /// It is from now on, once saved.
    pub fn add(&mut self, id: EventId) {
        if self.ids.insert(id) {
            self.new.push_str(&format!("{id}\n"));
        }
    }

    /// Writes what was added.
    pub fn save(&mut self) -> Result<(), Failure> {
        if self.new.is_empty() {
            return Ok(());
        }
        let whole = fs::read(&self.path).is_ok_and(|old| !old.is_empty() && !old.ends_with(b"\n"));
        let begin = if whole { "\n" } else { "" };
        let written =
            open_to_append(&self.path).and_then(|mut file| file.write_all(format!("{begin}{}", self.new).as_bytes()));
        self.new.clear();
        written.map_err(|e| unwritten(&self.path, &e))
    }
}

/// A file that grows.
pub fn open_to_append(path: &Path) -> std::io::Result<File> {
    File::options().create(true).append(true).open(path)
}
