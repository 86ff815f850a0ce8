//! `members log`: the events, newest first.

use clap_complete::ArgValueCompleter;
use event::Time;
use frame::{Common, Failure, Output, Session};

use crate::view;

/// List events, newest first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of one member
    #[arg(long, value_name = "HANDLE", add = ArgValueCompleter::new(frame::handles))]
    member: Option<String>,
    /// Of kinds that begin so: `credit`, `credit.pay`
    #[arg(long)]
    kind: Option<String>,
    /// Not before this time, such as 2026-03-01 or 2026-03-01T18:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    limit: usize,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let since = args.since.as_deref().map(time).transpose()?;
    session.around(common, out, |session, out| {
        let device = match &args.member {
            None => None,
            Some(handle) => {
                let member = session.store.members()?.into_iter().find(|m| m.handle.as_str() == *handle);
                Some(
                    member
                        .ok_or_else(|| Failure::no(format!("there is no member `{}`", event::harmless_line(handle))))?
                        .device,
                )
            }
        };
        let events = session.store.history(device.as_ref(), args.kind.as_deref(), since, args.limit)?;
        out.table(&view::events(&events))
    })
}

fn time(text: &str) -> Result<Time, Failure> {
    let day = format!("{text}T00:00:00Z");
    Ok(text.parse().or_else(|error| day.parse().map_err(|_| error))?)
}
