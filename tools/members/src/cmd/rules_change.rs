//! `members rules set` and `rules edit`: a motion whose text is another rules document.

use ::rules::Charter;
use event::{Change, Text};
use frame::{Common, Failure, Output, Session, Written};

use crate::cmd::rules;
use crate::document::{self, Document, differences};

/// Moves the document of a file, a template or standard input.
pub fn set(file: &str, common: &Common, out: &mut Output) -> Result<(), Failure> {
    // A mistake in the file is told before anything else is done.
    let document = document::read(file)?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| moves(session, &document, out))
}

/// Moves what is saved in an editor; a document with mistakes goes back there.
pub fn edit(common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let (mut draft, _) = rules::in_force(session)?;
        draft.push('\n');
        loop {
            let edited =
                frame::edit(&draft, ".toml", "`members rules > our.toml`, change it, `members rules set our.toml`")?;
            let Some(edited) = edited else { return unchanged(out) };
            match document::checked(edited.clone())? {
                Ok(document) => return moves(session, &document, out),
                Err(bad) => {
                    let mistakes = document::mistakes("the document", &bad);
                    out.status(&mistakes.fact);
                    if !frame::confirmed("Edit it again?")? {
                        return Err(mistakes);
                    }
                    draft = edited;
                }
            }
        }
    })
}

fn unchanged(out: &mut Output) -> Result<(), Failure> {
    out.status("unchanged, nothing moved");
    Ok(())
}

fn moves(session: &mut Session, document: &Document, out: &mut Output) -> Result<(), Failure> {
    let (text, charter) = rules::in_force(session)?;
    let new = Text::tidy(&document.text)?;
    if new.as_str() == text {
        return unchanged(out);
    }
    let was = session.store.rules_event()?.ok_or_else(|| Failure::could("there are no rules in force"))?;
    show(session, &charter, &document.charter, out)?;
    Written::show_all(&session.change_with(Change::Rules { was }, Some(new), out)?, out)
}

/// What would change, on stderr. A unit that a motion of its own has changed goes back to what the document says; one
/// that the document leaves out stays as it is.
fn show(session: &Session, charter: &Charter, new: &Charter, out: &mut Output) -> Result<(), Failure> {
    let mut now = rules::as_moved(session, charter)?;
    let stays: Vec<String> = now
        .units
        .iter()
        .filter(|def| new.units.iter().all(|other| other.unit != def.unit))
        .map(|def| def.unit.to_string())
        .collect();
    now.units.retain(|def| new.units.iter().any(|other| other.unit == def.unit));
    let differences = differences(&now, new);
    if differences.is_empty() {
        out.status("it changes nothing but words");
    }
    rules::lines(&differences).iter().for_each(|line| out.status(line));
    if !stays.is_empty() {
        out.status(format!("not in it, and so as before: {}", stays.join(", ")));
    }
    Ok(())
}
