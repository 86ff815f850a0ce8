//! Line 1: what holds for every event, whatever its kind.

use std::collections::BTreeSet;

use event::{Body, Change, Entry, Event, EventId, Route};

use super::cover::Cover;
use super::law::{Law, must};
use super::state::State;

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
        let receipt = matches!(event.body, Body::Receive(_) | Body::Decline(_) | Body::Back(_) | Body::Release(_))
            || self.enters_own_end(event);
        must(witnesses.is_empty() || event.register.is_some() || receipt)?;
        must(witnesses.iter().all(|id| !own(id) && (self.is_entry(*id) || self.stood(*id))))
    }

    /// Whether the chain up to this event has stood as a steward's.
    fn stood(&self, id: EventId) -> bool {
        self.chain(id).into_iter().any(|x| self.stands(x).is_some())
    }

    /// Whether it is an entry of a motion with which a chain ends, which must be shown to be settled.
    fn enters_own_end(&self, event: &Event) -> bool {
        match &event.body {
            Body::Entry(Entry { route: Route::Moved { motion, .. }, .. }) => {
                matches!(self.moved(*motion), Some(Change::Leave { .. } | Change::Move(_) | Change::Hand(_)))
            }
            _ => false,
        }
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

    /// Whether the witnesses and the own chain settle an event under any set, or the state cuts its chain at or after it.
    pub(super) fn shows_settled(&self, event: &Event, wanted: EventId, known: &State) -> bool {
        let shown = self.shown(event);
        let settled = shown.sets().into_iter().any(|set| shown.settles(self, set, wanted));
        settled || self.event(wanted).and_then(|e| known.cuts.get(&e.device)).is_some_and(|c| self.covers(c.id, wanted))
    }

    /// The author is an active member, by its present device. A chain that its own motion has handed over says nothing
    /// more but what helps the motion.
    fn judge_membership(&self, id: EventId, event: &Event) -> Option<()> {
        let known = self.under(id)?;
        if event.seq == 0 {
            return Some(());
        }
        must(known.member(event.device).is_some())?;
        let Some(motion) = self.handed_over(&self.before(event), &known) else { return Some(()) };
        must(match &event.body {
            Body::Approve(approve) => approve.motion == motion,
            Body::Entry(_) | Body::Follow => true,
            _ => false,
        })
    }

    fn judge_kind(&self, id: EventId, event: &Event) -> Option<()> {
        match &event.body {
            Body::Found(_) => None,
            Body::Profile(_) | Body::ReadingKey(_) => Some(()),
            Body::Post(post) => self.judge_post(id, event, post),
            Body::Retract(retract) => self.judge_retract(id, event, retract),
            Body::Hide(hide) => self.judge_hide(id, event, hide),
            Body::Seen(seen) => self.judge_seen(seen),
            Body::Told(told) => self.judge_told(id, event, told),
            Body::Join(join) => self.judge_join(event, join),
            Body::Invite(invite) => self.judge_invite(id, event, invite),
            Body::Object(object) => self.judge_object(id, event, object),
            Body::Succeed(succeed) => self.judge_succeed(id, event, succeed),
            Body::Follow => must(event.register.is_some()),
            Body::Motion(motion) => self.judge_motion(id, motion),
            Body::Approve(approve) => self.judge_approve(id, event, approve),
            Body::Entry(_) => self.enter(id).map(|_| ()),
            Body::Ack(ack) => self.judge_ack(id, event, ack),
            Body::Pay(pay) => self.judge_pay(id, event, pay),
            Body::Pledge(pledge) => self.judge_pledge(id, pledge),
            Body::Unpledge(unpledge) => self.judge_unpledge(id, event, unpledge),
            Body::Attest(attest) => self.judge_attest(id, event, attest),
            Body::Back(back) => self.judge_back(id, event, back),
            Body::Offer(offer) | Body::Want(offer) => self.judge_offer(id, event, offer),
            Body::Remove(remove) => self.judge_remove(id, event, remove),
            Body::Clear(clear) => self.judge_clear(id, event, clear),
            Body::Agree(of) => self.judge_agree(id, event, of),
            Body::Dissent(of) => self.judge_dissent(id, event, of),
            Body::Release(release) => self.judge_release(id, event, release),
            Body::Receive(receive) => self.judge_receive(id, event, receive),
            Body::Decline(decline) => self.judge_decline(id, event, decline),
            Body::Open(open) => self.judge_open(id, event, open),
            Body::Cast(cast) => self.judge_cast(id, event, cast),
            Body::Page(page) => self.judge_page(id, page),
            Body::Close(close) => self.judge_close(id, event, close),
            Body::Record(record) => self.judge_record(id, record),
            Body::Contest(contest) => self.judge_contest(id, contest.record),
            Body::Proxy(proxy) => self.judge_proxy(id, proxy),
            Body::Extend(extend) => self.judge_extend(id, event, extend),
            Body::Statement(statement) => self.judge_statement(id, statement.poll),
            Body::Request(request) => self.judge_request(id, event, request),
            Body::Withdraw(withdraw) => self.judge_withdraw(id, event, withdraw),
            Body::Refuse(refuse) => self.judge_refuse(id, event, refuse),
            Body::Cancel(cancel) => self.judge_cancel(id, event, cancel),
        }
    }
}
