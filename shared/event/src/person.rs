//! A member's personal data as a salted document, of which events hold the hash only: one canonical form, there
//! and back.
//!
//! The salt makes the hash useless to whoever wants to guess what was erased; the device in it keeps a document
//! from being shown as somebody else's.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::str::FromStr;

use data_encoding::HEXLOWER;

use crate::fields::Malformed;
use crate::{Commitment, Device, Line, Text};

/// The largest document, in bytes.
pub const MAX_PERSON: usize = 16 * 1024;

/// The longest text about oneself, in bytes.
pub const MAX_ABOUT: usize = 8 * 1024;

const MAX_FIELDS: usize = 64;
const MAX_FIELD: usize = 32;
const FIRST: &str = "Commons-Person: 1";

/// The fields that everybody knows, in the order in which they stand.
const KNOWN: [&str; 4] = ["name", "email", "phone", "address"];

/// What would be taken for something else where a profile is shown.
const RESERVED: [&str; 8] = ["about", "handle", "state", "device", "salt", "kind", "id", "subject"];

/// The key of a line of a person: `a-z`, `0-9` and `-`, a letter first, at most 32 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field(String);

/// A person's data, with what makes them unguessable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Whose, by the key that signs.
    pub device: Device,
    /// Random.
    pub salt: [u8; 32],
    /// Name, contact, and whatever else; one line each.
    pub fields: BTreeMap<Field, Line>,
    /// Some lines about oneself.
    pub about: Option<Text>,
}

impl Person {
    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.about.is_none()
    }

    /// The value of a field.
    pub fn get(&self, field: &str) -> Option<&Line> {
        self.fields.iter().find(|(key, _)| key.as_str() == field).map(|(_, value)| value)
    }

    /// The document's bytes; an error where they would be too many.
    pub fn encode(&self) -> Result<Vec<u8>, Malformed> {
        let mut out = format!("{FIRST}\nDevice: {}\nSalt: {}\n", self.device, HEXLOWER.encode(&self.salt));
        for (key, value) in &self.fields {
            // Writing into a String cannot fail.
            let _ = writeln!(out, "{key}: {value}");
        }
        if let Some(about) = &self.about {
            let _ = write!(out, "\n{about}\n");
        }
        self.check(out.len()).map(|()| out.into_bytes())
    }

    fn check(&self, size: usize) -> Result<(), Malformed> {
        let about = self.about.as_ref().map_or(0, |about| about.as_str().len());
        match (size > MAX_PERSON, about > MAX_ABOUT, self.fields.len() > MAX_FIELDS) {
            (true, _, _) => Err(Malformed::new(format!("a profile of {size} bytes, at most {MAX_PERSON} are allowed"))),
            (_, true, _) => Err(Malformed::new(format!("`about` of {about} bytes, at most {MAX_ABOUT} are allowed"))),
            (_, _, true) => Err(Malformed::new(format!("more than {MAX_FIELDS} fields"))),
            _ => Ok(()),
        }
    }

    /// Reads a document; only its one spelling is taken.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let bad = |what: &str| Malformed::new(format!("profile: {what}"));
        if bytes.len() > MAX_PERSON {
            return Err(bad("too long"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| bad("not UTF-8"))?;
        let (lines, about) = match text.split_once("\n\n") {
            Some((lines, about)) => (lines, Some(about.strip_suffix('\n').unwrap_or(about).parse()?)),
            None => (text, None),
        };
        let mut lines = lines.lines();
        let mut next = |prefix: &str| lines.next().and_then(|line| line.strip_prefix(prefix));
        next(FIRST).ok_or_else(|| bad("not of format 1"))?;
        let device = next("Device: ").ok_or_else(|| bad("no device"))?.parse()?;
        let salt = next("Salt: ").and_then(|salt| HEXLOWER.decode(salt.as_bytes()).ok());
        let salt = salt.and_then(|salt| salt.try_into().ok()).ok_or_else(|| bad("no salt"))?;
        let mut fields = BTreeMap::new();
        for line in lines {
            let (key, value) = line.split_once(": ").ok_or_else(|| bad("a line without a key"))?;
            fields.insert(key.parse()?, value.parse()?);
        }
        let person = Person { device, salt, fields, about };
        match person.encode()? == bytes {
            true => Ok(person),
            false => Err(bad("not in canonical form")),
        }
    }

    /// What the author's event says of this document.
    pub fn commitment(&self) -> Result<Commitment, Malformed> {
        Ok(Commitment::of(&self.encode()?))
    }
}

impl Field {
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn rank(&self) -> usize {
        KNOWN.iter().position(|known| *known == self.0).unwrap_or(KNOWN.len())
    }
}

impl Ord for Field {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.rank(), &self.0).cmp(&(other.rank(), &other.0))
    }
}

impl PartialOrd for Field {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Field {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let shown = || crate::harmless_line(text);
        let fits = text.len() <= MAX_FIELD
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        match (fits, RESERVED.contains(&text)) {
            (true, false) => Ok(Field(text.to_owned())),
            (true, true) => Err(Malformed::new(format!("`{}` means something else here", shown()))),
            _ => Err(Malformed::new(format!(
                "`{}` is no key of a profile: small letters, digits and `-`, a letter first, at most {MAX_FIELD}",
                shown()
            ))),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(fields: &[(&str, &str)], about: Option<&str>) -> Person {
        let fields = fields.iter().map(|(key, value)| (key.parse().unwrap(), value.parse().unwrap())).collect();
        Person { device: Device([7; 16]), salt: [9; 32], fields, about: about.map(|text| text.parse().unwrap()) }
    }

    #[test]
    fn a_document_and_its_hash_are_frozen() {
        let ada = person(
            &[("shoe-size", "38"), ("email", "ada@example.org"), ("name", "Ada Löwe"), ("allergies", "nuts")],
            Some("I mend bicycles.\n\nSalt: none"),
        );
        let bytes = ada.encode().unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        assert_eq!(
            text,
            "Commons-Person: 1\nDevice: da4dqobyha4dqobyha4dqobyha4\n\
             Salt: 0909090909090909090909090909090909090909090909090909090909090909\n\
             name: Ada Löwe\nemail: ada@example.org\nallergies: nuts\nshoe-size: 38\n\n\
             I mend bicycles.\n\nSalt: none\n"
        );
        assert_eq!(Person::decode(&bytes).unwrap(), ada);
        let hash = "baf2d42a9db023e06da47450aeced75ba17ed759520b04012ff4ebeaa2a50f74";
        assert_eq!(ada.commitment().unwrap().to_string(), hash);
    }

    #[test]
    fn only_one_spelling_is_taken() {
        let good = String::from_utf8(person(&[("name", "Ada"), ("town", "Ulm")], Some("x")).encode().unwrap()).unwrap();
        assert!(Person::decode(good.as_bytes()).is_ok());
        let bent = [
            good.replace("Person: 1", "Person: 2"),
            good.replace("Salt: 09", "Salt: 0"),
            good.replace("Salt: 09", "Salt: 0G"),
            good.replace("name: Ada\ntown: Ulm", "town: Ulm\nname: Ada"),
            good.replace("town: Ulm", "name: Eve"),
            good.replace("name: Ada", "name: "),
            good.replace("name: Ada", "name: Ada "),
            good.replace("name: Ada", "Name: Ada"),
            good.replace("name: Ada", "name: A\u{1b}[31mda"),
            good.replace("name: Ada", "name: e\u{301}"),
            good.replace("name: Ada", "about: Ada"),
            good.replace("\n\nx\n", "\n\nx"),
            good.replace("\n\nx\n", "\n\nx\n\n"),
            good.replace("\n\nx\n", "\n\n\n"),
            good.replace("\n\nx\n", "\n\nx\u{7}\n"),
            good.replace('\n', "\r\n"),
            good[1..].to_owned(),
            String::new(),
        ];
        for text in bent {
            assert!(Person::decode(text.as_bytes()).is_err(), "{text:?}");
        }
        assert!(Person::decode(&[0xff; 10]).is_err());
    }

    #[test]
    fn it_has_an_end() {
        let long = "x".repeat(MAX_ABOUT);
        assert!(person(&[], Some(&long)).encode().is_ok());
        assert!(person(&[], Some(&(long + "x"))).encode().is_err());
        let line = "y".repeat(500);
        let many: Vec<String> = (0..65).map(|n| format!("k{n}")).collect();
        let fields: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), line.as_str())).collect();
        assert!(person(&fields[..30], None).encode().is_ok());
        assert!(person(&fields[..40], None).encode().is_err());
        let short: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "z")).collect();
        assert!(person(&short[..64], None).encode().is_ok());
        assert!(person(&short, None).encode().is_err());
    }

    #[test]
    fn keys() {
        for key in ["name", "a", "shoe-size", "x1"] {
            assert!(key.parse::<Field>().is_ok(), "{key}");
        }
        for key in ["", "Name", "1x", "-x", "a b", "straße", "about", "salt", "state", "a:b", &"k".repeat(33)] {
            assert!(key.parse::<Field>().is_err(), "{key}");
        }
    }
}
