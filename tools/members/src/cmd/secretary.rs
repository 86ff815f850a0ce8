//! `members secretary`: the office is handed on.

use clap_complete::ArgValueCompleter;
use event::Change;
use frame::{Common, Failure, Output, Session, Written};
use rules::{Facts, Key, Value};

/// Move that another steward keeps the register
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Who
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let handle = args.handle.parse()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let was = match session.store.fact(&session.store.register()?, &Key::Secretary)? {
            Some(Value::Device(device)) => device,
            _ => return Err(Failure::could("nobody keeps the register here")),
        };
        let written = session.change(Change::Secretary { handle, was }, out)?;
        Written::show_all(&written, out)
    })
}
