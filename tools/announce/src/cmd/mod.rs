//! One file for each subcommand: its arguments, and what it does.

pub mod channels;
pub mod completions;
pub mod digest;
pub mod export;
pub mod feed;
pub mod hide;
pub mod key;
pub mod list;
pub mod mute;
pub mod notice;
pub mod post;
pub mod read;
pub mod reply;
pub mod reply_mail;
pub mod retract;
pub mod search;
pub mod seen;
pub mod told;
