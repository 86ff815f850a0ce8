//! `credit refund`: gives back what was received.

use event::{Amount, Body, Leg, Pay};
use frame::{Common, Failure, Output, Session};
use store::State;

/// Give back a payment that you received, or a part of it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The payment, by the first digits of its id
    id: String,
    /// How much; by default all of it that was not given back
    amount: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let id = session.find("payment", &args.id)?;
        let said = super::payment(session, &id)?;
        let kept = session.kept_accounts()?;
        let (mut account, mut came) = (None, 0i64);
        for (leg, n) in said.legs.iter().zip(0u16..) {
            let mine = kept.contains(&leg.to) && account.as_ref().is_none_or(|account| *account == leg.to);
            if mine && session.store.leg_state(&id, n)? == Some(State::Received) {
                came = came.saturating_add(leg.amount.minor());
                account = Some(leg.to.clone());
            }
        }
        let nothing = || {
            Failure::no(format!("you have received nothing by payment {}", id.short()))
                .hint("what has not been received yet is sent back by `credit decline`")
        };
        let account = account.ok_or_else(nothing)?;
        let def = super::unit(session, Some(said.unit.as_str()))?;
        let places = def.base.lower.places();
        let rest = came.saturating_sub(session.store.refunded(&id)?);
        let amount = match &args.amount {
            Some(text) => Amount::typed(text, places)?,
            None => Amount::new(rest, places)?,
        };
        if amount.minor() == 0 {
            return Err(Failure::no("nothing of it is left to give back"));
        }
        let leg = Leg { amount, to: said.from };
        let plain = Pay::plain(account, said.unit, vec![leg]);
        let refund = Pay { refund: Some(id), purpose: said.purpose, category: said.category, ..plain };
        session.write(Body::Pay(refund), None, out)?.show(out)
    })
}
