//! The ladder: what every event must meet, whatever its kind; then the kind's own rungs.

use event::{Body, Entry, Event, EventId, Route, Verified};

use crate::case::{Case, Effects, No, Rung, refuse};
use crate::facts::{Facts, Link};
use crate::refusal::Refusal;
use crate::settle::{entry_settled_by, steward_of};
use crate::{announce, change, credit, members, vote};

/// What the law says to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is valid, and does this.
    Valid(Box<Effects>),
    /// It is void, and its branch ends here.
    Refused(Refusal),
    /// It cannot be judged before these are held.
    Waits(Vec<EventId>),
}

/// Judges an event by its own chain before it and what it names; never by a clock or an order of arrival.
///
/// Parents are not looked at: that git's names lead to the events named is the journal's to see.
pub fn judge<F: Facts>(facts: &F, verified: &Verified) -> Result<Verdict, F::Error> {
    let missing = missing(facts, &verified.event)?;
    if !missing.is_empty() {
        return Ok(Verdict::Waits(missing));
    }
    match ladder(facts, verified) {
        Ok(effects) => Ok(Verdict::Valid(Box::new(effects))),
        Err(No::Refused(refusal)) => Ok(Verdict::Refused(refusal)),
        Err(No::Failed(error)) => Err(error),
    }
}

fn missing<F: Facts>(facts: &F, event: &Event) -> Result<Vec<EventId>, F::Error> {
    let mut missing = Vec::new();
    for id in event.names() {
        if facts.link(&id)?.is_none() {
            missing.push(id);
        }
    }
    Ok(missing)
}

fn ladder<F: Facts>(facts: &F, verified: &Verified) -> Rung<Effects, F::Error> {
    let event = &verified.event;
    let log = facts.log()?;
    if let Body::Found(found) = &event.body {
        return match log {
            Some(log) if log != verified.id => refuse(Refusal::SecondGenesis),
            _ => members::found(verified, found),
        };
    }
    if event.log != log {
        return refuse(Refusal::OtherLog);
    }
    let head = previous(facts, event)?;
    let (register, witnesses) = knowledge(facts, event, head.as_ref())?;
    let case = Case { facts, id: verified.id, event, head, register, witnesses };
    dispatch(&case)
}

/// The event before it, where there is one, and that it fits.
fn previous<F: Facts>(facts: &F, event: &Event) -> Rung<Option<Link>, F::Error> {
    let Some(prev) = event.prev else { return Ok(None) };
    let Some(link) = facts.link(&prev)? else { return refuse(Refusal::BrokenChain) };
    if link.device != event.device || link.seq.checked_add(1) != Some(event.seq) {
        return refuse(Refusal::BrokenChain);
    }
    if !link.valid {
        return refuse(Refusal::AfterRefused);
    }
    if facts.author(&link)?.as_ref() != Some(&event.author) {
        return refuse(Refusal::OtherAuthor);
    }
    if event.time < link.time {
        return refuse(Refusal::TimeBackwards);
    }
    Ok(Some(link))
}

/// What the event names holds, its deps are its kind's, and its register goes forward on what is settled.
fn knowledge<F: Facts>(facts: &F, event: &Event, head: Option<&Link>) -> Rung<(EventId, Vec<Link>), F::Error> {
    let mut links = Vec::new();
    for id in event.names() {
        let Some(link) = facts.link(&id)? else { return refuse(Refusal::NamesRefused) };
        if !link.valid {
            return refuse(Refusal::NamesRefused);
        }
        if link.device == event.device {
            let Some(head) = head else { return refuse(Refusal::OwnBranch) };
            if !facts.precedes(&link, head)? {
                return refuse(Refusal::OwnBranch);
            }
        }
        links.push(link);
    }
    let witnesses = witnesses(facts, event, head, &links)?;
    let known = head.map(|head| head.register);
    let register = match (event.register, known) {
        (None, Some(known)) => known,
        (None, None) => return refuse(Refusal::RegisterUnsettled),
        (Some(next), known) => advance(facts, next, known, &witnesses)?,
    };
    Ok((register, witnesses))
}

/// The deps beyond those that the kind names: only where something must be settled, and only of others.
fn witnesses<F: Facts>(facts: &F, event: &Event, head: Option<&Link>, links: &[Link]) -> Rung<Vec<Link>, F::Error> {
    let mut expected = event.body.carried();
    expected.extend(event.register);
    let foreign = |id: &EventId| links.iter().any(|link| link.id == *id && link.device != event.device);
    for id in &expected {
        if foreign(id) != event.deps.contains(id) {
            return refuse(Refusal::WrongDeps);
        }
    }
    let relies = event.register.is_some() || relies(facts, &event.body)?;
    let mut witnesses: Vec<Link> = Vec::new();
    for link in links.iter().filter(|link| event.deps.contains(&link.id)) {
        let extra = !expected.contains(&link.id);
        if extra && !(relies && link.device != event.device && is_witness(facts, link)?) {
            return refuse(Refusal::WrongDeps);
        }
        witnesses.push(*link);
    }
    // The author's own chain stands witness for itself.
    witnesses.extend(head);
    Ok(witnesses)
}

/// Whether something that the kind names must be settled.
fn relies<F: Facts>(facts: &F, body: &Body) -> Result<bool, F::Error> {
    Ok(match body {
        Body::Receive(_) | Body::Decline(_) | Body::Back(_) | Body::Release(_) => true,
        // A member who leaves, moves or hands an account on has said so, and it is settled.
        Body::Entry(Entry { route: Route::Moved { motion, .. }, .. }) => match facts.body(motion)? {
            Some(Body::Motion(motion)) => change::own_word(&motion.change),
            _ => false,
        },
        _ => false,
    })
}

/// A steward's event, or an entry.
fn is_witness<F: Facts>(facts: &F, link: &Link) -> Result<bool, F::Error> {
    if facts.last_entry(link)? == Some(link.id) {
        return Ok(true);
    }
    // A steward whom a later entry released still stands for what was acknowledged before.
    for (_, register) in facts.advances(link)? {
        if steward_of(facts, &register, &link.device)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn advance<F: Facts>(facts: &F, next: EventId, known: Option<EventId>, witnesses: &[Link]) -> Rung<EventId, F::Error> {
    let Some(entry) = facts.link(&next)? else { return refuse(Refusal::RegisterBackwards) };
    if facts.last_entry(&entry)? != Some(next) {
        return refuse(Refusal::RegisterBackwards);
    }
    if let Some(known) = known
        && (known == next || !facts.descends(&next, &known)?)
    {
        return refuse(Refusal::RegisterBackwards);
    }
    match entry_settled_by(facts, witnesses, &entry)? {
        true => Ok(next),
        false => refuse(Refusal::RegisterUnsettled),
    }
}

/// Whether the chain was ended by a motion of its own: then only what brings that about can follow.
fn parted<F: Facts>(case: &Case<'_, F>) -> Rung<(), F::Error> {
    let Some(head) = &case.head else { return Ok(()) };
    for motion in case.facts.own_ends(head)? {
        let goes_with_it = match &case.event.body {
            Body::Approve(approve) => approve.motion == motion,
            Body::Entry(_) | Body::Follow => true,
            _ => false,
        };
        if !goes_with_it && !case.facts.refused(&case.register, &motion)? {
            return refuse(Refusal::HandedOver);
        }
    }
    Ok(())
}

fn dispatch<F: Facts>(case: &Case<'_, F>) -> Rung<Effects, F::Error> {
    let body = &case.event.body;
    if let Body::Join(join) = body {
        return members::join(case, join);
    }
    let member = case.member()?;
    parted(case)?;
    match body {
        Body::Found(_) | Body::Join(_) => refuse(Refusal::SecondGenesis),
        Body::Follow => match case.event.register {
            Some(_) => Ok(case.effects()),
            None => refuse(Refusal::RegisterBackwards),
        },
        Body::Motion(motion) => members::motion(case, motion),
        Body::Approve(approve) => members::approve(case, approve),
        Body::Object(object) => members::object(case, object),
        Body::Invite(invite) => members::invite(case, invite),
        Body::Succeed(succeed) => members::succeed(case, succeed),
        Body::Entry(entry) => members::entry(case, entry),
        Body::Ack(ack) => members::ack(case, ack),
        Body::Pay(pay) => credit::pay(case, pay),
        Body::Receive(receive) => credit::receive(case, receive),
        Body::Decline(decline) => credit::decline(case, decline),
        Body::Post(post) => announce::post(case, post, &member),
        Body::Retract(retract) => announce::retract(case, retract, &member),
        Body::Hide(hide) => announce::hide(case, hide, &member),
        Body::Seen(seen) => announce::seen(case, seen),
        Body::Told(told) => announce::told(case, told),
        Body::Open(open) => vote::open(case, open),
        Body::Cast(cast) => vote::cast(case, cast, &member),
        Body::Page(page) => vote::page(case, page),
        Body::Close(close) => vote::close(case, close),
        Body::Record(record) => vote::record(case, record, &member),
        Body::Contest(contest) => vote::contest(case, contest, &member),
        Body::Proxy(proxy) => vote::proxy(case, proxy, &member),
        Body::Extend(extend) => vote::extend(case, extend),
        Body::Statement(said) => vote::statement(case, said, &member),
        Body::Pledge(pledge) => credit::pledge(case, pledge),
        Body::Unpledge(unpledge) => credit::unpledge(case, unpledge),
        Body::Attest(attest) => credit::attest(case, attest),
        Body::Back(back) => credit::back(case, back),
        Body::Offer(offer) | Body::Want(offer) => credit::offer(case, offer),
        Body::Remove(remove) => credit::remove(case, remove),
        Body::Clear(clear) => credit::clear(case, clear),
        Body::Agree(of) => credit::agree(case, of),
        Body::Dissent(of) => credit::dissent(case, of),
        Body::Release(release) => credit::release(case, release),
        Body::Request(request) => credit::request(case, request),
        Body::Withdraw(withdraw) => credit::withdraw(case, withdraw),
        Body::Refuse(refuse) => credit::refuse_request(case, refuse),
        Body::Cancel(cancel) => credit::cancel(case, cancel),
        // What a member publishes of the own data or by which key it reads, and when that ends, is the member's alone.
        Body::Profile(_) | Body::ReadingKey(_) => Ok(case.effects()),
    }
    .and_then(|effects| case.as_steward(effects))
}
