//! state(r): what the register holds at an entry, and what a change makes of it.

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Amount, Body, Bounds, Change, Device, EventId, Handle, Position, Unit, UnitDef};
use rules::Authority;

use super::law::{Law, must};

/// The most stewards.
const MAX_STEWARDS: usize = 21;

/// How many of `n` stewards are a quorum.
pub fn quorum(n: usize) -> usize {
    let liars = n.saturating_sub(1) / 3;
    (n + liars) / 2 + 1
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its device.
    pub device: Device,
    /// Whether the base limits apply.
    pub confirmed: bool,
    /// Whether it is a steward.
    pub steward: bool,
}

/// The register at one entry.
#[derive(Debug, Clone)]
pub struct State {
    /// From the genesis to the entry itself.
    pub path: Vec<EventId>,
    /// The last entry of the path that changed the stewards.
    pub set: EventId,
    /// The device that keeps the register.
    pub secretary: Device,
    /// By handle.
    pub members: BTreeMap<Handle, Member>,
    /// The device of each account.
    pub keepers: BTreeMap<Account, Device>,
    /// By code.
    pub units: BTreeMap<Unit, UnitDef>,
    /// Where an account has limits of its own.
    pub limits: BTreeMap<(Account, Unit), Bounds>,
    /// What each change needs.
    pub authority: BTreeMap<String, Authority>,
    /// Where chains end.
    pub cuts: BTreeMap<Device, Position>,
    /// Motions that were entered.
    pub entered: BTreeSet<EventId>,
}

impl State {
    /// The member whose device this is.
    pub fn member(&self, device: Device) -> Option<&Handle> {
        self.members.iter().find(|(_, m)| m.device == device).map(|(handle, _)| handle)
    }

    /// The same, if it is a steward.
    pub fn steward(&self, device: Device) -> Option<&Handle> {
        self.member(device).filter(|handle| self.members[*handle].steward)
    }

    /// How many stewards there are.
    pub fn stewards(&self) -> usize {
        self.members.values().filter(|m| m.steward).count()
    }

    /// How many of them decide.
    pub fn quorum(&self) -> usize {
        quorum(self.stewards())
    }

    /// How many approvals a change needs.
    pub fn needed(&self, change: &Change) -> usize {
        match (change, self.authority.get(change.name())) {
            // The only role so far is steward's, which takes most of them whatever the table says.
            (Change::Role { .. }, _) => self.quorum(),
            (_, Some(Authority::Secretary)) => 0,
            (_, Some(Authority::OneSteward)) => 1,
            (_, Some(Authority::Quorum | Authority::Poll { .. }) | None) => self.quorum(),
        }
    }

    /// How far an account may go down and up; `None` for a unit that is not known here.
    pub fn bounds(&self, account: &Account, unit: &Unit) -> Option<(i128, Option<i128>)> {
        let minor = |a: Amount| i128::from(a.minor());
        let base = self.units.get(unit)?.base;
        if let Some(own) = self.limits.get(&(account.clone(), unit.clone())) {
            return Some((minor(own.lower), own.upper.map(minor)));
        }
        match account {
            Account::Common(_) => Some((0, None)),
            Account::Member(handle) => {
                let confirmed = self.members.get(handle).is_some_and(|m| m.confirmed);
                Some((if confirmed { minor(base.lower) } else { 0 }, base.upper.map(minor)))
            }
        }
    }

    /// The register after a change; `None` where the change does not fit.
    pub fn apply(&self, law: &Law, entry: EventId, change: &Change, approvals: usize) -> Option<State> {
        let mut next = self.clone();
        next.path.push(entry);
        match change {
            Change::Admit { handle, device, request } => next.admit(law, handle, *device, *request, approvals)?,
            Change::Confirm { handle } => {
                let member = next.members.get_mut(handle)?;
                must(!member.confirmed)?;
                member.confirmed = true;
            }
            Change::Unit { def, was } => next.define(def, *was)?,
            Change::Limit { account, unit, bounds, was } => next.limit(account, unit, *bounds, *was)?,
            Change::Role { handle, holds, .. } => {
                let member = next.members.get_mut(handle)?;
                must(member.steward != *holds)?;
                member.steward = *holds;
                must((1..=MAX_STEWARDS).contains(&next.stewards()))?;
                next.set = entry;
            }
            Change::Cut { position } => {
                let last = law.event(position.id)?;
                must(last.device == position.device && last.seq == position.seq)?;
                must(next.member(position.device).is_some())?;
                must(next.cuts.insert(position.device, *position).is_none())?;
            }
        }
        Some(next)
    }

    fn admit(&mut self, law: &Law, handle: &Handle, device: Device, request: EventId, approvals: usize) -> Option<()> {
        let asked = law.event(request)?;
        must(matches!(asked.body, Body::Join(_)) && asked.device == device && asked.author == *handle)?;
        must(self.members.keys().all(|h| h.glance() != handle.glance()))?;
        must(self.member(device).is_none())?;
        let confirmed = approvals >= self.quorum();
        self.members.insert(handle.clone(), Member { device, confirmed, steward: false });
        self.keepers.insert(Account::Member(handle.clone()), device);
        Some(())
    }

    fn define(&mut self, def: &UnitDef, was: Option<Bounds>) -> Option<()> {
        let now = self.units.get(&def.unit).map(|d| d.base);
        must(now == was)?;
        must(now.is_none_or(|base| fits(def.base, base.lower.places())))?;
        self.units.insert(def.unit.clone(), def.clone());
        Some(())
    }

    fn limit(&mut self, account: &Account, unit: &Unit, new: Option<Bounds>, was: Option<Bounds>) -> Option<()> {
        must(self.keepers.contains_key(account))?;
        let places = self.units.get(unit)?.base.lower.places();
        must(new.is_none_or(|b| fits(b, places)))?;
        let place = (account.clone(), unit.clone());
        must(self.limits.get(&place).copied() == was)?;
        match new {
            Some(bounds) => self.limits.insert(place, bounds),
            None => self.limits.remove(&place),
        };
        Some(())
    }
}

fn fits(bounds: Bounds, places: u8) -> bool {
    bounds.lower.places() == places && bounds.upper.is_none_or(|u| u.places() == places)
}
