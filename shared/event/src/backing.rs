//! What backs credit: pledges, attestations, and which of them an account uses (protocol, section 5).

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Reader, Writer, is_set};
use crate::{Account, Amount, Checksum, EventId, Name, Time};

/// The most attestations that one event can name.
pub const MAX_BACKING: usize = 100;

/// What a member can do for the others: a quantity of an asset of the rules document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// Of what.
    pub asset: Name,
    /// How much, above zero, counted as the document counts the asset.
    pub quantity: Amount,
    /// In which time, for people.
    pub per: Option<Per>,
    /// How long the pledge holds at most.
    pub until: Option<Time>,
}

/// The time in which a quantity is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Per {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// The author's own pledge holds no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unpledge {
    /// Which.
    pub pledge: EventId,
}

/// An assessor's word that a pledge is good for a quantity, for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attest {
    /// Which pledge.
    pub pledge: EventId,
    /// For how much of it, above zero.
    pub quantity: Amount,
    /// From this time on it is good for nothing.
    pub expires: Time,
    /// What a document that shows it must hash to.
    pub evidence: Option<Checksum>,
}

/// From here on an account uses attestations of its member's pledges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// Which account.
    pub account: Account,
    /// 1 to 100 attestations, sorted.
    pub attestations: Vec<EventId>,
}

impl Per {
    /// All of them.
    pub const ALL: [Per; 4] = [Per::Day, Per::Week, Per::Month, Per::Year];
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Per::Day => "day",
            Per::Week => "week",
            Per::Month => "month",
            Per::Year => "year",
        })
    }
}

impl FromStr for Per {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let found = Per::ALL.into_iter().find(|per| per.to_string() == text);
        found.ok_or_else(|| Malformed::new("a quantity is per day, week, month or year"))
    }
}

/// A quantity is never nothing.
fn some(quantity: Amount) -> Result<Amount, Malformed> {
    match quantity.minor() {
        0 => Err(Malformed::new("a quantity of nothing")),
        _ => Ok(quantity),
    }
}

impl Pledge {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Asset", &self.asset);
        out.line("Quantity", self.quantity);
        out.maybe("Per", self.per);
        out.maybe("Until", self.until);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (asset, quantity) = (from.take("Asset")?, some(from.take("Quantity")?)?);
        Ok(Pledge { asset, quantity, per: from.maybe("Per")?, until: from.maybe("Until")? })
    }

    pub(crate) fn subject(&self) -> String {
        match self.per {
            Some(per) => format!("pledge {} {} a {per}", self.quantity, self.asset),
            None => format!("pledge {} {}", self.quantity, self.asset),
        }
    }
}

impl Attest {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Pledge", self.pledge);
        out.line("Quantity", self.quantity);
        out.line("Expires", self.expires);
        out.maybe("Evidence", self.evidence);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (pledge, quantity) = (from.take("Pledge")?, some(from.take("Quantity")?)?);
        Ok(Attest { pledge, quantity, expires: from.take("Expires")?, evidence: from.maybe("Evidence")? })
    }

    pub(crate) fn subject(&self) -> String {
        format!("attest {} of {}", self.quantity, self.pledge.short())
    }
}

impl Back {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Account", &self.account);
        out.many("Attestation", &self.attestations);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (account, attestations) = (from.take("Account")?, from.many("Attestation", MAX_BACKING)?);
        match is_set(&attestations) && !attestations.is_empty() {
            true => Ok(Back { account, attestations }),
            false => Err(Malformed::new("an account is backed by attestations, each once, sorted")),
        }
    }

    pub(crate) fn subject(&self) -> String {
        let n = self.attestations.len();
        format!("back {} by {n} attestation{}", self.account, if n == 1 { "" } else { "s" })
    }
}
