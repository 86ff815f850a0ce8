//! Keys and signatures: ed25519 in OpenSSH's SSHSIG form, one canonical armour, verified strictly.
//!
//! The signature scheme is the one of `ssh-keygen -Y sign -n git` with SHA-512, so stock git confirms it.
//! Stock verifiers take a weak key's forgery for good; [`verify_strict`] does not, and its criterion alone decides.

use std::fmt;
use std::str::FromStr;

use curve25519_dalek::EdwardsPoint;
use data_encoding::BASE64;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha512};

use crate::{Device, Malformed};

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const END: &str = "-----END SSH SIGNATURE-----";
const HEADER: &str = "gpgsig ";
const COLUMNS: usize = 70;
/// How long they are, in bytes: the frame of a signature, its armour at most, and what is signed.
const FRAME: usize = 173;
const ARMOUR: usize = 320;
const MESSAGE: usize = 95;
const KEY_TYPE: &[u8] = b"ssh-ed25519";
const NAMESPACE: &[u8] = b"git";
const HASH: &[u8] = b"sha512";

/// A device's public key, written `ssh-ed25519 AAAA…`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

/// A device's private key; wiped from memory when dropped.
pub struct Key(SigningKey);

/// A public key whose point was found on the curve and strong enough, so that many signatures can be checked.
pub(crate) struct Checked {
    /// The key.
    pub key: PublicKey,
    /// Whose it is.
    pub device: Device,
    point: VerifyingKey,
    /// The point negated.
    pub(crate) minus: EdwardsPoint,
}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// The key is no point of the curve, or one of small order that forges.
    #[error("the key is weak")]
    WeakKey,
    /// The signature is not by this key over these bytes.
    #[error("the signature is wrong")]
    Wrong,
}

impl Key {
    /// The key with this secret seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Key(SigningKey::from_bytes(seed))
    }

    /// The secret seed, for the key file.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs what [`sshsig_message`] makes of these bytes.
    pub fn sign(&self, payload: &[u8]) -> [u8; 64] {
        self.0.sign(&sshsig_message(payload)).to_bytes()
    }

    /// Signs bytes as they are, for what never leaves this installation.
    pub fn sign_raw(&self, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(bytes).to_bytes()
    }
}

impl PublicKey {
    /// The SSH wire form, whose hash names the device.
    pub fn blob(&self) -> Vec<u8> {
        let mut blob = Vec::with_capacity(51);
        string(&mut blob, KEY_TYPE);
        string(&mut blob, &self.0);
        blob
    }

    /// Whether the point is spelled with its one canonical number, below 2^255 - 19.
    fn is_canonical(&self) -> bool {
        let [low, middle @ .., high] = &self.0;
        *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
    }

    /// The device that holds this key.
    pub fn device(&self) -> Device {
        Device::of_blob(&self.blob())
    }
}

/// The one predicate that decides: canonical encodings, no small-order key or nonce, no batch.
pub fn verify_strict(key: &PublicKey, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
    Checked::new(key)?.verify_strict(message, signature)
}

impl Checked {
    /// The first half of [`verify_strict`]: whether the key is one to believe.
    pub fn new(key: &PublicKey) -> Result<Self, BadSignature> {
        let point = VerifyingKey::from_bytes(&key.0).map_err(|_| BadSignature::WeakKey)?;
        match point.is_weak() || !key.is_canonical() {
            true => Err(BadSignature::WeakKey),
            false => Ok(Checked { key: *key, device: key.device(), minus: -point.to_edwards(), point }),
        }
    }

    /// The second half: whether the signature is by this key over these bytes.
    pub fn verify_strict(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
        self.point.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| BadSignature::Wrong)
    }
}

/// What is really signed: the SSHSIG frame around the SHA-512 of the bytes, in namespace `git`.
pub fn sshsig_message(payload: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(MESSAGE);
    message.extend(b"SSHSIG");
    string(&mut message, NAMESPACE);
    string(&mut message, b"");
    string(&mut message, HASH);
    string(&mut message, &Sha512::digest(payload));
    message
}

/// The one canonical armour of a signature, without a line feed at its end.
pub fn armoured(key: &PublicKey, signature: &[u8; 64]) -> String {
    armour("", "\n", key, signature)
}

/// The armour as a commit header, where a space begins each further line.
pub(crate) fn header(key: &PublicKey, signature: &[u8; 64]) -> String {
    armour(HEADER, "\n ", key, signature)
}

fn armour(before: &str, line_feed: &str, key: &PublicKey, signature: &[u8; 64]) -> String {
    let body = BASE64.encode(&frame(key, signature));
    let mut armour = String::with_capacity(ARMOUR);
    armour.push_str(before);
    armour.push_str(BEGIN);
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(COLUMNS));
        armour.push_str(line_feed);
        armour.push_str(line);
        rest = tail;
    }
    armour.push_str(line_feed);
    armour.push_str(END);
    armour
}

/// Key and signature out of an armour; whether it was the canonical one shows when it is written again.
pub(crate) fn unarmour(header: &str) -> Result<(PublicKey, [u8; 64]), Malformed> {
    let bad = || Malformed::new("the signature is not an ed25519 SSHSIG for git");
    let body = header.strip_prefix(HEADER).and_then(|h| h.strip_prefix(BEGIN)).and_then(|h| h.strip_suffix(END));
    let mut digits = String::with_capacity(ARMOUR);
    digits.extend(body.ok_or_else(bad)?.split("\n "));
    let bytes = BASE64.decode(digits.as_bytes()).map_err(|_| bad())?;
    if bytes.len() != FRAME {
        return Err(bad());
    }
    // The frame has one length, so key and signature stand at fixed places; all else must be equal.
    let mut key = [0; 32];
    key.copy_from_slice(&bytes[33..65]);
    let mut signature = [0; 64];
    signature.copy_from_slice(&bytes[FRAME - 64..]);
    let key = PublicKey(key);
    (frame(&key, &signature) == bytes).then_some((key, signature)).ok_or_else(bad)
}

fn frame(key: &PublicKey, signature: &[u8; 64]) -> Vec<u8> {
    let mut blob = Vec::with_capacity(83);
    string(&mut blob, KEY_TYPE);
    string(&mut blob, signature);
    let mut frame = Vec::with_capacity(FRAME);
    frame.extend(b"SSHSIG\0\0\0\x01");
    string(&mut frame, &key.blob());
    string(&mut frame, NAMESPACE);
    string(&mut frame, b"");
    string(&mut frame, HASH);
    string(&mut frame, &blob);
    frame
}

fn string(out: &mut Vec<u8>, bytes: &[u8]) {
    // Nothing longer than a few hundred bytes is ever framed.
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    out.extend(length.to_be_bytes());
    out.extend(bytes);
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ssh-ed25519 {}", BASE64.encode(&self.blob()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for PublicKey {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new(format!("`{}` is not an ed25519 public key", crate::harmless_line(text)));
        let blob = text.strip_prefix("ssh-ed25519 ").and_then(|b| BASE64.decode(b.as_bytes()).ok()).ok_or_else(bad)?;
        let point = blob.get(19..).and_then(|p| <[u8; 32]>::try_from(p).ok()).ok_or_else(bad)?;
        let key = PublicKey(point);
        (key.blob() == blob).then_some(key).ok_or_else(bad)
    }
}
