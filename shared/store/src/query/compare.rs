//! The state as one digest, and every row as text: for comparing replicas and rebuilt stores.

use std::collections::BTreeMap;

use event::{Device, EventId, GitId};
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use crate::cache::{git, id, int, seq};
use crate::fold::{DECLINED, IN_TRANSIT};
use crate::{Error, Store};

/// For each chain its furthest valid event, and how far it is settled.
type Ends = BTreeMap<Device, ((u64, EventId), i64)>;

/// A commit, the event that it wraps, and the signature where that is kept.
pub type Commit = (GitId, EventId, Option<Vec<u8>>);

impl Store {
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
    pub(super) fn valid_ends(&self) -> Result<Ends, Error> {
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

    /// The commits that wrap events, sorted, each with its signature where that is kept.
    pub fn commits(&self) -> Result<Vec<Commit>, Error> {
        let mut query = self.db.prepare(
            "SELECT git, id, signature FROM event UNION ALL SELECT git, id, NULL FROM alias
             UNION ALL SELECT tip_git, tip_id, NULL FROM line ORDER BY 1, 2",
        )?;
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let mut commits = Vec::new();
        for row in rows {
            let (wrapper, event, signature): (_, _, Option<Vec<u8>>) = row?;
            commits.push((git(wrapper)?, id(event)?, signature));
        }
        commits.sort_unstable();
        Ok(commits)
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

/// Tables and the columns of them that are the same everywhere: not which commit wraps an event, because its
/// author can have signed it twice.
const DUMPED: [(&str, &str); 30] = [
    ("line", "device, tip, tip_id"),
    ("chain", "device, forked, cut_seq, cut_id"),
    (
        "event",
        "id, seq, time, kind, register, refusal, body, text,
         seq <= (SELECT settled FROM line WHERE n = t.line)",
    ),
    ("ack", concat!("device, seq, stewards, at, id, ", at_place!())),
    ("approval", "id, motion, closes, term"),
    ("objection", "id, motion"),
    ("parting", "id"),
    ("entry", "id, height, after, settled_by, inline_by, motion, refuses, approvals, closes, cut_id, settled"),
    ("fact", "key, height, value"),
    ("book", concat!("account, unit, seq, minor, balance, ", at_place!())),
    ("leg", "pay, n, payer, payee, unit, minor, purpose, state"),
    ("take", "item, leg, id, what, counts"),
    ("account", "account, unit, balance, pending_in, pending_out"),
    ("ballot", "poll, id"),
    ("counted", "poll, id"),
    ("tally", concat!("account, what, seq, minor, sum, ", at_place!())),
    ("hand", "account, id"),
    ("said", "pay, category, delivered, request, refund, mandate, contributes"),
    ("request", "id, account, debtor, unit, minor, due, key"),
    ("answer", "request, id, what"),
    ("cancel", "pay, id"),
    ("set_off", concat!("account, clearing, id, what, ", at_place!())),
    ("backed", concat!("account, attestation, ", at_place!())),
    ("attested", "pledge, id"),
    ("taken_back", "what, id"),
    ("offer", "id, seq, time, expires, wanted, category"),
    ("post", "id, time, channel, first, root, notice, expires, starts"),
    ("retraction", "post, id"),
    ("hiding", "post, id, time, hides"),
    ("receipt", "post, id"),
];
