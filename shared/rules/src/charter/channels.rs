//! `[channels.NAME]`: where members post, and who may.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use event::{Handle, Line, Malformed, harmless_line};

use super::nearest::nearest;
use super::reader::Field;
use super::roles::{RoleTerms, word};

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// What it is for.
    pub title: Option<Line>,
    /// Who may post: whoever is one of these.
    pub post: BTreeSet<Poster>,
    /// Who may hide posts: whoever is one of these.
    pub moderate: BTreeSet<Poster>,
    /// Whether a page for everyone shows it.
    pub public: bool,
    /// Whether a post can ask for a receipt, so that notice can be proved.
    pub notice: bool,
}

/// Who may post.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Poster {
    /// Every member.
    Members,
    /// The stewards.
    Stewards,
    /// Whoever holds a role.
    Role(String),
}

pub(super) fn read(field: Option<Field<'_, '_>>, roles: &BTreeMap<String, RoleTerms>) -> BTreeMap<String, Channel> {
    let mut channels = BTreeMap::new();
    for (name, field) in field.iter().flat_map(Field::named) {
        if let Err(error) = name.parse::<Handle>() {
            field.no(error.to_string().replace("is not a handle", "is no channel"));
            continue;
        }
        let Some(table) = field.table(&["title", "post", "moderate", "public", "notice"]) else { continue };
        let truth = |key| table.get(key).and_then(|field| field.truth()).unwrap_or(false);
        let who = |key, otherwise| match table.get(key) {
            None => BTreeSet::from([otherwise]),
            Some(field) => posters(&field, roles),
        };
        let (post, moderate) = (who("post", Poster::Members), who("moderate", Poster::Stewards));
        let title = table.get("title").and_then(|title| title.parse());
        let (public, notice) = (truth("public"), truth("notice"));
        channels.insert(name.to_owned(), Channel { title, post, moderate, public, notice });
    }
    channels
}

fn posters(field: &Field<'_, '_>, roles: &BTreeMap<String, RoleTerms>) -> BTreeSet<Poster> {
    let list = field.list();
    if list.is_empty() {
        field.no("somebody must be named");
    }
    let mut posters = BTreeSet::new();
    for field in list {
        let Some(poster) = field.parse::<Poster>() else { continue };
        if let Poster::Role(role) = &poster
            && !matches!(role.as_str(), "steward" | "secretary")
            && !roles.contains_key(role)
        {
            field.no(match nearest(role, roles.keys().map(String::as_str)) {
                Some(near) => format!("there is no role `{role}`; did you mean `{near}`?"),
                None => format!("there is no role `{role}`: it needs a table `[roles.{role}]`"),
            });
        }
        posters.insert(poster);
    }
    posters
}

impl fmt::Display for Poster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Poster::Members => f.write_str("members"),
            Poster::Stewards => f.write_str("stewards"),
            Poster::Role(role) => write!(f, "role {role}"),
        }
    }
}

impl FromStr for Poster {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        match (text, text.strip_prefix("role ")) {
            ("members", _) => Ok(Poster::Members),
            ("stewards", _) | (_, Some("steward")) => Ok(Poster::Stewards),
            (_, Some(role)) => word(role).map(|()| Poster::Role(role.to_owned())),
            (other, None) => Err(Malformed::new(format!(
                "`{}` is none of `members`, `stewards` or a role such as `role treasurer`",
                harmless_line(other)
            ))),
        }
    }
}
