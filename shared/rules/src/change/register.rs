//! The register just after an entry, as changes look at it.

use event::{
    Account, Body, Bounds, Device, EventId, Handle, Join, KindOfMember, Position, Role, RoleName, Unit, UnitDef,
};

use super::{MAX_PLACES, MAX_STEWARDS, Settings};
use crate::case::{Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Key, Member, Stewards, Value};

/// The register just after an entry.
pub(super) struct Register<'a, F: Facts> {
    pub facts: &'a F,
    pub at: &'a EventId,
}

impl<F: Facts> Register<'_, F> {
    pub fn get(&self, key: &Key) -> Rung<Option<Value>, F::Error> {
        Ok(self.facts.fact(self.at, key)?)
    }

    /// A handle once used is never free again, nor is a device.
    pub fn free(&self, handle: &Handle, device: &Device) -> Rung<(), F::Error> {
        if self.get(&Key::Glance(handle.glance()))?.is_some() {
            return refuse(Refusal::HandleTaken);
        }
        self.free_device(device)
    }

    pub fn free_device(&self, device: &Device) -> Rung<(), F::Error> {
        match self.get(&Key::Device(*device))? {
            Some(_) => refuse(Refusal::DeviceTaken),
            None => Ok(()),
        }
    }

    /// The request is the first event of that device, and asked for that handle, as that kind of member.
    pub fn request(
        &self,
        request: &EventId,
        handle: &Handle,
        device: &Device,
        kind: Option<KindOfMember>,
    ) -> Rung<(), F::Error> {
        let asked = match self.facts.body(request)? {
            Some(Body::Join(Join { kind: asked, .. })) => kind.is_none_or(|kind| kind == asked),
            _ => false,
        };
        match self.facts.link(request)?.filter(|link| asked && link.device == *device) {
            Some(link) if self.facts.author(&link)?.as_ref() == Some(handle) => Ok(()),
            _ => refuse(Refusal::NoRequest),
        }
    }

    pub fn member(&self, handle: &Handle) -> Rung<Member, F::Error> {
        match self.get(&Key::Member(handle.clone()))? {
            Some(Value::Member(member)) => Ok(member),
            _ => refuse(Refusal::NoMember),
        }
    }

    pub fn active(&self, handle: &Handle) -> Rung<Member, F::Error> {
        let member = self.member(handle)?;
        match member.standing.is_active() {
            true => Ok(member),
            false => refuse(Refusal::NotActive),
        }
    }

    pub fn account(&self, account: &Account) -> Rung<(), F::Error> {
        match self.get(&Key::Keeper(account.clone()))? {
            Some(_) => Ok(()),
            None => refuse(Refusal::NoAccount),
        }
    }

    pub fn stewards(&self) -> Rung<Stewards, F::Error> {
        match self.get(&Key::Stewards)? {
            Some(Value::Stewards(set)) => Ok(set),
            _ => refuse(Refusal::StewardCount),
        }
    }

    /// How many active members of a kind there are with one more, or with one less.
    pub fn counted(&self, kind: KindOfMember, more: bool) -> Rung<(Key, Option<Value>), F::Error> {
        let n = match self.get(&Key::Count(kind))? {
            Some(Value::Count(n)) => n,
            _ => 0,
        };
        let n = if more { n.saturating_add(1) } else { n.saturating_sub(1) };
        Ok((Key::Count(kind), Some(Value::Count(n))))
    }

    pub fn unit_def(&self, unit: &Unit) -> Rung<UnitDef, F::Error> {
        match self.get(&Key::Unit(unit.clone()))? {
            Some(Value::Unit(def)) => Ok(def),
            _ => refuse(Refusal::NoUnit),
        }
    }

    /// A unit keeps its decimals for ever; title and base limits may change.
    pub fn unit(&self, def: &UnitDef, was: Option<Bounds>) -> Rung<Settings, F::Error> {
        let key = Key::Unit(def.unit.clone());
        let old = match self.get(&key)? {
            Some(Value::Unit(old)) => Some(old),
            _ => None,
        };
        if old.as_ref().map(|old| old.base) != was {
            return refuse(Refusal::MovedOn);
        }
        let places = def.base.lower.places();
        if places > MAX_PLACES || old.is_some_and(|old| old.base.lower.places() != places) {
            return refuse(Refusal::WrongPlaces);
        }
        Ok(vec![(key, Some(Value::Unit(def.clone())))])
    }

    /// A role begins or ends; stewards make a new set, named by the entry.
    pub fn role(&self, handle: &Handle, role: &Role, holds: bool, entry: &EventId) -> Rung<Settings, F::Error> {
        let member = if holds { self.active(handle)? } else { self.member(handle)? };
        match role {
            Role::Steward => {
                // Who keeps the register is one of those who answer for it, and can be outvoted.
                if !holds {
                    self.not_in_office(&member.device)?;
                }
                let mut set = self.stewards()?;
                if set.handles.contains(handle) == holds {
                    return refuse(Refusal::RoleUnchanged);
                }
                match holds {
                    true => set.handles.push(handle.clone()),
                    false => set.handles.retain(|h| h != handle),
                }
                Ok(vec![new_set(set, entry)?])
            }
            Role::Other(name) => {
                let Some(came) = self.get(&Key::Role(name.clone()))? else { return refuse(Refusal::NoRole) };
                let key = Key::Holds(name.clone(), handle.clone());
                if (self.get(&key)?.as_ref() == Some(&came)) == holds {
                    return refuse(Refusal::RoleUnchanged);
                }
                Ok(vec![(key, holds.then_some(came))])
            }
        }
    }

    /// The position names an event that is there.
    pub fn cut_at(&self, at: &Position) -> Rung<(), F::Error> {
        match self.facts.link(&at.id)? {
            Some(link) if link.device == at.device && link.seq == at.seq => Ok(()),
            _ => refuse(Refusal::BadCut),
        }
    }

    /// The device does not keep the register.
    pub fn not_in_office(&self, device: &Device) -> Rung<(), F::Error> {
        match self.get(&Key::Secretary)? {
            Some(Value::Device(secretary)) if secretary == *device => refuse(Refusal::HoldsOffice),
            _ => Ok(()),
        }
    }

    /// Another active steward takes the office on.
    pub fn secretary(&self, handle: &Handle, was: &Device) -> Rung<Settings, F::Error> {
        if self.get(&Key::Secretary)? != Some(Value::Device(*was)) {
            return refuse(Refusal::MovedOn);
        }
        let member = self.active(handle)?;
        if !self.stewards()?.handles.contains(handle) {
            return refuse(Refusal::NotSteward);
        }
        match member.device == *was {
            true => refuse(Refusal::RoleUnchanged),
            false => Ok(vec![(Key::Secretary, Some(Value::Device(member.device)))]),
        }
    }
}

/// A set of stewards as an entry leaves it.
pub(super) fn new_set<E>(mut set: Stewards, entry: &EventId) -> Rung<(Key, Option<Value>), E> {
    if set.handles.is_empty() || set.handles.len() > MAX_STEWARDS {
        return refuse(Refusal::StewardCount);
    }
    set.set = *entry;
    Ok((Key::Stewards, Some(Value::Stewards(set))))
}

/// Whether a member holds a role other than steward at an entry.
pub fn holds<F: Facts>(facts: &F, at: &EventId, handle: &Handle, role: &RoleName) -> Result<bool, F::Error> {
    let Some(came) = facts.fact(at, &Key::Role(role.clone()))? else { return Ok(false) };
    Ok(facts.fact(at, &Key::Holds(role.clone(), handle.clone()))? == Some(came))
}
