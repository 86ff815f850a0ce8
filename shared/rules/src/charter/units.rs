//! `[units.CODE]`: the units of account and how far an account may go in each.

use std::collections::{BTreeMap, BTreeSet};

use event::{Amount, Bounds, KindOfMember, Line, Unit, UnitDef};

use super::reader::{Field, Table};

const KINDS: [KindOfMember; 2] = [KindOfMember::Organisation, KindOfMember::Household];

/// The units of a document.
#[derive(Default)]
pub(super) struct Units {
    /// As the law takes them.
    pub defs: Vec<UnitDef>,
    /// Limits of kinds of members.
    pub bases: BTreeMap<(Unit, KindOfMember), Bounds>,
    /// Every code that has a table.
    declared: BTreeSet<String>,
}

impl Units {
    /// The unit that a key names; it must have a table.
    pub fn named(&self, field: &Field<'_, '_>) -> Option<Unit> {
        let unit: Unit = field.parse()?;
        if !self.declares(unit.as_str()) {
            return field.fails(format!("there is no unit `{unit}`: it needs a table `[units.{unit}]`"));
        }
        Some(unit)
    }

    /// The tables `[NAME.CODE]` of the document's units, each as `read` understands it.
    pub fn each<T>(
        &self,
        name: &str,
        field: Option<Field<'_, '_>>,
        read: impl Fn(Field<'_, '_>, &Unit, &Units) -> Option<T>,
    ) -> BTreeMap<Unit, T> {
        let mut all = BTreeMap::new();
        for (code, field) in field.iter().flat_map(Field::named) {
            match code.parse::<Unit>() {
                Ok(unit) if self.declares(code) => {
                    if let Some(one) = read(field, &unit, self) {
                        all.insert(unit, one);
                    }
                }
                _ => {
                    field.no(format!("there is no such unit; the table is `[{name}.CODE]`, with the code of a unit"));
                }
            }
        }
        all
    }

    /// Whether a unit has a table, even one with mistakes.
    pub fn declares(&self, code: &str) -> bool {
        self.declared.contains(code)
    }

    /// The unit's definition.
    pub fn def(&self, unit: &Unit) -> Option<&UnitDef> {
        self.defs.iter().find(|def| def.unit == *unit)
    }
}

pub(super) fn read(field: Option<Field<'_, '_>>) -> Units {
    let mut units = Units::default();
    for (code, field) in field.iter().flat_map(Field::named) {
        units.declared.insert(code.to_owned());
        if let Err(error) = code.parse::<Unit>() {
            field.no(format!("{error}: 1 to 16 letters a-z, digits and `-`, a letter first"));
        } else if let Ok(unit) = code.parse() {
            one(unit, field, &mut units);
        }
    }
    units
}

fn one(unit: Unit, field: Field<'_, '_>, units: &mut Units) {
    let Some(table) = field.table(&["title", "lower", "upper", "organisation", "household"]) else { return };
    let title = table.need("title").and_then(|title| title.parse::<Line>());
    let lower = table.need("lower").and_then(|lower| lower.parse::<Amount>());
    let upper = upper(&table, None);
    let (Some(title), Some(lower), Some(upper)) = (title, lower, upper) else { return };
    let base = Bounds { lower, upper };
    fits(&table, base, lower);
    for kind in KINDS {
        let own = table.get(&kind.to_string()).and_then(|field| field.table(&["lower", "upper"]));
        if let Some(bounds) = own.and_then(|own| of_kind(&own, base)) {
            units.bases.insert((unit.clone(), kind), bounds);
        }
    }
    units.defs.push(UnitDef { unit, title, base });
}

/// What the table of a kind leaves out is as for the unit.
fn of_kind(table: &Table<'_, '_>, base: Bounds) -> Option<Bounds> {
    let lower = match table.get("lower") {
        Some(field) => field.parse()?,
        None => base.lower,
    };
    let bounds = Bounds { lower, upper: upper(table, base.upper)? };
    fits(table, bounds, base.lower);
    Some(bounds)
}

fn upper(table: &Table<'_, '_>, default: Option<Amount>) -> Option<Option<Amount>> {
    match table.get("upper") {
        None => Some(default),
        Some(field) if field.text()? == "none" => Some(None),
        Some(field) => field.parse().map(Some),
    }
}

/// All amounts of a unit have its decimals: those of its `lower`.
fn fits(table: &Table<'_, '_>, bounds: Bounds, like: Amount) {
    for (key, amount) in [("lower", Some(bounds.lower)), ("upper", bounds.upper)] {
        if let (Some(amount), Some(field)) = (amount, table.get(key)) {
            decimals(&field, amount, like);
        }
    }
}

/// Says so where an amount has not the decimals of another.
pub(super) fn decimals(field: &Field<'_, '_>, amount: Amount, like: Amount) {
    let places = like.places();
    if amount.places() != places {
        let s = if places == 1 { "" } else { "s" };
        field.no(format!("`{amount}` has not the {places} decimal{s} of the unit's `lower`, `{like}`"));
    }
}
