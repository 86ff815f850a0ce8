//! `members invite`: one line of text by which a newcomer comes in without further ado.

use clap_complete::ArgValueCompleter;
use event::{Handle, KindOfMember, MAX_USES};
use frame::{Common, Failure, Format, Invitation, Invitee, Output, Session, Table, Written, now};
use serde_json::{Value, json};

use crate::qr;

const EXAMPLES: &str = "\
Examples:
  members invite
  members invite --for maria --expires 2d
  members invite --uses 30 --expires 2026-12-31 > flyer.txt
  members invite --list

Whoever has the line can join until it is used up or expired. Nobody can take it back, so let it expire soon.";

/// Invite newcomers, as a steward: prints a line of text for `members join`; publishes by itself
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// How many may come by it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=i64::from(MAX_USES)))]
    uses: u16,
    /// Until when: a span such as 7d or 12h, a day, or a moment
    #[arg(long, value_name = "WHEN", default_value = "7d")]
    expires: String,
    /// Draw the line as a QR code, too
    #[arg(long)]
    qr: bool,
    /// Suggest this handle to the newcomer
    #[arg(long = "for", value_name = "HANDLE", add = ArgValueCompleter::new(frame::handles))]
    handle: Option<Handle>,
    /// Suggest this kind of member: person, organisation or household
    #[arg(long, value_name = "KIND")]
    kind: Option<KindOfMember>,
    /// List your open invitations instead
    #[arg(long, conflicts_with_all = ["uses", "expires", "qr", "handle", "kind"])]
    list: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    if args.list {
        return session.around(common, out, list);
    }
    let expires = frame::when(&args.expires, now())?;
    if let Some(handle) = &args.handle
        && let Some(taken) = session.look_alike(handle)?
    {
        let fact = match taken == *handle {
            true => format!("`{handle}` is taken"),
            false => format!("`{handle}` looks like `{taken}`"),
        };
        return Err(Failure::no(fact).hint("suggest another handle with --for"));
    }
    let invitee = Invitee { uses: args.uses, expires, handle: args.handle, kind: args.kind.unwrap_or_default() };
    let mut line = None;
    let keep = |_: &Invitee, invitation: &Invitation| {
        line = Some(invitation.to_string());
        Ok(())
    };
    let written = session.invite(std::slice::from_ref(&invitee), out, keep)?;
    let Some(line) = line else { return Written::show_all(&written, out) };
    // The line is told even where it cannot be published: it is written, and nothing else has its seed.
    let synced = session.sync(None, out)?;
    synced.report(out);
    show(&session, &invitee, &line, &written, args.qr, out)?;
    match synced.failure() {
        Some(failure) => Err(failure.hint("the invitation is good once `members sync` has published it")),
        None => Ok(()),
    }
}

fn show(
    session: &Session,
    invitee: &Invitee,
    line: &str,
    written: &[Written],
    qr: bool,
    out: &mut Output,
) -> Result<(), Failure> {
    if out.format() == Format::Table {
        if qr {
            out.line(qr::drawn(line)?)?;
        }
        out.line(line)?;
    } else {
        let mut table = Table::new(&["invitation", "id", "kind", "subject", "uses", "expires", "handle", "as"], "");
        for one in written {
            let handle = invitee.handle.as_ref().map(ToString::to_string);
            let (id, kind) = (one.id.map(|id| id.to_string()), invitee.kind.to_string());
            let [uses, expires] = [json!(invitee.uses), json!(invitee.expires.to_string())];
            table.row([
                json!(line),
                json!(id),
                json!(one.kind),
                json!(one.subject),
                uses,
                expires,
                json!(handle),
                json!(kind),
            ]);
        }
        out.object(&table)?;
    }
    let who = match invitee.uses {
        1 => "whoever has this line can join, once".to_owned(),
        n => format!("whoever has this line can join, {n} in all"),
    };
    out.status(format!("{who}, until {}: send it to nobody else", invitee.expires));
    out.status("hint: the newcomer runs `members join 'commons1:…' --as HANDLE`; then `members sync`, here and there");
    if session.remotes()?.is_empty() {
        out.status("hint: it names no remote: hand a bundle over with it, made with `members bundle export FILE`");
    }
    Ok(())
}

fn list(session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    let device = session.device()?;
    let mut table =
        Table::new(&["time|Since", "id|Id", "uses", "left|Left>", "expires|Expires"], "you have no open invitations");
    for row in session.store.invitations()? {
        let id = row.event.link.id;
        let at = session.store.register()?;
        if Some(row.event.link.device) != device || rules::inviter(&session.store, &at, &id, now())?.is_none() {
            continue;
        }
        let shown: Value = match out.format() {
            Format::Table => json!(id.short()),
            _ => json!(id.to_string()),
        };
        table.row([
            json!(row.event.link.time.to_string()),
            shown,
            json!(row.invite.uses),
            json!(u32::from(row.invite.uses).saturating_sub(row.admitted)),
            json!(row.invite.expires.to_string()),
        ]);
    }
    out.table(&table)
}
