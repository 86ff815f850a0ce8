//! A member list as a table of comma-separated values: read with line numbers, and each row's fate.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use event::{Handle, KindOfMember};
use frame::{Failure, Session};

/// The longest list, in bytes.
const MOST: u64 = 4 * 1024 * 1024;

/// The most rows: each is an event of its own.
const MOST_ROWS: usize = 10_000;

/// The columns that are understood.
const COLUMNS: [&str; 4] = ["handle", "kind", "name", "note"];

/// A row of the list.
#[derive(Debug, Clone)]
pub struct Row {
    /// In which line of the file it begins.
    pub line: u64,
    /// The handle as it stands there.
    pub wanted: String,
    /// For people, not for the log.
    pub name: String,
    /// Likewise.
    pub note: String,
    /// What comes of it.
    pub fate: Fate,
}

/// What comes of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It is invited.
    Good(Handle, KindOfMember),
    /// It is passed over, and why.
    Passed(String),
    /// The whole list is refused for it, and why.
    Bad(String),
}

/// A list, and what of it is not used.
pub struct Roster {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Columns that mean nothing here.
    pub unused: Vec<String>,
}

/// Reads a list and works out what comes of each row.
pub fn read(path: &Path, session: &mut Session) -> Result<Roster, Failure> {
    let name = event::harmless_line(&path.display().to_string());
    let unread = |e: std::io::Error| Failure::could(format!("cannot read `{name}`: {e}"));
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(MOST.saturating_add(1)).read_to_end(&mut bytes));
    if !u64::try_from(read.map_err(unread)?).is_ok_and(|read| read <= MOST) {
        return Err(Failure::usage(format!("`{name}` is longer than 4 MiB")));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("`{name}` is not in UTF-8")).hint("save it with that encoding"))?;
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    // Spreadsheets write what their country parts columns with.
    let delimiter =
        [b',', b';', b'\t'].into_iter().max_by_key(|d| (head.bytes().filter(|b| b == d).count(), *d == b','));
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter.unwrap_or(b','))
        .trim(csv::Trim::All)
        .flexible(true)
        .from_reader(text.as_bytes());
    let bad = |e: csv::Error| Failure::usage(format!("`{name}`: {e}"));
    let heads: Vec<String> = reader.headers().map_err(bad)?.iter().map(str::to_lowercase).collect();
    let place = |column: &str| heads.iter().position(|head| head == column);
    let Some(handle) = place("handle") else {
        return Err(Failure::usage(format!("`{name}`: line 1: there is no column `handle`"))
            .hint("the first line names the columns: handle, and if you like kind, name, note"));
    };
    let (kind, called, note) = (place("kind"), place("name"), place("note"));
    let mut rows: Vec<Row> = Vec::new();
    let mut seen = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(bad)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let wanted = cell(Some(handle)).to_owned();
        let fate = match record.len() > heads.len() {
            true => Fate::Bad("more columns than the first line".to_owned()),
            false => fate(line, &wanted, cell(kind), &mut seen, session)?,
        };
        rows.push(Row { line, wanted, name: cell(called).to_owned(), note: cell(note).to_owned(), fate });
        if rows.len() > MOST_ROWS {
            return Err(Failure::usage(format!("`{name}` has more than {MOST_ROWS} rows")).hint("split it"));
        }
    }
    match rows.is_empty() {
        true => Err(Failure::usage(format!("`{name}` lists nobody"))),
        false => {
            let unused = heads.into_iter().filter(|head| !COLUMNS.contains(&head.as_str())).collect();
            Ok(Roster { rows, unused })
        }
    }
}

fn fate(
    line: u64,
    wanted: &str,
    kind: &str,
    seen: &mut BTreeMap<String, (u64, Handle)>,
    session: &mut Session,
) -> Result<Fate, Failure> {
    let handle: Handle = match wanted.parse() {
        Ok(handle) => handle,
        Err(e) => return Ok(Fate::Bad(format!("bad handle: {e}"))),
    };
    let kind = match kind {
        "" => KindOfMember::Person,
        kind => match kind.to_lowercase().parse() {
            Ok(kind) => kind,
            Err(e) => return Ok(Fate::Bad(format!("bad kind: {e}"))),
        },
    };
    if let Some((first, other)) = seen.get(&handle.glance()) {
        return Ok(Fate::Bad(match *other == handle {
            true => format!("twice in the file: line {first}"),
            false => format!("looks like `{other}` in line {first}"),
        }));
    }
    seen.insert(handle.glance(), (line, handle.clone()));
    if let Some(taken) = session.look_alike(&handle)? {
        let active = session.store.members()?.iter().any(|m| m.handle == taken && m.standing.is_active());
        return Ok(match (taken == handle, active) {
            (true, true) => Fate::Passed("is a member".to_owned()),
            (true, false) => Fate::Bad("the handle is taken by a former member".to_owned()),
            (false, _) => Fate::Bad(format!("looks like `{taken}`")),
        });
    }
    Ok(match session.invited_as(&handle)? {
        Some(_) => Fate::Passed("is invited".to_owned()),
        None => Fate::Good(handle, kind),
    })
}
