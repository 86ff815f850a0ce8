//! `members allowed-signers`: the file with which stock git confirms every signature.

use frame::{Common, Failure, Output, Session};

/// Print the keys for `git log --show-signature` (gpg.ssh.allowedSignersFile)
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let session = Session::open(common, out)?;
    let mut text = String::new();
    for (device, key) in session.store.device_keys()? {
        text.push_str(&format!("{device}@commons namespaces=\"git\" {key}\n"));
    }
    out.raw(&text)
}
