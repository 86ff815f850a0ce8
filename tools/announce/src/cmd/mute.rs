//! `announce mute`: what this installation does not want to hear of.

use frame::{Common, Failure, Output, Session, Table};
use serde_json::json;
use store::Mute;

use crate::{compose, post};

/// Leave a channel or a thread out of what is unread, on this machine; notices are told all the same
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A channel, or a post of the thread by its number or id; without one, all that is muted is listed
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::posts))]
    what: Option<String>,
    /// Hear of it again
    #[arg(long, requires = "what")]
    off: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let Some(what) = &args.what else { return list(&mut session, out) };
    let named = what.bytes().any(|b| b.is_ascii_alphabetic()) && post::find(&mut session, what).is_err();
    let mute = match named {
        true => Mute::Channel(compose::channel(what)?),
        false => Mute::Thread(post::find(&mut session, what)?.row.root),
    };
    if !common.dry_run {
        session.local()?.mute(&mute, !args.off)?;
    }
    let shown = match &mute {
        Mute::Channel(name) => format!("channel {name}"),
        Mute::Thread(root) => format!("the thread of {}", root.short()),
    };
    out.status(if args.off { format!("you hear of {shown} again") } else { format!("{shown} is muted here") });
    Ok(())
}

fn list(session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["kind|Kind", "what|What", "title|Title"], "nothing is muted");
    for mute in session.local()?.muted()? {
        let row = match &mute {
            Mute::Channel(name) => [json!("channel"), json!(name.to_string()), json!(null)],
            Mute::Thread(root) => {
                let title = session.store.post(root)?.map(|row| row.post.title.to_string());
                [json!("thread"), json!(root.to_string()), json!(title)]
            }
        };
        table.row(row);
    }
    out.table(&table)
}
