//! One file for each subcommand: its arguments, and what it does.

pub mod cast;
pub mod close;
pub mod completions;
pub mod count;
pub mod list;
pub mod mine;
pub mod open;
pub mod show;
pub mod tally;
