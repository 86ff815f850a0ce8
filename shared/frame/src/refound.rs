//! Refounding: a community that has lost its quorum for good goes on as a new one, with the books of the old.

use event::{Account, Amount, Opening, Refounds, UnitDef};
use rules::{Charter, Facts};

use crate::args::Common;
use crate::failure::Failure;
use crate::output::Output;
use crate::session::Session;
use crate::start::{Founding, found_with};
use crate::write::Written;

/// What an account takes along.
#[derive(Debug, Clone)]
pub struct Carried {
    /// Whose.
    pub account: Account,
    /// In which unit.
    pub unit: UnitDef,
    /// Its balance, in smallest parts.
    pub balance: i64,
    /// What was on its way from it, which goes back to it.
    pub returned: i64,
}

impl Carried {
    /// What the account begins with.
    pub fn opening(&self) -> i64 {
        self.balance.saturating_add(self.returned)
    }
}

impl Session {
    /// What every account would take along into a community that goes on from this one.
    pub fn carried(&self) -> Result<Vec<Carried>, Failure> {
        let rows = self.store.accounts()?.into_iter();
        let all = rows.map(|row| Carried {
            account: row.account,
            unit: row.unit,
            balance: row.balance,
            returned: row.pending_out,
        });
        Ok(all.filter(|carried| carried.balance != 0 || carried.returned != 0).collect())
    }

    /// Founds the community that goes on from this one; nothing here changes.
    pub fn refound(&self, founding: &Founding<'_>, common: &Common, output: &mut Output) -> Result<Written, Failure> {
        let log = self.store.log()?.ok_or_else(|| Failure::could("there is no community to go on from"))?;
        let charter =
            Charter::read(founding.rules).map_err(|e| Failure::usage(format!("the rules do not hold: {e}")))?;
        let mut openings = Vec::new();
        for carried in self.carried()?.iter().filter(|carried| carried.opening() != 0) {
            let (code, places) = (&carried.unit.unit, carried.unit.base.lower.places());
            match charter.units.iter().find(|def| def.unit == *code) {
                Some(def) if def.base.lower.places() == places => {}
                Some(_) => {
                    return Err(Failure::usage(format!("the rules give `{code}` other decimals"))
                        .hint(format!("it has {places}: units go on as they are")));
                }
                None => {
                    return Err(Failure::usage(format!("the rules have no unit `{code}`, and accounts hold it")).hint(
                        "`members rules diff` shows what the document lacks: add it, and give the file by --template",
                    ));
                }
            }
            let amount = Amount::new(carried.opening().saturating_abs(), places);
            let amount = amount.map_err(|e| Failure::could(e.to_string()))?;
            let owes = carried.opening() < 0;
            openings.push(Opening { account: carried.account.clone(), unit: code.clone(), amount, owes });
        }
        if openings.len() > event::MAX_OPENINGS {
            return Err(Failure::could(format!("more than {} accounts hold something", event::MAX_OPENINGS))
                .hint("settle small balances first"));
        }
        openings.sort_by(|a, b| (&a.account, &a.unit).cmp(&(&b.account, &b.unit)));
        let refounds = Refounds { log, entry: self.store.register()?, openings };
        found_with(common, founding, Some(refounds), output)
    }
}
