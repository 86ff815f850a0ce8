//! Accounts of the community: opening one, handing it on, mandates (protocol, section 5).

use event::{Account, EventId, HandAccount, Handle, Mandate, OpenAccount};

use super::register::Register;
use super::{Settings, Way};
use crate::case::{Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Books, Key, Value};

impl<F: Facts> Register<'_, F> {
    /// The accounts of the community that a member keeps, sorted.
    pub fn kept(&self, handle: &Handle) -> Rung<Vec<Account>, F::Error> {
        Ok(match self.get(&Key::Keeps(handle.clone()))? {
            Some(Value::Accounts(accounts)) => accounts,
            _ => Vec::new(),
        })
    }

    /// A name once used is never free again, nor is one that looks like it.
    pub fn open(&self, open: &OpenAccount) -> Rung<Settings, F::Error> {
        let Account::Common(name) = &open.account else { return refuse(Refusal::NoAccount) };
        let glance = Key::Glance(format!("@{}", name.glance()));
        let commons = Account::commons().to_string();
        if self.get(&glance)?.is_some() || format!("@{}", name.glance()) == commons {
            return refuse(Refusal::AccountTaken);
        }
        self.active(&open.keeper)?;
        let mut kept = self.kept(&open.keeper)?;
        kept.push(open.account.clone());
        kept.sort();
        Ok(vec![
            (glance, Some(Value::Handle(name.clone()))),
            (Key::Keeper(open.account.clone()), Some(Value::Handle(open.keeper.clone()))),
            (Key::Keeps(open.keeper.clone()), Some(Value::Accounts(kept))),
            (Key::Title(open.account.clone()), Some(Value::Name(open.title.clone()))),
        ])
    }

    /// Another member keeps the account, by a motion of the keeper's device, as of which the books go on.
    pub fn hand(&self, hand: &HandAccount, way: &Way<'_>) -> Rung<Settings, F::Error> {
        self.account(&hand.account)?;
        if self.get(&Key::Keeper(hand.account.clone()))? != Some(Value::Handle(hand.was.clone())) {
            return refuse(Refusal::MovedOn);
        }
        self.active(&hand.keeper)?;
        if hand.keeper == hand.was {
            return refuse(Refusal::RoleUnchanged);
        }
        if way.own.device != self.member(&hand.was)?.device {
            return refuse(Refusal::NotOwnMotion);
        }
        let mut fewer = self.kept(&hand.was)?;
        fewer.retain(|account| *account != hand.account);
        let mut more = self.kept(&hand.keeper)?;
        more.push(hand.account.clone());
        more.sort();
        Ok(vec![
            (Key::Keeper(hand.account.clone()), Some(Value::Handle(hand.keeper.clone()))),
            (Key::Keeps(hand.was.clone()), (!fewer.is_empty()).then_some(Value::Accounts(fewer))),
            (Key::Keeps(hand.keeper.clone()), Some(Value::Accounts(more))),
            (Key::Books(hand.account.clone()), Some(Value::Books(Books { at: way.own, entry: way.id }))),
        ])
    }

    /// The entry's id is the mandate's name.
    pub fn mandate(&self, mandate: &Mandate, way: &Way<'_>) -> Rung<Settings, F::Error> {
        self.account(&mandate.account)?;
        if let Some(to) = &mandate.to {
            self.account(to)?;
        }
        if self.unit_def(&mandate.unit)?.base.lower.places() != mandate.amount.places() {
            return refuse(Refusal::WrongPlaces);
        }
        Ok(vec![(Key::Mandate(way.id), Some(Value::Event(way.own.id)))])
    }

    pub fn mandate_end(&self, mandate: &EventId) -> Rung<Settings, F::Error> {
        match self.get(&Key::Mandate(*mandate))? {
            Some(_) => Ok(vec![(Key::Mandate(*mandate), None)]),
            None => refuse(Refusal::NoMandate),
        }
    }
}
