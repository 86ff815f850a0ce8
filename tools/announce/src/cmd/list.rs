//! `announce list`: what was posted.

use frame::{Common, Failure, Output, Session};

use crate::post::{self, Wanted};
use crate::view;

/// List the posts, oldest first
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Of one channel
    #[arg(long, value_name = "NAME", add = clap_complete::ArgValueCompleter::new(frame::channels))]
    channel: Option<String>,
    /// Only what you have not read
    #[arg(long)]
    unread: bool,
    /// Also what is taken back, hidden or expired
    #[arg(long, conflicts_with = "unread")]
    all: bool,
    /// The newest so many
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Args {
    /// What is unread, as the bare command lists it.
    pub fn unread() -> Self {
        Args { unread: true, ..Args::default() }
    }
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let wanted = Wanted { channel: args.channel.clone(), unread: args.unread, all: args.all, most: args.limit };
        let posts = post::list(session, &wanted)?;
        let empty = match (args.unread, &args.channel) {
            (true, _) => "nothing is unread",
            (false, Some(_)) => "there are no posts in this channel",
            (false, None) => "there are no posts yet",
        };
        out.table(&view::posts(&posts, empty))
    })
}
