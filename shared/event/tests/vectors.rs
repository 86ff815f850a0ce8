//! The criterion that decides about signatures, pinned by the published edge cases: another verdict on one
//! of them is another format (protocol, section 2).

use data_encoding::HEXLOWER;
use event::{BadSignature, PublicKey, verify_strict};
use serde_json::Value;

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
    // The eight points whose order divides 8, and the six further spellings that decoders take.
    let keys = [
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
    for text in keys {
        let key = PublicKey(HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap());
        assert_eq!(verify_strict(&key, b"", &[0; 64]), WEAK, "{text}");
    }
}
