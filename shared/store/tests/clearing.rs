//! A ring of requests is set off with everyone's word, and is as before where one word is missing.

#![allow(clippy::unwrap_used)]

mod common;

use common::{account, held, rounds};
use event::{Amount, Body, Clear, Discharge, EventId, Release, Request, SetOff, Time};
use rules::Answer;
use store::Store;
use testkit::world::{Draft, Job, World};

const RULES: &str =
    "[units.hours]\ntitle = 'Hours'\nlower = '20.00'\n[authority]\nadmit = '1 steward'\nrole = 'secretary'";

/// Everyone hears everything; the steward acknowledges, sometimes only a part at a time.
fn settle(world: &mut World) {
    rounds(world, &[Job::Ack, Job::Follow, Job::Ack, Job::Ack, Job::Ack]);
}

/// Ada, Bob and Cleo each ask the next for 5.00, and set 3.00 of it off until a time; the requests and the set-off.
fn ring(world: &mut World, lasts: i64) -> (Vec<EventId>, EventId) {
    settle(world);
    let amount = |minor| Amount::new(minor, 2).unwrap();
    let mut requests = Vec::new();
    for who in 0..3 {
        let (account, of) = (account(world, who), account(world, (who + 1) % 3));
        let (amount, unit) = (amount(500), "hours".parse().unwrap());
        let request = Request { account, of, amount, unit, due: None, purpose: None, category: None, key: None };
        requests.push(world.write(who, Body::Request(request).into()).unwrap());
    }
    settle(world);
    let mut discharges: Vec<Discharge> =
        requests.iter().map(|request| Discharge { request: *request, amount: amount(300) }).collect();
    discharges.sort_by_key(|discharge| discharge.request);
    let now = world.events().values().map(|v| v.event.time.seconds()).max().unwrap();
    let (unit, closes) = ("hours".parse().unwrap(), Time::new(now + lasts).unwrap());
    let mut crooked = Clear { unit, closes, discharges };
    crooked.discharges[0].amount = amount(301);
    assert_eq!(world.write(0, Body::Clear(crooked.clone()).into()), None, "one would be let off more");
    crooked.discharges[0].amount = amount(300);
    let clearing = world.write(0, Body::Clear(crooked).into()).unwrap();
    settle(world);
    (requests, clearing)
}

fn agree(world: &mut World, who: usize, clearing: EventId) -> Option<EventId> {
    let account = account(world, who);
    world.write(who, Body::Agree(SetOff { clearing, account }).into())
}

fn rests(store: &Store) -> Vec<i64> {
    store.open_requests().unwrap().into_iter().map(|row| row.rest).collect()
}

#[test]
fn a_ring_is_set_off_once_all_have_agreed() {
    let mut world = World::under(1, 1, 3, RULES.parse().unwrap());
    let (requests, clearing) = ring(&mut world, 200);
    for who in 0..3 {
        assert_ne!(held(&world).clearings().unwrap()[0].state(Time::new(0).unwrap()), "done");
        agree(&mut world, who, clearing).unwrap();
        assert_eq!(agree(&mut world, who, clearing), None, "once");
        settle(&mut world);
    }
    let withdraw = Body::Withdraw(event::Withdraw { request: requests[1] });
    assert_eq!(world.write(1, withdraw.into()), None, "it is set off");
    let store = held(&world);
    let row = &store.clearings().unwrap()[0];
    assert!(row.has_effect() && row.state(Time::new(0).unwrap()) == "done", "{:?}", row.parties);
    assert_eq!(rests(&store), [200; 3]);
    assert!(store.accounts().unwrap().iter().all(|row| row.balance == 0));
    assert_eq!(store.never_agrees(row).unwrap(), None);
}

#[test]
fn one_silent_party_holds_nobody_for_ever() {
    let mut world = World::under(1, 1, 3, RULES.parse().unwrap());
    let (_, clearing) = ring(&mut world, 60);
    agree(&mut world, 0, clearing).unwrap();
    agree(&mut world, 1, clearing).unwrap();
    settle(&mut world);
    let store = held(&world);
    let row = store.clearings().unwrap().remove(0);
    assert_eq!(rests(&store), [200, 500, 200], "what two of them owe is reserved");
    assert_eq!(store.never_agrees(&row).unwrap(), None, "the third can agree still");
    let free = |shown| Release {
        clearing,
        account: row.parties[1].0.clone(),
        by: row.parties[2].0.clone(),
        shown: Some(shown),
    };
    let early = world.head(2).unwrap();
    assert_eq!(world.write(1, Body::Release(free(early)).into()), None, "nothing is shown yet");
    while world.events().values().map(|v| v.event.time).max() <= Some(row.clear.closes) {
        let silent = account(&world, 2);
        let pay = event::Pay::plain(
            silent,
            "hours".parse().unwrap(),
            vec![event::Leg { amount: Amount::new(1, 2).unwrap(), to: account(&world, 0) }],
        );
        world.write(2, Body::Pay(pay).into()).unwrap();
    }
    settle(&mut world);
    assert_eq!(agree(&mut world, 2, clearing), None, "too late");
    let store = held(&world);
    let row = store.clearings().unwrap().remove(0);
    let (by, shown) = store.never_agrees(&row).unwrap().unwrap();
    assert_eq!(by, account(&world, 2));
    for who in [0, 1] {
        let release = Release { clearing, account: account(&world, who), by: by.clone(), shown };
        let ack = world.head(0).unwrap();
        let draft =
            Draft { witnesses: if who == 0 { [].into() } else { [ack].into() }, ..Body::Release(release).into() };
        world.write(who, draft).unwrap();
    }
    settle(&mut world);
    let store = held(&world);
    assert_eq!(rests(&store), [500; 3], "everything is as before");
    assert_eq!(store.clearings().unwrap()[0].state(row.clear.closes), "failed");
    assert!(matches!(store.clearings().unwrap()[0].parties[0].1, Some((Answer::Released, ..))));
}
