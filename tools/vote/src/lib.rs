//! `vote`: decisions that anyone can recount.

mod ballots;
mod choice;
mod cmd;
mod draw;
mod form;
mod poll;
mod question;
mod result;
mod rounds;
mod tally;
mod terms;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use frame::{Common, Failure, Output};

const EXAMPLES: &str = "\
Examples:
  vote open 'Shall we buy a second cargo bike?' --closes 7d --quorum 1/2
  vote cast 1 yes --why 'the first one is always away'
  vote mine
  vote tally 1
  vote close --due --sync -q          # in cron: fetch the last ballots, then count
  vote count board.blt --seats 3      # any ballot file, no community needed

Exit codes: 0 done, 1 the rules say no, 2 usage, 3 could not, 75 a remote could not be reached.
See members(1), credit(1), vote(1), announce(1), rules(7), journal(5).";

/// Decisions that anyone can recount
#[derive(Debug, Parser)]
#[command(name = "vote", version, after_help = EXAMPLES, infer_subcommands = false)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Open(Box<cmd::open::Args>),
    List(cmd::list::Args),
    Show(cmd::show::Args),
    Cast(cmd::cast::Args),
    Record(cmd::record::Args),
    Contest(cmd::contest::Args),
    Proxy(cmd::proxy::Args),
    Mine(cmd::mine::Args),
    Extend(cmd::extend::Args),
    Close(cmd::close::Args),
    Outcome(cmd::outcome::Args),
    Tally(cmd::tally::Args),
    Verify(cmd::verify::Args),
    Participation(cmd::participation::Args),
    Export(cmd::export::Args),
    Count(Box<cmd::count::Args>),
    Completions(cmd::completions::Args),
}

/// Runs the tool.
pub fn main() -> ExitCode {
    frame::main("vote", |cli: Cli, output: &mut Output| {
        output.set(&cli.common);
        run(cli, output)
    })
}

fn run(cli: Cli, out: &mut Output) -> Result<(), Failure> {
    let c = &cli.common;
    match cli.command.unwrap_or(Command::List(cmd::list::Args { open: false })) {
        Command::Open(args) => cmd::open::run(*args, c, out),
        Command::List(args) => cmd::list::run(args, c, out),
        Command::Show(args) => cmd::show::run(args, c, out),
        Command::Cast(args) => cmd::cast::run(args, c, out),
        Command::Record(args) => cmd::record::run(args, c, out),
        Command::Contest(args) => cmd::contest::run(args, c, out),
        Command::Proxy(args) => cmd::proxy::run(args, c, out),
        Command::Extend(args) => cmd::extend::run(args, c, out),
        Command::Outcome(args) => cmd::outcome::run(args, c, out),
        Command::Verify(args) => cmd::verify::run(args, c, out),
        Command::Participation(args) => cmd::participation::run(args, c, out),
        Command::Export(args) => cmd::export::run(args, c, out),
        Command::Mine(args) => cmd::mine::run(args, c, out),
        Command::Close(args) => cmd::close::run(args, c, out),
        Command::Tally(args) => cmd::tally::run(args, c, out),
        Command::Count(args) => cmd::count::run(*args, out),
        Command::Completions(args) => cmd::completions::run(args, c, out),
    }
}
