//! `announce completions`: for the shell.

use frame::{Common, Failure, Output};

/// Print completions for bash, zsh or fish
#[derive(Debug, clap::Args)]
pub struct Args {
    /// bash, zsh or fish
    shell: String,
}

pub fn run(args: Args, _: &Common, out: &mut Output) -> Result<(), Failure> {
    frame::write_completions(&args.shell, out.tool(), out)
}
