//! `credit statement`: the movements of an account.

use clap_complete::ArgValueCompleter;
use event::{Account, UnitDef};
use frame::{Common, Failure, Format, Output, Session, money};
use store::Movement;

use crate::span::{Span, SpanArgs};
use crate::view;

/// List the movements of an account, oldest first
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose; yours by default
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: Option<String>,
    /// In one unit only
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
    /// Only what was paid to or by this account
    #[arg(long, value_name = "ACCOUNT", add = ArgValueCompleter::new(frame::accounts))]
    with: Option<String>,
    /// Only what was paid for something with this in it, in small or capital letters
    #[arg(long)]
    text: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let span = args.span.read()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let account = super::shown_account(session, args.account.as_deref())?;
        let with = args.with.as_deref().map(|name| super::account(session, Some(name))).transpose()?;
        let wanted = args.text.as_deref().map(str::to_lowercase);
        let fits = |line: &Movement| {
            let purpose = line.purpose.as_deref().unwrap_or("").to_lowercase();
            with.as_ref().is_none_or(|with| line.counterparty == *with)
                && wanted.as_ref().is_none_or(|text| purpose.contains(text))
        };
        let units = match &args.unit {
            Some(unit) => vec![super::unit(session, Some(unit))?],
            None => session.store.units()?.into_iter().map(|(def, _)| def).collect(),
        };
        let (mut lines, mut ends) = (Vec::new(), Vec::new());
        for unit in units {
            let places = unit.base.lower.places();
            let all = session.store.statement(&account, &unit)?;
            ends.push(End::of(session, &account, unit, &all, span)?);
            let within = all.into_iter().filter(|line| span.holds(line.time) && fits(line));
            lines.extend(within.map(|line| (line, places)));
        }
        let asked = span.since.is_some() || span.until.is_some();
        let ends = if asked && out.format() == Format::Table { ends } else { Vec::new() };
        for end in &ends {
            out.line(format!("opening balance {} {}", end.shown(end.opening), end.unit.unit))?;
        }
        out.table(&view::statement(&account, &lines))?;
        for end in &ends {
            out.line(format!("closing balance {} {}", end.shown(end.closing), end.unit.unit))?;
        }
        Ok(())
    })
}

/// What an account held before and after a span.
struct End {
    unit: UnitDef,
    opening: i64,
    closing: i64,
}

impl End {
    fn of(
        session: &Session,
        account: &Account,
        unit: UnitDef,
        lines: &[Movement],
        span: Span,
    ) -> Result<Self, Failure> {
        let carried = session.store.carried(account, &unit.unit)?;
        let last = |until: &dyn Fn(&&Movement) -> bool| lines.iter().take_while(until).last().map(|line| line.balance);
        let opening = last(&|line| span.is_after(line.time)).unwrap_or(carried);
        let closing = last(&|line| span.until.is_none_or(|until| line.time <= until)).unwrap_or(carried);
        Ok(End { unit, opening, closing })
    }

    fn shown(&self, minor: i64) -> String {
        money(minor, self.unit.base.lower.places())
    }
}
