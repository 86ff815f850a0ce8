//! The commit of a side branch: no event, and outside the log, but signed by the device like one, so that stock
//! git confirms it. Its tree holds a member's personal data.

use crate::commit::{read_author, with_signature};
use crate::fields::Malformed;
use crate::sign::{Key, sshsig_message, unarmour, verify_strict};
use crate::{Device, GitId, Time};

/// The largest commit of a side branch, in bytes.
pub const MAX_SIDE: usize = 4 * 1024;

const WORDS: &str = "Personal data, no event\n\nMay be erased and replaced.\n";

/// What the commit of a side branch says; it has no parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Side {
    /// Git's name of the tree with the data.
    pub tree: GitId,
    /// Who signs.
    pub device: Device,
    /// Claimed time.
    pub time: Time,
}

impl Side {
    fn payload(&self) -> Vec<u8> {
        let who = format!("commons <{}@commons> {} +0000", self.device, self.time.seconds());
        format!("tree {}\nauthor {who}\ncommitter {who}\n\n{WORDS}", self.tree).into_bytes()
    }

    /// The commit's bytes, signed.
    pub fn sign(&self, key: &Key) -> Vec<u8> {
        let payload = self.payload();
        with_signature(&payload, &key.public(), &key.sign(&payload))
    }

    /// Reads a commit and checks the signature by the strict criterion; only the one spelling is taken.
    pub fn verify(bytes: &[u8]) -> Result<Self, Malformed> {
        let bad = |what: &str| Malformed::new(format!("side branch: {what}"));
        if bytes.len() > MAX_SIDE {
            return Err(bad("a commit too large"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| bad("not UTF-8"))?;
        let (header, _) = text.split_once("\n\n").ok_or_else(|| bad("a commit without a message"))?;
        let tree = header.strip_prefix("tree ").ok_or_else(|| bad("no tree"))?;
        let (tree, who) = tree.split_once('\n').ok_or_else(|| bad("it ends early"))?;
        let (who, rest) = who.split_once('\n').ok_or_else(|| bad("it ends early"))?;
        let (_, device, time) = read_author(who).ok_or_else(|| bad("no author of the form wanted"))?;
        // The committer repeats the author; the comparison below sees to that.
        let (_, signature) = rest.split_once('\n').ok_or_else(|| bad("no signature"))?;
        let (key, signature) = unarmour(signature)?;
        let side = Side { tree: tree.parse()?, device, time };
        let payload = side.payload();
        if with_signature(&payload, &key, &signature) != bytes {
            return Err(bad("not in canonical form"));
        }
        if key.device() != device {
            return Err(bad("signed by another device"));
        }
        verify_strict(&key, &sshsig_message(&payload), &signature).map_err(|why| bad(&why.to_string()))?;
        Ok(side)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_reads_back_and_nothing_else_does() {
        let key = Key::from_seed(&[1; 32]);
        let side = Side { tree: GitId([5; 20]), device: key.public().device(), time: Time::clamped(1000) };
        let bytes = side.sign(&key);
        assert_eq!(Side::verify(&bytes), Ok(side));
        let text = String::from_utf8(bytes).unwrap();
        let foreign = Side { device: Key::from_seed(&[2; 32]).public().device(), ..side }.sign(&key);
        let parent = format!("\nparent {}\nauthor", GitId([5; 20]));
        let bent = [
            text.replace(&GitId([5; 20]).to_string(), &GitId([6; 20]).to_string()),
            text.replace("> 1000 +", "> 1001 +"),
            text.replace("commons <", "Ada <"),
            text.replacen("\nauthor", &parent, 1),
            text.replace("no event", "an event"),
            text.replace("\n\nPersonal", "\nencoding latin1\n\nPersonal"),
            text.replace("replaced.\n", "replaced."),
            text.replace("replaced.\n", &"x".repeat(MAX_SIDE)),
            text.replace("gpgsig", "gpgsig-sha256"),
            String::from_utf8(foreign).unwrap(),
            String::new(),
        ];
        for text in bent {
            assert!(Side::verify(text.as_bytes()).is_err(), "{text}");
        }
    }
}
