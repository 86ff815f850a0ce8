//! `credit`: mutual credit, accounts that always sum to zero.

mod backed;
mod batch;
mod cmd;
mod export;
mod other_books;
mod report;
mod sheet;
mod sight;
mod span;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use frame::{Common, Failure, Output};

const EXAMPLES: &str = "\
Examples:
  credit balance
  credit pay bob 2.5 hours \"weeding the garden\"
  credit pay bob 2.5 hours \"summer fair\" --key fair-bob    # never twice, however often cron runs it
  credit pay --request 3
  credit statement --csv
  credit limit --why
  credit limit set bob hours 30
  credit graph | dot -Tsvg > graph.svg
  credit export --to hledger > books.journal

Exit codes: 0 done, 1 the rules say no, 2 usage, 3 could not, 75 a remote could not be reached.
See credit(1), members(1), rules(7).";

/// Mutual credit: accounts, payments, limits
#[derive(Debug, Parser)]
#[command(name = "credit", version, after_help = EXAMPLES)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Balance(cmd::balance::Args),
    Accounts(cmd::accounts::Args),
    Pay(cmd::pay::Args),
    Receive(cmd::receive::Args),
    Decline(cmd::decline::Args),
    Show(cmd::show::Args),
    Statement(cmd::statement::Args),
    Limit(cmd::limit::Args),
    Pledge(cmd::pledge::Args),
    Attest(cmd::attest::Args),
    Backing(cmd::backing::Args),
    Clear(cmd::clear::Args),
    /// Show what members offer, post, or find who wants what you offer
    Offers(cmd::market::Args),
    /// Show what members want, post, or find who offers what you want
    Wants(cmd::market::Args),
    Units(cmd::units::Args),
    Stats(cmd::stats::Args),
    Chart(cmd::chart::Args),
    Graph(cmd::graph::Args),
    Export(cmd::export::Args),
    Import(cmd::import::Args),
    Account(cmd::account::Args),
    Mandate(cmd::mandate::Args),
    Request(cmd::request::Args),
    Requests(cmd::requests::Args),
    Withdraw(cmd::withdraw::Args),
    Refuse(cmd::refuse::Args),
    Refund(cmd::refund::Args),
    Cancel(cmd::cancel::Args),
    Completions(cmd::completions::Args),
}

/// Runs the tool.
pub fn main() -> ExitCode {
    frame::main("credit", |cli: Cli, output: &mut Output| {
        output.set(&cli.common);
        run(cli, output)
    })
}

fn run(cli: Cli, out: &mut Output) -> Result<(), Failure> {
    let c = &cli.common;
    match cli.command.unwrap_or(Command::Accounts(cmd::accounts::Args {})) {
        Command::Balance(args) => cmd::balance::run(args, c, out),
        Command::Accounts(args) => cmd::accounts::run(args, c, out),
        Command::Pay(args) => cmd::pay::run(args, c, out),
        Command::Receive(args) => cmd::receive::run(args, c, out),
        Command::Decline(args) => cmd::decline::run(args, c, out),
        Command::Show(args) => cmd::show::run(args, c, out),
        Command::Statement(args) => cmd::statement::run(args, c, out),
        Command::Limit(args) => cmd::limit::run(args, c, out),
        Command::Pledge(args) => cmd::pledge::run(args, c, out),
        Command::Attest(args) => cmd::attest::run(args, c, out),
        Command::Backing(args) => cmd::backing::run(args, c, out),
        Command::Clear(args) => cmd::clear::run(args, c, out),
        Command::Offers(args) => cmd::market::run(args, false, c, out),
        Command::Wants(args) => cmd::market::run(args, true, c, out),
        Command::Units(args) => cmd::units::run(args, c, out),
        Command::Stats(args) => cmd::stats::run(args, c, out),
        Command::Chart(args) => cmd::chart::run(args, c, out),
        Command::Graph(args) => cmd::graph::run(args, c, out),
        Command::Export(args) => cmd::export::run(args, c, out),
        Command::Import(args) => cmd::import::run(args, c, out),
        Command::Account(args) => cmd::account::run(args, c, out),
        Command::Mandate(args) => cmd::mandate::run(args, c, out),
        Command::Request(args) => cmd::request::run(args, c, out),
        Command::Requests(args) => cmd::requests::run(args, c, out),
        Command::Withdraw(args) => cmd::withdraw::run(args, c, out),
        Command::Refuse(args) => cmd::refuse::run(args, c, out),
        Command::Refund(args) => cmd::refund::run(args, c, out),
        Command::Cancel(args) => cmd::cancel::run(args, c, out),
        Command::Completions(args) => cmd::completions::run(args, c, out),
    }
}
