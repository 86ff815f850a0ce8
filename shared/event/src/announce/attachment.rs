//! A file that belongs to a post and lies elsewhere: its hash is signed, so whoever fetches it can tell it is the one.

use std::fmt;
use std::str::FromStr;

use crate::{Checksum, Line, Malformed};

/// The most files of one post.
pub const MAX_ATTACHMENTS: usize = 16;

const MAX_LINK: usize = 400;

/// A file: the SHA-256 of its bytes, where it can be had, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Attachment {
    /// What its bytes must hash to.
    pub hash: Checksum,
    /// Where it lies: a link of printable ASCII without spaces, `https://…`, `mailto:…`.
    pub link: String,
    /// What it is called.
    pub name: Line,
}

impl fmt::Display for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.hash, self.link, self.name)
    }
}

impl FromStr for Attachment {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut parts = text.splitn(3, ' ');
        let (Some(hash), Some(link), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Malformed::new("an attachment is a hash, a link and a name"));
        };
        let (hash, name) = (hash.parse()?, name.parse()?);
        let scheme = link.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
        let named = scheme.starts_with(|c: char| c.is_ascii_lowercase())
            && scheme.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b));
        let plain = link.bytes().all(|b| b.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&b));
        match named && plain && link.len() <= MAX_LINK {
            true => Ok(Attachment { hash, link: link.to_owned(), name }),
            false => Err(Malformed::new(format!("`{}` is not a link", crate::harmless_line(link)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_lines_are_attachments() {
        let hash = "a".repeat(64);
        for good in ["https://example.org/a?b=c#d The plan.pdf", "file:///a b", "mailto:a@b c"] {
            let text = format!("{hash} {good}");
            assert_eq!(text.parse::<Attachment>().unwrap().to_string(), text);
        }
        for bad in ["", "https://a", "a b", "HTTP://a b", "https://\u{e9} b", "https://a\"b c", ":a b", "1a:b c"] {
            assert!(format!("{hash} {bad}").parse::<Attachment>().is_err(), "{bad}");
        }
        assert!(format!("{hash} https://{} x", "a".repeat(MAX_LINK)).parse::<Attachment>().is_err());
        assert!(format!("{} https://a b", "g".repeat(64)).parse::<Attachment>().is_err());
    }
}
