//! Rows of the store as tables.

use frame::Table;
use serde_json::{Value, json};
use store::{EventRow, MemberRow};

/// Members, one a line.
pub fn members(members: &[MemberRow]) -> Table {
    let mut table = Table::new(
        &["handle|Handle", "roles|Roles", "state|State", "since|Since", "device", "entry", "seen|Last seen"],
        "nobody belongs yet",
    );
    for member in members {
        table.row(row(member));
    }
    table
}

/// One member, all there is.
pub fn member(member: &MemberRow) -> Table {
    let mut table = Table::new(
        &[
            "handle|Handle",
            "roles|Roles",
            "state|State",
            "since|Since",
            "device|Device",
            "entry|By entry",
            "seen|Last seen",
        ],
        "",
    );
    table.row(row(member));
    table
}

fn row(member: &MemberRow) -> Vec<Value> {
    let roles = [(member.secretary, "secretary"), (member.steward, "steward")];
    let roles: Vec<&str> = roles.iter().filter(|(holds, _)| *holds).map(|(_, role)| *role).collect();
    vec![
        json!(member.handle.to_string()),
        json!(roles.join(", ")),
        json!(if member.confirmed { "confirmed" } else { "admitted" }),
        json!(member.since.to_string()),
        json!(member.device.to_string()),
        json!(member.entry.to_string()),
        json!(member.seen.map(|time| time.to_string())),
    ]
}

/// Events, one a line.
pub fn events(events: &[EventRow]) -> Table {
    let mut table = Table::new(
        &["time|Time", "short|Id", "id", "git", "member|By", "kind", "subject|What", "state|State", "refusal"],
        "no events",
    );
    for event in events {
        let state = match (event.refusal, event.settled) {
            (0, true) => "settled",
            (0, false) => "pending",
            _ => "refused",
        };
        let refusal = rules::Refusal::of(event.refusal).map(|refusal| refusal.words());
        table.row([
            json!(event.link.time.to_string()),
            json!(event.link.id.short()),
            json!(event.link.id.to_string()),
            json!(event.git.to_string()),
            json!(event.author.to_string()),
            json!(event.body.kind()),
            json!(event.body.subject(&event.author)),
            json!(state),
            json!(refusal),
        ]);
    }
    table
}
