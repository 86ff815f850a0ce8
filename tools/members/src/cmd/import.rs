//! `members import`: everybody on a list is invited, each by an invitation of its own in a file of its own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::ValueHint;
use event::Handle;
use frame::{Common, Failure, Format, Invitation, Invitee, Output, Session, Table, counted, now, write_private};
use serde_json::json;

use crate::roster::{self, Fate, Row};

const EXAMPLES: &str = "\
Examples:
  members import list.csv --dry-run
  members import list.csv --to invitations

The first line of the file names the columns: handle, and if you like kind (person, organisation, household), name
and note. Name and note go into the files only, never into the journal.";

/// Invite everybody on a list, as a steward: one file for each; publishes by itself
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The list, as comma-separated values
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Where to write the invitations
    #[arg(long, value_name = "FOLDER", default_value = "invitations", value_hint = ValueHint::DirPath)]
    to: PathBuf,
    /// Until when they hold: a span such as 30d, a day, or a moment
    #[arg(long, value_name = "WHEN", default_value = "30d")]
    expires: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let expires = frame::when(&args.expires, now())?;
    let mut session = Session::open(common, out)?;
    let roster = roster::read(&args.file, &mut session)?;
    for column in &roster.unused {
        out.status(format!("column `{}` is not used", event::harmless_line(column)));
    }
    let bad = roster.rows.iter().filter(|row| matches!(row.fate, Fate::Bad(_))).count();
    if bad > 0 || common.dry_run {
        show(&roster.rows, &BTreeMap::new(), out)?;
        return match bad {
            0 => Ok(()),
            n => Err(Failure::usage(format!("{} cannot be invited: nothing was written", counted(n, "row")))
                .hint("mend the lines that the table names, and run it again")),
        };
    }
    let mut rows: BTreeMap<&Handle, &Row> = BTreeMap::new();
    let mut invitees = Vec::new();
    for row in &roster.rows {
        if let Fate::Good(handle, kind) = &row.fate {
            rows.insert(handle, row);
            invitees.push(Invitee { uses: 1, expires, handle: Some(handle.clone()), kind: *kind });
        }
    }
    if !session.is_steward()? {
        return Err(Failure::refused(rules::Refusal::NotSteward));
    }
    let mut files = BTreeMap::new();
    if !invitees.is_empty() {
        frame::make_private_folder(&args.to)?;
        session.invite(&invitees, out, |invitee, invitation| {
            let Some(handle) = &invitee.handle else { return Ok(()) };
            let file = args.to.join(format!("{handle}.invitation"));
            write_private(&file, &letter(invitation, invitee, rows.get(handle).copied()))?;
            files.insert(handle.clone(), file);
            Ok(())
        })?;
    }
    show(&roster.rows, &files, out)?;
    out.status(format!("invited {}", counted(files.len(), "newcomer")));
    if let Some(more) = session.more_than_inviter()? {
        out.status(format!("hint: {more}"));
    }
    let synced = session.sync(None, out)?;
    synced.report(out);
    match synced.failure() {
        Some(failure) => Err(failure.hint("the invitations are good once `members sync` has published them")),
        None => Ok(()),
    }
}

fn letter(invitation: &Invitation, invitee: &Invitee, row: Option<&Row>) -> String {
    let handle = invitee.handle.as_ref().map_or("HANDLE", Handle::as_str);
    let line = |text: &str| event::harmless_line(text);
    let name = row.map(|row| row.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(handle);
    let note = row.map(|row| row.note.as_str()).filter(|note| !note.is_empty());
    let note = note.map(|note| format!("{}\n", line(note))).unwrap_or_default();
    format!(
        "{invitation}\n\nAn invitation for {} to {}, as {handle}, until {}.\n{note}Whoever has the line above can use \
         it, once: keep it to yourself. With this file:\n\n    members join {handle}.invitation\n\nor with the line \
         itself: members join 'commons1:…'. Once it is answered, `members sync` brings you in.\n",
        line(name),
        invitation.community,
        invitee.expires
    )
}

fn show(rows: &[Row], files: &BTreeMap<Handle, PathBuf>, out: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["line|Line>", "handle|Handle", "as|Kind", "name|Name", "fate|Fate", "file|File"], "");
    let plain = out.format() == Format::Table;
    for row in rows {
        let (kind, fate, file) = match &row.fate {
            Fate::Good(handle, kind) => match files.get(handle) {
                Some(file) => (Some(*kind), "invited".to_owned(), Some(file.display().to_string())),
                None => (Some(*kind), "ok".to_owned(), None),
            },
            Fate::Passed(why) => (None, format!("{why}: passed over"), None),
            Fate::Bad(why) => (None, why.clone(), None),
        };
        let handle = if plain { event::harmless_line(&row.wanted) } else { row.wanted.clone() };
        let kind = kind.map(|kind| kind.to_string());
        table.row([json!(row.line), json!(handle), json!(kind), json!(row.name), json!(fate), json!(file)]);
    }
    out.table(&table)
}
