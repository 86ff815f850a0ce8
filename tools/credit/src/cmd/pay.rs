//! `credit pay`: a payment, or a table of them.

use std::path::PathBuf;

use clap::ValueHint;
use clap_complete::ArgValueCompleter;
use event::{Account, Amount, Body, EventId, Leg, Line, Pay, UnitDef};
use frame::{Common, Failure, Format, Output, Session, Written, money, now};

use crate::batch;
use crate::sheet::Sheet;

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
    /// From which account of yours, such as @commons
    #[arg(long, value_name = "ACCOUNT", add = ArgValueCompleter::new(frame::accounts))]
    from: Option<String>,
    /// The request that it pays, by its number or the first digits of its id; whom and how much follow from it
    #[arg(long, value_name = "ID")]
    request: Option<String>,
    /// What sort of thing it is for, such as food
    #[arg(long)]
    category: Option<String>,
    /// What was delivered, such as "12 solar": a quantity of an asset of the rules
    #[arg(long, value_name = "QUANTITY ASSET")]
    delivered: Option<String>,
    /// The mandate by which a community account spends; by default the first that covers it
    #[arg(long, value_name = "ID")]
    mandate: Option<String>,
    /// Someone else who is paid by the same payment, such as "carol 2"; as often as you like
    #[arg(long, value_name = "WHOM AMOUNT", conflicts_with = "request")]
    and: Vec<String>,
    /// Pay a table of comma-separated values, all of it or nothing: to, amount, and unit, purpose, category, delivered,
    /// key if you like; - reads the standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
          conflicts_with_all = ["whom", "request", "delivered", "mandate", "and"])]
    batch: Option<PathBuf>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    if let Some(file) = &args.batch {
        return batch(&args, &Sheet::read(file)?, common, out);
    }
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let (pay, def) = draft(session, &args)?;
        if let Some(done) = paid_before(session, &pay)? {
            return already(&written(done, &pay), out);
        }
        let from = pay.from.clone();
        let written = match session.write(Body::Pay(pay.clone()), None, out) {
            Ok(written) => written,
            // Another command may have paid under the key while this one waited.
            Err(failure) => match paid_before(session, &pay)? {
                Some(done) => return already(&self::written(done, &pay), out),
                None => return Err(beyond(session, &pay, &def, failure)?),
            },
        };
        written.show(out)?;
        if let Some(contribution) = pay.contribution() {
            out.status(format!("with a contribution of {} {} to {}", contribution.amount, pay.unit, contribution.to));
        }
        if written.id.is_some() && out.format() == Format::Table {
            let (balance, available) = standing(session, &from, &def)?;
            out.status(format!("balance {balance} {unit}, available {available} {unit}", unit = def.unit));
        }
        Ok(())
    })
}

/// The balance of an account, and what it can spend.
fn standing(session: &Session, account: &Account, def: &UnitDef) -> Result<(String, String), Failure> {
    let places = def.base.lower.places();
    let balance = session.store.account_row(account, def)?.balance;
    let available = balance.saturating_add(session.limit(account, def)?.lower);
    Ok((money(balance, places), money(available, places)))
}

/// Who pays a contribution as well is told what both together take.
fn beyond(session: &Session, pay: &Pay, def: &UnitDef, failure: Failure) -> Result<Failure, Failure> {
    if pay.contribution().is_none() || failure.fact != rules::Refusal::BeyondLimit.to_string() {
        return Ok(failure);
    }
    let takes = pay.legs.iter().fold(0i64, |sum, leg| sum.saturating_add(leg.amount.minor()));
    let (takes, unit) = (money(takes, def.base.lower.places()), &def.unit);
    let (_, available) = standing(session, &pay.from, def)?;
    Ok(failure.hint(format!("with the contribution it takes {takes} {unit}, and {available} {unit} are available")))
}

/// A table of payments, each with a key of its own, so that a second run pays nothing.
fn batch(args: &Args, sheet: &Sheet, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let from = super::account(session, args.from.as_deref())?;
        let of_all = batch::Common { from, key: args.key.clone(), category: args.category.clone() };
        let mut payments = batch::read(session, sheet, &of_all)?;
        batch::pay(session, &mut payments, common, out)
    })
}

fn already(done: &Written, out: &mut Output) -> Result<(), Failure> {
    out.status("paid before under this key: nothing was written");
    done.show(out)
}

fn draft(session: &mut Session, args: &Args) -> Result<(Pay, UnitDef), Failure> {
    let (mut pay, def) = match &args.request {
        Some(id) => requested(session, id, args)?,
        None => typed(session, args)?,
    };
    pay.key = args.key.as_deref().map(Line::tidy).transpose()?;
    if let Some(category) = &args.category {
        pay.category = Some(category.parse()?);
    }
    pay.delivered = args.delivered.as_deref().map(str::parse).transpose()?;
    let named = args.mandate.as_deref().map(|id| session.find("mandate", id)).transpose()?;
    complete(session, &mut pay, named)?;
    Ok((pay, def))
}

/// What follows from the rules and the register: the contribution, and by what a community account spends.
pub fn complete(session: &Session, pay: &mut Pay, named: Option<EventId>) -> Result<(), Failure> {
    if let Some(contribution) = rules::contribution(&session.store, &session.store.register()?, pay)? {
        pay.legs.push(contribution);
        pay.contributes = true;
    }
    pay.mandate = match named {
        Some(id) => Some(id),
        None => mandate(session, pay)?,
    };
    Ok(())
}

/// What was typed.
fn typed(session: &Session, args: &Args) -> Result<(Pay, UnitDef), Failure> {
    let whom = frame::ask(args.whom.clone(), "WHOM", "Whom")?;
    let amount = frame::ask(args.amount.clone(), "AMOUNT", "How much")?;
    let from = super::account(session, args.from.as_deref())?;
    let (def, purpose) = super::unit_and_purpose(session, &args.rest)?;
    let mut legs = vec![leg(&whom, &amount, &def)?];
    for also in &args.and {
        let bad = || Failure::usage(format!("`{}` is not someone and an amount", event::harmless_line(also)));
        let (whom, amount) = also.trim().split_once(' ').ok_or_else(|| bad().hint("such as --and \"carol 2\""))?;
        legs.push(leg(whom, amount.trim(), &def)?);
    }
    Ok((Pay { purpose, ..Pay::plain(from, def.unit.clone(), legs) }, def))
}

/// So much to someone.
pub fn leg(whom: &str, amount: &str, def: &UnitDef) -> Result<Leg, Failure> {
    Ok(Leg { amount: typed_amount(amount, def)?, to: whom.parse()? })
}

fn typed_amount(text: &str, def: &UnitDef) -> Result<Amount, Failure> {
    let amount = Amount::typed(text, def.base.lower.places())?;
    match amount.minor() {
        0 => Err(Failure::usage("a payment of nothing")),
        _ => Ok(amount),
    }
}

/// What is left of a request, or the part of it that was typed.
fn requested(session: &mut Session, id: &str, args: &Args) -> Result<(Pay, UnitDef), Failure> {
    let id = super::request_id(session, id)?;
    let row = session
        .store
        .request_row(&id)?
        .ok_or_else(|| Failure::no(format!("{} is no request", id.short())).hint("`credit requests` shows them"))?;
    let def = super::unit(session, Some(row.said.unit.as_str()))?;
    // Alone, the first word is the part.
    let part = match (&args.whom, &args.amount) {
        (Some(part), None) => Some(part),
        (Some(whom), Some(part)) if *whom == row.said.account.to_string() => Some(part),
        (None, _) => None,
        _ => {
            return Err(Failure::usage(format!("the request is to be paid to {}", row.said.account))
                .hint("leave WHOM out: with --request only an amount may follow"));
        }
    };
    let amount = match part {
        Some(part) => typed_amount(part, &def)?,
        None if row.rest() == 0 => {
            return Err(Failure::no("nothing of the request is left to pay").hint("`credit requests --all` shows it"));
        }
        None => Amount::new(row.rest(), def.base.lower.places())?,
    };
    let leg = Leg { amount, to: row.said.account };
    let plain = Pay::plain(row.said.of, def.unit.clone(), vec![leg]);
    Ok((Pay { request: Some(id), purpose: row.said.purpose, category: row.said.category, ..plain }, def))
}

/// The first mandate that covers what a community account pays.
fn mandate(session: &Session, pay: &Pay) -> Result<Option<EventId>, Failure> {
    let Account::Common(_) = pay.from else { return Ok(None) };
    let total: i64 = pay.legs.iter().map(|leg| leg.amount.minor()).sum();
    let covers = |row: &store::MandateRow| {
        let said = &row.said;
        let to = said.to.as_ref().is_none_or(|to| pay.legs.iter().all(|leg| leg.to == *to));
        let left = said.amount.minor().saturating_sub(row.spent);
        said.account == pay.from && said.unit == pay.unit && to && said.until >= now() && total <= left
    };
    Ok(session.store.mandates()?.into_iter().find(covers).map(|row| row.entry))
}

/// The payment that was made under the same key. Another payment under it is refused.
pub fn paid_before(session: &Session, pay: &Pay) -> Result<Option<EventId>, Failure> {
    let Some(key) = &pay.key else { return Ok(None) };
    let Some(id) = session.store.paid_under(&pay.from, key.as_str())? else { return Ok(None) };
    let before = session.store.event(&id)?;
    match before.map(|event| event.body) {
        Some(Body::Pay(before)) if before == *pay => Ok(Some(id)),
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
