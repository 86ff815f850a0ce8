//! Looking for personal data wherever they could lie.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use git2::Repository;

use super::World;

/// Whether a word lies anywhere in a home: in a plain file, or in any object of a repository, packed or not,
/// reachable or not.
pub fn found(world: &World, who: &str, word: &str) -> Vec<String> {
    let mut places = Vec::new();
    for repo in ["journal.git", "inbox.git", "person.git"] {
        let path = world.data(who).join(repo);
        if path.exists() && in_objects(&path, word) {
            places.push(repo.to_owned());
        }
    }
    let home = world.path(who).display().to_string();
    let plain = world.run("nobody", &format!("grep -rlaF '{word}' {home}"));
    places.extend(plain.out.lines().map(str::to_owned));
    places
}

/// Whether a word lies in any object of a repository's own.
pub fn in_objects(repo: &Path, word: &str) -> bool {
    // The quarantine sees the journal's objects; here only its own count.
    let shared = repo.join("objects/info/alternates");
    let aside = shared.with_extension("aside");
    let moved = fs::rename(&shared, &aside).is_ok();
    let repo = Repository::open_bare(repo).unwrap();
    let odb = repo.odb().unwrap();
    let mut all = Vec::new();
    odb.foreach(|oid| {
        all.push(*oid);
        true
    })
    .unwrap();
    let found = all.iter().any(|oid| {
        let object = odb.read(*oid).unwrap();
        object.data().windows(word.len()).any(|part| part == word.as_bytes())
    });
    if moved {
        fs::rename(aside, shared).unwrap();
    }
    found
}

/// Every replica holds nothing of the word.
pub fn gone(world: &World, all: &[&str], word: &str) {
    for who in all {
        assert_eq!(found(world, who, word), Vec::<String>::new(), "{who}: {word}");
    }
}

/// The name that a person's copy shows of a member.
pub fn name_of(world: &World, who: &str, handle: &str) -> Option<String> {
    world.json(who, &format!("members show {handle} --json"))["name"].as_str().map(str::to_owned)
}

/// What a person's copy says of a member's data.
pub fn state_of(world: &World, who: &str, handle: &str) -> String {
    world.json(who, &format!("members profile show {handle} --json"))["state"].as_str().unwrap().to_owned()
}
