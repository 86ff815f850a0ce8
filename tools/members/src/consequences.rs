//! What it means for a member's payments, polls and offices to be suspended, expelled, or to leave: shown before it is
//! asked for.

use event::{Account, Handle};
use frame::{Failure, Output, Session, counted, money, now};
use rules::{Facts, Key, Standing, Value};
use store::{MemberRow, State};

/// What a member is about to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Suspended: for a while.
    Suspended,
    /// Expelled: for good.
    Expelled,
    /// Gone by its own motion.
    Left,
}

/// Tells on stderr what will happen.
pub fn tell(session: &mut Session, member: &MemberRow, end: End, out: &mut Output) -> Result<(), Failure> {
    let verb = match end {
        End::Suspended => "is suspended",
        End::Expelled => "is expelled",
        End::Left => "leaves",
    };
    out.status(format!("once {} {verb}:", member.handle));
    let mut lines = balances(session, &member.handle, end)?;
    lines.extend(payments(session, &member.handle, end)?);
    lines.extend(polls(session, &member.handle)?);
    lines.extend(offices(session, member, end)?);
    lines.push(match end {
        End::Suspended => {
            "what stands up to there stays; reinstatement is by a new device that takes the books over".into()
        }
        End::Expelled | End::Left => "past votes, payments and posts stay; the handle is never free again".to_owned(),
    });
    for line in lines {
        out.status(format!("  {line}"));
    }
    Ok(())
}

fn balances(session: &Session, who: &Handle, end: End) -> Result<Vec<String>, Failure> {
    let account = Account::Member(who.clone());
    let mut lines = Vec::new();
    for (unit, _) in session.store.units()? {
        let row = session.store.account_row(&account, &unit)?;
        if row.balance == 0 {
            continue;
        }
        let amount = money(row.balance, unit.base.lower.places());
        lines.push(match end {
            End::Suspended => format!("balance {amount} {}: stays, and cannot be moved", unit.unit),
            End::Expelled | End::Left => {
                format!("balance {amount} {}: stays on the account, which is closed", unit.unit)
            }
        });
    }
    if lines.is_empty() {
        lines.push("balance: none".to_owned());
    }
    Ok(lines)
}

fn payments(session: &Session, who: &Handle, end: End) -> Result<Vec<String>, Failure> {
    let account = Account::Member(who.clone());
    let mut lines = Vec::new();
    for (unit, _) in session.store.units()? {
        let mut open = session.store.statement(&account, &unit)?;
        open.retain(|line| matches!(line.state, State::Pending | State::Settled));
        // What goes out stands first.
        open.sort_by(|a, b| (a.minor > 0, &a.counterparty, a.time).cmp(&(b.minor > 0, &b.counterparty, b.time)));
        for line in open {
            let places = unit.base.lower.places();
            let amount = money(line.minor.saturating_abs(), places);
            let what = line.purpose.map(|purpose| format!(", {purpose}")).unwrap_or_default();
            let (unit, other) = (&unit.unit, &line.counterparty);
            lines.push(match (line.minor < 0, end) {
                (true, _) => format!("{amount} {unit} on its way to {other}{what}: {}", fate(session, other)?),
                (false, End::Suspended) => format!("{amount} {unit} on its way from {other}{what}: waits"),
                (false, _) => format!("{amount} {unit} on its way from {other}{what}: goes back to {other}"),
            });
        }
    }
    if lines.is_empty() {
        lines.push("payments on their way: none".to_owned());
    }
    Ok(lines)
}

/// What becomes of a payment on its way to an account.
fn fate(session: &Session, to: &Account) -> Result<String, Failure> {
    let members = session.store.members()?;
    let who = members.iter().find(|member| Account::Member(member.handle.clone()) == *to);
    Ok(match who.map(|member| member.standing) {
        Some(Standing::Suspended) => format!("waits until {to} is reinstated"),
        Some(Standing::Left | Standing::Expelled) => "is to be taken back first, by `members sync`".to_owned(),
        _ => format!("{to} can still receive it"),
    })
}

fn polls(session: &mut Session, who: &Handle) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for poll in session.store.polls()? {
        let over = poll.closed.is_some() || poll.replaced.is_some() || poll.closes < now();
        if over || rules::vote_of(&session.store, &poll.event.link, &poll.open, who)? == 0 {
            continue;
        }
        let n = session.local()?.number("poll", &poll.event.link.id)?;
        let question = &poll.open.question;
        lines.push(match session.store.voices(&poll)?.contains_key(who) {
            true => format!("open poll {n}, {question}: the vote stands"),
            false => format!("open poll {n}, {question}: has not voted, and no longer can"),
        });
    }
    Ok(lines)
}

fn offices(session: &Session, member: &MemberRow, end: End) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    if member.secretary {
        lines.push("keeps the register: the office must be handed on first, `members secretary HANDLE`".to_owned());
    }
    if member.steward {
        let left = session.store.members()?.iter().filter(|m| m.steward).count().saturating_sub(1);
        let quorum = rules::quorum(left);
        lines.push(match left {
            0 => "the only steward: another must be made first".to_owned(),
            _ => format!("no steward any more: {} left, {quorum} of them decide", counted(left, "steward")),
        });
        if left == 2 {
            lines.push("two stewards can each stop everything: three survive the loss of one".to_owned());
        }
    }
    for role in session.store.roles()? {
        if role.holder.as_ref() == Some(&member.handle) && role.role != event::Role::Steward {
            lines.push(match end {
                End::Suspended => format!("{}: rests", role.role),
                End::Expelled | End::Left => format!("{}: ends", role.role),
            });
        }
    }
    let at = session.store.register()?;
    for account in session.store.account_names()? {
        let keeper = session.store.fact(&at, &Key::Keeper(account.clone()))?;
        if keeper == Some(Value::Handle(member.handle.clone())) && matches!(account, Account::Common(_)) {
            lines.push(format!("keeps {account}: the secretary's member will"));
        }
    }
    Ok(lines)
}

/// The member of this handle.
pub fn member(session: &Session, handle: &str) -> Result<MemberRow, Failure> {
    let found = session.store.members()?.into_iter().find(|member| member.handle.as_str() == handle);
    found.ok_or_else(|| {
        Failure::no(format!("there is no member `{}`", event::harmless_line(handle)))
            .hint("`members list` shows the members")
    })
}
