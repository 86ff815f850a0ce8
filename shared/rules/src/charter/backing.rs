//! `[assets.NAME]` and `[backing.CODE]`: what backs credit, and how far (protocol, section 5).
//!
//! `limit = min(cap, base + sum over attested pledges of quantity × price × advance + factor × delivered)`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use event::{Amount, Line, Malformed, Ratio, Unit};

use super::period::Period;
use super::reader::Field;
use super::roles::word;
use super::share::share;
use super::units::{Units, decimals};

/// Something that members pledge and assessors attest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// What it is.
    pub title: Line,
    /// In what it is counted: `kWh`, `hours`, `boxes`.
    pub quantity: Line,
    /// What one of them is worth.
    pub price: Amount,
    /// In which unit of account.
    pub unit: Unit,
    /// Which part of the worth can be drawn as credit.
    pub advance: Ratio,
    /// How long an attestation holds at most.
    pub valid: Option<Period>,
}

/// What the law asks of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetTerms {
    /// What one of it is worth.
    pub price: Amount,
    /// In which unit of account.
    pub unit: Unit,
    /// Which part of the worth can be drawn as credit.
    pub advance: Ratio,
    /// How long an attestation holds at most.
    pub valid: Option<Period>,
}

/// The terms of asset-backed limits in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backing {
    /// The credit that no account exceeds by backing.
    pub cap: Amount,
    /// How much credit one unit delivered gives.
    pub factor: Option<Ratio>,
    /// What was delivered in so long a time counts.
    pub window: Option<Period>,
    /// What one counterparty can count for at most.
    pub counterparty: Option<Counterparty>,
}

/// What one counterparty can count for, of all that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counterparty {
    /// A part of it.
    Share(Ratio),
    /// An amount.
    Amount(Amount),
}

impl Asset {
    /// What the law asks of it.
    pub fn terms(&self) -> AssetTerms {
        AssetTerms { price: self.price, unit: self.unit.clone(), advance: self.advance, valid: self.valid }
    }
}

impl fmt::Display for AssetTerms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.price, self.unit, self.advance)?;
        self.valid.iter().try_for_each(|valid| write!(f, " {valid}"))
    }
}

impl FromStr for AssetTerms {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut words = text.splitn(4, ' ');
        let mut next = || words.next().ok_or_else(|| Malformed::new("an asset has price, unit and advance"));
        let (price, unit, advance) = (next()?.parse()?, next()?.parse()?, next()?.parse()?);
        Ok(AssetTerms { price, unit, advance, valid: words.next().map(Period::from_str).transpose()? })
    }
}

impl fmt::Display for Counterparty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Counterparty::Share(share) => write!(f, "{share}"),
            Counterparty::Amount(amount) => write!(f, "{amount}"),
        }
    }
}

impl FromStr for Counterparty {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match text.contains('/') {
            true => text.parse().map(Counterparty::Share),
            false => text.parse().map(Counterparty::Amount),
        }
    }
}

/// `cap`, and where there is a factor, `cap factor counterparty window`.
impl fmt::Display for Backing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.cap)?;
        match (self.factor, self.counterparty, self.window) {
            (Some(factor), Some(most), Some(window)) => write!(f, " {factor} {most} {window}"),
            _ => Ok(()),
        }
    }
}

impl FromStr for Backing {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut words = text.splitn(4, ' ');
        let cap = words.next().unwrap_or_default().parse()?;
        Ok(Backing {
            cap,
            factor: words.next().map(Ratio::from_str).transpose()?,
            counterparty: words.next().map(Counterparty::from_str).transpose()?,
            window: words.next().map(Period::from_str).transpose()?,
        })
    }
}

/// The assets. Each unit that they are priced in needs a cap.
pub(super) fn assets(
    field: Option<Field<'_, '_>>,
    units: &Units,
    backing: Option<Field<'_, '_>>,
) -> BTreeMap<String, Asset> {
    let capped: Vec<&str> = backing.iter().flat_map(Field::named).map(|(code, _)| code).collect();
    let mut assets = BTreeMap::new();
    for (name, field) in field.iter().flat_map(Field::named) {
        if let Err(error) = word(name) {
            field.no(error.to_string());
            continue;
        }
        if let Some(asset) = asset(field, units, &capped) {
            assets.insert(name.to_owned(), asset);
        }
    }
    assets
}

fn asset(field: Field<'_, '_>, units: &Units, capped: &[&str]) -> Option<Asset> {
    let table = field.table(&["title", "quantity", "price", "unit", "advance", "valid"])?;
    let title = table.need("title").and_then(|field| field.parse());
    let quantity = table.need("quantity").and_then(|field| field.parse());
    let price = table.need("price").and_then(|field| field.parse());
    let advance = table.need("advance").and_then(|field| field.with(share));
    let valid = table.get("valid").and_then(|field| field.parse());
    let field = table.need("unit");
    let unit = field.as_ref().and_then(|field| units.named(field));
    if let (Some(field), Some(unit)) = (field, &unit)
        && !capped.contains(&unit.as_str())
    {
        field.no(format!("without a cap the credit has no end: it needs a table `[backing.{unit}]` with `cap`"));
    }
    Some(Asset { title: title?, quantity: quantity?, price: price?, unit: unit?, advance: advance?, valid })
}

/// The terms, by unit.
pub(super) fn read(field: Option<Field<'_, '_>>, units: &Units) -> BTreeMap<Unit, Backing> {
    units.each("backing", field, terms)
}

fn terms(field: Field<'_, '_>, unit: &Unit, units: &Units) -> Option<Backing> {
    let table = field.table(&["cap", "factor", "window", "counterparty"])?;
    let base = units.def(unit)?.base;
    let cap = table.need("cap").and_then(|field| {
        let cap: Amount = field.parse()?;
        decimals(&field, cap, base.lower);
        if cap < base.lower {
            field.no(format!("lies below the unit's `lower`, `{}`", base.lower));
        }
        Some(cap)
    });
    let factor = table.get("factor").and_then(|field| field.with(share));
    let window = table.get("window").and_then(|field| field.parse());
    let counterparty = table.get("counterparty").and_then(|field| {
        if field.text()?.contains(['/', '%']) {
            return field.with(share).map(Counterparty::Share);
        }
        let amount: Amount = field.parse()?;
        decimals(&field, amount, base.lower);
        Some(Counterparty::Amount(amount))
    });
    if table.get("factor").is_some() {
        let _ = table.need("window");
        if table.get("counterparty").is_none() {
            table.no("`counterparty` is missing: without it two friends lift each other's limit");
        }
    }
    Some(Backing { cap: cap?, factor, window, counterparty })
}
