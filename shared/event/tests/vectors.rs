//! The criterion that decides about signatures, pinned by the published edge cases: another verdict on one
//! of them is another format (protocol, section 2).

use std::collections::BTreeMap;

use curve25519_dalek::Scalar;
use curve25519_dalek::edwards::CompressedEdwardsY;
use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use event::{BadSignature, Key, PublicKey, RUN, verify_each, verify_strict};
use serde_json::Value;
use sha2::Digest;

const WRONG: Result<(), BadSignature> = Err(BadSignature::Wrong);
const WEAK: Result<(), BadSignature> = Err(BadSignature::WeakKey);

/// ed25519-speccheck, case by case. `A` is the key, `R` the nonce; lenient verifiers differ on these.
const SPECCHECK: [(Result<(), BadSignature>, &str); 12] = [
    (WEAK, "A and R of small order, S = 0: good for any message"),
    (WEAK, "A of small order: a key that forges"),
    (WRONG, "R of small order, A mixed"),
    (Ok(()), "A and R mixed, yet the equation holds without the cofactor: no forgery, one meaning"),
    (WRONG, "holds only when multiplied by the cofactor"),
    (WRONG, "holds only with the cofactor, and only if the hash is multiplied before it is reduced"),
    (WRONG, "S is not below the group order: a second spelling"),
    (WRONG, "S far above the group order"),
    (WRONG, "R of small order in a spelling that is not canonical, hashed reduced"),
    (WRONG, "R of small order in a spelling that is not canonical, hashed as it stands"),
    (WEAK, "A of small order in a spelling that is not canonical, hashed reduced"),
    (WEAK, "A of small order in a spelling that is not canonical, hashed as it stands"),
];

/// The eight points whose order divides 8, and the six further spellings that decoders take.
const SMALL_ORDER: [&str; 14] = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

fn cases(json: &str) -> Vec<Value> {
    serde_json::from_str(json).expect("JSON")
}

fn hex(case: &Value, field: &str) -> Vec<u8> {
    HEXLOWER.decode(case[field].as_str().expect("text").as_bytes()).expect("hex")
}

/// A signature of another length is no signature: the type says so before the predicate is asked.
fn verdict(case: &Value) -> Option<Result<(), BadSignature>> {
    let key = PublicKey(hex(case, "key").try_into().expect("32 bytes"));
    let signature: [u8; 64] = hex(case, "signature").try_into().ok()?;
    Some(verify_strict(&key, &hex(case, "message"), &signature))
}

#[test]
fn speccheck() {
    let cases = cases(include_str!("data/speccheck.json"));
    assert_eq!(cases.len(), SPECCHECK.len());
    for (n, (case, (pinned, why))) in cases.iter().zip(SPECCHECK).enumerate() {
        assert_eq!(verdict(case), Some(pinned), "case {n}: {why}");
    }
}

#[test]
fn wycheproof() {
    let cases = cases(include_str!("data/wycheproof.json"));
    assert_eq!(cases.len(), 151);
    let (mut good, mut unfit) = (0, 0);
    for case in &cases {
        let verdict = verdict(case);
        let said = matches!(verdict, Some(Ok(())));
        let result = case["result"].as_str();
        assert_eq!(result, Some(if said { "valid" } else { "invalid" }), "{case}");
        good += usize::from(said);
        unfit += usize::from(verdict.is_none());
    }
    assert_eq!((good, unfit), (88, 12));
}

#[test]
fn no_key_of_small_order_in_any_spelling() {
    for text in SMALL_ORDER {
        let key = PublicKey(bytes(text));
        assert_eq!(verify_strict(&key, b"", &[0; 64]), WEAK, "{text}");
    }
}

/// A message and its signature.
type Signed = (Vec<u8>, [u8; 64]);

/// Signatures beside each other get the verdicts that each has alone.
fn same_verdicts(key: &PublicKey, signed: &[Signed]) -> usize {
    let lone: Vec<_> = signed.iter().map(|(message, signature)| verify_strict(key, message, signature)).collect();
    let run: Vec<_> = signed.iter().map(|(message, signature)| (&message[..], signature)).collect();
    match verify_each(key, &run) {
        Ok(each) => {
            let each: Vec<_> = each.into_iter().map(|good| if good { Ok(()) } else { WRONG }).collect();
            assert_eq!(each, lone, "{key}");
        }
        Err(why) => assert!(lone.iter().all(|verdict| *verdict == Err(why)), "{key}"),
    }
    lone.iter().filter(|verdict| verdict.is_ok()).count()
}

#[test]
fn a_run_is_judged_like_each_alone_on_the_published_cases() {
    let mut of_keys: BTreeMap<PublicKey, Vec<Signed>> = BTreeMap::new();
    let (speccheck, wycheproof) = (include_str!("data/speccheck.json"), include_str!("data/wycheproof.json"));
    for case in cases(speccheck).iter().chain(&cases(wycheproof)) {
        let key = PublicKey(hex(case, "key").try_into().expect("32 bytes"));
        let Ok(signature) = hex(case, "signature").try_into() else { continue };
        of_keys.entry(key).or_default().push((hex(case, "message"), signature));
    }
    assert_eq!(of_keys.values().map(Vec::len).sum::<usize>(), 151);
    let good: usize = of_keys.iter().map(|(key, signed)| same_verdicts(key, signed)).sum();
    assert_eq!(good, 89);
}

#[test]
fn a_run_is_judged_like_each_alone_whatever_the_bytes() {
    let small: Vec<[u8; 32]> = SMALL_ORDER.iter().map(|text| bytes(text)).collect();
    let order = bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut dice = 1u64;
    let mut roll = |sides: usize| {
        dice = dice.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (dice >> 33) as usize % sides
    };
    let (mut good, mut all) = (0, 0);
    for round in 0..40u8 {
        let key = Key::from_seed(&[round; 32]);
        let mut signed = Vec::new();
        for n in 0..roll(3 * RUN) {
            let payload = vec![round; n];
            let (message, mut signature) = (event::sshsig_message(&payload), key.sign(&payload));
            match roll(8) {
                0 => signature[roll(64)] ^= 1 << roll(8),
                1 => signature[..32].copy_from_slice(&small[roll(small.len())]),
                2 => signature[32..].copy_from_slice(&small[roll(small.len())]),
                3 => signature[32..].fill(0),
                // The same number, spelled with the order of the group on top.
                4 => add(&mut signature[32..], &order),
                5 => signature = [roll(256) as u8; 64],
                _ => {}
            }
            signed.push((message, signature));
        }
        let point = if round % 8 == 7 { small[roll(small.len())] } else { key.public().0 };
        good += same_verdicts(&PublicKey(point), &signed);
        all += signed.len();
    }
    assert!(all > 3000 && good > 500, "{good} of {all} were good");
}

/// Nonces of small order for which the equation holds: s = ka + 0, by a key that is known.
#[test]
fn a_run_takes_no_nonce_of_small_order() {
    let seed = [3; 32];
    let key = Key::from_seed(&seed).public();
    let secret = ed25519_dalek::hazmat::ExpandedSecretKey::from(&seed);
    let mut held = 0;
    for small in SMALL_ORDER.iter().map(|text| bytes(text)) {
        let Some(nonce) = CompressedEdwardsY(small).decompress() else { continue };
        for n in 0..64u8 {
            let hash = sha2::Sha512::new().chain_update(small).chain_update(key.0).chain_update([n]).finalize();
            let k = Scalar::from_bytes_mod_order_wide(&hash.into());
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&small);
            signature[32..].copy_from_slice((k * secret.scalar).as_bytes());
            // sB - kA is the neutral point; lenient verifiers take that nonce, and the others up to the cofactor.
            let lenient = VerifyingKey::from_bytes(&key.0).expect("a key");
            held += usize::from(lenient.verify(&[n], &Signature::from_bytes(&signature)).is_ok());
            assert!(nonce.is_small_order());
            assert_eq!(same_verdicts(&key, &[(vec![n], signature)]), 0);
        }
    }
    assert_eq!(held, 64);
}

fn bytes(text: &str) -> [u8; 32] {
    HEXLOWER.decode(text.as_bytes()).expect("hex").try_into().expect("32 bytes")
}

/// Adds two numbers that begin with their lowest byte.
fn add(number: &mut [u8], more: &[u8]) {
    let mut carry = 0;
    for (byte, more) in number.iter_mut().zip(more) {
        carry += u16::from(*byte) + u16::from(*more);
        *byte = carry as u8;
        carry >>= 8;
    }
}
