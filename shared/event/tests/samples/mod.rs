//! One event of every shape that the format has, from fixed keys: what the golden files freeze and the
//! hostile tests bend.

use std::str::FromStr;

use event::*;

/// An event with what it takes to sign it.
pub struct Sample {
    /// Its file is `<name>.commit`.
    pub name: String,
    /// What it says.
    pub event: Event,
    /// Git's names of its parents.
    pub parents: Vec<GitId>,
    /// The author's secret seed.
    pub seed: [u8; 32],
}

impl Sample {
    /// The author's key.
    pub fn key(&self) -> Key {
        Key::from_seed(&self.seed)
    }

    /// The commit's bytes and the event.
    pub fn sign(&self) -> (Vec<u8>, Verified) {
        let signed = self.event.clone().sign(self.parents.clone(), &self.key());
        signed.unwrap_or_else(|why| panic!("{}: {why}", self.name))
    }
}

/// All of them.
pub fn all() -> Vec<Sample> {
    let mut samples = vec![found(), join("join", None), join("join-text", Some("Maria's cousin.\n\nI bake."))];
    for (name, change) in changes() {
        samples.push(plain(&format!("motion-{name}"), Body::Motion(Motion { change: change.clone() })));
        // The text of the rules is the motion's, so no entry holds them.
        if !matches!(change, Change::Rules { .. }) {
            samples.push(plain(&format!("entry-{name}"), entry(Route::Inline(change))));
        }
    }
    samples.extend(begun());
    samples.extend(register().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(credit().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(demands().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(votes().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(polls().into_iter().map(|(name, body)| plain(name, body)));
    samples.push(statement());
    samples.extend(backing().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(clearing().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(market().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(profiles().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(posts().into_iter().map(|(name, body)| plain(name, body)));
    samples.extend(dressed());
    samples
}

fn of<T: FromStr<Err = Malformed>>(text: &str) -> T {
    text.parse().unwrap_or_else(|why| panic!("{text}: {why}"))
}

fn id(name: &str) -> EventId {
    EventId::of(name.as_bytes())
}

fn ids<const N: usize>(names: [&str; N]) -> Vec<EventId> {
    let mut ids = names.map(id).to_vec();
    ids.sort_unstable();
    ids
}

const ADA: [u8; 32] = [1; 32];
const BOB: [u8; 32] = [2; 32];

fn key_of(seed: [u8; 32]) -> PublicKey {
    Key::from_seed(&seed).public()
}

fn git_id(n: usize) -> GitId {
    GitId([u8::try_from(n + 0xa0).expect("few parents"); 20])
}

/// Bob's 42nd event.
fn plain(name: &str, body: Body) -> Sample {
    let mut deps = body.carried();
    deps.sort_unstable();
    let event = Event {
        log: Some(id("genesis")),
        author: of("bob"),
        device: key_of(BOB).device(),
        time: of("2026-03-01T18:00:00Z"),
        seq: 41,
        prev: Some(id("event 40")),
        register: None,
        text: text_of(&body),
        deps,
        body,
    };
    let parents = (0..=event.deps.len()).map(git_id).collect();
    Sample { name: name.to_owned(), event, parents, seed: BOB }
}

fn text_of(body: &Body) -> Option<Text> {
    match body {
        Body::Post(_) => Some(of("Saturday from nine.")),
        Body::Hide(_) => Some(of("It names a child.")),
        Body::Motion(Motion { change: Change::Rules { .. } }) => Some(of("[authority]\nadmit = \"quorum\"")),
        _ => None,
    }
}

fn found() -> Sample {
    founded("found", None)
}

fn founded(name: &str, refounds: Option<Refounds>) -> Sample {
    let body = Body::Found(Found { community: of("Gemüsekiste Süd"), key: key_of(ADA), refounds });
    let event = Event {
        log: None,
        author: of("ada"),
        device: key_of(ADA).device(),
        time: of("2026-01-01T00:00:00Z"),
        seq: 0,
        prev: None,
        register: None,
        deps: Vec::new(),
        text: Some(of("[rules]\nversion = 1\n\n[authority]\nadmit = \"1 steward\"")),
        body,
    };
    Sample { name: name.to_owned(), event, parents: Vec::new(), seed: ADA }
}

/// Beginnings of every further shape: refounded communities, requests of other kinds and by invitation.
fn begun() -> Vec<Sample> {
    let refounds = |openings: &[&str]| {
        let openings = openings.iter().copied().map(of).collect();
        Some(Refounds { log: id("old genesis"), entry: id("old entry"), openings })
    };
    let books = ["ada hours -12.50", "bob hours 10.50", "bob kWh 9007199254740991", "@commons hours 2.00"];
    let invited = Invited { by: id("invitation"), proof: [0xa7; 64] };
    vec![
        founded("found-again", refounds(&books)),
        founded("found-again-empty", refounds(&[])),
        asking("join-organisation", None, KindOfMember::Organisation, None),
        asking("join-household", None, KindOfMember::Household, None),
        asking("join-invited", None, KindOfMember::Person, Some(invited.clone())),
        asking("join-invited-organisation", Some("Hello."), KindOfMember::Organisation, Some(invited)),
    ]
}

fn join(name: &str, text: Option<&str>) -> Sample {
    asking(name, text, KindOfMember::Person, None)
}

fn asking(name: &str, text: Option<&str>, kind: KindOfMember, invited: Option<Invited>) -> Sample {
    let body = Body::Join(Join { key: key_of(BOB), kind, invited });
    let mut deps = body.carried();
    deps.push(id("genesis"));
    deps.sort_unstable();
    let parents = (0..deps.len()).map(git_id).collect();
    let event = Event {
        log: Some(id("genesis")),
        author: of("zoë"),
        device: key_of(BOB).device(),
        time: of("2026-02-01T00:00:00Z"),
        seq: 0,
        prev: None,
        register: Some(id("genesis")),
        deps,
        text: text.map(of),
        body,
    };
    Sample { name: name.to_owned(), event, parents, seed: BOB }
}

/// Every change, with and without each value that it may leave out.
fn changes() -> Vec<(&'static str, Change)> {
    let handle: Handle = of("zoë");
    let unit = |base, was: Option<&str>| Change::Unit {
        def: UnitDef { unit: of("kWh"), title: of("kilowatt hours"), base: of(base) },
        was: was.map(of),
    };
    let limit = |bounds: Option<&str>, was: Option<&str>| Change::Limit {
        account: of("@garden"),
        unit: of("GB-months"),
        bounds: bounds.map(of),
        was: was.map(of),
    };
    let role = |role, holds| Change::Role { handle: of("zoë"), role: of(role), holds };
    let admit = |kind| Change::Admit { handle: of("zoë"), device: key_of(BOB).device(), request: id("request"), kind };
    let to = NewDevice { handle: of("zoë"), device: key_of([3; 32]).device(), request: id("request") };
    let position = Position { device: key_of(BOB).device(), seq: 7, id: id("event 7") };
    vec![
        ("admit", admit(KindOfMember::Person)),
        ("admit-organisation", admit(KindOfMember::Organisation)),
        ("admit-household", admit(KindOfMember::Household)),
        ("confirm", Change::Confirm { handle: handle.clone() }),
        ("unit-new", unit("-20.00", None)),
        ("unit-changed", unit("-20.00 to 40.00", Some("-10.00"))),
        ("limit-new", limit(Some("-5 to 9007199254740991"), None)),
        ("limit-changed", limit(Some("-0"), Some("-5 to 10"))),
        ("limit-back", limit(None, Some("-5"))),
        ("limit-neither", limit(None, None)),
        ("role-begins", role("steward", true)),
        ("role-ends", role("steward", false)),
        ("role-other-begins", role("treasurer", true)),
        ("role-other-ends", role("on-call-2", false)),
        ("cut", Change::Cut { position }),
        ("rules", Change::Rules { was: id("genesis") }),
        ("suspend", Change::Suspend { handle: handle.clone(), at: position }),
        ("expel", Change::Expel { handle: handle.clone(), at: position }),
        ("reinstate", Change::Reinstate(to.clone())),
        ("leave", Change::Leave { handle: handle.clone() }),
        ("move", Change::Move(to.clone())),
        ("rekey", Change::Rekey { to, at: position }),
        ("secretary", Change::Secretary { handle, was: key_of(ADA).device() }),
        (
            "account-open",
            Change::Open(OpenAccount { account: of("@garden"), title: of("The garden"), keeper: of("zoë") }),
        ),
        ("account-hand", Change::Hand(HandAccount { account: of("@garden"), keeper: of("zoë"), was: of("bob") })),
        ("mandate", mandate(None)),
        ("mandate-to", mandate(Some("maria"))),
        ("mandate-end", Change::MandateEnd { mandate: id("mandate") }),
        ("opening", opening(&["maria hours 2.50", "@commons hours -2.50"], None)),
        ("opening-source", opening(&["bob kWh 3", "maria kWh -3"], Some(Checksum::of(b"maria,bob,eggs,3")))),
    ]
}

fn opening(lines: &[&str], source: Option<Checksum>) -> Change {
    Change::Openings(Openings { openings: lines.iter().copied().map(of).collect(), source })
}

fn mandate(to: Option<&str>) -> Change {
    Change::Mandate(Mandate {
        account: of("@garden"),
        to: to.map(of),
        unit: of("hours"),
        amount: of("120.00"),
        until: of("2026-12-31T23:59:59Z"),
        purpose: of("Seeds and soil"),
    })
}

fn entry(route: Route) -> Body {
    Body::Entry(Entry { after: id("entry 8"), route })
}

fn register() -> Vec<(&'static str, Body)> {
    let polled = |approvals, poll| entry(Route::Moved { motion: id("motion"), approvals, poll });
    let moved = |approvals| polled(approvals, None);
    let succession = |term, approvals| entry(Route::Succession { term, approvals });
    let invite = |uses| {
        let (key, expires) = (key_of([4; 32]), of("2026-05-01T00:00:00Z"));
        Body::Invite(Invite { key, uses, expires })
    };
    let mut positions: Vec<Position> = [(ADA, 1), (BOB, 40), ([3; 32], 9_223_372_036_854_775_807)]
        .map(|(seed, seq)| Position { device: key_of(seed).device(), seq, id: id(&format!("seen {seq}")) })
        .to_vec();
    positions.sort_unstable();
    let one = positions[..1].to_vec();
    vec![
        ("approve", Body::Approve(Approve { motion: id("motion") })),
        ("entry-moved", moved(ids(["approval 1", "approval 2", "approval 3"]))),
        ("entry-moved-alone", moved(Vec::new())),
        ("entry-moved-poll", polled(ids(["approval 1", "approval 2"]), Some(id("count")))),
        ("entry-moved-poll-alone", polled(Vec::new(), Some(id("count")))),
        ("entry-refused", entry(Route::Refused { motion: id("motion") })),
        ("entry-succession", succession(1, ids(["consent 1", "consent 2", "consent 3"]))),
        ("entry-succession-late", succession(u32::MAX, ids(["consent 1"]))),
        ("invite-one", invite(1)),
        ("invite-many", invite(1000)),
        ("object", Body::Object(Object { motion: id("motion") })),
        ("succeed", Body::Succeed(Succeed { term: 2, entry: id("entry 8") })),
        ("follow", Body::Follow),
        ("ack-one", Body::Ack(Ack { positions: one })),
        ("ack-three", Body::Ack(Ack { positions })),
    ]
}

fn credit() -> Vec<(&'static str, Body)> {
    let leg = |amount, to| Leg { amount: of(amount), to: of(to) };
    let pay = |from, legs, purpose: Option<&str>, key: Option<&str>| {
        let (purpose, key) = (purpose.map(of), key.map(of));
        Body::Pay(Pay { purpose, key, ..Pay::plain(of(from), of("hours"), legs) })
    };
    let decline = |why: Option<&str>| Body::Decline(Decline { pay: id("pay"), leg: 1, why: why.map(of) });
    let legs = ids(["pay 1", "pay 2"]).into_iter().map(|pay| Item::Leg(pay, 65_535));
    let returns = ids(["decline 1", "decline 2"]).into_iter().map(Item::Return);
    let back = ids(["pay 3", "pay 4"]).into_iter().map(|pay| Item::Back(pay, 0));
    let receive = |items: Vec<Item>| Body::Receive(Receive { items });
    vec![
        ("pay", pay("bob", vec![leg("5.00", "ada")], None, None)),
        ("pay-purpose", pay("bob", vec![leg("0.05", "ada")], Some("3 kg of potatoes: \u{1f954}"), None)),
        ("pay-key", pay("bob", vec![leg("1", "@commons")], None, Some("invoice 17"))),
        (
            "pay-many",
            pay(
                "@garden",
                vec![leg("2.50", "ada"), leg("1.25", "@commons"), leg("2.50", "ada")],
                Some("June"),
                Some("k"),
            ),
        ),
        ("receive-legs", receive(legs.clone().collect())),
        ("receive-returns", receive(returns.clone().collect())),
        ("receive-both", receive(legs.clone().chain(returns.clone()).collect())),
        ("receive-back", receive(back.clone().collect())),
        ("receive-everything", receive(legs.chain(returns).chain(back).collect())),
        ("decline", decline(None)),
        ("decline-why", decline(Some("not mine"))),
    ]
}

/// Payments that say more, and the requests before them.
fn demands() -> Vec<(&'static str, Body)> {
    let leg = |amount, to| Leg { amount: of(amount), to: of(to) };
    let plain = |legs| Pay::plain(of("bob"), of("hours"), legs);
    let alone = || plain(vec![leg("5.00", "ada")]);
    let delivered = |text| Some(of(text));
    let everything = Pay {
        contributes: true,
        purpose: Some(of("June")),
        key: Some(of("june")),
        category: Some(of("food")),
        delivered: delivered("12.5 boxes"),
        request: Some(id("request")),
        mandate: Some(id("mandate")),
        ..plain(vec![leg("2.50", "ada"), leg("1.25", "zoë"), leg("0.07", "@commons")])
    };
    let request = |due: Option<&str>, purpose: Option<&str>, category: Option<&str>, key: Option<&str>| {
        Body::Request(Request {
            account: of("@commons"),
            of: of("bob"),
            amount: of("5.00"),
            unit: of("hours"),
            due: due.map(of),
            purpose: purpose.map(of),
            category: category.map(of),
            key: key.map(of),
        })
    };
    let refuse = |why: Option<&str>| Body::Refuse(Refuse { request: id("request"), why: why.map(of) });
    vec![
        ("pay-category", Body::Pay(Pay { category: Some(of("food")), ..alone() })),
        ("pay-delivered", Body::Pay(Pay { delivered: delivered("1000000000000 solar"), ..alone() })),
        ("pay-request", Body::Pay(Pay { request: Some(id("request")), ..alone() })),
        ("pay-refund", Body::Pay(Pay { refund: Some(id("pay")), ..alone() })),
        ("pay-mandate", Body::Pay(Pay { mandate: Some(id("mandate")), ..alone() })),
        (
            "pay-contribution",
            Body::Pay(Pay { contributes: true, ..plain(vec![leg("5.00", "ada"), leg("0.10", "@commons")]) }),
        ),
        ("pay-everything", Body::Pay(everything)),
        ("request", request(None, None, None, None)),
        ("request-everything", request(Some("2026-07-01T00:00:00Z"), Some("Dues of June"), Some("dues"), Some("june"))),
        ("withdraw", Body::Withdraw(Withdraw { request: id("request") })),
        ("refuse", refuse(None)),
        ("refuse-why", refuse(Some("I was away in June"))),
        ("cancel", Body::Cancel(Cancel { pay: id("pay") })),
    ]
}

fn backing() -> Vec<(&'static str, Body)> {
    let pledge = |quantity, per, until: Option<&str>| {
        Body::Pledge(Pledge { asset: of("solar"), quantity: of(quantity), per, until: until.map(of) })
    };
    let attest = |evidence| {
        let (quantity, expires) = (of("35.5"), of("2026-12-01T00:00:00Z"));
        Body::Attest(Attest { pledge: id("pledge"), quantity, expires, evidence })
    };
    let back = |attestations| Body::Back(Back { account: of("bob"), attestations });
    vec![
        ("pledge", pledge("40", None, None)),
        ("pledge-month", pledge("40.5", Some(Per::Month), Some("2027-01-01T00:00:00Z"))),
        ("unpledge", Body::Unpledge(Unpledge { pledge: id("pledge") })),
        ("attest", attest(None)),
        ("attest-evidence", attest(Some(Checksum::of(b"the meter's photograph")))),
        ("back-one", back(ids(["attestation 1"]))),
        ("back-many", back(ids(["attestation 1", "attestation 2", "attestation 3"]))),
    ]
}

fn clearing() -> Vec<(&'static str, Body)> {
    let mut discharges: Vec<Discharge> = ids(["request 1", "request 2", "request 3"])
        .into_iter()
        .map(|request| Discharge { request, amount: of("2.50") })
        .collect();
    discharges.sort_by_key(|discharge| discharge.request);
    let of_account = |account| SetOff { clearing: id("clearing"), account: of(account) };
    let release =
        |shown| Body::Release(Release { clearing: id("clearing"), account: of("bob"), by: of("zoë"), shown });
    vec![
        ("clear", Body::Clear(Clear { unit: of("hours"), closes: of("2026-12-01T00:00:00Z"), discharges })),
        ("agree", Body::Agree(of_account("bob"))),
        ("agree-common", Body::Agree(of_account("@kitchen"))),
        ("dissent", Body::Dissent(of_account("bob"))),
        ("release", release(Some(id("dissent")))),
        ("release-closed", release(None)),
    ]
}

fn market() -> Vec<(&'static str, Body)> {
    let offer = |title, price: Option<&str>| Offer {
        title: of(title),
        category: of("bread"),
        price: price.map(of),
        expires: of("2026-12-01T00:00:00Z"),
    };
    vec![
        ("offer", Body::Offer(offer("Sourdough, two loaves", Some("1.50 hours")))),
        ("offer-free", Body::Offer(offer("Old jars", None))),
        ("want", Body::Want(offer("Rye flour", Some("2 hours")))),
        ("remove", Body::Remove(Remove { offer: id("offer") })),
    ]
}

fn votes() -> Vec<(&'static str, Body)> {
    let decides = |quorum, threshold, motion| {
        let (question, closes) = (of("Shall we buy the press?"), of("2026-04-01T00:00:00Z"));
        Body::Open(Open {
            question,
            method: Method::YESNO,
            closes,
            quorum: of(quorum),
            thresholds: vec![threshold],
            motion,
            options: Vec::new(),
            terms: Terms::default(),
        })
    };
    let open = |quorum, threshold| decides(quorum, threshold, None);
    let threshold = |share, more_than, base| Threshold { share: of(share), more_than, base };
    let vote = |ballot| Body::Cast(Cast { poll: id("poll"), ballot, extended: None });
    let cast = |choice| vote(Ballot::Answer(choice));
    let close = |pages, passed| {
        let tally = Tally::YesNo { yes: 3, no: 1, abstain: 0 };
        let outcome = Outcome { tally, electorate: 4_294_967_295, noticed: None, passed };
        Body::Close(Close { poll: id("poll"), pages, outcome })
    };
    vec![
        ("open-of-cast", open("1/2", threshold("1/2", true, Base::Cast))),
        ("open-of-electorate", open("0/1", threshold("2/3", false, Base::Electorate))),
        ("open-motion", decides("1/3", threshold("2/3", true, Base::Cast), Some(id("motion")))),
        ("cast-yes", cast(Choice::Yes)),
        ("cast-no", cast(Choice::No)),
        ("cast-abstain", cast(Choice::Abstain)),
        ("page", Body::Page(Page { poll: id("poll"), ballots: ids(["ballot 1", "ballot 2"]) })),
        ("close-passed", close(ids(["page 1", "page 2"]), true)),
        ("close-failed", close(Vec::new(), false)),
        ("post", Body::Post(apples())),
    ]
}

fn apples() -> Post {
    Post::plain(of("market"), of("Apples"))
}

fn posts() -> Vec<(&'static str, Body)> {
    let hash = Checksum::of(b"plan");
    let full = Post {
        important: true,
        notice: true,
        expires: Some(of("2026-12-02T00:00:00Z")),
        starts: Some(of("2026-12-01T18:00:00+01:00[Europe/Berlin]")),
        ends: Some(of("2026-12-01T20:30:00+01:00[Europe/Berlin]")),
        place: Some(of("Kitchen, Gemüseweg 3")),
        attachments: vec![
            of(&format!("{hash} file:///plan.pdf plan")),
            of(&format!("{hash} https://example.org/plan.pdf The plan.pdf")),
        ],
        readers: vec![of("ada"), of("zoë"), of("role steward"), of("role treasurer")],
        ..apples()
    };
    let recipient = of("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p");
    let told = |at: Option<&str>| {
        Body::Told(Told { post: id("post"), member: of("zoë"), how: of("letter in her box"), at: at.map(of) })
    };
    vec![
        ("post-reply", Body::Post(Post { reply: Some(id("post")), ..apples() })),
        ("post-correction", Body::Post(Post { corrects: Some(id("post")), ..full.clone() })),
        ("post-full", Body::Post(full)),
        ("retract", Body::Retract(Retract { post: id("post") })),
        ("hide", Body::Hide(Hide { post: id("post"), again: false })),
        ("hide-again", Body::Hide(Hide { post: id("post"), again: true })),
        ("seen-one", Body::Seen(Seen { posts: ids(["post"]) })),
        ("seen-two", Body::Seen(Seen { posts: ids(["post", "post 2"]) })),
        ("told", told(None)),
        ("told-at", told(Some("2026-03-01T10:00:00Z"))),
        ("reading-key", Body::ReadingKey(ReadingKey { key: Some(recipient) })),
        ("reading-key-withdrawn", Body::ReadingKey(ReadingKey { key: None })),
    ]
}

/// Polls by other methods, and what only some polls have.
fn polls() -> Vec<(&'static str, Body)> {
    let poll = id("poll");
    let choice = |method: &str, terms| {
        Body::Open(Open {
            question: of("Which press?"),
            method: of(method),
            closes: of("2026-04-01T00:00:00Z"),
            quorum: of("1/2"),
            thresholds: Vec::new(),
            motion: None,
            options: vec![of("The old one"), of("A new one"), of("None: hire one")],
            terms,
        })
    };
    let every = Terms {
        seats: Some(2),
        opens: Some(of("2026-03-02T00:00:00Z")),
        teller: Some(of("bruno")),
        voters: vec![of("ada"), of("zoë")],
        topic: Some(of("tools")),
        hidden: true,
        ties: Some(TieBreak::Lot),
        blocks: None,
        reasons: vec![Choice::Abstain],
        replaces: Some(id("older poll")),
        notice: None,
    };
    let called =
        |share, days| Terms { notice: Some(Called { post: id("call"), share: of(share), days }), ..Terms::default() };
    let consent = Body::Open(Open {
        question: of("Shall we hire a press?"),
        method: of("consent"),
        closes: of("2026-04-01T00:00:00Z"),
        quorum: of("0/1"),
        thresholds: vec![of(">1/2 of cast"), of(">=1/4 of electorate")],
        motion: Some(id("motion")),
        options: Vec::new(),
        terms: Terms { blocks: Some(2), reasons: vec![Choice::Disagree, Choice::Block], ..Terms::default() },
    });
    let vote = |ballot, extended| Body::Cast(Cast { poll, ballot, extended });
    let proxy = |to: Option<&str>, scope| Body::Proxy(Proxy { to: to.map(of), scope });
    let told = |tally, noticed, passed| {
        let outcome = Outcome { tally, electorate: 9, noticed, passed };
        Body::Close(Close { poll, pages: ids(["page 1"]), outcome })
    };
    let close = |tally, passed| told(tally, None, passed);
    let record = |ballot, how| Body::Record(Record { poll, voter: of("zoë"), ballot, how: of(how) });
    vec![
        ("open-every-term", choice("stv scottish", every)),
        ("open-consent", consent),
        ("open-score", choice("score sum 0..5", Terms::default())),
        ("open-dots", choice("dots 10", Terms::default())),
        ("open-notice", choice("approval av", called("9/10", 7))),
        ("open-notice-at-once", choice("approval av", called("1/1", 0))),
        ("cast-agree", vote(Ballot::Answer(Choice::Agree), None)),
        ("cast-block", vote(Ballot::Answer(Choice::Block), None)),
        ("cast-marks", vote(Ballot::Marks(vec![1, 3]), None)),
        ("cast-ranking", vote(Ballot::Ranking(vec![vec![2], vec![1, 3]]), Some(id("extension")))),
        ("cast-points", vote(Ballot::Points(vec![(1, 5), (3, 0)]), None)),
        ("cast-slots", vote(Ballot::Slots(vec![(1, Slot::Yes), (2, Slot::Maybe), (3, Slot::No)]), None)),
        ("record", record(Ballot::Answer(Choice::Disagree), "by telephone")),
        ("contest", Body::Contest(Contest { record: id("record") })),
        ("proxy-all", proxy(Some("ada"), Scope::All)),
        ("proxy-topic", proxy(Some("ada"), Scope::Topic(of("tools")))),
        ("proxy-poll", proxy(Some("ada"), Scope::Poll(poll))),
        ("proxy-revoked", proxy(None, Scope::All)),
        ("extend", Body::Extend(Extend { poll, closes: of("2026-04-03T12:00:00Z") })),
        ("close-consent", close(Tally::Consent { agree: 5, abstain: 1, disagree: 1, block: 0 }, true)),
        ("close-winners", close(Tally::Options { voted: 7, winners: vec![1, 3], tied: Vec::new() }, true)),
        ("close-tie", close(Tally::Options { voted: 7, winners: vec![1], tied: vec![2, 3] }, false)),
        ("close-notice", told(Tally::YesNo { yes: 7, no: 0, abstain: 0 }, Some(Noticed { given: 4, of: 9 }), false)),
    ]
}

fn statement() -> Sample {
    let mut sample = plain("outcome", Body::Statement(Statement { poll: id("poll") }));
    sample.event.text = Some(of("We hire one for the spring, and look again in May."));
    sample
}

fn profiles() -> Vec<(&'static str, Body)> {
    let profile = |commitment| Body::Profile(Profile { commitment });
    vec![("profile-set", profile(Some(Commitment::of(b"document")))), ("profile-erased", profile(None))]
}

/// The same kinds with what an event may carry besides: a text, a register entry, all 16 deps.
fn dressed() -> Vec<Sample> {
    let change = Change::Confirm { handle: of("zoë") };
    let mut motion = plain("motion-text", Body::Motion(Motion { change }));
    motion.event.text = Some(of("She has been here for a year.\n\nKey: no field\n\nقهوة \u{1f469}\u{200d}\u{1f33e}"));
    let mut follow = plain("follow-register", Body::Follow);
    follow.event.register = Some(id("entry 9"));
    follow.event.deps = (0..16).map(|n| id(&format!("dep {n}"))).collect();
    follow.event.deps.sort_unstable();
    follow.parents = (0..17).map(git_id).collect();
    let with_text = |name, from: &str| {
        let (_, body) = votes().into_iter().find(|(n, _)| *n == from).expect("a vote");
        let mut sample = plain(name, body);
        sample.event.text = Some(of("Because."));
        sample
    };
    let reasoned = |name, from: &str| {
        let (_, body) = register().into_iter().find(|(n, _)| *n == from).expect("a steward's word");
        let mut sample = plain(name, body);
        sample.event.text = Some(of("Too soon: the bylaws ask for a month."));
        sample
    };
    let mut offer = plain("offer-text", market().swap_remove(0).1);
    offer.event.text = Some(of("Wholemeal, fresh on Fridays.\n\nBring a bag."));
    let mut retract = plain("retract-text", Body::Retract(Retract { post: id("post") }));
    retract.event.text = Some(of("It was another Friday."));
    vec![
        motion,
        follow,
        offer,
        retract,
        with_text("open-text", "open-of-cast"),
        with_text("cast-text", "cast-no"),
        reasoned("object-text", "object"),
        reasoned("approve-text", "approve"),
        reasoned("succeed-text", "succeed"),
    ]
}
