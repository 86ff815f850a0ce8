//! `judge HOME`: what the law needs for one more payment at the end of a long history: by a process that has just
//! started, and again when it has been asked before.

use std::path::Path;
use std::time::Instant;

use benches::{Chain, Done, Series, journal_path, member_key, row};
use event::{Account, Amount, Body, Event, Leg, Pay, Verified};
use journal::Journal;
use rules::{Facts, Verdict};
use store::Store;

fn main() -> Done<()> {
    let home = std::env::args().nth(1).ok_or("usage: judge HOME")?;
    let path = journal_path(Path::new(&home));
    let file = path.with_file_name("store.db");
    let store = Store::read(&file)?.ok_or("there is no store")?;
    let next = payment(&store, &Journal::open(&path)?)?;
    let (mut first, mut again) = (Series::default(), Series::default());
    for _ in 0..200 {
        let store = Store::read(&file)?.ok_or("there is no store")?;
        for series in [&mut first, &mut again] {
            let begun = Instant::now();
            let verdict = store.judge(&next)?;
            series.add(begun.elapsed());
            match verdict {
                Verdict::Valid(_) => {}
                other => return Err(format!("the law says {other:?}").into()),
            }
        }
    }
    let us = |series: &Series| format!("{:.1} us", series.median() * 1_000.0);
    let (events, _) = store.counts()?;
    row(&format!("{events} events: judging one more, first and again"), &us(&first), &us(&again), "")?;
    Ok(())
}

/// A payment that the first member could publish now.
fn payment(store: &Store, journal: &Journal) -> Done<Verified> {
    let payer = Chain::new("m00", member_key(0))?;
    let (head, git) = store.head(&payer.device())?.ok_or("a member without a chain")?;
    let leg = Leg { amount: Amount::new(1, 2)?, to: Account::commons() };
    let from = Account::Member(payer.handle.clone());
    let event = Event {
        log: store.log()?,
        author: payer.handle.clone(),
        device: payer.device(),
        time: journal.read(git)??.event.time,
        seq: head.seq.saturating_add(1),
        prev: Some(head.id),
        register: None,
        deps: Vec::new(),
        text: None,
        body: Body::Pay(Pay::plain(from, "hours".parse()?, vec![leg])),
    };
    Ok(event.sign(vec![git], &payer.key)?.1)
}
