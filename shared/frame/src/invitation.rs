//! An invitation as one line of text: where the community is, from which entry on to trust it, and the seed.
//!
//! `commons1:` and the base64url of: length (2 bytes), seed, invitation, log, checkpoint (32 each), kind (1), the
//! suggested handle and the community's name (1 byte of length each), how many remotes (1), each with its length in
//! 2 bytes, and the first 4 bytes of the SHA-256 of all that. Numbers are big-endian.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use event::{Device, EventId, Handle, Invited, Key, KindOfMember, Line, invitation_message};
use journal::Remote;
use zeroize::Zeroizing;

use crate::failure::Failure;

const PREFIX: &str = "commons1:";

/// The longest line, in characters.
const MAX_LINE: usize = 2048;

/// The most bytes that such a line carries.
const MAX_BYTES: usize = (MAX_LINE - PREFIX.len()) / 4 * 3;

/// The most remotes in one.
const MAX_REMOTES: usize = 8;

const CHECKSUM: usize = 4;

/// An invitation with its secret. Whoever has it can join until it is used up.
#[derive(Clone)]
pub struct Invitation {
    /// The secret half of the invitation's key.
    pub seed: Zeroizing<[u8; 32]>,
    /// The `members.invite`.
    pub id: EventId,
    /// The community's genesis.
    pub log: EventId,
    /// An entry of the register that the inviter held as settled.
    pub checkpoint: EventId,
    /// What kind of member is meant.
    pub kind: KindOfMember,
    /// The handle that the inviter suggests.
    pub handle: Option<Handle>,
    /// The community's name.
    pub community: Line,
    /// Where it can be reached.
    pub remotes: Vec<String>,
}

impl Invitation {
    /// The proof that the one who asks has the seed.
    pub fn proof(&self, device: &Device, handle: &Handle) -> Invited {
        let message = invitation_message(&self.log, &self.id, device, handle);
        Invited { by: self.id, proof: Key::from_seed(&self.seed).sign_raw(&message) }
    }

    /// Remotes that do not fit into the line any more.
    pub fn fit(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        while self.remotes.len() > MAX_REMOTES || self.bytes().len() > MAX_BYTES {
            left.extend(self.remotes.pop());
        }
        left
    }

    fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(vec![0; 2]);
        out.extend_from_slice(&*self.seed);
        for id in [self.id, self.log, self.checkpoint] {
            out.extend_from_slice(&id.0);
        }
        out.push(match self.kind {
            KindOfMember::Person => 0,
            KindOfMember::Organisation => 1,
            KindOfMember::Household => 2,
        });
        // Neither is longer than a length can say: handles have 32 letters, and names are cut.
        short_text(&mut out, self.handle.as_ref().map_or("", Handle::as_str));
        short_text(&mut out, self.community.as_str());
        out.push(u8::try_from(self.remotes.len()).unwrap_or(u8::MAX));
        for url in &self.remotes {
            out.extend_from_slice(&u16::try_from(url.len()).unwrap_or(u16::MAX).to_be_bytes());
            out.extend_from_slice(url.as_bytes());
        }
        let length = u16::try_from(out.len().saturating_add(CHECKSUM)).unwrap_or(u16::MAX);
        out[..2].copy_from_slice(&length.to_be_bytes());
        let sum = EventId::of(&out);
        out.extend_from_slice(&sum.0[..CHECKSUM]);
        out
    }

    /// Reads an invitation, which may stand in other text and may have been broken into lines.
    pub fn read(text: &str) -> Result<Self, Failure> {
        let spoiled = |why: &str| {
            Failure::usage(format!("the invitation cannot be read: {why}"))
                .hint("copy the whole line, from `commons1:` to its end, or ask for a new one")
        };
        let Some(rest) = text.split_once(PREFIX).map(|(_, rest)| rest) else {
            return Err(match other_version(text) {
                Some(version) => Failure::usage(format!("the invitation is of version {version}, not 1"))
                    .hint("a newer `members` reads it"),
                None => spoiled("it does not begin with `commons1:`"),
            });
        };
        let is_digit = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let digits = rest.chars().filter(|c| !c.is_ascii_whitespace());
        let digits: String = digits.take_while(is_digit).take(MAX_LINE - PREFIX.len()).collect();
        // The first three bytes say where it ends; what follows is other text.
        let first = digits.get(..4).and_then(|first| BASE64URL_NOPAD.decode(first.as_bytes()).ok());
        let Some([high, low, _]) = first.as_deref() else { return Err(spoiled("it is too short")) };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some(digits) = digits.get(..BASE64URL_NOPAD.encode_len(length)) else {
            return Err(spoiled("its end is missing"));
        };
        let bytes = BASE64URL_NOPAD.decode(digits.as_bytes()).map_err(|_| spoiled("a letter is wrong"))?;
        let bytes = Zeroizing::new(bytes);
        let (said, sum) = bytes.split_at(bytes.len().saturating_sub(CHECKSUM));
        if EventId::of(said).0[..CHECKSUM] != *sum {
            return Err(spoiled("a letter is wrong or missing"));
        }
        Invitation::of(said).ok_or_else(|| spoiled("it says what no invitation says"))
    }

    fn of(said: &[u8]) -> Option<Self> {
        let mut from = Bytes(said.get(2..)?);
        let seed = Zeroizing::new(from.array()?);
        let [id, log, checkpoint] = [EventId(from.array()?), EventId(from.array()?), EventId(from.array()?)];
        let kind = match from.byte()? {
            0 => KindOfMember::Person,
            1 => KindOfMember::Organisation,
            2 => KindOfMember::Household,
            _ => return None,
        };
        let handle = match from.short_text()? {
            "" => None,
            handle => Some(handle.parse().ok()?),
        };
        let community = from.short_text()?.parse().ok()?;
        let count = usize::from(from.byte()?);
        let mut remotes = Vec::new();
        for _ in 0..count {
            let length = u16::from_be_bytes(from.array()?);
            let url = std::str::from_utf8(from.take(usize::from(length))?).ok()?;
            let here = url.starts_with('/') || url.contains(':');
            Remote::new("origin", url).ok().filter(|_| here)?;
            remotes.push(url.to_owned());
        }
        (from.0.is_empty() && count <= MAX_REMOTES).then_some(Invitation {
            seed,
            id,
            log,
            checkpoint,
            kind,
            handle,
            community,
            remotes,
        })
    }
}

/// The one line.
impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", BASE64URL_NOPAD.encode(&self.bytes()))
    }
}

/// Whether a text is an invitation, of whatever version, rather than an address or a file.
pub(crate) fn is_invitation(text: &str) -> bool {
    text.trim_start().starts_with(PREFIX) || other_version(text).is_some()
}

fn other_version(text: &str) -> Option<&str> {
    let (version, _) = text.trim_start().strip_prefix("commons")?.split_once(':')?;
    let number = (1..=6).contains(&version.len()) && version.bytes().all(|b| b.is_ascii_digit());
    number.then_some(version).filter(|version| *version != "1")
}

fn short_text(out: &mut Vec<u8>, text: &str) {
    let end = (0..=text.len().min(255)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let text = text[..end].trim_end();
    out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(text.as_bytes());
}

/// What is left to read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn short_text(&mut self) -> Option<&'a str> {
        let length = self.byte()?;
        std::str::from_utf8(self.take(usize::from(length))?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Invitation {
        Invitation {
            seed: Zeroizing::new([7; 32]),
            id: EventId([1; 32]),
            log: EventId([2; 32]),
            checkpoint: EventId([3; 32]),
            kind: KindOfMember::Household,
            handle: Some("maria".parse().unwrap()),
            community: "Solar Street".parse().unwrap(),
            remotes: vec!["/srv/solar.git".into(), "https://example.org/solar.git".into()],
        }
    }

    fn fact(text: &str) -> String {
        Invitation::read(text).err().unwrap().fact
    }

    #[test]
    fn a_line_goes_there_and_back() {
        let line = sample().to_string();
        assert!(line.len() < 300 && line.is_ascii());
        let mail = line.as_bytes().chunks(60).map(|c| std::str::from_utf8(c).unwrap()).collect::<Vec<_>>().join("\n");
        for text in [line.clone(), format!("Dear Maria,\n\n{line}\n\nSee you, Ada"), mail, format!("{line} and so on")]
        {
            let read = Invitation::read(&text).ok().unwrap();
            assert_eq!(read.to_string(), line);
            assert_eq!((read.kind, &read.remotes), (KindOfMember::Household, &sample().remotes));
        }
    }

    #[test]
    fn no_other_line_is_taken() {
        let line = sample().to_string();
        for end in 0..line.len() {
            assert!(Invitation::read(&line[..end]).is_err(), "{end}");
        }
        for at in PREFIX.len()..line.len() {
            for letter in ["A", "B", "_", "é", "\u{1b}"] {
                let other = format!("{}{letter}{}", &line[..at], &line[at + 1..]);
                assert!(other == line || Invitation::read(&other).is_err(), "{at} {letter}");
            }
        }
        assert!(fact("commons2:abc").contains("version 2"));
        assert!(fact(&format!("{PREFIX}{}", "A".repeat(100_000))).contains("cannot be read"));
        assert!(fact(&format!("{PREFIX}____{}", "_".repeat(100_000))).contains("its end is missing"));
    }

    #[test]
    fn what_it_says_is_looked_at() {
        let bad: [fn(&mut Invitation); 3] = [
            |i| i.remotes = vec!["ext::sh -c true".into()],
            |i| i.remotes = vec!["relative/path".into()],
            |i| i.remotes = vec!["--upload-pack=x:y".into()],
        ];
        for spoil in bad {
            let mut invitation = sample();
            spoil(&mut invitation);
            assert!(fact(&invitation.to_string()).contains("what no invitation says"));
        }
    }

    #[test]
    fn it_is_never_too_long() {
        let mut long = sample();
        long.remotes = vec![format!("https://example.org/{}", "x".repeat(600)); 5];
        assert_eq!(long.fit().len(), 3);
        assert!(long.to_string().len() <= MAX_LINE);
        assert_eq!(Invitation::read(&long.to_string()).ok().unwrap().remotes.len(), 2);
    }
}
