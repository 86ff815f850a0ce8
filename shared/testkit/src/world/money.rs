//! Paying, receiving, declining.

use event::{Account, Amount, Body, Decline, Item, Leg, Line, Pay, Receive, Unit};

use super::desk::{Desk, Draft};

impl Desk<'_> {
    pub fn pay(&mut self) -> Option<Draft> {
        let most = if self.chance.percent(30) { 25 } else { 9 };
        self.pay_about(most)
    }

    /// A payment of legs below so many units each.
    pub fn pay_about(&mut self, most: usize) -> Option<Draft> {
        let state = self.known.clone()?;
        let units: Vec<Unit> = state.units.keys().cloned().collect();
        let unit = if self.chance.percent(80) { units.first() } else { self.chance.pick(&units) }?.clone();
        let places = state.units[&unit].base.lower.places();
        let part = 10_usize.pow(u32::from(places));
        let from = Account::Member(self.me.name.clone());
        let payees: Vec<&Account> = state.keepers.keys().filter(|account| **account != from).collect();
        let count = if self.chance.percent(75) { 1 } else { 1 + self.chance.below(3) };
        let mut legs = Vec::new();
        for _ in 0..count {
            let to = (*self.chance.pick(&payees)?).clone();
            let minor = i64::try_from(1 + self.chance.below(most * part)).ok()?;
            legs.push(Leg { amount: Amount::new(minor, places).ok()?, to });
        }
        let key = if self.chance.percent(30) { line(&format!("key {}", self.chance.below(6))) } else { None };
        let pay = Pay { purpose: line("for eggs"), key, ..Pay::plain(from, unit, legs) };
        Some(Body::Pay(self.told(pay)?).into())
    }

    /// The payment with what it must carry, and seldom with what it need not.
    pub fn told(&mut self, mut pay: Pay) -> Option<Pay> {
        let state = self.known.clone()?;
        if self.chance.percent(15) {
            pay.category = "food".parse().ok();
        }
        if self.chance.percent(15) {
            pay.delivered = "2 bread".parse().ok();
        }
        if let Some((minor, to)) = state.due(&pay)
            && self.chance.percent(95)
        {
            let places = pay.legs.first()?.amount.places();
            pay.legs.push(Leg { amount: Amount::new(i64::try_from(minor).ok()?, places).ok()?, to });
            pay.contributes = true;
        }
        Some(pay)
    }

    /// Legs and returns that wait for me, settled as far as I know.
    fn waiting(&self) -> Vec<Item> {
        let counts = |item: &Item| {
            let settled = matches!(item, Item::Back(..)) || self.naive.settled.contains(&item.event());
            settled && self.naive.effective.contains(&item.event())
        };
        let mut items = Vec::new();
        for (id, legs) in self.all(|body| match body {
            Body::Pay(pay) => Some(pay.legs.len()),
            _ => None,
        }) {
            items.extend((0..legs).filter_map(|n| Some(Item::Leg(id, u16::try_from(n).ok()?))));
        }
        let declines = self.all(|body| matches!(body, Body::Decline(_)).then_some(()));
        items.extend(declines.into_iter().map(|(id, ())| Item::Return(id)));
        items.extend(self.taken_back());
        let Some(state) = &self.known else { return Vec::new() };
        let books = self.chain.first().map(|last| self.law.books_at(*last, state)).unwrap_or_default();
        items.retain(|item| counts(item) && self.mine(*item) && !self.law.taken(&books, *item));
        items
    }

    /// Own legs to accounts that are closed and have not taken them.
    fn taken_back(&self) -> Vec<Item> {
        let Some(state) = &self.known else { return Vec::new() };
        let lost = |item: &Item| {
            let Item::Leg(pay, leg) = *item else { return None };
            let Body::Pay(paid) = &self.law.event(pay)?.body else { return None };
            let gone = state.closed.contains_key(&paid.legs.get(usize::from(leg))?.to);
            gone.then_some(Item::Back(pay, leg))
        };
        self.naive.open.iter().filter_map(lost).collect()
    }

    /// Whether the item goes to an account that I keep.
    fn mine(&self, item: Item) -> bool {
        let Some(((account, _), _)) = self.law.worth(item) else { return false };
        self.known.as_ref().is_some_and(|state| state.keeper(&account) == Some(self.me.device))
    }

    pub fn receive(&mut self) -> Option<Draft> {
        let mut waiting = self.waiting();
        self.chance.shuffle(&mut waiting);
        waiting.truncate(1 + self.chance.below(3));
        waiting.sort();
        let mut draft = Draft::from(Body::Ack(event::Ack { positions: Vec::new() }));
        let mut items = Vec::new();
        for item in waiting {
            if let Item::Back(..) = item {
                items.push(item);
            } else if let Some(proof) = self.proof(item.event()) {
                draft.witnesses.extend(proof);
                items.push(item);
            }
        }
        draft.body = Body::Receive(Receive { items });
        match &draft.body {
            Body::Receive(receive) if receive.items.is_empty() => None,
            _ => Some(draft),
        }
    }

    pub fn decline(&mut self) -> Option<Draft> {
        let mut waiting = self.waiting();
        waiting.retain(|item| matches!(item, Item::Leg(..)));
        let Item::Leg(pay, leg) = *self.chance.pick(&waiting)? else { return None };
        let mut draft = Draft::from(Body::Decline(Decline { pay, leg, why: line("not mine") }));
        draft.witnesses.extend(self.proof(pay)?);
        Some(draft)
    }
}

pub(super) fn line(text: &str) -> Option<Line> {
    text.parse().ok()
}
