//! `generate HOME EVENTS [posts|requests]`: gives a home that `members found Bench` has just made a journal of that many
//! events: 49 members join and are admitted, then pay each other; the founder acknowledges, and they receive. With
//! `posts` they post and answer instead, with `requests` there are 999 of them, who ask each other to be paid.

use std::path::Path;

use benches::{Chain, Community, Dice, Done, founder_key, journal_path, member_key};
use event::{
    Account, Ack, Amount, Body, Change, Entry, EventId, Found, Item, Join, KindOfMember, Leg, Pay, Position, Post,
    Receive, Request, Route,
};
use git2::{Oid, Repository};
use journal::Journal;

/// Who trade or talk, and who ask, besides the founder.
const MEMBERS: [u16; 2] = [49, 999];

/// Payments between two acknowledgements.
const BATCH: usize = 100;

/// How far an account goes up or down here, in hundredths; the charter allows twice that.
const SWING: i64 = 1_000;

const CHARTER: &str = "[units.hours]\ntitle = \"Hours of work\"\nlower = \"20.00\"\nupper = \"40.00\"";

const PURPOSES: [&str; 4] = ["weeding the garden", "bread for the week", "a lift to the station", "reading lessons"];

const WORDS: [&str; 24] = [
    "roof", "ladder", "bread", "soup", "garden", "meeting", "evening", "children", "tools", "lift", "station", "rain",
    "harvest", "keys", "kitchen", "money", "hours", "thanks", "tomorrow", "together", "repair", "paint", "question",
    "answer",
];

fn main() -> Done<()> {
    let args: Vec<String> = std::env::args().collect();
    let (home, events, what) = match args.as_slice() {
        [_, home, events] => (home, events, ""),
        [_, home, events, what] if what == "posts" || what == "requests" => (home, events, what.as_str()),
        _ => return Err("usage: generate HOME EVENTS [posts|requests]".into()),
    };
    let (home, wanted) = (Path::new(home), events.parse()?);
    let key = founder_key(home)?;
    let path = journal_path(home);
    for gone in ["journal.git", "inbox.git"] {
        let _ = std::fs::remove_dir_all(path.with_file_name(gone));
    }
    for gone in ["store.db", "store.db-wal", "store.db-shm", "local.db", "local.db-wal", "local.db-shm"] {
        let _ = std::fs::remove_file(path.with_file_name(gone));
    }
    drop(Journal::create(&path)?);
    let repo = Repository::open_bare(&path)?;
    let odb = repo.odb()?;
    let pack = odb.add_new_mempack_backend(1_000)?;
    let mut chains = vec![Chain::new("founder", key)?];
    let [few, many] = MEMBERS;
    for n in 0..if what == "requests" { many } else { few } {
        chains.push(Chain::new(&format!("m{n:02}"), member_key(n))?);
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let clock = i64::try_from(now)?.saturating_sub(10_000_000);
    let balances = vec![0; chains.len()];
    let mut history = History {
        all: Community::new(&odb, chains, clock)?,
        wanted,
        dice: Dice::default(),
        balances,
        acked: Vec::new(),
    };
    history.found()?;
    while history.all.events < wanted {
        match what {
            "posts" => history.talk()?,
            "requests" => history.ask()?,
            _ => history.trade()?,
        }
    }
    let mut bytes = git2::Buf::new();
    pack.dump(&repo, &mut bytes)?;
    pack.reset()?;
    let fresh = Repository::open_bare(&path)?;
    let odb = fresh.odb()?;
    let mut writer = odb.packwriter()?;
    std::io::Write::write_all(&mut writer, &bytes)?;
    writer.commit()?;
    drop(writer);
    for (name, git) in history.all.tips() {
        fresh.reference(&format!("refs/heads/{name}"), Oid::from_bytes(&git.0)?, true, "generate")?;
    }
    Ok(())
}

/// What goes on in the community.
struct History<'a> {
    all: Community<'a>,
    wanted: usize,
    dice: Dice,
    balances: Vec<i64>,
    acked: Vec<Position>,
}

impl History<'_> {
    fn found(&mut self) -> Done<()> {
        let key = self.all.chains.first().ok_or("no founder")?.key.public();
        let found = Body::Found(Found { community: "Bench".parse()?, key, refounds: None });
        self.all.write(0, found, Some(CHARTER.parse()?), &[])?;
        for who in 1..self.all.chains.len() {
            let chain = self.all.chains.get(who).ok_or("no member")?;
            let (key, handle, device) = (chain.key.public(), chain.handle.clone(), chain.device());
            let request =
                self.all.write(who, Body::Join(Join { key, kind: KindOfMember::Person, invited: None }), None, &[])?;
            // The only steward is a quorum, so who is admitted is confirmed.
            self.enter(Change::Admit { handle, device, request, kind: KindOfMember::Person })?;
        }
        Ok(())
    }

    fn enter(&mut self, change: Change) -> Done<()> {
        let after = self.all.register.ok_or("no register")?;
        let entry = Entry { after, route: Route::Inline(change) };
        self.all.write(0, Body::Entry(entry), None, &[]).map(drop)
    }

    /// Payments, then the acknowledgement of all that moved, then receipts.
    fn trade(&mut self) -> Done<()> {
        let mut paid: Vec<Vec<(Item, i64)>> = vec![Vec::new(); self.all.chains.len()];
        for _ in 0..BATCH {
            let (from, to) = self.pair(&paid);
            let amount = i64::try_from(self.roll(8))?.saturating_add(1).saturating_mul(25);
            let pay = self.pay(from, to, amount)?;
            paid[to].push((Item::Leg(pay, 0), amount));
            if self.full() {
                return Ok(());
            }
        }
        let ack = self.acknowledge()?;
        for (to, mut items) in paid.into_iter().enumerate() {
            if items.is_empty() || self.full() {
                continue;
            }
            items.sort();
            self.balances[to] += items.iter().map(|(_, amount)| amount).sum::<i64>();
            let receive = Receive { items: items.into_iter().map(|(item, _)| item).collect() };
            self.all.write(to, Body::Receive(receive), None, &[ack])?;
        }
        Ok(())
    }

    /// Posts, every third of them an answer, then the acknowledgement of all.
    fn talk(&mut self) -> Done<()> {
        let mut last: Option<EventId> = None;
        for _ in 0..BATCH.saturating_mul(10) {
            if self.full() {
                break;
            }
            let who = self.roll(self.all.chains.len());
            let mut words = String::new();
            for _ in 0..40 {
                words.push_str(WORDS[self.roll(WORDS.len())]);
                words.push(' ');
            }
            let channel = ["general", "kitchen", "roof"][self.roll(3)];
            let title = format!("{} {}", WORDS[self.roll(WORDS.len())], self.all.events);
            let answers = last.filter(|_| self.all.events.is_multiple_of(3));
            let post = Post { reply: answers, ..Post::plain(channel.parse()?, title.parse()?) };
            last = Some(self.all.write(who, Body::Post(post), Some(words.trim().parse()?), &[])?);
        }
        self.acknowledge().map(drop)
    }

    /// A request. Few members have most of the trade, and each size of amount is about as common as ten times that.
    fn ask(&mut self) -> Done<()> {
        let all = self.all.chains.len();
        let (from, to) = (self.roll(all).min(self.roll(all)), (0..4).map(|_| self.roll(all)).min().unwrap_or(0));
        if from == to {
            return Ok(());
        }
        let minor = i64::try_from(self.roll(900))?.saturating_add(100).saturating_mul(10i64.pow(self.dice.roll(4)));
        let account = |who: usize| self.all.chains.get(who).map(|c| Account::Member(c.handle.clone())).ok_or("nobody");
        let request = Request {
            account: account(to)?,
            of: account(from)?,
            amount: Amount::new(minor, 2)?,
            unit: "hours".parse()?,
            due: None,
            purpose: PURPOSES.get(self.roll(PURPOSES.len())).map(|p| p.parse()).transpose()?,
            category: None,
            key: None,
        };
        self.all.write(to, Body::Request(request), None, &[]).map(drop)
    }

    fn full(&self) -> bool {
        self.all.events >= self.wanted
    }

    /// Someone who may still pay, and someone who may still receive.
    fn pair(&mut self, paid: &[Vec<(Item, i64)>]) -> (usize, usize) {
        loop {
            let (from, to) = (self.roll(paid.len()), self.roll(paid.len()));
            let coming: i64 = paid[to].iter().map(|(_, amount)| amount).sum();
            if from != to && self.balances[from] > -SWING && self.balances[to].saturating_add(coming) < SWING {
                return (from, to);
            }
        }
    }

    fn pay(&mut self, from: usize, to: usize, amount: i64) -> Done<EventId> {
        let account = |who: usize| self.all.chains.get(who).map(|c| Account::Member(c.handle.clone())).ok_or("nobody");
        let leg = Leg { amount: Amount::new(amount, 2)?, to: account(to)? };
        let from_account = account(from)?;
        let purpose = PURPOSES.get(self.roll(PURPOSES.len())).map(|p| p.parse()).transpose()?;
        self.balances[from] -= amount;
        let pay = Pay { purpose, ..Pay::plain(from_account, "hours".parse()?, vec![leg]) };
        self.all.write(from, Body::Pay(pay), None, &[])
    }

    fn acknowledge(&mut self) -> Done<EventId> {
        let chains = self.all.chains.iter().skip(1);
        let place = |c: &Chain| c.head.map(|(id, seq)| Position { device: c.device(), seq, id });
        let mut positions: Vec<Position> = chains.filter_map(place).collect();
        positions.sort_unstable();
        let moved = positions.iter().filter(|place| !self.acked.contains(place)).copied().collect();
        self.acked = positions;
        self.all.write(0, Body::Ack(Ack { positions: moved }), None, &[])
    }

    fn roll(&mut self, sides: usize) -> usize {
        let sides = u32::try_from(sides).unwrap_or(u32::MAX);
        usize::try_from(self.dice.roll(sides)).unwrap_or(0)
    }
}
