//! Payments, receipts, returns.

mod backing;
mod books;
mod caps;
mod clearing;
mod demand;
mod limit;
mod pay;
mod receive;

use event::{Account, Unit};

pub use clearing::Word;
pub use pay::total;

/// An account in one unit.
pub type Purse = (Account, Unit);
