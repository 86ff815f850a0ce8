//! `[authority]`: who must agree to each kind of change.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use event::{Base, Malformed, Ratio, Threshold, harmless_line};

use super::reader::Field;
use super::share::share;

/// The changes of the register by name, in the order of the alphabet.
pub const CHANGES: [&str; 17] = [
    "account",
    "admit",
    "confirm",
    "cut",
    "expel",
    "leave",
    "limit",
    "mandate",
    "move",
    "opening",
    "reinstate",
    "rekey",
    "role",
    "rules",
    "secretary",
    "suspend",
    "unit",
];

/// The changes that last and can do harm: never less than the quorum.
const GRAVE: [&str; 8] = ["cut", "expel", "opening", "rekey", "reinstate", "rules", "secretary", "suspend"];

/// The methods that count more than yes and no, and so cannot pass a motion yet.
const NOT_FOR_MOTIONS: [&str; 12] = [
    "approval",
    "borda",
    "choose",
    "consent",
    "dots",
    "irv",
    "ranked-pairs",
    "schulze",
    "score",
    "star",
    "stv",
    "time",
];

const OF_ALL: &str = "-of-all";

/// What a kind of change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// The secretary alone.
    Secretary,
    /// One steward, who may be the secretary.
    OneSteward,
    /// A quorum of the stewards.
    Quorum,
    /// A poll of the members by yes and no that passes, and then the quorum, which confirms its count.
    Poll {
        /// What passes it.
        threshold: Threshold,
    },
}

impl Authority {
    /// The same, but never less than the quorum.
    pub fn at_least_quorum(self) -> Self {
        match self {
            Authority::Secretary | Authority::OneSteward => Authority::Quorum,
            Authority::Quorum | Authority::Poll { .. } => self,
        }
    }
}

/// The authority of every change: the table's, or the default.
pub(super) fn read(field: Option<Field<'_, '_>>) -> BTreeMap<String, Authority> {
    let mut all: BTreeMap<String, Authority> =
        CHANGES.iter().map(|change| ((*change).to_owned(), default(change))).collect();
    let Some(table) = field.and_then(|field| field.table(&CHANGES)) else { return all };
    for (change, place) in &mut all {
        let Some(field) = table.get(change) else { continue };
        let Some(authority) = one(&field) else { continue };
        if GRAVE.contains(&change.as_str()) && authority != authority.at_least_quorum() {
            field.no("such a change needs `quorum` or a poll, never less");
        }
        *place = authority;
    }
    all
}

/// An authority where one is asked for.
pub(super) fn one(field: &Field<'_, '_>) -> Option<Authority> {
    let authority = field.parse()?;
    if let Authority::Poll { threshold } = authority {
        check(field, threshold);
    }
    Some(authority)
}

/// A threshold lets no minority decide and can be reached.
pub(super) fn check(field: &Field<'_, '_>, threshold: Threshold) {
    let (over, under) = threshold.share.parts();
    if over.saturating_mul(2) < under {
        field.no("a threshold is at least 1/2: less lets a minority decide");
    }
    if threshold.more_than && over == under {
        field.no("nothing is more than all");
    }
}

fn default(change: &str) -> Authority {
    match change {
        "admit" => Authority::OneSteward,
        "leave" | "move" => Authority::Secretary,
        _ => Authority::Quorum,
    }
}

/// A threshold in one word: `2/3` (at least), `>1/2` (more than), of the votes cast; `1/2-of-all`, of all who may
/// vote.
pub(super) fn threshold(word: &str) -> Result<Threshold, Malformed> {
    let (rest, base) = match word.strip_suffix(OF_ALL) {
        Some(rest) => (rest, Base::Electorate),
        None => (word, Base::Cast),
    };
    let (rest, more_than) = match rest.strip_prefix('>') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let share: Ratio = share(rest).map_err(|_| {
        Malformed::new(format!("`{}` is no threshold such as `2/3`, `>1/2` or `1/2-of-all`", harmless_line(word)))
    })?;
    Ok(Threshold { share, more_than, base })
}

/// What [`threshold`] reads.
pub(super) fn word(threshold: Threshold) -> String {
    let more = if threshold.more_than { ">" } else { "" };
    let base = match threshold.base {
        Base::Cast => "",
        Base::Electorate => OF_ALL,
    };
    format!("{more}{}{base}", threshold.share)
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Authority::Secretary => f.write_str("secretary"),
            Authority::OneSteward => f.write_str("1 steward"),
            Authority::Quorum => f.write_str("quorum"),
            Authority::Poll { threshold } => write!(f, "poll:yesno:{}", word(*threshold)),
        }
    }
}

impl FromStr for Authority {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "secretary" => return Ok(Authority::Secretary),
            "1 steward" => return Ok(Authority::OneSteward),
            "quorum" => return Ok(Authority::Quorum),
            _ => {}
        }
        let bad = || {
            Malformed::new(format!(
                "`{}` is none of `secretary`, `1 steward`, `quorum` or a poll such as `poll:yesno:2/3`",
                harmless_line(text)
            ))
        };
        let (method, share) = text.strip_prefix("poll:").and_then(|poll| poll.split_once(':')).ok_or_else(bad)?;
        match method {
            "yesno" => Ok(Authority::Poll { threshold: threshold(share)? }),
            other if NOT_FOR_MOTIONS.contains(&other) => {
                Err(Malformed::new(format!("a poll by `{other}` cannot pass a motion; `yesno` can: `poll:yesno:2/3`")))
            }
            _ => Err(bad()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_there_and_back() {
        let table = [
            "secretary",
            "1 steward",
            "quorum",
            "poll:yesno:2/3",
            "poll:yesno:>1/2",
            "poll:yesno:1/2-of-all",
            "poll:yesno:>3/4-of-all",
        ];
        for text in table {
            assert_eq!(text.parse::<Authority>().unwrap().to_string(), text);
        }
        assert_eq!("poll:yesno:75%".parse::<Authority>().unwrap().to_string(), "poll:yesno:3/4");
        for text in ["", "2 stewards", "poll", "poll:yesno", "poll:yesno:", "poll:yesno:2/3 ", "poll:thing:1/2"] {
            assert!(text.parse::<Authority>().is_err(), "{text}");
        }
    }
}
