//! `members motions`: what is proposed, and what became of it.

use clap_complete::ArgValueCompleter;
use event::Change;
use frame::{Common, Failure, Format, Output, Session};

use crate::cmd::rules;
use crate::document::differences;
use crate::motion;

const EXAMPLES: &str = "\
Examples:
  members motions
  members motions 3
  members motions --all --json | jq '.[] | select(.state == \"void\")'";

/// List motions that are not entered yet, or show one
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// One motion: its number, or the first digits of its id
    #[arg(add = ArgValueCompleter::new(frame::motions))]
    motion: Option<String>,
    /// Those that were entered or refused, too
    #[arg(long, conflicts_with = "motion")]
    all: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match &args.motion {
        Some(wanted) => one(session, wanted, out),
        None => {
            let motions = match args.all {
                true => session.store.all_motions()?,
                false => session.store.open_motions()?,
            };
            let table = motion::table(session, &motions)?;
            out.table(&table)
        }
    })
}

fn one(session: &mut Session, wanted: &str, out: &mut Output) -> Result<(), Failure> {
    let id = session.find("motion", wanted)?;
    let story = session.store.motion(&id)?.ok_or_else(|| Failure::refused(::rules::Refusal::NoMotion))?;
    let table = motion::one(session, &story)?;
    out.object(&table)?;
    if let (Change::Rules { was }, Some(text), Format::Table) = (&story.row.change, &story.text, out.format()) {
        let (old, new) = (rules::of(session, was)?, rules::charter(text)?);
        out.line("")?;
        rules::diff(&differences(&old, &new), "it changes nothing but words", out)?;
    }
    if let (Change::Openings(openings), Format::Table) = (&story.row.change, out.format()) {
        out.line("")?;
        out.table(&motion::balances(&openings.openings))?;
    }
    Ok(())
}
