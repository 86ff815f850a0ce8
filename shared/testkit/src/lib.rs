//! For tests only: a naive second model of the law, and random worlds to run both in.
//!
//! [`naive`] follows the nine lines of the protocol's section 6 literally and slowly; [`world`] makes people,
//! honest and not, who know different things at different times.

pub mod compare;
pub mod feed;
pub mod mutants;
pub mod naive;
pub mod promises;
pub mod rest;
pub mod world;

mod examples;
mod tally;
mod transcript;

pub use examples::examples;
pub use tally::Tally;
pub use transcript::{stories, story};
