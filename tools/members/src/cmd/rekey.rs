//! `members rekey`: a new device replaces one that is lost, stolen or frozen; its chain is cut.

use clap_complete::ArgValueCompleter;
use event::{Account, Change, Device, Handle, Position};
use frame::{Common, Failure, Output, Session, counted};
use rules::Facts;
use store::EventRow;

use crate::device;

const EXAMPLES: &str = "\
Examples:
  members join https://example.org/solar.git --as maria --device      by maria, who prints the new id
  members rekey maria dk3f                                           by any other member
  members rekey maria dk3f --at 17 --dry-run                         what would be lost";

/// How many of the events that lose their effect are told one by one.
const TOLD: usize = 10;

/// Replace a member's lost or frozen device by the one that has asked; publishes by itself
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Whose
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    handle: Handle,
    /// The new device: its id as it shows it, or the beginning
    device: Option<String>,
    /// The number of the lost device's last event that counts; the last one held if not given
    #[arg(long, value_name = "SEQ")]
    at: Option<u64>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let unreached = device::fetch(&mut session, common, out)?;
    let member = session.store.members()?.into_iter().find(|m| m.handle == args.handle);
    let lost = member.ok_or_else(|| {
        Failure::no(format!("there is no member `{}`", args.handle)).hint("`members list` shows the members")
    })?;
    let to = match (device::requested(&mut session, &args.handle, args.device.as_deref(), common), unreached) {
        (Err(no), Some(unreached)) if no.code() == 1 => return Err(unreached),
        (to, _) => to?,
    };
    let (at, beyond) = end(&session, &lost.device, args.at)?;
    tell(&session, &args.handle, &at, &beyond, out)?;
    device::confirm(&format!("Replace {}'s device by {}?", args.handle, to.device), common)?;
    let written = session.change(Change::Rekey { to, at }, out)?;
    device::publish(&mut session, &written, common, out)
}

/// Where the chain shall end, and the events that are held and would lose their effect.
fn end(session: &Session, device: &Device, seq: Option<u64>) -> Result<(Position, Vec<EventRow>), Failure> {
    let mut branches = session.store.chains()?;
    branches.retain(|branch| branch.device == *device);
    // Of a forked chain the branch that stewards have seen.
    branches.sort_by_key(|branch| (branch.settled, branch.tip.seq));
    let Some(branch) = branches.pop() else { return Err(Failure::no("nothing of that device is held")) };
    let tip = session.store.link(&branch.tip.id)?.ok_or_else(|| Failure::could("a chain has no end"))?;
    let mut events = session.store.history(Some(device), None, None, usize::MAX)?;
    events.retain(|event| event.refusal == 0);
    let last = branch.forked.map(|fork| fork.saturating_sub(1).max(branch.settled.unwrap_or(0)));
    let upto = seq.or(last).unwrap_or(tip.seq);
    let mut found = None;
    for event in &events {
        let fits = event.link.seq <= upto && found.is_none_or(|f: rules::Link| f.seq < event.link.seq);
        if fits && session.store.precedes(&event.link, &tip)? {
            found = Some(event.link);
        }
    }
    let Some(found) = found.filter(|found| seq.is_none_or(|seq| seq == found.seq)) else {
        return Err(Failure::no(format!("the device has no event {upto}")).hint("`members log --member` shows them"));
    };
    let mut beyond = Vec::new();
    for event in events.into_iter().rev() {
        if !session.store.precedes(&event.link, &found)? {
            beyond.push(event);
        }
    }
    Ok((Position { device: *device, seq: found.seq, id: found.id }, beyond))
}

/// What would be lost, and what goes on.
fn tell(
    session: &Session,
    handle: &Handle,
    at: &Position,
    beyond: &[EventRow],
    out: &mut Output,
) -> Result<(), Failure> {
    let time = session.store.link(&at.id)?.map(|link| link.time.to_string()).unwrap_or_default();
    out.status(format!(
        "the lost device counts up to event {} of {time}; what it wrote after that has no effect",
        at.seq
    ));
    if !beyond.is_empty() {
        out.status(format!("{} would lose effect:", counted(beyond.len(), "event")));
        for event in beyond.iter().take(TOLD) {
            out.status(format!("  {} {}", event.link.id.short(), event.body.subject(&event.author)));
        }
        if beyond.len() > TOLD {
            out.status(format!("  and {} more", beyond.len().saturating_sub(TOLD)));
        }
    }
    let open = session.store.open_items(&Account::Member(handle.clone()))?.len();
    if open > 0 {
        out.status(format!("{} to {handle} open: the new device receives them", counted(open, "payment")));
    }
    Ok(())
}
