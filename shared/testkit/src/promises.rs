//! What the law promises whoever is honest, asked of one view, of the own chain, and of what was before.

use std::collections::{BTreeMap, BTreeSet};

use event::{Account, Body, EventId, Unit, Verified};

use crate::naive::{Cover, Naive, fold};
use crate::world::World;

/// A fold that knows these events only says what the world's law says, which has met them in the order in which
/// they were written, among others: so a verdict depends on nothing but what the event names.
pub fn check_anew(world: &World, view: &BTreeSet<EventId>, seed: u64) {
    let events: BTreeMap<EventId, Verified> = view.iter().map(|id| (*id, world.events()[id].clone())).collect();
    assert_eq!(fold(&events, None), world.law().fold(view, None), "seed {seed}: the fold depends on its history");
}

/// What holds in every honest view.
pub fn check(world: &World, naive: &Naive, context: &str) {
    assert!(naive.conserved(), "{context}: money is made or lost: {:?} {:?}", naive.balances, naive.transit);
    assert!(!naive.split, "{context}: the register is split");
    assert!(naive.settled.is_subset(&naive.effective), "{context}: settled without effect");
    one_branch_settles(world, naive, context);
    for id in &naive.effective {
        let event = world.law().event(*id);
        let cut = event.and_then(|e| naive.cut.get(&e.device));
        // What helps a chain's own last motion can be acknowledged; it changes nothing but the register.
        let helps = |body: &Body| matches!(body, Body::Approve(_) | Body::Entry(_) | Body::Follow);
        let cut = cut.filter(|_| !event.is_some_and(|e| helps(&e.body)));
        assert!(cut.is_none_or(|cut| world.law().covers(cut.id, *id)), "{context}: {id:?} has effect beyond a cut");
    }
    for ((account, unit), balance) in &naive.balances {
        let floor = -floor(world, account, unit) - brought(world, account, unit);
        assert!(*balance >= floor, "{context}: {account} has {balance} {unit}, below {floor}");
    }
}

/// One event of each number settles, but for this: a succession may go on from an entry that a liar alone has named, the
/// lost secretary, on a branch of its chain of which nothing else settles (seed 20838). That entry is settled as a part of
/// the register, not of the chain: no quorum has acknowledged it. It harms nobody. It takes nothing but itself along, for
/// of a chain only what is acknowledged or cut settles what lies before it; and it cannot be the end of its own chain,
/// which would settle all before it: the author is the secretary and so a steward, whose chain ends by a move only, with
/// the approvals of a quorum, and these bind to that branch. It moves no account.
fn one_branch_settles(world: &World, naive: &Naive, context: &str) {
    let law = world.law();
    let mut places: BTreeMap<_, Vec<EventId>> = BTreeMap::new();
    for id in &naive.settled {
        if let Some(event) = law.event(*id) {
            places.entry((event.device, event.seq)).or_default().push(*id);
        }
    }
    let twice: Vec<Vec<EventId>> = places.into_values().filter(|ids| ids.len() > 1).collect();
    if twice.is_empty() {
        return;
    }
    let cover = Cover::of(law, &naive.valid);
    let beside = |id: &&EventId| {
        let acknowledged = law.settlers(**id).is_some_and(|by| cover.settles(law, by, **id));
        let ends = naive.cut.values().any(|cut| law.covers(cut.id, **id));
        law.is_entry(**id) && !acknowledged && !ends
    };
    for ids in twice {
        let rest = ids.iter().filter(|id| !beside(id)).count();
        assert!(rest <= 1, "{context}: two branches settle: {ids:?}");
    }
}

/// The largest credit that the account was ever given, or could have come by through backing, by any entry that anyone
/// could make.
fn floor(world: &World, account: &Account, unit: &Unit) -> i128 {
    let law = world.law();
    let entries = world.events().keys().filter(|id| law.is_entry(**id));
    let lower = entries.filter_map(|id| {
        let state = law.state(*id)?;
        let cap = state.backing.get(unit).filter(|_| matches!(account, Account::Member(_)));
        let (lower, _) = state.bounds(account, unit)?;
        Some(lower.max(cap.map_or(0, |terms| terms.cap.minor().into())))
    });
    lower.max().unwrap_or(0)
}

/// What the account could owe besides, by debts of other books that any entry takes over: these ask for no limit.
fn brought(world: &World, account: &Account, unit: &Unit) -> i128 {
    let law = world.law();
    let purse = (account.clone(), unit.clone());
    let debt = |id: &EventId| {
        let after = law.state(*id)?;
        let before = law.state(*after.path.iter().nth_back(1)?)?;
        let of = |carried: &BTreeMap<(Account, Unit), i128>| carried.get(&purse).copied().unwrap_or(0);
        Some((of(&before.carried) - of(&after.carried)).max(0))
    };
    world.events().keys().filter(|id| law.is_entry(**id)).filter_map(debt).sum()
}

/// What an honest person's own chain says is what everyone says.
pub fn check_own(world: &World, who: usize, naive: &Naive, context: &str) {
    let actor = &world.actors()[who];
    assert!(!naive.forked.contains_key(&actor.device), "{context}: an honest chain is forked");
    // The view was taken before the person wrote, so the chain is taken from there too.
    let seq = |id: &EventId| world.law().event(*id).filter(|e| e.device == actor.device).map(|e| e.seq);
    let Some(head) = naive.valid.iter().filter(|id| seq(id).is_some()).max_by_key(|id| seq(id)) else { return };
    let register = naive.register.and_then(|id| world.law().state(id)).expect("a genesis");
    let goes_on = register.active(&actor.name).is_some_and(|member| member.device == actor.device);
    if naive.cut.contains_key(&actor.device) || !goes_on {
        return;
    }
    let books = world.law().books_at(*head, &register);
    let account = Account::Member(actor.name.clone());
    for unit in register.units.keys() {
        let purse = (account.clone(), unit.clone());
        let own = world.law().balance(&books, &purse, &register);
        let folded = naive.balances.get(&purse).copied().unwrap_or(0);
        assert_eq!(own, folded, "{context}: the own {unit} are not what the fold says");
    }
}

/// What may never be taken back.
pub fn check_progress(world: &World, before: &Naive, now: &Naive, context: &str) {
    let lost: Vec<_> = before.settled.difference(&now.settled).collect();
    assert!(lost.is_empty(), "{context}: settled no more: {lost:?}");
    for (device, cut) in &before.cut {
        assert_eq!(now.cut.get(device), Some(cut), "{context}: a cut was moved");
    }
    for (account, at) in &before.closed {
        assert_eq!(now.closed.get(account), Some(at), "{context}: an account was opened again");
    }
    assert!(before.term <= now.term, "{context}: a term came again");
    let path = now.register.and_then(|id| world.law().state(id)).map(|s| s.path.clone()).unwrap_or_default();
    assert!(before.register.is_none_or(|id| path.contains(&id)), "{context}: the register went back");
}
