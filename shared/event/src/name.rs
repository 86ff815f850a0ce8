//! Names that a community chooses: of assets, of categories.

use std::fmt;
use std::str::FromStr;

use crate::Malformed;

const MAX: usize = 32;

/// 1 to 32 of `a`–`z`, `0`–`9` and `-`, a letter first, no `-` at the end and no two in a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let fits = text.len() <= MAX
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.ends_with('-')
            && !text.contains("--");
        match fits {
            true => Ok(Name(text.to_owned())),
            false => Err(Malformed::new(format!(
                "`{}` is no name: 1 to {MAX} small letters a-z, digits and `-`, a letter first",
                crate::harmless_line(text)
            ))),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_are_names() {
        for good in ["a", "solar", "gb-months", "x2"] {
            assert_eq!(good.parse::<Name>().unwrap().to_string(), good);
        }
        for bad in ["", "2x", "Solar", "a-", "-a", "a--b", "a b", "é"] {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
        assert!("a".repeat(33).parse::<Name>().is_err());
    }
}
