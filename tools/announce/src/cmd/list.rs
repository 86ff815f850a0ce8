//! `announce list`: what was posted.

use frame::{Common, Failure, Output, Session};

use crate::{post, view};

/// List the posts, oldest first
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Of one channel
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Only what you have not read
    #[arg(long)]
    unread: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mut posts = post::all(session)?;
        posts.retain(|post| args.channel.as_ref().is_none_or(|name| post.head.channel.as_str() == name));
        posts.retain(|post| post.unread || !args.unread);
        let empty = match (args.unread, &args.channel) {
            (true, _) => "nothing is unread",
            (false, Some(_)) => "there are no posts in this channel",
            (false, None) => "there are no posts yet",
        };
        out.table(&view::posts(&posts, empty))
    })
}
