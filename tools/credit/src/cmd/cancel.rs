//! `credit cancel`: asks for what is not received yet.

use event::{Body, Cancel};
use frame::{Common, Failure, Output, Session};
use store::State;

/// Ask for a payment of yours back; payees who have not received it decline it with their next sync
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The payment, by the first digits of its id
    id: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let pay = session.find("payment", &args.id)?;
        let said = super::payment(session, &pay)?;
        let mut on_its_way = false;
        for n in (0u16..).take(said.legs.len()) {
            on_its_way |= matches!(session.store.leg_state(&pay, n)?, Some(State::Pending | State::Settled));
        }
        if !on_its_way {
            return Err(Failure::no(format!("payment {} is not on its way any more", pay.short()))
                .hint(format!("`credit show {}` tells what became of it; the payee can refund it", pay.short())));
        }
        session.write(Body::Cancel(Cancel { pay }), None, out)?.show(out)
    })
}
