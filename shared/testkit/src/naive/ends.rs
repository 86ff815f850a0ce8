//! Changes that end a chain, and last words: what a steward may still acknowledge after it has approved.

use std::rc::Rc;

use event::{Body, Change, Entry, Event, EventId, Route};

use super::law::Law;
use super::state::State;

/// What an event of a steward's chain closes for its author.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// A set, register entries excepted; until the motion is refused, where there is one.
    LastWord { set: EventId, motion: Option<EventId> },
    /// A set, entries too, but for those of this term and later ones.
    Term { set: EventId, term: u32 },
}

/// Where a chain ends that someone agreed to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// At this event.
    At(EventId),
    /// At this motion of its own, so that nothing on another branch counts.
    With(EventId),
}

/// An end to which someone has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    device: event::Device,
    end: End,
    /// None for an inline entry, which nobody can refuse.
    pub motion: Option<EventId>,
}

impl Law {
    /// Line 3: what this event closes for its author. An inline change of stewards is motion, approval and entry at
    /// once, so it closes the set of its parent.
    pub fn closes(&self, id: EventId) -> Option<Shut> {
        match &self.event(id)?.body {
            Body::Approve(approve) => {
                let known = self.under(id)?;
                let closes = known.closing(self.moved(approve.motion)?);
                closes.then_some(Shut::LastWord { set: known.set, motion: Some(approve.motion) })
            }
            Body::Entry(Entry { after, route: Route::Inline(change) }) => {
                let before = self.state(*after)?;
                before.closing(change).then_some(Shut::LastWord { set: before.set, motion: None })
            }
            Body::Succeed(succeed) => Some(Shut::Term { set: self.under(id)?.set, term: succeed.term }),
            _ => None,
        }
    }

    /// The device whose chain a change ends, and where. `motion` is none for an inline entry, whose own chain ends
    /// with it.
    fn end(&self, change: &Change, motion: Option<EventId>) -> Option<(event::Device, End)> {
        match change {
            Change::Cut { position: at }
            | Change::Suspend { at, .. }
            | Change::Expel { at, .. }
            | Change::Rekey { at, .. } => Some((at.device, End::At(at.id))),
            Change::Leave { .. } | Change::Move(_) => {
                let motion = motion?;
                Some((self.event(motion)?.device, End::With(motion)))
            }
            _ => None,
        }
    }

    /// Whether an acknowledged event is not beyond the end.
    fn within(&self, end: End, acked: EventId) -> bool {
        match end {
            End::At(last) => self.covers(last, acked),
            End::With(motion) => self.covers(motion, acked) || self.covers(acked, motion),
        }
    }

    /// Whether the author of an event may agree to a change, as far as that ends a chain: not the own chain at a named
    /// position; and neither the own acknowledgements of it lie beyond, nor those of the approvals that have changed
    /// the stewards on the path of the register.
    pub(super) fn may_end(&self, event: &Event, change: &Change, motion: Option<EventId>, known: &State) -> bool {
        let Some((device, end)) = self.end(change, motion) else { return true };
        if matches!(end, End::At(_)) && device == event.device {
            return false;
        }
        let own = self.last_ack(&self.before(event), device);
        let others = known.path.iter().flat_map(|entry| self.closing_approvals(*entry));
        let pinned = others.filter_map(|approval| self.furthest(approval, device));
        own.into_iter().chain(pinned).all(|acked| self.within(end, acked))
    }

    /// How far an event's chain acknowledges a device's; a steward's event acknowledges its own chain up to itself.
    fn furthest(&self, id: EventId, device: event::Device) -> Option<EventId> {
        match self.event(id)?.device == device {
            true => Some(id),
            false => self.last_ack(&self.chain(id), device),
        }
    }

    /// The last words by which an entry ended a set of stewards; none if it ended none.
    pub(super) fn closing_approvals(&self, entry: EventId) -> Vec<EventId> {
        if self.state(entry).is_none_or(|state| state.set != entry) {
            return Vec::new();
        }
        match self.event(entry).map(|e| &e.body) {
            Some(Body::Entry(e)) => match &e.route {
                Route::Moved { approvals, .. } | Route::Succession { approvals, .. } => approvals.clone(),
                Route::Inline(_) => vec![entry],
                Route::Refused { .. } => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Whether a chain that has agreed to these ends may acknowledge an event: not beyond any, unless the motion is
    /// refused in the state that the chain knows; but for an entry that comes after the end on its own branch.
    pub fn keeps_promises(&self, chain: &[EventId], acked: EventId, known: &State) -> bool {
        let Some(device) = self.event(acked).map(|e| e.device) else { return false };
        let bound = chain.iter().flat_map(|id| self.agrees(*id)).filter(|bound| {
            bound.device == device && !bound.motion.is_some_and(|motion| known.refused.contains(&motion))
        });
        let after = |end| match end {
            End::At(last) => self.is_entry(acked) && self.covers(acked, last),
            End::With(_) => false,
        };
        bound.into_iter().all(|bound| self.within(bound.end, acked) || after(bound.end))
    }

    /// The end of a chain to which an event agrees.
    fn agrees(&self, id: EventId) -> Option<Bound> {
        let (motion, (device, end)) = match &self.event(id)?.body {
            Body::Approve(approve) => {
                (Some(approve.motion), self.end(self.moved(approve.motion)?, Some(approve.motion))?)
            }
            Body::Entry(Entry { route: Route::Inline(change), .. }) => (None, self.end(change, None)?),
            _ => return None,
        };
        Some(Bound { device, end, motion })
    }

    /// What the chain had agreed to end before this event.
    pub(super) fn bound_before(&self, id: EventId) -> Rc<Vec<Bound>> {
        if let Some(known) = self.bound.borrow().get(&id) {
            return known.clone();
        }
        let mut bound = Rc::default();
        if let Some(prev) = self.event(id).and_then(|e| e.prev) {
            bound = self.bound_before(prev);
            if let Some(more) = self.agrees(prev) {
                Rc::make_mut(&mut bound).push(more);
            }
        }
        self.bound.borrow_mut().insert(id, bound.clone());
        bound
    }

    /// Whether an acknowledged event lies within an end.
    pub(super) fn bears(&self, bound: &Bound, acked: EventId) -> bool {
        self.event(acked).is_none_or(|e| e.device != bound.device) || self.within(bound.end, acked)
    }

    /// The motion with which this chain was handed over before an event, if that is not refused as known there.
    pub fn handed_over(&self, before: &[EventId], known: &State) -> Option<EventId> {
        let motions = before.iter().copied().filter(|id| {
            matches!(self.moved(*id), Some(Change::Leave { .. } | Change::Move(_))) && !known.refused.contains(id)
        });
        motions.last()
    }
}
