//! `announce reply`: an answer in a post's thread.

use event::{Body, Post};
use frame::{Common, Failure, Output, Session};

use crate::compose::{Options, Source, channel, line};
use crate::{post, private};

/// Answer a post, in its channel and thread
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The post: its number, or the first digits of its id; with --mail the file of a mail, - for standard input
    #[arg(required_unless_present = "mail", add = clap_complete::ArgValueCompleter::new(frame::posts))]
    id: Option<String>,
    /// Post the answer that a mail holds, in the thread that its headers name
    #[arg(long, conflicts_with_all = ["title", "channel", "file", "important", "notice", "expires", "when", "ends", "place", "attach"])]
    mail: bool,
    /// Where, if not in the channel of the post: not everyone may post everywhere
    #[arg(long, value_name = "NAME", add = clap_complete::ArgValueCompleter::new(frame::channels))]
    channel: Option<String>,
    /// About what; left out, as the post that is answered
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    source: Source,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    if args.mail {
        return super::reply_mail::run(args.id.as_deref().map(std::path::Path::new), common, out);
    }
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| write(args, session, out))
}

fn write(args: Args, session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    session.member()?;
    let answered = post::find(session, args.id.as_deref().unwrap_or_default())?;
    let place = args.channel.as_deref().map_or_else(|| Ok(answered.row.post.channel.clone()), channel)?;
    let mut head = answered.row.post.clone();
    head.title = line("--title", &private::words(session, &answered.row)?.title)?;
    let title = match &args.title {
        Some(title) => line("--title", title)?,
        None => re(&head)?,
    };
    let mut said =
        Post { readers: private::answering(&answered.row), reply: Some(answered.id()), ..Post::plain(place, title) };
    args.options.into_post(&mut said)?;
    let mut text = args.source.read("")?;
    if said.is_private() {
        text = private::seal(session, &mut said, &text, out)?;
    }
    session.write(Body::Post(said), Some(text), out)?.show(out)
}

/// The title of an answer.
pub fn re(answered: &Post) -> Result<event::Line, Failure> {
    let title = answered.title.as_str();
    match title.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("re:")) {
        true => Ok(answered.title.clone()),
        // Two words more can make it too long.
        false => line("--title", &format!("Re: {title}")).or_else(|_| Ok(answered.title.clone())),
    }
}
