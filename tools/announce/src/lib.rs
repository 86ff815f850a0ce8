//! `announce`: notices to all members.

mod cmd;
mod post;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use frame::{Common, Failure, Output};

const EXAMPLES: &str = "\
Examples:
  announce post --title 'Meeting on Friday' notice.txt
  echo 'Bring a cake.' | announce post --channel kitchen --title 'Summer fair' --sync
  announce list --unread
  announce read 3
  announce read --unread

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
    match cli.command.unwrap_or(Command::List(cmd::list::Args::default())) {
        Command::Post(args) => cmd::post::run(args, c, out),
        Command::List(args) => cmd::list::run(args, c, out),
        Command::Read(args) => cmd::read::run(args, c, out),
        Command::Channels(args) => cmd::channels::run(args, c, out),
        Command::Completions(args) => cmd::completions::run(args, c, out),
    }
}
