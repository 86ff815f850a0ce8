//! What people would change, and what honest ones agree to.

use std::collections::BTreeSet;

use event::{Account, Amount, Body, Bounds, Change, EventId, Handle, Motion, NewDevice, Position, Role, Unit, UnitDef};

use super::desk::Desk;
use crate::naive::{Standing, State};

impl Desk<'_> {
    /// What a forked, lost or cut device needs; seldom a second time, for approvals add up only on one motion.
    pub(super) fn wanted_repair(&mut self, state: &State) -> Option<Change> {
        let spare = self.spare_devices();
        if let Some(to) = self.chance.pick(&spare).cloned()
            && let Some(change) = self.bring_back(state, to)
        {
            return Some(change);
        }
        let forked: Vec<_> = self.naive.forked.keys().filter(|d| !state.cuts.contains_key(d)).copied().collect();
        let device = *self.chance.pick(&forked)?;
        let proposed = self.all(|body| match body {
            Body::Motion(Motion { change: Change::Cut { position } }) => (position.device == device).then_some(()),
            _ => None,
        });
        if !proposed.is_empty() && !self.chance.percent(15) {
            return None;
        }
        let position = self.last_word(device)?;
        let owner = state.devices.get(&device).map(|(handle, _)| handle.clone());
        match (self.chance.below(4), owner) {
            (0, Some(handle)) => Some(Change::Suspend { handle, at: position }),
            (1, Some(handle)) => Some(Change::Expel { handle, at: position }),
            _ => Some(Change::Cut { position }),
        }
    }

    /// A member with another device goes on with it, if the present one writes no more.
    fn bring_back(&mut self, state: &State, to: NewDevice) -> Option<Change> {
        let member = state.members.get(&to.handle)?;
        match (member.standing, state.cuts.get(&member.device)) {
            (Standing::Suspended, _) => Some(Change::Reinstate(to)),
            (Standing::Active, Some(at)) => Some(Change::Rekey { to, at: *at }),
            (Standing::Active, None) if self.naive.forked.contains_key(&member.device) => {
                let at = self.last_word(member.device)?;
                Some(Change::Rekey { to, at })
            }
            _ => None,
        }
    }

    /// Any change that may fit a state.
    pub(super) fn wish(&mut self, state: &State) -> Option<Change> {
        let handles: Vec<Handle> = state.members.keys().cloned().collect();
        let handle = self.chance.pick(&handles)?.clone();
        let device = state.members[&handle].device;
        match self.chance.below(38) {
            0..=5 => Some(Change::Confirm { handle }),
            6..=10 => self.limit(state, handle),
            11 | 12 => self.unit(state),
            13 | 14 => Some(Change::Role { holds: !state.stewards.contains(&handle), handle, role: Role::Steward }),
            15..=17 => self.other_role(state, handle),
            18..=20 => Some(Change::Cut { position: self.last_word(device)? }),
            21 | 22 => Some(Change::Suspend { handle, at: self.last_word(device)? }),
            23 => {
                let cut = state.cuts.get(&device).copied();
                let at = cut.or_else(|| self.last_word(device))?;
                Some(Change::Expel { handle, at })
            }
            24 | 25 => {
                let spare = self.spare_devices();
                let to = self.chance.pick(&spare)?.clone();
                let device = state.members.get(&to.handle)?.device;
                let at = state.cuts.get(&device).copied().or_else(|| self.last_word(device))?;
                Some(Change::Rekey { to, at })
            }
            26 | 27 => Some(Change::Secretary { handle, was: state.secretary }),
            28..=35 => self.account_wish(state, handle),
            _ => Some(Change::Rules { was: state.rules }),
        }
    }

    fn other_role(&mut self, state: &State, handle: Handle) -> Option<Change> {
        let names: Vec<_> = state.role_names.iter().cloned().collect();
        let name = self.chance.pick(&names)?.clone();
        let holds = !state.roles.contains(&(name.clone(), handle.clone()));
        Some(Change::Role { handle, role: Role::Other(name), holds })
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
        let unit: Unit = ["hours", "eggs"][self.chance.below(2)].parse().ok()?;
        let was = state.units.get(&unit).map(|def| def.base);
        let places = was.map_or(0, |base| base.lower.places());
        let base = Bounds { lower: self.amount(30, places)?, upper: None };
        Some(Change::Unit { def: UnitDef { unit, title: "Things".parse().ok()?, base }, was })
    }

    /// Where to end a chain: at the last settled event, just before a fork, or anywhere.
    fn last_word(&mut self, device: event::Device) -> Option<Position> {
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
        self.law.position(*id?)
    }

    /// What an honest steward or secretary agrees to, beyond what the law asks.
    pub(super) fn wise(&self, change: &Change, motion: Option<EventId>) -> bool {
        let meant = |handle: &Handle| self.actors.iter().any(|actor| actor.name == *handle && actor.steward);
        let theirs = |to: &NewDevice| self.actors.iter().any(|a| a.name == to.handle && a.owns(to.device));
        let ends_well = match change {
            Change::Cut { position: at }
            | Change::Suspend { at, .. }
            | Change::Expel { at, .. }
            | Change::Rekey { at, .. } => self.may_end_at(at),
            Change::Leave { .. } | Change::Move(_) => motion.is_none_or(|motion| self.may_end_with(motion)),
            _ => true,
        };
        let devices = match change {
            Change::Rekey { to, .. } | Change::Move(to) | Change::Reinstate(to) => theirs(to),
            _ => true,
        };
        let stewards = match change {
            Change::Role { handle, role: Role::Steward, holds: true } => meant(handle),
            _ => self.keeps_enough_stewards(change),
        };
        ends_well && devices && stewards
    }

    /// Of four stewards with a liar no honest one may go, or one of three could lie.
    pub(super) fn keeps_enough_stewards(&self, change: &Change) -> bool {
        let gone = match change {
            Change::Role { handle, role: Role::Steward, holds: false } => Some(handle),
            Change::Suspend { handle, .. } | Change::Expel { handle, .. } | Change::Leave { handle } => Some(handle),
            _ => None,
        };
        let Some(gone) = gone else { return true };
        let liar = |name: &Handle| self.actors.iter().any(|actor| actor.nature.lies() && actor.name == *name);
        let lies = self.actors.iter().any(|actor| actor.nature.lies());
        // A lost steward, too, must not be the one too many.
        let steward = self.known.as_ref().is_some_and(|state| state.stewards.contains(gone));
        !lies || !steward || liar(gone)
    }

    /// Whether nothing that is settled, as far as I hold, or that I acknowledged lies beyond the end of a chain.
    fn may_end_at(&self, at: &Position) -> bool {
        let acked = self.law.last_ack(&self.chain, at.device);
        if at.device == self.me.device || !self.law.at(at) {
            return false;
        }
        let beyond =
            |id: &EventId| self.law.event(*id).is_some_and(|e| e.device == at.device) && !self.law.covers(at.id, *id);
        if acked.is_some_and(|acked| beyond(&acked)) || self.naive.settled.iter().any(beyond) {
            return false;
        }
        match self.naive.forked.get(&at.device) {
            Some(first) => at.seq < *first || acked == Some(at.id),
            None => true,
        }
    }

    /// The same for a motion with which a chain ends: nothing settled lies on another branch.
    fn may_end_with(&self, motion: EventId) -> bool {
        let Some(device) = self.law.event(motion).map(|e| e.device) else { return false };
        let own: BTreeSet<EventId> = self
            .naive
            .settled
            .iter()
            .copied()
            .filter(|id| self.law.event(*id).is_some_and(|e| e.device == device))
            .collect();
        !self.naive.forked.contains_key(&device)
            && own.iter().all(|id| self.law.covers(motion, *id) || self.law.covers(*id, motion))
    }
}
