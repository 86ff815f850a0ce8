//! `more REPOSITORY EVENTS`: members of a generated community pay each other in a ring, straight into a remote.

use std::path::Path;

use benches::{Chain, Done, member_key};
use event::{Account, Amount, Body, Event, Leg, Pay, Time};
use journal::Journal;

const MEMBERS: u16 = 49;

fn main() -> Done<()> {
    let args: Vec<String> = std::env::args().collect();
    let [_, repository, events] = args.as_slice() else { return Err("usage: more REPOSITORY EVENTS".into()) };
    let journal = Journal::open(Path::new(repository))?;
    for n in 0..events.parse::<usize>()? {
        let from = u16::try_from(n % usize::from(MEMBERS))?;
        let payer = Chain::new(&format!("m{from:02}"), member_key(from))?;
        let name = payer.device().to_string();
        let tip = journal.tips()?.into_iter().find(|tip| tip.name == name);
        let at = tip.ok_or("a member without a branch")?.git;
        let head = journal.read(at)??;
        let to = Account::Member(format!("m{:02}", (from + 1) % MEMBERS).parse()?);
        let body = Body::Pay(Pay::plain(
            Account::Member(payer.handle.clone()),
            "hours".parse()?,
            vec![Leg { amount: Amount::new(1, 2)?, to }],
        ));
        let event = Event {
            log: head.event.log,
            author: payer.handle.clone(),
            device: payer.device(),
            time: Time::new(head.event.time.seconds().saturating_add(1))?,
            seq: head.event.seq.saturating_add(1),
            prev: Some(head.id),
            register: None,
            deps: Vec::new(),
            text: None,
            body,
        };
        let (bytes, _) = event.sign(vec![at], &payer.key)?;
        journal.advance(&name, Some(at), journal.write(&bytes)?)?;
    }
    Ok(())
}
