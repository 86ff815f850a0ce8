//! How events reach a store: in any order, in any batches, waiting for what they name.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use event::{Body, EventId, Key};
use rules::Facts;
use store::{Outcome, Seal, Store};

use crate::naive::Law;
use crate::world::{Chance, made_up};

/// In which order events come.
#[derive(Debug, Clone, Copy)]
pub enum Order {
    /// Any.
    Shuffled,
    /// About as they were written.
    Rough,
}

/// A store and what was delivered to it.
pub struct Delivery {
    /// The store.
    pub store: Store,
    delivered: BTreeSet<EventId>,
    /// Delivered, but not applied yet.
    waiting: Vec<EventId>,
    /// Requests to join that something names.
    wanted: BTreeSet<EventId>,
    key: Key,
    commits: usize,
}

impl Delivery {
    /// Nothing yet, for an installation that trusts this checkpoint.
    pub fn new(checkpoint: Option<EventId>) -> Self {
        Delivery::into(Store::in_memory(checkpoint).unwrap())
    }

    /// The same into this empty store.
    pub fn into(store: Store) -> Self {
        Delivery {
            store,
            delivered: BTreeSet::new(),
            waiting: Vec::new(),
            wanted: BTreeSet::new(),
            key: Key::from_seed(&[7; 32]),
            commits: 0,
        }
    }

    /// What has come so far.
    pub fn delivered(&self) -> &BTreeSet<EventId> {
        &self.delivered
    }

    /// Whether the seal says that nobody has edited the store.
    pub fn seal(&self) -> Seal {
        self.store.check_seal(&self.key.public()).unwrap()
    }

    /// One batch, as one transaction. What must hold after every commit is checked here.
    pub fn deliver(&mut self, law: &Law, batch: &[EventId]) {
        self.delivered.extend(batch);
        self.waiting.extend(batch);
        self.commits += 1;
        self.store.begin().unwrap();
        while self.apply_what_can_be(law) {}
        self.store.commit(&format!("commit {}", self.commits), &self.key).unwrap();
        assert_eq!(self.seal(), Seal::Whole);
        assert!(self.store.conserved().unwrap(), "money is made or lost");
    }

    /// A transaction that is cut short after so many events: as if it had never begun.
    pub fn break_off(&mut self, law: &Law, batch: &[EventId], after: usize) {
        let before = self.store.frontier().unwrap();
        self.store.begin().unwrap();
        for id in batch.iter().take(after) {
            self.store.apply(&law.events()[id], made_up(*id)).unwrap();
        }
        self.store.rollback().unwrap();
        assert_eq!(self.store.frontier().unwrap(), before, "what was cut short left a trace");
    }

    /// Events that came before come again.
    pub fn repeat(&mut self, law: &Law, events: &[EventId]) {
        self.store.begin().unwrap();
        for id in events.iter().filter(|id| self.store.link(id).unwrap().is_some()) {
            let outcome = self.store.apply(&law.events()[id], made_up(*id)).unwrap();
            assert_eq!(outcome, Outcome::Known, "it came twice and is news: {id:?}");
        }
        self.commits += 1;
        self.store.commit(&format!("commit {}", self.commits), &self.key).unwrap();
    }

    /// One pass over all that waits; whether there was anything new.
    fn apply_what_can_be(&mut self, law: &Law) -> bool {
        let before = (self.waiting.len(), self.wanted.len());
        for id in std::mem::take(&mut self.waiting) {
            if !self.apply(law, id) {
                self.waiting.push(id);
            }
        }
        before != (self.waiting.len(), self.wanted.len())
    }

    fn apply(&mut self, law: &Law, id: EventId) -> bool {
        if is_request(law, &id) && !self.wanted.contains(&id) {
            return false;
        }
        let outcome = self.store.apply(&law.events()[&id], made_up(id)).unwrap();
        if let Outcome::Waits(missing) = &outcome
            && missing.iter().all(|id| self.delivered.contains(id) && is_request(law, id))
        {
            self.wanted.extend(missing);
        }
        assert_ne!(outcome, Outcome::Known);
        !matches!(outcome, Outcome::Waits(_))
    }
}

fn is_request(law: &Law, id: &EventId) -> bool {
    law.events().get(id).is_some_and(|v| matches!(v.event.body, Body::Join(_)))
}

/// All events of a view in some order.
pub fn ordered(law: &Law, view: &BTreeSet<EventId>, order: Order, chance: &mut Chance) -> Vec<EventId> {
    let mut events: Vec<EventId> = view.iter().copied().collect();
    chance.shuffle(&mut events);
    if let Order::Rough = order {
        let spread = 1 + chance.below(30);
        let mut keyed: Vec<(i64, EventId)> = Vec::new();
        for id in events {
            let late = i64::try_from(chance.below(spread)).unwrap();
            keyed.push((law.events()[&id].event.time.seconds() + late, id));
        }
        keyed.sort_by_key(|(time, _)| *time);
        events = keyed.into_iter().map(|(_, id)| id).collect();
    }
    events
}

/// The same, cut into a few batches.
pub fn batches(law: &Law, view: &BTreeSet<EventId>, chance: &mut Chance) -> Vec<Vec<EventId>> {
    let order = if chance.percent(40) { Order::Shuffled } else { Order::Rough };
    let mut rest = ordered(law, view, order, chance);
    let mut batches = Vec::new();
    let most = if chance.percent(5) { 5 } else { rest.len() / 2 + 1 };
    while !rest.is_empty() {
        let n = (1 + chance.below(most)).min(rest.len());
        batches.push(rest.drain(..n).collect());
    }
    batches
}
