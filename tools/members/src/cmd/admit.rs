//! `members admit`: a request to join becomes a membership.

use clap_complete::ArgValueCompleter;
use event::{Change, EventId, Handle};
use frame::{Common, Failure, Output, Session, Written};

/// Admit a newcomer who has asked to join; publishes by itself
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The handle, or the first digits of the request's id where several ask for one
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let mut unreached = None;
    if !session.remotes()?.is_empty() && !common.dry_run {
        let synced = session.sync(None, out)?;
        synced.report(out);
        unreached = synced.failure();
    }
    let wanted = frame::ask(args.handle, "HANDLE", "Whom")?;
    if !session.remotes()?.is_empty() && !common.dry_run {
        session.look_for(&wanted, out)?;
    }
    let (handle, change) = match (request(&mut session, &wanted), unreached) {
        // Where the remotes could not be asked, nobody knows who asks.
        (Err(no), Some(unreached)) if no.code() == 1 => return Err(unreached),
        (request, _) => request?,
    };
    let mut written = session.change(change, out)?;
    if !common.dry_run {
        written.extend(confirm(&mut session, &handle, out)?);
    }
    Written::show_all(&written, out)?;
    if !common.dry_run {
        let synced = session.sync(None, out)?;
        synced.report(out);
        if let Some(failure) = synced.failure() {
            return Err(failure);
        }
    }
    Ok(())
}

/// With several stewards the admission opens the motion that confirms the member, too: at once if the
/// admission is settled already, else with a later sync.
fn confirm(session: &mut Session, handle: &Handle, out: &mut Output) -> Result<Vec<Written>, Failure> {
    let member = session.store.members()?.into_iter().find(|m| m.handle == *handle);
    match member {
        Some(member) if member.confirmed => Ok(Vec::new()),
        Some(_) => session.change(Change::Confirm { handle: handle.clone() }, out),
        None => session.confirm_later(handle).map(|()| Vec::new()),
    }
}

fn request(session: &mut Session, wanted: &str) -> Result<(Handle, Change), Failure> {
    let requests = session.local()?.requests()?;
    let found: Vec<_> = requests.iter().filter(|r| r.is_meant_by(wanted)).collect();
    let ids = |some: &[&store::Request]| some.iter().map(|r| id(&r.id)).collect::<Vec<_>>().join(", ");
    match found.as_slice() {
        [one] => {
            let (handle, device, request) = (one.handle.clone(), one.device, one.id);
            let kind = session.asked(one)?.kind;
            Ok((handle.clone(), Change::Admit { handle, device, request, kind }))
        }
        [] => Err(Failure::no(format!("nobody asks to join as `{}`", event::harmless_line(wanted)))
            .hint("`members status` lists requests; `members sync` fetches new ones")),
        some => Err(Failure::usage(format!("several ask to join as `{}`", event::harmless_line(wanted)))
            .hint(format!("ask which of them is meant, and admit by id: {}", ids(some)))),
    }
}

fn id(id: &EventId) -> String {
    id.to_string()[..12].to_owned()
}
