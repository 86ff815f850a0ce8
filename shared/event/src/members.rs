//! Membership and the register: founding, joining, motions, approvals, entries (protocol, section 4).

use std::fmt;
use std::str::FromStr;

use crate::change::Change;
use crate::fields::{Malformed, Number, Reader, Writer, is_set};
use crate::{Device, EventId, Handle, KindOfMember, Line, Opening, PublicKey, Time};

/// The most approvals that an entry can name: a quorum of 21 stewards.
pub const MAX_APPROVALS: usize = 14;

/// The most accounts, by unit, that a refounded community takes over.
pub const MAX_OPENINGS: usize = 400;

/// The most uses of one invitation.
pub const MAX_USES: u16 = 1000;

/// The genesis: a community begins. Its text is the rules document (TOML); the author becomes secretary
/// and first steward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The community's name.
    pub community: Line,
    /// The founder's device key.
    pub key: PublicKey,
    /// The community that it goes on from, where that has lost its quorum for good.
    pub refounds: Option<Refounds>,
}

/// What a refounded community takes over: the books of the one before, as its founder has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refounds {
    /// The genesis of the community before.
    pub log: EventId,
    /// Its last settled entry.
    pub entry: EventId,
    /// What each account begins with, sorted by account and unit, at most 400; the sum of each unit is zero.
    pub openings: Vec<Opening>,
}

/// A newcomer's first event: the request to join, under the author's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The newcomer's device key.
    pub key: PublicKey,
    /// What kind of member it asks to be.
    pub kind: KindOfMember,
    /// The invitation that it answers, and the proof that it has the seed.
    pub invited: Option<Invited>,
}

/// The answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invited {
    /// The `members.invite`.
    pub by: EventId,
    /// The invitation key's signature over [`invitation_message`].
    pub proof: [u8; 64],
}

/// A steward's invitation: who has its seed is admitted without further action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The public half of the seed.
    pub key: PublicKey,
    /// How many may come by it, 1 to 1000.
    pub uses: u16,
    /// Until when.
    pub expires: Time,
}

/// A proposal to change the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Motion {
    /// What shall change.
    pub change: Change,
}

/// A steward's consent to a motion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approve {
    /// The motion.
    pub motion: EventId,
}

/// A steward's dissent from a motion, which the text explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The motion.
    pub motion: EventId,
}

/// A steward's consent to a succession: the author's last acknowledgement of lower terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succeed {
    /// The term that shall begin.
    pub term: u32,
    /// The last entry that the author has acknowledged.
    pub entry: EventId,
}

/// An entry of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The entry before it.
    pub after: EventId,
    /// How the change came about.
    pub route: Route,
}

/// How a change came into the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route {
    /// The secretary's own authority suffices: motion, approval and entry at once.
    Inline(Change),
    /// A motion with its approvals, sorted.
    Moved {
        /// The motion.
        motion: EventId,
        /// Approvals of it.
        approvals: Vec<EventId>,
        /// The count of the poll that decided, where the change needs one: a `vote.close`.
        poll: Option<EventId>,
    },
    /// A motion is closed without effect.
    Refused {
        /// The motion.
        motion: EventId,
    },
    /// The next secretary takes over from one who is lost or dishonest.
    Succession {
        /// The term that begins.
        term: u32,
        /// Consents, `members.succeed`, sorted.
        approvals: Vec<EventId>,
    },
}

impl Found {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Community", &self.community);
        out.line("Key", self.key);
        if let Some(before) = &self.refounds {
            out.line("Refounds", before.log);
            out.line("Entry", before.entry);
            out.many("Opening", &before.openings);
        }
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (community, key) = (from.take("Community")?, from.take("Key")?);
        let refounds = match from.maybe("Refounds")? {
            Some(log) => Some(Refounds::take(log, from)?),
            None => None,
        };
        Ok(Found { community, key, refounds })
    }
}

impl Refounds {
    fn take(log: EventId, from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let entry = from.take("Entry")?;
        Ok(Refounds { log, entry, openings: crate::opening::take(from, MAX_OPENINGS)? })
    }
}

impl Join {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Key", self.key);
        out.maybe("As", self.kind.said());
        if let Some(invited) = &self.invited {
            out.line("Invitation", invited.by);
            out.line("Proof", Proof(invited.proof));
        }
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (key, kind) = (from.take("Key")?, KindOfMember::take(from)?);
        let invited = match from.maybe("Invitation")? {
            Some(by) => Some(Invited { by, proof: from.take::<Proof>("Proof")?.0 }),
            None => None,
        };
        Ok(Join { key, kind, invited })
    }
}

/// What the key of an invitation signs: that this device may ask to join under this name.
pub fn invitation_message(log: &EventId, invitation: &EventId, device: &Device, handle: &Handle) -> Vec<u8> {
    format!("commons invitation\n{log}\n{invitation}\n{device}\n{handle}\n").into_bytes()
}

impl Invite {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Key", self.key);
        out.line("Uses", self.uses);
        out.line("Expires", self.expires);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (key, uses) = (from.take("Key")?, from.take::<Number>("Uses")?.0);
        match u16::try_from(uses) {
            Ok(uses) if (1..=MAX_USES).contains(&uses) => Ok(Invite { key, uses, expires: from.take("Expires")? }),
            _ => Err(Malformed::new(format!("an invitation has 1 to {MAX_USES} uses"))),
        }
    }

    pub(crate) fn subject(&self) -> String {
        match self.uses {
            1 => "invite someone".to_owned(),
            n => format!("invite {n}"),
        }
    }
}

impl Object {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Motion", self.motion);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Object { motion: from.take("Motion")? })
    }
}

impl Succeed {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Term", self.term);
        out.line("Entry", self.entry);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Succeed { term: term(from)?, entry: from.take("Entry")? })
    }
}

fn term(from: &mut Reader<'_>) -> Result<u32, Malformed> {
    let term: Number = from.take("Term")?;
    match u32::try_from(term.0) {
        Ok(term) if term > 0 => Ok(term),
        _ => Err(Malformed::new("terms are counted from 1")),
    }
}

/// The signature of an invitation's key, as hexadecimal digits.
struct Proof([u8; 64]);

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Proof {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).ok();
        let bytes: Option<[u8; 64]> = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Proof).ok_or_else(|| Malformed::new("a proof is 128 hexadecimal digits"))
    }
}

impl Motion {
    pub(crate) fn put(&self, out: &mut Writer) {
        self.change.put(out);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let change = Change::maybe_take(from)?.ok_or_else(|| Malformed::new("a motion proposes a change"))?;
        Ok(Motion { change })
    }
}

impl Approve {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Motion", self.motion);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Approve { motion: from.take("Motion")? })
    }
}

impl Entry {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("After", self.after);
        match &self.route {
            Route::Inline(change) => change.put(out),
            Route::Moved { motion, approvals, poll } => {
                out.line("Motion", motion);
                out.many("Approval", approvals);
                out.maybe("Poll", *poll);
            }
            Route::Refused { motion } => out.line("Refuses", motion),
            Route::Succession { term, approvals } => {
                out.line("Term", term);
                out.many("Approval", approvals);
            }
        }
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let after = from.take("After")?;
        if let Some(change) = Change::maybe_take(from)? {
            return match change {
                Change::Rules { .. } => Err(Malformed::new("rules are changed by a motion, which holds their text")),
                change => Ok(Entry { after, route: Route::Inline(change) }),
            };
        }
        if let Some(motion) = from.maybe("Refuses")? {
            return Ok(Entry { after, route: Route::Refused { motion } });
        }
        let route = match from.maybe("Motion")? {
            Some(motion) => {
                let approvals = approvals(from)?;
                Route::Moved { motion, approvals, poll: from.maybe("Poll")? }
            }
            None => Route::Succession { term: term(from)?, approvals: approvals(from)? },
        };
        Ok(Entry { after, route })
    }

    pub(crate) fn names(&self) -> Vec<EventId> {
        let mut named = vec![self.after];
        match &self.route {
            Route::Inline(change) => named.extend(change.names()),
            Route::Moved { motion, approvals, poll } => {
                named.push(*motion);
                named.extend(approvals.iter().chain(poll));
            }
            Route::Refused { motion } => named.push(*motion),
            Route::Succession { approvals, .. } => named.extend(approvals),
        }
        named
    }

    pub(crate) fn subject(&self) -> String {
        match &self.route {
            Route::Inline(change) => format!("enter: {change}"),
            Route::Moved { motion, .. } => format!("enter motion {}", motion.short()),
            Route::Refused { motion } => format!("refuse motion {}", motion.short()),
            Route::Succession { term, .. } => format!("keep the register, term {term}"),
        }
    }
}

fn approvals(from: &mut Reader<'_>) -> Result<Vec<EventId>, Malformed> {
    let approvals = from.many("Approval", MAX_APPROVALS)?;
    match is_set(&approvals) {
        true => Ok(approvals),
        false => Err(Malformed::new("approvals are sorted and named once")),
    }
}
