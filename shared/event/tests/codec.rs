//! There and back: whatever event can be said is written in one way and read as the same.

mod arbitrary;
mod git;

use event::*;
use git::git;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

/// The commit without its signature header, and its message.
fn parts(bytes: &[u8]) -> (String, String) {
    let commit = std::str::from_utf8(bytes).expect("UTF-8");
    let (before, rest) = commit.split_once("\ngpgsig ").expect("a signature");
    let (_, after) = rest.split_once("\n -----END SSH SIGNATURE-----\n\n").expect("its end");
    (format!("{before}\n\n{after}"), after.to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn there_and_back((event, parents, seed) in arbitrary::event()) {
        let (bytes, written) = event.clone().sign(parents.clone(), &Key::from_seed(&seed)).unwrap();
        let read = Signed::decode(&bytes).unwrap().verify().unwrap();
        prop_assert_eq!(&read, &written);
        prop_assert_eq!((&read.event, &read.parents), (&event, &parents));
        prop_assert_eq!(read.bytes(), &bytes[..]);
        let (payload, message) = parts(&bytes);
        prop_assert_eq!(read.id, EventId(Sha256::digest(&payload).into()));
        prop_assert_eq!(message.split_once("\n\n").unwrap().0, event.subject());
        let named = event.names();
        let must = [&event.deps[..], &event.body.carried(), event.prev.as_slice(), event.log.as_slice()].concat();
        prop_assert!(must.iter().all(|id| named.contains(id)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// As `git log` reads them, which takes no line of a text for the end of the message.
    #[test]
    fn stock_git_reads_the_same_fields((event, parents, seed) in arbitrary::event()) {
        let (bytes, _) = event.sign(parents, &Key::from_seed(&seed)).unwrap();
        let (_, message) = parts(&bytes);
        let (_, trailers) = message.rsplit_once("\n\n").unwrap();
        let here = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
        let seen = git(here, &["interpret-trailers", "--parse", "--no-divider"], message.as_bytes());
        prop_assert!(seen.status.success());
        prop_assert_eq!(String::from_utf8(seen.stdout).unwrap(), trailers);
    }
}

fn id(n: usize) -> EventId {
    EventId::of(&n.to_be_bytes())
}

fn ids(n: usize) -> Vec<EventId> {
    let mut ids: Vec<EventId> = (0..n).map(id).collect();
    ids.sort_unstable();
    ids
}

/// Signs an event of so many deps with the longest frame; its size, or why not.
fn size(body: Body, text: Option<Text>, deps: usize) -> Result<usize, Malformed> {
    let key = Key::from_seed(&[7; 32]);
    let event = Event {
        log: Some(id(1)),
        author: "é".repeat(MAX_HANDLE).parse()?,
        device: key.public().device(),
        time: Time::new(253_370_764_800)?,
        seq: i64::MAX.unsigned_abs(),
        prev: Some(EventId([0xff; 32])),
        register: Some(id(2)),
        deps: ids(deps),
        text,
        body,
    };
    event.sign(vec![GitId([0xab; 20]); deps + 1], &key).map(|(bytes, _)| bytes.len())
}

fn ack(n: usize) -> Body {
    let mut devices: Vec<Device> = (0..n).map(|n| Device::of_blob(&n.to_be_bytes())).collect();
    devices.sort_unstable();
    let seq = i64::MAX.unsigned_abs();
    Body::Ack(Ack { positions: devices.into_iter().map(|device| Position { device, seq, id: id(0) }).collect() })
}

fn pay(n: usize) -> Body {
    let account = || Account::Common("é".repeat(MAX_HANDLE).parse().expect("a handle"));
    let amount = Amount::new(MAX_MINOR, MAX_PLACES).expect("an amount");
    let line = || "é".repeat(256).parse::<Line>().ok();
    let legs = (0..n).map(|_| Leg { amount, to: account() }).collect();
    let name = || "a".repeat(32).parse::<Name>().expect("a name");
    Body::Pay(Pay {
        contributes: n > 1,
        purpose: line(),
        key: line(),
        category: Some(name()),
        delivered: Some(Delivered { quantity: "1000000000.000".parse().expect("an amount"), asset: name() }),
        request: Some(id(1)),
        mandate: Some(id(2)),
        ..Pay::plain(account(), "GB-months".parse().expect("a unit"), legs)
    })
}

fn close(n: usize) -> Body {
    let tally = Tally::Options { voted: u32::MAX, winners: (1..=200).collect(), tied: (1..=200).collect() };
    let outcome = Outcome { tally, electorate: u32::MAX, noticed: None, passed: true };
    Body::Close(Close { poll: id(0), pages: ids(n), outcome })
}

/// Every list may be as long as it is allowed to be, in the longest frame, and no longer; none may be empty
/// that must not be.
#[test]
fn the_longest_lists_fit_and_no_longer_ones() {
    let entry =
        |n| Body::Entry(Entry { after: id(0), route: Route::Moved { motion: id(1), approvals: ids(n), poll: None } });
    let receive =
        |n| Body::Receive(Receive { items: ids(n).into_iter().map(|pay| Item::Leg(pay, u16::MAX)).collect() });
    let page = |n| Body::Page(Page { poll: id(0), ballots: ids(n) });
    let succession = |n| Body::Entry(Entry { after: id(0), route: Route::Succession { term: 1, approvals: ids(n) } });
    let back = |n| Body::Receive(Receive { items: ids(n).into_iter().map(|pay| Item::Back(pay, u16::MAX)).collect() });
    /// A name, what makes the list, the fewest and the most of it.
    type Case<'a> = (&'a str, &'a dyn Fn(usize) -> Body, usize, usize);
    let discharge = |request| Discharge { request, amount: Amount::new(MAX_MINOR, MAX_PLACES).expect("an amount") };
    let clear = |n| {
        let (unit, closes) = ("GB-months".parse().expect("a unit"), Time::new(253_370_764_800).expect("a time"));
        Body::Clear(Clear { unit, closes, discharges: ids(n).into_iter().map(discharge).collect() })
    };
    let backing = |n| Body::Back(Back { account: Account::commons(), attestations: ids(n) });
    let table: [Case<'_>; 10] = [
        ("ack", &ack, 1, Ack::MAX),
        ("pay", &pay, 1, MAX_LEGS),
        ("receive", &receive, 1, MAX_ITEMS),
        ("page", &page, 1, MAX_BALLOTS),
        ("close", &close, 0, MAX_PAGES),
        ("entry", &entry, 0, MAX_APPROVALS),
        ("succession", &succession, 0, MAX_APPROVALS),
        ("back", &back, 1, MAX_ITEMS),
        ("backing", &backing, 1, MAX_BACKING),
        ("clear", &clear, 2, MAX_DISCHARGES),
    ];
    for (name, body, least, most) in table {
        let largest = size(body(most), None, MAX_DEPS).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(largest <= MAX_COMMIT, "{name}: {largest}");
        assert!(size(body(most), None, MAX_DEPS + 1).is_err(), "{name}: 17 deps");
        assert!(size(body(most + 1), None, MAX_DEPS).is_err(), "{name}: {}", most + 1);
        assert!(size(body(least), None, 0).is_ok(), "{name}: {least}");
        assert!(least == 0 || size(body(least - 1), None, 0).is_err(), "{name}: nothing");
    }
}

/// A refounded community's books may be as long as they are allowed to be.
#[test]
fn the_longest_openings_fit() {
    let key = Key::from_seed(&[7; 32]);
    let size = |n: usize| {
        let name =
            |n: usize| Account::Common(format!("{}{n:04}", "é".repeat(MAX_HANDLE - 4)).parse().expect("a handle"));
        let (unit, amount): (Unit, _) = ("GB-months".parse().expect("a unit"), Amount::new(MAX_MINOR, 0)?);
        let opening = |n| Opening { account: name(n), unit: unit.clone(), amount, owes: n % 2 == 0 };
        let refounds = Some(Refounds { log: id(0), entry: id(1), openings: (0..n).map(opening).collect() });
        let event = Event {
            log: None,
            author: "ada".parse()?,
            device: key.public().device(),
            time: Time::new(0)?,
            seq: 0,
            prev: None,
            register: None,
            deps: Vec::new(),
            text: "[authority]".parse().ok(),
            body: Body::Found(Found { community: "x".parse()?, key: key.public(), refounds }),
        };
        event.sign(Vec::new(), &key).map(|(bytes, _)| bytes.len())
    };
    assert!(size(MAX_OPENINGS).unwrap() <= MAX_COMMIT);
    assert!(size(MAX_OPENINGS + 1).is_err());
    assert!(size(0).is_ok());
}

#[test]
fn the_longest_text_fits() {
    let line: Line = "é".repeat(256).parse().unwrap();
    let post = || Body::Post(Post::plain("é".repeat(MAX_HANDLE).parse().unwrap(), line.clone()));
    let text = |n: usize| "é".repeat(n).parse::<Text>();
    assert!(size(post(), text(16 * 1024).ok(), MAX_DEPS).is_ok());
    let link = format!("https://{}", "a".repeat(392));
    let attachment = |n: usize| Attachment {
        hash: Checksum([u8::try_from(n).unwrap(); 32]),
        link: link.clone(),
        name: line.clone(),
    };
    let reader = |n: usize| Readers::Member(format!("{n:02}{}", "é".repeat(MAX_HANDLE - 2)).parse().unwrap());
    let full = Body::Post(Post {
        place: Some(line.clone()),
        attachments: (0..MAX_ATTACHMENTS).map(attachment).collect(),
        readers: (0..MAX_READERS).map(reader).collect(),
        ..Post::plain("x".parse().unwrap(), line.clone())
    });
    assert!(size(full, text(16 * 1024).ok(), MAX_DEPS).is_ok());
    assert!(text(16 * 1024 + 1).is_err());
    assert!(format!("{line}é").parse::<Line>().is_err());
}

/// The frame says when a text, a log, a previous event must be there, and when not.
#[test]
fn what_no_event_can_be() {
    let key = Key::from_seed(&[7; 32]);
    let good = Event {
        log: Some(id(1)),
        author: "ada".parse().unwrap(),
        device: key.public().device(),
        time: Time::new(0).unwrap(),
        seq: 1,
        prev: Some(id(2)),
        register: None,
        deps: Vec::new(),
        text: None,
        body: Body::Follow,
    };
    let sign = |event: Event, parents: usize| event.sign(vec![GitId([1; 20]); parents], &key).map(|_| ());
    assert_eq!(sign(good.clone(), 1), Ok(()));
    let join = |seed: &[u8; 32]| {
        Body::Join(Join { key: Key::from_seed(seed).public(), kind: KindOfMember::Person, invited: None })
    };
    let found = Body::Found(Found { community: "x".parse().unwrap(), key: key.public(), refounds: None });
    let text: Option<Text> = "x".parse().ok();
    let post = Body::Post(Post::plain("x".parse().unwrap(), "x".parse().unwrap()));
    let rules = || Body::Motion(Motion { change: Change::Rules { was: id(3) } });
    let inline = || Body::Entry(Entry { after: id(3), route: Route::Inline(Change::Rules { was: id(3) }) });
    let invite = |uses| Body::Invite(Invite { key: key.public(), uses, expires: Time::new(9).unwrap() });
    let bad = [
        ("no parent", good.clone(), 0),
        ("a parent too many", good.clone(), 2),
        ("no log", Event { log: None, ..good.clone() }, 1),
        ("no prev", Event { prev: None, ..good.clone() }, 0),
        ("prev at seq 0", Event { seq: 0, ..good.clone() }, 1),
        ("seq 0 that carries no key", Event { seq: 0, prev: None, ..good.clone() }, 0),
        ("seq out of range", Event { seq: 1 << 63, ..good.clone() }, 1),
        ("another's device", Event { device: Key::from_seed(&[8; 32]).public().device(), ..good.clone() }, 1),
        ("a dep that is prev", Event { deps: vec![id(2)], ..good.clone() }, 2),
        ("a dep twice", Event { deps: vec![id(3), id(3)], ..good.clone() }, 3),
        ("deps out of order", Event { deps: ids(2).into_iter().rev().collect(), prev: Some(id(9)), ..good.clone() }, 3),
        ("a text where none may be", Event { text: text.clone(), ..good.clone() }, 1),
        ("no text where one must be", Event { body: post, ..good.clone() }, 1),
        ("joining later", Event { body: join(&[7; 32]), ..good.clone() }, 1),
        ("joining with another's key", Event { seq: 0, prev: None, body: join(&[8; 32]), ..good.clone() }, 0),
        ("a rules motion without rules", Event { body: rules(), ..good.clone() }, 1),
        ("rules in an entry", Event { body: inline(), ..good.clone() }, 1),
        ("a term that is none", Event { body: Body::Succeed(Succeed { term: 0, entry: id(3) }), ..good.clone() }, 1),
        ("an invitation for nobody", Event { body: invite(0), ..good.clone() }, 1),
        ("an invitation for too many", Event { body: invite(MAX_USES + 1), ..good.clone() }, 1),
        ("a genesis that names a log", Event { seq: 0, prev: None, text, body: found, ..good.clone() }, 0),
    ];
    for (what, event, parents) in bad {
        assert!(sign(event, parents).is_err(), "{what}");
    }
}
