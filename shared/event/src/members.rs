//! Membership and the register: founding, joining, motions, approvals, entries (protocol, section 4).

use crate::change::Change;
use crate::fields::{Malformed, Reader, Writer, is_set};
use crate::{EventId, Line, PublicKey};

/// The most approvals that an entry can name: a quorum of 21 stewards.
pub const MAX_APPROVALS: usize = 14;

/// The genesis: a community begins. Its text is the rules document (TOML); the author becomes secretary
/// and first steward.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The community's name.
    pub community: Line,
    /// The founder's device key.
    pub key: PublicKey,
}

/// A newcomer's first event: the request to join, under the author's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The newcomer's device key.
    pub key: PublicKey,
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
    },
}

impl Found {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Community", &self.community);
        out.line("Key", self.key);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Found { community: from.take("Community")?, key: from.take("Key")? })
    }
}

impl Join {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Key", self.key);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Join { key: from.take("Key")? })
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
            Route::Moved { motion, approvals } => {
                out.line("Motion", motion);
                out.many("Approval", approvals);
            }
        }
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let after = from.take("After")?;
        if let Some(change) = Change::maybe_take(from)? {
            return Ok(Entry { after, route: Route::Inline(change) });
        }
        let motion = from.take("Motion")?;
        let approvals = from.many("Approval", MAX_APPROVALS)?;
        match is_set(&approvals) {
            true => Ok(Entry { after, route: Route::Moved { motion, approvals } }),
            false => Err(Malformed::new("approvals are sorted and named once")),
        }
    }

    pub(crate) fn names(&self) -> Vec<EventId> {
        let mut named = vec![self.after];
        match &self.route {
            Route::Inline(change) => named.extend(change.names()),
            Route::Moved { motion, approvals } => {
                named.push(*motion);
                named.extend(approvals);
            }
        }
        named
    }

    pub(crate) fn subject(&self) -> String {
        match &self.route {
            Route::Inline(change) => format!("enter: {change}"),
            Route::Moved { motion, .. } => format!("enter motion {}", motion.short()),
        }
    }
}
