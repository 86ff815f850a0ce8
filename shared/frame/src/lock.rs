//! Who writes now: the lock that writers share, and that of the quarantine.
//!
//! A lock's file is not empty as long as somebody is at it, so that the next one sees that a work was cut short.

use std::fs::{File, TryLockError};
use std::time::{Duration, Instant};

use journal::Inbox;

use crate::failure::{Failure, Kind};
use crate::output::Output;
use crate::session::Session;

/// How long a command waits for another one that writes.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long the file of the quarantine's lock is while a bundle is being taken in.
const IMPORTING: u64 = 2;

impl Session {
    /// Waits for the lock; with it the store is open for writing and as new as the journal.
    pub(crate) fn begin_writing(&mut self, output: &mut Output) -> Result<(), Failure> {
        self.lock()?;
        self.catch_up(output)
    }

    /// Lets others write.
    pub(crate) fn end_writing(&mut self) -> Result<(), Failure> {
        self.unlock()
    }

    fn lock_file(&self, name: &str) -> Result<File, Failure> {
        let path = self.folder.join(name);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        file.map_err(|e| {
            Failure::could(format!("cannot open `{}`: {e}", path.display())).hint("is this home yours to write?")
        })
    }

    pub(crate) fn try_lock(&mut self) -> Result<bool, Failure> {
        if self.lock.is_some() {
            return Ok(true);
        }
        let file = self.lock_file("lock")?;
        match file.try_lock() {
            Ok(()) => {
                // Whoever finds the lock file not empty knows that a fold may be unfinished.
                if file.metadata().is_ok_and(|m| m.len() != 0) {
                    self.unfinished = true;
                    journal::clear_unfinished(&self.folder.join("journal.git"));
                }
                file.set_len(1).map_err(|e| Failure::could(format!("cannot write the lock: {e}")))?;
                self.lock = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(e)) => Err(Failure::could(format!("cannot lock this home: {e}"))),
        }
    }

    pub(crate) fn lock(&mut self) -> Result<(), Failure> {
        let begun = Instant::now();
        while !self.try_lock()? {
            if begun.elapsed() > PATIENCE {
                return Err(
                    Failure::could("another command has been writing for a minute").hint("wait for it, or end it")
                );
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Waits for the quarantine, which one process at a time uses.
    pub(crate) fn begin_exchange(&mut self, patience: Duration) -> Result<(), Failure> {
        if self.exchange.is_some() {
            return Ok(());
        }
        let file = self.lock_file("exchange")?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => {
                    let fact = "another sync is at work".to_owned();
                    let hint = Some("what is local is done; try again later".to_owned());
                    return Err(Failure { kind: Kind::Retry, fact, hint });
                }
                Err(TryLockError::Error(e)) => return Err(Failure::could(format!("cannot lock this home: {e}"))),
            }
        }
        match file.metadata().map_or(0, |m| m.len()) {
            0 => {}
            IMPORTING => Inbox::discard(&self.folder.join("inbox.git"))?,
            _ => journal::clear_unfinished(&self.folder.join("inbox.git")),
        }
        file.set_len(1).map_err(|e| Failure::could(format!("cannot write the lock: {e}")))?;
        self.exchange = Some(file);
        Ok(())
    }

    /// Says that the quarantine holds more than events: after a crash it is thrown away.
    pub(crate) fn begin_import(&self) -> Result<(), Failure> {
        let Some(file) = &self.exchange else { return Ok(()) };
        file.set_len(IMPORTING).map_err(|e| Failure::could(format!("cannot write the lock: {e}")))
    }

    /// Lets others use the quarantine.
    pub(crate) fn end_exchange(&mut self) {
        if let Some(file) = self.exchange.take() {
            // Where this fails, the next one looks for what was left.
            let _ = file.set_len(0);
        }
    }

    /// Whether this process alone uses the quarantine now.
    pub(crate) fn is_exchanging(&self) -> bool {
        self.exchange.is_some()
    }

    pub(crate) fn unlock(&mut self) -> Result<(), Failure> {
        if let Some(file) = self.lock.take() {
            file.set_len(0).map_err(|e| Failure::could(format!("cannot write the lock: {e}")))?;
        }
        Ok(())
    }
}
