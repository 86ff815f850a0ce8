//! Changes of the register: closed, typed, and each naming the value that it replaces (protocol, section 4).

use std::fmt;
use std::str::FromStr;

use crate::common::{AccountChange, ends};
use crate::fields::{Malformed, Reader, Writer};
use crate::{
    Account, Amount, Device, EventId, HandAccount, Handle, KindOfMember, Line, Mandate, OpenAccount, Openings,
    Position, Role, Unit,
};

/// How far an account may go: down to `-lower`, up to `upper`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// The credit that the account may draw.
    pub lower: Amount,
    /// The most that it may hold; none means no bound.
    pub upper: Option<Amount>,
}

/// A unit of account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UnitDef {
    /// Its code.
    pub unit: Unit,
    /// What it is, for people.
    pub title: Line,
    /// What a confirmed member may draw and hold where nothing else is set; its decimals are the unit's.
    pub base: Bounds,
}

/// One change of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A request to join becomes a member, at limit 0 until confirmed.
    Admit {
        /// The name that the request asked for.
        handle: Handle,
        /// The device that asked.
        device: Device,
        /// The request, `members.join`.
        request: EventId,
        /// What kind of member it asked to be.
        kind: KindOfMember,
    },
    /// The unit's base limits begin for a member.
    Confirm {
        /// Who.
        handle: Handle,
    },
    /// A unit is defined, or its title and base limits are changed.
    Unit {
        /// As it shall be.
        def: UnitDef,
        /// The base limits that it replaces, none for a new unit.
        was: Option<Bounds>,
    },
    /// An account's own limits replace the unit's base limits.
    Limit {
        /// Whose.
        account: Account,
        /// In which unit.
        unit: Unit,
        /// As they shall be; none goes back to the base limits.
        bounds: Option<Bounds>,
        /// The account's own limits that they replace, none where the base limits hold.
        was: Option<Bounds>,
    },
    /// A role begins or ends.
    Role {
        /// Who.
        handle: Handle,
        /// Which.
        role: Role,
        /// `true` begins it, `false` ends it.
        holds: bool,
    },
    /// A chain ends: everything up to the position is settled, nothing beyond it has effect.
    Cut {
        /// The last event that counts.
        position: Position,
    },
    /// Another rules document, the text of the motion, replaces the one in force.
    Rules {
        /// The event whose text is in force: the genesis, or the motion that changed the rules last.
        was: EventId,
    },
    /// A member neither acts nor votes until reinstated; the chain is cut.
    Suspend {
        /// Who.
        handle: Handle,
        /// The last event that counts.
        at: Position,
    },
    /// A member ends for good, against its will; the chain is cut.
    Expel {
        /// Who.
        handle: Handle,
        /// The last event that counts.
        at: Position,
    },
    /// A suspended member goes on with a new device.
    Reinstate(NewDevice),
    /// A member ends by its own motion, with which its chain ends.
    Leave {
        /// Who.
        handle: Handle,
    },
    /// A member goes on with a new device, by a motion of the old one, with which its chain ends.
    Move(NewDevice),
    /// A member goes on with a new device in place of one that is lost or frozen, whose chain is cut.
    Rekey {
        /// Who, with which device, and its request.
        to: NewDevice,
        /// The last event of the lost device that counts.
        at: Position,
    },
    /// Another member keeps the register.
    Secretary {
        /// Who.
        handle: Handle,
        /// The device that kept it.
        was: Device,
    },
    /// An account of the community is opened.
    Open(OpenAccount),
    /// An account of the community goes to another member, by a motion of its keeper, who from then on writes nothing on it.
    Hand(HandAccount),
    /// Spending from an account of the community is allowed.
    Mandate(Mandate),
    /// A mandate ends before its time.
    MandateEnd {
        /// The entry that gave it.
        mandate: EventId,
    },
    /// Balances of books that were kept elsewhere are added.
    Openings(Openings),
}

/// A member and the device that shall be its own from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Who.
    pub handle: Handle,
    /// The new device.
    pub device: Device,
    /// Its request, `members.join` under the member's name.
    pub request: EventId,
}

impl Change {
    /// Its name in `Change:` and in the table of authorities.
    pub fn name(&self) -> &'static str {
        match self {
            Change::Admit { .. } => "admit",
            Change::Confirm { .. } => "confirm",
            Change::Unit { .. } => "unit",
            Change::Limit { .. } => "limit",
            Change::Role { .. } => "role",
            Change::Cut { .. } => "cut",
            Change::Rules { .. } => "rules",
            Change::Suspend { .. } => "suspend",
            Change::Expel { .. } => "expel",
            Change::Reinstate(_) => "reinstate",
            Change::Leave { .. } => "leave",
            Change::Move(_) => "move",
            Change::Rekey { .. } => "rekey",
            Change::Secretary { .. } => "secretary",
            Change::Open(_) | Change::Hand(_) => "account",
            Change::Mandate(_) => "mandate",
            Change::MandateEnd { .. } => "mandate-end",
            Change::Openings(_) => "opening",
        }
    }

    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Change", self.name());
        match self {
            Change::Admit { handle, device, request, kind } => {
                out.line("Handle", handle);
                out.line("Device", device);
                out.line("Request", request);
                out.maybe("As", kind.said());
            }
            Change::Confirm { handle } => out.line("Handle", handle),
            Change::Unit { def, was } => {
                out.line("Unit", &def.unit);
                out.line("Title", &def.title);
                out.line("Limits", def.base);
                out.maybe("Was", *was);
            }
            Change::Limit { account, unit, bounds, was } => {
                out.line("Account", account);
                out.line("Unit", unit);
                out.maybe("Limits", *bounds);
                out.maybe("Was", *was);
            }
            Change::Role { handle, role, holds } => {
                out.line("Handle", handle);
                out.line("Role", role);
                out.line("Holds", if *holds { "yes" } else { "no" });
            }
            Change::Cut { position } => out.line("At", position),
            Change::Rules { was } => out.line("Was", was),
            Change::Suspend { handle, at } | Change::Expel { handle, at } => {
                out.line("Handle", handle);
                out.line("At", at);
            }
            Change::Reinstate(to) | Change::Move(to) => to.put(out),
            Change::Leave { handle } => out.line("Handle", handle),
            Change::Rekey { to, at } => {
                to.put(out);
                out.line("At", at);
            }
            Change::Secretary { handle, was } => {
                out.line("Handle", handle);
                out.line("Was", was);
            }
            Change::Open(open) => open.put(out),
            Change::Hand(hand) => hand.put(out),
            Change::Mandate(mandate) => mandate.put(out),
            Change::MandateEnd { mandate } => out.line("Mandate", mandate),
            Change::Openings(openings) => openings.put(out),
        }
    }

    pub(crate) fn maybe_take(from: &mut Reader<'_>) -> Result<Option<Self>, Malformed> {
        let Some(Name(name)) = from.maybe("Change")? else { return Ok(None) };
        let change = match name.as_str() {
            "admit" => Change::Admit {
                handle: from.take("Handle")?,
                device: from.take("Device")?,
                request: from.take("Request")?,
                kind: KindOfMember::take(from)?,
            },
            "confirm" => Change::Confirm { handle: from.take("Handle")? },
            "unit" => Change::Unit {
                def: UnitDef { unit: from.take("Unit")?, title: from.take("Title")?, base: from.take("Limits")? },
                was: from.maybe("Was")?,
            },
            "limit" => Change::Limit {
                account: from.take("Account")?,
                unit: from.take("Unit")?,
                bounds: from.maybe("Limits")?,
                was: from.maybe("Was")?,
            },
            "role" => Change::Role {
                handle: from.take("Handle")?,
                role: from.take("Role")?,
                holds: from.take::<YesNo>("Holds")?.0,
            },
            "cut" => Change::Cut { position: from.take("At")? },
            "rules" => Change::Rules { was: from.take("Was")? },
            "suspend" => Change::Suspend { handle: from.take("Handle")?, at: from.take("At")? },
            "expel" => Change::Expel { handle: from.take("Handle")?, at: from.take("At")? },
            "reinstate" => Change::Reinstate(NewDevice::take(from)?),
            "leave" => Change::Leave { handle: from.take("Handle")? },
            "move" => Change::Move(NewDevice::take(from)?),
            "rekey" => Change::Rekey { to: NewDevice::take(from)?, at: from.take("At")? },
            "secretary" => Change::Secretary { handle: from.take("Handle")?, was: from.take("Was")? },
            "account" => match AccountChange::take(from)? {
                AccountChange::Open(open) => Change::Open(open),
                AccountChange::Hand(hand) => Change::Hand(hand),
            },
            "mandate" => Change::Mandate(Mandate::take(from)?),
            "mandate-end" => Change::MandateEnd { mandate: from.take("Mandate")? },
            "opening" => Change::Openings(Openings::take(from)?),
            other => return Err(Malformed::new(format!("unknown change `{}`", crate::harmless_line(other)))),
        };
        Ok(Some(change))
    }

    /// The events that the change names.
    pub(crate) fn names(&self) -> Vec<EventId> {
        match self {
            Change::Admit { request, .. } => vec![*request],
            Change::Cut { position: at } | Change::Suspend { at, .. } | Change::Expel { at, .. } => vec![at.id],
            Change::Rules { was } => vec![*was],
            Change::Reinstate(to) | Change::Move(to) => vec![to.request],
            Change::Rekey { to, at } => vec![to.request, at.id],
            Change::MandateEnd { mandate } => vec![*mandate],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Admit { handle, .. } => write!(f, "admit {handle}"),
            Change::Confirm { handle } => write!(f, "confirm {handle}"),
            Change::Unit { def, .. } => write!(f, "unit {}: {}", def.unit, def.title),
            Change::Limit { account, unit, bounds: Some(b), .. } => write!(f, "limit of {account} {b} {unit}"),
            Change::Limit { account, unit, bounds: None, .. } => write!(f, "base limit for {account} in {unit}"),
            Change::Role { handle, role, holds: true } => write!(f, "make {handle} {role}"),
            Change::Role { handle, role, holds: false } => write!(f, "end {handle} as {role}"),
            Change::Cut { position } => write!(f, "cut {} after {}", position.device, position.seq),
            Change::Rules { .. } => f.write_str("other rules"),
            Change::Suspend { handle, .. } => write!(f, "suspend {handle}"),
            Change::Expel { handle, .. } => write!(f, "expel {handle}"),
            Change::Reinstate(to) => write!(f, "reinstate {}", to.handle),
            Change::Leave { handle } => write!(f, "{handle} leaves"),
            Change::Move(to) => write!(f, "move {} to another device", to.handle),
            Change::Rekey { to, .. } => write!(f, "replace the device of {}", to.handle),
            Change::Secretary { handle, .. } => write!(f, "make {handle} secretary"),
            Change::Open(open) => write!(f, "{open}"),
            Change::Hand(hand) => write!(f, "{hand}"),
            Change::Mandate(mandate) => write!(f, "{mandate}"),
            Change::MandateEnd { mandate } => f.write_str(&ends(mandate)),
            Change::Openings(openings) => write!(f, "{openings}"),
        }
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.upper {
            Some(upper) => write!(f, "-{} to {upper}", self.lower),
            None => write!(f, "-{}", self.lower),
        }
    }
}

impl FromStr for Bounds {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad =
            || Malformed::new(format!("`{}` are not limits such as `-20.00 to 40.00`", crate::harmless_line(text)));
        let text = text.strip_prefix('-').ok_or_else(bad)?;
        let (lower, upper) = match text.split_once(" to ") {
            Some((lower, upper)) => (lower, Some(upper.parse::<Amount>()?)),
            None => (text, None),
        };
        let lower: Amount = lower.parse()?;
        match upper.is_none_or(|u| u.places() == lower.places()) {
            true => Ok(Bounds { lower, upper }),
            false => Err(bad()),
        }
    }
}

impl NewDevice {
    fn put(&self, out: &mut Writer) {
        out.line("Handle", &self.handle);
        out.line("Device", self.device);
        out.line("Request", self.request);
    }

    fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(NewDevice { handle: from.take("Handle")?, device: from.take("Device")?, request: from.take("Request")? })
    }
}

/// A bare word.
struct Name(String);

impl FromStr for Name {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        Ok(Name(text.to_owned()))
    }
}

struct YesNo(bool);

impl FromStr for YesNo {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "yes" => Ok(YesNo(true)),
            "no" => Ok(YesNo(false)),
            other => Err(Malformed::new(format!("`{}` is neither yes nor no", crate::harmless_line(other)))),
        }
    }
}
