//! Payments, receipts, returns.

mod books;
mod demand;
mod pay;
mod receive;

use event::{Account, Unit};

pub use pay::total;

/// An account in one unit.
pub type Purse = (Account, Unit);
