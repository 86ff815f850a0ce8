//! An mbox (`mboxrd`): messages one after the other in a file that grows.

use std::io::Write;
use std::path::{Path, PathBuf};

use frame::Failure;

use super::delivered::{Delivered, open_to_append};
use super::{Done, unwritten};
use crate::mail::Mail;

/// An mbox to append to.
pub struct Mbox<'a> {
    path: &'a Path,
    delivered: Delivered,
    waiting: Vec<u8>,
    /// What was done so far.
    pub done: Done,
}

/// After so many bytes they are written.
const BATCH: usize = 1 << 20;

impl<'a> Mbox<'a> {
    /// Opens it; beside it lies `PATH.commons`, which says what it has had.
    pub fn open(path: &'a Path) -> Result<Self, Failure> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(".commons");
        Ok(Mbox {
            path,
            delivered: Delivered::open(PathBuf::from(beside))?,
            waiting: Vec::new(),
            done: Done::default(),
        })
    }

    /// Whether a message was appended before.
    pub fn has(&mut self, id: &event::EventId) -> bool {
        let has = self.delivered.has(id);
        self.done.same = self.done.same.saturating_add(usize::from(has));
        has
    }

    /// Appends a message.
    pub fn deliver(&mut self, mail: &Mail) -> Result<(), Failure> {
        let stamp = jiff::Timestamp::from_second(mail.time).unwrap_or_default();
        let when = stamp.strftime("%a %b %e %H:%M:%S %Y");
        self.waiting.extend(format!("From {} {when}\n", mail.sender).bytes());
        for line in mail.bytes.split_inclusive(|byte| *byte == b'\n') {
            let quoted = line.iter().skip_while(|byte| **byte == b'>');
            if quoted.take(5).eq(b"From ") {
                self.waiting.push(b'>');
            }
            self.waiting.extend(line);
        }
        self.waiting.push(b'\n');
        self.delivered.add(mail.id);
        self.done.new = self.done.new.saturating_add(1);
        if self.waiting.len() > BATCH {
            self.save()?;
        }
        Ok(())
    }

    /// Writes what waits, and that it was written.
    pub fn save(&mut self) -> Result<(), Failure> {
        if !self.waiting.is_empty() {
            let written = open_to_append(self.path).and_then(|mut file| file.write_all(&self.waiting));
            written.map_err(|e| unwritten(self.path, &e))?;
            self.waiting.clear();
        }
        self.delivered.save()
    }
}
