//! `members status`: what waits, and for whom.

use frame::{Common, Failure, Here, Output, Session, ago, money, now};
use serde_json::{Value, json};
use store::Waiting;

use crate::motion;

/// Show what waits for you, and what you wait for
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, show)
}

/// One thing that waits.
struct Item {
    kind: &'static str,
    id: Option<String>,
    text: String,
}

fn show(session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    let mut items = Vec::new();
    trouble(session, &mut items)?;
    standing(session, &mut items)?;
    requests(session, &mut items)?;
    motions(session, &mut items)?;
    payments(session, &mut items)?;
    demands(session, &mut items)?;
    polls(session, &mut items)?;
    set_offs(session, &mut items)?;
    if out.format() == frame::Format::Table {
        let (events, refused) = session.store.counts()?;
        out.line(format!(
            "{}: {}, {}, {refused} refused",
            session.name()?,
            frame::counted(session.store.members()?.iter().filter(|m| m.standing.is_active()).count(), "member"),
            frame::counted(usize::try_from(events).unwrap_or(usize::MAX), "event")
        ))?;
        out.line(format!("state {}", &session.store.state_digest()?[..16]))?;
        for item in &items {
            let id = item.id.as_deref().map(|id| format!("{}  ", &id[..8])).unwrap_or_default();
            out.line(format!("{}: {id}{}", item.kind, item.text))?;
        }
        if items.is_empty() {
            out.line("nothing waits")?;
        }
        return Ok(());
    }
    let waits: Vec<Value> =
        items.iter().map(|item| json!({"kind": item.kind, "id": item.id, "text": item.text})).collect();
    let (events, refused) = session.store.counts()?;
    out.json(&json!({
        "community": session.name()?,
        "events": events,
        "refused": refused,
        "register": session.store.register()?.to_string(),
        "state": session.store.state_digest()?,
        "waits": waits,
    }))
}

fn trouble(session: &mut Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    let plain = |kind, text: String| Item { kind, id: None, text };
    if let Some(failure) = session.distrust()? {
        items.push(plain("register", failure.fact));
    }
    match session.here()? {
        // What is so of the member stands among what follows.
        Here::Reads | Here::Acts(_) | Here::Rests(..) => {}
        Here::Elsewhere(_) => {
            let text = "this key has signed events that this home did not have: it no longer writes";
            items.push(plain("device", text.into()));
        }
        Here::Asked(handle) => {
            let member = match &handle {
                Some(handle) => session.look_alike(handle)?,
                None => None,
            };
            let text = match member {
                Some(member) => format!("this device has asked to be {member}'s: `members move` there grants it"),
                None => "you have asked to join: a steward must `members admit` you".to_owned(),
            };
            items.push(plain("membership", text));
        }
        Here::Parting(handle, motion) => {
            let text = format!("{handle} is about to end on this device: it is to be settled and entered");
            items.push(Item { kind: "device", id: Some(motion.to_string()), text });
        }
        here @ (Here::Replaced { .. } | Here::Frozen(_)) => {
            items.push(plain("device", here.failure().map(|failure| failure.fact).unwrap_or_default()));
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    for chain in session.store.chains()? {
        if let Some(at) = chain.forked
            && seen.insert(chain.device)
        {
            items.push(Item {
                kind: "fork",
                id: Some(chain.tip.id.to_string()),
                text: format!("{} signed two events numbered {at}: the device is frozen", chain.author),
            });
        }
    }
    if let Some(at) = session.store.split()? {
        items.push(Item {
            kind: "register",
            id: Some(at.to_string()),
            text: "the register is split after this entry".into(),
        });
    }
    Ok(())
}

fn requests(session: &mut Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    for request in session.local()?.requests()? {
        let (handle, asked) = (&request.handle, ago(request.time, now()));
        let member = session.look_alike(handle)?.is_some_and(|member| member == *handle);
        let text = match (member, session.asked(&request).is_ok_and(|join| join.invited.is_some())) {
            (true, _) => {
                format!("{} asks to be a device of {handle}, {asked}: move, rekey or reinstate", request.device)
            }
            (_, true) => format!("{handle} answers an invitation, {asked}: else `members admit {handle}`"),
            _ => format!("{handle} asks to join, {asked}: `members admit {handle}`"),
        };
        items.push(Item { kind: "request", id: Some(request.id.to_string()), text });
    }
    Ok(())
}

fn motions(session: &mut Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    let me = session.me()?;
    let steward = session.is_steward()?;
    session.number_motions()?;
    for motion in session.store.open_motions()? {
        let id = motion.row.id;
        let approved = motion.row.approvals.iter().any(|(handle, _)| Some(handle) == me.as_ref());
        let objects = motion.objections.iter().any(|(handle, _)| Some(handle) == me.as_ref());
        let own = Some(&motion.row.author) == me.as_ref();
        let who: Vec<String> = motion.row.approvals.iter().map(|(handle, _)| handle.to_string()).collect();
        let by = if who.is_empty() { "nobody".to_owned() } else { who.join(", ") };
        let stand = motion::stand(&motion);
        let waits = steward && !approved && !objects && stand.state == "open";
        // What is void waits for nobody; its author should know.
        if stand.state == "void" && !own {
            continue;
        }
        let n = session.local()?.number("motion", &id)?;
        let todo = if waits { format!(": waits for your `members approve {n}`") } else { String::new() };
        let stands = if stand.state == "void" { stand.words } else { format!("approved by {by}, {}", stand.words) };
        let text = format!("{} moves to {}, {stands}{todo}", motion.row.author, motion.row.change);
        items.push(Item { kind: "motion", id: Some(id.to_string()), text });
    }
    for succession in session.successions()? {
        let mine = succession.consents.iter().any(|handle| Some(handle) == me.as_ref());
        let todo = if steward && !mine { ": waits for your `members succeed`, or not" } else { "" };
        let who: Vec<String> = succession.consents.iter().map(ToString::to_string).collect();
        let (next, term) = (&succession.next, succession.term);
        let have = format!("{} of {} consents, by {}", who.len(), succession.needed, who.join(", "));
        let text = format!("{next} shall keep the register in term {term}, {have}{todo}");
        items.push(Item { kind: "succession", id: None, text });
    }
    Ok(())
}

/// That this member is suspended or gone, and that two stewards are too few.
fn standing(session: &Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    let members = session.store.members()?;
    let own = session.device()?;
    let mine = members.iter().find(|member| Some(member.device) == own);
    match mine {
        Some(member) if !member.standing.is_active() => {
            let text = format!("{} is {}: this device writes nothing any more", member.handle, member.standing);
            items.push(Item { kind: "membership", id: None, text });
        }
        _ => {}
    }
    if members.iter().filter(|member| member.steward).count() == 2 {
        let text = "two can each stop everything: make a third with `members role grant HANDLE steward`";
        items.push(Item { kind: "stewards", id: None, text: text.to_owned() });
    }
    Ok(())
}

fn payments(session: &mut Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    let units = session.store.units()?;
    let places = |unit: &event::Unit| {
        units.iter().find(|(def, _)| def.unit == *unit).map_or(0, |(def, _)| def.base.lower.places())
    };
    let by_hand = session.receives_by_hand()?;
    for account in session.kept_accounts()? {
        for open in session.store.open_items(&account)? {
            let waits = match open.settled {
                true if by_hand => "settled: `credit receive` takes it".to_owned(),
                true => "settled: the next `members sync` receives it".to_owned(),
                false => waiting(session.store.waiting(&open.link)?),
            };
            let amount = money(open.minor, places(&open.unit));
            let text = format!("{amount} {} from {} to {account}: {waits}", open.unit, open.from);
            items.push(Item { kind: "payment", id: Some(open.link.id.to_string()), text });
        }
    }
    Ok(())
}

/// What others ask of the accounts that this device keeps.
fn demands(session: &mut Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    let mine = session.kept_accounts()?;
    for row in session.store.requests()? {
        if row.state != store::RequestState::Open || !mine.contains(&row.said.of) {
            continue;
        }
        let id = row.link.id;
        let number = session.local()?.number("request", &id)?;
        let due = match row.said.due {
            Some(due) if due < now() => format!(", was due {}", ago(due, now())),
            Some(due) => format!(", due {due}"),
            None => String::new(),
        };
        let (rest, said) = (money(row.rest(), row.said.amount.places()), &row.said);
        let text =
            format!("{} asks {} for {rest} {}{due}: `credit pay --request {number}`", said.account, said.of, said.unit);
        items.push(Item { kind: "asked", id: Some(id.to_string()), text });
    }
    Ok(())
}

fn polls(session: &mut Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    let Some(me) = session.me()? else { return Ok(()) };
    for poll in session.store.waiting_for_vote(&me, now())? {
        let id = poll.event.link.id;
        let n = session.local()?.number("poll", &id)?;
        let text = format!("{}: `vote cast {n} …` until {}", poll.open.question, poll.closes);
        items.push(Item { kind: "poll", id: Some(id.to_string()), text });
    }
    Ok(())
}

/// Set-offs on which an account that this device keeps has not given its word.
fn set_offs(session: &mut Session, items: &mut Vec<Item>) -> Result<(), Failure> {
    let kept = session.kept_accounts()?;
    for row in session.store.clearings()? {
        let silent = row.parties.iter().any(|(account, said)| said.is_none() && kept.contains(account));
        if !silent || row.state(now()) != "open" {
            continue;
        }
        let (id, unit, closes) = (row.event.link.id, &row.clear.unit, row.clear.closes);
        let count = frame::counted(row.clear.discharges.len(), "request");
        let text = format!("{count} in {unit}: `credit clear agree {}` or `dissent`, until {closes}", id.short());
        items.push(Item { kind: "set-off", id: Some(id.to_string()), text });
    }
    Ok(())
}

/// `waiting for 1 of 2 stewards: ada, last seen 3 days ago`
pub fn waiting((needed, stewards): (usize, Vec<Waiting>)) -> String {
    let who: Vec<String> = stewards
        .iter()
        .map(|w| match w.seen {
            Some(seen) => format!("{}, last seen {}", w.steward, ago(seen, now())),
            None => format!("{}, never seen", w.steward),
        })
        .collect();
    let plural = if who.len() == 1 { "steward" } else { "stewards" };
    format!("waiting for {needed} of {} {plural}: {}", who.len(), who.join("; "))
}
