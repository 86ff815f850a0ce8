//! One file for each subcommand: its arguments, and what it does.

pub mod admit;
pub mod allowed_signers;
pub mod approve;
pub mod audit;
pub mod bundle;
pub mod completions;
pub mod doctor;
pub mod expel;
pub mod found;
pub mod import;
pub mod invite;
pub mod join;
pub mod leave;
pub mod list;
pub mod log;
pub mod motions;
pub mod move_to;
pub mod object;
pub mod profile;
pub mod recovery;
pub mod refound;
pub mod refuse;
pub mod reinstate;
pub mod rekey;
pub mod remote;
pub mod role;
pub mod rules;
pub mod rules_change;
pub mod secretary;
pub mod show;
pub mod status;
pub mod succeed;
pub mod suspend;
pub mod sync;
pub mod templates;
pub mod whoami;

use event::Text;
use frame::Failure;

/// A reason as it is signed.
pub fn text(why: Option<&str>) -> Result<Option<Text>, Failure> {
    Ok(why.map(Text::tidy).transpose()?)
}
