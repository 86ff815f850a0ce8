//! Lines 3 and 4: who acknowledges what, under which set of stewards.

use std::collections::{BTreeMap, BTreeSet};

use event::{Body, EventId, Handle, Route};

use super::ends::{Bound, Shut};
use super::law::Law;

type Covered = BTreeMap<(EventId, EventId), BTreeSet<Handle>>;

/// What an acknowledgement is good for, after what its chain has closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Good {
    /// For register entries only.
    entries: bool,
    /// For entries of this term and later ones only, above 0.
    term: u32,
}

/// The acknowledgements that some events make, by what they are good for, set and acknowledged event.
#[derive(Default)]
pub struct Cover(BTreeMap<Good, Covered>);

impl Cover {
    /// What these events acknowledge; with each event all before it on its chain must be there.
    pub fn of<'a>(law: &Law, events: impl IntoIterator<Item = &'a EventId>) -> Self {
        let events: Vec<EventId> = events.into_iter().copied().collect();
        let lifted = Lifted::of(law, &events);
        let mut cover = Cover::default();
        for id in events {
            cover.add_standing(law, &lifted, id);
            cover.add_founding(law, id);
        }
        cover
    }

    /// Who acknowledges `event` under `set`.
    pub fn stewards(&self, law: &Law, set: EventId, event: EventId) -> BTreeSet<Handle> {
        let term = law.state(event).filter(|_| law.is_entry(event)).map(|state| state.term);
        let fits = |good: &Good| match term {
            Some(term) => term >= good.term,
            None => !good.entries,
        };
        let fitting = self.0.iter().filter(|(good, _)| fits(good));
        fitting.filter_map(|(_, covered)| covered.get(&(set, event))).flatten().cloned().collect()
    }

    /// settled0(k, e), as far as these events show it.
    pub fn settles(&self, law: &Law, set: EventId, event: EventId) -> bool {
        law.state(set).is_some_and(|state| self.stewards(law, set, event).len() >= state.quorum())
    }

    /// The sets under which anything is acknowledged.
    pub fn sets(&self) -> BTreeSet<EventId> {
        self.0.values().flat_map(|covered| covered.keys()).map(|(set, _)| *set).collect()
    }

    /// A steward's event acknowledges its own chain up to itself, an `ack` also what it lists.
    fn add_standing(&mut self, law: &Law, lifted: &Lifted, id: EventId) {
        let Some((set, steward)) = law.stands(id) else { return };
        let good = good(law, lifted, id, set);
        add_chain(self.0.entry(good).or_default(), law, set, &steward, id);
        let Some(Body::Ack(ack)) = law.event(id).map(|e| &e.body) else { return };
        let bound = law.bound_before(id);
        let open = |b: &&Bound| !b.motion.is_some_and(|motion| lifted.knows(law, id, motion));
        let open: Vec<&Bound> = bound.iter().filter(open).collect();
        for position in &ack.positions {
            // Beyond an end to which the author has agreed it counts for entries only.
            let within = |id: &EventId| open.iter().all(|bound| law.bears(bound, *id));
            if !within(&position.id) {
                let entries = self.0.entry(Good { entries: true, ..good }).or_default();
                add_chain(entries, law, set, &steward, position.id);
            }
            if let Some(last) = law.chain(position.id).into_iter().find(within) {
                add_chain(self.0.entry(good).or_default(), law, set, &steward, last);
            }
        }
    }

    /// The genesis and an inline entry acknowledge themselves under the set of their parent, unless their author has
    /// consented to a later term.
    fn add_founding(&mut self, law: &Law, id: EventId) {
        let Some(parent) = law.inline_after(id).and_then(|after| law.state(after)) else { return };
        if let Some(steward) = law.event(id).and_then(|e| parent.steward(e.device)) {
            let good = Good { entries: true, ..good(law, &Lifted::default(), id, parent.set) };
            let covered = self.0.entry(good).or_default();
            covered.entry((parent.set, id)).or_default().insert(steward.clone());
        }
    }
}

/// What an event's acknowledgements under a set are good for.
fn good(law: &Law, lifted: &Lifted, id: EventId, set: EventId) -> Good {
    let mut good = Good::default();
    for shut in law.shut_before(id).iter() {
        match shut {
            Shut::LastWord { set: of, motion } if *of == set => {
                good.entries |= !motion.is_some_and(|motion| lifted.knows(law, id, motion));
            }
            Shut::Term { set: of, term } if *of == set => {
                good = Good { entries: true, term: good.term.max(*term) };
            }
            _ => {}
        }
    }
    good
}

/// From `last` back to the beginning of its chain, or to where this steward has been before.
fn add_chain(covered: &mut Covered, law: &Law, set: EventId, steward: &Handle, last: EventId) {
    for id in law.chain(last) {
        if !covered.entry((set, id)).or_default().insert(steward.clone()) {
            return;
        }
    }
}

/// Events of chains that know refusals: with these, what their chains had closed for a refused motion is open again.
#[derive(Default)]
struct Lifted(Vec<EventId>);

impl Lifted {
    fn of(law: &Law, events: &[EventId]) -> Self {
        let knows = |id: &EventId| law.under(*id).is_some_and(|state| !state.refused.is_empty());
        Lifted(events.iter().copied().filter(knows).collect())
    }

    /// Whether one of the events lies at or after this one on its chain and knows the motion refused.
    fn knows(&self, law: &Law, id: EventId, motion: EventId) -> bool {
        self.0.iter().any(|later| {
            law.covers(*later, id) && law.under(*later).is_some_and(|state| state.refused.contains(&motion))
        })
    }
}

impl Law {
    /// What an inline entry comes after; the genesis comes after itself.
    fn inline_after(&self, id: EventId) -> Option<EventId> {
        match &self.event(id)?.body {
            Body::Found(_) => Some(id),
            Body::Entry(entry) if matches!(entry.route, Route::Inline(_)) => Some(entry.after),
            _ => None,
        }
    }
}
