//! Who has what, and who seeks what: offers and wants.

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Reader, Writer};
use crate::{Amount, EventId, Line, Name, Time, Unit};

/// Something that a member offers, or wants; its text says more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What.
    pub title: Line,
    /// Of which kind.
    pub category: Name,
    /// For how much, as a first word.
    pub price: Option<Price>,
    /// From this time on it is over.
    pub expires: Time,
}

/// An amount of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// How much.
    pub amount: Amount,
    /// In which unit.
    pub unit: Unit,
}

/// The author's own offer or want is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remove {
    /// Which.
    pub offer: EventId,
}

impl Offer {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.line("Title", &self.title);
        out.line("Category", &self.category);
        out.maybe("Price", self.price.as_ref());
        out.line("Expires", self.expires);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let (title, category) = (from.take("Title")?, from.take("Category")?);
        Ok(Offer { title, category, price: from.maybe("Price")?, expires: from.take("Expires")? })
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.unit)
    }
}

impl FromStr for Price {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let (amount, unit) = text.split_once(' ').ok_or_else(|| Malformed::new("a price is `amount unit`"))?;
        Ok(Price { amount: amount.parse()?, unit: unit.parse()? })
    }
}
