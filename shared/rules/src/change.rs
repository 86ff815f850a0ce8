//! What each change of the register needs, and what it sets.

use event::{Account, Bounds, Change, EventId, Handle, MAX_PLACES, Role, UnitDef};

use crate::case::{Rung, refuse};
use crate::charter::Authority;
use crate::facts::{Facts, Key, Member, Stewards, Value};
use crate::refusal::Refusal;
use crate::settle::quorum;

const MAX_STEWARDS: usize = 21;

type Settings = Vec<(Key, Option<Value>)>;

/// How many approvals the change needs. A change of stewards never needs less than the quorum.
pub(crate) fn needed<F: Facts>(facts: &F, at: &EventId, change: &Change, set: &Stewards) -> Result<usize, F::Error> {
    let authority = match facts.fact(at, &Key::Authority(change.name().to_owned()))? {
        Some(Value::Authority(authority)) => authority,
        _ => Authority::Quorum,
    };
    let authority = match change {
        Change::Role { role: Role::Steward, .. } => authority.at_least_quorum(),
        _ => authority,
    };
    Ok(match authority {
        Authority::Secretary => 0,
        Authority::OneSteward => 1,
        // The poll itself is asked for by the entry.
        Authority::Quorum | Authority::Poll { .. } => all_needed(set),
    })
}

/// The values that the change sets on top of the entry `at`; `approvals` is how many stewards stand behind it.
pub(crate) fn apply<F: Facts>(
    facts: &F,
    at: &EventId,
    change: &Change,
    entry: EventId,
    approvals: usize,
) -> Rung<Settings, F::Error> {
    let register = Register { facts, at };
    match change {
        Change::Admit { handle, device, request } => {
            register.free(handle, device)?;
            register.request(request, handle, device)?;
            let set = register.stewards()?;
            let confirmed = approvals >= all_needed(&set);
            let mut set = new_member(handle, Member { device: *device, confirmed });
            set.push((Key::Electorate, Some(Value::Count(register.electorate()?.saturating_add(1)))));
            Ok(set)
        }
        Change::Confirm { handle } => {
            let member = register.member(handle)?;
            if member.confirmed {
                return refuse(Refusal::ConfirmedBefore);
            }
            Ok(vec![(Key::Member(handle.clone()), Some(Value::Member(Member { confirmed: true, ..member })))])
        }
        Change::Unit { def, was } => register.unit(def, *was),
        Change::Limit { account, unit, bounds, was } => {
            register.account(account)?;
            let Some(Value::Unit(def)) = register.get(&Key::Unit(unit.clone()))? else {
                return refuse(Refusal::NoUnit);
            };
            if bounds.is_some_and(|b| b.lower.places() != def.base.lower.places()) {
                return refuse(Refusal::WrongPlaces);
            }
            let key = Key::Limit(account.clone(), unit.clone());
            if register.get(&key)? != was.map(Value::Bounds) {
                return refuse(Refusal::MovedOn);
            }
            Ok(vec![(key, bounds.map(Value::Bounds))])
        }
        Change::Role { handle, role: Role::Steward, holds } => {
            register.member(handle)?;
            let mut set = register.stewards()?;
            if set.handles.contains(handle) == *holds {
                return refuse(Refusal::RoleUnchanged);
            }
            match holds {
                true => set.handles.push(handle.clone()),
                false => set.handles.retain(|h| h != handle),
            }
            if set.handles.is_empty() || set.handles.len() > MAX_STEWARDS {
                return refuse(Refusal::StewardCount);
            }
            set.set = entry;
            Ok(vec![(Key::Stewards, Some(Value::Stewards(set)))])
        }
        Change::Cut { position } => {
            let fits = facts
                .link(&position.id)?
                .is_some_and(|link| link.device == position.device && link.seq == position.seq);
            let key = Key::Cut(position.device);
            if !fits || register.get(&key)?.is_some() || register.get(&Key::Device(position.device))?.is_none() {
                return refuse(Refusal::BadCut);
            }
            Ok(vec![(key, Some(Value::Position(*position)))])
        }
    }
}

/// What the register holds of a member.
pub(crate) fn new_member(handle: &Handle, member: Member) -> Vec<(Key, Option<Value>)> {
    vec![
        (Key::Member(handle.clone()), Some(Value::Member(member))),
        (Key::Glance(handle.glance()), Some(Value::Handle(handle.clone()))),
        (Key::Device(member.device), Some(Value::Handle(handle.clone()))),
        (Key::Keeper(Account::Member(handle.clone())), Some(Value::Device(member.device))),
    ]
}

/// The number of approvals that a quorum of these stewards takes.
fn all_needed(set: &Stewards) -> usize {
    quorum(set.handles.len())
}

/// The register just after an entry.
struct Register<'a, F: Facts> {
    facts: &'a F,
    at: &'a EventId,
}

impl<F: Facts> Register<'_, F> {
    fn get(&self, key: &Key) -> Rung<Option<Value>, F::Error> {
        Ok(self.facts.fact(self.at, key)?)
    }

    fn free(&self, handle: &event::Handle, device: &event::Device) -> Rung<(), F::Error> {
        if self.get(&Key::Glance(handle.glance()))?.is_some() {
            return refuse(Refusal::HandleTaken);
        }
        if self.get(&Key::Device(*device))?.is_some() {
            return refuse(Refusal::DeviceTaken);
        }
        Ok(())
    }

    /// The request is the first event of that device, and asked for that handle.
    fn request(&self, request: &EventId, handle: &event::Handle, device: &event::Device) -> Rung<(), F::Error> {
        let asked = matches!(self.facts.body(request)?, Some(event::Body::Join(_)));
        match self.facts.link(request)?.filter(|link| asked && link.device == *device) {
            Some(link) if self.facts.author(&link)?.as_ref() == Some(handle) => Ok(()),
            _ => refuse(Refusal::NoRequest),
        }
    }

    fn member(&self, handle: &event::Handle) -> Rung<Member, F::Error> {
        match self.get(&Key::Member(handle.clone()))? {
            Some(Value::Member(member)) => Ok(member),
            _ => refuse(Refusal::NoMember),
        }
    }

    fn account(&self, account: &Account) -> Rung<(), F::Error> {
        match self.get(&Key::Keeper(account.clone()))? {
            Some(_) => Ok(()),
            None => refuse(Refusal::NoAccount),
        }
    }

    fn stewards(&self) -> Rung<Stewards, F::Error> {
        match self.get(&Key::Stewards)? {
            Some(Value::Stewards(set)) => Ok(set),
            _ => refuse(Refusal::StewardCount),
        }
    }

    fn electorate(&self) -> Rung<u32, F::Error> {
        match self.get(&Key::Electorate)? {
            Some(Value::Count(n)) => Ok(n),
            _ => refuse(Refusal::NoMember),
        }
    }

    /// A unit keeps its decimals for ever; title and base limits may change.
    fn unit(&self, def: &UnitDef, was: Option<Bounds>) -> Rung<Settings, F::Error> {
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
}
