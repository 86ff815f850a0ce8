//! `members`: who belongs, with which keys, roles and rules.

mod cmd;
mod consequences;
mod device;
mod document;
mod motion;
mod qr;
mod roster;
mod view;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use frame::{Common, Failure, Output};

const EXAMPLES: &str = "\
Examples:
  members found \"Solar Street\" --as ada --remote /media/stick/solar.git
  members invite --for bob
  members join 'commons1:…' --as bob
  members join /media/stick/solar.git --as carl
  members admit carl
  members sync && members status
  members templates show food > our.toml
  members rules check our.toml
  members motions && members approve 3
  members role grant eve steward
  members doctor

Exit codes: 0 done, 1 the rules say no, 2 usage, 3 could not, 75 a remote could not be reached.
See members(1), credit(1), vote(1), announce(1), rules(7), journal(5).";

/// Who belongs, with which keys, roles and rules
#[derive(Debug, Parser)]
#[command(name = "members", version, after_help = EXAMPLES, infer_subcommands = false)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Found(cmd::found::Args),
    Join(cmd::join::Args),
    Invite(cmd::invite::Args),
    Admit(cmd::admit::Args),
    List(cmd::list::Args),
    Show(cmd::show::Args),
    Whoami(cmd::whoami::Args),
    Status(cmd::status::Args),
    Motions(cmd::motions::Args),
    Approve(cmd::approve::Args),
    Object(cmd::object::Args),
    Refuse(cmd::refuse::Args),
    Role(cmd::role::Args),
    Secretary(cmd::secretary::Args),
    Suspend(cmd::suspend::Args),
    Expel(cmd::expel::Args),
    Leave(cmd::leave::Args),
    Succeed(cmd::succeed::Args),
    Refound(cmd::refound::Args),
    Doctor(cmd::doctor::Args),
    Recovery(cmd::recovery::Args),
    Move(cmd::move_to::Args),
    Rekey(cmd::rekey::Args),
    Reinstate(cmd::reinstate::Args),
    Import(cmd::import::Args),
    Rules(cmd::rules::Args),
    Remote(cmd::remote::Args),
    Sync(cmd::sync::Args),
    Bundle(cmd::bundle::Args),
    Audit(cmd::audit::Args),
    Log(cmd::log::Args),
    AllowedSigners(cmd::allowed_signers::Args),
    Templates(cmd::templates::Args),
    Completions(cmd::completions::Args),
    Profile(cmd::profile::Args),
}

/// Runs the tool.
pub fn main() -> ExitCode {
    frame::main("members", |cli: Cli, output: &mut Output| {
        output.set(&cli.common);
        run(cli, output)
    })
}

fn run(cli: Cli, out: &mut Output) -> Result<(), Failure> {
    let c = &cli.common;
    match cli.command.unwrap_or(Command::List(cmd::list::Args {})) {
        Command::Found(args) => cmd::found::run(args, c, out),
        Command::Join(args) => cmd::join::run(args, c, out),
        Command::Invite(args) => cmd::invite::run(args, c, out),
        Command::Admit(args) => cmd::admit::run(args, c, out),
        Command::List(args) => cmd::list::run(args, c, out),
        Command::Show(args) => cmd::show::run(args, c, out),
        Command::Whoami(args) => cmd::whoami::run(args, c, out),
        Command::Status(args) => cmd::status::run(args, c, out),
        Command::Motions(args) => cmd::motions::run(args, c, out),
        Command::Approve(args) => cmd::approve::run(args, c, out),
        Command::Object(args) => cmd::object::run(args, c, out),
        Command::Refuse(args) => cmd::refuse::run(args, c, out),
        Command::Role(args) => cmd::role::run(args, c, out),
        Command::Secretary(args) => cmd::secretary::run(args, c, out),
        Command::Suspend(args) => cmd::suspend::run(args, c, out),
        Command::Expel(args) => cmd::expel::run(args, c, out),
        Command::Leave(args) => cmd::leave::run(args, c, out),
        Command::Succeed(args) => cmd::succeed::run(args, c, out),
        Command::Refound(args) => cmd::refound::run(args, c, out),
        Command::Doctor(args) => cmd::doctor::run(args, c, out),
        Command::Recovery(args) => cmd::recovery::run(args, c, out),
        Command::Move(args) => cmd::move_to::run(args, c, out),
        Command::Rekey(args) => cmd::rekey::run(args, c, out),
        Command::Reinstate(args) => cmd::reinstate::run(args, c, out),
        Command::Import(args) => cmd::import::run(args, c, out),
        Command::Rules(args) => cmd::rules::run(args, c, out),
        Command::Remote(args) => cmd::remote::run(args, c, out),
        Command::Sync(args) => cmd::sync::run(args, c, out),
        Command::Bundle(args) => cmd::bundle::run(args, c, out),
        Command::Audit(args) => cmd::audit::run(args, c, out),
        Command::Log(args) => cmd::log::run(args, c, out),
        Command::AllowedSigners(args) => cmd::allowed_signers::run(args, c, out),
        Command::Templates(args) => cmd::templates::run(args, c, out),
        Command::Completions(args) => cmd::completions::run(args, c, out),
        Command::Profile(args) => cmd::profile::run(args, c, out),
    }
}
