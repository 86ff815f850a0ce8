//! The rules document: what a community has agreed at its founding, TOML, typed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use event::{Amount, Bounds, Line, MAX_PLACES, Malformed, Unit, UnitDef};
use serde::Deserialize;

/// The changes whose authority a community chooses; a cut and a role always need the quorum.
const CHOSEN: [&str; 4] = ["admit", "confirm", "unit", "limit"];

/// What a kind of change needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Authority {
    /// The secretary alone.
    Secretary,
    /// One steward, who may be the secretary.
    OneSteward,
    /// A quorum of the stewards.
    Quorum,
}

/// Why a rules document is not one: what, and where (line and column, from the TOML reader).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadCharter(String);

/// A rules document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// The units of account, by code.
    pub units: Vec<UnitDef>,
    /// What each kind of change needs.
    pub authority: BTreeMap<String, Authority>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    units: BTreeMap<String, UnitTable>,
    #[serde(default)]
    authority: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnitTable {
    title: String,
    lower: String,
    upper: Option<String>,
}

impl Charter {
    /// Reads and checks a document.
    pub fn read(text: &str) -> Result<Self, BadCharter> {
        let document: Document = toml::from_str(text).map_err(|e| BadCharter(e.to_string().trim_end().to_owned()))?;
        let units = document.units.iter().map(|(code, table)| table.read(code)).collect::<Result<_, _>>()?;
        let mut authority: BTreeMap<String, Authority> =
            CHOSEN.iter().map(|change| ((*change).to_owned(), default_authority(change))).collect();
        for (change, words) in &document.authority {
            let place = authority.get_mut(change).ok_or_else(|| {
                BadCharter(format!("authority.{change}: no such change; the changes are {}", CHOSEN.join(", ")))
            })?;
            *place = words.parse().map_err(|e| BadCharter(format!("authority.{change}: {e}")))?;
        }
        Ok(Charter { units, authority })
    }
}

fn default_authority(change: &str) -> Authority {
    match change {
        "admit" => Authority::OneSteward,
        _ => Authority::Quorum,
    }
}

impl UnitTable {
    fn read(&self, code: &str) -> Result<UnitDef, BadCharter> {
        let at = |key: &'static str| move |e: Malformed| BadCharter(format!("units.{code}.{key}: {e}"));
        let unit: Unit = code.parse().map_err(|e| BadCharter(format!("units.{code}: {e}")))?;
        let title: Line = self.title.parse().map_err(at("title"))?;
        let lower: Amount = self.lower.parse().map_err(at("lower"))?;
        let upper: Option<Amount> = self.upper.as_deref().map(str::parse).transpose().map_err(at("upper"))?;
        if upper.is_some_and(|u| u.places() != lower.places()) || lower.places() > MAX_PLACES {
            return Err(BadCharter(format!("units.{code}: `lower` and `upper` have the same decimals")));
        }
        Ok(UnitDef { unit, title, base: Bounds { lower, upper } })
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Authority::Secretary => "secretary",
            Authority::OneSteward => "1 steward",
            Authority::Quorum => "quorum",
        })
    }
}

impl FromStr for Authority {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text {
            "secretary" => Ok(Authority::Secretary),
            "1 steward" => Ok(Authority::OneSteward),
            "quorum" => Ok(Authority::Quorum),
            _ => Err(Malformed::new("an authority is `secretary`, `1 steward` or `quorum`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_and_its_defaults() {
        let text =
            "[units.hours]\ntitle = 'Hours'\nlower = '20.00'\nupper = '40.00'\n[authority]\nunit = '1 steward'\n";
        let charter = Charter::read(text).unwrap();
        assert_eq!(charter.units[0].base.to_string(), "-20.00 to 40.00");
        assert_eq!(charter.authority["unit"], Authority::OneSteward);
        assert_eq!(charter.authority["limit"], Authority::Quorum);
        assert!(Charter::read("").is_ok());
    }

    #[test]
    fn mistakes_are_pointed_at() {
        let table = [
            ("[unit.hours]\n", "line 1"),
            ("[units.hours]\ntitle = 'x'\nlower = '1'\nuper = '2'\n", "line 4"),
            ("[units.hours]\ntitle = 'x'\nlower = '01'\n", "units.hours.lower"),
            ("[units.hours]\ntitle = 'x'\nlower = '1'\nupper = '2.0'\n", "units.hours"),
            ("[authority]\nrole = 'secretary'\n", "authority.role"),
            ("[authority]\nunit = 'me'\n", "authority.unit"),
        ];
        for (text, place) in table {
            let error = Charter::read(text).unwrap_err().to_string();
            assert!(error.contains(place), "{error}");
        }
    }
}
