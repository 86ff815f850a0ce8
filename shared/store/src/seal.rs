//! The seal: sums over the derived rows, signed by this installation with each transaction, so that a store
//! that was edited behind our back shows.
//!
//! The sums are kept up row by row (hashes added modulo 2^256). They are a check against edits; the proof is
//! the audit, which folds the journal anew and compares every row.

use std::collections::BTreeMap;

use event::{Account, EventId, Key, PublicKey, Unit, verify_strict};
use rusqlite::{OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::{Error, Store, VERSION};

/// What a seal says of the store that it was found on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seal {
    /// Signed by this installation, and the rows are those that were sealed.
    Whole,
    /// There is none, or another key signed it.
    Foreign,
    /// The rows are not those that were sealed.
    Broken,
}

/// Sums over rows as they are now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    events: Sum,
    /// Accounts as they stand; their hash is taken when the seal is written.
    accounts: BTreeMap<Account, BTreeMap<Unit, [i64; 3]>>,
    accounts_known: bool,
    account_sum: Sum,
}

/// A sum of hashes modulo 2^256.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum([u64; 4]);

impl Sum {
    fn add(&mut self, row: &[u8], away: bool) {
        let hash = Sha256::digest(row);
        let mut carry = u64::from(away);
        for (limb, bytes) in self.0.iter_mut().zip(hash.chunks(8)) {
            let mut word = [0; 8];
            word.copy_from_slice(bytes);
            let term = if away { !u64::from_le_bytes(word) } else { u64::from_le_bytes(word) };
            let (sum, over) = limb.overflowing_add(term);
            let (sum, more) = sum.overflowing_add(carry);
            *limb = sum;
            carry = u64::from(over | more);
        }
    }

    fn write(&self) -> String {
        self.0.iter().map(|limb| format!("{limb:016x}")).collect()
    }

    fn read(text: &str) -> Self {
        let limb = |n: usize| {
            let from = n.saturating_mul(16);
            let digits = text.get(from..from.saturating_add(16)).unwrap_or("0");
            u64::from_str_radix(digits, 16).unwrap_or(0)
        };
        Sum([limb(0), limb(1), limb(2), limb(3)])
    }
}

impl Sums {
    /// The sums as of the last commit.
    pub fn load(store: &Store) -> Result<Self, Error> {
        let sum = |text: Option<String>| text.map_or(Sum::default(), |text| Sum::read(&text));
        Ok(Sums {
            events: sum(store.meta("sum events")?),
            account_sum: sum(store.meta("sum accounts")?),
            ..Sums::default()
        })
    }

    pub fn event(&mut self, id: &EventId, refusal: u8) {
        self.events.add(&event_row(id, refusal), false);
    }

    /// An account moved by these; its row is written with the seal.
    pub fn account(&mut self, account: &Account, unit: &Unit, moved: [i64; 3]) {
        let total = match self.accounts.get_mut(account).and_then(|of| of.get_mut(unit)) {
            Some(total) => total,
            None => self.accounts.entry(account.clone()).or_default().entry(unit.clone()).or_default(),
        };
        for (sum, by) in total.iter_mut().zip(moved) {
            *sum = sum.saturating_add(by);
        }
    }

    /// All accounts begin again from nothing.
    pub fn forget_accounts(&mut self) {
        self.accounts.clear();
        self.account_sum = Sum::default();
        self.accounts_known = true;
    }
}

fn event_row(id: &EventId, refusal: u8) -> Vec<u8> {
    let mut row = id.0.to_vec();
    row.push(refusal);
    row
}

fn account_row(account: &str, unit: &str, values: [i64; 3]) -> Vec<u8> {
    format!("{account} {unit} {} {} {}", values[0], values[1], values[2]).into_bytes()
}

impl Store {
    /// Writes the accounts that moved, and what the store is now.
    pub(crate) fn write_seal(&self, frontier: &str, key: &Key) -> Result<(), Error> {
        let mut sums = self.sums.borrow().clone();
        let mut query = self
            .db
            .prepare_cached("SELECT balance, pending_in, pending_out FROM account WHERE account = ? AND unit = ?")?;
        let mut write = self.db.prepare_cached("INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?)")?;
        let moved = std::mem::take(&mut sums.accounts).into_iter();
        let moved =
            moved.flat_map(|(account, of)| of.into_iter().map(move |(unit, by)| (account.to_string(), unit, by)));
        for (account, unit, moved) in moved {
            let unit = unit.as_str();
            let held = query.query_row([account.as_str(), unit], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]));
            let before: [i64; 3] = held.optional()?.unwrap_or_default();
            let mut now = before;
            for (value, by) in now.iter_mut().zip(moved) {
                *value = value.saturating_add(by);
            }
            write.execute(params![account, unit, now[0], now[1], now[2]])?;
            if before != [0; 3] {
                sums.account_sum.add(&account_row(&account, unit, before), true);
            }
            if now != [0; 3] {
                sums.account_sum.add(&account_row(&account, unit, now), false);
            }
        }
        self.set_meta("sum events", &sums.events.write())?;
        self.set_meta("sum accounts", &sums.account_sum.write())?;
        let said = said(frontier, &sums);
        let signature = key.sign_raw(said.as_bytes());
        self.db
            .prepare_cached("INSERT OR REPLACE INTO seal VALUES (1, ?, ?)")?
            .execute(params![said, &signature[..]])?;
        *self.sums.borrow_mut() = sums;
        Ok(())
    }

    /// Sums all rows again and compares them with the seal.
    pub fn check_seal(&self, key: &PublicKey) -> Result<Seal, Error> {
        let mut query = self.db.prepare("SELECT said, signature FROM seal")?;
        let found = query.query_row([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
        let Some((sealed, signature)) = found else { return Ok(Seal::Foreign) };
        let signature: Result<[u8; 64], _> = signature.try_into();
        if signature.map_or(true, |s| verify_strict(key, sealed.as_bytes(), &s).is_err()) {
            return Ok(Seal::Foreign);
        }
        let frontier = self.frontier()?.unwrap_or_default();
        match said(&frontier, &self.sum_again()?) == sealed {
            true => Ok(Seal::Whole),
            false => Ok(Seal::Broken),
        }
    }

    fn sum_again(&self) -> Result<Sums, Error> {
        let mut sums = Sums::default();
        let mut query = self.db.prepare("SELECT id, refusal FROM event")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let refusal: i64 = row.get(1)?;
            sums.event(&crate::cache::id(row.get(0)?)?, u8::try_from(refusal).unwrap_or(u8::MAX));
        }
        let mut query = self.db.prepare("SELECT account, unit, balance, pending_in, pending_out FROM account")?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            let values = [row.get(2)?, row.get(3)?, row.get(4)?];
            if values != [0; 3] {
                let row = account_row(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?, values);
                sums.account_sum.add(&row, false);
            }
        }
        Ok(sums)
    }
}

fn said(frontier: &str, sums: &Sums) -> String {
    format!("commons store {VERSION}\n{frontier}\n{}\n{}\n", sums.events.write(), sums.account_sum.write())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_added_can_be_taken_away() {
        let mut sum = Sum::default();
        sum.add(b"a", false);
        let alone = sum;
        sum.add(b"b", false);
        assert_ne!(sum, alone);
        sum.add(b"b", true);
        assert_eq!(sum, alone);
        sum.add(b"a", true);
        assert_eq!(sum, Sum::default());
        assert_eq!(Sum::read(&alone.write()), alone);
    }
}
