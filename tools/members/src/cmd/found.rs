//! `members found`: a community begins.

use frame::{Common, Failure, Output};

use crate::document;

/// Found a community; you become its secretary and first steward
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The community's name; not needed where its rules say it
    name: Option<String>,
    /// Your handle in it
    #[arg(long = "as", value_name = "HANDLE")]
    handle: Option<String>,
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
    let rules = document::read(&args.template)?;
    let name = match (args.name, &rules.charter.name) {
        (Some(name), Some(agreed)) if event::Line::tidy(&name).ok().as_ref() != Some(agreed) => {
            return Err(Failure::usage(format!("the rules name the community `{agreed}`"))
                .hint("leave NAME out, or change `name` in the rules"));
        }
        (name, agreed) => {
            frame::ask(name.or_else(|| agreed.as_ref().map(ToString::to_string)), "NAME", "The community's name")?
        }
    };
    let handle = frame::ask(args.handle, "--as HANDLE", "Your handle in it")?;
    let founding = frame::Founding {
        name: &name,
        handle: &handle,
        rules: &rules.text,
        remote: args.remote.as_deref(),
        passphrase: args.passphrase,
    };
    let written = frame::found(common, &founding, out)?;
    written.show(out)?;
    if args.remote.is_none() && !common.dry_run {
        out.status("hint: `members remote add origin URL` says where others can join");
    }
    Ok(())
}
