//! What is not quite an event: altered, reworded and random commits.

use event::{Signed, Verified};
use testkit::world::Chance;

/// Whatever is taken encodes back to the same bytes and is signed; nothing but the event itself has its id.
fn offer(bytes: &[u8], original: Option<&Verified>) {
    let Ok(signed) = Signed::decode(bytes) else { return };
    let Ok(verified) = signed.verify() else { return };
    assert_eq!(verified.bytes(), bytes, "taken in two spellings");
    if let Some(original) = original {
        assert_eq!(verified.id, original.id, "forged");
        assert_eq!(bytes, original.bytes(), "a second git id");
    }
}

/// The event with a bit or a piece of it changed.
pub fn alter(event: &Verified, chance: &mut Chance) -> bool {
    let whole = event.bytes();
    for _ in 0..8 {
        let mut bytes = whole.clone();
        let at = chance.below(bytes.len());
        match chance.below(4) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => drop(bytes.remove(at)),
            2 => bytes.truncate(at),
            _ => bytes.insert(at, bytes[chance.below(bytes.len())]),
        }
        offer(&bytes, Some(event));
    }
    offer(&whole, Some(event));
    true
}

/// The event in other words that git takes for the same.
pub fn reword(event: &Verified) -> bool {
    let text = String::from_utf8(event.bytes()).expect("an event is text");
    let (header, message) = text.split_once("\n\n").expect("a commit has a message");
    let trailers = message.replace("\nSeq: ", "\nseq: ");
    let others = [
        format!("{header}\ngpgsig-sha256 x\n\n{message}"),
        format!("{header}\nencoding UTF-8\n\n{message}"),
        format!("{header}\n\n\n{message}"),
        format!("{header}\n\n{message}\n"),
        format!("{header}\n\n{trailers}"),
        text.replace('\n', "\r\n"),
        text.replace("gpgsig ", "gpgsig  "),
        text.replace(" +0000", " -0000"),
        text.replace("-----END", " -----END"),
        text.replace("Commons: 1", "Commons: 01"),
    ];
    for other in others.iter().filter(|other| **other != text) {
        assert!(
            Signed::decode(other.as_bytes()).and_then(|s| s.verify().map_err(|_| bad())).is_err(),
            "taken:\n{other}"
        );
    }
    true
}

fn bad() -> event::Malformed {
    Signed::decode(b"").expect_err("nothing is no event")
}

/// Bytes that mean nothing.
pub fn junk(chance: &mut Chance) {
    let mut bytes = b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n".to_vec();
    for _ in 0..chance.below(40) {
        bytes.extend(chance.bytes());
    }
    if chance.percent(5) {
        bytes.resize(event::MAX_COMMIT + 1, b'a');
    }
    offer(&bytes, None);
}
