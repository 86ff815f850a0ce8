//! What each change of the register needs, and what it sets.

mod accounts;
mod document;
mod ends;
mod openings;
mod outlook;
mod register;
mod standing;

use event::{Account, Change, EventId, Handle, KindOfMember, MAX_PLACES, Position, Role, Threshold};

use crate::case::{Rung, refuse};
use crate::charter::Authority;
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Holder, Key, Member, Standing, Stewards, Value};
use crate::settle::{closing, quorum};

pub(crate) use document::{Document, document};
pub use ends::own_word;
pub(crate) use ends::{agrees_to_end, ends_own, hands};
pub(crate) use openings::balanced;
pub use outlook::{Outlook, outlook};
use register::Register;
pub use register::holds;

const MAX_STEWARDS: usize = 21;

pub(crate) type Settings = Vec<(Key, Option<Value>)>;

/// What a change needs.
pub(crate) struct Need {
    /// So many stewards.
    pub approvals: usize,
    /// A passed poll on the motion, with this threshold.
    pub poll: Option<Threshold>,
}

/// The change as it comes: where it stands, and what stands behind it.
pub(crate) struct Way<'a> {
    /// The entry that makes it, or the motion that proposes it.
    pub id: EventId,
    /// The event with which a chain ends by its own word: the motion, or an entry without one.
    pub own: Position,
    /// Whether that is a motion.
    pub moved: bool,
    /// How many stewards stand behind it.
    pub approvals: usize,
    /// The motion's text.
    pub text: Option<&'a str>,
}

/// What the change needs at an entry.
pub(crate) fn needed<F: Facts>(facts: &F, at: &EventId, change: &Change, set: &Stewards) -> Result<Need, F::Error> {
    let by_table = |name: String| -> Result<Option<Authority>, F::Error> {
        Ok(match facts.fact(at, &Key::Authority(name))? {
            Some(Value::Authority(authority)) => Some(authority),
            _ => None,
        })
    };
    let of_role = match change {
        Change::Role { role: Role::Other(name), .. } => by_table(format!("role {name}"))?,
        _ => None,
    };
    let authority = match of_role {
        Some(authority) => authority,
        // Who may give a mandate may end it.
        None if matches!(change, Change::MandateEnd { .. }) => {
            by_table("mandate".to_owned())?.unwrap_or(Authority::Quorum)
        }
        None => by_table(change.name().to_owned())?.unwrap_or(Authority::Quorum),
    };
    // A table may ask for more than the floor, never for less.
    let floor = closing(facts, at, change)? || has_floor(change);
    let all = quorum(set.handles.len());
    Ok(match authority {
        Authority::Poll { threshold } => Need { approvals: all, poll: Some(threshold) },
        Authority::Quorum => Need { approvals: all, poll: None },
        _ if floor => Need { approvals: all, poll: None },
        Authority::OneSteward => Need { approvals: 1, poll: None },
        Authority::Secretary => Need { approvals: 0, poll: None },
    })
}

/// Changes that are never left to fewer than the quorum.
fn has_floor(change: &Change) -> bool {
    matches!(
        change,
        Change::Cut { .. }
            | Change::Rules { .. }
            | Change::Suspend { .. }
            | Change::Expel { .. }
            | Change::Reinstate(_)
            | Change::Rekey { .. }
            | Change::Secretary { .. }
            | Change::Openings(_)
    )
}

/// The values that the change sets on top of the entry `at`, and where it ends a chain.
pub(crate) fn apply<F: Facts>(
    facts: &F,
    at: &EventId,
    change: &Change,
    way: &Way<'_>,
) -> Rung<(Settings, Option<Position>), F::Error> {
    let register = Register { facts, at };
    match change {
        Change::Admit { handle, device, request, kind } => {
            register.free(handle, device)?;
            register.request(request, handle, device, Some(*kind))?;
            let confirmed = way.approvals >= quorum(register.stewards()?.handles.len());
            let member = Member { device: *device, confirmed, standing: Standing::Active, kind: *kind };
            let mut set = new_member(handle, member);
            set.push(register.counted(*kind, true)?);
            Ok((set, None))
        }
        Change::Confirm { handle } => {
            let member = register.member(handle)?;
            if member.confirmed {
                return refuse(Refusal::ConfirmedBefore);
            }
            Ok((vec![set_member(handle, Member { confirmed: true, ..member })], None))
        }
        Change::Unit { def, was } => Ok((register.unit(def, *was)?, None)),
        Change::Limit { account, unit, bounds, was } => {
            register.account(account)?;
            let def = register.unit_def(unit)?;
            if bounds.is_some_and(|b| b.lower.places() != def.base.lower.places()) {
                return refuse(Refusal::WrongPlaces);
            }
            let key = Key::Limit(account.clone(), unit.clone());
            if register.get(&key)? != was.map(Value::Bounds) {
                return refuse(Refusal::MovedOn);
            }
            Ok((vec![(key, bounds.map(Value::Bounds))], None))
        }
        Change::Role { handle, role, holds } => Ok((register.role(handle, role, *holds, &way.id)?, None)),
        Change::Rules { was } => Ok((register.rules(was, way)?, None)),
        Change::Cut { position } => {
            register.cut_at(position)?;
            register.not_in_office(&position.device)?;
            if register.get(&Key::Device(position.device))?.is_none()
                || register.get(&Key::Cut(position.device))?.is_some()
            {
                return refuse(Refusal::BadCut);
            }
            Ok((vec![(Key::Cut(position.device), Some(Value::Position(*position)))], Some(*position)))
        }
        Change::Suspend { handle, at } => register.suspend(handle, at, way),
        Change::Expel { handle, at } => register.expel(handle, at, way),
        Change::Reinstate(to) => register.reinstate(to),
        Change::Leave { handle } => register.leave(handle, way),
        Change::Move(to) => register.move_to(to, way),
        Change::Rekey { to, at } => register.rekey(to, at, way),
        Change::Secretary { handle, was } => Ok((register.secretary(handle, was)?, None)),
        Change::Open(open) => Ok((register.open(open)?, None)),
        Change::Hand(hand) => Ok((register.hand(hand, way)?, None)),
        Change::Mandate(mandate) => Ok((register.mandate(mandate, way)?, None)),
        Change::MandateEnd { mandate } => Ok((register.mandate_end(mandate)?, None)),
        Change::Openings(openings) => Ok((register.take_over(openings, way)?, None)),
    }
}

fn set_member(handle: &Handle, member: Member) -> (Key, Option<Value>) {
    (Key::Member(handle.clone()), Some(Value::Member(member)))
}

/// What the register holds of a new member.
pub(crate) fn new_member(handle: &Handle, member: Member) -> Settings {
    vec![
        set_member(handle, member),
        (Key::Glance(handle.glance()), Some(Value::Handle(handle.clone()))),
        (Key::Device(member.device), Some(Value::Holder(Holder { handle: handle.clone(), nth: 0 }))),
        (Key::Keeper(Account::Member(handle.clone())), Some(Value::Handle(handle.clone()))),
    ]
}

/// The votes of all members who are active at an entry.
pub fn electorate<F: Facts>(facts: &F, at: &EventId) -> Result<u32, F::Error> {
    let mut sum: u32 = 0;
    for kind in KindOfMember::ALL {
        if let Some(Value::Count(n)) = facts.fact(at, &Key::Count(kind))? {
            sum = sum.saturating_add(n.saturating_mul(weight(facts, at, kind)?));
        }
    }
    Ok(sum)
}

/// How many votes a member of a kind has.
pub(crate) fn weight<F: Facts>(facts: &F, at: &EventId, kind: KindOfMember) -> Result<u32, F::Error> {
    Ok(match facts.fact(at, &Key::Votes(kind))? {
        Some(Value::Count(votes)) => votes,
        _ => 0,
    })
}
