//! What accounts and units are called in other programs: each name has exactly one meaning.

use std::collections::BTreeMap;

use event::{Account, Unit, UnitDef};

use super::Place;

/// In hledger and ledger. Handles have neither spaces nor colons.
pub fn plain(place: &Place) -> String {
    match place {
        Place::Account(Account::Member(handle)) => format!("assets:members:{handle}"),
        Place::Account(Account::Common(handle)) => format!("assets:community:{handle}"),
        Place::Transit => "assets:transit".to_owned(),
        Place::Opening => "equity:opening".to_owned(),
    }
}

/// In beancount, whose names begin with a capital letter or a digit.
pub fn capital(place: &Place) -> String {
    match place {
        Place::Account(Account::Member(handle)) => format!("Assets:Members:{}", capitalised(handle.as_str())),
        Place::Account(Account::Common(handle)) => format!("Assets:Community:{}", capitalised(handle.as_str())),
        Place::Transit => "Assets:Transit".to_owned(),
        Place::Opening => "Equity:Opening".to_owned(),
    }
}

/// A handle with a capital letter. Where that would not lead back to the handle (`ß` becomes two letters, `ı` the one
/// that `i` becomes), a word stands before it that no handle can make.
fn capitalised(handle: &str) -> String {
    let mut letters = handle.chars();
    let first = letters.next().map(|c| (c, c.to_uppercase().to_string()));
    match first {
        Some((c, upper)) if upper.to_lowercase() == c.to_string() => format!("{upper}{}", letters.as_str()),
        _ => format!("HANDLE-{handle}"),
    }
}

/// Commodities of beancount: capital letters, at least two. Units that differ in nothing but capitals are numbered by
/// age, so that a name keeps its meaning when units are added.
pub fn commodities(units: &[UnitDef]) -> BTreeMap<Unit, String> {
    let mut names: BTreeMap<Unit, String> = BTreeMap::new();
    for def in units {
        let upper = def.unit.as_str().to_ascii_uppercase();
        // These are words of the language, or too short for a commodity.
        let base = match upper.as_str() {
            "TRUE" | "FALSE" | "NULL" => format!("{upper}.UNIT"),
            one if one.len() == 1 => format!("{upper}.UNIT"),
            _ => upper,
        };
        let taken = |name: &String| names.values().any(|other| other == name);
        let numbered = std::iter::once(base.clone()).chain((2u32..).map(|n| format!("{base}.{n}")));
        let name = numbered.into_iter().find(|name| !taken(name)).unwrap_or(base);
        names.insert(def.unit.clone(), name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_with_capitals() {
        for (handle, name) in [("bob", "Bob"), ("2b", "2b"), ("öl", "Öl"), ("ßa", "HANDLE-ßa"), ("ıa", "HANDLE-ıa")]
        {
            assert_eq!(capitalised(handle), name);
        }
        let mut names: Vec<String> =
            event::OTHER_LETTERS.chars().chain('a'..='z').map(|c| capitalised(&c.to_string())).collect();
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn units_that_differ_in_capitals() {
        let def = |code: &str| UnitDef {
            unit: code.parse().unwrap(),
            title: "x".parse().unwrap(),
            base: event::Bounds { lower: "1.0".parse().unwrap(), upper: None },
        };
        let units: Vec<UnitDef> = ["kWh", "KWH", "h", "true", "H", "GB-months"].map(def).to_vec();
        let names = commodities(&units);
        let named: Vec<&str> = units.iter().map(|def| names[&def.unit].as_str()).collect();
        assert_eq!(named, ["KWH", "KWH.2", "H.UNIT", "TRUE.UNIT", "H.UNIT.2", "GB-MONTHS"]);
    }
}
