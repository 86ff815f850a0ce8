//! What only a hostile hand writes: events signed with a member's own key behind the toolkit's back, commits
//! bent in every way that git lets pass, and branches put into a repository by hand.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use ed25519_dalek::{SigningKey, VerifyingKey};
use event::{Account, Amount, Body, Device, Event, GitId, Key, Leg, Pay, armoured, sshsig_message};
use git2::{ObjectType, Oid, Repository};
use journal::{Held, Journal, Tip};
use sha2::Sha512;

use super::World;

/// The device key of a person, as it lies on the disk.
pub fn key(world: &World, who: &str) -> Key {
    let text = fs::read_to_string(world.state(who).join("device.key")).unwrap();
    let private = ssh_key::PrivateKey::from_openssh(&text).unwrap();
    Key::from_seed(&private.key_data().ed25519().unwrap().private.to_bytes())
}

/// A person's device.
pub fn device(world: &World, who: &str) -> Device {
    key(world, who).public().device()
}

/// A chain as a person's journal has it, oldest event first.
pub fn chain(world: &World, holder: &str, device: Device) -> Vec<Held> {
    let journal = Journal::open(&world.data(holder).join("journal.git")).unwrap();
    let tips = journal.tips().unwrap();
    let tip = tips.into_iter().find(|tip| tip.name == device.to_string()).unwrap();
    let branch = journal.branch(tip, |_, _| false).unwrap();
    assert_eq!(branch.trouble, None);
    branch.events
}

/// The tips that a repository has.
pub fn tips(path: &Path) -> Vec<Tip> {
    Journal::open(path).unwrap().tips().unwrap()
}

/// A draft that follows an event of the same chain.
pub fn after(held: &Held, body: Body) -> Event {
    let before = &held.event.event;
    Event {
        log: before.log.or(Some(held.event.id)),
        author: before.author.clone(),
        device: before.device,
        time: before.time,
        seq: before.seq + 1,
        prev: Some(held.event.id),
        register: None,
        deps: Vec::new(),
        text: None,
        body,
    }
}

/// A payment in hours.
pub fn pay(from: &str, to: &str, amount: &str, purpose: &str) -> Body {
    let leg = Leg { amount: Amount::typed(amount, 2).unwrap(), to: to.parse().unwrap() };
    let from = Account::Member(from.parse().unwrap());
    let purpose = Some(purpose.parse().unwrap());
    Body::Pay(Pay { purpose, ..Pay::plain(from, "hours".parse().unwrap(), vec![leg]) })
}

/// Signs a draft that follows `held`, and gives the commit's bytes and the event.
pub fn sign(held: &Held, body: Body, key: &Key) -> (Vec<u8>, Held) {
    let (bytes, event) = after(held, body).sign(vec![held.git], key).unwrap();
    let git = Oid::hash_object(ObjectType::Commit, &bytes).unwrap();
    (bytes, Held { git: git_id(git), event })
}

/// Git's name as the journal writes it.
pub fn git_id(oid: Oid) -> GitId {
    oid.to_string().parse().unwrap()
}

/// Puts a commit into a repository, with nothing checked.
pub fn put(repo: &Path, bytes: &[u8]) -> Oid {
    let repo = Repository::open_bare(repo).unwrap();
    repo.odb().unwrap().write(ObjectType::Commit, bytes).unwrap()
}

/// Puts a commit into a repository and lets a branch point to it, whatever was there.
pub fn publish(repo: &Path, branch: &str, bytes: &[u8]) -> Oid {
    let oid = put(repo, bytes);
    point(repo, branch, oid);
    oid
}

/// Lets a branch point to an object of any kind.
pub fn point(repo: &Path, branch: &str, oid: Oid) {
    let file = repo.join("refs/heads").join(branch);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, format!("{oid}\n")).unwrap();
}

/// Another good signature by the author over the same bytes: another git id, the same event.
pub fn signed_again(bytes: &[u8], key: &Key) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (before, rest) = text.split_once("gpgsig ").unwrap();
    let (_, after) = rest.split_once(" -----END SSH SIGNATURE-----\n").unwrap();
    let payload = format!("{before}{after}");
    let mut secret = ExpandedSecretKey::from(&key.seed());
    secret.hash_prefix = [7; 32];
    let verifying = VerifyingKey::from(&SigningKey::from_bytes(&key.seed()));
    let signature = raw_sign::<Sha512>(&secret, &sshsig_message(payload.as_bytes()), &verifying);
    let armour = armoured(&key.public(), &signature.to_bytes()).replace('\n', "\n ");
    format!("{before}gpgsig {armour}\n{after}").into_bytes()
}

/// The three ways in which a third party makes another commit that `git verify-commit` calls good.
pub fn malleated(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (before, rest) = text.split_once("gpgsig ").unwrap();
    let (armour, after) = rest.split_once(" -----END SSH SIGNATURE-----\n").unwrap();
    let end = " -----END SSH SIGNATURE-----\n";
    let lines: Vec<&str> = armour.lines().map(str::trim).collect();
    let base64 = lines[1..].concat();
    let short: Vec<&str> = base64.as_bytes().chunks(41).map(|c| std::str::from_utf8(c).unwrap()).collect();
    let rewrapped = format!("{}\n {}\n", lines[0], short.join("\n "));
    vec![
        ("gpgsig-sha256", format!("{before}gpgsig {armour}{end}gpgsig-sha256 anything\n{after}").into_bytes()),
        ("gpgsigXYZ", format!("{before}gpgsig {armour}{end}gpgsigXYZ anything\n{after}").into_bytes()),
        ("rewrapped", format!("{before}gpgsig {rewrapped}{end}{after}").into_bytes()),
    ]
}

/// A canonical commit with a signature taken from another: it reads well, and nobody signed it.
pub fn unsigned(held: &Held, body: Body, other: &[u8]) -> Vec<u8> {
    let key = Key::from_seed(&[3; 32]);
    let mut event = after(held, body);
    let device = std::mem::replace(&mut event.device, key.public().device());
    let (bytes, _) = event.sign(vec![held.git], &key).unwrap();
    let text = String::from_utf8(bytes).unwrap().replace(&key.public().device().to_string(), &device.to_string());
    let armour = |text: &str| {
        let from = text.find("gpgsig ").unwrap();
        text[from..].split_once("END SSH").unwrap().0.to_owned()
    };
    text.replace(&armour(&text), &armour(std::str::from_utf8(other).unwrap())).into_bytes()
}

/// Puts a commit there that may be badly signed, and what follows it would name.
pub fn named(repo: &Path, bytes: &[u8], like: &Held) -> Held {
    let git = git_id(put(repo, bytes));
    let signed = event::Signed::decode(bytes).unwrap();
    let event = event::Verified { event: signed.event, id: signed.id, parents: signed.parents, ..like.event.clone() };
    Held { git, event }
}
