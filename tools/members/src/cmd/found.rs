//! `members found`: a community begins.

use frame::{Common, Failure, Output};

use super::templates;

/// Found a community; you become its secretary and first steward
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The community's name
    name: String,
    /// Your handle in it
    #[arg(long = "as", value_name = "HANDLE")]
    handle: String,
    /// Its first rules: a template's name, or a file
    #[arg(long, default_value = "timebank", value_name = "TEMPLATE|FILE")]
    template: String,
    /// Where to publish it: a path, or an ssh or https address of an empty git repository
    #[arg(long, value_name = "URL")]
    remote: Option<String>,
    /// Protect the device key with a passphrase
    #[arg(long)]
    passphrase: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let rules = templates::text(&args.template)?;
    let done = frame::found(common, &args.name, &args.handle, &rules, args.remote.as_deref(), args.passphrase, out);
    let written = done?;
    written.show(out)?;
    if args.remote.is_none() && !common.dry_run {
        out.status("hint: `members remote add origin URL` says where others can join");
    }
    Ok(())
}
