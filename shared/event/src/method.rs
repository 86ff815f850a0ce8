//! How a poll is counted: the name of the method, its rule and its numbers, in one line of the opening event.

use std::fmt;
use std::str::FromStr;

use crate::Malformed;

/// The most options of a poll.
pub const MAX_OPTIONS: usize = 200;

/// The highest number in a method: a score, a budget of dots.
pub const MAX_POINTS: u32 = 10_000;

/// What a ballot of a method looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One answer: yes, no; agree, disagree, block.
    Answer,
    /// A set of options.
    Marks,
    /// Options in order, some perhaps equal, some left out.
    Ranking,
    /// A number for each of some options.
    Points,
    /// When somebody can come.
    Slots,
}

/// Which numbers a method has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    None,
    /// `1..3`
    Range,
    /// `10`
    One,
}

/// A method: name, form of the ballot, the rules that it can be counted by, its numbers.
type Row = (&'static str, Form, &'static [&'static str], Numbers);

/// The methods of counting; `rules(7)` defines each.
const METHODS: [Row; 13] = [
    ("yesno", Form::Answer, &[], Numbers::None),
    ("consent", Form::Answer, &[], Numbers::None),
    ("choose", Form::Marks, &[], Numbers::Range),
    ("approval", Form::Marks, &["av", "sav", "pav", "seqpav"], Numbers::None),
    ("score", Form::Points, &["sum", "mean"], Numbers::Range),
    ("dots", Form::Points, &[], Numbers::One),
    ("borda", Form::Ranking, &["0-average", "0-zero", "1-average", "1-zero"], Numbers::None),
    ("irv", Form::Ranking, &["one-at-a-time"], Numbers::None),
    ("stv", Form::Ranking, STV, Numbers::None),
    ("schulze", Form::Ranking, &["wv", "margins"], Numbers::None),
    ("ranked-pairs", Form::Ranking, &["wv", "margins"], Numbers::None),
    ("star", Form::Points, &[], Numbers::One),
    ("time", Form::Slots, &[], Numbers::None),
];

const STV: &[&str] = &[
    "scottish",
    "wigm-prf",
    "meek-prf",
    "meek",
    "wigm-droop",
    "wigm-hare",
    "wigm-hagenbach-bischoff",
    "wigm-imperiali",
    "rctab-droop",
    "rctab-hare",
];

/// A method of counting with all that it needs to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Method {
    name: &'static str,
    rule: Option<&'static str>,
    low: u32,
    high: u32,
}

impl Method {
    /// Yes or no.
    pub const YESNO: Method = Method { name: "yesno", rule: None, low: 0, high: 0 };

    /// The names of all methods.
    pub fn names() -> impl Iterator<Item = &'static str> {
        METHODS.iter().map(|row| row.0)
    }

    /// The rules by which a method can be counted, the usual one first.
    pub fn rules(name: &str) -> &'static [&'static str] {
        METHODS.iter().find(|row| row.0 == name).map_or(&[], |row| row.2)
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its rule, where it has several.
    pub fn rule(&self) -> Option<&'static str> {
        self.rule
    }

    /// The lowest and the highest of its numbers: how many marks, which scores; of dots and STAR the highest only.
    pub fn numbers(&self) -> (u32, u32) {
        (self.low, self.high)
    }

    /// What its ballots look like.
    pub fn form(&self) -> Form {
        self.row().map_or(Form::Answer, |row| row.1)
    }

    fn row(&self) -> Option<&'static Row> {
        METHODS.iter().find(|row| row.0 == self.name)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(rule) = self.rule {
            write!(f, " {rule}")?;
        }
        match self.row().map_or(Numbers::None, |row| row.3) {
            Numbers::None => Ok(()),
            Numbers::Range => write!(f, " {}..{}", self.low, self.high),
            Numbers::One => write!(f, " {}", self.high),
        }
    }
}

impl FromStr for Method {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || {
            let shown = crate::harmless_line(text);
            Malformed::new(format!(
                "`{shown}` is no method such as `yesno`, `stv scottish`, `score sum 0..5`, `dots 10`"
            ))
        };
        let mut words = text.split(' ');
        let name = words.next().unwrap_or("");
        let row = METHODS.iter().find(|row| row.0 == name).ok_or_else(bad)?;
        let rule = match row.2 {
            [] => None,
            rules => {
                let said = words.next().ok_or_else(bad)?;
                Some(*rules.iter().find(|rule| **rule == said).ok_or_else(bad)?)
            }
        };
        let (low, high) = match row.3 {
            Numbers::None => (0, 0),
            Numbers::One => (0, number(words.next().ok_or_else(bad)?).ok_or_else(bad)?),
            Numbers::Range => {
                let (low, high) = words.next().and_then(|range| range.split_once("..")).ok_or_else(bad)?;
                (number(low).ok_or_else(bad)?, number(high).ok_or_else(bad)?)
            }
        };
        let none = row.3 == Numbers::None;
        match words.next().is_none() && low <= high && (none || high > 0) {
            true => Ok(Method { name: row.0, rule, low, high }),
            false => Err(bad()),
        }
    }
}

/// A number without a needless zero in front, at most [`MAX_POINTS`].
pub(crate) fn number(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|n| plain && *n <= MAX_POINTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let good = ["yesno", "consent", "choose 1..3", "approval av", "score sum 0..5", "dots 10", "borda 1-average"];
        let more = ["irv one-at-a-time", "stv meek", "stv wigm-hare", "schulze wv", "star 5", "time"];
        for text in good.into_iter().chain(more) {
            assert_eq!(text.parse::<Method>().unwrap().to_string(), text);
        }
        let bad =
            ["", "yesno ", "yes", "stv", "stv steve", "choose", "choose 3..1", "choose 01..3", "dots 0", "dots -1"];
        for text in bad.into_iter().chain(["score sum 0..0", "star 10001", "time 3", "score 0..5", "yesno 1"]) {
            assert!(text.parse::<Method>().is_err(), "{text}");
        }
    }
}
