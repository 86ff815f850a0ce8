//! One file for each subcommand: its arguments, and what it does.

pub mod channels;
pub mod completions;
pub mod list;
pub mod post;
pub mod read;
