//! Names made of hashes: an event's id, a git object's id, a device.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

use crate::Malformed;

/// The SHA-256 of a commit's bytes without its signature: 64 lower-case hex digits.
///
/// It is not the git id: git leaves the signature header out of what is signed, so one event can be wrapped
/// in several commits (protocol, section 2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub [u8; 32]);

/// The SHA-1 under which git knows an object: 40 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GitId(pub [u8; 20]);

/// A device: `d` and the lower-case base32 of the first 16 bytes of SHA-256 of its public key blob.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Device(pub [u8; 16]);

/// What a member has published of the own personal data: the SHA-256 of the salted document, 64 lower-case hex
/// digits. The document itself lies beside the journal and can be erased.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(pub [u8; 32]);

/// The SHA-256 of a file that lies elsewhere, as `sha256sum` prints it: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum(pub [u8; 32]);

impl Checksum {
    /// The checksum of a file with this content.
    pub fn of(content: &[u8]) -> Self {
        Checksum(Sha256::digest(content).into())
    }

    /// The checksum of what can be read, however long it is.
    pub fn read(mut content: impl Read) -> io::Result<Self> {
        let mut hash = Sha256::new();
        let mut some = vec![0; 1 << 16];
        loop {
            match content.read(&mut some) {
                Ok(0) => return Ok(Checksum(hash.finalize().into())),
                Ok(n) => hash.update(&some[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Commitment {
    /// The commitment to a document in its canonical form.
    pub fn of(document: &[u8]) -> Self {
        Commitment(Sha256::digest(document).into())
    }
}

impl EventId {
    /// The id of the event whose signed bytes these are.
    pub fn of(payload: &[u8]) -> Self {
        EventId(Sha256::digest(payload).into())
    }

    /// The first eight digits, for people.
    pub fn short(&self) -> String {
        let mut digits = self.to_string();
        digits.truncate(8);
        digits
    }
}

impl Device {
    /// The device whose public key has this SSH wire form.
    pub fn of_blob(blob: &[u8]) -> Self {
        let hash = Sha256::digest(blob);
        let mut first = [0; 16];
        first.copy_from_slice(&hash[..16]);
        Device(first)
    }
}

fn hex<const N: usize>(text: &str, what: &str) -> Result<[u8; N], Malformed> {
    let bad = || Malformed::new(format!("`{}` is not {what}", crate::harmless_line(text)));
    if text.len() != N.saturating_mul(2) {
        return Err(bad());
    }
    let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| bad())?;
    bytes.try_into().map_err(|_| bad())
}

impl FromStr for EventId {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        hex(text, "an event id of 64 lower-case hex digits").map(EventId)
    }
}

impl FromStr for Commitment {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        hex(text, "a commitment of 64 lower-case hex digits").map(Commitment)
    }
}

impl FromStr for Checksum {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        hex(text, "a SHA-256 of 64 lower-case hex digits").map(Checksum)
    }
}

impl FromStr for GitId {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        hex(text, "a git id of 40 lower-case hex digits").map(GitId)
    }
}

impl FromStr for Device {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bad = || Malformed::new(format!("`{}` is not a device", crate::harmless_line(text)));
        let digits = text.strip_prefix('d').filter(|d| d.len() == 26).ok_or_else(bad)?;
        if digits.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(bad());
        }
        let bytes = BASE32_NOPAD.decode(digits.to_ascii_uppercase().as_bytes()).map_err(|_| bad())?;
        bytes.try_into().map(Device).map_err(|_| bad())
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 64]))
    }
}

impl fmt::Display for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 64]))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 64]))
    }
}

impl fmt::Display for GitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HEXLOWER.encode_mut_str(&self.0, &mut [0; 40]))
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut name = [b'd'; 27];
        BASE32_NOPAD.encode_mut(&self.0, &mut name[1..]);
        name.make_ascii_lowercase();
        f.write_str(std::str::from_utf8(&name).unwrap_or_default())
    }
}

impl fmt::Debug for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.short())
    }
}

impl fmt::Debug for Commitment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for GitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_there_and_back() {
        let id = EventId::of(b"x");
        assert_eq!(id.to_string().parse::<EventId>(), Ok(id));
        let device = Device::of_blob(b"x");
        assert_eq!(device.to_string().parse::<Device>(), Ok(device));
        assert_eq!(device.to_string().len(), 27);
    }

    #[test]
    fn only_one_spelling_is_taken() {
        let id = EventId::of(b"x").to_string();
        assert!(id.to_uppercase().parse::<EventId>().is_err());
        assert!(id[1..].parse::<EventId>().is_err());
        let device = Device::of_blob(b"x").to_string();
        assert!(device.to_uppercase().parse::<Device>().is_err());
        // The last digit carries two bits that no device has.
        let loose = format!("{}b", &device[..26]);
        assert!(loose.parse::<Device>().is_err());
    }
}
