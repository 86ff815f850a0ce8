//! `[roles.NAME]` and `[assessors]`: the offices besides steward and secretary, and who grants them.

use std::collections::BTreeMap;

use event::{Line, Malformed, ROLES, harmless_line};

use super::authority::{Authority, one};
use super::period::Period;
use super::reader::Field;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleTerms {
    /// What it is, for people.
    pub title: Option<Line>,
    /// Who grants and revokes it; where the document does not say, what it says of the change `role`.
    pub authority: Authority,
}

pub(super) fn read(
    field: Option<Field<'_, '_>>,
    authority: &BTreeMap<String, Authority>,
) -> BTreeMap<String, RoleTerms> {
    let default = authority.get("role").copied().unwrap_or(Authority::Quorum);
    let untold = RoleTerms { title: None, authority: default };
    let mut roles: BTreeMap<String, RoleTerms> =
        ROLES.iter().map(|name| ((*name).to_owned(), untold.clone())).collect();
    for (role, field) in field.iter().flat_map(Field::named) {
        if let Err(error) = name(role) {
            field.no(error.to_string());
            continue;
        }
        let Some(table) = field.table(&["title", "authority"]) else { continue };
        let title = table.get("title").and_then(|title| title.parse());
        let authority = table.get("authority").and_then(|field| one(&field)).unwrap_or(default);
        roles.insert(role.to_owned(), RoleTerms { title, authority });
    }
    roles
}

/// How long an assessor serves.
pub(super) fn term(field: Option<Field<'_, '_>>) -> Option<Period> {
    field?.table(&["term"])?.get("term")?.parse()
}

fn name(role: &str) -> Result<(), Malformed> {
    match role {
        "steward" | "secretary" => Err(Malformed::new(format!(
            "`{role}` takes no table: its office is in the law, and `[authority]` says who grants it"
        ))),
        _ => word(role),
    }
}

/// A name that a community chose: 1 to 32 of `a`–`z`, `0`–`9` and `-`, a letter first, `-` between two.
pub(super) fn word(name: &str) -> Result<(), Malformed> {
    let fits = name.len() <= 32
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !name.ends_with('-')
        && !name.contains("--");
    match fits {
        true => Ok(()),
        false => Err(Malformed::new(format!(
            "`{}` is no name: 1 to 32 small letters a-z, digits and `-`, a letter first",
            harmless_line(name)
        ))),
    }
}
