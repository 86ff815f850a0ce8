//! Line 1: what holds for every event, whatever its kind.

use std::collections::BTreeSet;

use event::{Body, Event, EventId};

use super::cover::Cover;
use super::law::{Law, must};

impl Law {
    /// `Some` for a valid event.
    pub(super) fn judge(&self, id: EventId) -> Option<()> {
        let event = self.event(id)?;
        if let Body::Found(_) = event.body {
            must(id == self.log())?;
            must(event.prev.is_none() && event.log.is_none() && event.register.is_none() && event.deps.is_empty())?;
            return self.enter(id).map(|_| ());
        }
        must(event.log == Some(self.log()))?;
        must(self.names(id).iter().all(|named| self.valid(*named)))?;
        self.judge_place(event)?;
        self.judge_own_branch(id, event)?;
        self.judge_deps(event)?;
        self.judge_register(event)?;
        self.judge_membership(id, event)?;
        self.judge_kind(id, event)
    }

    fn judge_place(&self, event: &Event) -> Option<()> {
        must(matches!(event.body, Body::Join(_)) == (event.seq == 0))?;
        must(event.prev.is_none() == (event.seq == 0))?;
        let Some(prev) = event.prev else { return Some(()) };
        let before = self.event(prev)?;
        must(before.device == event.device && before.seq.checked_add(1) == Some(event.seq))?;
        must(before.time <= event.time)?;
        let first = self.chain(prev).last().and_then(|id| self.event(*id))?;
        must(first.author == event.author)
    }

    /// A named event of the own device lies on the own branch.
    fn judge_own_branch(&self, id: EventId, event: &Event) -> Option<()> {
        let before = self.before(event);
        let own = self.names(id).iter().filter(|n| self.event(**n).is_some_and(|e| e.device == event.device));
        must(own.into_iter().all(|named| before.contains(named)))
    }

    fn judge_deps(&self, event: &Event) -> Option<()> {
        let own = |id: &EventId| self.event(*id).is_some_and(|e| e.device == event.device);
        let relied: BTreeSet<EventId> = event.body.carried().into_iter().chain(event.register).collect();
        let deps: BTreeSet<EventId> = event.deps.iter().copied().collect();
        must(relied.iter().all(|id| deps.contains(id) != own(id)))?;
        let witnesses: Vec<EventId> = deps.difference(&relied).copied().collect();
        let receipt = matches!(event.body, Body::Receive(_) | Body::Decline(_));
        must(witnesses.is_empty() || event.register.is_some() || receipt)?;
        must(witnesses.iter().all(|id| !own(id) && (self.is_entry(*id) || self.stood(*id))))
    }

    /// Whether the chain up to this event has stood as a steward's.
    fn stood(&self, id: EventId) -> bool {
        self.chain(id).into_iter().any(|x| self.stands(x).is_some())
    }

    fn judge_register(&self, event: &Event) -> Option<()> {
        let Some(entry) = event.register else { return must(event.seq > 0) };
        must(self.is_entry(entry))?;
        if let Some(prev) = event.prev {
            let known = self.knows(prev)?;
            must(known != entry && self.state(entry)?.path.contains(&known))?;
        }
        let by = self.settlers(entry)?;
        must(self.shown(event).settles(self, by, entry))
    }

    /// What the witnesses show: all deps, and the own chain before.
    pub(super) fn shown(&self, event: &Event) -> Cover {
        let witnesses = event.deps.iter().chain(&event.prev);
        let seen: BTreeSet<EventId> = witnesses.flat_map(|id| self.chain(*id)).collect();
        Cover::of(self, &seen)
    }

    fn judge_membership(&self, id: EventId, event: &Event) -> Option<()> {
        let known = self.under(id)?;
        must(event.seq == 0 || known.member(event.device).is_some())
    }

    fn judge_kind(&self, id: EventId, event: &Event) -> Option<()> {
        match &event.body {
            Body::Found(_) => None,
            Body::Join(_) | Body::Post(_) | Body::Profile(_) => Some(()),
            Body::Follow => must(event.register.is_some()),
            Body::Motion(motion) => self.judge_motion(id, motion),
            Body::Approve(approve) => self.judge_approve(id, event, approve),
            Body::Entry(_) => self.enter(id).map(|_| ()),
            Body::Ack(ack) => self.judge_ack(id, event, ack),
            Body::Pay(pay) => self.judge_pay(id, event, pay),
            Body::Receive(receive) => self.judge_receive(id, event, receive),
            Body::Decline(decline) => self.judge_decline(id, event, decline),
            Body::Open(open) => must(open.closes > event.time),
            Body::Cast(cast) => self.judge_cast(id, event, cast),
            Body::Page(page) => self.judge_page(event, page),
            Body::Close(close) => self.judge_close(event, close),
        }
    }
}
