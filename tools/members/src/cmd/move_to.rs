//! `members move`: a member goes on with another device, handed over by the present one.

use event::Change;
use frame::{Common, Failure, Here, Output, Session};

use crate::device;

const EXAMPLES: &str = "\
Examples:
  members join https://example.org/solar.git --as maria --device      on the new device, which prints its id
  members move dk3f                                                  on the old one";

/// Hand over to your new device, which has asked with `members join --device`; publishes by itself
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The new device: its id as it shows it, or the beginning
    device: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let unreached = device::fetch(&mut session, common, out)?;
    let me = session.member()?;
    let to = match (device::requested(&mut session, &me, args.device.as_deref(), common), unreached) {
        (Err(no), Some(unreached)) if no.code() == 1 => return Err(unreached),
        (to, _) => to?,
    };
    let new = to.device;
    device::confirm(&format!("Hand {me} over to {new}, and write nothing here any more?"), common)?;
    let written = session.change(Change::Move(to), out)?;
    if !common.dry_run {
        out.status(match session.here()? {
            Here::Replaced { .. } => "it has taken effect: `members sync` on the new device",
            _ => {
                "it takes effect once it is settled and the secretary has entered it; until then neither device writes"
            }
        });
    }
    device::publish(&mut session, &written, common, out)
}
