//! Roles that members hold, and the kinds of members that there are.

use std::fmt;
use std::str::FromStr;

use crate::Malformed;
use crate::fields::Reader;

/// A role in the community.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Acknowledges and approves.
    Steward,
    /// Any other, by its name: `treasurer`, `assessor`, `teller`, or one of the rules document's.
    Other(RoleName),
}

/// The name of a role other than steward: 1 to 32 of `a`–`z`, `0`–`9` and `-`, a letter first, no `-` at the end
/// and no two in a row. Not `secretary`, which is an office of its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleName(String);

/// The roles besides steward that every community has.
pub const ROLES: [&str; 3] = ["assessor", "teller", "treasurer"];

const MAX_ROLE: usize = 32;

impl RoleName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RoleName {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let no = |why: &str| Err(Malformed::new(format!("`{}` is not a role: {why}", crate::harmless_line(text))));
        if text.is_empty() || text.len() > MAX_ROLE || !text.starts_with(|c: char| c.is_ascii_lowercase()) {
            return no("it has 1 to 32 letters and begins with one");
        }
        if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return no("it is made of small letters, digits and `-`");
        }
        if text.ends_with('-') || text.contains("--") {
            return no("`-` stands between two letters");
        }
        match text {
            "steward" | "secretary" => no("the name has a meaning of its own"),
            _ => Ok(RoleName(text.to_owned())),
        }
    }
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Role {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "steward" => Ok(Role::Steward),
            other => other.parse().map(Role::Other),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Role::Steward => f.write_str("steward"),
            Role::Other(name) => write!(f, "{name}"),
        }
    }
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum KindOfMember {
    /// One human being; the kind where none is said.
    #[default]
    Person,
    /// An association, a firm, another co-operative.
    Organisation,
    /// Several who share one account and one vote.
    Household,
}

impl KindOfMember {
    /// Every kind.
    pub const ALL: [KindOfMember; 3] = [KindOfMember::Person, KindOfMember::Organisation, KindOfMember::Household];

    /// The value of an `As:` line, which a person has not.
    pub(crate) fn said(self) -> Option<Self> {
        (self != KindOfMember::Person).then_some(self)
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        match from.maybe("As")? {
            Some(KindOfMember::Person) => Err(Malformed::new("`As` is left out for a person")),
            Some(kind) => Ok(kind),
            None => Ok(KindOfMember::Person),
        }
    }
}

impl fmt::Display for KindOfMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KindOfMember::Person => "person",
            KindOfMember::Organisation => "organisation",
            KindOfMember::Household => "household",
        })
    }
}

impl FromStr for KindOfMember {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "person" => Ok(KindOfMember::Person),
            "organisation" => Ok(KindOfMember::Organisation),
            "household" => Ok(KindOfMember::Household),
            _ => Err(Malformed::new("a member is a person, an organisation or a household")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_names_are_roles() {
        for good in ["steward", "treasurer", "on-call", "r2"] {
            assert_eq!(good.parse::<Role>().unwrap().to_string(), good);
        }
        for bad in ["", "secretary", "Steward", "on call", "-a", "a-", "a--b", "2r", "kök"] {
            assert!(bad.parse::<Role>().is_err(), "{bad}");
        }
    }
}
