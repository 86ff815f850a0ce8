//! `[contribution]`: the share of each payment that goes to the community.

use std::collections::BTreeSet;

use event::{Account, Ratio, Unit};

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
