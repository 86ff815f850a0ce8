//! Movements for spreadsheets, which take for a formula whatever begins like one: a purpose that does has an
//! apostrophe before it. Accounts and ids cannot be formulas, and amounts are to be numbers.

use event::{Time, UnitDef};
use frame::{Failure, money};
use store::Transfer;

use super::{Book, Holding, Place, Scope, line};
use crate::view::{moved_word, state_word};

/// Rows of comma-separated values.
pub struct Csv;

const COLUMNS: [&str; 11] =
    ["time", "id", "leg", "account", "counterparty", "purpose", "amount", "unit", "moved", "state", "by"];

fn row(fields: [&str; 11], out: &mut String) -> Result<(), Failure> {
    let mut writer = ::csv::WriterBuilder::new().buffer_capacity(1024).from_writer(Vec::new());
    writer.write_record(fields).map_err(|e| Failure::could(e.to_string()))?;
    let bytes = writer.into_inner().map_err(|e| Failure::could(e.to_string()))?;
    out.push_str(&String::from_utf8_lossy(&bytes));
    Ok(())
}

/// A text that no spreadsheet runs. A sign that begins a formula has an apostrophe before it where a cell can begin:
/// at the start, and after a `;`, which parts cells in many countries; spaces, quotes and apostrophes between do not
/// count. Who reads it takes one apostrophe away before each such sign there, and has the text.
fn text_cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut begins = true;
    for c in line(text).chars() {
        let sign = matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
        if begins && sign {
            safe.push('\'');
        }
        safe.push(c);
        begins = c == ';' || (begins && (c.is_whitespace() || matches!(c, '"' | '\'')));
    }
    safe
}

impl Book for Csv {
    fn begin(&mut self, _: &str, _: &Scope, _: Time, out: &mut String) -> Result<(), Failure> {
        row(COLUMNS, out)
    }

    fn opening(&mut self, at: Time, holdings: &[Holding<'_>], out: &mut String) -> Result<(), Failure> {
        for holding in holdings {
            let Place::Account(account) = holding.place else { continue };
            let (time, account) = (at.to_string(), account.to_string());
            let amount = money(holding.minor, holding.unit.base.lower.places());
            let unit = holding.unit.unit.as_str();
            row([&time, "", "", &account, "", "opening balance", &amount, unit, "opening", "", ""], out)?;
        }
        Ok(())
    }

    fn transfer(&mut self, transfer: &Transfer, unit: &UnitDef, out: &mut String) -> Result<(), Failure> {
        row(
            [
                &transfer.time.to_string(),
                &transfer.pay.to_string(),
                &transfer.leg.to_string(),
                &transfer.account.to_string(),
                &transfer.counterparty.to_string(),
                &text_cell(transfer.purpose.as_deref().unwrap_or("")),
                &money(transfer.minor, unit.base.lower.places()),
                transfer.unit.as_str(),
                moved_word(transfer.moved),
                state_word(transfer.state),
                &transfer.event.to_string(),
            ],
            out,
        )
    }

    fn closing(&mut self, _: Time, _: &[Holding<'_>], _: &mut String) -> Result<(), Failure> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let table = [
            ("weeding - all of it", "weeding - all of it"),
            ("=1+1", "'=1+1"),
            ("-2.50", "'-2.50"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("\"=1\"", "\"'=1\""),
            ("x; =1", "x; '=1"),
            ("x;\"@a\"", "x;\"'@a\""),
            ("a=b", "a=b"),
        ];
        for (text, cell) in table {
            assert_eq!(text_cell(text), cell);
        }
    }
}
