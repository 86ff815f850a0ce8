//! `announce feed`: posts for feed readers.

use frame::{Common, Failure, Output, Session};

use crate::feed;
use crate::names::Names;
use crate::post::{self, Wanted};

/// Print an Atom feed of the newest posts
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Of one channel
    #[arg(long, value_name = "NAME", add = clap_complete::ArgValueCompleter::new(frame::channels))]
    channel: Option<String>,
    /// Only of channels that the rules let everyone see
    #[arg(long)]
    public: bool,
    /// The newest so many
    #[arg(long, default_value_t = 50, value_name = "N")]
    limit: usize,
    /// Where the feed will be had
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let wanted = Wanted { channel: args.channel.clone(), most: Some(args.limit), ..Wanted::default() };
        let mut posts = post::list(session, &wanted)?;
        let charter = session.charter()?;
        let public = |name: &str| charter.channels.get(name).is_some_and(|channel| channel.public);
        posts.retain(|post| !post.row.post.is_private() && (!args.public || public(post.row.post.channel.as_str())));
        let name = args.channel.as_deref().unwrap_or("all");
        let feed = feed::feed(&Names::of(session)?, name, &posts, args.url.as_deref())?;
        out.raw(&feed)
    })
}
