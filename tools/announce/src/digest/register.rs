//! Motions that wait for this steward's approval.

use frame::{Failure, Session};
use serde_json::json;

use super::{Asked, Section};

pub fn motions(session: &mut Session, asked: &Asked) -> Result<Section, Failure> {
    let mut section = Section { key: "motions", items: Vec::new(), news: false };
    let (Some(me), true) = (&asked.me, session.is_steward()?) else { return Ok(section) };
    session.number_motions()?;
    for motion in session.store.open_motions()? {
        let approved = motion.row.approvals.iter().any(|(who, _)| who == me);
        let objects = motion.objections.iter().any(|(who, _)| who == me);
        if approved || objects || motion.closed.is_some() || motion.outlook.refusal.is_some() {
            continue;
        }
        section.news |= motion.row.time > asked.since.time;
        let number = session.local()?.number("motion", &motion.row.id)?;
        section.items.push(json!({
            "number": number,
            "id": motion.row.id.to_string(),
            "change": motion.row.change.to_string(),
            "author": motion.row.author.to_string(),
        }));
    }
    Ok(section)
}
