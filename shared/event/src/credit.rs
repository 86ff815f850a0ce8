//! Mutual credit: payments, receipts, returns (protocol, section 5).

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Number, Reader, Writer, is_set};
use crate::{Account, Amount, EventId, Line, Name, Unit};

/// The most legs of one payment.
pub const MAX_LEGS: usize = 200;

/// The most legs and returns that one receipt can name.
pub const MAX_ITEMS: usize = 200;

/// A payment: all its legs debit one account at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pay {
    /// The account that pays, kept by the author's device.
    pub from: Account,
    /// The unit of all legs.
    pub unit: Unit,
    /// 1 to 200 legs, of which the last may be the contribution.
    pub legs: Vec<Leg>,
    /// Whether the last leg is the contribution that the rules ask for.
    pub contributes: bool,
    /// What for.
    pub purpose: Option<Line>,
    /// A name of the payer's choosing: the same account never pays twice under it.
    pub key: Option<Line>,
    /// What sort of thing that is.
    pub category: Option<Name>,
    /// What it pays for, counted.
    pub delivered: Option<Delivered>,
    /// The request that the first leg pays, in whole or in part.
    pub request: Option<EventId>,
    /// The payment of which it gives something back, with its one leg.
    pub refund: Option<EventId>,
    /// The entry that lets a community account spend.
    pub mandate: Option<EventId>,
}

/// How much of an asset was delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// Above zero, at most 10^12 of its smallest parts.
    pub quantity: Amount,
    /// The asset of the rules document.
    pub asset: Name,
}

const MAX_DELIVERED: i64 = 1_000_000_000_000;

/// One part of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// How much, above zero.
    pub amount: Amount,
    /// To whom.
    pub to: Account,
}

/// What can be taken into an account: a leg by its payee, or a declined leg by its payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// The leg of a payment, counted from 0.
    Leg(EventId, u16),
    /// A `credit.decline`, which returns its leg.
    Return(EventId),
    /// The author's own leg to an account that was closed before it took the leg.
    Back(EventId, u16),
}

/// A receipt: credits the author's account with settled legs and returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receive {
    /// 1 to 200 items: legs, returns, what is taken back, each sorted.
    pub items: Vec<Item>,
}

/// A refusal of one leg by its payee: the payer may take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    /// The payment.
    pub pay: EventId,
    /// Its leg, counted from 0.
    pub leg: u16,
    /// Why.
    pub why: Option<Line>,
}

impl Pay {
    /// A payment that says nothing more.
    pub fn plain(from: Account, unit: Unit, legs: Vec<Leg>) -> Self {
        let (purpose, key, category, delivered) = (None, None, None, None);
        let (request, refund, mandate) = (None, None, None);
        Pay { from, unit, legs, contributes: false, purpose, key, category, delivered, request, refund, mandate }
    }

    /// The leg that is the contribution.
    pub fn contribution(&self) -> Option<&Leg> {
        self.legs.last().filter(|_| self.contributes)
    }

    /// What is paid for something, without the contribution.
    pub fn paid(&self) -> &[Leg] {
        let count = self.legs.len().saturating_sub(usize::from(self.contributes));
        self.legs.get(..count).unwrap_or(&self.legs)
    }

    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("From", &self.from);
        out.line("Unit", &self.unit);
        if let Some((first, further)) = self.paid().split_first() {
            out.line("To", &first.to);
            out.line("Amount", first.amount);
            out.many("Leg", further);
        }
        out.maybe("Purpose", self.purpose.as_ref());
        out.maybe("Key", self.key.as_ref());
        out.maybe("Category", self.category.as_ref());
        out.maybe("Delivered", self.delivered.as_ref());
        out.maybe("Request", self.request);
        out.maybe("Refund", self.refund);
        out.maybe("Mandate", self.mandate);
        out.maybe("Contribution", self.contribution());
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (account, unit) = (from.take("From")?, from.take("Unit")?);
        let (to, amount) = (from.take("To")?, from.take("Amount")?);
        let mut legs = vec![Leg { amount, to }];
        legs.extend(from.many::<Leg>("Leg", MAX_LEGS.saturating_sub(1))?);
        let mut pay = Pay {
            purpose: from.maybe("Purpose")?,
            key: from.maybe("Key")?,
            category: from.maybe("Category")?,
            delivered: from.maybe("Delivered")?,
            request: from.maybe("Request")?,
            refund: from.maybe("Refund")?,
            mandate: from.maybe("Mandate")?,
            ..Pay::plain(account, unit, legs)
        };
        if let Some(contribution) = from.maybe("Contribution")? {
            pay.legs.push(contribution);
            pay.contributes = true;
        }
        pay.check().map(|()| pay)
    }

    fn check(&self) -> Result<(), Malformed> {
        if self.legs.iter().any(|leg| leg.amount.minor() == 0) {
            return Err(Malformed::new("a payment of nothing"));
        }
        if self.legs.len() > MAX_LEGS {
            return Err(Malformed::new(format!("more than {MAX_LEGS} legs")));
        }
        let alone = self.legs.len() == 1 && self.request.is_none() && self.mandate.is_none();
        match self.refund.is_none() || alone {
            true => Ok(()),
            false => Err(Malformed::new("a refund has one leg, and names neither a request nor a mandate")),
        }
    }

    /// The events that it names.
    pub(crate) fn names(&self) -> Vec<EventId> {
        self.request.into_iter().chain(self.refund).chain(self.mandate).collect()
    }

    pub(crate) fn subject(&self) -> String {
        let Some(first) = self.legs.first() else { return String::new() };
        let verb = if self.refund.is_some() { "refund" } else { "pay" };
        let mut subject = format!("{verb} {} {} {}", first.to, first.amount, self.unit);
        let more = self.paid().len().saturating_sub(1);
        if more > 0 {
            subject.push_str(&format!(" and {more} more"));
        }
        if let Account::Common(_) = self.from {
            subject.push_str(&format!(" from {}", self.from));
        }
        if let Some(purpose) = &self.purpose {
            subject.push_str(&format!(": {purpose}"));
        }
        subject
    }
}

impl Receive {
    pub(crate) fn put(&self, out: &mut Writer) {
        for item in &self.items {
            match item {
                Item::Leg(pay, leg) => out.line("Leg", LegName(*pay, *leg)),
                Item::Return(decline) => out.line("Return", decline),
                Item::Back(pay, leg) => out.line("Back", LegName(*pay, *leg)),
            }
        }
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let legs: Vec<LegName> = from.many("Leg", MAX_ITEMS)?;
        let returns: Vec<EventId> = from.many("Return", MAX_ITEMS.saturating_sub(legs.len()))?;
        let rest = MAX_ITEMS.saturating_sub(legs.len()).saturating_sub(returns.len());
        let back: Vec<LegName> = from.many("Back", rest)?;
        let mut items: Vec<Item> = legs.into_iter().map(|LegName(pay, leg)| Item::Leg(pay, leg)).collect();
        items.extend(returns.into_iter().map(Item::Return));
        items.extend(back.into_iter().map(|LegName(pay, leg)| Item::Back(pay, leg)));
        match is_set(&items) && !items.is_empty() {
            true => Ok(Receive { items }),
            false => Err(Malformed::new("a receipt names each leg and return once, sorted")),
        }
    }

    pub(crate) fn subject(&self) -> String {
        let returns = self.items.iter().filter(|item| !matches!(item, Item::Leg(..))).count();
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        match (self.items.len().saturating_sub(returns), returns) {
            (legs, 0) => format!("receive {}", count(legs, "payment")),
            (0, returns) => format!("take back {}", count(returns, "payment")),
            (legs, returns) => format!("receive {}, take back {returns}", count(legs, "payment")),
        }
    }
}

impl Decline {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Leg", LegName(self.pay, self.leg));
        out.maybe("Why", self.why.as_ref());
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let LegName(pay, leg) = from.take("Leg")?;
        Ok(Decline { pay, leg, why: from.maybe("Why")? })
    }

    pub(crate) fn subject(&self) -> String {
        match &self.why {
            Some(why) => format!("decline {}: {why}", self.pay.short()),
            None => format!("decline {}", self.pay.short()),
        }
    }
}

impl fmt::Display for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.quantity, self.asset)
    }
}

impl FromStr for Delivered {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (quantity, asset) = text.split_once(' ').ok_or_else(|| Malformed::new("delivered is `quantity asset`"))?;
        let quantity: Amount = quantity.parse()?;
        match (1..=MAX_DELIVERED).contains(&quantity.minor()) {
            true => Ok(Delivered { quantity, asset: asset.parse()? }),
            false => Err(Malformed::new("a quantity is above zero, at most 10^12 of its smallest parts")),
        }
    }
}

impl fmt::Display for Leg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.to)
    }
}

impl FromStr for Leg {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (amount, to) = text.split_once(' ').ok_or_else(|| Malformed::new("a leg is `amount account`"))?;
        Ok(Leg { amount: amount.parse()?, to: to.parse()? })
    }
}

/// `<payment> <leg>` in a trailer.
struct LegName(EventId, u16);

impl fmt::Display for LegName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

impl FromStr for LegName {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new("a leg is named `payment number`");
        let (pay, leg) = text.split_once(' ').ok_or_else(bad)?;
        let number: Number = leg.parse()?;
        Ok(LegName(pay.parse()?, u16::try_from(number.0).map_err(|_| bad())?))
    }
}
