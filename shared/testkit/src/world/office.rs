//! The register and the stewards: motions, approvals, entries, acknowledgements.

use std::collections::{BTreeMap, BTreeSet};

use event::{
    Account, Ack, Amount, Approve, Body, Bounds, Change, Entry, EventId, Handle, Join, Motion, Position, Role, Route,
    UnitDef,
};

use super::Nature;
use super::desk::{Desk, Draft};
use crate::naive::{Cover, State};

impl Desk<'_> {
    pub fn join(&mut self) -> Option<Draft> {
        (self.chain.is_empty() && self.advance()).then(|| Body::Join(Join { key: self.me.key.public() }).into())
    }

    /// Proposes what the community was founded for: its members, its stewards.
    pub fn promote(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mut wanted = self.requests(&state);
        wanted.extend(self.promotions(&state));
        wanted.extend(self.wanted_cut(&state));
        let pending = self.all(|body| match body {
            Body::Motion(motion) => Some(motion.change.clone()),
            _ => None,
        });
        // A motion of an earlier set cannot be entered with approvals of this one.
        let waits = |change: &Change| {
            let same_set = |id: EventId| self.law.under(id).is_some_and(|s| s.set == state.set);
            pending.iter().any(|(id, c)| c == change && same_set(*id) && !state.entered.contains(id))
        };
        wanted.retain(|change| !waits(change));
        wanted.into_iter().next().map(|change| Body::Motion(Motion { change }).into())
    }

    fn requests(&self, state: &State) -> Vec<Change> {
        let join = |id: &EventId| {
            let event = self.law.event(*id).filter(|e| matches!(e.body, Body::Join(_)))?;
            (self.law.valid(*id) && state.member(event.device).is_none()).then(|| Change::Admit {
                handle: event.author.clone(),
                device: event.device,
                request: *id,
            })
        };
        self.me.view.iter().filter_map(join).collect()
    }

    fn promotions(&self, state: &State) -> Vec<Change> {
        let meant = self.actors.iter().filter(|actor| actor.steward).map(|actor| &actor.name);
        let waiting = meant.filter(|name| state.members.get(*name).is_some_and(|m| !m.steward));
        waiting.map(|name| Change::Role { handle: name.clone(), role: Role::Steward, holds: true }).collect()
    }

    /// A cut for some forked chain; seldom a second one, for approvals add up only on one motion.
    fn wanted_cut(&mut self, state: &State) -> Option<Change> {
        let forked: Vec<_> = self.naive.forked.keys().filter(|d| !state.cuts.contains_key(d)).copied().collect();
        let device = *self.chance.pick(&forked)?;
        let proposed = self.all(|body| match body {
            Body::Motion(Motion { change: Change::Cut { position } }) => (position.device == device).then_some(()),
            _ => None,
        });
        if !proposed.is_empty() && !self.chance.percent(15) {
            return None;
        }
        self.cut(device)
    }

    pub fn propose(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let change = self.wish(&state)?;
        Some(Body::Motion(Motion { change }).into())
    }

    /// Any change that may fit a state.
    fn wish(&mut self, state: &State) -> Option<Change> {
        let handles: Vec<Handle> = state.members.keys().cloned().collect();
        let handle = self.chance.pick(&handles)?.clone();
        match self.chance.below(12) {
            0..=3 => Some(Change::Confirm { handle }),
            4..=7 => self.limit(state, handle),
            8 => self.unit(state),
            9 => Some(Change::Role { holds: !state.members[&handle].steward, handle, role: Role::Steward }),
            _ => {
                let device = state.members[&handle].device;
                self.cut(device)
            }
        }
    }

    fn amount(&mut self, most: usize, places: u8) -> Option<Amount> {
        let part = 10_usize.pow(u32::from(places));
        Amount::new(i64::try_from(self.chance.below(most) * part).ok()?, places).ok()
    }

    fn limit(&mut self, state: &State, handle: Handle) -> Option<Change> {
        let units: Vec<_> = state.units.keys().cloned().collect();
        let unit = self.chance.pick(&units)?.clone();
        let places = state.units[&unit].base.lower.places();
        let account = if self.chance.percent(85) { Account::Member(handle) } else { Account::commons() };
        let upper = if self.chance.percent(50) { Some(self.amount(50, places)?) } else { None };
        let bounds =
            if self.chance.percent(80) { Some(Bounds { lower: self.amount(30, places)?, upper }) } else { None };
        let was = state.limits.get(&(account.clone(), unit.clone())).copied();
        Some(Change::Limit { account, unit, bounds, was })
    }

    fn unit(&mut self, state: &State) -> Option<Change> {
        let unit: event::Unit = ["hours", "eggs"][self.chance.below(2)].parse().ok()?;
        let was = state.units.get(&unit).map(|def| def.base);
        let places = was.map_or(0, |base| base.lower.places());
        let base = Bounds { lower: self.amount(30, places)?, upper: None };
        Some(Change::Unit { def: UnitDef { unit, title: "Things".parse().ok()?, base }, was })
    }

    /// A cut at the last settled event, just before a fork, or anywhere.
    fn cut(&mut self, device: event::Device) -> Option<Change> {
        let mut events = self.all(|_| Some(()));
        events.retain(|(id, ())| self.law.event(*id).is_some_and(|e| e.device == device));
        events.sort_by_key(|(id, ())| (self.law.event(*id).map(|e| e.seq), *id));
        let fork = self.naive.forked.get(&device).copied();
        let before_fork = |id: &EventId| self.law.event(*id).is_some_and(|e| fork.is_none_or(|f| e.seq < f));
        let ids: Vec<EventId> = events.into_iter().map(|(id, ())| id).collect();
        let settled = ids.iter().rfind(|id| self.naive.settled.contains(*id));
        let id = match self.chance.below(5) {
            0 => settled,
            1 => ids.iter().rfind(|id| before_fork(id)),
            2 => self.chance.pick(&ids),
            _ => settled.filter(|id| !before_fork(id)).or(ids.iter().rfind(|id| before_fork(id))),
        };
        let id = *id?;
        let seq = self.law.event(id)?.seq;
        Some(Change::Cut { position: Position { device, seq, id } })
    }

    pub fn approve(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        state.steward(self.me.device)?;
        let mut motions = self.all(|body| match body {
            Body::Motion(motion) => Some(motion.change.clone()),
            _ => None,
        });
        let approved: BTreeSet<EventId> = self.law.approved(&self.chain).collect();
        motions.retain(|(id, change)| {
            !approved.contains(id)
                && !state.entered.contains(id)
                && state.apply(self.law, *id, change, 0).is_some()
                && self.wise(change)
        });
        let urgent: Vec<_> = motions.iter().filter(|(_, c)| matches!(c, Change::Cut { .. })).cloned().collect();
        let (motion, _) = self.chance.pick(if urgent.is_empty() { &motions } else { &urgent })?.clone();
        Some(Body::Approve(Approve { motion }).into())
    }

    /// What an honest steward or secretary agrees to, beyond what the law asks.
    fn wise(&self, change: &Change) -> bool {
        let named = |handle: &Handle| self.actors.iter().find(|actor| actor.name == *handle);
        match change {
            Change::Role { handle, holds: true, .. } => named(handle).is_some_and(|actor| actor.steward),
            // Of four stewards with a liar no honest one may go, or one of three could lie.
            Change::Role { handle, holds: false, .. } => {
                let liar = self.actors.iter().any(|actor| actor.nature == Nature::Liar);
                !liar || named(handle).is_some_and(|actor| actor.nature == Nature::Liar)
            }
            Change::Cut { position } => {
                let acked = self.law.last_ack(&self.chain, position.device);
                let own = position.device == self.me.device;
                if own || acked.is_some_and(|acked| !self.law.covers(position.id, acked)) || self.pinned(position) {
                    return false;
                }
                match self.naive.forked.get(&position.device) {
                    Some(first) => position.seq < *first || acked == Some(position.id),
                    None => true,
                }
            }
            _ => true,
        }
    }

    /// Whether stewards of an earlier set acknowledged more of a chain than a cut would leave: it may be settled,
    /// and the acknowledgements of those in office now do not tell.
    fn pinned(&self, cut: &Position) -> bool {
        let now = self.known.as_ref().map(|state| state.set);
        let cover = Cover::of(self.law, &self.naive.valid);
        let beyond = |id: &&EventId| {
            self.law.event(**id).is_some_and(|e| e.device == cut.device) && !self.law.covers(cut.id, **id)
        };
        let mut events = self.naive.valid.iter().filter(beyond);
        let earlier = |id: &EventId| {
            cover.sets().into_iter().any(|set| Some(set) != now && !cover.stewards(self.law, set, *id).is_empty())
        };
        events.any(earlier)
    }

    fn last_entry(&self) -> Option<EventId> {
        self.chain.iter().copied().find(|id| self.law.is_entry(*id))
    }

    pub fn enter_inline(&mut self) -> Option<Draft> {
        let after = self.last_entry()?;
        let state = self.law.state(after)?;
        let own = usize::from(state.steward(self.me.device).is_some());
        let mut wanted = self.requests(&state);
        wanted.extend(self.promotions(&state));
        wanted.extend(self.wish(&state));
        let fits = |c: &Change| own >= state.needed(c) && state.apply(self.law, after, c, own).is_some();
        let change = wanted.into_iter().find(|c| fits(c) && self.wise(c))?;
        Some(Body::Entry(Entry { after, route: Route::Inline(change) }).into())
    }

    pub fn enter(&mut self) -> Option<Draft> {
        let after = self.last_entry()?;
        let state = self.law.state(after)?;
        let mut approvals: BTreeMap<EventId, BTreeMap<Handle, EventId>> = BTreeMap::new();
        for (id, motion) in self.all(|body| match body {
            Body::Approve(approve) => Some(approve.motion),
            _ => None,
        }) {
            let Some(steward) = self.law.event(id).and_then(|e| state.steward(e.device)) else { continue };
            let change = self.law.moved(motion)?;
            // The law counts no approval of another set for a change of stewards.
            let fresh = self.law.under(id).is_some_and(|s| s.set == state.set);
            if fresh || !matches!(change, Change::Role { .. }) {
                approvals.entry(motion).or_default().insert(steward.clone(), id);
            }
        }
        let ready = approvals.into_iter().filter(|(motion, by)| {
            let change = self.law.moved(*motion).filter(|_| !state.entered.contains(motion));
            change.is_some_and(|c| by.len() >= state.needed(c) && state.apply(self.law, after, c, by.len()).is_some())
        });
        let ready: Vec<_> = ready.collect();
        let (motion, by) = self.chance.pick(&ready)?.clone();
        let approvals: BTreeSet<EventId> = by.into_values().collect();
        let route = Route::Moved { motion, approvals: approvals.into_iter().collect() };
        Some(Body::Entry(Entry { after, route }).into())
    }

    pub fn acknowledge(&mut self) -> Option<Draft> {
        self.known.as_ref()?.steward(self.me.device)?;
        let mut positions = Vec::new();
        for (device, heads) in self.heads() {
            if let Some(position) = self.acknowledgeable(device, &heads).filter(|_| self.chance.percent(85)) {
                positions.push(position);
            }
        }
        (!positions.is_empty()).then(|| Body::Ack(Ack { positions }).into())
    }

    /// How far an honest steward acknowledges a chain now, if that is news.
    fn acknowledgeable(&self, device: event::Device, heads: &[EventId]) -> Option<Position> {
        let state = self.known.as_ref()?;
        let on_r = self.law.state(self.naive.register?)?;
        let [head] = heads else { return None };
        if self.naive.forked.contains_key(&device) {
            return None;
        }
        let acked = self.law.last_ack(&self.chain, device);
        let fits = |id: &EventId| {
            let named = self.law.knows(*id).is_some_and(|entry| on_r.path.contains(&entry));
            let cut = self.naive.cut.get(&device).is_none_or(|cut| self.law.covers(cut.id, *id));
            named && cut && self.law.agreed_ends(&self.chain, device).all(|end| self.law.covers(end, *id))
        };
        let mut chain = self.law.chain(*head);
        chain.reverse();
        let id = chain.into_iter().take_while(fits).last()?;
        let position = Position { device, seq: self.law.event(id)?.seq, id };
        match acked {
            Some(acked) if acked == id => {
                let again = !self.law.listed(&self.chain, &position, state.set) && !self.naive.settled.contains(&id);
                again.then_some(position)
            }
            Some(acked) if !self.law.covers(id, acked) => None,
            _ => self.news(acked, id).then_some(position),
        }
    }

    /// Acknowledgements alone are no news.
    fn news(&self, acked: Option<EventId>, id: EventId) -> bool {
        let new = self.law.chain(id).into_iter().take_while(|x| Some(*x) != acked);
        new.into_iter().any(|x| self.law.event(x).is_some_and(|e| !matches!(e.body, Body::Ack(_))))
    }

    pub fn acknowledge_anything(&mut self) -> Option<Draft> {
        let mut positions = Vec::new();
        for (device, heads) in self.heads() {
            let acked = self.law.last_ack(&self.chain, device);
            let on: Vec<EventId> =
                heads.into_iter().filter(|h| acked.is_none_or(|a| a != *h && self.law.covers(*h, a))).collect();
            if let Some(id) = self.chance.pick(&on).copied()
                && let Some(event) = self.law.event(id)
            {
                positions.push(Position { device, seq: event.seq, id });
            }
        }
        (!positions.is_empty()).then(|| Body::Ack(Ack { positions }).into())
    }

    pub fn approve_anything(&mut self) -> Option<Draft> {
        let motions = self.all(|body| matches!(body, Body::Motion(_)).then_some(()));
        let (motion, ()) = *self.chance.pick(&motions)?;
        Some(Body::Approve(Approve { motion }).into())
    }
}
