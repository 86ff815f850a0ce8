//! What must happen in the end: when all talk to each other, and enough stewards are honest and there, payments settle
//! and are received, motions with their quorum are entered, a lost secretary is replaced, and honest members can act.
//!
//! `SEEDS=1000 cargo test --release -p testkit --test liveness -- --nocapture` looks longer; `FROM=7000` begins elsewhere.

use std::collections::BTreeMap;

use testkit::rest::come_to_rest;
use testkit::world::World;

const STEPS: usize = 70;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default)
}

#[test]
fn in_the_end_it_happens() {
    let (from, seeds) = (number("FROM", 0), number("SEEDS", 8));
    let mut tally: BTreeMap<&'static str, usize> = BTreeMap::new();
    for seed in from..from + seeds {
        let mut world = World::new(seed);
        for _ in 0..STEPS {
            world.step();
        }
        for what in come_to_rest(&mut world, &format!("seed {seed}")) {
            *tally.entry(what).or_default() += 1;
        }
    }
    println!("{seeds} seeds: {tally:#?}");
    for what in ["live", "payments received"] {
        assert!(seeds < 30 || tally.get(what).is_some_and(|n| *n > 0), "no {what} in {seeds} worlds");
    }
}
