//! `credit pay`: a payment.

use clap_complete::ArgValueCompleter;
use event::{Account, Amount, Body, EventId, Leg, Line, Pay, UnitDef};
use frame::{Common, Failure, Format, Output, Session, Written, money};

/// Pay someone; the payee's device receives it once the stewards have seen it
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whom: a handle, or an account such as @commons
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    whom: Option<String>,
    /// How much, such as 2 or 2.50
    #[arg(allow_negative_numbers = true)]
    amount: Option<String>,
    /// The unit, where there are several, and what for
    #[arg(value_name = "UNIT PURPOSE", num_args = 0..)]
    rest: Vec<String>,
    /// A name for this payment: under it you never pay twice
    #[arg(long)]
    key: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let (pay, def) = draft(session, &args)?;
        if let Some(done) = paid_before(session, &pay)? {
            return already(&done, out);
        }
        let from = pay.from.clone();
        let written = match session.write(Body::Pay(pay.clone()), None, out) {
            Ok(written) => written,
            // Another command may have paid under the key while this one waited.
            Err(failure) => match paid_before(session, &pay)? {
                Some(done) => return already(&done, out),
                None => return Err(failure),
            },
        };
        written.show(out)?;
        if written.id.is_some() && out.format() == Format::Table {
            let row = session.store.account_row(&from, &def)?;
            let places = def.base.lower.places();
            let available = row.balance.saturating_add(session.limit(&from, &def)?.lower);
            out.status(format!(
                "balance {} {unit}, available {} {unit}",
                money(row.balance, places),
                money(available, places),
                unit = def.unit
            ));
        }
        Ok(())
    })
}

fn already(done: &Written, out: &mut Output) -> Result<(), Failure> {
    out.status("paid before under this key: nothing was written");
    done.show(out)
}

fn draft(session: &Session, args: &Args) -> Result<(Pay, UnitDef), Failure> {
    let whom = frame::ask(args.whom.clone(), "WHOM", "Whom")?;
    let amount = frame::ask(args.amount.clone(), "AMOUNT", "How much")?;
    let from = Account::Member(session.member()?);
    let units = session.store.units()?;
    // Only a sentence can be no unit: a mistyped unit must not become a purpose.
    let (named, words) = match args.rest.split_first() {
        Some((word, words)) if units.len() > 1 || !word.contains(' ') => (Some(word.as_str()), words),
        _ => (None, args.rest.as_slice()),
    };
    let def = super::unit(session, named)?;
    let purpose = match words {
        [] => None,
        words => Some(Line::tidy(&words.join(" "))?),
    };
    let to: Account = whom.parse()?;
    let amount = Amount::typed(&amount, def.base.lower.places())?;
    if amount.minor() == 0 {
        return Err(Failure::usage("a payment of nothing"));
    }
    let key = args.key.as_deref().map(Line::tidy).transpose()?;
    Ok((Pay { purpose, key, ..Pay::plain(from, def.unit.clone(), vec![Leg { amount, to }]) }, def))
}

/// The payment that was made under the same key. Another payment under it is refused.
fn paid_before(session: &Session, pay: &Pay) -> Result<Option<Written>, Failure> {
    let Some(key) = &pay.key else { return Ok(None) };
    let Some(id) = session.store.paid_under(&pay.from, key.as_str())? else { return Ok(None) };
    let before = session.store.event(&id)?;
    match before.map(|event| event.body) {
        Some(Body::Pay(before)) if before == *pay => Ok(Some(written(id, pay))),
        _ => {
            Err(Failure::no(format!("another payment was made under the key `{}`", event::harmless_line(key.as_str())))
                .hint(format!("`credit show {}` shows it; choose another key to pay again", id.short())))
        }
    }
}

fn written(id: EventId, pay: &Pay) -> Written {
    let body = Body::Pay(pay.clone());
    let subject = match &pay.from {
        Account::Member(author) | Account::Common(author) => body.subject(author),
    };
    Written { id: Some(id), kind: "credit.pay", subject }
}
