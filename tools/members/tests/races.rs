//! Several commands at once, on one home and on one hub: all succeed or fail cleanly, chains stay linear, sums
//! stay zero.

#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::print_stderr)]

mod common;

use std::thread;

use common::{Done, World, forge, runs};

/// Runs these lines at the same time.
fn at_once(world: &World, lines: &[(String, String)]) -> Vec<Done> {
    thread::scope(|scope| {
        let running: Vec<_> = lines.iter().map(|(who, line)| scope.spawn(move || world.run(who, line))).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

fn line(who: &str, line: &str) -> (String, String) {
    (who.to_owned(), line.to_owned())
}

/// A chain has one event of each number, each on the one before.
fn linear(world: &World, who: &str) -> usize {
    let chain = forge::chain(world, who, forge::device(world, who));
    for (seq, held) in chain.iter().enumerate() {
        assert_eq!(held.event.event.seq, seq as u64);
    }
    assert!(!world.ok(who, "members status").contains("fork"));
    chain.len()
}

#[test]
fn thirty_payments_at_once() {
    let world = World::of(&["bob"]);
    let n = runs("PAYMENTS", 30);
    let before = linear(&world, "bob");
    let mut lines: Vec<_> =
        (0..n).map(|i| line("bob", &format!("credit pay ada 1 hours 'at once {i}' --json"))).collect();
    // Readers in between answer at once, with what was there before or after a payment.
    lines.extend((0..10).map(|_| line("bob", "credit balance --json")));
    let done = at_once(&world, &lines);
    let paid = done[..n].iter().filter(|one| one.code == Some(0)).count();
    for one in &done[..n] {
        match one.code {
            Some(0) => assert!(one.out.contains("credit.pay")),
            // Twenty hours is all there is to draw.
            Some(1) => assert!(one.err.contains("enough"), "{}", one.err),
            _ => panic!("{one:?}"),
        }
    }
    assert_eq!(paid, n.min(20));
    done[n..].iter().for_each(|one| assert_eq!(one.code, Some(0), "{one:?}"));
    assert_eq!(linear(&world, "bob"), before + paid);
    assert_eq!(world.balance("bob"), format!("-{paid}.00"));
    world.settle(&["bob", "ada"]);
    assert_eq!(world.balance("ada"), format!("{paid}.00"));
}

#[test]
fn one_payment_asked_for_ten_times_at_once() {
    let world = World::of(&["bob"]);
    let lines: Vec<_> = (0..10).map(|_| line("bob", "credit pay ada 1 hours fee --key fee")).collect();
    for one in at_once(&world, &lines) {
        assert_eq!(one.code, Some(0), "{one:?}");
    }
    assert_eq!(world.balance("bob"), "-1.00");
    world.settle(&["bob", "ada"]);
}

#[test]
fn syncs_at_once() {
    let world = World::of(&["bob", "carl", "dora"]);
    let all = ["ada", "bob", "carl", "dora"];
    for round in 0..runs("RACES", 5) {
        let mut lines: Vec<_> = all.iter().map(|who| line(who, "members sync")).collect();
        lines.extend(all.iter().map(|who| line(who, "members sync")));
        lines.push(line("bob", &format!("credit pay ada 0.10 hours 'round {round}'")));
        lines.push(line("carl", &format!("credit pay dora 0.10 hours 'round {round}' --sync")));
        lines.push(line("ada", "members audit -q"));
        for (one, (who, line)) in at_once(&world, &lines).into_iter().zip(&lines) {
            assert_eq!(one.code, Some(0), "{who}$ {line}: {one:?}");
        }
        world.sh("git -C hub.git fsck --strict --connectivity-only");
    }
    world.settle(&["bob", "carl", "dora", "ada", "bob", "carl", "dora", "ada"]);
    for who in all {
        linear(&world, who);
    }
}

#[test]
fn beginnings_at_once() {
    let world = World::of(&["bob"]);
    // Many newcomers, some of them twice on one home, and an admission while requests still come in.
    let mut lines: Vec<_> =
        (0..8).map(|i| line(&format!("new{i}"), &format!("members join hub.git --as new{i}"))).collect();
    lines.extend((0..3).map(|i| line(&format!("new{i}"), &format!("members join hub.git --as new{i}"))));
    lines.push(line("ada", "members sync"));
    for one in at_once(&world, &lines) {
        assert!(matches!(one.code, Some(0 | 1 | 3)), "{one:?}");
        assert!(!one.err.contains("panicked"), "{}", one.err);
    }
    let admissions: Vec<_> = (0..8).map(|i| line("ada", &format!("members admit new{i}"))).collect();
    for one in at_once(&world, &admissions) {
        assert_eq!(one.code, Some(0), "{one:?}");
    }
    for i in 0..8 {
        let who = format!("new{i}");
        world.ok(&who, "members sync -q; credit pay ada 0.01 -q");
        linear(&world, &who);
    }
    world.settle(&["new0", "new1", "new7", "ada", "bob"]);
}
