//! Invitations in the wrong hands: hostile lines, floods, races, and remotes that lie.

#![allow(clippy::unwrap_used)]

mod common;

use std::process::Stdio;

use common::World;

fn line(world: &World, options: &str) -> String {
    world.ok("ada", &format!("members invite -q {options}")).trim().to_owned()
}

#[test]
fn hostile_lines_are_refused_and_leave_nothing() {
    let world = World::of(&[]);
    let good = line(&world, "");
    let mut bad: Vec<String> = vec![
        "commons1:".into(),
        "commons1:____".into(),
        "commons999999:AAAA".into(),
        format!("commons1:{}", "A".repeat(50_000)),
        format!("commons1:____{}", "_".repeat(50_000)),
        format!("commons1:\u{1b}]0;title\u{7}{}", &good[9..]),
        format!("{}\u{202e}{}", &good[..40], &good[40..]),
        good.to_uppercase(),
        good.replace("commons1", "commons01"),
    ];
    // Every length, and a wrong letter in every third place.
    bad.extend((9..good.len()).step_by(7).map(|end| good[..end].to_owned()));
    bad.extend((9..good.len()).step_by(9).map(|at| {
        let other = if &good[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &good[..at], &good[at + 1..])
    }));
    for line in bad {
        std::fs::write(world.path("line"), &line).unwrap();
        let done = world.run("eve", "members join - --as eve < line");
        let short: String = line.chars().take(60).collect();
        assert_eq!(done.code, Some(2), "{short}\n{}", done.err);
        assert!(!done.err.contains("panicked") && !done.err.contains('\u{1b}'), "{}", done.err);
        assert!(!world.path("eve/state").exists(), "{short}");
    }
}

#[test]
fn two_who_join_at_once_with_one_use_are_not_both_taken_in() {
    let world = World::of(&[]);
    std::fs::write(world.path("line"), line(&world, "")).unwrap();
    let start = |who: &str| {
        let mut command = world.command(who, &format!("members join - --as {who} -q < line"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let both = ["bob", "eve"].map(start);
    for child in both {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    for _ in 0..3 {
        world.ok("ada", "members sync -q");
    }
    assert_eq!(handles(&world), 2);
    // The other one asks like anybody, and can be admitted so.
    let status = world.json("ada", "members status --json");
    let left = status["waits"].as_array().unwrap().iter().filter(|item| item["kind"] == "request").count();
    assert_eq!(left, 1);
    for who in ["bob", "eve"] {
        world.run("ada", &format!("members admit {who} -q"));
    }
    assert_eq!(handles(&world), 3);
    world.settle(&["bob", "eve", "ada", "bob"]);
}

#[test]
fn a_stolen_line_takes_in_no_more_than_it_says() {
    let world = World::of(&[]);
    std::fs::write(world.path("line"), line(&world, "--uses 2")).unwrap();
    for who in ["bob", "carl", "eve", "finn"] {
        world.ok(who, &format!("members join - --as {who} -q < line"));
    }
    for _ in 0..3 {
        world.ok("ada", "members sync -q");
    }
    assert_eq!(handles(&world), 3);
    world.fails("gus", "members join - --as gus < line", 1, "used up");
    // What was used up stays so, for every copy.
    let members = world.json("ada", "members list --json");
    let names: Vec<&str> = members.as_array().unwrap().iter().map(|m| m["handle"].as_str().unwrap()).collect();
    world.settle(&[names[1], "ada", names[2], "ada", names[1]]);
}

#[test]
fn an_expired_request_waits_for_a_steward() {
    let world = World::of(&[]);
    std::fs::write(world.path("line"), line(&world, "--expires 4s")).unwrap();
    world.ok("bob", "members join - --as bob -q < line");
    std::thread::sleep(std::time::Duration::from_secs(5));
    world.ok("ada", "members sync -q");
    assert_eq!(handles(&world), 1);
    world.ok("ada", "members admit bob -q");
    assert_eq!(handles(&world), 2);
}

#[test]
fn a_remote_that_lies_is_not_believed() {
    let world = World::of(&["bob"]);
    // The hub as it was before: the same genesis, and none of what the invitation stands on.
    world.sh("cp -a hub.git past.git");
    world.ok("ada", "members invite -q > /dev/null; credit units add kWh --title Power --lower 5 -q; members sync -q");
    std::fs::write(world.path("line"), line(&world, "")).unwrap();
    world.sh("mv hub.git true.git; mv past.git hub.git");
    world.fails("eve", "members join - --as eve < line", 3, "another history than the one you were invited to");
    world.fails("eve", "members join - --read-only < line", 3, "another history");
    assert!(!world.path("eve/state/solar-street/device.key").exists());
    assert_eq!(
        std::fs::read_dir(world.path("eve/data"))
            .unwrap()
            .filter(|e| { !e.as_ref().unwrap().file_name().to_string_lossy().starts_with('.') })
            .count(),
        0
    );
    // Another community under the same name.
    world.sh("mv hub.git past.git; git init -q --bare --object-format=sha1 hub.git");
    world.ok("eve2", "members found 'Solar Street' --as ada --remote hub.git -q");
    world.fails("eve", "members join - --as eve < line", 3, "another history");
    world.sh("mv hub.git other.git; mv true.git hub.git");
    world.ok("eve", "members join - --as eve -q < line");
    world.ok("ada", "members sync -q");
    world.settle(&["eve", "bob", "ada", "eve"]);
}

#[test]
fn what_is_trusted_is_not_forgotten() {
    let world = World::of(&["bob"]);
    world.sh("cp -a hub.git past.git; cp -a bob/data/solar-street/journal.git journal.past");
    world.ok("ada", "credit units add kWh --title Power --lower 5 -q; members sync -q");
    world.ok("bob", "members sync -q");
    // Bob's journal is put back, and the hub with it: he knows that there was more.
    world.sh("rm -rf bob/data/solar-street/journal.git bob/data/solar-street/store.db*");
    world.sh("mv journal.past bob/data/solar-street/journal.git; mv hub.git true.git; mv past.git hub.git");
    for _ in 0..2 {
        let done = world.run("bob", "members sync");
        assert!(done.err.contains("from which on this copy trusts the register, is not held"), "{}", done.err);
    }
    world.fails("bob", "credit pay ada 1 hours soup", 3, "is not held");
    assert!(world.ok("bob", "members status").contains("register: entry"));
    // With the true hub he goes on.
    world.sh("mv hub.git past.git; mv true.git hub.git");
    world.ok("bob", "members sync -q; credit pay ada 1 hours soup -q");
    world.settle(&["bob", "ada", "bob"]);
}

fn handles(world: &World) -> usize {
    world.json("ada", "members list --json").as_array().unwrap().len()
}
