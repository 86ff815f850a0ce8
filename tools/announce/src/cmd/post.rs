//! `announce post`: a notice to all.

use std::path::PathBuf;

use clap::ValueHint;
use event::{Body, Handle, Line, Post, Text};
use frame::{Common, Failure, Output, Session};

/// Post a notice; the text comes from a file, from standard input, or from $EDITOR on a terminal
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where: small letters, digits and -
    #[arg(long, value_name = "NAME", default_value = "general")]
    channel: String,
    /// About what
    #[arg(long)]
    title: String,
    /// The text, - for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    file: Option<PathBuf>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let channel: Handle = args.channel.parse().map_err(|_| {
        Failure::usage(format!("`{}` is not a channel", event::harmless_line(&args.channel)))
            .hint("a channel is 1 to 32 small letters, digits and `-`")
    })?;
    let title = Line::tidy(&args.title).map_err(|e| Failure::usage(format!("--title: {e}")))?;
    let mut session = Session::open(common, out)?;
    if !common.sync {
        // Nobody shall write a text for nothing.
        session.member()?;
    }
    let typed = frame::multiline(args.file.as_deref())?;
    if typed.trim().is_empty() {
        return Err(Failure::no("the text is empty: nothing was posted")
            .hint("give a file, or write the text to standard input"));
    }
    let text = Text::tidy(&typed).map_err(|e| Failure::usage(format!("the text: {e}")))?;
    session.around(common, out, |session, out| {
        session.write(Body::Post(Post { channel, title }), Some(text), out)?.show(out)
    })
}
