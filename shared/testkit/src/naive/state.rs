//! state(r): what the register holds at an entry.

use std::collections::{BTreeMap, BTreeSet};

use event::{
    Account, Amount, Bounds, Change, Checksum, Device, EventId, Handle, KindOfMember, Mandate, Name, Position, Role,
    RoleName, Threshold, Unit, UnitDef,
};
use rules::{Asset, Authority, Backing, Caps, Contribution};

use super::Channel;

/// How many of `n` stewards are a quorum.
pub fn quorum(n: usize) -> usize {
    let liars = n.saturating_sub(1) / 3;
    (n + liars) / 2 + 1
}

/// Whether a member acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It does.
    Active,
    /// Not until it is reinstated.
    Suspended,
    /// It went.
    Left,
    /// It was sent away.
    Expelled,
}

/// A member, or who once was one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its present device, or its last.
    pub device: Device,
    /// Whether the base limits apply.
    pub confirmed: bool,
    /// Whether it acts.
    pub standing: Standing,
    /// What it is.
    pub kind: KindOfMember,
}

/// The register at one entry.
#[derive(Debug, Clone)]
pub struct State {
    /// From the genesis to the entry itself.
    pub path: Vec<EventId>,
    /// The last entry of the path that changed the stewards or the term.
    pub set: EventId,
    /// How many times the office went on without the secretary.
    pub term: u32,
    /// The device that keeps the register.
    pub secretary: Device,
    /// By handle; nobody is ever removed.
    pub members: BTreeMap<Handle, Member>,
    /// Whose each device is or was, and the how manieth it was.
    pub devices: BTreeMap<Device, (Handle, u64)>,
    /// In the order in which they came into office.
    pub stewards: Vec<Handle>,
    /// Who holds which other role.
    pub roles: BTreeSet<(RoleName, Handle)>,
    /// Which other roles there are.
    pub role_names: BTreeSet<RoleName>,
    /// The channels that have a table in the rules.
    pub channels: BTreeMap<Handle, Channel>,
    /// How many votes a member has, by kind.
    pub voting: BTreeMap<KindOfMember, u32>,
    /// The member who keeps each open account.
    pub keepers: BTreeMap<Account, Handle>,
    /// Accounts that are closed, and the last event of their books.
    pub closed: BTreeMap<Account, Position>,
    /// Where the books of an account end that was handed to another member, and the entry that handed it.
    pub handed: BTreeMap<Account, (Position, EventId)>,
    /// Where the books of a device go on from.
    pub opens: BTreeMap<Device, Position>,
    /// What accounts brought along from other books.
    pub carried: BTreeMap<(Account, Unit), i128>,
    /// The files of which such balances were taken.
    pub sources: BTreeSet<Checksum>,
    /// By code.
    pub units: BTreeMap<Unit, UnitDef>,
    /// Base limits of one kind of members.
    pub bases: BTreeMap<(Unit, KindOfMember), Bounds>,
    /// Where an account has limits of its own.
    pub limits: BTreeMap<(Account, Unit), Bounds>,
    /// What may be spent of accounts of the community, by the entry that says so.
    pub mandates: BTreeMap<EventId, Mandate>,
    /// What payments carry for the community.
    pub contribution: Option<Contribution>,
    /// What can be pledged and delivered.
    pub assets: BTreeMap<Name, Asset>,
    /// How far credit can be backed, by unit.
    pub backing: BTreeMap<Unit, Backing>,
    /// How much may be paid in a day, a week, a month, by unit.
    pub caps: BTreeMap<Unit, Caps>,
    /// What each change needs.
    pub authority: BTreeMap<String, Authority>,
    /// The event whose text is in force.
    pub rules: EventId,
    /// Where chains end.
    pub cuts: BTreeMap<Device, Position>,
    /// Whether newcomers need an invitation.
    pub invited_only: bool,
    /// How many were admitted by each invitation.
    pub invited: BTreeMap<EventId, usize>,
    /// Motions that were entered.
    pub entered: BTreeSet<EventId>,
    /// Motions that were refused.
    pub refused: BTreeSet<EventId>,
}

/// What a change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// So many stewards.
    pub approvals: usize,
    /// And a poll that passed with this threshold.
    pub poll: Option<Threshold>,
}

impl State {
    /// The active member whose present device this is.
    pub fn member(&self, device: Device) -> Option<&Handle> {
        let (handle, _) = self.devices.get(&device)?;
        self.active(handle).filter(|member| member.device == device).map(|_| handle)
    }

    /// The member, if it acts.
    pub fn active(&self, handle: &Handle) -> Option<&Member> {
        self.members.get(handle).filter(|member| member.standing == Standing::Active)
    }

    /// The active member whose present device this is, if it is a steward.
    pub fn steward(&self, device: Device) -> Option<&Handle> {
        self.member(device).filter(|handle| self.stewards.contains(handle))
    }

    /// How many stewards decide.
    pub fn quorum(&self) -> usize {
        quorum(self.stewards.len())
    }

    /// The device that does the work of an account, if its keeper acts.
    pub fn keeper(&self, account: &Account) -> Option<Device> {
        self.active(self.keepers.get(account)?).map(|member| member.device)
    }

    /// What a change needs. What ends a chain, names an officer or changes the rules is never had for less than a
    /// quorum; neither is a steward's own leave or move.
    pub fn needed(&self, change: &Change) -> Need {
        let quorum = Need { approvals: self.quorum(), poll: None };
        let chosen = match change {
            Change::Role { role, .. } => {
                self.authority.get(&format!("role {role}")).or_else(|| self.authority.get("role"))
            }
            Change::MandateEnd { .. } => self.authority.get("mandate"),
            _ => self.authority.get(change.name()),
        };
        let floor = match change {
            Change::Cut { .. }
            | Change::Suspend { .. }
            | Change::Expel { .. }
            | Change::Rekey { .. }
            | Change::Secretary { .. }
            | Change::Rules { .. }
            | Change::Openings(_)
            | Change::Reinstate(_)
            | Change::Role { role: Role::Steward, .. } => true,
            Change::Leave { handle } => self.stewards.contains(handle),
            Change::Move(to) => self.stewards.contains(&to.handle),
            _ => false,
        };
        match chosen {
            Some(Authority::Poll { threshold }) => Need { poll: Some(*threshold), ..quorum },
            Some(Authority::Secretary) if !floor => Need { approvals: 0, poll: None },
            Some(Authority::OneSteward) if !floor => Need { approvals: 1, poll: None },
            _ => quorum,
        }
    }

    /// Whose standing or device a change touches, where it ends that member's chain.
    pub fn ends(change: &Change) -> Option<&Handle> {
        match change {
            Change::Suspend { handle, .. } | Change::Expel { handle, .. } | Change::Leave { handle } => Some(handle),
            Change::Move(to) | Change::Rekey { to, .. } => Some(&to.handle),
            _ => None,
        }
    }

    /// Whether the change makes another set of stewards here, so that approving it is a last word.
    pub fn closing(&self, change: &Change) -> bool {
        match change {
            Change::Role { role: Role::Steward, .. } => true,
            _ => Self::ends(change).is_some_and(|handle| self.stewards.contains(handle)),
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
                let member = self.members.get(handle);
                let kind = member.map_or(KindOfMember::Person, |m| m.kind);
                let base = self.bases.get(&(unit.clone(), kind)).copied().unwrap_or(base);
                let confirmed = member.is_some_and(|m| m.confirmed);
                Some((if confirmed { minor(base.lower) } else { 0 }, base.upper.map(minor)))
            }
        }
    }
}
