//! `[contribution]`: the share of each payment that goes to the community.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use event::{Account, Malformed, Ratio, Unit};

use super::reader::Field;
use super::share::share;
use super::units::Units;

/// A contribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contribution {
    /// Of the amount paid.
    pub share: Ratio,
    /// To which account of the community.
    pub to: Account,
    /// In which units; none means all.
    pub units: BTreeSet<Unit>,
}

/// `share account`, and the units where not all are meant.
impl fmt::Display for Contribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.share, self.to)?;
        self.units.iter().try_for_each(|unit| write!(f, " {unit}"))
    }
}

impl FromStr for Contribution {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut words = text.split(' ');
        let mut next = || words.next().ok_or_else(|| Malformed::new("a contribution has a share and an account"));
        let (share, to) = (next()?.parse()?, next()?.parse()?);
        Ok(Contribution { share, to, units: words.map(Unit::from_str).collect::<Result<_, _>>()? })
    }
}

pub(super) fn read(field: Option<Field<'_, '_>>, units: &Units) -> Option<Contribution> {
    let table = field?.table(&["share", "to", "units"])?;
    let to = match table.get("to") {
        None => Account::commons(),
        Some(field) => match field.parse()? {
            account @ Account::Common(_) => account,
            Account::Member(_) => field.fails("goes to an account of the community, such as `@commons`")?,
        },
    };
    let listed = table.get("units").map(|field| field.list()).unwrap_or_default();
    let units = listed.iter().filter_map(|field| units.named(field)).collect();
    let field = table.need("share")?;
    let share = field.with(share)?;
    if share.parts().0 == 0 {
        field.no("a contribution of nothing: leave the table out");
    }
    Some(Contribution { share, to, units })
}
