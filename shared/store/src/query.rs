//! The few questions that the tools ask.

use std::collections::BTreeMap;

use event::{Account, Body, Change, Device, EventId, GitId, Handle, Item, Outcome, Position, Time, Unit, UnitDef};
use rules::{Facts, Key, Link, Value, quorum};
use rusqlite::{OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use crate::cache::{git, id, int, seq};
use crate::fold::{DECLINED, IN_TRANSIT, RECEIVED, RETURNED};
use crate::{Error, Store};

/// A branch of a chain.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Local number of the branch.
    pub line: i64,
    /// Whose.
    pub device: Device,
    /// The name that it began with.
    pub author: Handle,
    /// The first event of its own, where it branched off by a fork.
    pub root: Option<EventId>,
    /// Newest event.
    pub tip: Position,
    /// Git's name of it.
    pub git: GitId,
    /// Everything up to this seq is settled.
    pub settled: Option<u64>,
    /// First seq with two valid events.
    pub forked: Option<u64>,
}

/// An event as the tools show it.
#[derive(Debug, Clone)]
pub struct EventRow {
    /// Its place.
    pub link: Link,
    /// Git's name.
    pub git: GitId,
    /// Who.
    pub author: Handle,
    /// What.
    pub body: Body,
    /// Free text.
    pub text: Option<String>,
    /// Why it is void, 0 where it is valid.
    pub refusal: u8,
    /// Whether it is settled.
    pub settled: bool,
}

/// A member.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Name.
    pub handle: Handle,
    /// Device.
    pub device: Device,
    /// Whether the base limits have begun.
    pub confirmed: bool,
    /// Acknowledges.
    pub steward: bool,
    /// Keeps the register.
    pub secretary: bool,
    /// When admitted.
    pub since: Time,
    /// By which entry.
    pub entry: EventId,
    /// The newest time on the member's chain.
    pub seen: Option<Time>,
}

/// An account.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Which.
    pub account: Account,
    /// Unit and its terms.
    pub unit: UnitDef,
    /// What it holds, in smallest parts.
    pub balance: i64,
    /// On its way here.
    pub pending_in: i64,
    /// On its way from here.
    pub pending_out: i64,
}

/// The state of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Not settled yet.
    Pending,
    /// Settled, not received yet.
    Settled,
    /// Received.
    Received,
    /// Declined by the payee.
    Declined,
    /// Undone by a fork or a cut.
    Withdrawn,
}

/// A line of a statement.
#[derive(Debug, Clone)]
pub struct Movement {
    /// When.
    pub time: Time,
    /// The payment.
    pub id: EventId,
    /// Its leg.
    pub leg: u16,
    /// The other account.
    pub counterparty: Account,
    /// What for.
    pub purpose: Option<String>,
    /// By how much, below zero for a debit.
    pub minor: i64,
    /// What the account holds after it.
    pub balance: i64,
    /// In which unit.
    pub unit: Unit,
    /// What became of it.
    pub state: State,
}

/// Something that a keeper can take: a leg or a return.
#[derive(Debug, Clone)]
pub struct OpenItem {
    /// What to name.
    pub item: Item,
    /// Its event.
    pub link: Link,
    /// From whom (a leg), or who declined (a return).
    pub from: Account,
    /// How much.
    pub minor: i64,
    /// In which unit.
    pub unit: Unit,
    /// What for.
    pub purpose: Option<String>,
    /// Whether it can be taken now.
    pub settled: bool,
}

/// A steward who has not acknowledged yet, and when the steward's chain was last seen to move.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Who.
    pub steward: Handle,
    /// When last seen.
    pub seen: Option<Time>,
}

/// A chain that has moved beyond what a steward has acknowledged.
#[derive(Debug, Clone, Copy)]
pub struct AckTarget {
    /// Up to where it can be acknowledged.
    pub position: Position,
}

/// A motion that is not entered yet.
#[derive(Debug, Clone)]
pub struct MotionRow {
    /// The motion.
    pub id: EventId,
    /// Who moved it.
    pub author: Handle,
    /// When.
    pub time: Time,
    /// What it changes.
    pub change: Change,
    /// Valid approvals by stewards now in force.
    pub approvals: Vec<(Handle, EventId)>,
}

/// An entry of the register.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// The entry.
    pub id: EventId,
    /// How many entries stand before it.
    pub height: u64,
    /// Whether it is settled.
    pub settled: bool,
}

/// A post.
#[derive(Debug, Clone)]
pub struct PostRow {
    /// The event.
    pub event: EventRow,
}

/// A poll.
#[derive(Debug, Clone)]
pub struct PollRow {
    /// The opening event.
    pub event: EventRow,
    /// What is asked.
    pub open: event::Open,
    /// The count, once the teller has closed it.
    pub closed: Option<(EventId, Outcome)>,
}

/// An opened poll with the ballots that are held.
pub struct Open {
    /// The poll.
    pub poll: PollRow,
    /// All valid ballots held.
    pub ballots: Vec<EventId>,
}

impl Store {
    /// All branches of all chains.
    pub fn chains(&self) -> Result<Vec<Chain>, Error> {
        let mut query = self.db.prepare_cached("SELECT n FROM line ORDER BY device, n")?;
        let lines = query.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        lines.into_iter().map(|n| self.chain(n)).collect()
    }

    fn chain(&self, n: i64) -> Result<Chain, Error> {
        let line = self.line(n)?;
        let first = self.lines_of(&line.device)?.first() == Some(&n);
        let root = match first {
            true => None,
            false => {
                let mut query = self.db.prepare_cached("SELECT id FROM event WHERE line = ? ORDER BY seq LIMIT 1")?;
                Some(id(query.query_row([n], |row| row.get(0))?)?)
            }
        };
        Ok(Chain {
            line: n,
            device: line.device,
            author: line.author,
            root,
            tip: Position { device: line.device, seq: line.tip, id: line.tip_id },
            git: line.tip_git,
            settled: (line.settled >= 0).then(|| seq(line.settled)),
            forked: self.forked(&line.device)?,
        })
    }

    /// The newest event of a device's chain; of a forked chain, of its first branch.
    pub fn head(&self, device: &Device) -> Result<Option<(Link, GitId)>, Error> {
        let Some(n) = self.lines_of(device)?.first().copied() else { return Ok(None) };
        let line = self.line(n)?;
        Ok(self.link(&line.tip_id)?.map(|link| (link, line.tip_git)))
    }

    /// Git's name of an accepted event.
    pub fn git(&self, event: &EventId) -> Result<Option<GitId>, Error> {
        let mut query = self.db.prepare_cached("SELECT git FROM event WHERE id = ?")?;
        query.query_row([&event.0[..]], |row| row.get(0)).optional()?.map(git).transpose()
    }

    /// Events whose ids begin with these hex digits, at most a few.
    pub fn find(&self, prefix: &str) -> Result<Vec<EventId>, Error> {
        let digits: String = prefix.to_ascii_lowercase();
        if digits.len() > 64 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let bound = |fill: &str| format!("{digits}{}", fill.repeat(64usize.saturating_sub(digits.len())));
        let (low, high) = (bound("0").parse::<EventId>()?, bound("f").parse::<EventId>()?);
        let mut query = self.db.prepare_cached("SELECT id FROM event WHERE id BETWEEN ? AND ? LIMIT 9")?;
        let found = query.query_map([&low.0[..], &high.0[..]], |row| row.get(0))?;
        found.collect::<Result<Vec<Vec<u8>>, _>>()?.into_iter().map(id).collect()
    }

    /// An event.
    pub fn event(&self, wanted: &EventId) -> Result<Option<EventRow>, Error> {
        let Some(link) = self.link(wanted)? else { return Ok(None) };
        let mut query = self.db.prepare_cached("SELECT git, body, text, refusal FROM event WHERE id = ?")?;
        let (name, body, text, refusal) = query.query_row([&wanted.0[..]], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?, row.get::<_, i64>(3)?))
        })?;
        let line = self.line(link.line)?;
        Ok(Some(EventRow {
            link,
            git: git(name)?,
            author: line.author,
            body: Body::from_fields(&body)?,
            text,
            refusal: u8::try_from(refusal).unwrap_or(u8::MAX),
            settled: int(link.seq) <= line.settled,
        }))
    }

    /// Events, newest first, of one device or all, of kinds that begin so, not before a time.
    pub fn history(
        &self,
        device: Option<&Device>,
        kind: Option<&str>,
        since: Option<Time>,
        limit: usize,
    ) -> Result<Vec<EventRow>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT event.id FROM event JOIN line ON line.n = event.line
             WHERE (?1 IS NULL OR line.device = ?1) AND (?2 IS NULL OR substr(kind, 1, length(?2)) = ?2) AND time >= ?3
             ORDER BY time DESC, line.device, event.seq DESC LIMIT ?4",
        )?;
        let rows = query.query_map(
            params![
                device.map(ToString::to_string),
                kind,
                since.map_or(0, Time::seconds),
                i64::try_from(limit).unwrap_or(i64::MAX)
            ],
            |row| row.get(0),
        )?;
        let ids = rows.collect::<Result<Vec<Vec<u8>>, _>>()?;
        self.events(ids)
    }

    fn events(&self, ids: Vec<Vec<u8>>) -> Result<Vec<EventRow>, Error> {
        let mut events = Vec::new();
        for event in ids {
            events.extend(self.event(&id(event)?)?);
        }
        Ok(events)
    }

    fn of_kind(&self, kind: &str) -> Result<Vec<EventRow>, Error> {
        // Within a second a chain keeps its own order.
        let mut query = self.db.prepare_cached(
            "SELECT event.id FROM event JOIN line ON line.n = event.line WHERE kind = ? AND refusal = 0
             ORDER BY time, line.device, event.seq",
        )?;
        let ids = query.query_map([kind], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        self.events(ids)
    }

    /// Posts with effect, oldest first.
    pub fn posts(&self) -> Result<Vec<PostRow>, Error> {
        Ok(self.of_kind("announce.post")?.into_iter().map(|event| PostRow { event }).collect())
    }

    /// Polls, oldest first.
    pub fn polls(&self) -> Result<Vec<PollRow>, Error> {
        let mut polls = Vec::new();
        for event in self.of_kind("vote.open")? {
            polls.extend(self.poll_of(event)?);
        }
        Ok(polls)
    }

    /// A poll and its ballots.
    pub fn poll(&self, poll: &EventId) -> Result<Option<Open>, Error> {
        let Some(event) = self.event(poll)? else { return Ok(None) };
        let ballots = self.ballots(poll)?;
        Ok(self.poll_of(event)?.map(|poll| Open { poll, ballots }))
    }

    fn poll_of(&self, event: EventRow) -> Result<Option<PollRow>, Error> {
        let Body::Open(open) = event.body.clone() else { return Ok(None) };
        let mut query = self.db.prepare_cached("SELECT id FROM counted WHERE poll = ? ORDER BY seq LIMIT 1")?;
        let closed = query.query_row([&event.link.id.0[..]], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        let closed = match closed.map(id).transpose()? {
            Some(close) => match self.body(&close)? {
                Some(Body::Close(c)) => Some((close, c.outcome)),
                _ => None,
            },
            None => None,
        };
        Ok(Some(PollRow { event, open, closed }))
    }

    /// Members by the settled register, in the order of their admission.
    pub fn members(&self) -> Result<Vec<MemberRow>, Error> {
        let at = self.register()?;
        let stewards = self.stewards(&at)?.map(|s| s.handles).unwrap_or_default();
        let secretary = self.fact(&at, &Key::Secretary)?;
        let mut members = Vec::new();
        for (key, entry) in self.keys(&at, "member ")? {
            let handle: Handle = key.parse()?;
            let Some(Value::Member(member)) = self.fact(&at, &Key::Member(handle.clone()))? else { continue };
            let since = self.link(&entry)?.ok_or(Error::Missing("an entry"))?.time;
            members.push(MemberRow {
                steward: stewards.contains(&handle),
                secretary: secretary == Some(Value::Device(member.device)),
                seen: self.head(&member.device)?.map(|(link, _)| link.time),
                handle,
                device: member.device,
                confirmed: member.confirmed,
                since,
                entry,
            });
        }
        Ok(members)
    }

    /// Devices of chains that are held, each with its public key.
    pub fn device_keys(&self) -> Result<Vec<(Device, event::PublicKey)>, Error> {
        let mut query = self.db.prepare_cached("SELECT body FROM event WHERE seq = 0 ORDER BY time, id")?;
        let bodies = query.query_map([], |row| row.get::<_, String>(0))?;
        let mut keys = Vec::new();
        for body in bodies {
            match Body::from_fields(&body?)? {
                Body::Found(found) => keys.push((found.key.device(), found.key)),
                Body::Join(join) => keys.push((join.key.device(), join.key)),
                _ => {}
            }
        }
        Ok(keys)
    }

    /// The newest time that any chain claims.
    pub fn newest_time(&self) -> Result<Option<Time>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT max(event.time) FROM line JOIN event ON event.line = line.n AND event.seq = line.tip",
        )?;
        let newest: Option<i64> = query.query_row([], |row| row.get(0))?;
        Ok(newest.map(Time::new).transpose()?)
    }

    /// Whether some entry that is held, settled or not, admits the device.
    pub fn admits(&self, device: &Device) -> Result<bool, Error> {
        let mut query = self.db.prepare_cached("SELECT 1 FROM fact WHERE key = ?")?;
        Ok(query.exists([Key::Device(*device).to_string()])?)
    }

    /// Units of account by the settled register, by code, each with the entry that defined it last.
    pub fn units(&self) -> Result<Vec<(UnitDef, EventId)>, Error> {
        let at = self.register()?;
        let mut units = Vec::new();
        for (key, entry) in self.keys(&at, "unit ")? {
            if let Some(Value::Unit(def)) = self.fact(&at, &Key::Unit(key.parse()?))? {
                units.push((def, entry));
            }
        }
        units.sort_by(|a, b| a.0.unit.cmp(&b.0.unit));
        Ok(units)
    }

    /// Accounts that have a keeper by the settled register.
    pub fn account_names(&self) -> Result<Vec<Account>, Error> {
        let at = self.register()?;
        let mut names = Vec::new();
        for (key, _) in self.keys(&at, "keeper ")? {
            names.push(key.parse()?);
        }
        names.sort();
        Ok(names)
    }

    /// Keys of the register with a prefix, with the first entry that set each.
    fn keys(&self, at: &EventId, prefix: &str) -> Result<Vec<(String, EventId)>, Error> {
        let Some(place) = self.place(at)? else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for (branch, height) in self.trunk(place)? {
            let mut query = self.db.prepare_cached(
                "SELECT fact.key, min(fact.height), entry.id FROM fact
                 JOIN entry ON entry.branch = fact.branch AND entry.height = fact.height
                 WHERE fact.key >= ?1 AND fact.key < ?2 AND fact.branch = ?3 AND fact.height <= ?4 GROUP BY fact.key",
            )?;
            // Keys are ASCII or letters below U+FFFF.
            let end = format!("{prefix}\u{ffff}");
            let rows = query.query_map(params![prefix, end, branch, height], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, Vec<u8>>(2)?))
            })?;
            for row in rows {
                let (key, height, entry) = row?;
                found.push((height, key[prefix.len()..].to_owned(), id(entry)?));
            }
        }
        found.sort();
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|(_, key, _)| seen.insert(key.clone()));
        Ok(found.into_iter().map(|(_, key, entry)| (key, entry)).collect())
    }

    /// Every account in every unit.
    pub fn accounts(&self) -> Result<Vec<AccountRow>, Error> {
        let units = self.units()?;
        let mut rows = Vec::new();
        for account in self.account_names()? {
            for (unit, _) in &units {
                rows.push(self.account_row(&account, unit)?);
            }
        }
        Ok(rows)
    }

    /// One account in one unit.
    pub fn account_row(&self, account: &Account, unit: &UnitDef) -> Result<AccountRow, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT balance, pending_in, pending_out FROM account WHERE account = ? AND unit = ?")?;
        let found = query
            .query_row(params![account.to_string(), unit.unit.as_str()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let (balance, pending_in, pending_out) = found.unwrap_or((0, 0, 0));
        Ok(AccountRow { account: account.clone(), unit: unit.clone(), balance, pending_in, pending_out })
    }

    /// The movements of an account, oldest first, with its running balance.
    pub fn statement(&self, account: &Account, unit: &UnitDef) -> Result<Vec<Movement>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT leg.pay, leg.n, leg.time, leg.payer, leg.payee, leg.purpose, leg.minor, leg.state,
                    line.settled >= leg.seq,
                    took.time, leg.seq, took.seq
             FROM leg JOIN line ON line.n = leg.line
             LEFT JOIN take AS took ON took.counts = 1 AND (
               (took.what = 3 AND leg.state = 3 AND took.leg = -1 AND took.item = (SELECT id FROM take AS d
                 WHERE d.item = leg.pay AND d.leg = leg.n AND d.counts = 1))
               OR (leg.state = 1 AND took.item = leg.pay AND took.leg = leg.n))
             WHERE (leg.payer = ?1 OR leg.payee = ?1) AND leg.unit = ?2",
        )?;
        let name = account.to_string();
        let rows = query.query_map(params![name, unit.unit.as_str()], |row| Ok(LegRow::read(row)))?;
        let mut lines = Vec::new();
        for row in rows {
            lines.extend(row??.movements(account, &unit.unit));
        }
        // One receipt names legs before returns.
        let returned = |line: &Movement| line.state == State::Declined && line.minor > 0;
        lines.sort_by_key(|(line, at, _)| (line.time, *at, returned(line), line.id, line.leg));
        let mut balance: i64 = 0;
        let mut statement = Vec::new();
        for (mut line, _, counts) in lines {
            if counts {
                balance = balance.saturating_add(line.minor);
            }
            line.balance = balance;
            statement.push(line);
        }
        Ok(statement)
    }

    /// What the keeper of an account can take, or will be able to once it is settled.
    pub fn open_items(&self, account: &Account) -> Result<Vec<OpenItem>, Error> {
        let mut items = Vec::new();
        let mut query = self.db.prepare_cached(&format!(
            "SELECT pay, n, payer, minor, unit, purpose FROM leg WHERE payee = ? AND state = {IN_TRANSIT}
             ORDER BY time, pay, n"
        ))?;
        let rows = query.query_map([account.to_string()], |row| Ok(open_row(row)))?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let (pay, n, from, minor, unit, purpose) = row?;
            self.push_open(&mut items, Item::Leg(pay, n), (from, minor, unit, purpose))?;
        }
        let mut query = self.db.prepare_cached(&format!(
            "SELECT take.id, 0, leg.payee, leg.minor, leg.unit, leg.purpose FROM leg
             JOIN take ON take.item = leg.pay AND take.leg = leg.n AND take.counts = 1
             WHERE leg.payer = ? AND leg.state = {DECLINED} ORDER BY take.time, take.id"
        ))?;
        let rows = query.query_map([account.to_string()], |row| Ok(open_row(row)))?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let (decline, _, from, minor, unit, purpose) = row?;
            self.push_open(&mut items, Item::Return(decline), (from, minor, unit, purpose))?;
        }
        Ok(items)
    }

    fn push_open(
        &self,
        items: &mut Vec<OpenItem>,
        item: Item,
        (from, minor, unit, purpose): (Account, i64, Unit, Option<String>),
    ) -> Result<(), Error> {
        let Some(link) = self.link(&item.event())? else { return Ok(()) };
        let settled = self.settled(&link)?;
        items.push(OpenItem { item, link, from, minor, unit, purpose, settled });
        Ok(())
    }

    /// What became of one leg, and the receipt, decline or return that says so.
    pub fn leg_state(&self, pay: &EventId, leg: u16) -> Result<Option<State>, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT state, line.settled >= leg.seq FROM leg JOIN line ON line.n = leg.line WHERE pay = ? AND leg.n = ?",
        )?;
        let found = query.query_row(params![&pay.0[..], i64::from(leg)], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(found.optional()?.map(|(state, settled)| leg_state(state, settled)))
    }

    /// The payment that an account made under a key.
    pub fn paid_under(&self, account: &Account, key: &str) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM paid WHERE account = ? AND key = ?")?;
        query.query_row(params![account.to_string(), key], |row| row.get(0)).optional()?.map(id).transpose()
    }

    /// The stewards in force who have not acknowledged an event, and how many acknowledgements it still needs.
    pub fn waiting(&self, link: &Link) -> Result<(usize, Vec<Waiting>), Error> {
        let at = self.register()?;
        let Some(stewards) = self.stewards(&at)? else { return Ok((0, Vec::new())) };
        let reaches = self.reaches(link.line, &stewards.set, false)?;
        let mut waiting = Vec::new();
        for steward in &stewards.handles {
            if reaches.get(steward).is_some_and(|reach| reach.at >= link.seq) {
                continue;
            }
            let seen = match self.fact(&at, &Key::Member(steward.clone()))? {
                Some(Value::Member(member)) => self.head(&member.device)?.map(|(link, _)| link.time),
                _ => None,
            };
            waiting.push(Waiting { steward: steward.clone(), seen });
        }
        let have = stewards.handles.len().saturating_sub(waiting.len());
        Ok((quorum(stewards.handles.len()).saturating_sub(have), waiting))
    }

    /// The chains that have moved beyond what this steward has acknowledged, each up to where an honest device
    /// acknowledges it (protocol, section 6).
    pub fn to_acknowledge(&self, own: &Device, latest: Time) -> Result<Vec<AckTarget>, Error> {
        let Some((head, _)) = self.head(own)? else { return Ok(Vec::new()) };
        let register = self.register()?;
        let Some(set) = self.stewards(&register)?.map(|s| s.set) else { return Ok(Vec::new()) };
        let mut targets = Vec::new();
        for (device, (tip, settled)) in self.valid_ends()? {
            let frozen = self.forked(&device)?.is_some() || self.fact(&register, &Key::Cut(device))?.is_some();
            if device == *own || frozen || self.fact(&register, &Key::Device(device))?.is_none() {
                continue;
            }
            let Some(tip) = self.link(&tip.1)? else { continue };
            let last = self.acked(&head, None, &device, None)?;
            let now = self.acked(&head, Some(&set), &device, None)?;
            let from = last.map_or(-1, |p| int(p.seq));
            let mut upto = self.acceptable(&tip, from, latest)?;
            if let Some(cut) = self.approved_cuts(&head, &device)?.iter().map(|cut| int(cut.seq)).min() {
                upto = upto.min(cut);
            }
            let moved = upto > from && self.more_than_acks(&tip, from, upto)?;
            let again = now.is_none() && settled < upto && upto >= from;
            if (moved || again)
                && let Some(at) = self.on_chain(&tip, upto)?
            {
                targets.push(AckTarget { position: Position { device, seq: seq(upto), id: at } });
            }
        }
        Ok(targets)
    }

    /// Up to where a valid chain stands under settled entries and not far in the future, at least `from`.
    fn acceptable(&self, tip: &Link, from: i64, latest: Time) -> Result<i64, Error> {
        let mut query = self.db.prepare_cached(
            "SELECT seq, register FROM event WHERE line = ? AND seq <= ? AND seq > ? AND time <= ? ORDER BY seq DESC",
        )?;
        for (line, upto) in self.segments(tip)? {
            let mut rows = query.query(params![line, int(upto), from, latest.seconds()])?;
            while let Some(row) = rows.next()? {
                if self.on_register(&id(row.get(1)?)?)? {
                    return Ok(row.get(0)?);
                }
            }
        }
        Ok(from)
    }

    fn more_than_acks(&self, tip: &Link, from: i64, upto: i64) -> Result<bool, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT 1 FROM event WHERE line = ? AND seq > ? AND seq <= ? AND kind <> 'ack' LIMIT 1")?;
        for (line, end) in self.segments(tip)? {
            if query.exists(params![line, from, upto.min(int(end))])? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The event at a seq of the chain that leads up to `head`, on whatever lines it stands.
    fn on_chain(&self, head: &Link, at: i64) -> Result<Option<EventId>, Error> {
        let mut query = self.db.prepare_cached("SELECT id FROM event WHERE line = ? AND seq = ?")?;
        for (line, end) in self.segments(head)? {
            if at <= int(end)
                && let Some(found) = query.query_row(params![line, at], |row| row.get(0)).optional()?
            {
                return id(found).map(Some);
            }
        }
        Ok(None)
    }

    /// Motions that the settled register has not entered, with approvals by stewards in force.
    pub fn motions(&self) -> Result<Vec<MotionRow>, Error> {
        let at = self.register()?;
        let stewards = self.stewards(&at)?.map(|s| s.handles).unwrap_or_default();
        let mut motions = Vec::new();
        for event in self.of_kind("members.motion")? {
            let Body::Motion(motion) = event.body else { continue };
            if self.entered_anywhere(&event.link.id)? {
                continue;
            }
            let mut query = self.db.prepare_cached("SELECT id FROM approval WHERE motion = ? ORDER BY id")?;
            let ids = query.query_map([&event.link.id.0[..]], |row| row.get(0))?;
            let mut approvals: Vec<(Handle, EventId)> = Vec::new();
            for approval in ids.collect::<Result<Vec<Vec<u8>>, _>>()? {
                let approval = id(approval)?;
                let Some(link) = self.link(&approval)? else { continue };
                let Some(Value::Handle(by)) = self.fact(&at, &Key::Device(link.device))? else { continue };
                if stewards.contains(&by) && !approvals.iter().any(|(h, _)| *h == by) {
                    approvals.push((by, approval));
                }
            }
            motions.push(MotionRow {
                id: event.link.id,
                author: event.author,
                time: event.link.time,
                change: motion.change,
                approvals,
            });
        }
        Ok(motions)
    }

    fn entered_anywhere(&self, motion: &EventId) -> Result<bool, Error> {
        Ok(self.db.prepare_cached("SELECT 1 FROM entry WHERE motion = ?")?.exists([&motion.0[..]])?)
    }

    /// The newest entry on the secretary's own chain, settled or not.
    pub fn last_entry_of(&self, device: &Device) -> Result<Option<EventId>, Error> {
        match self.head(device)? {
            Some((head, _)) => self.last_entry(&head),
            None => Ok(None),
        }
    }

    /// How many events are held, valid and refused.
    pub fn counts(&self) -> Result<(u64, u64), Error> {
        let mut query = self.db.prepare_cached("SELECT count(*), sum(refusal <> 0) FROM event")?;
        let (all, refused): (i64, Option<i64>) = query.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((seq(all), seq(refused.unwrap_or(0))))
    }

    /// A digest over what has effect, the same on every replica with the same events: the register, each
    /// chain as far as it counts, the accounts.
    pub fn state_digest(&self) -> Result<String, Error> {
        let mut hash = Sha256::new();
        hash.update(format!("register {}\n", self.register()?));
        for (device, (tip, settled)) in self.valid_ends()? {
            match self.forked(&device)? {
                None => hash.update(format!("chain {device} {} settled {settled}\n", tip.1)),
                Some(at) => hash.update(format!("chain {device} forked at {at} settled {settled}\n")),
            }
        }
        let mut query = self
            .db
            .prepare_cached("SELECT account, unit, balance, pending_in, pending_out FROM account ORDER BY 1, 2")?;
        let rows = query.query_map([], |row| {
            let (account, unit): (String, String) = (row.get(0)?, row.get(1)?);
            let values: [i64; 3] = [row.get(2)?, row.get(3)?, row.get(4)?];
            Ok((account, unit, values))
        })?;
        for row in rows {
            let (account, unit, values) = row?;
            if values != [0; 3] {
                hash.update(format!("account {account} {unit} {values:?}\n"));
            }
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Each chain's newest valid event, and up to which seq it is settled, on whatever lines these stand.
    fn valid_ends(&self) -> Result<BTreeMap<Device, ((u64, EventId), i64)>, Error> {
        let mut query = self
            .db
            .prepare_cached("SELECT seq, id FROM event WHERE line = ? AND refusal = 0 ORDER BY seq DESC LIMIT 1")?;
        let mut ends = BTreeMap::new();
        for chain in self.chains()? {
            let found = query.query_row([chain.line], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let Some((at, event)) = found else { continue };
            let tip = (seq(at), id(event)?);
            let settled = chain.settled.map_or(-1, |settled| int(settled).min(at));
            let end = ends.entry(chain.device).or_insert((tip, settled));
            *end = (end.0.max(tip), end.1.max(settled));
        }
        Ok(ends)
    }

    /// The sum of all balances and of what is in transit, for each unit: zero, always.
    pub fn conserved(&self) -> Result<bool, Error> {
        let mut query = self.db.prepare(&format!(
            "SELECT unit, sum(n) FROM (SELECT unit, balance AS n FROM account UNION ALL
             SELECT unit, minor FROM leg WHERE state IN ({IN_TRANSIT}, {DECLINED})) GROUP BY unit"
        ))?;
        let sums = query.query_map([], |row| row.get::<_, i64>(1))?.collect::<Result<Vec<_>, _>>()?;
        Ok(sums.into_iter().all(|sum| sum == 0))
    }

    /// Every derived row as text, table by table, without local numbers: for comparing two stores.
    pub fn dump(&self) -> Result<Vec<(&'static str, Vec<String>)>, Error> {
        let mut tables = Vec::new();
        for (table, columns) in DUMPED {
            let sql = format!("SELECT {columns} FROM {table} AS t");
            let mut query = self.db.prepare(&sql)?;
            let width = query.column_count();
            let mut rows = query.query([])?;
            let mut texts = Vec::new();
            while let Some(row) = rows.next()? {
                let mut text = String::new();
                for n in 0..width {
                    text.push_str(&format!("{:?}|", row.get_ref(n)?));
                }
                texts.push(text);
            }
            texts.sort_unstable();
            tables.push((table, texts));
        }
        Ok(tables)
    }
}

/// The event at a place of a line: which line of a forked chain is which is local.
macro_rules! at_place {
    () => {
        "(SELECT id FROM event AS e WHERE e.line = t.line AND e.seq = t.seq)"
    };
}

/// Tables and the columns of them that are the same everywhere.
const DUMPED: [(&str, &str); 14] = [
    ("line", "device, tip, tip_id, tip_git"),
    ("chain", "device, forked, cut_seq, cut_id"),
    (
        "event",
        "id, git, seq, time, kind, register, refusal, signature, body, text,
         seq <= (SELECT settled FROM line WHERE n = t.line)",
    ),
    ("alias", "git, id"),
    ("ack", concat!("device, seq, stewards, at, id, ", at_place!())),
    ("approval", "id, motion, closes"),
    ("entry", "id, height, after, settled_by, inline_by, motion, approvals, closes, cut_id, settled"),
    ("fact", "key, height, value"),
    ("book", concat!("account, unit, seq, minor, balance, ", at_place!())),
    ("leg", "pay, n, payer, payee, unit, minor, purpose, state"),
    ("take", "item, leg, id, what, counts"),
    ("account", "account, unit, balance, pending_in, pending_out"),
    ("ballot", "poll, id"),
    ("counted", "poll, id"),
];

/// A leg as a statement needs it.
struct LegRow {
    pay: EventId,
    n: u16,
    time: Time,
    payer: Account,
    payee: Account,
    purpose: Option<String>,
    minor: i64,
    state: i64,
    settled: bool,
    taken: Option<Time>,
    /// Places on the keepers' chains, which order what happened within a second.
    paid_at: i64,
    taken_at: Option<i64>,
}

impl LegRow {
    fn read(row: &Row<'_>) -> Result<Self, Error> {
        Ok(LegRow {
            pay: id(row.get(0)?)?,
            n: u16::try_from(row.get::<_, i64>(1)?).unwrap_or(u16::MAX),
            time: Time::new(row.get(2)?)?,
            payer: row.get::<_, String>(3)?.parse()?,
            payee: row.get::<_, String>(4)?.parse()?,
            purpose: row.get(5)?,
            minor: row.get(6)?,
            state: row.get(7)?,
            settled: row.get(8)?,
            taken: row.get::<_, Option<i64>>(9)?.map(Time::new).transpose()?,
            paid_at: row.get(10)?,
            taken_at: row.get(11)?,
        })
    }

    /// The lines that a leg makes on an account's statement, in order, and whether each moves the balance.
    fn movements(self, account: &Account, unit: &Unit) -> Vec<(Movement, i64, bool)> {
        let line = |time, counterparty: &Account, minor, state| Movement {
            time,
            id: self.pay,
            leg: self.n,
            counterparty: counterparty.clone(),
            purpose: self.purpose.clone(),
            minor,
            balance: 0,
            unit: unit.clone(),
            state,
        };
        let state = leg_state(self.state, self.settled);
        let mut lines = Vec::new();
        if self.payer == *account {
            let counts = state != State::Withdrawn;
            lines.push((line(self.time, &self.payee, self.minor.saturating_neg(), state), self.paid_at, counts));
            if self.state == RETURNED {
                let back = self.taken.unwrap_or(self.time);
                lines.push((
                    line(back, &self.payee, self.minor, State::Declined),
                    self.taken_at.unwrap_or(i64::MAX),
                    true,
                ));
            }
        } else {
            let counts = state == State::Received;
            let when = self.taken.filter(|_| counts).unwrap_or(self.time);
            let at = self.taken_at.filter(|_| counts).unwrap_or(i64::MAX);
            lines.push((line(when, &self.payer, self.minor, state), at, counts));
        }
        lines
    }
}

fn leg_state(state: i64, settled: bool) -> State {
    match state {
        IN_TRANSIT if settled => State::Settled,
        IN_TRANSIT => State::Pending,
        RECEIVED => State::Received,
        DECLINED | RETURNED => State::Declined,
        _ => State::Withdrawn,
    }
}

type OpenRow = (EventId, u16, Account, i64, Unit, Option<String>);

fn open_row(row: &Row<'_>) -> Result<OpenRow, Error> {
    Ok((
        id(row.get(0)?)?,
        u16::try_from(row.get::<_, i64>(1)?).unwrap_or(u16::MAX),
        row.get::<_, String>(2)?.parse()?,
        row.get(3)?,
        row.get::<_, String>(4)?.parse()?,
        row.get(5)?,
    ))
}
