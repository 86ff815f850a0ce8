//! Obligations that cancel each other out: a set-off, and what each party says to it (protocol, section 5).

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Reader, Writer};
use crate::{Account, Amount, EventId, Time, Unit};

/// The most requests that one set-off can discharge.
pub const MAX_DISCHARGES: usize = 400;

/// A set-off: it discharges requests, wholly or in part, once every party has agreed. No balance moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clear {
    /// The unit of all the requests.
    pub unit: Unit,
    /// Until when the parties can agree.
    pub closes: Time,
    /// 2 to 400 requests, sorted by id.
    pub discharges: Vec<Discharge>,
}

/// By how much a set-off discharges a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Discharge {
    /// Which request.
    pub request: EventId,
    /// How much, above zero.
    pub amount: Amount,
}

/// A party's yes or no to a set-off, once and for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetOff {
    /// Which.
    pub clearing: EventId,
    /// The party: an account that a request of it names.
    pub account: Account,
}

/// A party that has agreed is free again, since the set-off cannot come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Which.
    pub clearing: EventId,
    /// The party.
    pub account: Account,
    /// The party that has not agreed and cannot any more.
    pub by: Account,
    /// Its no, or an event on its books after the end, before which it had not agreed; none where the account was
    /// closed without agreeing.
    pub shown: Option<EventId>,
}

impl fmt::Display for Discharge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.request, self.amount)
    }
}

impl FromStr for Discharge {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new("a discharge is `request amount`, the amount not zero");
        let (request, amount) = text.split_once(' ').ok_or_else(bad)?;
        let amount: Amount = amount.parse()?;
        match amount.minor() {
            0 => Err(bad()),
            _ => Ok(Discharge { request: request.parse()?, amount }),
        }
    }
}

impl Clear {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Unit", &self.unit);
        out.line("Closes", self.closes);
        out.many("Discharge", &self.discharges);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (unit, closes) = (from.take("Unit")?, from.take("Closes")?);
        let discharges: Vec<Discharge> = from.many("Discharge", MAX_DISCHARGES)?;
        let sorted = discharges.windows(2).all(|two| two[0].request < two[1].request);
        match sorted && discharges.len() >= 2 {
            true => Ok(Clear { unit, closes, discharges }),
            false => Err(Malformed::new("a set-off names two requests or more, each once, sorted")),
        }
    }

    pub(crate) fn subject(&self) -> String {
        format!("set off {} requests in {}", self.discharges.len(), self.unit)
    }
}

impl SetOff {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Clearing", self.clearing);
        out.line("Account", &self.account);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(SetOff { clearing: from.take("Clearing")?, account: from.take("Account")? })
    }

    pub(crate) fn subject(&self, says: &str) -> String {
        let of = match self.account {
            Account::Common(_) => format!(" for {}", self.account),
            Account::Member(_) => String::new(),
        };
        format!("{says} set-off {}{of}", self.clearing.short())
    }
}

impl Release {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Clearing", self.clearing);
        out.line("Account", &self.account);
        out.line("By", &self.by);
        out.maybe("Shown", self.shown);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (clearing, account) = (from.take("Clearing")?, from.take("Account")?);
        Ok(Release { clearing, account, by: from.take("By")?, shown: from.maybe("Shown")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("free of set-off {}: {} has not agreed", self.clearing.short(), self.by)
    }
}
