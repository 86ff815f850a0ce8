//! Books that were kept elsewhere, as balances to take over: read from a file, each line with its number.
//!
//! Three forms are understood: balances, under the names `account` and `amount`; past payments, under `from`, `to` and
//! `amount`; and the four columns of Komunitin, payer, payee, description and amount, by their place.

use std::collections::BTreeMap;

use event::{Account, Amount, MAX_BROUGHT, MAX_MINOR, Opening, Unit, UnitDef};
use frame::{Failure, Session, counted};

use crate::cmd;
use crate::sheet::{Row, Sheet};

/// What each account brings along, in smallest parts; nothing is left out that is not zero.
pub struct OtherBooks {
    /// By account and unit.
    pub balances: BTreeMap<(Account, Unit), i64>,
    /// How many rows were read.
    pub rows: usize,
}

/// A row that cannot be taken over.
pub struct Bad {
    /// Its line.
    pub line: u64,
    /// Why.
    pub why: String,
}

/// In which column is what.
struct Form {
    /// Who gains.
    to: usize,
    /// Who loses, where the rows are payments.
    from: Option<usize>,
    amount: usize,
    unit: Option<usize>,
    /// Where the rows with values begin.
    first: usize,
}

impl Form {
    fn of(sheet: &Sheet) -> Result<Form, Failure> {
        let heads = sheet.heads();
        let place = |names: &[&str]| heads.iter().position(|head| names.contains(&head.as_str()));
        let (amount, unit) = (place(&["amount", "balance"]), place(&["unit", "currency"]));
        let (from, to) = (place(&["from", "payer"]), place(&["to", "payee"]));
        match (place(&["account"]), from, to, amount) {
            (Some(to), _, _, Some(amount)) => Ok(Form { to, from: None, amount, unit, first: 1 }),
            (None, Some(from), Some(to), Some(amount)) => Ok(Form { to, from: Some(from), amount, unit, first: 1 }),
            _ if heads.len() == 4 => {
                // As Komunitin does it: a line of names is one whose last cell is no amount.
                let named = heads.last().is_some_and(|last| signed(last, event::MAX_PLACES).is_err());
                Ok(Form { to: 1, from: Some(0), amount: 3, unit: None, first: usize::from(named) })
            }
            _ => Err(Failure::usage(format!("`{}`: line 1: the columns are not known", sheet.name)).hint(
                "name them: account, amount; or from, to, amount; unit besides, where there are several; or bring \
                 Komunitin's four columns",
            )),
        }
    }
}

/// Reads what a file holds; the rows that cannot be taken over, if there are any.
pub fn read(session: &Session, sheet: &Sheet, named: Option<&str>) -> Result<Result<OtherBooks, Vec<Bad>>, Failure> {
    let form = Form::of(sheet)?;
    let default = match form.unit {
        Some(_) => None,
        None => Some(cmd::unit(session, named)?),
    };
    let units: BTreeMap<Unit, UnitDef> =
        session.store.units()?.into_iter().map(|(def, _)| (def.unit.clone(), def)).collect();
    let (mut sums, mut bad): (BTreeMap<(Account, Unit), i128>, Vec<Bad>) = (BTreeMap::new(), Vec::new());
    let rows = sheet.rows.get(form.first..).unwrap_or_default();
    for row in rows {
        match form.movements(row, default.as_ref(), &units) {
            Ok(movements) => {
                for (account, unit, minor) in movements {
                    let sum = sums.entry((account, unit)).or_default();
                    *sum = sum.saturating_add(minor.into());
                }
            }
            Err(why) => bad.push(Bad { line: row.line, why }),
        }
    }
    if !bad.is_empty() {
        return Ok(Err(bad));
    }
    check(&sums, &units)?;
    sums.retain(|_, sum| *sum != 0);
    let balances = sums.into_iter().filter_map(|(key, sum)| Some((key, i64::try_from(sum).ok()?))).collect();
    Ok(Ok(OtherBooks { balances, rows: rows.len() }))
}

impl Form {
    /// What a row adds to which accounts.
    fn movements(
        &self,
        row: &Row,
        default: Option<&UnitDef>,
        units: &BTreeMap<Unit, UnitDef>,
    ) -> Result<Vec<(Account, Unit, i64)>, String> {
        let def = match (default, row.cell(self.unit)) {
            (Some(def), _) => def,
            (None, code) => {
                let unit: Unit = code.parse().map_err(|e: event::Malformed| e.to_string())?;
                units.get(&unit).ok_or_else(|| format!("there is no unit `{unit}`"))?
            }
        };
        let account = |column| -> Result<Account, String> {
            row.cell(Some(column)).parse().map_err(|e: event::Malformed| e.to_string())
        };
        let to = account(self.to)?;
        let minor = signed(row.cell(Some(self.amount)), def.base.lower.places()).map_err(|e| e.to_string())?;
        let Some(from) = self.from else { return Ok(vec![(to, def.unit.clone(), minor)]) };
        let from = account(from)?;
        match (from == to, minor) {
            (true, _) => Err("it pays itself".to_owned()),
            (false, ..=0) => Err("a payment is above zero".to_owned()),
            (false, _) => Ok(vec![(from, def.unit.clone(), minor.saturating_neg()), (to, def.unit.clone(), minor)]),
        }
    }
}

/// A balance as people write it, below zero for who owes.
fn signed(text: &str, places: u8) -> Result<i64, event::Malformed> {
    match text.strip_prefix('-') {
        Some(text) => Amount::typed(text, places).map(|amount| amount.minor().saturating_neg()),
        None => Amount::typed(text.strip_prefix('+').unwrap_or(text), places).map(Amount::minor),
    }
}

/// All of it can be held, and nobody gains without another's loss.
fn check(sums: &BTreeMap<(Account, Unit), i128>, units: &BTreeMap<Unit, UnitDef>) -> Result<(), Failure> {
    if sums.values().any(|sum| sum.unsigned_abs() > u128::from(MAX_MINOR.unsigned_abs())) {
        return Err(Failure::usage("a balance is larger than any account can hold"));
    }
    for (code, def) in units {
        let of_unit = sums.iter().filter(|((_, unit), _)| unit == code);
        let sum = of_unit.fold(0i128, |all, (_, sum)| all.saturating_add(*sum));
        if sum != 0 {
            let shown = Amount::show(sum, def.base.lower.places());
            return Err(Failure::usage(format!("the balances sum to {shown} {code}, not to zero"))
                .hint("what some have, others owe: give the rest to an account, such as @commons"));
        }
    }
    Ok(())
}

impl OtherBooks {
    /// The balances as a change takes them.
    pub fn openings(&self, units: &[UnitDef]) -> Result<Vec<Opening>, Failure> {
        if self.balances.len() > MAX_BROUGHT {
            return Err(Failure::usage(format!(
                "{} are too many for one motion",
                counted(self.balances.len(), "balance")
            ))
            .hint(format!("at most {MAX_BROUGHT}: split the file so that each part sums to zero")));
        }
        let mut openings = Vec::new();
        for ((account, unit), minor) in &self.balances {
            let places = units.iter().find(|def| def.unit == *unit).map_or(0, |def| def.base.lower.places());
            let amount = Amount::new(minor.saturating_abs(), places)?;
            openings.push(Opening { account: account.clone(), unit: unit.clone(), amount, owes: *minor < 0 });
        }
        Ok(openings)
    }
}
