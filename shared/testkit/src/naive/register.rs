//! Entries: who may make them, and the state that they lead to.

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Body, Change, Entry, Event, EventId, Found, Handle, KindOfMember, Route};

use super::changes::Way;
use super::law::{Law, must};
use super::rulebook::Rulebook;
use super::state::{Member, Standing, State};

impl Law {
    /// The state that an entry or the genesis leads to; `None` where it may not be made.
    pub(super) fn enter(&self, id: EventId) -> Option<State> {
        let event = self.event(id)?;
        match &event.body {
            Body::Found(found) => begin(id, event, found),
            Body::Entry(entry) => self.enter_after(id, event, entry),
            _ => None,
        }
    }

    fn enter_after(&self, id: EventId, event: &Event, entry: &Entry) -> Option<State> {
        let before = self.state(entry.after)?;
        if let Route::Succession { term, approvals } = &entry.route {
            return self.succession(id, event, entry.after, *term, approvals);
        }
        must(before.secretary == event.device)?;
        must(self.follows(event, entry.after, &before))?;
        match &entry.route {
            Route::Inline(change) => {
                // Motion, approval and entry at once: what is asked of an approval is asked of it.
                must(self.may_end(event, change, None, &before))?;
                let mut behind: BTreeSet<Handle> = before.steward(event.device).into_iter().cloned().collect();
                let invitation = self.inviter(event, change, &before);
                must(invitation.is_some() || !before.invited_only || !matches!(change, Change::Admit { .. }))?;
                behind.extend(invitation.iter().map(|(_, inviter)| inviter.clone()));
                let need = before.needed(change);
                must(behind.len() >= need.approvals && need.poll.is_none())?;
                let way = Way { entry: id, motion: None, approvals: behind.len() };
                let mut next = before.apply(self, change, way)?;
                next.count_invited(invitation.map(|(by, _)| by));
                Some(next)
            }
            Route::Moved { motion, approvals, poll } => {
                let change = self.open_motion(*motion, &before)?;
                let mut behind = self.approvers(&before, *motion, change, approvals)?;
                let invitation = self.inviter(event, change, &before);
                must(invitation.is_some() || !before.invited_only || !matches!(change, Change::Admit { .. }))?;
                behind.extend(invitation.iter().map(|(_, inviter)| inviter.clone()));
                let need = before.needed(change);
                must(behind.len() >= need.approvals)?;
                must(need.poll.is_none() || poll.is_some())?;
                must(poll.is_none_or(|close| self.decided(close, *motion, need.poll)))?;
                let ends = matches!(change, Change::Leave { .. } | Change::Move(_)) && behind.len() < before.quorum();
                if ends || matches!(change, Change::Hand(_)) {
                    must(self.shows_settled(event, *motion, &before))?;
                }
                let way = Way { entry: id, motion: Some(*motion), approvals: behind.len() };
                let mut next = before.apply(self, change, way)?;
                next.entered.insert(*motion);
                next.count_invited(invitation.map(|(by, _)| by));
                Some(next)
            }
            Route::Refused { motion } => {
                self.open_motion(*motion, &before)?;
                let mut next = (*before).clone();
                next.path.push(id);
                next.refused.insert(*motion);
                Some(next)
            }
            Route::Succession { .. } => None,
        }
    }

    /// What a motion proposes, if it is neither entered nor refused.
    fn open_motion(&self, motion: EventId, before: &State) -> Option<&Change> {
        must(!before.entered.contains(&motion) && !before.refused.contains(&motion))?;
        self.moved(motion)
    }

    /// An entry follows the last one on its author's chain; or the one by another device that made the author's the
    /// secretary's, if that comes after the last one on the author's chain.
    fn follows(&self, event: &Event, after: EventId, before: &State) -> bool {
        let handed = self.event(after).is_some_and(|e| e.device != event.device);
        self.last_entry(event) == Some(after) || handed && self.is_past_own(event, before)
    }

    /// Whether the state comes after the last entry on the event's chain: this lies on its path, or is of an earlier
    /// term, so that a succession has left it aside.
    pub(super) fn is_past_own(&self, event: &Event, before: &State) -> bool {
        let Some(own) = self.last_entry(event) else { return true };
        before.path.contains(&own) || self.state(own).is_some_and(|then| then.term < before.term)
    }

    /// The last entry on the event's chain before it.
    pub(super) fn last_entry(&self, event: &Event) -> Option<EventId> {
        self.before(event).into_iter().find(|x| self.is_entry(*x))
    }

    /// The members who approve, all different and stewards in force before the entry. Of a change of stewards, all
    /// must have approved as stewards of the very set that it ends.
    fn approvers(&self, before: &State, motion: EventId, change: &Change, ids: &[EventId]) -> Option<BTreeSet<Handle>> {
        let mut stewards = BTreeSet::new();
        for id in ids {
            let event = self.event(*id)?;
            let Body::Approve(approve) = &event.body else { return None };
            must(approve.motion == motion)?;
            must(!before.closing(change) || self.under(*id)?.set == before.set)?;
            must(stewards.insert(before.steward(event.device)?.clone()))?;
        }
        Some(stewards)
    }

    /// The invitation that a request to be admitted names, and the inviter, while it is good: a steward still, with
    /// uses left, and not expired at the entry's time.
    fn inviter(&self, event: &Event, change: &Change, before: &State) -> Option<(EventId, Handle)> {
        let Change::Admit { request, .. } = change else { return None };
        let Body::Join(join) = &self.event(*request)?.body else { return None };
        let by = join.invited.as_ref()?.by;
        let Body::Invite(invite) = &self.event(by)?.body else { return None };
        let used = before.invited.get(&by).copied().unwrap_or(0);
        must(used < usize::from(invite.uses) && event.time <= invite.expires)?;
        Some((by, before.steward(self.event(by)?.device)?.clone()))
    }

    /// Whether this is the count of a poll about the motion that passed, with this threshold where one is wanted.
    fn decided(&self, close: EventId, motion: EventId, threshold: Option<event::Threshold>) -> bool {
        let Some(Body::Close(count)) = self.event(close).map(|e| &e.body) else { return false };
        let Some(Body::Open(open)) = self.event(count.poll).map(|e| &e.body) else { return false };
        let asked = ["yesno", "consent"].contains(&open.method.name()) && open.terms.voters.is_empty();
        let fits = threshold.is_none_or(|wanted| open.thresholds.contains(&wanted));
        asked && fits && open.motion == Some(motion) && count.outcome.passed
    }
}

impl State {
    fn count_invited(&mut self, by: Option<EventId>) {
        if let Some(by) = by {
            *self.invited.entry(by).or_default() += 1;
        }
    }
}

/// The genesis: its author is secretary and first steward.
fn begin(id: EventId, event: &Event, found: &Found) -> Option<State> {
    let book = Rulebook::read(event.text.as_ref()?.as_str())?;
    let (me, device) = (event.author.clone(), event.device);
    let founder = Member { device, confirmed: true, standing: Standing::Active, kind: KindOfMember::Person };
    let keepers = [Account::Member(me.clone()), Account::commons()];
    let mut state = State {
        path: vec![id],
        set: id,
        term: 0,
        secretary: device,
        members: BTreeMap::from([(me.clone(), founder)]),
        devices: BTreeMap::from([(device, (me.clone(), 0))]),
        stewards: vec![me.clone()],
        roles: BTreeSet::new(),
        role_names: book.roles,
        voting: book.voting,
        channels: book.channels,
        keepers: keepers.into_iter().map(|account| (account, me.clone())).collect(),
        closed: BTreeMap::new(),
        handed: BTreeMap::new(),
        opens: BTreeMap::new(),
        carried: BTreeMap::new(),
        sources: BTreeSet::new(),
        units: book.units.into_iter().map(|def| (def.unit.clone(), def)).collect(),
        bases: BTreeMap::new(),
        limits: BTreeMap::new(),
        mandates: BTreeMap::new(),
        contribution: book.contribution,
        assets: book.assets,
        backing: book.backing,
        caps: book.caps,
        authority: book.authority,
        rules: id,
        cuts: BTreeMap::new(),
        invited_only: book.invited_only,
        invited: BTreeMap::new(),
        entered: BTreeSet::new(),
        refused: BTreeSet::new(),
    };
    state.adopt_limits(book.bases)?;
    state.carry(found)?;
    Some(state)
}

impl State {
    /// The books of a refounded community: in its units, and summing to zero in each.
    fn carry(&mut self, found: &Found) -> Option<()> {
        let mut sums: BTreeMap<event::Unit, i128> = BTreeMap::new();
        for opening in found.refounds.iter().flat_map(|before| &before.openings) {
            let unit = self.units.get(&opening.unit)?;
            must(opening.amount.places() == unit.base.lower.places())?;
            let minor = i128::from(opening.amount.minor());
            let signed = if opening.owes { -minor } else { minor };
            *sums.entry(opening.unit.clone()).or_default() += signed;
            self.carried.insert((opening.account.clone(), opening.unit.clone()), signed);
        }
        must(sums.values().all(|sum| *sum == 0))
    }
}
