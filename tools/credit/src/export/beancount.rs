//! A journal for beancount.

use std::collections::BTreeMap;
use std::fmt::Write;

use event::{Time, Unit, UnitDef};
use frame::{Failure, money};
use store::{Moved, State, Transfer};

use super::{Book, Holding, Place, Scope, line, names};
use crate::span::day;

const DAY: i64 = 86_400;

/// A journal, with beancount's names of the units.
pub struct Beancount(BTreeMap<Unit, String>);

impl Beancount {
    pub fn new(units: &[UnitDef]) -> Self {
        Beancount(names::commodities(units))
    }

    fn commodity(&self, unit: &UnitDef) -> &str {
        self.0.get(&unit.unit).map_or("", String::as_str)
    }

    fn amount(&self, minor: i64, unit: &UnitDef) -> String {
        format!("{} {}", money(minor, unit.base.lower.places()), self.commodity(unit))
    }

    fn posting(&self, place: &Place, minor: i64, unit: &UnitDef, out: &mut String) {
        let _ = writeln!(out, "  {}  {}", names::capital(place), self.amount(minor, unit));
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

impl Book for Beancount {
    fn begin(&mut self, title: &str, scope: &Scope, since: Time, out: &mut String) -> Result<(), Failure> {
        let since = day(since);
        let _ = writeln!(out, "option \"title\" {}\n", quoted(title));
        for unit in &scope.units {
            let (name, code) = (self.commodity(unit), quoted(unit.unit.as_str()));
            let _ = writeln!(out, "{since} commodity {name}\n  name: {}\n  unit: {code}", quoted(unit.title.as_str()));
        }
        let places = scope.accounts.iter().cloned().map(Place::Account);
        for place in places.chain([Place::Transit, Place::Opening]) {
            let _ = writeln!(out, "{since} open {}", names::capital(&place));
        }
        Ok(())
    }

    fn opening(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure> {
        let _ = writeln!(out, "\n{} * \"opening balances\"", day(at));
        for holding in holdings {
            self.posting(holding.place, holding.minor, holding.unit, out);
        }
        Ok(())
    }

    fn transfer(&mut self, transfer: &Transfer, unit: &UnitDef, out: &mut String) -> Result<(), Failure> {
        let mark = if transfer.state == State::Pending { '!' } else { '*' };
        let purpose = match (transfer.moved, transfer.purpose.as_deref().unwrap_or("")) {
            (Moved::Returned, "") => "returned".to_owned(),
            (Moved::Returned, purpose) => format!("returned: {purpose}"),
            (_, purpose) => purpose.to_owned(),
        };
        let (payee, link) = (quoted(&transfer.counterparty.to_string()), transfer.pay.short());
        let _ = writeln!(out, "\n{} {mark} {payee} {} ^{link}", day(transfer.time), quoted(&purpose));
        self.posting(&Place::Account(transfer.account.clone()), transfer.minor, unit, out);
        self.posting(&Place::Transit, transfer.minor.saturating_neg(), unit, out);
        Ok(())
    }

    /// Balances hold at the beginning of a day, and would be believed to within a hundredth if `~ 0` did not forbid it.
    fn closing(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure> {
        let next = day(Time::clamped(at.seconds().saturating_add(DAY)));
        let _ = writeln!(out);
        for holding in holdings {
            let (place, minor) =
                (names::capital(holding.place), money(holding.minor, holding.unit.base.lower.places()));
            let _ = writeln!(out, "{next} balance {place}  {minor} ~ 0 {}", self.commodity(holding.unit));
        }
        Ok(())
    }
}
