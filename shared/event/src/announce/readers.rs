//! For whom a private post is, and the keys by which members can read such posts.

use std::fmt;
use std::str::FromStr;

use crate::fields::{Malformed, Reader, Writer};
use crate::{Handle, Role};

/// The most `For` lines of a post.
pub const MAX_READERS: usize = 64;

/// Some who can read a private post: a member, or whoever holds a role when it is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Readers {
    /// One member, written as the handle.
    Member(Handle),
    /// The holders of a role, written `role steward`.
    Role(Role),
}

/// An age recipient with an X25519 key: `age1` and 58 letters and digits of Bech32.
///
/// Only the form is checked here. A wrong checksum makes a key that nobody encrypts to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Recipient(String);

/// A member publishes the key to which private posts are encrypted for it, or withdraws it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingKey {
    /// The key; none once it is withdrawn.
    pub key: Option<Recipient>,
}

impl Recipient {
    /// As age writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Readers::Member(handle) => write!(f, "{handle}"),
            Readers::Role(role) => write!(f, "role {role}"),
        }
    }
}

impl FromStr for Readers {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.strip_prefix("role ") {
            Some(role) => role.parse().map(Readers::Role),
            None => text.parse().map(Readers::Member),
        }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Recipient {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let data = text.strip_prefix("age1").filter(|data| data.len() == 58);
        match data.is_some_and(|data| data.bytes().all(|b| b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(&b))) {
            true => Ok(Recipient(text.to_owned())),
            false => Err(Malformed::new(format!("`{}` is not an age recipient", crate::harmless_line(text)))),
        }
    }
}

impl ReadingKey {
    pub(crate) fn put(&self, out: &mut Writer) {
        out.maybe("Key", self.key.as_ref());
    }

    pub(crate) fn take(from: &mut Reader<'_>) -> Result<Self, Malformed> {
        Ok(ReadingKey { key: from.maybe("Key")? })
    }

    pub(crate) fn subject(&self) -> String {
        match self.key {
            Some(_) => "publish a key for private posts".to_owned(),
            None => "withdraw the key for private posts".to_owned(),
        }
    }
}
