//! What the measuring programs share: communities with long histories, a clock, a table.

mod clock;
mod community;
mod dice;

pub use clock::{Series, row};
pub use community::{Chain, Community, founder_key, journal_path, member_key};
pub use dice::Dice;

/// Measuring programs end at the first thing that goes wrong.
pub type Done<T> = Result<T, Box<dyn std::error::Error>>;
