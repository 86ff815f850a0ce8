//! `credit decline`: sends a payment back.

use event::{Body, Decline, Item, Line};
use frame::{Common, Failure, Output, Session, Written};

/// Decline a payment to you; the payer takes it back with the next sync
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The payment, by the first digits of its id
    id: String,
    /// Why
    #[arg(long)]
    why: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let pay = session.find("payment", &args.id)?;
        let why = args.why.as_deref().map(Line::tidy).transpose()?;
        let mut declined = Vec::new();
        for account in session.kept_accounts()? {
            for open in session.store.open_items(&account)? {
                let Item::Leg(id, leg) = open.item else { continue };
                if id == pay {
                    declined.push(session.write(Body::Decline(Decline { pay, leg, why: why.clone() }), None, out)?);
                }
            }
        }
        match declined.as_slice() {
            [] => Err(Failure::no(format!("payment {} is not yours to decline, or was received already", pay.short()))
                .hint(format!("`credit show {}` tells what became of it", pay.short()))),
            declined => Written::show_all(declined, out),
        }
    })
}
