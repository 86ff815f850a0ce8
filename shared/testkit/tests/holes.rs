//! What the law, as it was listed for the naive model, lets happen and should not. Each test states the present
//! outcome; it fails once the hole is closed, and then belongs among the promises.

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

fn hour() -> Unit {
    "hours".parse().expect("a unit")
}

fn account(world: &World, who: usize) -> Account {
    Account::Member(world.actors()[who].name.clone())
}

fn pay(world: &mut World, who: usize, to: usize, hours: i64) -> EventId {
    let amount = Amount::new(hours * 100, 2).expect("a small amount");
    let legs = vec![Leg { amount, to: account(world, to) }];
    let pay = Pay { from: account(world, who), unit: hour(), legs, purpose: None, key: None };
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
    Route::Moved { motion, approvals }
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
/// Closed by: an approval of a change of stewards counts only if its chain knew set(After).
#[test]
fn stale_approvals_unsettle_what_a_later_set_settled() {
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

    let entry = write(&mut world, ADA, Body::Entry(Entry { after: entry, route: second }));
    ack(&mut world, BOB, entry);
    let now = world_naive(&mut world, CLEO);
    assert_eq!(now.register, Some(entry));
    assert!(!now.settled.contains(&paid), "the hole is closed");
    assert_eq!(hours(&world, &now, CLEO), 0, "the receipt lost its effect");
}

fn world_naive(world: &mut World, who: usize) -> Naive {
    world.sync(who);
    world.naive(who)
}

/// Four stewards, one of them a dishonest secretary, and two members in league with her. A receipt may rely on the
/// cut in *any* valid entry, also in one that never settles: so the payee spends income that never was.
///
/// Closed by: a cut covers only if it is in the state of the entry that the receiver's chain knows.
#[test]
fn a_cut_in_an_entry_off_the_register_makes_credit() {
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
    world.sync(FAY);
    let draft = Draft { witnesses: [secret].into(), ..receipt.into() };
    world.write(FAY, draft).expect("the receipt is valid");
    pay(&mut world, FAY, DAN, 40);

    let naive = world_naive(&mut world, DAN);
    assert_eq!(naive.register, Some(public));
    assert!(naive.conserved());
    assert_eq!(hours(&world, &naive, FAY), -4000, "the limit is 20.00");
}

/// One steward who is the secretary cuts by an inline entry, for which the law asks none of what it asks of an
/// approval: even the own chain can be cut, and goes on settling itself beyond the cut.
///
/// Closed by: an inline cut is judged as an approval of it, and `ack` heeds it as one.
#[test]
fn an_inline_cut_of_the_own_chain_ends_nothing() {
    let mut world = World::honest(2, 1, 2);
    meet(&mut world);
    let head = world.head(ADA).expect("the founder has a chain");
    let route = Route::Inline(Change::Cut { position: place(&world, head) });
    let after = last_entry(&world);
    write(&mut world, ADA, Body::Entry(Entry { after, route }));
    let paid = pay(&mut world, ADA, BOB, 5);
    let naive = world_naive(&mut world, BOB);
    let device: Device = world.actors()[ADA].device;
    assert!(naive.cut.contains_key(&device) && naive.effective.contains(&paid));
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
/// went. She forks her chain where it began, enters only that the old ones went, with their old approvals, is then
/// the only steward of her branch, and settles it alone by an inline entry, though nobody settled what it builds on.
///
/// Closed by: an approval of a change of stewards counts only if its chain knew set(After).
#[test]
fn old_approvals_in_another_order_split_the_register() {
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

    let stewards = [&[CLEO, DAN][..], &[DAN], &[DAN]];
    let mut after = start;
    for (route, old) in gone.into_iter().zip(stewards) {
        let Route::Moved { motion, approvals } = route else { unreachable!("it was moved") };
        let devices: Vec<Device> = old.iter().map(|who| world.actors()[*who].device).collect();
        let own = write_after(&mut world, &mut branch, Body::Approve(Approve { motion }));
        let of = |id: &EventId| world.law().event(*id).is_some_and(|e| devices.contains(&e.device));
        let mut approvals: Vec<EventId> = approvals.into_iter().filter(of).chain([own]).collect();
        approvals.sort();
        let route = Route::Moved { motion, approvals };
        after = write_after(&mut world, &mut branch, Body::Entry(Entry { after, route }));
    }
    let state = world.law().state(after).expect("a valid entry");
    let (account, unit) = (account(&world, ADA), hour());
    let bounds = Some(state.units[&unit].base);
    let was = state.limits.get(&(account.clone(), unit.clone())).copied();
    let change = Change::Limit { account, unit, bounds, was };
    write_after(&mut world, &mut branch, Body::Entry(Entry { after, route: Route::Inline(change) }));

    let all = world.events().keys().copied().collect();
    let split = world.law().fold(&all, Some(start));
    assert!(split.split && split.register == Some(start), "the hole is closed");
    assert!(!honest.settled.is_subset(&split.settled), "what was settled is settled no more");
}

/// On the founder's secret branch.
fn write_after(world: &mut World, branch: &mut Option<EventId>, body: Body) -> EventId {
    let naive = world.naive(ADA);
    let id = world.write_at(ADA, &naive, *branch, body.into()).expect("the branch is valid on its own");
    *branch = Some(id);
    id
}

/// All honest. Two stewards settle a payment; three others come into office, who need not acknowledge again what is
/// settled. Their own acknowledgements then do not forbid them to cut the payer's chain before the payment, which
/// stays settled: a `rekey` that opens with the balance at the cut would double the money.
///
/// Closed by: an approver's acknowledgements, for a cut, include those that the approvals named by the closing
/// entries of its register had made; whoever holds these entries holds them.
#[test]
fn new_stewards_can_cut_before_what_old_ones_settled() {
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
    let cut = Change::Cut { position: place(&world, early) };
    enter(&mut world, cut, &[CLEO, DAN, FAY]);
    let naive = world_naive(&mut world, DAN);
    assert_eq!(naive.cut.len(), 1);
    assert!(naive.settled.contains(&paid) && naive.effective.contains(&paid), "the hole is closed");
}
