//! Text that people wrote: what may be signed, and how to show it without letting it touch the terminal.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory as G, UnicodeGeneralCategory};

use crate::Malformed;

const MAX_LINE: usize = 512;
const MAX_TEXT: usize = 32 * 1024;
const SCISSORS: &str = "# ------------------------ >8 ------------------------";

/// One line of text: NFC, no control characters, not empty, no space at its ends, at most 512 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(String);

/// Free text of several lines: as [`Line`], with line feeds, at most 32 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text(String);

fn admissible(text: &str, max: usize, line_feeds: bool) -> Result<(), Malformed> {
    let no = |why: &str| Err(Malformed::new(why));
    if text.is_empty() {
        return no("empty text");
    }
    if text.len() > max {
        return Err(Malformed::new(format!("text of {} bytes, at most {max} are allowed", text.len())));
    }
    if text.trim() != text {
        return no("text that begins or ends with white space");
    }
    // Git reads no trailers in a message that holds its cut line.
    if text.contains(SCISSORS) {
        return no("text with git's cut line `>8`");
    }
    // ASCII needs none of what follows but the control characters.
    if text.is_ascii() {
        return match text.bytes().all(|b| (b == b'\n' && line_feeds) || !b.is_ascii_control()) {
            true => Ok(()),
            false => no("control character in text"),
        };
    }
    for c in text.chars() {
        match c.general_category() {
            _ if c == '\n' && line_feeds => {}
            G::Control | G::LineSeparator | G::ParagraphSeparator => return no("control character in text"),
            G::Unassigned => return no("unassigned code point in text"),
            _ => {}
        }
    }
    if !is_nfc(text) {
        return no("text is not in Unicode normal form C");
    }
    Ok(())
}

impl FromStr for Line {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        admissible(text, MAX_LINE, false).map(|()| Line(text.to_owned()))
    }
}

impl FromStr for Text {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        admissible(text, MAX_TEXT, true).map(|()| Text(text.to_owned()))
    }
}

impl Line {
    /// The text, raw: pass it through [`harmless`] before a terminal sees it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a person typed, brought into normal form: tabs and other white space at the ends go.
    pub fn tidy(typed: &str) -> Result<Self, Malformed> {
        tidied(typed).parse()
    }
}

impl Text {
    /// The text, raw: pass it through [`harmless`] before a terminal sees it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a person typed or a file held, brought into normal form: LF line ends, tabs as spaces.
    pub fn tidy(typed: &str) -> Result<Self, Malformed> {
        tidied(typed).parse()
    }
}

fn tidied(typed: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let plain = typed.replace("\r\n", "\n").replace('\t', "    ");
    plain.trim().nfc().collect()
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A copy that cannot touch the terminal or reorder what stands beside it: control, format and
/// separator characters (escape sequences, bidi overrides, invisible marks) become `\u{…}`; line feeds
/// stay, the joiner inside an emoji too.
pub fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let plain = c == '\n' || (c.is_ascii() && !c.is_ascii_control()) || c == '\u{200d}';
        let bad = !plain
            && matches!(
                c.general_category(),
                G::Control | G::Format | G::LineSeparator | G::ParagraphSeparator | G::Unassigned | G::PrivateUse
            );
        match bad {
            true => safe.extend(c.escape_unicode()),
            false => safe.push(c),
        }
    }
    safe
}

/// The same for a place within a line: line feeds are shown, and what is very long is cut.
pub fn harmless_line(text: &str) -> String {
    let (text, more) = match text.char_indices().nth(200) {
        Some((end, _)) => (&text[..end], "…"),
        None => (text, ""),
    };
    harmless(text).replace('\n', "\\n") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_signed() {
        let yes = ["a", "Straße 5", "قهوة", "👩\u{200d}🌾"];
        let no = ["", " a", "a ", "a\tb", "a\nb", "\u{1b}[31m", "e\u{301}", "\u{0378}", "a\u{2028}b", "\u{85}x"];
        for text in yes {
            assert!(text.parse::<Line>().is_ok(), "{text:?}");
        }
        for text in no {
            assert!(text.parse::<Line>().is_err(), "{text:?}");
        }
        assert!("a\n\nb".parse::<Text>().is_ok());
        assert!("x".repeat(513).parse::<Line>().is_err());
    }

    #[test]
    fn what_reaches_the_terminal() {
        assert_eq!(harmless("\u{1b}[2Jx\u{202e}y\u{7}"), "\\u{1b}[2Jx\\u{202e}y\\u{7}");
        assert_eq!(harmless("Straße\n👩\u{200d}🌾"), "Straße\n👩\u{200d}🌾");
    }

    #[test]
    fn both_tables_speak_of_one_unicode() {
        // The format pins the Unicode version; two tables of different age would disagree about text.
        let (a, b, c) = unicode_properties::UNICODE_VERSION;
        let (x, y, z) = unicode_normalization::UNICODE_VERSION;
        assert_eq!((a, b, c), (x.into(), y.into(), z.into()));
        assert_eq!((a, b), (18, 0), "a newer Unicode is a newer format");
    }
}
