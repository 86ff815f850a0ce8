//! `announce key`: the key by which a member reads private posts.

use event::{Body, ReadingKey};
use frame::{Common, Failure, Output, Session};

use crate::private;

/// Publish a key, so that others can write to you alone; it is made where there is none
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Publish that you have none any more; what was written to it can still be read here
    #[arg(long)]
    withdraw: bool,
    /// Print where the identity lies, for age, and publish nothing
    #[arg(long, conflicts_with = "withdraw")]
    export: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let me = session.member()?;
        if args.export {
            private::own_key(session)?;
            return out.line(private::identity(session).display().to_string());
        }
        let published = session.store.reading_keys()?.get(&me).cloned();
        let key = if args.withdraw { None } else { Some(private::own_key(session)?) };
        if published == key {
            out.status(if args.withdraw { "you have published no key" } else { "it is published already" });
            return Ok(());
        }
        session.write(Body::ReadingKey(ReadingKey { key }), None, out)?.show(out)
    })
}
