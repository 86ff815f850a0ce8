//! A secretary who is lost, and one who is dishonest: the others go on, and nobody loses what had settled.

#![allow(clippy::unwrap_used)]

mod common;

use common::World;

/// Ada keeps the register; Bob and Eve are stewards with her; Max is a member.
fn three() -> World {
    let world = World::new();
    world.ok("ada", "members found 'Solar Street' --as ada --template blank --remote hub.git -q");
    for who in ["bob", "eve", "max"] {
        world.ok(who, &format!("members join hub.git --as {who} -q"));
        world.ok("ada", &format!("members admit {who} -q"));
        world.ok(who, "members sync -q");
    }
    world.ok("ada", "members role grant bob steward -q && members sync -q");
    world.ok("bob", "members sync -q");
    world.ok("ada", "members role grant eve steward -q && members sync -q");
    world.ok("bob", "members sync -q && members approve 1 -q");
    world.settle(&["bob", "ada", "eve", "max"]);
    world
}

/// The handle of whoever keeps the register, as somebody sees it.
fn secretary(world: &World, who: &str) -> String {
    let roles = world.json(who, "members role list --json");
    let row = roles.as_array().unwrap().iter().find(|row| row["role"] == "secretary").unwrap();
    row["handle"].as_str().unwrap().to_owned()
}

#[test]
fn a_lost_secretary_is_succeeded_with_payments_in_flight() {
    let world = three();
    world.ok("max", "credit pay eve 2.00 hours soup -q && members sync -q");
    world.ok("eve", "members sync -q");
    // Only Eve has seen it, and Ada, who is lost, never will; what Ada wrote last is only on her own machine.
    world.ok("ada", "credit pay max 5.00 hours 'never published' -q");
    world.ok("eve", "members succeed --yes -q && credit pay bob 1.00 hours 'after the consent' -q && members sync -q");
    world.ok("bob", "members sync -q && members succeed --yes -q && members sync -q");
    world.settle(&["eve", "bob", "max"]);
    for who in ["bob", "eve", "max"] {
        assert_eq!(secretary(&world, who), "bob", "{who}");
    }
    let balances = ["bob", "eve", "max"].map(|who| world.balance(who));
    assert_eq!(balances, ["1.00", "1.00", "-2.00"]);
    // Ada comes back: what she had written counts like anybody's, and she is a steward as before.
    world.settle(&["ada", "bob", "eve", "max"]);
    assert_eq!((world.balance("ada"), world.balance("max")), ("-5.00".to_owned(), "3.00".to_owned()));
    world.fails("ada", "members refuse 1", 1, "does not keep the register");
}

#[test]
fn a_secretary_who_refuses_everything_is_outvoted() {
    let world = three();
    world.ok("max", "members role grant max teller -q && members sync -q");
    for _ in 0..2 {
        world.ok("bob", "members sync -q && members role grant max treasurer -q && members sync -q");
        world.ok("ada", "members sync -q");
        for motion in world.json("ada", "members motions --json").as_array().unwrap() {
            world.ok("ada", &format!("members refuse {} -q", motion["number"]));
        }
        world.settle(&["ada", "bob", "eve"]);
    }
    let states = world.json("eve", "members motions --all --json");
    assert!(states.as_array().unwrap().iter().skip(1).all(|motion| motion["state"] == "refused"), "{states}");
    world.ok("bob", "members succeed --why 'she refuses everything' --yes -q && members sync -q");
    world.ok("eve", "members sync -q && members succeed --yes -q && members sync -q");
    // Ada goes on as if nothing were; whoever has consented lets nothing of hers settle.
    world.ok("max", "members sync -q && members role grant max teller -q && members sync -q");
    world.ok("ada", "members sync -q");
    world.settle(&["bob", "eve", "ada", "max"]);
    assert_eq!(secretary(&world, "ada"), "bob");
    let open = world.json("bob", "members motions --json");
    let number = open.as_array().unwrap().last().unwrap()["number"].to_string();
    world.ok("bob", &format!("members approve {number} -q && members sync -q"));
    world.ok("eve", "members sync -q");
    let again = world.json("eve", "members motions --json");
    let number = again.as_array().unwrap().last().unwrap()["number"].to_string();
    world.ok("eve", &format!("members approve {number} -q && members sync -q"));
    world.settle(&["bob", "eve", "ada", "max"]);
    let roles = world.json("max", "members role list --json");
    assert!(roles.as_array().unwrap().iter().any(|row| row["role"] == "teller" && row["handle"] == "max"), "{roles}");
}

#[test]
fn what_a_former_secretary_entered_beside_the_register_is_entered_again() {
    let world = three();
    // The motion has its approvals; Ada enters it, and keeps that to herself.
    world.ok("max", "members role grant max teller -q && members sync -q");
    world.ok("eve", "members sync -q && members approve 2 -q && members sync -q");
    world.ok("bob", "members sync -q && members approve 2 -q && members sync -q");
    world.ok("bob", "members bundle export all.bundle -q");
    world.ok("ada", "members bundle import all.bundle -q");
    world.sh("mv hub.git away.git");
    world.fails("ada", "members sync -q", 75, "cannot reach");
    world.sh("mv away.git hub.git");
    assert_eq!(world.json("ada", "members motions 2 --json")["state"], "entered");
    assert_eq!(world.json("bob", "members motions 2 --json")["state"], "open");
    world.ok("bob", "members succeed --yes -q && members sync -q");
    world.ok("eve", "members sync -q && members succeed --yes -q && members sync -q");
    world.settle(&["bob", "eve", "max"]);
    world.settle(&["ada", "bob", "eve", "max"]);
    let roles = world.json("ada", "members role list --json");
    assert!(roles.as_array().unwrap().iter().any(|row| row["role"] == "teller" && row["handle"] == "max"), "{roles}");
    assert_eq!(secretary(&world, "ada"), "bob");
}
