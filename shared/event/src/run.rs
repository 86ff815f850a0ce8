//! A run of signatures by one key: for each the verdict of [`verify_strict`](crate::verify_strict), for less work.
//!
//! `verify_strict` takes a signature (R, s) by a key A if s is below the order of the group, R decodes to a point,
//! neither R nor A is of small order, and sB - kA encodes to R, where k is the hash of R, A and the message. What
//! equals the encoding of a point decodes to that very point. So R need not be decoded: where the encodings differ the
//! signature is wrong whatever R is, and where they are equal the point that was computed is R. And points are encoded
//! together, with one division in the field for all.
//!
//! This is no batch verification, which asks one question of many signatures, and another one: here each has its own,
//! and none looks at another.

use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::{Digest, Sha512};

use crate::PublicKey;
use crate::sign::{BadSignature, Checked};

/// How many are computed together: twice as many would save less than a hundredth.
pub const RUN: usize = 64;

/// Whether each of these signatures over these messages is by this key; a weak key's are not looked at.
pub fn verify_each(key: &PublicKey, signed: &[(&[u8], &[u8; 64])]) -> Result<Vec<bool>, BadSignature> {
    let key = Checked::new(key)?;
    let mut verdicts = Vec::with_capacity(signed.len());
    for run in signed.chunks(RUN) {
        let nonces: Vec<_> = run.iter().map(|(message, signature)| key.nonce(message, signature)).collect();
        // Where there is none, some other point keeps its place.
        let points: Vec<EdwardsPoint> = nonces.iter().map(|nonce| nonce.unwrap_or_default()).collect();
        let encoded = EdwardsPoint::compress_batch_alloc(&points);
        for (((_, signature), nonce), encoded) in run.iter().zip(nonces).zip(encoded) {
            let same = signature[..32] == encoded.0;
            verdicts.push(same && nonce.is_some_and(|nonce| !nonce.is_small_order()));
        }
    }
    Ok(verdicts)
}

impl Checked {
    /// The nonce that goes with the rest of a signature, sB - kA; none if s is not below the order of the group.
    fn nonce(&self, message: &[u8], signature: &[u8; 64]) -> Option<EdwardsPoint> {
        let mut s = [0; 32];
        s.copy_from_slice(&signature[32..]);
        let s = Option::from(Scalar::from_canonical_bytes(s))?;
        let hash = Sha512::new().chain_update(&signature[..32]).chain_update(self.key.0).chain_update(message);
        let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
        Some(EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &self.minus, &s))
    }
}
