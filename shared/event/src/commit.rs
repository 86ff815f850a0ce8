//! An event as the bytes of a git commit: one canonical encoding, there and back (protocol, section 2).

use std::fmt::Write;

use crate::fields::{Malformed, Number, Reader, Writer, is_set};
use crate::run::{RUN, verify_each};
use crate::sign::{BadSignature, Checked, Key, PublicKey, header, sshsig_message, unarmour};
use crate::{Body, Device, EventId, GitId, Handle, Text, Time};

/// The largest commit, in bytes.
pub const MAX_COMMIT: usize = 64 * 1024;

/// The most `Dep:` lines.
pub const MAX_DEPS: usize = 16;

const TREE: &str = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n";
const FORMAT: u64 = 1;

/// What a device says, before it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The community's genesis; none in the genesis itself.
    pub log: Option<EventId>,
    /// The handle that the chain's first event asked for.
    pub author: Handle,
    /// Whose chain.
    pub device: Device,
    /// Claimed time.
    pub time: Time,
    /// Place on the chain, from 0.
    pub seq: u64,
    /// The event before it; none at seq 0.
    pub prev: Option<EventId>,
    /// The register entry that the chain knows from here on, where that advances.
    pub register: Option<EventId>,
    /// What the event relies on, sorted, 0 to 16.
    pub deps: Vec<EventId>,
    /// Free text.
    pub text: Option<Text>,
    /// The kind and its fields.
    pub body: Body,
}

/// A canonical commit, its signature not yet looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What it says.
    pub event: Event,
    /// Its id.
    pub id: EventId,
    /// Git's names of the previous event and of the deps, in that order.
    pub parents: Vec<GitId>,
    /// The key that signed.
    pub key: PublicKey,
    /// The signature.
    pub signature: [u8; 64],
    /// What the signature covers, prepared.
    message: Vec<u8>,
}

/// An event whose signature is good under the strict criterion and whose device is the signer's.
///
/// Nothing else is known of it yet: whether it may say what it says is for the rules to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub event: Event,
    /// Its id.
    pub id: EventId,
    /// Git's names of the previous event and of the deps, in that order.
    pub parents: Vec<GitId>,
    /// The key that signed.
    pub key: PublicKey,
    /// The signature.
    pub signature: [u8; 64],
}

impl Event {
    /// Every event that this one names: previous, register entry, deps and fields.
    pub fn names(&self) -> Vec<EventId> {
        let mut named = self.body.names();
        named.extend(self.deps.iter().chain(&self.prev).chain(&self.register).chain(&self.log));
        named.sort_unstable();
        named.dedup();
        named
    }

    /// The first line of the message.
    pub fn subject(&self) -> String {
        self.body.subject(&self.author)
    }

    /// Signs it and gives the commit's bytes and the event.
    ///
    /// `parents` are git's names of `prev` (if any) and of `deps`, in that order.
    pub fn sign(self, parents: Vec<GitId>, key: &Key) -> Result<(Vec<u8>, Verified), Malformed> {
        let payload = self.payload(&parents);
        let signature = key.sign(&payload);
        let bytes = with_signature(&payload, &key.public(), &signature);
        let verified = decode(&bytes)?.verify().map_err(|e| Malformed::new(e.to_string()))?;
        match verified.event == self {
            true => Ok((bytes, verified)),
            false => Err(Malformed::new("the event does not read back as it was written")),
        }
    }

    /// The commit's bytes without the signature: what is signed, and what the id is the hash of.
    fn payload(&self, parents: &[GitId]) -> Vec<u8> {
        let mut out = String::with_capacity(1024);
        out.push_str(TREE);
        let who = format!("{} <{}@commons> {} +0000", self.author, self.device, self.time.seconds());
        for parent in parents {
            let _ = writeln!(out, "parent {parent}");
        }
        let _ = write!(out, "author {who}\ncommitter {who}\n\n{}\n\n", self.subject());
        if let Some(text) = &self.text {
            let _ = write!(out, "{text}\n\n");
        }
        self.trailers(Writer::after(out)).into_bytes()
    }

    fn trailers(&self, mut out: Writer) -> String {
        out.line("Commons", FORMAT);
        out.maybe("Log", self.log);
        out.line("Seq", self.seq);
        out.maybe("Prev", self.prev);
        out.maybe("Register", self.register);
        out.many("Dep", &self.deps);
        self.body.put(&mut out);
        out.finish()
    }
}

impl Signed {
    /// Reads a commit; only the one canonical spelling is taken, whatever git itself would accept.
    pub fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        decode(bytes)
    }

    /// Checks the signature, and that the author's device is the one whose key signed.
    pub fn verify(self) -> Result<Verified, BadSignature> {
        let key = Checked::new(&self.key)?;
        if key.device != self.event.device {
            return Err(BadSignature::Wrong);
        }
        key.verify_strict(&self.message, &self.signature)?;
        Ok(self.believed())
    }

    /// The same for one event after the other, up to the first that is not good. Those of one key that follow each other
    /// cost less than each by itself.
    pub fn verify_all(mut all: Vec<Signed>) -> (Vec<Verified>, Option<BadSignature>) {
        let (mut good, mut trouble) = (0usize, None);
        for run in all.chunk_by(|a, b| a.key == b.key).flat_map(|same| same.chunks(RUN)) {
            let (some, why) = good_of(run);
            good = good.saturating_add(some);
            trouble = why;
            if trouble.is_some() {
                break;
            }
        }
        all.truncate(good);
        (all.into_iter().map(Signed::believed).collect(), trouble)
    }

    /// With the signature known to be good.
    fn believed(self) -> Verified {
        let Signed { event, id, parents, key, signature, .. } = self;
        Verified { event, id, parents, key, signature }
    }
}

/// How many of these events by one key are good before one is not.
fn good_of(run: &[Signed]) -> (usize, Option<BadSignature>) {
    let Some(key) = run.first().map(|first| first.key) else { return (0, None) };
    let signed: Vec<_> = run.iter().map(|one| (&one.message[..], &one.signature)).collect();
    let each = match verify_each(&key, &signed) {
        Ok(each) => each,
        Err(why) => return (0, Some(why)),
    };
    let device = key.device();
    let bad = run.iter().zip(each).position(|(one, good)| !good || one.event.device != device);
    (bad.unwrap_or(run.len()), bad.map(|_| BadSignature::Wrong))
}

impl Verified {
    /// The commit's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        with_signature(&self.event.payload(&self.parents), &self.key, &self.signature)
    }
}

/// The signature stands as the last header, where git puts it.
pub(crate) fn with_signature(payload: &[u8], key: &PublicKey, signature: &[u8; 64]) -> Vec<u8> {
    let split = header_end(payload).unwrap_or(payload.len());
    let header = header(key, signature);
    let mut bytes = Vec::with_capacity(payload.len().saturating_add(header.len()).saturating_add(1));
    bytes.extend(&payload[..split]);
    bytes.extend(header.as_bytes());
    bytes.push(b'\n');
    bytes.extend(&payload[split..]);
    bytes
}

/// Where the empty line after the header begins.
fn header_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|w| w == b"\n\n").and_then(|at| at.checked_add(1))
}

fn decode(bytes: &[u8]) -> Result<Signed, Malformed> {
    if bytes.len() > MAX_COMMIT {
        return Err(Malformed::new(format!("a commit of {} bytes, at most {MAX_COMMIT} are allowed", bytes.len())));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed::new("not UTF-8"))?;
    let (header, message) = text.split_once("\n\n").ok_or_else(|| Malformed::new("a commit without a message"))?;
    let header = Header::read(header)?;
    let (event, payload) = {
        let event = read_message(message, &header)?;
        let payload = event.payload(&header.parents);
        (event, payload)
    };
    if with_signature(&payload, &header.key, &header.signature) != bytes {
        return Err(Malformed::new("not in canonical form"));
    }
    let id = EventId::of(&payload);
    let message = sshsig_message(&payload);
    Ok(Signed { event, id, parents: header.parents, key: header.key, signature: header.signature, message })
}

/// The commit's header, read.
struct Header {
    parents: Vec<GitId>,
    author: Handle,
    device: Device,
    time: Time,
    key: PublicKey,
    signature: [u8; 64],
}

impl Header {
    fn read(header: &str) -> Result<Self, Malformed> {
        let bad = |what: &str| Malformed::new(format!("commit header: {what}"));
        let mut rest = header.strip_prefix(TREE).ok_or_else(|| bad("not the empty tree"))?;
        let mut parents = Vec::new();
        while let Some(tail) = rest.strip_prefix("parent ") {
            let (parent, tail) = tail.split_once('\n').ok_or_else(|| bad("it ends early"))?;
            parents.push(parent.parse()?);
            rest = tail;
            if parents.len() > MAX_DEPS.saturating_add(1) {
                return Err(bad("too many parents"));
            }
        }
        let (who, rest) = rest.split_once('\n').ok_or_else(|| bad("it ends early"))?;
        let (author, device, time) = read_author(who).ok_or_else(|| bad("no author of the form wanted"))?;
        // The committer repeats the author; the comparison at the end sees to that.
        let (_, signature) = rest.split_once('\n').ok_or_else(|| bad("no signature"))?;
        let (key, signature) = unarmour(signature)?;
        Ok(Header { parents, author, device, time, key, signature })
    }
}

pub(crate) fn read_author(line: &str) -> Option<(Handle, Device, Time)> {
    let line = line.strip_prefix("author ")?.strip_suffix(" +0000")?;
    let (name, rest) = line.split_once(" <")?;
    let (device, seconds) = rest.split_once("@commons> ")?;
    let seconds = seconds.parse::<Number>().ok()?.0;
    let time = Time::new(i64::try_from(seconds).ok()?).ok()?;
    Some((name.parse().ok()?, device.parse().ok()?, time))
}

fn read_message(message: &str, header: &Header) -> Result<Event, Malformed> {
    let (before, trailers) = message.rsplit_once("\n\n").ok_or_else(|| Malformed::new("a message without fields"))?;
    // The subject is derived, so only its place matters here.
    let text = match before.split_once("\n\n") {
        Some((_, text)) => Some(text.parse::<Text>()?),
        None => None,
    };
    let mut fields = Reader::new(trailers);
    let format: Number = fields.take("Commons")?;
    if format.0 != FORMAT {
        return Err(Malformed::new(format!("format {}, this program reads format {FORMAT}", format.0)));
    }
    let log = fields.maybe("Log")?;
    let seq: Number = fields.take("Seq")?;
    let prev = fields.maybe("Prev")?;
    let register = fields.maybe("Register")?;
    let deps: Vec<EventId> = fields.many("Dep", MAX_DEPS)?;
    let kind: Kind = fields.take("Kind")?;
    let body = Body::take(&kind.0, &mut fields)?;
    fields.finish()?;
    body.check_text(text.as_ref())?;
    let event = Event {
        log,
        author: header.author.clone(),
        device: header.device,
        time: header.time,
        seq: seq.0,
        prev,
        register,
        deps,
        text,
        body,
    };
    check_shape(&event, header)?;
    Ok(event)
}

/// What holds for the frame of every event, whatever it says.
fn check_shape(event: &Event, header: &Header) -> Result<(), Malformed> {
    let no = |why: &str| Err(Malformed::new(why));
    let first_key = match &event.body {
        Body::Found(found) => Some(found.key),
        Body::Join(join) => Some(join.key),
        _ => None,
    };
    if event.seq > i64::MAX.unsigned_abs() {
        return no("seq out of range");
    }
    if (event.seq == 0) != event.prev.is_none() {
        return no("`Prev` is absent at seq 0 and only there");
    }
    if (event.seq == 0) != first_key.is_some() {
        return no("a chain begins by founding or asking to join, and only there");
    }
    if first_key.is_some_and(|key| key != header.key) {
        return no("`Key` is not the key that signed");
    }
    if matches!(event.body, Body::Found(_)) != event.log.is_none() {
        return no("`Log` is absent in the genesis and only there");
    }
    if !is_set(&event.deps) {
        return no("`Dep` lines are sorted and distinct");
    }
    if event.prev.is_some_and(|prev| event.deps.binary_search(&prev).is_ok()) {
        return no("`Dep` repeats `Prev`");
    }
    if header.parents.len() != event.deps.len().saturating_add(usize::from(event.prev.is_some())) {
        return no("the git parents are not `Prev` and the `Dep` lines");
    }
    Ok(())
}

/// A kind's name.
struct Kind(String);

impl std::str::FromStr for Kind {
    type Err = Malformed;
    fn from_str(text: &str) -> Result<Self, Malformed> {
        Ok(Kind(text.to_owned()))
    }
}
