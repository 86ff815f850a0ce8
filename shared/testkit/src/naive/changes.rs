//! What a change makes of a state: members, units, limits, roles, rules.

use event::{Account, Body, Bounds, Change, EventId, Handle, KindOfMember, Position, Role, Unit, UnitDef};

use super::law::{Law, must};
use super::rulebook::Rulebook;
use super::state::{Member, Standing, State};

/// The most stewards.
const MAX_STEWARDS: usize = 21;

/// How a change comes about.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// The entry that makes it; the motion itself, where it is asked only whether the change fits.
    pub entry: EventId,
    /// The motion; none for an inline entry.
    pub motion: Option<EventId>,
    /// How many stewards stand behind it.
    pub approvals: usize,
}

impl Way {
    /// Of a motion that nobody has approved yet. Neither the entry's id nor the number of approvals decides whether
    /// a change fits.
    pub fn proposed(motion: EventId) -> Way {
        Way { entry: motion, motion: Some(motion), approvals: 0 }
    }
}

impl State {
    /// The register after a change; `None` where the change does not fit.
    pub fn apply(&self, law: &Law, change: &Change, way: Way) -> Option<State> {
        let mut next = self.clone();
        next.path.push(way.entry);
        match change {
            Change::Admit { handle, device, request, kind } => {
                let asked = law.event(*request)?;
                let Body::Join(join) = &asked.body else { return None };
                must(asked.device == *device && asked.author == *handle && join.kind == *kind)?;
                next.admit(handle, *device, *kind, way.approvals)?;
            }
            Change::Confirm { handle } => {
                // Who is suspended can be confirmed; nothing forbids it, and it means nothing until reinstated.
                let member = next.members.get_mut(handle)?;
                must(!member.confirmed)?;
                member.confirmed = true;
            }
            Change::Unit { def, was } => next.define(def, *was)?,
            Change::Limit { account, unit, bounds, was } => next.limit(account, unit, *bounds, *was)?,
            Change::Role { handle, role, holds } => next.role(handle, role, *holds, way.entry)?,
            Change::Cut { position } => {
                must(law.at(position) && next.devices.contains_key(&position.device))?;
                must(position.device != next.secretary)?;
                must(next.cuts.insert(position.device, *position).is_none())?;
            }
            Change::Rules { was } => next.rules(law, *was, way.motion?)?,
            Change::Open(_)
            | Change::Hand(_)
            | Change::Mandate(_)
            | Change::MandateEnd { .. }
            | Change::Openings(_) => {
                next.manage(law, change, way)?;
            }
            _ => next.stand(law, change, way)?,
        }
        must((1..=MAX_STEWARDS).contains(&next.stewards.len()))?;
        Some(next)
    }

    fn admit(&mut self, handle: &Handle, device: event::Device, kind: KindOfMember, approvals: usize) -> Option<()> {
        must(self.members.keys().all(|h| h.glance() != handle.glance()))?;
        must(!self.devices.contains_key(&device))?;
        let confirmed = approvals >= self.quorum();
        let member = Member { device, confirmed, standing: Standing::Active, kind };
        self.members.insert(handle.clone(), member);
        self.devices.insert(device, (handle.clone(), 0));
        self.keepers.insert(Account::Member(handle.clone()), handle.clone());
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

    /// A role ends for members of any standing, but begins for active ones only: else a suspended member's role
    /// could not be taken away.
    fn role(&mut self, handle: &Handle, role: &Role, holds: bool, entry: EventId) -> Option<()> {
        must(self.members.contains_key(handle))?;
        match role {
            Role::Steward => {
                must(self.stewards.contains(handle) != holds)?;
                must(!holds || self.active(handle).is_some())?;
                must(holds || self.members.get(handle)?.device != self.secretary)?;
                match holds {
                    true => self.stewards.push(handle.clone()),
                    false => self.stewards.retain(|h| h != handle),
                }
                self.set = entry;
            }
            Role::Other(name) => {
                must(self.role_names.contains(name))?;
                must(!holds || self.active(handle).is_some())?;
                let place = (name.clone(), handle.clone());
                must(self.roles.contains(&place) != holds)?;
                match holds {
                    true => self.roles.insert(place),
                    false => self.roles.remove(&place),
                };
            }
        }
        Some(())
    }

    fn rules(&mut self, law: &Law, was: EventId, motion: EventId) -> Option<()> {
        must(was == self.rules)?;
        let book = Rulebook::read(law.event(motion)?.text.as_ref()?.as_str())?;
        for def in &book.units {
            must(self.units.get(&def.unit).is_none_or(|now| fits(def.base, now.base.lower.places())))?;
        }
        for def in book.units {
            self.units.insert(def.unit.clone(), def);
        }
        self.adopt_limits(book.bases)?;
        self.roles.retain(|(name, _)| book.roles.contains(name));
        self.role_names = book.roles;
        self.contribution = book.contribution;
        self.assets = book.assets;
        self.voting = book.voting;
        self.channels = book.channels;
        self.invited_only = book.invited_only;
        self.backing = book.backing;
        self.caps = book.caps;
        self.authority = book.authority;
        self.rules = motion;
        Some(())
    }

    /// The whole table of limits by kind anew; each is of a unit that there is, with its decimals.
    pub(super) fn adopt_limits(
        &mut self,
        bases: std::collections::BTreeMap<(Unit, KindOfMember), Bounds>,
    ) -> Option<()> {
        for ((unit, _), bounds) in &bases {
            must(fits(*bounds, self.units.get(unit)?.base.lower.places()))?;
        }
        self.bases = bases;
        Some(())
    }
}

fn fits(bounds: Bounds, places: u8) -> bool {
    bounds.lower.places() == places && bounds.upper.is_none_or(|u| u.places() == places)
}

impl Law {
    /// Whether the position is that of an event.
    pub fn at(&self, position: &Position) -> bool {
        self.event(position.id).is_some_and(|e| e.device == position.device && e.seq == position.seq)
    }

    /// Where an event stands.
    pub fn position(&self, id: EventId) -> Option<Position> {
        self.event(id).map(|e| Position { device: e.device, seq: e.seq, id })
    }
}
