//! `members reinstate`: a suspended member comes back, with a new device.

use clap_complete::ArgValueCompleter;
use event::{Change, Handle};
use frame::{Common, Failure, Output, Session};

use crate::device;

/// Take a suspended member back, with the device that has asked; publishes by itself
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: Handle,
    /// The new device: its id as it shows it, or the beginning
    device: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let unreached = device::fetch(&mut session, common, out)?;
    let to = match (device::requested(&mut session, &args.handle, args.device.as_deref(), common), unreached) {
        (Err(no), Some(unreached)) if no.code() == 1 => return Err(unreached),
        (to, _) => to?,
    };
    device::confirm(&format!("Take {} back, with {}?", to.handle, to.device), common)?;
    let written = session.change(Change::Reinstate(to), out)?;
    device::publish(&mut session, &written, common, out)
}
