//! `announce told`: a steward records that a member was given notice by other means.

use event::{Body, Told};
use frame::{Common, Failure, Output, Session, now};

use crate::compose::line;
use crate::post;

/// Record that a member was told of a notice by letter, telephone or word of mouth; for stewards
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The notice: its number, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::posts))]
    id: String,
    /// Who was told
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::handles))]
    member: String,
    /// How
    #[arg(long, value_name = "TEXT")]
    how: String,
    /// When, if that was earlier
    #[arg(long, value_name = "WHEN")]
    at: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let how = line("--how", &args.how)?;
    let at = args.at.as_deref().map(|at| frame::when(at, now())).transpose()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let found = post::find(session, &args.id)?;
        let told = Told { post: found.row.words, member: args.member.parse()?, how, at };
        session.write(Body::Told(told), None, out)?.show(out)
    })
}
