//! `[membership]`: how newcomers come in, and which kinds of members vote, with how many votes.

use std::collections::BTreeMap;
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

/// The most votes of one member.
const MAX_VOTES: u32 = 1000;

/// How newcomers ask, and how many votes a member of each kind has that has any.
pub(super) fn read(field: Option<Field<'_, '_>>) -> (Admission, BTreeMap<KindOfMember, u32>) {
    let everyone = || KindOfMember::ALL.into_iter().map(|kind| (kind, 1)).collect();
    let Some(table) = field.and_then(|field| field.table(&["admission", "voting", "votes"])) else {
        return (Admission::default(), everyone());
    };
    let admission = table.get("admission").and_then(|field| field.parse()).unwrap_or_default();
    let mut voting: BTreeMap<KindOfMember, u32> = match table.get("voting") {
        None => everyone(),
        Some(field) => {
            if field.list().is_empty() {
                field.no("somebody must have a vote");
            }
            field.list().iter().filter_map(Field::parse).map(|kind| (kind, 1)).collect()
        }
    };
    let kinds = KindOfMember::ALL.map(|kind| kind.to_string());
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    if let Some(votes) = table.get("votes").and_then(|field| field.table(&kinds)) {
        for kind in KindOfMember::ALL {
            let Some(field) = votes.get(&kind.to_string()) else { continue };
            match voting.get_mut(&kind) {
                None => field.no("has no vote by `voting`"),
                Some(has) => *has = field.with(number).unwrap_or(*has),
            }
        }
    }
    (admission, voting)
}

/// A whole number of votes.
fn number(text: &str) -> Result<u32, Malformed> {
    let plain = !text.starts_with('0') && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|n| plain && *n <= MAX_VOTES);
    number.ok_or_else(|| Malformed::new(format!("a number of votes is a whole one from 1 to {MAX_VOTES}")))
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
