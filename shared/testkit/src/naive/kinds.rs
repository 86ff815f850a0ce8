//! Motions, approvals and acknowledgements.

use event::{Ack, Approve, Body, Change, Device, Entry, Event, EventId, Motion, Position, Route};

use super::law::{Law, must};

impl Law {
    pub(super) fn judge_motion(&self, id: EventId, motion: &Motion) -> Option<()> {
        // Neither the entry's id nor the number of approvals decides whether a change fits.
        self.under(id)?.apply(self, id, &motion.change, 0).map(|_| ())
    }

    pub(super) fn judge_approve(&self, id: EventId, event: &Event, approve: &Approve) -> Option<()> {
        self.stands(id)?;
        let change = self.moved(approve.motion)?;
        let before = self.before(event);
        must(self.approved(&before).all(|motion| motion != approve.motion))?;
        must(self.may_cut(event, change))
    }

    /// Whether the author of an event may agree to a change, as far as that is a cut: it does not end the own
    /// chain, nor another's before what the own chain has acknowledged of it.
    pub(super) fn may_cut(&self, event: &Event, change: &Change) -> bool {
        let Change::Cut { position } = change else { return true };
        let acked = self.last_ack(&self.before(event), position.device);
        position.device != event.device && acked.is_none_or(|acked| self.covers(position.id, acked))
    }

    /// Where a device's chain ends by cuts that these events agree to: by approving one, or entering it inline.
    pub fn agreed_ends<'a>(&'a self, chain: &'a [EventId], device: Device) -> impl Iterator<Item = EventId> + 'a {
        let changes = chain.iter().filter_map(|id| match &self.event(*id)?.body {
            Body::Approve(approve) => self.moved(approve.motion),
            Body::Entry(Entry { route: Route::Inline(change), .. }) => Some(change),
            _ => None,
        });
        changes.filter_map(move |change| match change {
            Change::Cut { position } if position.device == device => Some(position.id),
            _ => None,
        })
    }

    /// The motions that these events approve.
    pub fn approved<'a>(&'a self, chain: &'a [EventId]) -> impl Iterator<Item = EventId> + 'a {
        chain.iter().filter_map(|id| match &self.event(*id)?.body {
            Body::Approve(approve) => Some(approve.motion),
            _ => None,
        })
    }

    pub(super) fn judge_ack(&self, id: EventId, event: &Event, ack: &Ack) -> Option<()> {
        self.stands(id)?;
        let before = self.before(event);
        must(ack.positions.iter().all(|position| self.judge_line(id, event, &before, position).is_some()))
    }

    fn judge_line(&self, id: EventId, event: &Event, before: &[EventId], line: &Position) -> Option<()> {
        let last = self.event(line.id)?;
        must(last.device == line.device && last.seq == line.seq && line.device != event.device)?;
        if let Some(acked) = self.last_ack(before, line.device) {
            must(self.covers(line.id, acked))?;
            must(acked != line.id || !self.listed(before, line, self.under(id)?.set))?;
        }
        must(self.agreed_ends(before, line.device).all(|end| self.covers(end, line.id)))
    }

    /// Whether this very line stands on the chain already, acknowledged under this set.
    pub fn listed(&self, chain: &[EventId], line: &Position, set: EventId) -> bool {
        chain.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Ack(ack)) => {
                ack.positions.iter().any(|p| p.id == line.id) && self.under(*x).is_some_and(|state| state.set == set)
            }
            _ => false,
        })
    }
}
