//! What a store says of every event, as one digest: an auditor that shares nothing with this program compares it.

use std::collections::BTreeSet;

use event::{Body, EventId};
use rules::Facts;
use sha2::{Digest, Sha256};

use crate::cache::id;
use crate::{Error, Store};

/// Every verdict and what has effect, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicts {
    /// How many events are settled.
    pub settled: u64,
    /// The SHA-256 over a line for each event, sorted by id: the id, a space, and `settled`, `pending`, `undone` or
    /// `refused`, a space and the refusal's number.
    pub digest: String,
}

impl Store {
    /// What is said of each event.
    pub fn verdicts(&self) -> Result<Verdicts, Error> {
        let mut hash = Sha256::new();
        let mut settled: u64 = 0;
        let register = self.register_path()?;
        let mut query = self.db.prepare("SELECT id, refusal FROM event ORDER BY id")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let (event, refusal) = (id(row.get(0)?)?, row.get::<_, i64>(1)?);
            let word = match refusal {
                0 => self.word(&event, &register)?.to_owned(),
                n => format!("refused {n}"),
            };
            settled = settled.saturating_add(u64::from(word == "settled"));
            hash.update(format!("{event} {word}\n"));
        }
        let digest = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Verdicts { settled, digest })
    }

    fn word(&self, event: &EventId, register: &BTreeSet<EventId>) -> Result<&'static str, Error> {
        let Some(link) = self.link(event)? else { return Ok("undone") };
        // Beyond the end of a chain its entries are settled all the same.
        Ok(match register.contains(event) || self.settled(&link)? {
            true => "settled",
            false if self.effective(&link)? => "pending",
            false => "undone",
        })
    }

    /// The entries from the genesis to the end of the settled register.
    fn register_path(&self) -> Result<BTreeSet<EventId>, Error> {
        let mut path = BTreeSet::new();
        let mut at = Some(self.register()?);
        while let Some(entry) = at {
            at = match self.body(&entry)? {
                Some(Body::Entry(body)) => Some(body.after),
                _ => None,
            };
            path.insert(entry);
        }
        Ok(path)
    }
}
