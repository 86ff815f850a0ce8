//! What the commands about devices share: finding the request of the new one, and syncing around the change.

use event::{Device, Handle, NewDevice};
use frame::{Common, Failure, Output, Session, Written};

/// Fetches, where there are remotes; what could not be reached is told at the end.
pub fn fetch(session: &mut Session, common: &Common, out: &mut Output) -> Result<Option<Failure>, Failure> {
    if session.remotes()?.is_empty() || common.dry_run {
        return Ok(None);
    }
    let synced = session.sync(None, out)?;
    synced.report(out);
    Ok(synced.failure())
}

/// Shows what was written and publishes it.
pub fn publish(session: &mut Session, written: &[Written], common: &Common, out: &mut Output) -> Result<(), Failure> {
    Written::show_all(written, out)?;
    match fetch(session, common, out)? {
        Some(failure) => Err(failure.hint("what this command did is done and safe: `members sync` publishes it")),
        None => Ok(()),
    }
}

/// The request of the device that shall be a member's: by its id, the beginning of it, or text that holds it. Without
/// one, the only device that asks, which the member is then asked to compare.
pub fn requested(
    session: &mut Session,
    handle: &Handle,
    device: Option<&str>,
    common: &Common,
) -> Result<NewDevice, Failure> {
    let requests = session.local()?.requests()?;
    let asks: Vec<(Device, event::EventId)> =
        requests.iter().filter(|r| r.handle == *handle).map(|r| (r.device, r.id)).collect();
    let Some(text) = device else {
        return match (asks.as_slice(), common.yes) {
            ([(device, request)], false) => {
                Ok(NewDevice { handle: handle.clone(), device: *device, request: *request })
            }
            ([], _) => Err(nobody(handle)),
            // Anybody can ask under any handle: without a question the id must be given.
            _ => Err(Failure::usage("`DEVICE` is missing")
                .hint(format!("give the id that the new device shows; there ask {}", list(&asks)))),
        };
    };
    let found: Vec<_> = asks.iter().filter(|(device, _)| is_meant(device, text)).collect();
    match found.as_slice() {
        [(device, request)] => Ok(NewDevice { handle: handle.clone(), device: *device, request: *request }),
        [] if asks.is_empty() => Err(nobody(handle)),
        [] => Err(Failure::no(format!("`{}` does not ask to be {handle}'s device", event::harmless_line(text)))
            .hint(format!("there ask {}", list(&asks)))),
        _ => Err(Failure::usage(format!("`{}` is the beginning of several devices", event::harmless_line(text)))
            .hint(format!("give more letters: {}", list(&asks)))),
    }
}

fn nobody(handle: &Handle) -> Failure {
    Failure::no(format!("no device asks to be {handle}'s")).hint(format!(
        "on the new device: `members join SOURCE --as {handle} --device`; where it has published, `members sync`"
    ))
}

fn list(asks: &[(Device, event::EventId)]) -> String {
    asks.iter().map(|(device, _)| device.to_string()).collect::<Vec<_>>().join(", ")
}

/// Whether a text is the id, at least four letters of its beginning, or holds the whole of it.
fn is_meant(device: &Device, text: &str) -> bool {
    let id = device.to_string();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    (text.len() >= 4 && id.starts_with(text.trim())) || words.into_iter().any(|word| word == id)
}

/// Asks before a chain is ended; nothing is asked where nothing is written.
pub fn confirm(question: &str, common: &Common) -> Result<(), Failure> {
    frame::confirm(question, common.yes || common.dry_run)
}
