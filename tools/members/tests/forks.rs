//! Two histories of one account, restored backups, and commits bent, doubled or misplaced by hand: at most one
//! payment counts, everyone comes to the same state, and what is good goes on.

#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::{World, forge, runs};
use event::{EventId, GitId, Key, PublicKey, armoured};
use journal::Held;

/// The tip of a person's chain, as this person's journal has it.
fn tip(world: &World, who: &str) -> Held {
    forge::chain(world, who, forge::device(world, who)).pop().unwrap()
}

/// Points a person at other remotes.
fn remotes(world: &World, who: &str, urls: &[&str]) {
    world.run(who, "members remote remove origin -q; members remote remove second -q");
    for (name, url) in ["origin", "second"].iter().zip(urls) {
        world.ok(who, &format!("members remote add {name} {url} -q"));
    }
}

/// Bob pays Ada on one hub and, with the same number, Carl on another.
fn double_spend() -> World {
    let world = World::of(&["bob", "carl"]);
    remotes(&world, "carl", &["two.git"]);
    world.ok("bob", "credit pay ada 0.01 hours 'knows that he is a member' -q; members sync -q");
    world.ok("ada", "members sync -q");
    world.sh("cp -a hub.git two.git");
    let before = tip(&world, "bob");
    world.ok("bob", "credit pay ada 15 hours 'to ada' -q; members sync -q");
    let (bytes, _) = forge::sign(&before, forge::pay("bob", "carl", "15", "to carl"), &forge::key(&world, "bob"));
    forge::publish(&world.path("two.git"), &before.event.event.device.to_string(), &bytes);
    world.ok("carl", "members sync -q");
    assert_eq!(world.json("carl", "credit balance --json")["pending_in"], "15.00");
    world
}

/// Everyone sees the fork, agrees, and the device writes no more.
fn frozen(world: &World, all: &[&str]) {
    for who in all {
        let status = world.ok(who, "members status");
        assert!(status.contains("fork: ") && status.contains("bob"), "{who}: {status}");
    }
    let refused = world.run("bob", "credit pay ada 1");
    assert_eq!(refused.code, Some(3), "{}", refused.err);
    assert!(refused.err.contains("hint: "), "{}", refused.err);
}

#[test]
fn of_two_payments_with_one_number_one_settles() {
    let orders = [["ada", "bob", "carl"], ["carl", "ada", "bob"], ["bob", "carl", "ada"], ["carl", "bob", "ada"]];
    for order in orders.iter().take(runs("FORK_ORDERS", 2)) {
        let world = double_spend();
        world.ok("ada", "members sync -q");
        assert_eq!(world.balance("ada"), "15.01");
        for who in order {
            remotes(&world, who, &["hub.git", "two.git"]);
        }
        world.settle(order);
        frozen(&world, order);
        let balances = order.map(|who| world.json("ada", &format!("credit balance {who} --json"))["balance"].clone());
        let sum: f64 = balances.iter().map(|b| b.as_str().unwrap().parse::<f64>().unwrap()).sum();
        assert_eq!(sum, 0.0, "{balances:?}");
        assert_eq!(world.balance("ada"), "15.01", "what was settled stands");
        assert_eq!(world.balance("carl"), "0.00");
        // Who comes later sees the same, through one hub alone.
        world.ok("dora", "members join hub.git --as dora -q");
        world.ok("ada", "members admit dora -q");
        world.settle(&["dora", "ada", "carl", "bob"]);
    }
}

#[test]
fn of_two_payments_that_everyone_sees_none_counts() {
    let world = double_spend();
    for who in ["carl", "ada", "bob"] {
        remotes(&world, who, &["two.git", "hub.git"]);
    }
    world.ok("carl", "members sync -q");
    world.settle(&["ada", "carl", "bob"]);
    frozen(&world, &["ada", "bob", "carl"]);
    for (who, balance) in [("ada", "0.01"), ("bob", "-0.01"), ("carl", "0.00")] {
        assert_eq!(world.json("ada", &format!("credit balance {who} --json"))["balance"], balance, "{who}");
    }
    // The others go on.
    world.ok("carl", "credit pay ada 2 -q");
    world.settle(&["carl", "ada", "bob"]);
    assert_eq!(world.balance("ada"), "2.01");
}

#[test]
fn one_hub_carries_both_sides() {
    let world = double_spend();
    // Carl never sees the first hub, Ada never the second; Bob brings his side to both.
    remotes(&world, "bob", &["hub.git", "two.git"]);
    world.ok("bob", "members sync -q; members sync -q");
    world.ok("ada", "members sync -q; members sync -q");
    world.ok("bob", "members sync -q");
    world.ok("carl", "members sync -q; members sync -q");
    world.settle(&["bob", "ada", "carl", "bob"]);
    frozen(&world, &["ada", "carl", "bob"]);
}

#[test]
fn a_restored_backup_does_not_write() {
    let world = World::of(&["bob"]);
    world.sh("cp -a bob bob2; cp -a bob bob3; cp -a bob backup");
    // Without a remote nobody can say whether the key is at work elsewhere.
    world.fails("bob3", "members remote remove origin -q; credit pay ada 1", 3, "hint: ");
    world.ok("bob", "credit pay ada 1 -q; members sync -q");
    let status = |who: &str| world.ok(who, "members status");
    for line in ["credit pay ada 1", "credit pay ada 1", "credit pay ada 1 --sync"] {
        world.fails("bob2", line, 3, "members join --device");
    }
    assert!(status("bob2").contains("device: "), "{}", status("bob2"));
    world.ok("bob2", "members sync -q");
    // Restored over the original, so that the file system may give it the same place again.
    for _ in 0..3 {
        world.sh("rm -rf bob; cp -a backup bob");
        world.fails("bob", "credit pay ada 2", 3, "members join --device");
    }
    assert!(!status("ada").contains("fork"));
    // A home that was only moved goes on as soon as it has looked.
    world.ok("ada", "members sync -q");
    world.sh("cp -a ada moved; rm -rf ada; mv moved ada");
    world.ok("ada", "credit pay bob 1 -q");
    world.settle(&["ada", "bob2"]);
}

/// A commit that says something else, signed by the author all the same.
fn resigned(bytes: &[u8], key: &Key, change: (&str, &str)) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (before, rest) = text.split_once("gpgsig ").unwrap();
    let (_, after) = rest.split_once(" -----END SSH SIGNATURE-----\n").unwrap();
    assert!(after.contains(change.0) || before.contains(change.0));
    let (before, after) = (before.replacen(change.0, change.1, 1), after.replacen(change.0, change.1, 1));
    let armour = armoured(&key.public(), &key.sign(format!("{before}{after}").as_bytes())).replace('\n', "\n ");
    format!("{before}gpgsig {armour}\n{after}").into_bytes()
}

/// Everyone goes on, nobody sees a fork, and the books are as they were.
fn nothing_happened(world: &World, digest: &str, all: &[&str]) {
    for who in all {
        world.ok(who, "members sync -q");
        let status = world.ok(who, "members status");
        assert!(!status.contains("fork"), "{who}: {status}");
    }
    assert_eq!(world.digest("ada"), digest);
    world.ok("carl", "credit pay ada 0.10 -q");
    world.settle(all);
}

#[test]
fn bent_commits_are_no_forks() {
    let world = World::of(&["bob", "carl"]);
    world.ok("bob", "credit pay ada 1 hours real -q");
    world.settle(&["bob", "ada", "carl"]);
    let (hub, real, key) = (world.path("hub.git"), tip(&world, "bob"), forge::key(&world, "bob"));
    let device = real.event.event.device.to_string();
    world.ok("ada", "members allowed-signers > signers");
    for (n, (name, bytes)) in forge::malleated(&real.event.bytes()).into_iter().enumerate() {
        let digest = world.digest("ada");
        let oid = forge::publish(&hub, &format!("{device}.{n}"), &bytes);
        let good = world
            .run("nobody", &format!("git -C hub.git -c gpg.ssh.allowedSignersFile=$PWD/signers verify-commit {oid}"));
        assert_eq!(good.code, Some(0), "git takes {name} for good: {}", good.err);
        nothing_happened(&world, &digest, &["ada", "carl", "bob"]);
        // Instead of the real one.
        let digest = world.digest("ada");
        forge::publish(&hub, &device, &bytes);
        nothing_happened(&world, &digest, &["carl", "ada", "bob"]);
        world.ok(name, "members join hub.git --as late -q; members audit -q");
    }
    // Signed by the author, and yet not what he may say: another subject, other parents, another community.
    let (bytes, _) = forge::sign(&real, forge::pay("bob", "ada", "1", "x"), &key);
    let genesis = forge::chain(&world, "ada", forge::device(&world, "ada"))[0].clone();
    let event = forge::after(&real, forge::pay("bob", "ada", "1", "x"));
    let other_parent = event.clone().sign(vec![genesis.git], &key).unwrap().0;
    let mut two = event;
    two.deps = vec![genesis.event.id];
    let swapped = two.sign(vec![genesis.git, real.git], &key).unwrap().0;
    let (real_log, log) = (format!("Log: {}", genesis.event.id), format!("Log: {}", EventId::of(b"elsewhere")));
    let tree = world.sh("git -C hub.git rev-parse main^{tree}");
    let foul = [
        ("subject", resigned(&bytes, &key, ("\npay ada", "\npay eve"))),
        ("parent", other_parent),
        ("swapped", swapped),
        ("log", resigned(&bytes, &key, (&real_log, &log))),
        ("tree", resigned(&bytes, &key, ("4b825dc642cb6eb9a060e54bf8d69288fbee4904", tree.trim()))),
        ("committer", resigned(&bytes, &key, ("committer bob", "committer eve"))),
        ("seq", resigned(&bytes, &key, ("\nSeq: ", "\nSeq: 9"))),
    ];
    for (n, (name, bytes)) in foul.into_iter().enumerate() {
        let digest = world.digest("ada");
        forge::publish(&hub, &format!("{device}.f{n}"), &bytes);
        println!("{name}");
        nothing_happened(&world, &digest, &["ada", "carl"]);
    }
    world.settle(&["bob", "ada", "carl"]);
}

#[test]
fn one_event_signed_twice_is_one_event() {
    for second_first in [false, true] {
        let world = World::of(&["bob", "carl"]);
        world.sh("cp -a hub.git two.git");
        world.ok("bob", "credit pay ada 1 hours once -q");
        let (real, key) = (tip(&world, "bob"), forge::key(&world, "bob"));
        let device = real.event.event.device.to_string();
        let twice = forge::signed_again(&real.event.bytes(), &key);
        let git: GitId = forge::git_id(forge::put(&world.path("two.git"), &twice));
        assert_ne!(git, real.git);
        let second = Held { git, event: real.event.clone() };
        let (child, _) = forge::sign(&second, forge::pay("bob", "ada", "2", "on the second"), &key);
        forge::publish(&world.path("two.git"), &device, &child);
        if second_first {
            remotes(&world, "carl", &["two.git"]);
            world.ok("carl", "members sync -q");
        }
        world.ok("bob", "members sync -q");
        world.ok("ada", "members sync -q");
        for who in ["ada", "carl"] {
            remotes(&world, who, &["hub.git", "two.git"]);
        }
        world.settle(&["ada", "carl"]);
        assert_eq!(world.balance("ada"), "3.00", "both payments, each once");
        assert!(!world.ok("carl", "members status").contains("fork"));
        for who in ["ada", "carl"] {
            let digest = world.digest(who);
            fs::remove_file(world.data(who).join("store.db")).unwrap();
            assert_eq!(world.digest(who), digest);
        }
        world.ok("dora", "members join two.git --as dora -q; members audit -q");
        world.ok("eve", "members join hub.git --as eve -q; members audit -q");
        assert_eq!(world.json("eve", "credit balance ada --json")["balance"], "3.00");
    }
}

#[test]
fn a_key_that_anybody_can_sign_with_is_refused() {
    let world = World::of(&["carl"]);
    world.ok("bob", "members join hub.git --as bob -q");
    let request = forge::chain(&world, "bob", forge::device(&world, "bob")).remove(0);
    let text = String::from_utf8(request.event.bytes()).unwrap();
    let real = forge::key(&world, "bob").public();
    let neutral = |first: u8, last: u8| {
        let mut point = [0; 32];
        (point[0], point[31]) = (first, last);
        PublicKey(point)
    };
    // The neutral point, the one of order two, and two further spellings of the first.
    let mut long = [0xff; 32];
    (long[0], long[31]) = (0xee, 0x7f);
    for (n, weak) in [neutral(1, 0), neutral(1, 0x80), neutral(0, 0), PublicKey(long)].into_iter().enumerate() {
        let mut signature = [0; 64];
        signature[0] = 1;
        let end = " -----END SSH SIGNATURE-----\n";
        let (before, rest) = text.split_once("gpgsig ").unwrap();
        let after = rest.split_once(end).unwrap().1;
        let armour = armoured(&weak, &signature).replace('\n', "\n ");
        let forged = format!("{before}gpgsig {armour}\n{after}")
            .replace(&real.device().to_string(), &weak.device().to_string())
            .replace(&real.to_string(), &weak.to_string())
            .replace("bob", &format!("eve-{n}"));
        forge::publish(&world.path("hub.git"), &weak.device().to_string(), forged.as_bytes());
        assert!(event::Signed::decode(forged.as_bytes()).is_ok(), "it reads well");
    }
    let digest = world.digest("ada");
    world.ok("ada", "members sync -q");
    assert!(!world.ok("ada", "members status").contains("eve-"));
    nothing_happened(&world, &digest, &["ada", "carl"]);
}

#[test]
fn two_communities_on_one_hub() {
    let world = World::of(&["bob", "carl"]);
    world.fails("dan", "members found 'Lunar Lane' --as dan --remote hub.git -q", 1, "already");
    world.ok("dan", "members found 'Lunar Lane' --as dan -q; members remote add origin hub.git -q; members sync -q");
    world.ok("bob", "credit pay ada 1 -q");
    world.settle(&["bob", "ada", "carl"]);
    let digest = world.digest("ada");
    // An event of one under the names of the other.
    let (real, key) = (tip(&world, "bob"), forge::key(&world, "bob"));
    let dan = world.json("dan", "members whoami --json")["device"].as_str().unwrap().to_owned();
    forge::publish(&world.path("hub.git"), &format!("{dan}.1"), &real.event.bytes());
    let (bytes, _) = forge::sign(&real, forge::pay("bob", "ada", "1", "x"), &key);
    let genesis = world.json("dan", "members log --json")[0]["id"].as_str().unwrap().to_owned();
    let log = format!("Log: {}", real.event.event.log.unwrap());
    let replayed = resigned(&bytes, &key, (&log, &format!("Log: {genesis}")));
    forge::publish(&world.path("hub.git"), &format!("{}.1", real.event.event.device), &replayed);
    world.ok("dan", "members sync -q; members audit -q");
    nothing_happened(&world, &digest, &["ada", "carl", "bob"]);
    // Who joins must say which; and nobody can be led astray by a second genesis.
    world.fails("eve", "members join hub.git --as eve", 2, "Lunar Lane");
    world.ok("eve", "members join hub.git --as eve -C 'Solar Street' -q");
    world.ok("ada", "members admit eve -q");
    world.settle(&["ada", "eve"]);
}
