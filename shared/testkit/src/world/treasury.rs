//! Accounts of the community, requests, refunds.

use event::{
    Account, Amount, Body, Cancel, Change, Checksum, EventId, HandAccount, Handle, Leg, Line, Mandate, Motion,
    OpenAccount, Opening, Openings, Pay, Refuse, Request, Time, Withdraw,
};

use super::desk::{Desk, Draft};
use super::money::line;
use crate::naive::State;

impl Desk<'_> {
    /// An account is opened, or its keeper may spend, or may no more.
    pub(super) fn account_wish(&mut self, state: &State, keeper: Handle) -> Option<Change> {
        match self.chance.below(16) {
            10..=13 => {
                // Little comes in here, so most that is spent is credit.
                let account = self.common(state)?;
                self.limit_of(state, account)
            }
            14..=15 => self.openings(state),
            0..=1 => {
                let name = ["@garden", "@kitchen", "@comrnons", "@gardén"][self.chance.below(4)];
                let (account, title) = (name.parse().ok()?, "Things we share".parse().ok()?);
                Some(Change::Open(OpenAccount { account, title, keeper }))
            }
            2..=8 => {
                let account = self.common(state)?;
                let unit = self.chance.pick(&state.units.keys().cloned().collect::<Vec<_>>())?.clone();
                let places = state.units[&unit].base.lower.places();
                let minor = i64::try_from((1 + self.chance.below(40)) * 10_usize.pow(u32::from(places))).ok()?;
                let accounts: Vec<&Account> = state.keepers.keys().collect();
                let to = if self.chance.percent(30) { self.chance.pick(&accounts).map(|a| (*a).clone()) } else { None };
                let until = Time::new(self.clock + 30 + i64::try_from(self.chance.below(900)).ok()?).ok()?;
                let (amount, purpose) = (Amount::new(minor, places).ok()?, "Seeds".parse().ok()?);
                Some(Change::Mandate(Mandate { account, to, unit, amount, until, purpose }))
            }
            _ => {
                let given: Vec<EventId> = state.mandates.keys().copied().collect();
                Some(Change::MandateEnd { mandate: *self.chance.pick(&given)? })
            }
        }
    }

    /// Somebody brings balances along from other books, mostly such as sum to zero.
    fn openings(&mut self, state: &State) -> Option<Change> {
        let unit = self.chance.pick(&state.units.keys().cloned().collect::<Vec<_>>())?.clone();
        let places = state.units[&unit].base.lower.places();
        let mut accounts: Vec<Account> = state.keepers.keys().cloned().collect();
        accounts.push("newcomer".parse().ok()?);
        self.chance.shuffle(&mut accounts);
        accounts.truncate(2 + self.chance.below(2));
        accounts.sort();
        let part = 10_i64.pow(places.into());
        let mut rest = i64::try_from(self.chance.below(100)).ok()?.saturating_sub(97).max(0);
        let mut openings = Vec::new();
        for account in &accounts[1..] {
            let minor = (i64::try_from(self.chance.below(9)).ok()? - 4) * part + 1;
            openings.push((account.clone(), minor));
            rest -= minor;
        }
        openings.insert(0, (accounts[0].clone(), rest));
        openings.retain(|(_, minor)| *minor != 0);
        let opening = |(account, minor): (Account, i64)| {
            let amount = Amount::new(minor.abs(), places).ok()?;
            Some(Opening { account, unit: unit.clone(), amount, owes: minor < 0 })
        };
        let openings = openings.into_iter().map(opening).collect::<Option<Vec<Opening>>>()?;
        let file = format!("file {}", self.chance.below(4));
        let source = self.chance.percent(50).then(|| Checksum::of(file.as_bytes()));
        (!openings.is_empty()).then_some(Change::Openings(Openings { openings, source }))
    }

    /// Some account of the community.
    pub(super) fn common(&mut self, state: &State) -> Option<Account> {
        let common: Vec<Account> =
            state.keepers.keys().filter(|account| matches!(account, Account::Common(_))).cloned().collect();
        self.chance.pick(&common).cloned()
    }

    /// The accounts that I keep.
    pub(super) fn kept(&self, state: &State) -> Vec<Account> {
        state.keepers.keys().filter(|account| state.keeper(account) == Some(self.me.device)).cloned().collect()
    }

    pub fn hand_account(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mine: Vec<Account> =
            self.kept(&state).into_iter().filter(|account| matches!(account, Account::Common(_))).collect();
        let account = self.chance.pick(&mine)?.clone();
        let keepers: Vec<Handle> = state.members.keys().cloned().collect();
        let keeper = self.chance.pick(&keepers)?.clone();
        let hand = HandAccount { account, keeper, was: self.me.name.clone() };
        Some(Body::Motion(Motion { change: Change::Hand(hand) }).into())
    }

    /// A payment from an account of the community, by a mandate.
    pub fn spend(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mine = self.kept(&state);
        let mandates: Vec<(EventId, Mandate)> =
            state.mandates.iter().filter(|(_, m)| mine.contains(&m.account)).map(|(id, m)| (*id, m.clone())).collect();
        let (id, mandate) = self.chance.pick(&mandates)?.clone();
        let accounts: Vec<Account> = state.keepers.keys().cloned().collect();
        let to = match mandate.to {
            Some(to) => to,
            None => self.chance.pick(&accounts)?.clone(),
        };
        let places = mandate.amount.places();
        let most = usize::try_from(mandate.amount.minor()).ok()?;
        let minor = i64::try_from(1 + self.chance.below(most / 4 + 1)).ok()?;
        let legs = vec![Leg { amount: Amount::new(minor, places).ok()?, to }];
        let pay = Pay { mandate: Some(id), ..Pay::plain(mandate.account, mandate.unit, legs) };
        Some(Body::Pay(self.told(pay)?).into())
    }

    pub fn request(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let account = self.chance.pick(&self.kept(&state))?.clone();
        let accounts: Vec<Account> = state.keepers.keys().filter(|other| **other != account).cloned().collect();
        let of = self.chance.pick(&accounts)?.clone();
        let unit = self.chance.pick(&state.units.keys().cloned().collect::<Vec<_>>())?.clone();
        let places = state.units[&unit].base.lower.places();
        let minor = i64::try_from((1 + self.chance.below(9)) * 10_usize.pow(u32::from(places))).ok()?;
        let key = if self.chance.percent(40) { line(&format!("dues {}", self.chance.below(4))) } else { None };
        let (due, purpose, category) = (Time::new(self.clock + 50).ok(), line("Dues"), None);
        let amount = Amount::new(minor, places).ok()?;
        Some(Body::Request(Request { account, of, amount, unit, due, purpose, category, key }).into())
    }

    pub(super) fn requests_in_view(&self) -> Vec<(EventId, Request)> {
        self.all(|body| match body {
            Body::Request(request) => Some(request.clone()),
            _ => None,
        })
    }

    /// Pays some part of what somebody asks.
    pub fn settle(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mine = self.kept(&state);
        let asked: Vec<_> = self.requests_in_view().into_iter().filter(|(_, r)| mine.contains(&r.of)).collect();
        let (id, request) = self.chance.pick(&asked)?.clone();
        let minor = request.amount.minor() / [1, 1, 2, 3][self.chance.below(4)];
        let legs = vec![Leg { amount: Amount::new(minor.max(1), request.amount.places()).ok()?, to: request.account }];
        let mandates: Vec<EventId> =
            state.mandates.iter().filter(|(_, m)| m.account == request.of).map(|(id, _)| *id).collect();
        let mandate = self.chance.pick(&mandates).copied();
        let pay = Pay { request: Some(id), mandate, ..Pay::plain(request.of, request.unit, legs) };
        Some(Body::Pay(self.told(pay)?).into())
    }

    /// Gives some part back of what came.
    pub fn refund(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mine = self.kept(&state);
        let mut came = Vec::new();
        for (id, pay) in self.all(|body| match body {
            Body::Pay(pay) => Some(pay.clone()),
            _ => None,
        }) {
            let legs = pay.legs.iter().filter(|leg| mine.contains(&leg.to));
            came.extend(legs.map(|leg| (id, leg.clone(), pay.from.clone(), pay.unit.clone())));
        }
        let (id, leg, payer, unit) = self.chance.pick(&came)?.clone();
        let minor = (leg.amount.minor() / [1, 2, 3][self.chance.below(3)]).max(1);
        let back = Leg { amount: Amount::new(minor, leg.amount.places()).ok()?, to: payer };
        Some(Body::Pay(Pay { refund: Some(id), ..Pay::plain(leg.to, unit, vec![back]) }).into())
    }

    /// Withdraws or refuses a request, or asks for a payment back.
    pub fn answer_request(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mine = self.kept(&state);
        if self.chance.percent(20) {
            let pays = self.all(|body| matches!(body, Body::Pay(pay) if mine.contains(&pay.from)).then_some(()));
            let (pay, ()) = *self.chance.pick(&pays)?;
            return Some(Body::Cancel(Cancel { pay }).into());
        }
        let requests = self.requests_in_view();
        let (request, said) = self.chance.pick(&requests)?.clone();
        let why: Option<Line> = line("no");
        Some(match mine.contains(&said.account) {
            true => Body::Withdraw(Withdraw { request }).into(),
            false => Body::Refuse(Refuse { request, why }).into(),
        })
    }
}
