//! What every tool does the same way: places, session, output, prompts, failures, keys on disk.

mod args;
mod backing;
mod batch;
mod complete;
mod decision;
mod duties;
mod exchange;
mod failure;
mod health;
mod here;
mod ingest;
mod invitation;
mod invite;
mod join;
mod keys;
mod lock;
mod markup;
mod office;
mod output;
mod pager;
mod places;
mod profile;
mod prompt;
mod refound;
mod session;
mod setting_off;
mod sides;
mod source;
mod start;
mod sync;
mod when;
mod write;

pub use args::{Common, Format};
pub use batch::Batch;
pub use complete::{accounts, channels, handles, motions, polls, posts, write_completions};
pub use failure::{Failure, Kind};
pub use health::{Finding, Severity};
pub use here::Here;
pub use ingest::Taken;
pub use invitation::Invitation;
pub use invite::Invitee;
pub use join::{Joined, Joining, join};
pub use markup::escaped;
pub use office::Succession;
pub use output::{Column, Output, Table, ago, counted, harmless_json, money, short};
pub use places::{Config, Places, RemoteConfig, make_private_folder, write_private};
pub use profile::Known;
pub use prompt::{ask, ask_maybe, confirm, confirmed, edit, interactive, multiline};
pub use refound::Carried;
pub use session::{Audit, Session, now};
pub use start::{Founding, communities, found};
pub use sync::Synced;
pub use when::when;
pub use write::Written;

use std::process::ExitCode;

use clap::Parser;

/// Runs a tool: reads the arguments, does the work, and turns its end into an exit code.
pub fn main<P: Parser>(tool: &'static str, work: impl Fn(P, &mut Output) -> Result<(), Failure>) -> ExitCode {
    complete::answer::<P>(tool);
    let parsed = match P::try_parse() {
        Ok(parsed) => parsed,
        Err(error) => return output::usage(tool, &error),
    };
    let mut output = Output::new(tool);
    let mut done = work(parsed, &mut output);
    if let Err(failure) = &done
        && failure.is_damage()
        && let Some(common) = output.can_begin_again()
        && let (Ok(()), Ok(parsed)) = (Session::drop_store(&common), P::try_parse())
    {
        // A damaged store is no reason to stop: it comes back from the journal.
        output.warn(format!("{}; made anew from the journal", failure.fact));
        done = work(parsed, &mut output);
    }
    let done = done.and_then(|()| output.flush());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => output.fail(&failure),
    }
}
