//! Events of every kind with any values that the format can write, for property tests.

use event::*;
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// An event with its parents and its author's seed.
pub fn event() -> impl Strategy<Value = (Event, Vec<GitId>, [u8; 32])> {
    let frame = (option::of(id()), btree_set(id(), 0..=MAX_DEPS), vec(any::<[u8; 20]>(), MAX_DEPS + 1), text());
    let place = (handle(), time(), 1..=i64::MAX.unsigned_abs(), id(), id());
    (any::<[u8; 32]>(), frame, place).prop_flat_map(|(seed, frame, place)| {
        let key = Key::from_seed(&seed).public();
        (body(key), any::<bool>())
            .prop_map(move |(body, say)| assemble(body, say, key, frame.clone(), place.clone(), seed))
    })
}

type Frame = (Option<EventId>, std::collections::BTreeSet<EventId>, Vec<[u8; 20]>, Text);
type Place = (Handle, Time, u64, EventId, EventId);

fn assemble(
    body: Body,
    say: bool,
    key: PublicKey,
    frame: Frame,
    place: Place,
    seed: [u8; 32],
) -> (Event, Vec<GitId>, [u8; 32]) {
    let (register, deps, parents, text) = frame;
    let (author, time, seq, prev, log) = place;
    let first = matches!(body, Body::Found(_) | Body::Join(_));
    let rules = matches!(&body, Body::Motion(Motion { change: Change::Rules { .. } }));
    let must = rules || matches!(body, Body::Found(_) | Body::Post(_) | Body::Statement(_) | Body::Hide(_));
    let free = matches!(body, Body::Join(_) | Body::Motion(_) | Body::Open(_) | Body::Cast(_));
    let free = free || matches!(body, Body::Record(_) | Body::Contest(_) | Body::Retract(_));
    let short = matches!(body, Body::Object(_) | Body::Approve(_) | Body::Succeed(_) | Body::Request(_));
    let told = matches!(body, Body::Pledge(_) | Body::Attest(_) | Body::Offer(_) | Body::Want(_));
    let may = say && (free || told || short);
    let event = Event {
        log: (!matches!(body, Body::Found(_))).then_some(log),
        author,
        device: key.device(),
        time,
        seq: if first { 0 } else { seq },
        prev: (!first).then_some(prev),
        register,
        deps: deps.into_iter().collect(),
        text: (must || may).then_some(text),
        body,
    };
    let count = event.deps.len() + usize::from(!first);
    (event, parents.into_iter().take(count).map(GitId).collect(), seed)
}

fn body(key: PublicKey) -> BoxedStrategy<Body> {
    prop_oneof![
        (line(), option::of(refounds())).prop_map(move |(community, refounds)| Body::Found(Found {
            community,
            key,
            refounds
        })),
        (kind(), option::of(invited())).prop_map(move |(kind, invited)| Body::Join(Join { key, kind, invited })),
        (1..=MAX_USES, time()).prop_map(move |(uses, expires)| Body::Invite(Invite { key, uses, expires })),
        id().prop_map(|motion| Body::Object(Object { motion })),
        (1..=u32::MAX, id()).prop_map(|(term, entry)| Body::Succeed(Succeed { term, entry })),
        change().prop_map(|change| Body::Motion(Motion { change })),
        id().prop_map(|motion| Body::Approve(Approve { motion })),
        (id(), route()).prop_map(|(after, route)| Body::Entry(Entry { after, route })),
        Just(Body::Follow),
        ack().prop_map(Body::Ack),
        pay().prop_map(Body::Pay),
        items().prop_map(|items| Body::Receive(Receive { items })),
        (id(), any::<u16>(), option::of(line())).prop_map(|(pay, leg, why)| Body::Decline(Decline { pay, leg, why })),
        announcements(),
        open().prop_map(Body::Open),
        (id(), ballot(), option::of(id())).prop_map(|(poll, ballot, extended)| Body::Cast(Cast {
            poll,
            ballot,
            extended
        })),
        (id(), handle(), ballot(), line()).prop_map(|(poll, voter, ballot, how)| Body::Record(Record {
            poll,
            voter,
            ballot,
            how
        })),
        id().prop_map(|record| Body::Contest(Contest { record })),
        (option::of(handle()), scope()).prop_map(|(to, scope)| Body::Proxy(Proxy { to, scope })),
        (id(), time()).prop_map(|(poll, closes)| Body::Extend(Extend { poll, closes })),
        id().prop_map(|poll| Body::Statement(Statement { poll })),
        (id(), set(1..6)).prop_map(|(poll, ballots)| Body::Page(Page { poll, ballots })),
        close().prop_map(Body::Close),
        request().prop_map(Body::Request),
        id().prop_map(|request| Body::Withdraw(Withdraw { request })),
        (id(), option::of(line())).prop_map(|(request, why)| Body::Refuse(Refuse { request, why })),
        id().prop_map(|pay| Body::Cancel(Cancel { pay })),
        option::of(any::<[u8; 32]>()).prop_map(|hash| Body::Profile(Profile { commitment: hash.map(Commitment) })),
        backing(),
        market(),
        clearing(),
    ]
    .boxed()
}

fn backing() -> BoxedStrategy<Body> {
    let per = option::of(select(Per::ALL.to_vec()));
    let evidence = option::of(any::<[u8; 32]>().prop_map(Checksum));
    prop_oneof![
        (name(), amount(1), per, option::of(time())).prop_map(|(asset, quantity, per, until)| Body::Pledge(Pledge {
            asset,
            quantity,
            per,
            until
        })),
        id().prop_map(|pledge| Body::Unpledge(Unpledge { pledge })),
        (id(), amount(1), time(), evidence).prop_map(|(pledge, quantity, expires, evidence)| Body::Attest(Attest {
            pledge,
            quantity,
            expires,
            evidence
        })),
        (account(), set(1..6)).prop_map(|(account, attestations)| Body::Back(Back { account, attestations })),
    ]
    .boxed()
}

fn clearing() -> BoxedStrategy<Body> {
    let of = || (id(), account()).prop_map(|(clearing, account)| SetOff { clearing, account });
    let discharges = (set(2..6), vec(amount(1), 6)).prop_map(|(requests, amounts)| {
        requests.into_iter().zip(amounts).map(|(request, amount)| Discharge { request, amount }).collect()
    });
    prop_oneof![
        (unit(), time(), discharges).prop_map(|(unit, closes, discharges)| Body::Clear(Clear {
            unit,
            closes,
            discharges
        })),
        of().prop_map(Body::Agree),
        of().prop_map(Body::Dissent),
        (id(), account(), account(), option::of(id()))
            .prop_map(|(clearing, account, by, shown)| Body::Release(Release { clearing, account, by, shown })),
    ]
    .boxed()
}

fn market() -> BoxedStrategy<Body> {
    let price = option::of((amount(0), unit()).prop_map(|(amount, unit)| Price { amount, unit }));
    let offer = (line(), name(), price, time(), any::<bool>());
    prop_oneof![
        offer.prop_map(|(title, category, price, expires, offered)| {
            let offer = Offer { title, category, price, expires };
            if offered { Body::Offer(offer) } else { Body::Want(offer) }
        }),
        id().prop_map(|offer| Body::Remove(Remove { offer })),
    ]
    .boxed()
}

fn announcements() -> BoxedStrategy<Body> {
    let told = (id(), handle(), line(), option::of(time()));
    prop_oneof![
        4 => post().prop_map(Body::Post),
        1 => id().prop_map(|post| Body::Retract(Retract { post })),
        1 => (id(), any::<bool>()).prop_map(|(post, again)| Body::Hide(Hide { post, again })),
        1 => set(1..6).prop_map(|posts| Body::Seen(Seen { posts })),
        1 => told.prop_map(|(post, member, how, at)| Body::Told(Told { post, member, how, at })),
        1 => option::of("age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}")
            .prop_map(|key| Body::ReadingKey(ReadingKey { key: key.map(|key| key.parse().expect("a recipient")) })),
    ]
    .boxed()
}

fn post() -> impl Strategy<Value = Post> {
    let head = (handle(), line(), any::<[bool; 2]>(), option::of(time()));
    let named = (option::of(id()), any::<bool>());
    let event = (option::of((moment(), option::of(1..100_000i64))), option::of(line()));
    let rest = (vec(attachment(), 0..4), vec(readers(), 0..5));
    (head, named, event, rest).prop_map(|(head, (named, corrects), (starts, place), (mut attachments, mut readers))| {
        let (channel, title, [important, notice], expires) = head;
        readers.sort();
        readers.dedup();
        attachments.sort();
        attachments.dedup();
        let ends = starts.as_ref().and_then(|(starts, length)| {
            let later = starts.local().checked_add(jiff::SignedDuration::from_secs((*length)?)).ok()?;
            Moment::new(later, starts.offset(), starts.zone()).ok()
        });
        Post {
            important,
            notice,
            expires,
            reply: named.filter(|_| !corrects),
            corrects: named.filter(|_| corrects),
            starts: starts.map(|(starts, _)| starts),
            ends,
            place,
            attachments,
            readers,
            ..Post::plain(channel, title)
        }
    })
}

fn moment() -> impl Strategy<Value = Moment> {
    (86_400..253_370_000_000i64, -1440..=1440i32, "[A-Z][a-z]{1,9}/[A-Z][A-Za-z_+-]{0,20}").prop_map(
        |(seconds, offset, zone)| {
            let stamp = jiff::Timestamp::from_second(seconds + i64::from(offset) * 60).expect("a time");
            Moment::new(jiff::tz::Offset::UTC.to_datetime(stamp), offset, &zone).expect("a moment")
        },
    )
}

fn attachment() -> impl Strategy<Value = Attachment> {
    (any::<[u8; 32]>(), "[a-z][a-z0-9+.-]{0,8}:[!#-;=?-Z_a-z~]{0,40}", line())
        .prop_map(|(hash, link, name)| Attachment { hash: Checksum(hash), link, name })
}

fn readers() -> impl Strategy<Value = Readers> {
    prop_oneof![handle().prop_map(Readers::Member), role().prop_map(Readers::Role)]
}

fn id() -> impl Strategy<Value = EventId> + Clone {
    any::<[u8; 32]>().prop_map(EventId)
}

fn set(size: std::ops::Range<usize>) -> impl Strategy<Value = Vec<EventId>> {
    btree_set(id(), size).prop_map(|ids| ids.into_iter().collect())
}

fn handle() -> impl Strategy<Value = Handle> + Clone {
    "[a-z0-9àßđłœžþ]{1,12}(-[a-z0-9æı]{1,9}){0,2}".prop_map(|name| name.parse().expect("a handle"))
}

fn account() -> impl Strategy<Value = Account> {
    (handle(), any::<bool>()).prop_map(|(name, own)| if own { Account::Member(name) } else { Account::Common(name) })
}

fn time() -> impl Strategy<Value = Time> + Clone {
    (0..=253_370_764_800i64).prop_map(|seconds| Time::new(seconds).expect("a time"))
}

/// What could be taken for something else by a reader of commits, mail or trailers.
fn odd() -> impl Strategy<Value = String> + Clone {
    let odd = [
        "Kind: ack",
        "---",
        "# a",
        "Commons: 1",
        "-----END SSH SIGNATURE-----",
        "\u{202e}x",
        "\u{1f469}\u{200d}\u{1f33e}",
    ];
    select(odd.map(str::to_owned).to_vec())
}

fn line() -> impl Strategy<Value = Line> + Clone {
    prop_oneof![4 => "[ -~]{1,60}", 2 => "\\PC{1,60}", 1 => odd()].prop_filter_map("no line", |s| Line::tidy(&s).ok())
}

fn text() -> impl Strategy<Value = Text> + Clone {
    let pieces = (line(), select(vec!["\n", "\n\n", "\n\n\n", "\n \n"]));
    vec(pieces, 1..5).prop_filter_map("no text", |pieces| {
        let text: String = pieces.iter().map(|(line, end)| format!("{line}{end}")).collect();
        Text::tidy(&text).ok()
    })
}

fn unit() -> impl Strategy<Value = Unit> {
    "[A-Za-z]([A-Za-z0-9-]{0,14}[A-Za-z0-9])?".prop_map(|code| code.parse().expect("a unit"))
}

fn amount(least: i64) -> impl Strategy<Value = Amount> {
    (prop_oneof![least..1000, least..=MAX_MINOR], 0..=MAX_PLACES)
        .prop_map(|(minor, places)| Amount::new(minor, places).expect("an amount"))
}

fn ratio() -> impl Strategy<Value = Ratio> {
    (1..=1_000_000u32, any::<u32>()).prop_map(|(under, over)| Ratio::new(over % (under + 1), under).expect("a share"))
}

fn bounds() -> impl Strategy<Value = Bounds> + Clone {
    let parts = (0..=MAX_MINOR, option::of(0..=MAX_MINOR), 0..=MAX_PLACES);
    parts.prop_map(|(lower, upper, places)| {
        let amount = |minor| Amount::new(minor, places).expect("an amount");
        Bounds { lower: amount(lower), upper: upper.map(amount) }
    })
}

fn position() -> impl Strategy<Value = Position> {
    let seq = 0..=i64::MAX.unsigned_abs();
    (any::<[u8; 16]>(), seq, id()).prop_map(|(device, seq, id)| Position { device: Device(device), seq, id })
}

fn kind() -> impl Strategy<Value = KindOfMember> + Clone {
    select(KindOfMember::ALL.to_vec())
}

fn invited() -> impl Strategy<Value = Invited> {
    let proof = (any::<[u8; 32]>(), any::<[u8; 32]>());
    (id(), proof).prop_map(|(by, (a, b))| {
        let mut proof = [0; 64];
        proof[..32].copy_from_slice(&a);
        proof[32..].copy_from_slice(&b);
        Invited { by, proof }
    })
}

fn refounds() -> impl Strategy<Value = Refounds> {
    (id(), id(), openings(0..5)).prop_map(|(log, entry, openings)| Refounds { log, entry, openings })
}

fn openings(many: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Opening>> {
    let opening = (account(), unit(), amount(1), any::<bool>()).prop_map(|(account, unit, amount, owes)| Opening {
        account,
        unit,
        amount,
        owes,
    });
    vec(opening, many).prop_map(|mut openings| {
        openings.sort_by(|a, b| (&a.account, &a.unit).cmp(&(&b.account, &b.unit)));
        openings.dedup_by(|a, b| (&a.account, &a.unit) == (&b.account, &b.unit));
        openings
    })
}

fn device() -> impl Strategy<Value = Device> + Clone {
    any::<[u8; 16]>().prop_map(Device)
}

fn new_device() -> impl Strategy<Value = NewDevice> + Clone {
    (handle(), device(), id()).prop_map(|(handle, device, request)| NewDevice { handle, device, request })
}

fn role() -> impl Strategy<Value = Role> {
    let other = "[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,2}".prop_filter_map("no role", |name| name.parse().ok());
    prop_oneof![Just(Role::Steward), other]
}

/// Any change; an inline entry can make all but one.
fn change() -> BoxedStrategy<Change> {
    prop_oneof![9 => inline(), 1 => id().prop_map(|was| Change::Rules { was })].boxed()
}

fn inline() -> BoxedStrategy<Change> {
    prop_oneof![first_changes(), standing(), common()].boxed()
}

/// Changes of the community's accounts.
fn common() -> BoxedStrategy<Change> {
    let account = || handle().prop_map(Account::Common);
    let open = (account(), line(), handle());
    let mandate = (account(), option::of(self::account()), unit(), amount(1), time(), line());
    prop_oneof![
        open.prop_map(|(account, title, keeper)| Change::Open(OpenAccount { account, title, keeper })),
        (account(), handle(), handle()).prop_map(|(account, keeper, was)| Change::Hand(HandAccount {
            account,
            keeper,
            was
        })),
        mandate.prop_map(|(account, to, unit, amount, until, purpose)| {
            Change::Mandate(Mandate { account, to, unit, amount, until, purpose })
        }),
        id().prop_map(|mandate| Change::MandateEnd { mandate }),
        (openings(1..5), option::of(any::<[u8; 32]>().prop_map(Checksum)))
            .prop_map(|(openings, source)| Change::Openings(Openings { openings, source })),
    ]
    .boxed()
}

/// Changes of a member's standing, devices and offices.
fn standing() -> BoxedStrategy<Change> {
    prop_oneof![
        (handle(), position()).prop_map(|(handle, at)| Change::Suspend { handle, at }),
        (handle(), position()).prop_map(|(handle, at)| Change::Expel { handle, at }),
        new_device().prop_map(Change::Reinstate),
        handle().prop_map(|handle| Change::Leave { handle }),
        new_device().prop_map(Change::Move),
        (new_device(), position()).prop_map(|(to, at)| Change::Rekey { to, at }),
        (handle(), device()).prop_map(|(handle, was)| Change::Secretary { handle, was }),
    ]
    .boxed()
}

fn first_changes() -> BoxedStrategy<Change> {
    let admit = (handle(), device(), id(), kind());
    let unit_def = (unit(), line(), bounds()).prop_map(|(unit, title, base)| UnitDef { unit, title, base });
    let limit = (account(), unit(), option::of(bounds()), option::of(bounds()));
    prop_oneof![
        admit.prop_map(|(handle, device, request, kind)| Change::Admit { handle, device, request, kind }),
        handle().prop_map(|handle| Change::Confirm { handle }),
        (unit_def, option::of(bounds())).prop_map(|(def, was)| Change::Unit { def, was }),
        limit.prop_map(|(account, unit, bounds, was)| Change::Limit { account, unit, bounds, was }),
        (handle(), role(), any::<bool>()).prop_map(|(handle, role, holds)| Change::Role { handle, role, holds }),
        position().prop_map(|position| Change::Cut { position }),
    ]
    .boxed()
}

fn route() -> impl Strategy<Value = Route> {
    let approvals = || set(0..MAX_APPROVALS + 1);
    let moved = (id(), approvals(), option::of(id())).prop_map(|(motion, approvals, poll)| Route::Moved {
        motion,
        approvals,
        poll,
    });
    let refused = id().prop_map(|motion| Route::Refused { motion });
    let succession = (1..=u32::MAX, approvals()).prop_map(|(term, approvals)| Route::Succession { term, approvals });
    prop_oneof![4 => inline().prop_map(Route::Inline), 4 => moved, 1 => refused, 1 => succession]
}

fn ack() -> impl Strategy<Value = Ack> {
    vec(position(), 1..6).prop_map(|mut positions| {
        positions.sort_unstable();
        positions.dedup_by_key(|p| p.device);
        Ack { positions }
    })
}

fn pay() -> impl Strategy<Value = Pay> {
    let legs = vec((amount(1), account()).prop_map(|(amount, to)| Leg { amount, to }), 1..5);
    let said = (option::of(line()), option::of(line()), option::of(name()), option::of(delivered()));
    let named = (option::of(id()), option::of(id()), option::of(id()));
    (account(), unit(), legs, said, named, any::<bool>()).prop_map(|(from, unit, legs, said, named, more)| {
        let (purpose, key, category, delivered) = said;
        let (request, refund, mandate) = named;
        // A refund has one leg and names nothing else.
        let refund = refund.filter(|_| legs.len() == 1);
        let (request, mandate) = (request.filter(|_| refund.is_none()), mandate.filter(|_| refund.is_none()));
        let contributes = more && legs.len() > 1;
        Pay { contributes, purpose, key, category, delivered, request, refund, mandate, ..Pay::plain(from, unit, legs) }
    })
}

fn name() -> impl Strategy<Value = Name> {
    "[a-z][a-z0-9]{0,9}(-[a-z0-9]{1,9}){0,2}".prop_map(|name| name.parse().expect("a name"))
}

fn delivered() -> impl Strategy<Value = Delivered> {
    let quantity = (1..=1_000_000_000_000i64, 0..=MAX_PLACES);
    (quantity, name()).prop_map(|((minor, places), asset)| Delivered {
        quantity: Amount::new(minor, places).expect("a quantity"),
        asset,
    })
}

fn request() -> impl Strategy<Value = Request> {
    let said = (option::of(time()), option::of(line()), option::of(name()), option::of(line()));
    (account(), account(), amount(1), unit(), said).prop_map(|(account, of, amount, unit, said)| {
        let (due, purpose, category, key) = said;
        Request { account, of, amount, unit, due, purpose, category, key }
    })
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let leg = || (id(), any::<u16>());
    let item = prop_oneof![
        leg().prop_map(|(pay, leg)| Item::Leg(pay, leg)),
        id().prop_map(Item::Return),
        leg().prop_map(|(pay, leg)| Item::Back(pay, leg)),
    ];
    btree_set(item, 1..6).prop_map(|items| items.into_iter().collect())
}

fn choice() -> impl Strategy<Value = Choice> + Clone {
    select(Choice::ALL.to_vec())
}

fn ballot() -> impl Strategy<Value = Ballot> {
    let number = || 1..=200u16;
    let slot = select(vec![Slot::Yes, Slot::Maybe, Slot::No]);
    let ranking = (btree_set(number(), 1..9), vec(any::<bool>(), 9)).prop_map(|(options, equal)| {
        let mut ranks: Vec<Vec<u16>> = Vec::new();
        for (option, equal) in options.into_iter().zip(equal) {
            match ranks.last_mut().filter(|_| equal) {
                Some(last) => last.push(option),
                None => ranks.push(vec![option]),
            }
        }
        Ballot::Ranking(ranks.into_iter().rev().collect())
    });
    prop_oneof![
        choice().prop_map(Ballot::Answer),
        btree_set(number(), 1..9).prop_map(|marks| Ballot::Marks(marks.into_iter().collect())),
        ranking,
        btree_map(number(), 0..=10_000u32, 1..9).prop_map(|points| Ballot::Points(points.into_iter().collect())),
        btree_map(number(), slot, 1..9).prop_map(|slots| Ballot::Slots(slots.into_iter().collect())),
    ]
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![Just(Scope::All), handle().prop_map(Scope::Topic), id().prop_map(Scope::Poll)]
}

fn threshold() -> impl Strategy<Value = Threshold> {
    (ratio(), any::<bool>(), select(vec![Base::Cast, Base::Electorate]))
        .prop_map(|(share, more_than, base)| Threshold { share, more_than, base })
}

fn tidy(mut thresholds: Vec<Threshold>) -> Vec<Threshold> {
    thresholds.sort_unstable_by_key(ToString::to_string);
    thresholds.dedup();
    thresholds
}

fn terms() -> impl Strategy<Value = Terms> {
    let people = (option::of(handle()), btree_set(handle(), 0..4), option::of(handle()));
    let ties = option::of(select(vec![TieBreak::FirstListed, TieBreak::LastListed, TieBreak::Lot]));
    let called = (id(), ratio(), any::<u16>()).prop_map(|(post, share, days)| Called { post, share, days });
    let rest =
        (option::of(time()), any::<bool>(), ties, btree_set(choice(), 0..3), option::of(id()), option::of(called));
    (people, rest).prop_map(|((teller, voters, topic), (opens, hidden, ties, reasons, replaces, notice))| Terms {
        opens,
        teller,
        voters: voters.into_iter().collect(),
        topic,
        hidden,
        ties,
        reasons: reasons.into_iter().collect(),
        replaces,
        notice,
        seats: None,
        blocks: None,
    })
}

/// The parts of the method, the seats and the options that fit it.
fn asked() -> impl Strategy<Value = (Method, Vec<Threshold>, Vec<Line>, Option<u16>, Option<u32>)> {
    let of = |text: &str| text.parse::<Method>().expect("a method");
    let answers = prop_oneof![
        vec(threshold(), 1..=4).prop_map(|thresholds| (Method::YESNO, tidy(thresholds), Vec::new(), None, None)),
        (vec(threshold(), 0..=4), option::of(1..9u32)).prop_map(move |(thresholds, blocks)| (
            of("consent"),
            tidy(thresholds),
            Vec::new(),
            None,
            blocks
        )),
    ];
    let methods = ["choose 0..2", "approval pav", "score mean 1..10", "dots 7", "borda 0-zero", "irv one-at-a-time"];
    let more = ["stv meek-prf", "schulze margins", "ranked-pairs wv", "star 5", "time"];
    let method = select(methods.into_iter().chain(more).collect::<Vec<_>>());
    let choice = (method, btree_set(line(), 2..6), option::of(1..=2u16))
        .prop_map(move |(method, options, seats)| (of(method), Vec::new(), options.into_iter().collect(), seats, None));
    prop_oneof![answers, choice]
}

fn open() -> impl Strategy<Value = Open> {
    (line(), time(), ratio(), asked(), option::of(id()), terms()).prop_map(
        |(question, closes, quorum, asked, motion, terms)| {
            let (method, thresholds, options, seats, blocks) = asked;
            Open {
                question,
                method,
                closes,
                quorum,
                thresholds,
                motion,
                options,
                terms: Terms { seats, blocks, ..terms },
            }
        },
    )
}

fn tally() -> impl Strategy<Value = Tally> {
    let options = || btree_set(1..=200u16, 0..5).prop_map(|options| options.into_iter().collect::<Vec<_>>());
    prop_oneof![
        any::<[u32; 3]>().prop_map(|[yes, no, abstain]| Tally::YesNo { yes, no, abstain }),
        any::<[u32; 4]>().prop_map(|[agree, abstain, disagree, block]| Tally::Consent {
            agree,
            abstain,
            disagree,
            block
        }),
        (any::<u32>(), options(), options()).prop_map(|(voted, winners, tied)| Tally::Options { voted, winners, tied }),
    ]
}

fn close() -> impl Strategy<Value = Close> {
    let noticed = option::of((any::<u32>(), any::<u32>()).prop_map(|(a, b)| Noticed { given: a.min(b), of: a.max(b) }));
    let outcome = (tally(), any::<u32>(), noticed, any::<bool>())
        .prop_map(|(tally, electorate, noticed, passed)| Outcome { tally, electorate, noticed, passed });
    (id(), vec(id(), 0..4), outcome).prop_map(|(poll, mut pages, outcome)| {
        pages.sort_unstable();
        pages.dedup();
        Close { poll, pages, outcome }
    })
}
