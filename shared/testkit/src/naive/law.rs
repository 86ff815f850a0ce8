//! The events at hand, and what can be read off a chain: places on it, the register entry that it knows.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use event::{Body, Change, Device, Event, EventId, Handle, Route, Verified};

use super::ends::{Bound, Shut};
use super::state::State;

/// The events of one community with their verdicts, which never change, so that many views can share them.
///
/// A verdict is asked for only once all that an event names is held.
pub struct Law {
    log: EventId,
    events: BTreeMap<EventId, Verified>,
    names: BTreeMap<EventId, Vec<EventId>>,
    verdicts: RefCell<BTreeMap<EventId, bool>>,
    knows: RefCell<BTreeMap<EventId, Option<EventId>>>,
    states: RefCell<BTreeMap<EventId, Option<Rc<State>>>>,
    standing: RefCell<BTreeMap<EventId, Option<(EventId, Handle)>>>,
    shut: RefCell<BTreeMap<EventId, Rc<Vec<Shut>>>>,
    pub(super) bound: RefCell<BTreeMap<EventId, Rc<Vec<Bound>>>>,
}

/// `Some` where it holds, for ladders of `?`.
pub(super) fn must(holds: bool) -> Option<()> {
    holds.then_some(())
}

impl Law {
    /// No events yet, of the community with this genesis.
    pub fn new(log: EventId) -> Self {
        Law {
            log,
            events: BTreeMap::new(),
            names: BTreeMap::new(),
            verdicts: RefCell::default(),
            knows: RefCell::default(),
            states: RefCell::default(),
            standing: RefCell::default(),
            shut: RefCell::default(),
            bound: RefCell::default(),
        }
    }

    /// One more event.
    pub fn insert(&mut self, verified: Verified) {
        self.names.insert(verified.id, verified.event.names());
        self.events.insert(verified.id, verified);
    }

    /// Takes back the event that was inserted last.
    pub fn forget(&mut self, id: EventId) {
        self.events.remove(&id);
        self.names.remove(&id);
        self.verdicts.borrow_mut().remove(&id);
        self.knows.borrow_mut().remove(&id);
        self.states.borrow_mut().remove(&id);
        self.standing.borrow_mut().remove(&id);
        self.shut.borrow_mut().remove(&id);
        self.bound.borrow_mut().remove(&id);
    }

    /// The genesis.
    pub fn log(&self) -> EventId {
        self.log
    }

    /// All events.
    pub fn events(&self) -> &BTreeMap<EventId, Verified> {
        &self.events
    }

    /// What an event says, if it is here.
    pub fn event(&self, id: EventId) -> Option<&Event> {
        self.events.get(&id).map(|v| &v.event)
    }

    /// What an event names.
    pub fn names(&self, id: EventId) -> &[EventId] {
        self.names.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Line 1: whether the event is valid.
    pub fn valid(&self, id: EventId) -> bool {
        if let Some(known) = self.verdicts.borrow().get(&id) {
            return *known;
        }
        let verdict = self.judge(id).is_some();
        self.verdicts.borrow_mut().insert(id, verdict);
        verdict
    }

    /// The event and all before it on its chain, the last first.
    pub fn chain(&self, id: EventId) -> Vec<EventId> {
        let mut chain = Vec::new();
        let mut at = Some(id);
        while let Some(here) = at {
            chain.push(here);
            at = self.event(here).and_then(|e| e.prev);
        }
        chain
    }

    /// Everything on the event's own chain before it, the last first.
    pub fn before(&self, event: &Event) -> Vec<EventId> {
        event.prev.map(|prev| self.chain(prev)).unwrap_or_default()
    }

    /// Whether `earlier` is `later` or lies before it on its chain.
    pub fn covers(&self, later: EventId, earlier: EventId) -> bool {
        let Some(wanted) = self.event(earlier) else { return false };
        let mut at = Some(later);
        while let Some((id, event)) = at.and_then(|id| self.event(id).map(|e| (id, e))) {
            if id == earlier {
                return true;
            }
            if event.device != wanted.device || event.seq <= wanted.seq {
                return false;
            }
            at = event.prev;
        }
        false
    }

    /// The register entry that the chain knows at this event: the last `Register:`, the genesis on the founder's.
    pub fn knows(&self, id: EventId) -> Option<EventId> {
        if let Some(known) = self.knows.borrow().get(&id) {
            return *known;
        }
        let event = self.event(id)?;
        let known = match (&event.body, event.register, event.prev) {
            (Body::Found(_), _, _) => Some(id),
            (_, Some(register), _) => Some(register),
            (_, None, prev) => prev.and_then(|prev| self.knows(prev)),
        };
        self.knows.borrow_mut().insert(id, known);
        known
    }

    /// state(r) of a valid entry, or of the genesis.
    pub fn state(&self, entry: EventId) -> Option<Rc<State>> {
        if let Some(known) = self.states.borrow().get(&entry) {
            return known.clone();
        }
        let state = must(self.valid(entry)).and_then(|()| self.enter(entry)).map(Rc::new);
        self.states.borrow_mut().insert(entry, state.clone());
        state
    }

    /// The state under which the event stands: that of the entry that its chain knows.
    pub fn under(&self, id: EventId) -> Option<Rc<State>> {
        self.state(self.knows(id)?)
    }

    /// Whether it is an entry of the register; the genesis is one.
    pub fn is_entry(&self, id: EventId) -> bool {
        self.event(id).is_some_and(|e| matches!(e.body, Body::Entry(_) | Body::Found(_)))
    }

    /// The entry before an entry; the genesis stands before itself.
    pub fn parent(&self, entry: EventId) -> Option<EventId> {
        match &self.event(entry)?.body {
            Body::Entry(e) => Some(e.after),
            Body::Found(_) => Some(entry),
            _ => None,
        }
    }

    /// set(parent(c)): who may settle an entry. A succession is settled by the set that its consents knew.
    pub fn settlers(&self, entry: EventId) -> Option<EventId> {
        if let Some(approval) = self.consents(entry).first() {
            return Some(self.under(*approval)?.set);
        }
        Some(self.state(self.parent(entry)?)?.set)
    }

    /// The consents that a succession names.
    pub fn consents(&self, entry: EventId) -> &[EventId] {
        match self.event(entry).map(|e| &e.body) {
            Some(Body::Entry(entry)) => match &entry.route {
                Route::Succession { approvals, .. } => approvals,
                _ => &[],
            },
            _ => &[],
        }
    }

    /// The set under which the author of an event stands as a steward there, and as which.
    pub fn stands(&self, id: EventId) -> Option<(EventId, Handle)> {
        if let Some(known) = self.standing.borrow().get(&id) {
            return known.clone();
        }
        let standing = self.under(id).and_then(|state| {
            let steward = state.steward(self.event(id)?.device)?;
            Some((state.set, steward.clone()))
        });
        self.standing.borrow_mut().insert(id, standing.clone());
        standing
    }

    /// What the chain had closed for its author before this event (line 3).
    pub fn shut_before(&self, id: EventId) -> Rc<Vec<Shut>> {
        if let Some(known) = self.shut.borrow().get(&id) {
            return known.clone();
        }
        let mut shut = Rc::default();
        if let Some(prev) = self.event(id).and_then(|e| e.prev) {
            shut = self.shut_before(prev);
            if let Some(more) = self.closes(prev) {
                Rc::make_mut(&mut shut).push(more);
            }
        }
        self.shut.borrow_mut().insert(id, shut.clone());
        shut
    }

    /// The last acknowledgement of a device among these events of a chain, the last first.
    pub fn last_ack(&self, chain: &[EventId], device: Device) -> Option<EventId> {
        let lines = chain.iter().filter_map(|id| match &self.event(*id)?.body {
            Body::Ack(ack) => ack.positions.iter().find(|p| p.device == device),
            _ => None,
        });
        lines.map(|p| p.id).next()
    }

    /// The change that a motion proposes.
    pub fn moved(&self, motion: EventId) -> Option<&Change> {
        match &self.event(motion)?.body {
            Body::Motion(motion) => Some(&motion.change),
            _ => None,
        }
    }

    /// The change that an entry makes.
    pub fn change(&self, entry: EventId) -> Option<&Change> {
        match &self.event(entry)?.body {
            Body::Entry(entry) => match &entry.route {
                Route::Inline(change) => Some(change),
                Route::Moved { motion, .. } => self.moved(*motion),
                Route::Refused { .. } | Route::Succession { .. } => None,
            },
            _ => None,
        }
    }

    /// Whether `entry` is `later` or one of its ancestors in the register's tree.
    pub fn carries(&self, later: EventId, entry: EventId) -> bool {
        self.state(later).is_some_and(|state| state.path.contains(&entry))
    }
}
