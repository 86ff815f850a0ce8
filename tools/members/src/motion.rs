//! Motions as they are shown: how one stands, in words and for scripts.

use frame::{Failure, Session, Table};
use serde_json::{Value, json};
use store::MotionStory;

/// How a motion stands.
pub struct Stand {
    /// `open`, `void`, `entered` or `refused`.
    pub state: &'static str,
    /// In words.
    pub words: String,
    /// Why it is void.
    pub reason: Option<String>,
}

/// How a motion stands.
pub fn stand(motion: &MotionStory) -> Stand {
    if let Some(closed) = motion.closed {
        let state = if closed.refused { "refused" } else { "entered" };
        let words = if closed.settled { state.to_owned() } else { format!("{state}, not settled yet") };
        return Stand { state, words, reason: None };
    }
    if let Some(refusal) = motion.outlook.refusal {
        let words = format!("void: {}", refusal.words());
        return Stand { state: "void", words, reason: Some(refusal.to_string()) };
    }
    let (have, need) = (motion.row.approvals.len(), motion.outlook.approvals);
    let mut waits = Vec::new();
    if have < need {
        waits.push(format!("{have} of {need} approvals"));
    }
    if motion.outlook.poll.is_some() && motion.poll.is_none() {
        waits.push("a poll on it must pass".to_owned());
    }
    if waits.is_empty() {
        waits.push("waits for the secretary's sync".to_owned());
    }
    if !motion.objections.is_empty() {
        waits.push(format!(
            "{} {}",
            names(&motion.objections),
            if motion.objections.len() == 1 { "objects" } else { "object" }
        ));
    }
    Stand { state: "open", words: waits.join(", "), reason: None }
}

fn names(objections: &[(event::Handle, Option<String>)]) -> String {
    objections.iter().map(|(who, _)| who.to_string()).collect::<Vec<_>>().join(" and ")
}

/// Motions, one a line.
pub fn table(session: &mut Session, motions: &[MotionStory]) -> Result<Table, Failure> {
    let mut table = Table::new(
        &[
            "number|No>",
            "id",
            "time|Since",
            "author|By",
            "change|Change",
            "approvals|Approved by",
            "needed",
            "objections",
            "state",
            "reason",
            "stands|State",
        ],
        "no motions are open",
    );
    session.number_motions()?;
    for motion in motions {
        let stand = stand(motion);
        let who: Vec<String> = motion.row.approvals.iter().map(|(handle, _)| handle.to_string()).collect();
        table.row([
            json!(session.local()?.number("motion", &motion.row.id)?),
            json!(motion.row.id.to_string()),
            json!(motion.row.time.to_string()),
            json!(motion.row.author.to_string()),
            json!(motion.row.change.to_string()),
            json!(who),
            json!(motion.outlook.approvals),
            json!(
                motion.objections.iter().map(|(who, why)| said(&who.to_string(), why.as_deref())).collect::<Vec<_>>()
            ),
            json!(stand.state),
            json!(stand.reason),
            json!(stand.words),
        ]);
    }
    Ok(table)
}

/// The balances that a motion takes over.
pub fn balances(openings: &[event::Opening]) -> Table {
    let mut table = Table::new(&["account|Account", "amount|Brings>", "unit|Unit"], "");
    for opening in openings {
        let amount = frame::money(opening.signed(), opening.amount.places());
        table.row([json!(opening.account.to_string()), json!(amount), json!(opening.unit.to_string())]);
    }
    table
}

/// One motion, all there is but the changes that other rules make.
pub fn one(session: &mut Session, motion: &MotionStory) -> Result<Table, Failure> {
    let mut table = Table::new(
        &[
            "number|Motion",
            "id|Id",
            "time|Since",
            "author|By",
            "change|Change",
            "text|Why",
            "approvals|Approved by",
            "needed|Approvals needed",
            "objections|Objections",
            "threshold|Poll needed",
            "poll|Poll passed",
            "state",
            "reason",
            "stands|State",
            "entry|By entry",
            "openings",
        ],
        "",
    );
    let stand = stand(motion);
    let said_by = |who: &event::Handle| motion.reasons.iter().find(|(by, _)| by == who).map(|(_, why)| why.as_str());
    let approvals = motion.row.approvals.iter().map(|(who, _)| said(&who.to_string(), said_by(who)));
    // The text of other rules is the document: `rules show MOTION` prints it.
    let rules = matches!(motion.row.change, event::Change::Rules { .. });
    table.row([
        json!(session.local()?.number("motion", &motion.row.id)?),
        json!(motion.row.id.to_string()),
        json!(motion.row.time.to_string()),
        json!(motion.row.author.to_string()),
        json!(motion.row.change.to_string()),
        if rules { Value::Null } else { json!(motion.text) },
        json!(approvals.collect::<Vec<_>>()),
        json!(motion.outlook.approvals),
        json!(motion.objections.iter().map(|(who, why)| said(&who.to_string(), why.as_deref())).collect::<Vec<_>>()),
        json!(motion.outlook.poll.map(|threshold| threshold.to_string())),
        json!(motion.poll.map(|close| close.to_string())),
        json!(stand.state),
        json!(stand.reason),
        json!(stand.words),
        json!(motion.closed.map(|closed| closed.entry.to_string())),
        openings(&motion.row.change),
    ]);
    Ok(table)
}

/// What each account brings along, where the motion takes balances over.
fn openings(change: &event::Change) -> Value {
    match change {
        event::Change::Openings(said) => json!(said.openings.iter().map(ToString::to_string).collect::<Vec<_>>()),
        _ => Value::Null,
    }
}

fn said(who: &str, why: Option<&str>) -> String {
    match why {
        Some(why) => format!("{who}: {why}"),
        None => who.to_owned(),
    }
}
