//! For tests only: a naive second model of the law, and random worlds to run both in.
//!
//! [`naive`] follows the nine lines of the protocol's section 6 literally and slowly; [`world`] makes people,
//! honest and not, who know different things at different times.

pub mod naive;
pub mod world;

mod examples;
mod transcript;

pub use examples::examples;
pub use transcript::{stories, story};
