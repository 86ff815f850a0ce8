//! `[display]`: what of the books the tools show to whom. The log itself is open to whoever can read the repository.

use std::fmt;
use std::str::FromStr;

use event::{Malformed, harmless_line};

use super::reader::Field;

/// To whom the tools show a member's balance and movements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sight {
    /// To all members.
    #[default]
    Members,
    /// To the member, and to treasurers.
    Owner,
}

impl fmt::Display for Sight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sight::Members => "members",
            Sight::Owner => "owner",
        })
    }
}

impl FromStr for Sight {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "members" => Ok(Sight::Members),
            "owner" => Ok(Sight::Owner),
            other => Err(Malformed::new(format!("`{}` is neither members nor owner", harmless_line(other)))),
        }
    }
}

/// Whose balances are shown to whom.
pub(super) fn balances(field: Option<Field<'_, '_>>) -> Sight {
    let table = field.and_then(|field| field.table(&["balances"]));
    table.and_then(|table| table.get("balances")?.parse()).unwrap_or_default()
}
