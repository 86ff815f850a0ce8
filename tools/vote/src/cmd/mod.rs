//! One file for each subcommand: its arguments, and what it does.

pub mod cast;
pub mod close;
pub mod completions;
pub mod contest;
pub mod count;
pub mod export;
pub mod extend;
pub mod list;
pub mod mine;
pub mod open;
pub mod outcome;
pub mod participation;
pub mod proxy;
pub mod record;
pub mod show;
pub mod tally;
pub mod verify;
