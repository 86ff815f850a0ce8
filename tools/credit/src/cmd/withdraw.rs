//! `credit withdraw`: takes a request back.

use event::{Body, Withdraw};
use frame::{Common, Failure, Output, Session};

/// Take back a request of yours; what is paid for it from then on is sent back
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request, by its number or the first digits of its id
    id: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let request = super::request_id(session, &args.id)?;
        session.write(Body::Withdraw(Withdraw { request }), None, out)?.show(out)
    })
}
