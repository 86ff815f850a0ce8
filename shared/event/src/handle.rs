//! What people are called: handles of members, and the accounts that carry such names.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

use crate::Malformed;

/// The longest handle, in characters.
pub const MAX_HANDLE: usize = 32;

/// The letters that a handle may hold besides `a`–`z`, `0`–`9` and `-`.
pub const OTHER_LETTERS: &str = "àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿßāăąćčďđēĕėęěğģīįıķĺľļłńňņōőœŕřśšşșťțţūůűųźżž";

/// A member's name in the community: 1 to 32 of `a`–`z`, `0`–`9`, `-` and [`OTHER_LETTERS`]; no `-` at
/// either end, no two in a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

/// An account: a member's, written as the handle, or the community's, written `@name`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Account {
    /// Kept by the member's device.
    Member(Handle),
    /// Kept by the treasurer's device: `@commons`, projects, households.
    Common(Handle),
}

impl Handle {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the handle looks like at a glance: accents gone, letters and digits that are easily taken for
    /// each other made one. Two members never share it.
    pub fn glance(&self) -> String {
        let plain = self.0.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
        let mut shape = String::with_capacity(self.0.len());
        for c in plain {
            match c {
                'ß' => shape.push_str("ss"),
                'æ' => shape.push_str("ae"),
                'œ' => shape.push_str("oe"),
                'þ' => shape.push('p'),
                'ð' | 'đ' => shape.push('d'),
                'ø' | '0' => shape.push('o'),
                'ł' | 'ı' | 'i' | '1' => shape.push('l'),
                '-' => {}
                other => shape.push(other),
            }
        }
        shape.replace("rn", "m").replace("vv", "w")
    }
}

impl FromStr for Handle {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let no = |why: &str| Err(Malformed::new(format!("`{}` is not a handle: {why}", crate::harmless_line(text))));
        let length = text.chars().take(MAX_HANDLE.saturating_add(1)).count();
        if length == 0 || length > MAX_HANDLE {
            return no("it has 1 to 32 letters");
        }
        if text.starts_with('-') || text.ends_with('-') || text.contains("--") {
            return no("`-` stands between two letters");
        }
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || OTHER_LETTERS.contains(c);
        match text.chars().all(letter) {
            true => Ok(Handle(text.to_owned())),
            false => no("it is made of small letters, digits and `-`"),
        }
    }
}

impl FromStr for Account {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.strip_prefix('@') {
            Some(name) => name.parse().map(Account::Common),
            None => text.parse().map(Account::Member),
        }
    }
}

impl Account {
    /// The community's own account, which exists from the beginning.
    pub fn commons() -> Self {
        Account::Common(Handle("commons".to_owned()))
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Account::Member(handle) => write!(f, "{handle}"),
            Account::Common(name) => write!(f, "@{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_names_are_handles() {
        for good in ["a", "maria", "zoë", "jo-2", "straße", "łukasz"] {
            assert!(good.parse::<Handle>().is_ok(), "{good}");
        }
        for bad in ["", "Maria", "-a", "a-", "a--b", "a b", "m\u{430}ria", "@a", "a@b", "e\u{301}"] {
            assert!(bad.parse::<Handle>().is_err(), "{bad}");
        }
        assert!("é".repeat(33).parse::<Handle>().is_err());
    }

    #[test]
    fn every_other_letter_is_one_code_point_in_normal_form() {
        assert!(unicode_normalization::is_nfc(OTHER_LETTERS));
        assert!(OTHER_LETTERS.chars().all(char::is_lowercase));
    }

    #[test]
    fn names_that_look_alike() {
        let alike = [("zoë", "zoe"), ("bil1", "bill"), ("b0b", "bob"), ("amie", "arnie"), ("jo-2", "jo2")];
        for (a, b) in alike {
            assert_eq!(a.parse::<Handle>().unwrap().glance(), b.parse::<Handle>().unwrap().glance());
        }
    }
}
