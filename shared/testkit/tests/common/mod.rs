//! Scripted worlds: everyone says what the script says, and the law takes it or not.
#![allow(dead_code)]

use event::{
    Account, Ack, Amount, Approve, Body, Change, Entry, EventId, Item, Leg, Motion, Pay, Position, Receive, Role,
    Route, Succeed, Unit,
};
use testkit::naive::Naive;
use testkit::world::{Draft, Job, World};

pub const ADA: usize = 0;
pub const BOB: usize = 1;
pub const CLEO: usize = 2;
pub const DAN: usize = 3;
pub const EVE: usize = 4;
pub const FAY: usize = 5;
pub const GIL: usize = 6;

/// Everyone knows everything, and follows the register.
pub fn meet(world: &mut World) {
    for who in 0..world.actors().len() {
        follow(world, who);
    }
}

pub fn follow(world: &mut World, who: usize) {
    world.sync(who);
    let naive = world.naive(who);
    world.act(who, &naive, &[Job::Follow]);
}

pub fn write(world: &mut World, who: usize, body: Body) -> EventId {
    world.sync(who);
    draft(world, who, body.into())
}

/// Without hearing anything first.
pub fn draft(world: &mut World, who: usize, draft: Draft) -> EventId {
    let shown = format!("{:?}", draft.body);
    let name = world.actors()[who].name.clone();
    world.write(who, draft).unwrap_or_else(|| panic!("{name} cannot write {shown}"))
}

/// The law does not take it, though everything is known.
pub fn refused(world: &mut World, who: usize, draft: impl Into<Draft>) {
    world.sync(who);
    let name = world.actors()[who].name.clone();
    assert_eq!(world.write(who, draft.into()), None, "{name} could write it");
}

pub fn world_naive(world: &mut World, who: usize) -> Naive {
    world.sync(who);
    world.naive(who)
}

pub fn hour() -> Unit {
    "hours".parse().expect("a unit")
}

pub fn account(world: &World, who: usize) -> Account {
    Account::Member(world.actors()[who].name.clone())
}

pub fn hours(world: &World, naive: &Naive, who: usize) -> i128 {
    naive.balances.get(&(account(world, who), hour())).copied().unwrap_or(0)
}

pub fn paying(world: &World, who: usize, to: usize, hours: i64) -> Body {
    let amount = Amount::new(hours * 100, 2).expect("a small amount");
    let legs = vec![Leg { amount, to: account(world, to) }];
    Body::Pay(Pay::plain(account(world, who), hour(), legs))
}

pub fn pay(world: &mut World, who: usize, to: usize, hours: i64) -> EventId {
    let body = paying(world, who, to, hours);
    write(world, who, body)
}

pub fn receiving(items: &[Item]) -> Body {
    Body::Receive(Receive { items: items.to_vec() })
}

pub fn place(world: &World, id: EventId) -> Position {
    world.law().position(id).expect("written before")
}

pub fn ack(world: &mut World, who: usize, id: EventId) -> EventId {
    let position = place(world, id);
    write(world, who, Body::Ack(Ack { positions: vec![position] }))
}

/// A motion and its approvals.
pub fn agreed(world: &mut World, by: usize, change: Change, stewards: &[usize]) -> Route {
    let motion = write(world, by, Body::Motion(Motion { change }));
    approved(world, motion, stewards)
}

pub fn approved(world: &mut World, motion: EventId, stewards: &[usize]) -> Route {
    let approvals = stewards.iter().map(|who| write(world, *who, Body::Approve(Approve { motion })));
    let mut approvals: Vec<EventId> = approvals.collect();
    approvals.sort();
    Route::Moved { motion, approvals, poll: None }
}

/// An entry after the newest that the author holds as settled, acknowledged by these; everyone follows.
pub fn enter(world: &mut World, secretary: usize, route: Route, stewards: &[usize]) -> EventId {
    let after = world_naive(world, secretary).register.expect("a genesis");
    let entry = write(world, secretary, Body::Entry(Entry { after, route }));
    for who in stewards.iter().filter(|who| **who != secretary) {
        ack(world, *who, entry);
    }
    meet(world);
    entry
}

pub fn steward(world: &World, who: usize, holds: bool) -> Change {
    Change::Role { handle: world.actors()[who].name.clone(), role: Role::Steward, holds }
}

pub fn consent(world: &mut World, who: usize, term: u32, entry: EventId) -> EventId {
    draft(world, who, Body::Succeed(Succeed { term, entry }).into())
}

pub fn succession(after: EventId, term: u32, mut approvals: Vec<EventId>) -> Body {
    approvals.sort();
    Body::Entry(Entry { after, route: Route::Succession { term, approvals } })
}

/// Everything at once, as an honest person would do it; how many events were written.
pub fn busy(world: &mut World, people: &[usize], jobs: &[Job]) -> usize {
    let before = world.events().len();
    for who in people {
        world.sync(*who);
        let naive = world.naive(*who);
        world.act(*who, &naive, jobs);
    }
    world.events().len() - before
}
