//! What tests of a store over a scripted world share.

use event::Account;
use store::Store;
use testkit::world::{Job, World, made_up};

/// In rounds of one job each, everyone hears everything and does the job, if there is something to do.
pub fn rounds(world: &mut World, jobs: &[Job]) {
    for job in jobs {
        for who in 0..world.actors().len() {
            world.sync(who);
            let naive = world.naive(who);
            world.act(who, &naive, &[*job]);
        }
    }
}

/// Somebody's account.
pub fn account(world: &World, who: usize) -> Account {
    Account::Member(world.actors()[who].name.clone())
}

/// All events of a world, as a store has them.
pub fn held(world: &World) -> Store {
    let store = Store::in_memory(None).unwrap();
    store.begin().unwrap();
    let mut waiting: Vec<_> = world.events().values().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        waiting.retain(|v| matches!(store.apply(v, made_up(v.id)).unwrap(), store::Outcome::Waits(_)));
        assert!(waiting.len() < before);
    }
    store.commit("all", &event::Key::from_seed(&[7; 32])).unwrap();
    store
}
