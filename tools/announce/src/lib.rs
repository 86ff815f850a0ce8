//! `announce`: notices to all members.

mod cmd;
mod compose;
mod digest;
mod export;
mod feed;
mod html;
mod mail;
mod markdown;
mod moment;
mod names;
mod post;
mod private;
mod thread;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use frame::{Common, Failure, Output};

const EXAMPLES: &str = "\
Examples:
  announce
  announce read --unread
  announce post --title 'Meeting on Friday' notice.txt
  echo 'Bring a cake.' | announce post --channel kitchen --title 'Summer fair' --sync
  echo 'I will.' | announce reply 3
  announce search roof from:ada date:2026-11..
  announce notice 3 --missing
  announce digest --to mail --recipient maria@example.org | sendmail -t
  announce export --to maildir ~/Mail/solar-street

Exit codes: 0 done, 1 the rules say no, 2 usage, 3 could not, 75 a remote could not be reached.
See members(1), credit(1), vote(1), announce(1), rules(7), journal(5).";

/// Notices to all members
#[derive(Debug, Parser)]
#[command(name = "announce", version, after_help = EXAMPLES, infer_subcommands = false)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Post(cmd::post::Args),
    List(cmd::list::Args),
    Read(cmd::read::Args),
    Reply(cmd::reply::Args),
    Retract(cmd::retract::Args),
    Search(cmd::search::Args),
    Seen(cmd::seen::Args),
    Told(cmd::told::Args),
    Notice(cmd::notice::Args),
    Hide(cmd::hide::Args),
    Mute(cmd::mute::Args),
    Digest(cmd::digest::Args),
    Feed(cmd::feed::Args),
    Export(cmd::export::Args),
    Key(cmd::key::Args),
    Channels(cmd::channels::Args),
    Completions(cmd::completions::Args),
}

/// Runs the tool.
pub fn main() -> ExitCode {
    frame::main("announce", |cli: Cli, output: &mut Output| {
        output.set(&cli.common);
        run(cli, output)
    })
}

fn run(cli: Cli, out: &mut Output) -> Result<(), Failure> {
    let c = &cli.common;
    match cli.command.unwrap_or(Command::List(cmd::list::Args::unread())) {
        Command::Post(args) => cmd::post::run(args, c, out),
        Command::List(args) => cmd::list::run(args, c, out),
        Command::Read(args) => cmd::read::run(args, c, out),
        Command::Reply(args) => cmd::reply::run(args, c, out),
        Command::Retract(args) => cmd::retract::run(args, c, out),
        Command::Search(args) => cmd::search::run(args, c, out),
        Command::Seen(args) => cmd::seen::run(args, c, out),
        Command::Told(args) => cmd::told::run(args, c, out),
        Command::Notice(args) => cmd::notice::run(args, c, out),
        Command::Hide(args) => cmd::hide::run(args, c, out),
        Command::Mute(args) => cmd::mute::run(args, c, out),
        Command::Digest(args) => cmd::digest::run(args, c, out),
        Command::Feed(args) => cmd::feed::run(args, c, out),
        Command::Export(args) => cmd::export::run(args, c, out),
        Command::Key(args) => cmd::key::run(args, c, out),
        Command::Channels(args) => cmd::channels::run(args, c, out),
        Command::Completions(args) => cmd::completions::run(args, c, out),
    }
}
