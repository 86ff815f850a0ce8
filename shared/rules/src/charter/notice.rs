//! `[notice]`: how long before a meeting, or before a change is entered, the members must have been told.

use std::collections::BTreeMap;

use super::authority::CHANGES;
use super::period::Period;
use super::reader::Field;

/// The one notice that is of no change.
const MEETING: &str = "meeting";

pub(super) fn read(field: Option<Field<'_, '_>>) -> BTreeMap<String, Period> {
    let known: Vec<&str> = [MEETING].into_iter().chain(CHANGES).collect();
    let Some(table) = field.and_then(|field| field.table(&known)) else { return BTreeMap::new() };
    let period = |key: &&str| Some(((*key).to_owned(), table.get(key)?.parse()?));
    known.iter().filter_map(period).collect()
}
