//! Motions, approvals, invitations and acknowledgements.

use event::{Ack, Approve, Body, Event, EventId, Invite, Join, Motion, Object, Position, invitation_message};

use super::changes::Way;
use super::law::{Law, must};

impl Law {
    /// A request to join. It answers an invitation with the signature of that one's key.
    pub(super) fn judge_join(&self, event: &Event, join: &Join) -> Option<()> {
        let Some(invited) = &join.invited else { return Some(()) };
        let Body::Invite(invite) = &self.event(invited.by)?.body else { return None };
        let message = invitation_message(&self.log(), &invited.by, &event.device, &event.author);
        event::verify_strict(&invite.key, &message, &invited.proof).ok()
    }

    /// Exactly at its own time an invitation has expired.
    pub(super) fn judge_invite(&self, id: EventId, event: &Event, invite: &Invite) -> Option<()> {
        self.stands(id)?;
        must((1..=event::MAX_USES).contains(&invite.uses) && invite.expires > event.time)
    }

    pub(super) fn judge_motion(&self, id: EventId, motion: &Motion) -> Option<()> {
        self.under(id)?.apply(self, &motion.change, Way::proposed(id)).map(|_| ())
    }

    pub(super) fn judge_object(&self, id: EventId, event: &Event, object: &Object) -> Option<()> {
        self.stands(id)?;
        self.moved(object.motion)?;
        must(self.before(event).iter().all(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Object(earlier)) => earlier.motion != object.motion,
            _ => true,
        }))
    }

    pub(super) fn judge_approve(&self, id: EventId, event: &Event, approve: &Approve) -> Option<()> {
        self.stands(id)?;
        let change = self.moved(approve.motion)?;
        let before = self.before(event);
        must(self.approved(&before).all(|motion| motion != approve.motion))?;
        must(self.may_end(event, change, Some(approve.motion), &*self.under(id)?))
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
        must(ack.positions.iter().all(|position| self.judge_line(id, event, &before, position).is_some()))?;
        must(self.on_one_line(&before, ack))
    }

    fn judge_line(&self, id: EventId, event: &Event, before: &[EventId], line: &Position) -> Option<()> {
        must(self.at(line) && line.device != event.device)?;
        let known = self.under(id)?;
        if let Some(acked) = self.last_ack(before, line.device) {
            must(self.covers(line.id, acked))?;
            must(acked != line.id || !self.listed(before, line, known.set))?;
        }
        must(self.keeps_promises(before, line.id, &known))
    }

    /// The entries that the chain has acknowledged or made, and those that it acknowledges now: two of one term do not
    /// contradict each other.
    fn on_one_line(&self, before: &[EventId], ack: &Ack) -> bool {
        let last = |chain: Vec<EventId>| chain.into_iter().find(|id| self.is_entry(*id));
        let acked = before.iter().filter_map(|id| match &self.event(*id)?.body {
            Body::Ack(ack) => Some(ack.positions.iter().map(|p| p.id).collect::<Vec<_>>()),
            _ => None,
        });
        let old: Vec<EventId> =
            acked.flatten().filter_map(|id| last(self.chain(id))).chain(last(before.to_vec())).collect();
        let new: Vec<EventId> = ack.positions.iter().filter_map(|p| last(self.chain(p.id))).collect();
        let term = |id: EventId| self.state(id).map(|state| state.term);
        let agree = |a: EventId, b: EventId| term(a) != term(b) || self.carries(a, b) || self.carries(b, a);
        new.iter().all(|entry| old.iter().chain(&new).all(|other| old.contains(entry) || agree(*entry, *other)))
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
