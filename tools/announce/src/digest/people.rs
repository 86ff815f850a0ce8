//! Who joined.

use frame::{Failure, Session};
use rules::Facts;
use serde_json::json;

use super::{Asked, Section};

pub fn joined(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "joined", items: Vec::new(), news: false };
    let since = asked.since;
    for member in session.store.members()? {
        let news = match since.by_time {
            true => member.since > since.time,
            false => session.store.height(&member.entry)? > since.height,
        };
        if !news || !member.standing.is_active() || Some(&member.handle) == asked.me.as_ref() {
            continue;
        }
        section.news = true;
        section.items.push(json!({
            "handle": member.handle.to_string(),
            "kind": member.kind.to_string(),
            "since": member.since.to_string(),
        }));
    }
    Ok(section)
}
