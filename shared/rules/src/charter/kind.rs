//! The kinds of members that there are.

use std::fmt;
use std::str::FromStr;

use event::Malformed;

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
