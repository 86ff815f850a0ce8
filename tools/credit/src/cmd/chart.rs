//! `credit chart`: how an account went, on the terminal or as a picture.

use std::path::PathBuf;

use clap_complete::ArgValueCompleter;
use event::{Account, UnitDef};
use frame::{Common, Failure, Format, Output, Session, Table, money};
use serde_json::{Value, json};

use crate::report::course::{Course, course};
use crate::report::svg;
use crate::span::{SpanArgs, day};

/// Plot an account's balance over time, and what came in and went out
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Whose; yours by default
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: Option<String>,
    /// In which unit, where there are several
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
    /// Draw it into this file instead, or `-` for standard output
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    svg: Option<PathBuf>,
}

/// How wide the bars of the terminal are.
const WIDE: i128 = 40;

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let span = args.span.read()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let account = super::shown_account(session, args.account.as_deref())?;
        let unit = super::unit(session, args.unit.as_deref())?;
        let course = course(session, &account, &unit, span)?;
        let Some(file) = &args.svg else {
            let drawn = out.format() == Format::Table;
            return out.table(&table(&account, &unit, &course, drawn));
        };
        let title = format!("{account}, {}", session.name()?);
        let (code, places) = (unit.unit.to_string(), unit.base.lower.places());
        let picture = svg::draw(&course, &svg::Caption { title, unit: code, show: money, places });
        if file.as_os_str() == "-" {
            return out.raw(&picture);
        }
        std::fs::write(file, picture).map_err(|e| Failure::could(format!("cannot write `{}`: {e}", file.display())))?;
        out.status(format!("drawn into `{}`", file.display()));
        Ok(())
    })
}

fn table(account: &Account, unit: &UnitDef, course: &Course, drawn: bool) -> Table {
    let mut columns =
        vec!["from|From", "until", "account", "received|In>", "sent|Out>", "balance|Balance>", "unit|Unit"];
    if drawn {
        columns.push("plot|Plot");
    }
    let mut table = Table::new(&columns, "no movements");
    let balances = course.slices.iter().map(|slice| slice.balance);
    let (least, most) = (balances.clone().min().unwrap_or(0).min(0), balances.max().unwrap_or(0).max(0));
    let show = |minor: i64| money(minor, unit.base.lower.places());
    for slice in &course.slices {
        let mut cells: Vec<Value> = vec![
            json!(if drawn { day(slice.from) } else { slice.from.to_string() }),
            json!(slice.until.to_string()),
            json!(account.to_string()),
            json!(show(slice.received)),
            json!(show(slice.sent)),
            json!(show(slice.balance)),
            json!(unit.unit.to_string()),
        ];
        if drawn {
            cells.push(json!(bar(slice.balance, least, most)));
        }
        table.row(cells);
    }
    table
}

/// A bar to the left or the right of zero, on the common scale of all bars.
fn bar(balance: i64, least: i64, most: i64) -> String {
    let range = i128::from(most).saturating_sub(least.into()).max(1);
    let cells = |minor: i64| {
        let minor = i128::from(minor.unsigned_abs());
        usize::try_from(minor.saturating_mul(WIDE) / range).unwrap_or(0)
    };
    let (below, long) = (cells(least), cells(balance));
    match balance < 0 {
        true => format!("{}{}│", " ".repeat(below.saturating_sub(long)), "█".repeat(long)),
        false => format!("{}│{}", " ".repeat(below), "█".repeat(long)),
    }
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_on_one_scale() {
        assert_eq!(bar(0, 0, 0), "│");
        assert_eq!(bar(100, 0, 100), format!("│{}", "█".repeat(40)));
        assert_eq!(bar(50, -50, 50), format!("{}│{}", " ".repeat(20), "█".repeat(20)));
        assert_eq!(bar(-25, -50, 50), format!("{}{}│", " ".repeat(10), "█".repeat(10)));
        assert_eq!(bar(i64::MIN, i64::MIN, i64::MAX).chars().count(), 21);
    }
}
