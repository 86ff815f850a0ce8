//! `[caps.CODE]`: how much a member may pay in a day, a week, a month.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use event::{Amount, Malformed, Unit};

use super::reader::Field;
use super::units::{Units, decimals};

/// The periods by name, and how many days each has.
const PERIODS: [(&str, i64); 3] = [("day", 1), ("week", 7), ("month", 30)];

const DAY: i64 = 24 * 60 * 60;

/// The most that a member may pay in a unit within spans of time; at least one of them has a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caps {
    /// Within one day.
    pub day: Option<Amount>,
    /// Within seven days.
    pub week: Option<Amount>,
    /// Within thirty days.
    pub month: Option<Amount>,
}

impl Caps {
    /// Each bound: the name of its span, the span in seconds, the amount; the shortest span first.
    pub fn bounds(&self) -> impl Iterator<Item = (&'static str, i64, Amount)> {
        let all = PERIODS.into_iter().zip([self.day, self.week, self.month]);
        all.filter_map(|((name, days), most)| Some((name, days.saturating_mul(DAY), most?)))
    }
}

/// `day week month`, with `-` where there is no bound.
impl fmt::Display for Caps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |most: Option<Amount>| most.map_or_else(|| "-".to_owned(), |most| most.to_string());
        write!(f, "{} {} {}", word(self.day), word(self.week), word(self.month))
    }
}

impl FromStr for Caps {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut words = text.splitn(PERIODS.len(), ' ');
        let mut next = || match words.next() {
            Some("-") => Ok(None),
            Some(most) => most.parse().map(Some),
            None => Err(Malformed::new("caps are of a day, a week and a month")),
        };
        Ok(Caps { day: next()?, week: next()?, month: next()? })
    }
}

/// The caps, by unit.
pub(super) fn read(field: Option<Field<'_, '_>>, units: &Units) -> BTreeMap<Unit, Caps> {
    units.each("caps", field, caps)
}

fn caps(field: Field<'_, '_>, unit: &Unit, units: &Units) -> Option<Caps> {
    let table = field.table(&PERIODS.map(|(name, _)| name))?;
    let base = units.def(unit)?.base;
    let most = |name: &str| -> Option<Option<Amount>> {
        let Some(field) = table.get(name) else { return Some(None) };
        let most: Amount = field.parse()?;
        decimals(&field, most, base.lower);
        if most.minor() == 0 {
            field.no("a cap of nothing: nobody could pay");
        }
        Some(Some(most))
    };
    if PERIODS.iter().all(|(name, _)| table.get(name).is_none()) {
        table.no("caps nothing: it needs `day`, `week` or `month`");
    }
    Some(Caps { day: most("day")?, week: most("week")?, month: most("month")? })
}
