//! `credit show`: one payment, and why it is pending.

use event::Body;
use frame::{Common, Failure, Output, Session, Table, ago, now};
use serde_json::json;

use crate::view::state_word;

/// Show a payment, and what it waits for
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The payment, by the first digits of its id
    id: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let id = session.find("payment", &args.id)?;
    let event = session.store.event(&id)?.ok_or_else(|| Failure::no("there is no such payment"))?;
    let Body::Pay(pay) = &event.body else {
        return Err(Failure::no(format!("{} is no payment but `{}`", id.short(), event.body.kind()))
            .hint("`members log` shows other events"));
    };
    let mut table = Table::new(
        &[
            "id",
            "time|Time",
            "account|From",
            "counterparty|To",
            "amount|Amount>",
            "unit|Unit",
            "purpose|For",
            "state|State",
            "waiting|Waits",
        ],
        "",
    );
    for (n, leg) in (0u16..).zip(&pay.legs) {
        let state = session.store.leg_state(&id, n)?;
        let waits = match state {
            Some(store::State::Pending) => Some(stewards(&session, &event.link)?),
            Some(store::State::Settled) => Some(format!("for {} to sync", leg.to)),
            _ => None,
        };
        table.row([
            json!(id.to_string()),
            json!(event.link.time.to_string()),
            json!(pay.from.to_string()),
            json!(leg.to.to_string()),
            json!(leg.amount.to_string()),
            json!(pay.unit.to_string()),
            json!(pay.purpose.as_ref().map(|p| p.as_str())),
            json!(state.map(state_word)),
            json!(waits),
        ]);
    }
    match pay.legs.len() {
        1 => out.object(&table),
        _ => out.table(&table),
    }
}

fn stewards(session: &Session, link: &rules::Link) -> Result<String, Failure> {
    let (needed, waiting) = session.store.waiting(link)?;
    let who: Vec<String> = waiting
        .iter()
        .map(|w| match w.seen {
            Some(seen) => format!("{}, last seen {}", w.steward, ago(seen, now())),
            None => format!("{}, never seen", w.steward),
        })
        .collect();
    Ok(format!("for {needed} of {} stewards: {}", who.len(), who.join("; ")))
}
