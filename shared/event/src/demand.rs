//! Asking for a payment: requests, and what ends one; asking for a payment back (protocol, section 5).

use crate::fields::{Malformed, Reader, Writer};
use crate::{Account, Amount, EventId, Line, Name, Time, Unit};

/// A request: an account asks another to pay it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The account that asks, kept by the author's device.
    pub account: Account,
    /// The account that is asked.
    pub of: Account,
    /// How much, above zero.
    pub amount: Amount,
    /// In which unit.
    pub unit: Unit,
    /// When it is due.
    pub due: Option<Time>,
    /// What for.
    pub purpose: Option<Line>,
    /// What sort of thing that is.
    pub category: Option<Name>,
    /// A name of the author's choosing: the same account never asks the same one twice under it.
    pub key: Option<Line>,
}

/// The asker takes a request back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdraw {
    /// The request.
    pub request: EventId,
}

/// The asked account will not pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refuse {
    /// The request.
    pub request: EventId,
    /// Why.
    pub why: Option<Line>,
}

/// The payer asks for what is not received yet: payees decline it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancel {
    /// The payment.
    pub pay: EventId,
}

impl Request {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Account", &self.account);
        out.line("Of", &self.of);
        out.line("Amount", self.amount);
        out.line("Unit", &self.unit);
        out.maybe("Due", self.due);
        out.maybe("Purpose", self.purpose.as_ref());
        out.maybe("Category", self.category.as_ref());
        out.maybe("Key", self.key.as_ref());
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let request = Request {
            account: from.take("Account")?,
            of: from.take("Of")?,
            amount: from.take("Amount")?,
            unit: from.take("Unit")?,
            due: from.maybe("Due")?,
            purpose: from.maybe("Purpose")?,
            category: from.maybe("Category")?,
            key: from.maybe("Key")?,
        };
        match request.amount.minor() {
            0 => Err(Malformed::new("a request for nothing")),
            _ => Ok(request),
        }
    }

    pub(crate) fn subject(&self) -> String {
        let mut subject = format!("ask {} for {} {}", self.of, self.amount, self.unit);
        if let Account::Common(_) = self.account {
            subject.push_str(&format!(" to {}", self.account));
        }
        if let Some(purpose) = &self.purpose {
            subject.push_str(&format!(": {purpose}"));
        }
        subject
    }
}

impl Refuse {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Request", self.request);
        out.maybe("Why", self.why.as_ref());
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Refuse { request: from.take("Request")?, why: from.maybe("Why")? })
    }

    pub(crate) fn subject(&self) -> String {
        match &self.why {
            Some(why) => format!("refuse {}: {why}", self.request.short()),
            None => format!("refuse {}", self.request.short()),
        }
    }
}
