//! Lines 3 and 4: who acknowledges what, under which set of stewards.

use std::collections::{BTreeMap, BTreeSet};

use event::{Body, Change, EventId, Handle, Route};

use super::law::Law;

type Covered = BTreeMap<(EventId, EventId), BTreeSet<Handle>>;

/// The acknowledgements that some events make, by set and acknowledged event.
#[derive(Default)]
pub struct Cover {
    /// Those that count for every event.
    open: Covered,
    /// Those made after a closing approval: they count for register entries alone.
    closed: Covered,
    /// Inline entries by themselves.
    inline: Covered,
}

impl Cover {
    /// What these events acknowledge.
    ///
    /// A chain up to a witness acknowledges what one of its events does, so the chains of the witnesses, put
    /// together, say what the witnesses say.
    pub fn of<'a>(law: &Law, events: impl IntoIterator<Item = &'a EventId>) -> Self {
        let mut cover = Cover::default();
        for id in events {
            cover.add_standing(law, *id);
            cover.add_founding(law, *id);
        }
        cover
    }

    /// Who acknowledges `event` under `set`.
    pub fn stewards(&self, law: &Law, set: EventId, event: EventId) -> BTreeSet<Handle> {
        let mut stewards = self.open.get(&(set, event)).cloned().unwrap_or_default();
        if law.is_entry(event) {
            for further in [&self.closed, &self.inline] {
                stewards.extend(further.get(&(set, event)).into_iter().flatten().cloned());
            }
        }
        stewards
    }

    /// settled0(k, e), as far as these events show it.
    pub fn settles(&self, law: &Law, set: EventId, event: EventId) -> bool {
        law.state(set).is_some_and(|state| self.stewards(law, set, event).len() >= state.quorum())
    }

    /// The sets under which anything is acknowledged.
    pub fn sets(&self) -> BTreeSet<EventId> {
        let all = [&self.open, &self.closed, &self.inline];
        all.into_iter().flat_map(|covered| covered.keys()).map(|(set, _)| *set).collect()
    }

    /// A steward's event acknowledges its own chain up to itself, an `ack` also what it lists.
    fn add_standing(&mut self, law: &Law, id: EventId) {
        let Some((set, steward)) = law.stands(id) else { return };
        let covered = if law.closed(id, set) { &mut self.closed } else { &mut self.open };
        add_chain(covered, law, set, &steward, id);
        if let Some(Body::Ack(ack)) = law.event(id).map(|e| &e.body) {
            for position in &ack.positions {
                add_chain(covered, law, set, &steward, position.id);
            }
        }
    }

    /// The genesis and an inline entry acknowledge themselves under the set of their parent.
    fn add_founding(&mut self, law: &Law, id: EventId) {
        let Some(parent) = law.inline_after(id).and_then(|after| law.state(after)) else { return };
        if let Some(steward) = law.event(id).and_then(|e| parent.steward(e.device)) {
            self.inline.entry((parent.set, id)).or_default().insert(steward.clone());
        }
    }
}

/// From `last` back to the beginning of its chain, or to where this steward has been before.
fn add_chain(covered: &mut Covered, law: &Law, set: EventId, steward: &Handle, last: EventId) {
    for id in law.chain(last) {
        if !covered.entry((set, id)).or_default().insert(steward.clone()) {
            return;
        }
    }
}

impl Law {
    /// Line 3: whether an earlier event of the chain closed the set. An approval of a change of stewards closes
    /// the set that its chain knows. An inline change of stewards is motion, approval and entry at once, so it
    /// closes the set of its parent.
    pub fn closed(&self, id: EventId, set: EventId) -> bool {
        self.shut_before(id).contains(&set)
    }

    /// The set that this event closes for its author.
    pub fn closes(&self, id: EventId) -> Option<EventId> {
        let (change, under) = match &self.event(id)?.body {
            Body::Approve(approve) => (self.moved(approve.motion)?, self.knows(id)?),
            Body::Entry(_) => (self.change(id)?, self.inline_after(id)?),
            _ => return None,
        };
        match change {
            Change::Role { .. } => self.state(under).map(|state| state.set),
            _ => None,
        }
    }

    /// What an inline entry comes after; the genesis comes after itself.
    fn inline_after(&self, id: EventId) -> Option<EventId> {
        match &self.event(id)?.body {
            Body::Found(_) => Some(id),
            Body::Entry(entry) if matches!(entry.route, Route::Inline(_)) => Some(entry.after),
            _ => None,
        }
    }
}
