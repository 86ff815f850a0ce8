//! Someone's computer: a real store that is filled from what was fetched, crashes, is edited and made anew.

use std::collections::BTreeSet;
use std::path::PathBuf;

use event::EventId;
use rules::Facts;
use store::{Seal, Store};
use testkit::feed::{Delivery, batches};
use testkit::naive::Law;
use testkit::world::Chance;

/// A store, in memory or in a file.
pub struct Replica {
    /// What was delivered, and the store.
    pub delivery: Delivery,
    file: Option<PathBuf>,
}

impl Replica {
    /// An empty one; with a folder it is a file.
    pub fn new(file: Option<PathBuf>) -> Replica {
        let delivery = match &file {
            Some(path) => {
                remove(path);
                let store = Store::create(path, None).expect("an empty folder takes a store");
                Delivery::into(store)
            }
            None => Delivery::new(None),
        };
        Replica { delivery, file }
    }

    /// Takes in what is new of a view, in any order and any batches; some of them are cut short first.
    pub fn take_in(&mut self, law: &Law, view: &BTreeSet<EventId>, chance: &mut Chance, crash: usize) {
        let news: BTreeSet<EventId> = view.difference(self.delivery.delivered()).copied().collect();
        for batch in batches(law, &news, chance) {
            if !self.delivery.delivered().is_empty() && chance.percent(crash) {
                self.delivery.break_off(law, &batch, chance.below(batch.len() + 1));
                self.open_again();
            }
            self.delivery.deliver(law, &batch);
        }
        if chance.percent(10) {
            let old: Vec<EventId> = self.delivery.delivered().iter().copied().filter(|_| chance.percent(10)).collect();
            self.delivery.repeat(law, &old);
        }
    }

    /// The program ends and begins again.
    pub fn open_again(&mut self) {
        if let Some(path) = &self.file {
            let store = Store::open(path, None).expect("the store opens").expect("the store is whole");
            self.delivery.store = store;
        }
    }

    /// The store is thrown away and made anew, at once.
    pub fn rebuild(&mut self, law: &Law, chance: &mut Chance) {
        let view = self.delivery.delivered().clone();
        let file = self.file.clone();
        // The old one lets go of its file first.
        self.delivery = Delivery::new(None);
        *self = Replica::new(file);
        self.take_in(law, &view, chance, 0);
    }

    /// Somebody edits a row of the file; the seal shows it, and the store made anew is what it was.
    pub fn edit(&mut self, law: &Law, chance: &mut Chance) -> bool {
        let Some(path) = self.file.clone().filter(|_| self.delivery.store.log().is_ok_and(|log| log.is_some())) else {
            return false;
        };
        let was = self.delivery.store.state_digest().expect("a digest");
        self.delivery.store = Store::in_memory(None).expect("memory");
        let edits = [
            "UPDATE event SET refusal = 1 - min(refusal, 1) WHERE id = (SELECT max(id) FROM event)",
            "UPDATE account SET balance = balance + 100",
            "DELETE FROM event WHERE id = (SELECT max(id) FROM event)",
            "UPDATE meta SET value = 'other' WHERE key = 'frontier'",
        ];
        let db = rusqlite::Connection::open(&path).expect("a file");
        db.pragma_update(None, "foreign_keys", "OFF").expect("a setting");
        let changed = db.execute(edits[chance.below(edits.len())], []).expect("a table of the store");
        drop(db);
        self.open_again();
        assert!(changed == 0 || self.delivery.seal() != Seal::Whole, "an edited store is called whole");
        self.rebuild(law, chance);
        assert_eq!(self.delivery.store.state_digest().expect("a digest"), was, "the store did not come back");
        true
    }
}

fn remove(path: &std::path::Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        // What is not there need not go.
        drop(std::fs::remove_file(name));
    }
}
