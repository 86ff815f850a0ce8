//! One file for each subcommand: its arguments, and what it does.

pub mod admit;
pub mod allowed_signers;
pub mod approve;
pub mod audit;
pub mod bundle;
pub mod completions;
pub mod found;
pub mod join;
pub mod list;
pub mod log;
pub mod motions;
pub mod profile;
pub mod remote;
pub mod role;
pub mod rules;
pub mod show;
pub mod status;
pub mod sync;
pub mod templates;
pub mod whoami;
