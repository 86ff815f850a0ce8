//! Everything that both models say of a view.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use crate::feed::Delivery;
use crate::naive::{Law, Naive};
use event::{Account, Amount, Body, Bounds, EventId, Item, Unit, UnitDef};
use rules::{Facts, Key, Value};
use store::{Offers, State, Store, Words};

/// Whether the store says what the naive model says of what was delivered.
pub fn check(law: &Law, delivery: &Delivery, naive: &Naive, context: &str) {
    let store = &delivery.store;
    verdicts(law, delivery, naive, context);
    if naive.register.is_none() {
        return;
    }
    register(store, naive, context);
    chains(law, store, naive, context);
    settled(law, store, naive, context);
    accounts(law, store, naive, context);
    legs(law, store, naive, context);
    limits(law, store, naive, context);
    offers(law, store, naive, context);
    posts(law, store, naive, context);
}

/// Every post as it is shown, and who had notice of it.
fn posts(law: &Law, store: &Store, naive: &Naive, context: &str) {
    let shown = law.posts_shown(naive);
    for (id, event) in law.events().iter().filter(|(id, _)| naive.valid.contains(id)) {
        let Body::Post(post) = &event.event.body else { continue };
        let first = post.corrects.unwrap_or(*id);
        let wanted = shown.get(&first);
        let row = store.post(id).unwrap();
        let has = row.map(|row| (row.words, row.retracted.is_some(), row.hidden.is_some()));
        assert_eq!(has, wanted.map(|w| (w.words, w.retracted, w.hidden)), "{context}: how post {id:?} is shown");
        let (notice, given) = store.notice(id).unwrap();
        assert_eq!(notice.given, law.noticed(naive, *id), "{context}: who had notice of {id:?}");
        assert_eq!(given.len(), notice.given.len(), "{context}: how notice of {id:?} was given");
    }
    let now = event::Time::new(1_200).unwrap();
    let gone: BTreeSet<event::EventId> = law
        .events()
        .iter()
        .filter(|(id, v)| naive.valid.contains(id) && matches!(&v.event.body, Body::Post(p) if p.corrects.is_none()))
        .filter(|(id, _)| {
            let expired = |words| match law.event(words).map(|e| &e.body) {
                Some(Body::Post(post)) => post.expires.is_some_and(|at| at <= now),
                _ => false,
            };
            shown.get(id).is_none_or(|w| w.retracted || w.hidden || expired(w.words))
        })
        .map(|(id, _)| *id)
        .collect();
    assert_eq!(store.gone(now).unwrap(), gone, "{context}: what is not shown");
}

/// Whether two stores are the same, but for local numbers.
pub fn same(a: &Store, b: &Store, context: &str) {
    if a.log().unwrap().is_none() && b.log().unwrap().is_none() {
        return;
    }
    assert_eq!(a.state_digest().unwrap(), b.state_digest().unwrap(), "{context}: the order makes a difference");
    for ((table, a), (_, b)) in a.dump().unwrap().into_iter().zip(b.dump().unwrap()) {
        assert_eq!(a, b, "{context}: the order makes a difference in table `{table}`");
    }
}

fn verdicts(law: &Law, delivery: &Delivery, naive: &Naive, context: &str) {
    for id in delivery.delivered() {
        let link = delivery.store.link(id).unwrap();
        assert_eq!(link.is_some(), naive.held.contains(id), "{context}: held {id:?}");
        assert_eq!(
            link.is_some_and(|l| l.valid),
            naive.valid.contains(id),
            "{context}: valid {:#?}: {:?}",
            law.event(*id),
            delivery.store.judge(&law.events()[id])
        );
    }
}

fn register(store: &Store, naive: &Naive, context: &str) {
    assert_eq!(Some(store.register().unwrap()), naive.register, "{context}: the register's end");
    assert_eq!(store.split().unwrap().is_some(), naive.split, "{context}: split");
}

fn chains(law: &Law, store: &Store, naive: &Naive, context: &str) {
    let at = store.register().unwrap();
    let devices: BTreeSet<event::Device> = law.events().values().map(|v| v.event.device).collect();
    for device in devices {
        let fork = naive.forked.get(&device).copied();
        assert_eq!(store.forked(&device).unwrap(), fork, "{context}: the fork of {device}");
        let cut = naive.cut.get(&device).map(|cut| Value::Position(*cut));
        assert_eq!(store.fact(&at, &Key::Cut(device)).unwrap(), cut, "{context}: the cut of {device}");
    }
}

/// Entries are left out: the naive model calls all of R settled, which the store keeps apart from its chains.
fn settled(law: &Law, store: &Store, naive: &Naive, context: &str) {
    for id in naive.valid.iter().filter(|id| !law.is_entry(**id)) {
        let link = store.link(id).unwrap().unwrap();
        let kind = law.event(*id).map_or("", |e| e.body.kind());
        assert_eq!(store.settled(&link).unwrap(), naive.settled.contains(id), "{context}: settled {kind} {id:?}");
    }
}

/// Balance, pending in, pending out of every account in every unit that occurs.
fn accounts(law: &Law, store: &Store, naive: &Naive, context: &str) {
    let mut wanted: BTreeMap<(Account, Unit), [i128; 3]> = BTreeMap::new();
    for row in store.accounts().unwrap() {
        wanted.insert((row.account, row.unit.unit), [0; 3]);
    }
    for body in naive.valid.iter().filter_map(|id| law.event(*id)).map(|e| &e.body) {
        if let Body::Pay(pay) = body {
            wanted.insert((pay.from.clone(), pay.unit.clone()), [0; 3]);
            wanted.extend(pay.legs.iter().map(|leg| ((leg.to.clone(), pay.unit.clone()), [0; 3])));
        }
    }
    for (purse, balance) in &naive.balances {
        wanted.entry(purse.clone()).or_default()[0] = *balance;
    }
    for item in &naive.open {
        let (to, amount) = law.worth(*item).unwrap();
        if let Item::Leg(..) = item {
            wanted.entry(to.clone()).or_default()[1] += amount;
        }
        wanted.entry((payer(law, *item), to.1)).or_default()[2] += amount;
    }
    let mut transit: BTreeMap<Unit, i128> = BTreeMap::new();
    for ((account, unit), wanted) in wanted {
        *transit.entry(unit.clone()).or_default() += wanted[2];
        let row = store.account_row(&account, &some(unit)).unwrap();
        let has = [row.balance, row.pending_in, row.pending_out].map(i128::from);
        assert_eq!(has, wanted, "{context}: balance, pending in and out of {account} in {}", row.unit.unit);
        let statement = store.statement(&account, &row.unit).unwrap();
        // One without movements ends with what the account brought along.
        let brought = store.carried(&account, &row.unit.unit).unwrap();
        let last = statement.last().map_or(brought, |line| line.balance);
        assert_eq!(last, row.balance, "{context}: the statement of {account} in {}", row.unit.unit);
        open(law, store, naive, &account, context);
    }
    transit.retain(|_, sum| *sum != 0);
    assert_eq!(transit, naive.transit, "{context}: in transit");
}

fn open(law: &Law, store: &Store, naive: &Naive, account: &Account, context: &str) {
    let mut items: BTreeMap<Item, bool> =
        store.open_items(account).unwrap().into_iter().map(|open| (open.item, open.settled)).collect();
    // What goes back is in transit to an account that was closed.
    items.retain(|item, _| match item {
        Item::Back(pay, leg) => {
            let leg = Item::Leg(*pay, *leg);
            let to = law.worth(leg).map(|((to, _), _)| to).unwrap();
            assert!(naive.open.contains(&leg) && naive.closed.contains_key(&to), "{context}: {leg:?} goes back");
            false
        }
        _ => true,
    });
    let mine = naive.open.iter().filter(|item| law.worth(**item).is_some_and(|((to, _), _)| to == *account));
    let wanted: BTreeMap<Item, bool> = mine.map(|item| (*item, naive.settled.contains(&item.event()))).collect();
    assert_eq!(items, wanted, "{context}: the open items of {account}");
}

fn legs(law: &Law, store: &Store, naive: &Naive, context: &str) {
    let mut declined = BTreeSet::new();
    for item in &naive.open {
        if let Item::Return(id) = item
            && let Some(Body::Decline(decline)) = law.event(*id).map(|e| &e.body)
        {
            declined.insert((decline.pay, decline.leg));
        }
    }
    for id in &naive.valid {
        let Some(Body::Pay(pay)) = law.event(*id).map(|e| &e.body) else { continue };
        for n in 0..u16::try_from(pay.legs.len()).unwrap() {
            let state = store.leg_state(id, n).unwrap().unwrap();
            let fits = if !naive.effective.contains(id) {
                state == State::Withdrawn
            } else if naive.open.contains(&Item::Leg(*id, n)) {
                state == if naive.settled.contains(id) { State::Settled } else { State::Pending }
            } else if declined.contains(&(*id, n)) {
                state == State::Declined
            } else {
                // Received, or declined and taken back.
                matches!(state, State::Received | State::Declined)
            };
            assert!(fits, "{context}: leg {n} of {id:?} is {state:?}");
        }
    }
}

/// How far each member may go now, by the books of a chain that is neither forked nor cut.
fn limits(law: &Law, store: &Store, naive: &Naive, context: &str) {
    let Some(state) = naive.register.and_then(|entry| law.state(entry)) else { return };
    let now = store.newest_time().unwrap().unwrap();
    for (handle, member) in &state.members {
        let ended = naive.forked.contains_key(&member.device) || naive.cut.contains_key(&member.device);
        // Nothing void stands at the end of an honest chain.
        let head = store.head(&member.device).unwrap().filter(|(head, _)| head.valid && !ended);
        let Some((head, _)) = head else { continue };
        let account = Account::Member(handle.clone());
        for def in state.units.values() {
            let books = law.books_at(head.id, &state);
            let wanted = law.lower(&books, &(account.clone(), def.unit.clone()), &state, now).unwrap();
            let room = state.room(law, &books, &(account.clone(), def.unit.clone()), now);
            let left = store.capped(&account, &def.unit, now).unwrap();
            let left = left.iter().map(|cap| i128::from(cap.most.minor()) - i128::from(cap.paid)).min();
            assert_eq!(left, room, "{context}: what the caps leave to {account}");
            let has = store.limit(&account, def, now).unwrap();
            let closed = state.closed.contains_key(&account);
            assert!(closed || i128::from(has.lower) == wanted, "{context}: {account} has {has:?}, not {wanted}");
        }
    }
}

/// The offers and wants that stand.
fn offers(law: &Law, store: &Store, naive: &Naive, context: &str) {
    let Some(state) = naive.register.and_then(|entry| law.state(entry)) else { return };
    let now = store.newest_time().unwrap().unwrap();
    for wanted in [false, true] {
        let removed: BTreeSet<EventId> = naive
            .effective
            .iter()
            .filter_map(|id| match &law.event(*id)?.body {
                Body::Remove(remove) => Some(remove.offer),
                _ => None,
            })
            .collect();
        let stands = |id: &&EventId| {
            let Some(event) = law.event(**id) else { return false };
            let open = match &event.body {
                Body::Offer(offer) => !wanted && offer.expires > now,
                Body::Want(want) => wanted && want.expires > now,
                _ => false,
            };
            let by = law.under(**id).and_then(|then| then.member(event.device).cloned());
            open && !removed.contains(id) && by.is_some_and(|by| state.active(&by).is_some())
        };
        let expected: BTreeSet<EventId> = naive.effective.iter().filter(stands).copied().collect();
        let asked = Offers { wanted, ..Offers::default() };
        let has: BTreeSet<EventId> =
            store.offers(&asked, now).unwrap().into_iter().map(|row| row.event.link.id).collect();
        assert_eq!(has, expected, "{context}: what is open, wanted: {wanted}");
        let asked = Offers { words: Some(Words::All(vec!["bread".to_owned()])), ..asked };
        assert_eq!(store.offers(&asked, now).unwrap().len(), has.len(), "{context}: all say bread");
    }
}

fn payer(law: &Law, item: Item) -> Account {
    match law.event(item.event()).map(|e| &e.body) {
        Some(Body::Pay(pay)) => pay.from.clone(),
        _ => law.worth(item).unwrap().0.0,
    }
}

/// Any definition of a unit: only its code is looked at.
fn some(unit: Unit) -> UnitDef {
    let base = Bounds { lower: Amount::new(0, 0).unwrap(), upper: None };
    UnitDef { unit, title: "Any".parse().unwrap(), base }
}
