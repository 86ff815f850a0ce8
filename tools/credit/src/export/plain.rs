//! Journals for hledger and ledger: everything declared, so that their strictest checks pass.

use std::fmt::Write;

use event::{Time, Unit, UnitDef};
use frame::{Failure, money};
use store::{Moved, State, Transfer};

use super::{Book, Holding, Place, Scope, line, names};
use crate::span::day;

const OPENING: &str = "opening balances";
const CLOSING: &str = "closing balances";

/// What the two programs do not have in common.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Hledger,
    Ledger,
}

/// A journal of plain-text accounting.
pub struct Plain(Dialect);

impl Plain {
    pub fn hledger() -> Self {
        Plain(Dialect::Hledger)
    }

    pub fn ledger() -> Self {
        Plain(Dialect::Ledger)
    }

    /// A unit, in quotes always: without them some would be read as words, numbers or times.
    fn commodity(&self, unit: &Unit) -> String {
        match (self.0, unit.as_str()) {
            // For ledger `s`, `m` and `h` are one and the same commodity, of time.
            (Dialect::Ledger, code) if code.len() == 1 => format!("\"unit {code}\""),
            (_, code) => format!("\"{code}\""),
        }
    }

    fn amount(&self, minor: i64, unit: &UnitDef) -> String {
        format!("{} {}", money(minor, unit.base.lower.places()), self.commodity(&unit.unit))
    }

    fn declare(&self, unit: &UnitDef, out: &mut String) {
        let _ = writeln!(out, "commodity {}", self.commodity(&unit.unit));
        if self.0 == Dialect::Hledger {
            let places = unit.base.lower.places();
            let point = if places == 0 { "." } else { "" };
            let _ = writeln!(out, "  format {}{point} {}", money(0, places), self.commodity(&unit.unit));
        }
    }

    /// The purpose: in hledger a part of the description, in ledger a note, so that the payee stands alone.
    fn heading(&self, mark: char, transfer: &Transfer, out: &mut String) {
        let (date, code, payee) = (day(transfer.time), transfer.pay.short(), transfer.counterparty.to_string());
        let _ = write!(out, "\n{date} {mark} ({code}) {payee}");
        let purpose = match (transfer.moved, transfer.purpose.as_deref().map(line)) {
            (Moved::Returned, Some(purpose)) => format!("returned: {purpose}"),
            (Moved::Returned, None) => "returned".to_owned(),
            (_, Some(purpose)) => purpose,
            (_, None) => String::new(),
        };
        let _ = match (self.0, purpose.is_empty()) {
            (_, true) => writeln!(out),
            (Dialect::Hledger, _) => writeln!(out, " | {}", purpose.replace(';', ",")),
            (Dialect::Ledger, _) => writeln!(out, "\n    ; for {}", note(&purpose)),
        };
    }

    fn posting(&self, place: &Place, amount: &str, out: &mut String) {
        let _ = writeln!(out, "    {}  {amount}", names::plain(place));
    }
}

/// A note in which ledger finds neither dates nor tags.
fn note(text: &str) -> String {
    let word = |word: &str| match word.strip_prefix(':') {
        Some(rest) => format!("\u{2236}{rest}"),
        None => word.to_owned(),
    };
    text.replace('[', "(").replace(']', ")").split(' ').map(word).collect::<Vec<_>>().join(" ")
}

impl Book for Plain {
    fn begin(&mut self, title: &str, scope: &Scope, _: Time, out: &mut String) -> Result<(), Failure> {
        let _ = writeln!(out, "; {}", line(title));
        scope.units.iter().for_each(|unit| self.declare(unit, out));
        for account in &scope.accounts {
            let _ = writeln!(out, "account {}", names::plain(&Place::Account(account.clone())));
        }
        for place in [Place::Transit, Place::Opening] {
            let _ = writeln!(out, "account {}", names::plain(&place));
        }
        for payee in &scope.payees {
            let _ = writeln!(out, "payee {payee}");
        }
        let _ = writeln!(out, "payee {OPENING}\npayee {CLOSING}");
        Ok(())
    }

    fn opening(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure> {
        let _ = writeln!(out, "\n{} * {OPENING}", day(at));
        for holding in holdings {
            self.posting(holding.place, &self.amount(holding.minor, holding.unit), out);
        }
        Ok(())
    }

    fn transfer(&mut self, transfer: &Transfer, unit: &UnitDef, out: &mut String) -> Result<(), Failure> {
        let mark = if transfer.state == State::Pending { '!' } else { '*' };
        self.heading(mark, transfer, out);
        self.posting(&Place::Account(transfer.account.clone()), &self.amount(transfer.minor, unit), out);
        self.posting(&Place::Transit, &self.amount(transfer.minor.saturating_neg(), unit), out);
        Ok(())
    }

    /// Nothing moves: the program is told what it must have come to.
    fn closing(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure> {
        if holdings.is_empty() {
            return Ok(());
        }
        let _ = writeln!(out, "\n{} * {CLOSING}", day(at));
        for holding in holdings {
            let asserted = format!("{} = {}", self.amount(0, holding.unit), self.amount(holding.minor, holding.unit));
            self.posting(holding.place, &asserted, out);
        }
        Ok(())
    }
}
