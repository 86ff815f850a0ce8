//! `vote mine`: what still waits for my vote.

use frame::{Common, Failure, Output, Session};

use crate::poll::{self, State};
use crate::{ballots, view};

/// List the open polls that wait for your vote
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let me = session.member()?;
        let mut waiting = Vec::new();
        for poll in poll::all(session)? {
            let open = poll.state() == State::Open && poll.admits(session, &me)?;
            if open && ballots::choice_of(session, &poll.row, &me)?.is_none() {
                waiting.push(poll);
            }
        }
        out.table(&view::polls(&waiting, out.format(), "no poll waits for your vote"))
    })
}
