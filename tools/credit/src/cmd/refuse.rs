//! `credit refuse`: will not pay what is asked.

use event::{Body, Line, Refuse};
use frame::{Common, Failure, Output, Session};

/// Refuse a request to you; it cannot be paid any more
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The request, by its number or the first digits of its id
    id: String,
    /// Why
    #[arg(long)]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let request = super::request_id(session, &args.id)?;
        let why = args.why.as_deref().map(Line::tidy).transpose()?;
        session.write(Body::Refuse(Refuse { request, why }), None, out)?.show(out)
    })
}
