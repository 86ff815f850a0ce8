//! A Maildir: each message a file, written beside and moved into `new`.

use std::fs;
use std::path::Path;

use frame::Failure;

use super::delivered::Delivered;
use super::{Done, make_folder, unwritten};
use crate::mail::Mail;

/// The file in a Maildir that says what was delivered.
const STATE: &str = ".commons-delivered";

/// How many messages are delivered before that is written down.
const BATCH: usize = 1000;

/// A Maildir to deliver into.
pub struct Maildir<'a> {
    path: &'a Path,
    delivered: Delivered,
    batch: usize,
    /// What was done so far.
    pub done: Done,
}

impl<'a> Maildir<'a> {
    /// Opens or makes it.
    pub fn open(path: &'a Path) -> Result<Self, Failure> {
        for folder in ["tmp", "new", "cur"] {
            make_folder(&path.join(folder))?;
        }
        let delivered = Delivered::open(path.join(STATE))?;
        Ok(Maildir { path, delivered, batch: 0, done: Done::default() })
    }

    /// Whether a message was delivered before.
    pub fn has(&mut self, id: &event::EventId) -> bool {
        let has = self.delivered.has(id);
        self.done.same = self.done.same.saturating_add(usize::from(has));
        has
    }

    /// Delivers a message. Its name comes from it, so that a run that was cut short delivers none twice.
    pub fn deliver(&mut self, mail: &Mail) -> Result<(), Failure> {
        let name = format!("{}.{}.commons", mail.time, mail.id);
        let (beside, into) = (self.path.join("tmp").join(&name), self.path.join("new").join(&name));
        fs::write(&beside, &mail.bytes).map_err(|e| unwritten(&beside, &e))?;
        fs::rename(&beside, &into).map_err(|e| unwritten(&into, &e))?;
        self.delivered.add(mail.id);
        self.done.new = self.done.new.saturating_add(1);
        self.batch = self.batch.saturating_add(1);
        if self.batch == BATCH {
            self.save()?;
        }
        Ok(())
    }

    /// Writes down what was delivered.
    pub fn save(&mut self) -> Result<(), Failure> {
        self.batch = 0;
        self.delivered.save()
    }
}
