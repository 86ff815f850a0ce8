//! `members join`: a newcomer asks to join, a member asks for another device, anyone makes a copy to read.

use clap::ValueHint;
use event::KindOfMember;
use frame::{Common, Failure, Joined, Joining, Output};
use serde_json::json;

const EXAMPLES: &str = "\
Examples:
  members join 'commons1:…' --as bob              by the line that a steward sent you
  members join bob.invitation                     the same, from a file
  members join https://example.org/solar.git --as bob
  members join stick.bundle --invite 'commons1:…' --as bob
  members join https://example.org/solar.git --as maria --device
  members join --device                           a new key where the old one must not write
  members join https://example.org/solar.git --read-only";

/// Ask to join a community: by an invitation, at a remote, or from a bundle
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// An invitation or a file with one, a remote's address, a bundle, or - for an invitation on standard input
    #[arg(value_hint = ValueHint::AnyPath)]
    source: Option<String>,
    /// The handle that you ask for
    #[arg(long = "as", value_name = "HANDLE")]
    handle: Option<String>,
    /// An invitation beside another source
    #[arg(long, value_name = "INVITATION")]
    invite: Option<String>,
    /// What you are: person, organisation or household
    #[arg(long, value_name = "KIND")]
    kind: Option<KindOfMember>,
    /// You are a member already, and this shall be your device
    #[arg(long, conflicts_with = "kind")]
    device: bool,
    /// Only copy and follow the journal, without a key
    #[arg(long, conflicts_with_all = ["handle", "kind", "device", "passphrase"])]
    read_only: bool,
    /// Protect the device key with a passphrase
    #[arg(long)]
    passphrase: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let wanted = Joining {
        source: args.source,
        invitation: args.invite,
        handle: args.handle,
        kind: args.kind,
        device: args.device,
        read_only: args.read_only,
        passphrase: args.passphrase,
    };
    let joined = frame::join(common, &wanted, out)?;
    let Some(written) = &joined.written else {
        if out.format() != frame::Format::Table {
            out.json(&json!({"community": joined.community}))?;
        }
        out.status(format!("this is a copy of {} to read: `members sync` keeps it up", joined.community));
        return Ok(());
    };
    written.show(out)?;
    if !common.dry_run {
        say(&joined, args.device, out);
    }
    Ok(())
}

fn say(joined: &Joined, device: bool, out: &mut Output) {
    if let (Some(handle), Some(id), true) = (&joined.handle, &joined.device, device) {
        out.status(format!("this device asks to be {handle}'s: {id}"));
        if joined.suspended {
            out.status(format!("hint: another member runs `members reinstate {handle} {id}`"));
        } else {
            out.status(format!(
                "hint: on the old device `members move {id}`; if that one is lost, another member runs"
            ));
            out.status(format!("      `members rekey {handle} {id}`"));
        }
    } else {
        out.status(format!("you have asked to join {}", joined.community));
    }
    out.status(match (joined.by_hand, joined.invited, device) {
        (true, ..) => "hint: hand your request over with `members bundle export FILE`",
        (_, true, _) => "hint: the secretary's next sync takes you in; then `members sync`",
        (.., true) => "hint: once that is entered, `members sync`",
        _ => "hint: once a steward has admitted you, `members sync`",
    });
}
