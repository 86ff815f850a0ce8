//! `[membership]`: how newcomers come in, and which kinds of members vote.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use event::{KindOfMember, Malformed};

use super::reader::Field;

/// How newcomers ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Admission {
    /// Anyone who has the address can ask.
    #[default]
    Request,
    /// Only with an invitation.
    Invitation,
}

pub(super) fn read(field: Option<Field<'_, '_>>) -> (Admission, BTreeSet<KindOfMember>) {
    let everyone = || BTreeSet::from(KindOfMember::ALL);
    let Some(table) = field.and_then(|field| field.table(&["admission", "voting"])) else {
        return (Admission::default(), everyone());
    };
    let admission = table.get("admission").and_then(|field| field.parse()).unwrap_or_default();
    let voting = match table.get("voting") {
        None => everyone(),
        Some(field) => {
            let kinds: BTreeSet<KindOfMember> = field.list().iter().filter_map(Field::parse).collect();
            if field.list().is_empty() {
                field.no("somebody must have a vote");
            }
            kinds
        }
    };
    (admission, voting)
}

impl fmt::Display for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Admission::Request => "request",
            Admission::Invitation => "invitation",
        })
    }
}

impl FromStr for Admission {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "request" => Ok(Admission::Request),
            "invitation" => Ok(Admission::Invitation),
            _ => Err(Malformed::new("admission is by `request` or by `invitation`")),
        }
    }
}
