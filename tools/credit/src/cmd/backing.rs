//! `credit backing`: what stands behind the credit of the community.

use frame::{Common, Failure, Format, Output, Session, counted, now};

use crate::{backed, sight};

/// Show what backs credit: pledged, attested, delivered, drawn, covered
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only accounts that are beyond their limits, and why
    #[arg(long)]
    beyond: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let books = backed::Books::of(session, now())?;
        let named = books.accounts();
        let seen = sight::visible(session, named)?.into_iter().collect();
        if args.beyond {
            return out.table(&books.beyond(&seen));
        }
        out.table(&books.assets())?;
        let beyond = books.count_beyond();
        if beyond > 0 && out.format() == Format::Table {
            out.status(format!("{} beyond the limit: `credit backing --beyond`", counted(beyond, "account")));
        }
        Ok(())
    })
}
