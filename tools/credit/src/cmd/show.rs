//! `credit show`: one payment, and why it is pending.

use event::Body;
use frame::{Common, Failure, Format, Output, Session, Table, ago, now};
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
            "category|Category",
            "delivered|Delivered",
            "key|Key",
            "request|Pays request",
            "refund|Gives back of",
            "mandate|By mandate",
            "contribution|Contribution",
            "state|State",
            "why|Declined because",
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
            json!(pay.category.as_ref().map(|c| c.as_str())),
            json!(pay.delivered.as_ref().map(ToString::to_string)),
            json!(pay.key.as_ref().map(|k| k.as_str())),
            json!(pay.request.map(|id| id.to_string())),
            json!(pay.refund.map(|id| id.to_string())),
            json!(pay.mandate.map(|id| id.to_string())),
            json!((pay.contributes && usize::from(n).saturating_add(1) == pay.legs.len()).then_some(true)),
            json!(state.map(state_word)),
            json!(session.store.declined_why(&id, n)?),
            json!(waits),
        ]);
    }
    match (pay.legs.len(), out.format()) {
        (1, _) => out.object(&table),
        (_, Format::Table) => each(&table, out),
        _ => out.table(&table),
    }
}

/// One leg below the other: a row would be too wide to read.
fn each(table: &Table, out: &mut Output) -> Result<(), Failure> {
    for (n, leg) in table.apart().enumerate() {
        if n > 0 {
            out.line("")?;
        }
        out.object(&leg)?;
    }
    Ok(())
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
