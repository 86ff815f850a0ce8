//! Rows of the store as tables.

use std::collections::BTreeMap;

use event::{Device, EventId, Handle, KindOfMember, Role};
use frame::{Failure, Format, Known, Output, Table};
use rules::Standing;
use serde_json::{Value, json};
use store::{EventRow, MemberRow, RoleRow};

/// A role that a member holds.
pub struct Held {
    /// Which.
    pub role: String,
    /// Since when.
    pub since: String,
    /// By which entry.
    pub entry: EventId,
}

/// A member's device, and the how manieth it is.
type Had = (Handle, u32, Device);

/// Members, one a line; with a column of names where any is held, and of kinds where somebody is no person.
pub fn members(
    members: &[MemberRow],
    names: &BTreeMap<Device, String>,
    roles: &[RoleRow],
    devices: &[Had],
    format: Format,
) -> Table {
    let name = if names.is_empty() { "name" } else { "name|Name" };
    let persons = members.iter().all(|member| member.kind == KindOfMember::Person);
    let kind = if persons { "kind" } else { "kind|Kind" };
    let columns = ["handle|Handle", "roles|Roles", "state|State", "since|Since", "device", "entry", "seen|Last seen"];
    let columns = with(columns.to_vec(), [name, kind, "devices"], format);
    let mut table = Table::new(&columns, "nobody belongs yet");
    let mut counts: BTreeMap<&Handle, u32> = BTreeMap::new();
    for (handle, ..) in devices {
        let count = counts.entry(handle).or_default();
        *count = count.saturating_add(1);
    }
    for member in members {
        let others =
            roles.iter().filter(|row| row.holder.as_ref() == Some(&member.handle) && row.role != Role::Steward);
        let office = [(member.secretary, "secretary"), (member.steward, "steward")];
        let mut held: Vec<String> =
            office.iter().filter(|(holds, _)| *holds).map(|(_, role)| (*role).to_owned()).collect();
        held.extend(others.map(|row| row.role.to_string()));
        let count = counts.get(&member.handle).copied().unwrap_or_default();
        let also = [json!(names.get(&member.device)), json!(member.kind.to_string()), json!(count)];
        table.row(with(row(member, json!(held.join(", "))), also, format));
    }
    table
}

/// One member, all there is.
pub fn member(member: &MemberRow, name: Option<&String>, roles: &[Held], devices: &[Had], format: Format) -> Table {
    let columns = [
        "handle|Handle",
        "roles|Roles",
        "state|State",
        "since|Since",
        "device|Device",
        "entry|By entry",
        "seen|Last seen",
    ];
    let mut columns = with(columns.to_vec(), ["name|Name", "kind|Kind", "devices"], format);
    columns.push("former|Former");
    let mut table = Table::new(&columns, "");
    let held: Vec<Value> = roles
        .iter()
        .map(|held| match format {
            Format::Json => json!({"role": held.role, "since": held.since, "entry": held.entry.to_string()}),
            _ => json!(format!("{} since {} by entry {}", held.role, held.since, held.entry.short())),
        })
        .collect();
    let former: Vec<String> =
        devices.iter().filter(|(.., device)| *device != member.device).map(|(.., d)| d.to_string()).collect();
    let also = [json!(name), json!(member.kind.to_string()), json!(devices.len())];
    let mut values = with(row(member, json!(held)), also, format);
    values.push(json!(former));
    table.row(values);
    table
}

/// Name and kind stand beside the handle for people, and last for programs that count columns.
fn with<T>(mut columns: Vec<T>, [name, kind, devices]: [T; 3], format: Format) -> Vec<T> {
    let at = if format == Format::Table { 1 } else { columns.len() };
    columns.insert(at, name);
    columns.insert(at.saturating_add(1), kind);
    columns.push(devices);
    columns
}

fn row(member: &MemberRow, roles: Value) -> Vec<Value> {
    vec![
        json!(member.handle.to_string()),
        roles,
        match (member.standing, member.confirmed) {
            (Standing::Active, true) => json!("confirmed"),
            (Standing::Active, false) => json!("admitted"),
            (standing, _) => json!(standing.to_string()),
        },
        json!(member.since.to_string()),
        json!(member.device.to_string()),
        json!(member.entry.to_string()),
        json!(member.seen.map(|time| time.to_string())),
    ]
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
