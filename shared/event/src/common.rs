//! Accounts of the community: opening one, handing it on, and mandates to spend from it (protocol, section 5).

use std::fmt;

use crate::fields::{Malformed, Reader, Writer};
use crate::{Account, Amount, EventId, Handle, Line, Time, Unit};

/// A project, a household, a fund: an account of its own in every unit, kept by a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAccount {
    /// Its name, `@name`.
    pub account: Account,
    /// What it is for.
    pub title: Line,
    /// The member whose device keeps it.
    pub keeper: Handle,
}

/// An open account goes to another member, by a motion of its keeper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandAccount {
    /// Which.
    pub account: Account,
    /// Who keeps it from then on.
    pub keeper: Handle,
    /// Who keeps it until then.
    pub was: Handle,
}

/// What the keeper of a community account may spend. The entry's id names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// From which account of the community.
    pub account: Account,
    /// Only to this account; none means to anyone.
    pub to: Option<Account>,
    /// In which unit.
    pub unit: Unit,
    /// How much in all, above zero.
    pub amount: Amount,
    /// The last second at which it can be used.
    pub until: Time,
    /// What for.
    pub purpose: Line,
}

/// Of the change `account`: which of the two it is.
pub(crate) enum AccountChange {
    Open(OpenAccount),
    Hand(HandAccount),
}

impl AccountChange {
    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let account = common(from)?;
        Ok(match from.maybe("Title")? {
            Some(title) => AccountChange::Open(OpenAccount { account, title, keeper: from.take("Keeper")? }),
            None => AccountChange::Hand(HandAccount { account, keeper: from.take("Keeper")?, was: from.take("Was")? }),
        })
    }
}

/// The account that a change is about: one of the community.
fn common(from: &mut Reader<'_>) -> Result<Account, Malformed> {
    match from.take("Account")? {
        account @ Account::Common(_) => Ok(account),
        Account::Member(_) => Err(Malformed::new("an account of the community begins with `@`")),
    }
}

impl OpenAccount {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Account", &self.account);
        out.line("Title", &self.title);
        out.line("Keeper", &self.keeper);
    }
}

impl HandAccount {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Account", &self.account);
        out.line("Keeper", &self.keeper);
        out.line("Was", &self.was);
    }
}

impl Mandate {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Account", &self.account);
        out.maybe("To", self.to.as_ref());
        out.line("Unit", &self.unit);
        out.line("Amount", self.amount);
        out.line("Until", self.until);
        out.line("Purpose", &self.purpose);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let mandate = Mandate {
            account: common(from)?,
            to: from.maybe("To")?,
            unit: from.take("Unit")?,
            amount: from.take("Amount")?,
            until: from.take("Until")?,
            purpose: from.take("Purpose")?,
        };
        match mandate.amount.minor() {
            0 => Err(Malformed::new("a mandate for nothing")),
            _ => Ok(mandate),
        }
    }
}

impl fmt::Display for OpenAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "open {}, kept by {}: {}", self.account, self.keeper, self.title)
    }
}

impl fmt::Display for HandAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hand {} to {}", self.account, self.keeper)
    }
}

impl fmt::Display for Mandate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spend up to {} {} from {}", self.amount, self.unit, self.account)?;
        if let Some(to) = &self.to {
            write!(f, " on {to}")?;
        }
        write!(f, " until {}: {}", self.until, self.purpose)
    }
}

/// What the end of a mandate is called.
pub(crate) fn ends(mandate: &EventId) -> String {
    format!("end mandate {}", mandate.short())
}
