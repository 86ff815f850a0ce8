//! `members doctor`: what is unhealthy, and what would happen if a machine were lost today.

use event::{Handle, Time};
use frame::{Common, Failure, Finding, Format, Output, Session, Severity, Table, ago, counted, now};
use rules::{Facts, member_of, quorum};
use serde_json::json;
use store::MemberRow;

/// Who has not been seen for so long is missing, in seconds.
const MISSING: i64 = 14 * 86_400;

/// What is not settled for so long is stuck, in seconds.
const STUCK: i64 = 7 * 86_400;

const EXAMPLES: &str = "\
Examples:
  members doctor
  members doctor --offline --json | jq '.[] | select(.severity != \"good\")'
  0 8 * * 1  members doctor -q        # cron mails it, if something is wrong";

/// Look for what is unhealthy, here and in the community; exit code 1 if something is wrong
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Do not try to reach the remotes
    #[arg(long)]
    offline: bool,
    /// What is good, too
    #[arg(long)]
    all: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let mut found = session.health(!args.offline, out)?;
    found.extend(loss(&session)?);
    found.extend(missing(&session)?);
    found.extend(chains(&session)?);
    found.extend(waiting(&session)?);
    found.sort_by_key(|finding| finding.severity);
    let wrong = found.iter().filter(|finding| finding.severity == Severity::Wrong).count();
    // Cron mails only what is wrong; a script gets all.
    if out.format() == Format::Table {
        let least = if common.quiet { Severity::Wrong } else { Severity::Risk };
        found.retain(|finding| args.all || finding.severity <= least);
    }
    if out.format() == Format::Table {
        for finding in &found {
            let word = word(finding.severity);
            out.line(format!("{word}: {}: {}", finding.about, finding.what))?;
            if !finding.todo.is_empty() {
                out.line(format!("    {}", finding.todo))?;
            }
        }
    } else {
        let mut table = Table::new(&["severity", "about", "what", "todo"], "");
        for finding in &found {
            table.row([json!(word(finding.severity)), json!(finding.about), json!(finding.what), json!(finding.todo)]);
        }
        out.table(&table)?;
    }
    match wrong {
        0 => {
            out.status("nothing is wrong");
            Ok(())
        }
        n => Err(Failure::no(format!(
            "{} wrong",
            if n == 1 { "1 thing is".to_owned() } else { format!("{n} things are") }
        ))),
    }
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Wrong => "wrong",
        Severity::Risk => "risk",
        Severity::Good => "good",
    }
}

/// What would happen if a steward's machine, or the secretary's, were lost today.
fn loss(session: &Session) -> Result<Vec<Finding>, Failure> {
    let members = session.store.members()?;
    let stewards: Vec<&MemberRow> = members.iter().filter(|member| member.steward).collect();
    let (n, needed) = (stewards.len(), quorum(stewards.len()));
    let mut found = Vec::new();
    let more = "make more stewards: `members role grant HANDLE steward`; three survive the loss of one";
    let last = "after the loss only `members refound` is left";
    let every = match n {
        0 | 1 => {
            let who = stewards.first().map(|steward| steward.handle.to_string()).unwrap_or_default();
            let what =
                format!("if the machine of {who}, the only steward, were lost today, nothing would ever settle again");
            Finding::new(Severity::Risk, "stewards", what, format!("{more}; {last}"))
        }
        _ if n.saturating_sub(1) < needed => {
            let what = format!("{n} stewards, and all must act: if one machine were lost today, everything would stop");
            Finding::new(Severity::Risk, "stewards", what, more)
        }
        _ => {
            let can = n.saturating_sub(needed);
            let what = format!(
                "{n} stewards, of whom {needed} decide: {can} could be lost today and replaced by `members rekey`"
            );
            Finding::new(Severity::Good, "stewards", what, "")
        }
    };
    found.push(every);
    let at = session.store.register()?;
    let term = rules::term(&session.store, &at)?.saturating_add(1);
    let secretary = members.iter().find(|member| member.secretary);
    let holds = secretary.is_some_and(|member| member.steward);
    let left = n.saturating_sub(usize::from(holds));
    if let (Some(next), Some(secretary)) = (rules::next_secretary(&session.store, &at, term)?, secretary)
        && n > 1
    {
        let who = &secretary.handle;
        found.push(match left >= needed {
            true => {
                let what = format!(
                    "if {who} were lost today, {next} would keep the register, once {needed} stewards `members succeed`"
                );
                Finding::new(Severity::Good, "secretary", what, "")
            }
            false => {
                let what = format!("if the machine of {who} were lost today, nobody could keep the register any more");
                Finding::new(Severity::Risk, "secretary", what, format!("{more}; {last}"))
            }
        });
    }
    if let Some(at) = session.store.split()? {
        let what = format!("the secretary has written two registers: they part after entry {}", at.short());
        let todo = "stewards compare what they have seen, and `members succeed`";
        found.push(Finding::new(Severity::Wrong, "register", what, todo));
    }
    Ok(found)
}

/// Stewards who have not been seen for long.
fn missing(session: &Session) -> Result<Vec<Finding>, Failure> {
    let stewards: Vec<(Handle, Option<Time>)> =
        session.store.members()?.into_iter().filter(|m| m.steward).map(|m| (m.handle, m.seen)).collect();
    let gone = |seen: &Option<Time>| seen.is_none_or(|seen| now().seconds().saturating_sub(seen.seconds()) > MISSING);
    let missing: Vec<String> = stewards
        .iter()
        .filter(|(_, seen)| gone(seen))
        .map(|(who, seen)| match seen {
            Some(seen) => format!("{who}, last seen {}", ago(*seen, now())),
            None => format!("{who}, never seen"),
        })
        .collect();
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let here = stewards.len().saturating_sub(missing.len());
    let what = format!("not seen for two weeks: {}", missing.join("; "));
    Ok(vec![match here >= quorum(stewards.len()) {
        true => Finding::new(Severity::Risk, "stewards", what, "ask whether `members sync` runs there by cron"),
        false => {
            let todo = "what is left is no quorum: nothing settles until one of them syncs";
            Finding::new(Severity::Wrong, "stewards", what, todo)
        }
    }])
}

/// Chains on which nothing can be built: forked, or ended by a refused event.
fn chains(session: &Session) -> Result<Vec<Finding>, Failure> {
    let at = session.store.register()?;
    let own = session.device()?;
    let mut found = Vec::new();
    for chain in session.store.chains()? {
        // A replaced device is history.
        let Some(who) = member_of(&session.store, &at, &chain.device)? else { continue };
        let mine = own == Some(chain.device);
        let refused = session.store.event(&chain.tip.id)?.map_or(0, |event| event.refusal);
        if let Some(at) = chain.forked {
            if chain.root.is_none() {
                let what = format!("the device of {who} has signed two events numbered {at}, and is frozen");
                let todo = "a quorum gives the member another device: `members rekey`";
                found.push(Finding::new(Severity::Wrong, "chains", what, todo));
            }
        } else if let Some(refusal) = rules::Refusal::of(refused) {
            let what = format!("the chain of {who} ends in an event that the law refused: {refusal}");
            let severity = if mine { Severity::Wrong } else { Severity::Risk };
            let todo = "nothing can be built upon it: the member needs another device, `members rekey`";
            found.push(Finding::new(severity, "chains", what, todo));
        }
    }
    Ok(found)
}

/// What has waited for long, and what waits for this device.
fn waiting(session: &Session) -> Result<Vec<Finding>, Failure> {
    let mut found = Vec::new();
    let Some(own) = session.device()? else { return Ok(found) };
    if session.is_steward()? {
        let moved = session.store.to_acknowledge(&own, now())?.len();
        if moved > 0 {
            let what = format!(
                "{} for your acknowledgement",
                match moved {
                    1 => "1 chain waits".to_owned(),
                    n => format!("{n} chains wait"),
                }
            );
            found.push(Finding::new(Severity::Risk, "duties", what, "`members sync`, best by cron"));
        }
    }
    for chain in session.store.chains()?.into_iter().filter(|chain| chain.device == own) {
        let settled = chain.settled.map_or(0, |settled| settled.saturating_add(1));
        let waits = usize::try_from(chain.tip.seq.saturating_add(1).saturating_sub(settled)).unwrap_or(usize::MAX);
        let since = session.store.link(&chain.tip.id)?.map(|link| link.time);
        if waits > 0 && since.is_some_and(|since| now().seconds().saturating_sub(since.seconds()) > STUCK) {
            let what = format!("{} of yours not settled for a week", counted(waits, "event"));
            found.push(Finding::new(Severity::Risk, "settlement", what, "`members status` says whom they wait for"));
        }
    }
    for s in session.successions()? {
        let what = format!("{} of {} stewards consent that {} keeps the register", s.consents.len(), s.needed, s.next);
        found.push(Finding::new(Severity::Risk, "succession", what, "stewards: `members succeed`, or wait"));
    }
    Ok(found)
}
