//! A store is one with its first commit, whole and with every index; before that it is nothing.

#![allow(clippy::unwrap_used)]

use event::Key;
use store::Store;
use testkit::world::{World, made_up};

#[test]
fn what_was_not_filled_to_its_end_is_no_store() {
    let path = std::env::temp_dir().join(format!("commons-new-store-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let world = World::honest(1, 2, 6);
    let mut events: Vec<_> = world.events().values().collect();
    events.sort_by_key(|v| (v.event.time, v.event.seq));
    let fill = |store: &Store| {
        store.begin().unwrap();
        let mut rest = events.clone();
        while !rest.is_empty() {
            rest.retain(|v| matches!(store.apply(v, made_up(v.id)).unwrap(), store::Outcome::Waits(_)));
        }
    };
    let store = Store::create(&path, None).unwrap();
    fill(&store);
    drop(store);
    assert!(Store::open(&path, None).unwrap().is_none());
    std::fs::remove_file(&path).unwrap();

    let made = Store::create(&path, None).unwrap();
    fill(&made);
    made.commit("here", &Key::from_seed(&[1; 32])).unwrap();
    drop(made);
    let opened = Store::open(&path, None).unwrap().unwrap();
    assert_eq!(opened.frontier().unwrap().as_deref(), Some("here"));
    let plain = Store::in_memory(None).unwrap();
    fill(&plain);
    plain.commit("here", &Key::from_seed(&[1; 32])).unwrap();
    assert_eq!(opened.state_digest().unwrap(), plain.state_digest().unwrap());
    let id = events[0].id;
    assert!(opened.find(&id.to_string()).unwrap().contains(&id));
    for account in plain.account_names().unwrap() {
        let items =
            |store: &Store| store.open_items(&account).unwrap().iter().map(|open| open.item).collect::<Vec<_>>();
        assert_eq!(items(&opened), items(&plain));
    }
    drop(opened);
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
    }
}
