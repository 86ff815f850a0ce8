//! The profile event: all that the log ever holds of a member's personal data (protocol, section 10).

use crate::Commitment;
use crate::fields::{Malformed, Reader, Writer};

/// A member has set or erased the own personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// What the document must hash to; none once it is erased.
    pub commitment: Option<Commitment>,
}

impl Profile {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.maybe("Commitment", self.commitment);
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(Profile { commitment: from.maybe("Commitment")? })
    }

    pub(crate) fn subject(&self) -> String {
        match self.commitment {
            Some(_) => "set the own profile".to_owned(),
            None => "erase the own profile".to_owned(),
        }
    }
}
