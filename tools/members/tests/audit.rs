//! Two views of one history: the auditor in `examples/audit`, written from the manual alone, and `members audit` say
//! the same of every random world, written out as a real repository.
//!
//! `examples/audit/worlds.sh 2000` looks longer, and begins at seed 7000 with that as a second argument.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::path::Path;

use common::{World, runs};
use event::GitId;
use git2::{ObjectType, Oid, Repository};

const STEPS: usize = 60;

/// Writes a random world's events into a bare repository, the branches of a forked chain beside each other.
fn write(seed: u64, hub: &Path) {
    let naming =
        |bytes: &[u8]| GitId(Oid::hash_object(ObjectType::Commit, bytes).unwrap().as_bytes().try_into().unwrap());
    let mut world = testkit::world::World::in_git(seed, naming);
    for _ in 0..STEPS {
        world.step();
    }
    let repository = Repository::open_bare(hub).unwrap();
    let odb = repository.odb().unwrap();
    odb.write(ObjectType::Tree, b"").unwrap();
    let written = world.commits();
    for commit in written.commits {
        odb.write(ObjectType::Commit, commit).unwrap();
    }
    for (n, (device, git)) in written.branches.iter().enumerate() {
        let plain = format!("refs/heads/{device}");
        let name = if repository.find_reference(&plain).is_ok() { format!("{plain}.{n:016}") } else { plain };
        repository.reference(&name, Oid::from_bytes(&git.0).unwrap(), false, "world").unwrap();
    }
}

/// What the auditor says against `members audit --json` of a copy of a random world, and whether that audit is
/// content; nothing where both say the same.
fn differences(world: &World, seed: usize) -> String {
    let (hub, eye) = (format!("{seed}.git"), format!("eye{seed}"));
    world.sh(&format!("git init -q --bare --object-format=sha1 {hub}"));
    write(seed as u64, &world.path(&hub));
    world.ok(&eye, &format!("members join {hub} --read-only -q"));
    let auditor = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/audit/audit.py");
    let line = format!(
        "members audit --json > {eye}.json && python3 {} {eye}/data/*/journal.git - < {eye}.json",
        auditor.display()
    );
    let done = world.run(&eye, &line);
    let keep = std::env::var_os("HARM_KEEP").is_some();
    for folder in [hub, eye].into_iter().filter(|_| !keep) {
        let _ = std::fs::remove_dir_all(world.path(&folder));
    }
    match done.code {
        Some(0) => String::new(),
        _ => format!("seed {seed}: {}{}", done.out, done.err),
    }
}

#[test]
fn the_auditor_agrees_on_random_worlds() {
    let (from, seeds) = (runs("FROM", 0), runs("SEEDS", 24));
    let world = World::new();
    let half = |odd: usize| {
        let said = (from + odd..from + seeds).step_by(2).map(|seed| differences(&world, seed));
        said.filter(|said| !said.is_empty()).collect::<Vec<String>>()
    };
    let (even, odd) = std::thread::scope(|scope| {
        let odd = scope.spawn(|| half(1));
        (half(0), odd.join().unwrap())
    });
    let differing = [even, odd].concat();
    println!("{} of {seeds} worlds agreed", seeds - differing.len());
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// Worlds in which they once differed: the audit left out what a forked chain had said before the fork was known (13),
/// the books had a request that nothing in them named (41), and the journal one without its git parents (145).
#[test]
fn worlds_that_once_differed() {
    let world = World::new();
    for seed in [13, 41, 145] {
        assert_eq!(differences(&world, seed), "");
    }
}
