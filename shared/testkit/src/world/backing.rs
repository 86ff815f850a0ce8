//! Pledging, attesting, backing; offers and wants.

use event::{Account, Amount, Attest, Back, Body, EventId, Name, Offer, Per, Pledge, Price, Remove, Unpledge};

use super::desk::{Desk, Draft};

impl Desk<'_> {
    /// A pledge, or the end of an own one.
    pub fn pledge(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let mine = self.pledges();
        if !mine.is_empty() && self.chance.percent(15) {
            let pledge = *self.chance.pick(&mine)?;
            return Some(Body::Unpledge(Unpledge { pledge }).into());
        }
        let assets: Vec<Name> = state.asset_names();
        let asset = self.chance.pick(&assets)?.clone();
        let until = self.chance.percent(20).then(|| self.soon(80));
        let per = self.chance.percent(50).then_some(Per::Month);
        Some(Body::Pledge(Pledge { asset, quantity: self.quantity(30)?, per, until }).into())
    }

    /// The pledges in my books that I have not taken back.
    fn pledges(&self) -> Vec<EventId> {
        let Some((state, last)) = self.known.as_ref().zip(self.chain.first()) else { return Vec::new() };
        let books = self.law.books_at(*last, state);
        let open = |id: &EventId| self.law.pledged(*id).is_some() && self.law.stands_open(&books, *id);
        books.iter().copied().filter(open).collect()
    }

    /// A word for some pledge, mostly of another.
    pub fn attest(&mut self) -> Option<Draft> {
        self.known.as_ref()?.assesses(&self.me.name).then_some(())?;
        let mut pledges = self.all(|body| match body {
            Body::Pledge(pledge) => Some((pledge.quantity, pledge.until)),
            _ => None,
        });
        let own = |id: &EventId| self.law.pledged(*id).is_some_and(|(_, owner)| owner == self.me.name);
        pledges.retain(|(id, _)| !own(id));
        let (pledge, (pledged, until)) = *self.chance.pick(&pledges)?;
        let part = i64::try_from(2 + self.chance.below(3)).ok()?;
        let quantity = Amount::new((pledged.minor() * part / 4).max(1), pledged.places()).ok()?;
        let expires = self.soon(300);
        let expires = until.map_or(expires, |until| until.min(expires));
        Some(Body::Attest(Attest { pledge, quantity, expires, evidence: None }).into())
    }

    /// Names attestations of my pledges that have settled, as far as I know.
    pub fn back(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let books = self.law.books_at(*self.chain.first()?, &state);
        let account = Account::Member(self.me.name.clone());
        let mut fitting = self.all(|body| match body {
            Body::Attest(attest) => Some(attest.pledge),
            _ => None,
        });
        let time = |id: EventId| self.law.event(id).map(|e| e.time);
        fitting.retain(|(id, pledge)| {
            let newest = self.law.in_use(&books, &account, *pledge);
            let newer = newest.is_none_or(|(at, used)| (time(*id), *id) > (Some(at), used));
            newer && self.law.stands_open(&books, *pledge) && self.naive.settled.contains(id)
        });
        self.chance.shuffle(&mut fitting);
        fitting.truncate(1 + self.chance.below(3));
        let mut draft = Draft::from(Body::Follow);
        let mut attestations = Vec::new();
        for (id, _) in fitting {
            if let Some(proof) = self.proof(id) {
                draft.witnesses.extend(proof);
                attestations.push(id);
            }
        }
        attestations.sort();
        draft.body = Body::Back(Back { account, attestations: attestations.clone() });
        (!attestations.is_empty()).then_some(draft)
    }

    /// An offer or a want, or the end of an own one.
    pub fn offer(&mut self) -> Option<Draft> {
        let state = self.known.clone()?;
        let offers = self.all(|body| matches!(body, Body::Offer(_) | Body::Want(_)).then_some(()));
        if self.chance.percent(30)
            && let Some((offer, ())) = self.chance.pick(&offers)
        {
            return Some(Body::Remove(Remove { offer: *offer }).into());
        }
        let units: Vec<_> = state.units.values().cloned().collect();
        let price = self.chance.pick(&units).cloned().and_then(|def| {
            let amount = Amount::new(i64::try_from(self.chance.below(500)).ok()?, def.base.lower.places()).ok()?;
            Some(Price { amount, unit: def.unit })
        });
        let (title, category) = ("Bread".parse().ok()?, ["food", "tools"][self.chance.below(2)].parse().ok()?);
        let offer = Offer { title, category, price, expires: self.soon(60) };
        Some(if self.chance.percent(50) { Body::Offer(offer) } else { Body::Want(offer) }.into())
    }

    fn quantity(&mut self, most: usize) -> Option<Amount> {
        let places = u8::try_from(self.chance.below(3)).ok()?;
        let parts = (1 + self.chance.below(most)) * 10_usize.pow(places.into());
        Amount::new(i64::try_from(parts + self.chance.below(2)).ok()?, places).ok()
    }
}
