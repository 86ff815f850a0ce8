//! `announce post`: a notice to all, or a correction of one.

use event::{Body, Post};
use frame::{Common, Failure, Output, Session};

use crate::compose::{Options, Source, channel, line};
use crate::{post, private};

/// Post a notice; the text comes from a file, from standard input, or from $EDITOR on a terminal
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where: small letters, digits and -
    #[arg(long, value_name = "NAME", add = clap_complete::ArgValueCompleter::new(frame::channels))]
    channel: Option<String>,
    /// About what
    #[arg(long)]
    title: Option<String>,
    #[command(flatten)]
    options: Options,
    /// For whom alone: a handle, `stewards`, or 'role NAME'; the text and title are encrypted to their keys
    #[arg(long = "for", value_name = "WHO", conflicts_with = "corrects")]
    readers: Vec<String>,
    /// Take the place of an own post; what is not given stays as it was there
    #[arg(long, value_name = "ID", conflicts_with = "channel", add = clap_complete::ArgValueCompleter::new(frame::posts))]
    corrects: Option<String>,
    #[command(flatten)]
    source: Source,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let place = channel(args.channel.as_deref().unwrap_or("general"))?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| write(args, place, session, out))
}

fn write(args: Args, place: event::Handle, session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    // Nobody shall write a text for nothing.
    session.member()?;
    let before = args.corrects.as_deref().map(|id| post::find(session, id)).transpose()?;
    let words = before.as_ref().map(|before| private::words(session, &before.row)).transpose()?;
    let mut said = match (&before, &words) {
        (Some(before), Some(words)) => Post {
            corrects: Some(before.id()),
            reply: None,
            title: line("--title", &words.title)?,
            ..before.row.post.clone()
        },
        _ => Post::plain(place, line("--title", &frame::ask(args.title.clone(), "--title", "Title")?)?),
    };
    if let (Some(title), Some(_)) = (&args.title, &before) {
        said.title = line("--title", title)?;
    }
    args.options.into_post(&mut said)?;
    if before.is_none() {
        said.readers = private::named(&args.readers)?;
    }
    let mut text = args.source.read(words.as_ref().map_or("", |words| &words.text))?;
    if said.is_private() {
        text = private::seal(session, &mut said, &text, out)?;
    }
    session.write(Body::Post(said), Some(text), out)?.show(out)
}
