//! What a stranger can do to a good commit: bend a byte, cut, repeat, reorder, wrap it anew. Nothing of it
//! may pass for an event, but for a second signature by the author, which is the same event.

mod samples;

use std::sync::LazyLock;

use data_encoding::BASE64;
use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use ed25519_dalek::{SigningKey, VerifyingKey};
use event::{BadSignature, EventId, Key, MAX_COMMIT, PublicKey, Signed, Verified, sshsig_message};
use proptest::prelude::*;
use proptest::sample::Index;
use sha2::Sha512;

/// What these bytes are, if they are an event.
fn accepted(bytes: &[u8]) -> Option<Verified> {
    Signed::decode(bytes).ok()?.verify().ok()
}

/// Every golden commit, with the key that signed it.
fn commits() -> &'static [(String, Vec<u8>, Key)] {
    static COMMITS: LazyLock<Vec<(String, Vec<u8>, Key)>> =
        LazyLock::new(|| samples::all().iter().map(|s| (s.name.clone(), s.sign().0, s.key())).collect());
    &COMMITS
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

/// The commit without its signature, by this file's own reading of the format.
fn payload(commit: &str) -> String {
    let (before, rest) = commit.split_once("gpgsig ").expect("a signature");
    let (_, after) = rest.split_once(" -----END SSH SIGNATURE-----\n").expect("its end");
    format!("{before}{after}")
}

/// The commit header `gpgsig`, lines of so many columns, written without the help of the crate.
fn armour(key: &PublicKey, signature: &[u8; 64], columns: usize) -> String {
    let string = |bytes: &[u8]| [&u32::try_from(bytes.len()).expect("short").to_be_bytes(), bytes].concat();
    let inner = [string(b"ssh-ed25519"), string(signature)].concat();
    let parts = [string(&key.blob()), string(b"git"), string(b""), string(b"sha512"), string(&inner)].concat();
    let body = BASE64.encode(&[b"SSHSIG\0\0\0\x01".to_vec(), parts].concat());
    let lines: Vec<&str> = body.as_bytes().chunks(columns).map(text).collect();
    format!("gpgsig -----BEGIN SSH SIGNATURE-----\n {}\n -----END SSH SIGNATURE-----\n", lines.join("\n "))
}

/// A payload with a signature as the last header.
fn wrapped(payload: &str, armour: &str) -> Vec<u8> {
    match payload.split_once("\n\n") {
        Some((header, message)) => format!("{header}\n{armour}\n{message}").into_bytes(),
        None => format!("{payload}{armour}").into_bytes(),
    }
}

/// A payload signed by its author, however little it is an event.
fn signed(payload: &str, key: &Key) -> Vec<u8> {
    wrapped(payload, &armour(&key.public(), &key.sign(payload.as_bytes()), 70))
}

/// Lines changed in turn: each one swapped with the next, doubled, left out.
fn rearranged(lines: &[&str]) -> Vec<(String, Vec<String>)> {
    let owned = || lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
    let mut all = Vec::new();
    for n in 0..lines.len() {
        let (mut swapped, mut doubled, mut removed) = (owned(), owned(), owned());
        doubled.insert(n, lines[n].to_owned());
        all.push((format!("double {}", lines[n]), doubled));
        removed.remove(n);
        all.push((format!("remove {}", lines[n]), removed));
        if n + 1 < lines.len() {
            swapped.swap(n, n + 1);
            all.push((format!("swap {}", lines[n]), swapped));
        }
    }
    all
}

fn no_flip_passes(mask: u8) {
    for (name, bytes, _) in commits() {
        let mut bent = bytes.clone();
        for at in 0..bytes.len() {
            bent[at] ^= mask;
            assert_eq!(accepted(&bent), None, "{name}: byte {at} xor {mask:#x}");
            bent[at] ^= mask;
        }
    }
}

#[test]
fn no_lowest_bit_can_be_flipped() {
    no_flip_passes(0x01);
}

#[test]
fn no_letter_can_change_its_case() {
    no_flip_passes(0x20);
}

#[test]
fn no_byte_can_be_cut_off_or_added() {
    for (name, bytes, _) in commits() {
        for end in 0..bytes.len() {
            assert_eq!(accepted(&bytes[..end]), None, "{name}: cut at {end}");
            assert_eq!(accepted(&bytes[end + 1..]), None, "{name}: begun at {end}");
        }
        for tail in ["\n", " ", "\0", "x", "\n\n", "Note: x\n", "\nNote: x\n", "\r\n"] {
            assert_eq!(accepted(&[bytes, tail.as_bytes()].concat()), None, "{name}: then {tail:?}");
            assert_eq!(accepted(&[tail.as_bytes(), bytes].concat()), None, "{name}: before it {tail:?}");
        }
    }
}

#[test]
fn no_line_can_be_swapped_doubled_or_left_out() {
    for (name, bytes, _) in commits() {
        let lines: Vec<&str> = text(bytes).split_inclusive('\n').collect();
        for (what, lines) in rearranged(&lines) {
            let bent = lines.concat().into_bytes();
            assert!(bent == *bytes || accepted(&bent).is_none(), "{name}: {what}");
        }
    }
}

#[test]
fn line_ends_and_other_unicode_spellings_are_refused() {
    for (name, bytes, _) in commits() {
        let commit = text(bytes);
        let bent = [commit.replace('\n', "\r\n"), commit.replacen('\n', "\r\n", 1), format!("\u{feff}{commit}")];
        for bent in bent.iter().chain(&[commit.replace('ë', "e\u{308}"), commit.replace("Kind", "kind")]) {
            assert!(bent == commit || accepted(bent.as_bytes()).is_none(), "{name}: {bent}");
        }
    }
}

/// The author's own key cannot make a second spelling either: trailers in another order, repeated, or
/// without one that must be there.
#[test]
fn the_author_cannot_sign_another_order() {
    // These lines are lists in the order that the author likes, repetition and all.
    let free = |line: &str| ["Leg: ", "Page: ", "Option: "].iter().any(|key| line.starts_with(key));
    for (name, bytes, key) in commits() {
        let payload = payload(text(bytes));
        let id = EventId::of(payload.as_bytes());
        let (before, trailers) = payload.rsplit_once("\n\n").unwrap();
        for (what, lines) in rearranged(&trailers.split_inclusive('\n').collect::<Vec<_>>()) {
            let bent = signed(&format!("{before}\n\n{}", lines.concat()), key);
            let (change, line) = what.split_once(' ').unwrap();
            match accepted(&bent) {
                None => {}
                // What is optional makes another event when it goes.
                Some(read) if change == "remove" => assert!(read.id != id && read.bytes() == bent, "{name}: {what}"),
                Some(read) => assert!(free(line) && read.bytes() == bent, "{name}: {what}"),
            }
        }
    }
}

#[test]
fn the_author_cannot_sign_what_is_no_event() {
    for (name, bytes, key) in commits() {
        let payload = payload(text(bytes));
        assert_eq!(signed(&payload, key), *bytes, "{name}: this file reads the format as the crate does");
        let (header, message) = payload.split_once("\n\n").unwrap();
        let (subject, rest) = message.split_once('\n').unwrap();
        let line = |n: usize| header.split('\n').nth_back(n).unwrap();
        let (committer, author) = (line(0), line(1));
        let bent = [
            format!("{header}\n\n{subject}.\n{rest}"),
            format!("{header}\n\n\n{rest}"),
            format!("{header}\n\n{subject}\nmore\n{rest}"),
            format!("{header}\n\n{subject}\n\n{rest}"),
            format!("{payload}Note: x\n"),
            format!("{payload}\n"),
            payload.trim_end().to_owned(),
            payload.replacen("\nKind: ", "\nNote: x\nKind: ", 1),
            payload.replacen("\nKind: ", "\nKind:  ", 1),
            payload.replacen("\nKind: ", "\nkind: ", 1),
            payload.replacen("\nSeq: ", "\nSeq: 0", 1),
            payload.replacen("\nSeq: ", "\nSeq: +", 1),
            payload.replacen("Commons: 1\n", "Commons: 2\n", 1),
            payload.replacen("Commons: 1\n", "Commons: 01\n", 1),
            payload.replace('\n', "\r\n"),
            format!("{header}\nencoding UTF-8\n\n{message}"),
            format!("{header}\nmergetag x\n\n{message}"),
            format!("{header}\ngpgsig-sha256 x\n\n{message}"),
            payload.replacen(committer, &committer.replace("committer ", "committer x"), 1),
            payload.replacen(committer, &committer.replace("+0000", "+0100"), 1),
            payload.replace(" +0000", " -0000"),
            payload.replacen(author, &format!("{author}\n{author}"), 1),
            payload.replacen("tree 4b825dc6", "tree 5b825dc6", 1),
            payload.replacen("\nauthor", "\nparent 0000000000000000000000000000000000000000\nauthor", 1),
            payload.replace("@commons>", "@common>"),
        ];
        for bent in bent {
            assert_eq!(accepted(&signed(&bent, key)), None, "{name}:\n{bent}");
        }
    }
}

#[test]
fn another_key_cannot_sign_for_the_device() {
    let stranger = Key::from_seed(&[9; 32]);
    for (name, bytes, _) in commits() {
        let forged = Signed::decode(&signed(&payload(text(bytes)), &stranger)).map(Signed::verify);
        // A chain's first event carries the key, so there the bytes themselves say no.
        assert!(matches!(forged, Err(_) | Ok(Err(BadSignature::Wrong))), "{name}");
    }
}

#[test]
fn too_large_is_refused_before_it_is_read() {
    let (_, bytes, _) = &commits()[0];
    let padded = |size: usize| [bytes, &vec![b'x'; size - bytes.len()][..]].concat();
    let why = |size| Signed::decode(&padded(size)).unwrap_err().to_string();
    assert!(why(MAX_COMMIT + 1).contains("at most 65536"), "{}", why(MAX_COMMIT + 1));
    assert!(!why(MAX_COMMIT).contains("at most"), "{}", why(MAX_COMMIT));
}

/// The three second wrappings that stock git calls good, as the reference files show them.
fn malleations(commit: &str, key: &PublicKey, signature: &[u8; 64]) -> [String; 3] {
    let extra = |header: &str| commit.replacen("\n\n", &format!("\n{header}\n\n"), 1);
    let narrow = wrapped(&payload(commit), &armour(key, signature, 40));
    [extra("gpgsig-sha256 junk"), extra("gpgsigXYZ hello"), text(&narrow).to_owned()]
}

#[test]
fn the_known_malleations_are_refused() {
    for (name, bytes, _) in commits() {
        let good = accepted(bytes).unwrap();
        for bent in malleations(text(bytes), &good.key, &good.signature) {
            assert_eq!(
                payload(&bent).replace("gpgsig-sha256 junk\n", "").replace("gpgsigXYZ hello\n", ""),
                payload(text(bytes))
            );
            assert!(Signed::decode(bent.as_bytes()).is_err(), "{name}:\n{bent}");
        }
    }
}

#[test]
fn the_malleations_are_those_of_the_reference_files() {
    let original = include_str!("data/malleated/0-original.commit");
    let reference = [
        include_str!("data/malleated/1-extra-gpgsig-sha256.commit"),
        include_str!("data/malleated/2-extra-gpgsigXYZ.commit"),
        include_str!("data/malleated/3-rewrapped-armour.commit"),
    ];
    let armoured = original.split("SIGNATURE-----\n").nth(1).unwrap().replace([' ', '\n'], "");
    let frame = BASE64.decode(armoured.split("-----").next().unwrap().as_bytes()).unwrap();
    let key = PublicKey(frame[33..65].try_into().unwrap());
    let signature: [u8; 64] = frame[frame.len() - 64..].try_into().unwrap();
    assert!(event::verify_strict(&key, &sshsig_message(payload(original).as_bytes()), &signature).is_ok());
    assert_eq!(malleations(original, &key, &signature), reference);
    for commit in reference.iter().chain(&[original]) {
        assert!(Signed::decode(commit.as_bytes()).is_err());
    }
}

/// A good signature with another nonce: what the author's key can always make, and nobody else's.
fn signed_again(payload: &str, key: &Key) -> [u8; 64] {
    let signing = SigningKey::from_bytes(&key.seed());
    let mut secret = ExpandedSecretKey::from(&key.seed());
    secret.hash_prefix[0] ^= 1;
    raw_sign::<Sha512>(&secret, &sshsig_message(payload.as_bytes()), &VerifyingKey::from(&signing)).to_bytes()
}

#[test]
fn signed_twice_is_the_same_event() {
    for (name, bytes, key) in commits() {
        let (good, payload) = (accepted(bytes).unwrap(), payload(text(bytes)));
        let signature = signed_again(&payload, key);
        let again = wrapped(&payload, &armour(&good.key, &signature, 70));
        assert_ne!(again, *bytes, "{name}");
        let read = accepted(&again).unwrap_or_else(|| panic!("{name}: a second good signature"));
        assert_eq!((&read.id, &read.event, &read.parents), (&good.id, &good.event, &good.parents), "{name}");
        assert_eq!((read.signature, read.bytes()), (signature, again), "{name}");
    }
}

/// One edit: where (as a share of the whole), how many bytes go, what comes.
type Edit = (f64, usize, Vec<u8>);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let lines =
        ["\n", "\n\n", "\r", "\0", ": ", "Dep: ", "Kind: ack\n", "parent ", "gpgsig ", "é", "e\u{301}", "0", " "];
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..4),
        proptest::sample::select(lines.map(|l| l.as_bytes().to_vec()).to_vec()),
    ];
    let edit = (0.0..1.0, 0usize..10, piece);
    // A digit for a digit often makes another event, so that not everything is refused.
    let digit = (0.0..1.0, Just(1), "[0-9a-f]".prop_map(String::into_bytes));
    proptest::collection::vec(prop_oneof![edit, digit], 1..4)
}

fn edited(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bent = bytes.to_vec();
    for (share, gone, come) in edits {
        // A float only picks a place here.
        let at = (share * bent.len() as f64) as usize;
        let end = (at + gone).min(bent.len());
        bent.splice(at..end, come.iter().copied());
    }
    bent
}

/// Whatever is accepted is spelled exactly as it came.
fn is_canonical_or_refused(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(Ok(read)) = Signed::decode(bytes).map(Signed::verify) {
        prop_assert_eq!(read.bytes(), bytes);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        is_canonical_or_refused(&bytes)?;
    }

    #[test]
    fn a_golden_commit_edited(which in any::<Index>(), edits in edits()) {
        let (_, bytes, _) = which.get(commits());
        is_canonical_or_refused(&edited(bytes, &edits))?;
    }

    #[test]
    fn a_golden_commit_edited_and_signed_again(which in any::<Index>(), edits in edits()) {
        let (_, bytes, key) = which.get(commits());
        let bent = edited(payload(text(bytes)).as_bytes(), &edits);
        is_canonical_or_refused(&signed(&String::from_utf8_lossy(&bent), key))?;
    }

    #[test]
    fn two_golden_commits_spliced_and_signed(a in any::<Index>(), b in any::<Index>(), cut in 0usize..30, on in 0usize..30) {
        let ((_, a, key), (_, b, _)) = (a.get(commits()), b.get(commits()));
        let (a, b) = (payload(text(a)), payload(text(b)));
        let spliced: String = a.split_inclusive('\n').take(cut).chain(b.split_inclusive('\n').skip(on)).collect();
        is_canonical_or_refused(&signed(&spliced, key))?;
    }
}
