//! `members join`: a newcomer asks to join.

use frame::{Common, Failure, Output};

/// Ask to join the community that a remote or a bundle holds
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The remote's address, or a bundle file
    source: Option<String>,
    /// The handle that you ask for
    #[arg(long = "as", value_name = "HANDLE")]
    handle: Option<String>,
    /// Protect the device key with a passphrase
    #[arg(long)]
    passphrase: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let source = frame::ask(args.source, "SOURCE", "The remote's address, or a bundle file")?;
    let handle = frame::ask(args.handle, "--as HANDLE", "The handle that you ask for")?;
    let (name, written) = frame::join(common, &source, &handle, args.passphrase, out)?;
    written.show(out)?;
    if !common.dry_run {
        out.status(format!("you have asked to join {name}"));
        match std::path::Path::new(&source).is_file() {
            true => out.status("hint: hand your request over with `members bundle export FILE`"),
            false => out.status("hint: once a steward has admitted you, `members sync`"),
        }
    }
    Ok(())
}
