//! Rows of the store as tables.

use std::collections::BTreeMap;

use event::{Device, Handle};
use frame::{Failure, Format, Known, Output, Table};
use rules::Standing;
use serde_json::{Value, json};
use store::{EventRow, MemberRow};

/// Members, one a line; with a column of names where any is held.
pub fn members(members: &[MemberRow], names: &BTreeMap<Device, String>, format: Format) -> Table {
    let name = if names.is_empty() { "name" } else { "name|Name" };
    let columns = ["handle|Handle", "roles|Roles", "state|State", "since|Since", "device", "entry", "seen|Last seen"];
    let mut table = Table::new(&with_name(columns.to_vec(), name, format), "nobody belongs yet");
    for member in members {
        table.row(row(member, names.get(&member.device), format));
    }
    table
}

/// One member, all there is.
pub fn member(member: &MemberRow, name: Option<&String>, format: Format) -> Table {
    let columns = [
        "handle|Handle",
        "roles|Roles",
        "state|State",
        "since|Since",
        "device|Device",
        "entry|By entry",
        "seen|Last seen",
    ];
    let mut table = Table::new(&with_name(columns.to_vec(), "name|Name", format), "");
    table.row(row(member, name, format));
    table
}

/// The name stands beside the handle for people, and last for programs that count columns.
fn with_name<T>(mut columns: Vec<T>, name: T, format: Format) -> Vec<T> {
    let at = if format == Format::Table { 1 } else { columns.len() };
    columns.insert(at, name);
    columns
}

fn row(member: &MemberRow, name: Option<&String>, format: Format) -> Vec<Value> {
    let roles = [(member.secretary, "secretary"), (member.steward, "steward")];
    let roles: Vec<&str> = roles.iter().filter(|(holds, _)| *holds).map(|(_, role)| *role).collect();
    let values = vec![
        json!(member.handle.to_string()),
        json!(roles.join(", ")),
        match (member.standing, member.confirmed) {
            (Standing::Active, true) => json!("confirmed"),
            (Standing::Active, false) => json!("admitted"),
            (standing, _) => json!(standing.to_string()),
        },
        json!(member.since.to_string()),
        json!(member.device.to_string()),
        json!(member.entry.to_string()),
        json!(member.seen.map(|time| time.to_string())),
    ];
    with_name(values, json!(name), format)
}

/// A member's data, or why there are none to be shown.
pub fn profile(handle: &Handle, known: &Known, out: &mut Output) -> Result<(), Failure> {
    let (state, words) = match known {
        Known::Nothing => ("none", "no profile"),
        Known::Erased => ("erased", "erased"),
        Known::NotHeld => ("not held", "not held: `members sync` may bring it"),
        Known::Held(_) => ("held", ""),
    };
    let mut pairs = vec![("handle".to_owned(), handle.to_string()), ("state".to_owned(), state.to_owned())];
    if let Known::Held(person) = known {
        pairs.extend(person.fields.iter().map(|(key, value)| (key.to_string(), value.to_string())));
        pairs.extend(person.about.iter().map(|about| ("about".to_owned(), about.to_string())));
    }
    match out.format() {
        Format::Json => {
            let pairs = pairs.into_iter().map(|(key, value)| (key, json!(value)));
            out.json(&Value::Object(pairs.collect()))
        }
        Format::Csv | Format::Tsv => {
            let mut table = Table::new(&["key", "value"], "");
            pairs.into_iter().for_each(|(key, value)| table.row([json!(key), json!(value)]));
            out.table(&table)
        }
        Format::Table if !words.is_empty() => out.line(words),
        Format::Table => {
            pairs.retain(|(key, _)| key != "state");
            let wide = pairs.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
            for (key, value) in &pairs {
                let head = key.chars().next().into_iter().flat_map(char::to_uppercase).chain(key.chars().skip(1));
                let pad = " ".repeat(wide.saturating_sub(key.len()));
                let indent = format!("\n{}", " ".repeat(wide + 2));
                out.line(format!("{}{pad}  {}", head.collect::<String>(), value.replace('\n', &indent)))?;
            }
            Ok(())
        }
    }
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
