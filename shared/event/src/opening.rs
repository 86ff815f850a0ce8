//! Opening balances: what accounts bring along from books that were kept elsewhere.

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Reader, Writer};
use crate::{Account, Amount, Checksum, Unit};

/// The most openings of one change: what fits into a motion.
pub const MAX_BROUGHT: usize = 300;

/// What an account begins with, or is given in addition: of a refounded community, or of books that were imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Whose.
    pub account: Account,
    /// In which unit.
    pub unit: Unit,
    /// How much, not zero.
    pub amount: Amount,
    /// Whether it is below zero.
    pub owes: bool,
}

/// Balances from other books are added to those here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Openings {
    /// 1 to 300, sorted, one for each account and unit.
    pub openings: Vec<Opening>,
    /// The file that they were read from: it is taken over once.
    pub source: Option<Checksum>,
}

impl Opening {
    /// The amount in smallest parts, below zero for who owes.
    pub fn signed(&self) -> i64 {
        let minor = self.amount.minor();
        if self.owes { minor.saturating_neg() } else { minor }
    }
}

/// Openings, in their one order.
pub(crate) fn take(from: &mut Reader<'_>, max: usize) -> Result<Vec<Opening>, Malformed> {
    let openings: Vec<Opening> = from.many("Opening", max)?;
    match openings.windows(2).all(|pair| (&pair[0].account, &pair[0].unit) < (&pair[1].account, &pair[1].unit)) {
        true => Ok(openings),
        false => Err(Malformed::new("openings are sorted, one for each account and unit")),
    }
}

impl Openings {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.many("Opening", &self.openings);
        out.maybe("Source", self.source);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        let openings = take(from, MAX_BROUGHT)?;
        match openings.is_empty() {
            true => Err(Malformed::new("openings of nobody")),
            false => Ok(Openings { openings, source: from.maybe("Source")? }),
        }
    }
}

impl fmt::Display for Openings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.openings.len();
        write!(f, "take over {count} balance{}", if count == 1 { "" } else { "s" })
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.owes { "-" } else { "" };
        write!(f, "{} {} {sign}{}", self.account, self.unit, self.amount)
    }
}

impl FromStr for Opening {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new("an opening is `account unit amount`, the amount not zero");
        let (account, rest) = text.split_once(' ').ok_or_else(bad)?;
        let (unit, amount) = rest.split_once(' ').ok_or_else(bad)?;
        let (owes, amount) = match amount.strip_prefix('-') {
            Some(amount) => (true, amount),
            None => (false, amount),
        };
        let amount: Amount = amount.parse()?;
        match amount.minor() {
            0 => Err(bad()),
            _ => Ok(Opening { account: account.parse()?, unit: unit.parse()?, amount, owes }),
        }
    }
}
