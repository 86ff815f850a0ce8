//! What the law does not let happen any more: attacks that an earlier law let through, each played to its end.
//! One hole is open still; its test states the present outcome and fails once the hole is closed.

use event::{
    Account, Amount, Approve, Body, Change, Device, Entry, EventId, Item, Leg, Motion, Pay, Position, Receive, Role,
    Route, Unit,
};
use testkit::naive::Naive;
use testkit::world::{Draft, Job, World};

const ADA: usize = 0;
const BOB: usize = 1;
const CLEO: usize = 2;
const DAN: usize = 3;
const EVE: usize = 4;
const FAY: usize = 5;

/// Everyone knows everything, and follows the register.
fn meet(world: &mut World) {
    for who in 0..world.actors().len() {
        world.sync(who);
        let naive = world.naive(who);
        world.act(who, &naive, &[Job::Follow]);
    }
}

fn write(world: &mut World, who: usize, body: Body) -> EventId {
    world.sync(who);
    world.write(who, body.into()).expect("the law takes it")
}

/// The law does not take it, though everything is known.
fn refused(world: &mut World, who: usize, draft: Draft) {
    world.sync(who);
    let name = world.actors()[who].name.clone();
    assert_eq!(world.write(who, draft), None, "{name} could write it");
}

fn hour() -> Unit {
    "hours".parse().expect("a unit")
}

fn account(world: &World, who: usize) -> Account {
    Account::Member(world.actors()[who].name.clone())
}

fn pay(world: &mut World, who: usize, to: usize, hours: i64) -> EventId {
    let amount = Amount::new(hours * 100, 2).expect("a small amount");
    let legs = vec![Leg { amount, to: account(world, to) }];
    let pay = Pay::plain(account(world, who), hour(), legs);
    write(world, who, Body::Pay(pay))
}

fn place(world: &World, id: EventId) -> Position {
    let event = world.law().event(id).expect("written before");
    Position { device: event.device, seq: event.seq, id }
}

fn ack(world: &mut World, who: usize, id: EventId) -> EventId {
    let position = place(world, id);
    write(world, who, Body::Ack(event::Ack { positions: vec![position] }))
}

/// A motion and its approvals.
fn agreed(world: &mut World, by: usize, change: Change, stewards: &[usize]) -> Route {
    let motion = write(world, by, Body::Motion(Motion { change }));
    let approvals = stewards.iter().map(|who| write(world, *who, Body::Approve(Approve { motion })));
    let mut approvals: Vec<EventId> = approvals.collect();
    approvals.sort();
    Route::Moved { motion, approvals, poll: None }
}

fn promotion(world: &World, who: usize) -> Change {
    Change::Role { handle: world.actors()[who].name.clone(), role: Role::Steward, holds: true }
}

fn last_entry(world: &World) -> EventId {
    let head = world.head(ADA).expect("the founder has a chain");
    world.law().chain(head).into_iter().find(|id| world.law().is_entry(*id)).expect("the genesis")
}

fn hours(world: &World, naive: &Naive, who: usize) -> i128 {
    naive.balances.get(&(account(world, who), hour())).copied().unwrap_or(0)
}

/// All honest, two stewards. Two promotions are approved under one set; the first is entered and begins a second
/// set, which settles a payment; then the second is entered with the old approvals, which have not seen the payment
/// and did not stop their authors from acknowledging it.
///
/// An approval of a change of stewards counts only if its chain knew set(After).
#[test]
fn stale_approvals_change_no_stewards() {
    let mut world = World::honest(1, 2, 4);
    meet(&mut world);
    let (cleo, dan) = (promotion(&world, CLEO), promotion(&world, DAN));
    let first = agreed(&mut world, ADA, cleo, &[ADA, BOB]);
    let second = agreed(&mut world, ADA, dan, &[ADA, BOB]);
    let after = last_entry(&world);
    let entry = write(&mut world, ADA, Body::Entry(Entry { after, route: first }));
    ack(&mut world, BOB, entry);
    meet(&mut world);
    let paid = pay(&mut world, ADA, CLEO, 5);
    ack(&mut world, BOB, paid);
    let naive = world_naive(&mut world, CLEO);
    assert!(naive.settled.contains(&paid));
    world.act(CLEO, &naive, &[Job::Receive]).expect("what is settled can be received");
    let before = world_naive(&mut world, CLEO);
    assert_eq!(hours(&world, &before, CLEO), 500);

    refused(&mut world, ADA, Body::Entry(Entry { after: entry, route: second }).into());
    // Another motion, approved by those now in office, does it, and what was settled stays so.
    let dan = promotion(&world, DAN);
    let fresh = agreed(&mut world, BOB, dan, &[ADA, BOB]);
    let entry = write(&mut world, ADA, Body::Entry(Entry { after: entry, route: fresh }));
    ack(&mut world, BOB, entry);
    let now = world_naive(&mut world, CLEO);
    assert_eq!(now.register, Some(entry));
    assert!(now.settled.contains(&paid));
    assert_eq!(hours(&world, &now, CLEO), 500);
}

fn world_naive(world: &mut World, who: usize) -> Naive {
    world.sync(who);
    world.naive(who)
}

/// Four stewards, one of them a dishonest secretary, and two members in league with her. A receipt cannot rely on the
/// cut in an entry that never settles, so the payee has no income to spend.
///
/// A cut covers only if it is in the state of the entry that the receiver's chain knows.
#[test]
fn a_cut_in_an_entry_off_the_register_makes_no_credit() {
    let mut world = World::honest(4, 4, 6);
    meet(&mut world);
    let early = world.head(EVE).expect("eve has joined");
    let paid = pay(&mut world, EVE, FAY, 20);
    let cut = |world: &World, id| Change::Cut { position: place(world, id) };
    let (late_cut, early_cut) = (cut(&world, paid), cut(&world, early));
    // The stewards have acknowledged neither, so they may approve both.
    let late_cut = agreed(&mut world, BOB, late_cut, &[BOB, CLEO, DAN]);
    let early_cut = agreed(&mut world, BOB, early_cut, &[BOB, CLEO, DAN]);
    let after = last_entry(&world);
    let head = world.head(ADA);
    world.sync(ADA);
    let naive = world.naive(ADA);
    let mut fork = |route| {
        let entry = Body::Entry(Entry { after, route });
        world.write_at(ADA, &naive, head, entry.into()).expect("each branch is valid on its own")
    };
    let (secret, public) = (fork(late_cut), fork(early_cut));
    for who in [BOB, CLEO, DAN] {
        ack(&mut world, who, public);
    }
    let receipt = Body::Receive(Receive { items: vec![Item::Leg(paid, 0)] });
    refused(&mut world, FAY, Draft { witnesses: [secret].into(), ..receipt.clone().into() });
    // Nor does her chain come to know that entry, which no quorum has acknowledged.
    let witnesses = [BOB, CLEO, DAN].into_iter().filter_map(|who| world.head(who)).chain([secret]).collect();
    refused(&mut world, FAY, Draft { register: Some(secret), witnesses, ..receipt.into() });
    let naive = world_naive(&mut world, DAN);
    assert_eq!(naive.register, Some(public));
    assert!(naive.conserved() && !naive.effective.contains(&paid));
    assert_eq!(hours(&world, &naive, FAY), 0);
}

/// A cut covers what lies before it as soon as the receiver's chain knows the register that has it, and not before:
/// then nothing need be named.
#[test]
fn a_cut_that_the_receiver_knows_covers() {
    let mut world = World::honest(4, 4, 6);
    meet(&mut world);
    let paid = pay(&mut world, EVE, FAY, 20);
    let change = Change::Cut { position: place(&world, paid) };
    let cut = agreed(&mut world, BOB, change, &[BOB, CLEO, DAN]);
    let after = last_entry(&world);
    let entry = write(&mut world, ADA, Body::Entry(Entry { after, route: cut }));
    let receipt = Draft::from(Body::Receive(Receive { items: vec![Item::Leg(paid, 0)] }));
    refused(&mut world, FAY, Draft { witnesses: [entry].into(), ..receipt.clone() });
    for who in [BOB, CLEO, DAN] {
        ack(&mut world, who, entry);
    }
    refused(&mut world, FAY, Draft { witnesses: [entry].into(), ..receipt.clone() });
    meet(&mut world);
    world.write(FAY, receipt).expect("the cut is known");
    let naive = world_naive(&mut world, DAN);
    assert_eq!(hours(&world, &naive, FAY), 2000);
}

/// One steward who is the secretary cuts by an inline entry, of which the law asks what it asks of an approval: not
/// the own chain, nothing that the own chain has acknowledged beyond, and no acknowledgement beyond it later.
#[test]
fn an_inline_cut_is_an_approval_of_it() {
    let mut world = World::honest(3, 1, 3);
    meet(&mut world);
    let inline = |world: &World, id| {
        let route = Route::Inline(Change::Cut { position: place(world, id) });
        Body::Entry(Entry { after: last_entry(world), route })
    };
    let own = inline(&world, world.head(ADA).expect("the founder has a chain"));
    refused(&mut world, ADA, own.into());
    let early = world.head(BOB).expect("bob has joined");
    let paid = pay(&mut world, BOB, CLEO, 5);
    let late = pay(&mut world, BOB, CLEO, 5);
    ack(&mut world, ADA, paid);
    let before = inline(&world, early);
    refused(&mut world, ADA, before.into());
    let cut = inline(&world, paid);
    write(&mut world, ADA, cut);
    let beyond = Body::Ack(event::Ack { positions: vec![place(&world, late)] });
    refused(&mut world, ADA, beyond.into());
    let naive = world_naive(&mut world, CLEO);
    assert!(naive.cut.contains_key(&world.actors()[BOB].device));
    assert!(naive.settled.contains(&paid) && !naive.effective.contains(&late));
}

/// Enters a change in the open: everyone acknowledges and follows.
fn enter(world: &mut World, change: Change, stewards: &[usize]) -> Route {
    // Not the secretary's own motion: that would lie on her other branch.
    let route = agreed(world, stewards[1], change, stewards);
    let after = last_entry(world);
    let entry = write(world, ADA, Body::Entry(Entry { after, route: route.clone() }));
    for who in stewards.iter().filter(|who| **who != ADA) {
        ack(world, *who, entry);
    }
    meet(world);
    route
}

fn dismissal(world: &World, who: usize) -> Change {
    Change::Role { handle: world.actors()[who].name.clone(), role: Role::Steward, holds: false }
}

/// Four to seven stewards at any time, one of them dishonest: the secretary. Three new stewards came, three old ones
/// went. She forks her chain where it began and would enter only that the old ones went, with their old approvals, to
/// be the only steward of her branch and settle it alone.
///
/// An approval of a change of stewards counts only if its chain knew set(After).
#[test]
fn old_approvals_in_another_order_count_for_nothing() {
    const GIL: usize = 6;
    let mut world = World::honest(1, 4, 7);
    meet(&mut world);
    let (start, mut branch) = (last_entry(&world), world.head(ADA));
    for (who, by) in [(EVE, &[ADA, BOB, CLEO, DAN][..]), (FAY, &[ADA, BOB, CLEO, DAN]), (GIL, &[ADA, BOB, CLEO, DAN])] {
        let change = promotion(&world, who);
        enter(&mut world, change, by);
    }
    let mut gone = Vec::new();
    for (who, by) in
        [(BOB, &[ADA, CLEO, DAN, EVE, FAY][..]), (CLEO, &[ADA, DAN, EVE, FAY]), (DAN, &[ADA, DAN, EVE, FAY])]
    {
        let change = dismissal(&world, who);
        gone.push(enter(&mut world, change, by));
    }
    let honest = world_naive(&mut world, EVE);
    assert_eq!(honest.register, Some(last_entry(&world)));

    let Some(Route::Moved { motion, approvals, .. }) = gone.into_iter().next() else { unreachable!("it was moved") };
    let devices: Vec<Device> = [CLEO, DAN].iter().map(|who| world.actors()[*who].device).collect();
    let own = write_after(&mut world, &mut branch, Body::Approve(Approve { motion }));
    let of = |id: &EventId| world.law().event(*id).is_some_and(|e| devices.contains(&e.device));
    let mut approvals: Vec<EventId> = approvals.into_iter().filter(of).chain([own]).collect();
    approvals.sort();
    let body = Body::Entry(Entry { after: start, route: Route::Moved { motion, approvals, poll: None } });
    let naive = world.naive(ADA);
    assert_eq!(world.write_at(ADA, &naive, branch, body.into()), None, "approvals of another set");

    let all = world.events().keys().copied().collect();
    let now = world.law().fold(&all, Some(start));
    assert!(!now.split && now.register == honest.register);
    assert!(honest.settled.is_subset(&now.settled));
}

/// On the founder's secret branch.
fn write_after(world: &mut World, branch: &mut Option<EventId>, body: Body) -> EventId {
    let naive = world.naive(ADA);
    let id = world.write_at(ADA, &naive, *branch, body.into()).expect("the branch is valid on its own");
    *branch = Some(id);
    id
}

/// All honest. Two stewards settle a payment; three others come into office, who need not acknowledge again what is
/// settled. Their own acknowledgements do not forbid them to cut the payer's chain before the payment, and a `rekey`
/// that opens with the balance at the cut would double the money.
///
/// An approver's acknowledgements, for a cut, include those that the approvals named by the closing entries of its
/// register had made.
#[test]
fn new_stewards_cannot_cut_before_what_old_ones_settled() {
    let mut world = World::honest(2, 2, 6);
    meet(&mut world);
    let early = world.head(EVE).expect("eve has joined");
    let paid = pay(&mut world, EVE, FAY, 5);
    ack(&mut world, ADA, paid);
    ack(&mut world, BOB, paid);
    assert!(world_naive(&mut world, DAN).settled.contains(&paid));
    for (who, by) in [(CLEO, &[ADA, BOB][..]), (DAN, &[ADA, BOB]), (FAY, &[ADA, BOB, CLEO])] {
        let change = promotion(&world, who);
        enter(&mut world, change, by);
    }
    let change = dismissal(&world, BOB);
    enter(&mut world, change, &[ADA, CLEO, DAN, FAY]);
    let change = Change::Cut { position: place(&world, early) };
    let motion = write(&mut world, CLEO, Body::Motion(Motion { change }));
    for who in [CLEO, DAN, FAY] {
        refused(&mut world, who, Body::Approve(Approve { motion }).into());
    }
    let naive = world_naive(&mut world, DAN);
    assert!(naive.settled.contains(&paid) && naive.effective.contains(&paid));
}
