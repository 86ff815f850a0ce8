//! Pledges, attestations, offers: word for word from the design.

use event::{Account, Attest, Back, Body, Event, EventId, Handle, Name, Offer, Pledge, Remove, Unpledge};

use super::super::law::{Law, must};
use super::super::state::State;

impl Law {
    pub(in crate::naive) fn judge_pledge(&self, id: EventId, pledge: &Pledge) -> Option<()> {
        must(self.under(id)?.assets.contains_key(&pledge.asset))
    }

    pub(in crate::naive) fn judge_unpledge(&self, id: EventId, event: &Event, unpledge: &Unpledge) -> Option<()> {
        let state = self.under(id)?;
        let (_, owner) = self.pledged(unpledge.pledge)?;
        must(state.member(event.device) == Some(&owner))?;
        let books = self.books_for(&Account::Member(owner), event, &state);
        must(self.stands_open(&books, unpledge.pledge))
    }

    /// An attestation: by an assessor, of another's pledge, for no more and no longer than that.
    pub(in crate::naive) fn judge_attest(&self, id: EventId, event: &Event, attest: &Attest) -> Option<()> {
        let state = self.under(id)?;
        let (pledge, owner) = self.pledged(attest.pledge)?;
        let author = state.member(event.device)?;
        must(*author != owner && state.assesses(author))?;
        let asset = state.assets.get(&pledge.asset)?;
        let (a, b) = (attest.quantity, pledge.quantity);
        let tens = |n: u8| 10_i128.pow(u32::from(n));
        must(i128::from(a.minor()) * tens(b.places()) <= i128::from(b.minor()) * tens(a.places()))?;
        must(attest.expires > event.time && pledge.until.is_none_or(|until| attest.expires <= until))?;
        must(asset.valid.is_none_or(|valid| {
            i128::from(attest.expires.seconds()) <= i128::from(event.time.seconds()) + i128::from(valid.seconds())
                // No time lies beyond the last that can be claimed.
                || i128::from(event.time.seconds()) + i128::from(valid.seconds()) > 253_370_764_800
        }))
    }

    /// The keeper uses attestations: settled, good still, of open pledges of the account's own member, by who is an
    /// assessor still, and newer than those in use.
    pub(in crate::naive) fn judge_back(&self, id: EventId, event: &Event, back: &Back) -> Option<()> {
        let state = self.under(id)?;
        must(state.keeper(&back.account) == Some(event.device))?;
        let books = self.books_for(&back.account, event, &state);
        for attestation in &back.attestations {
            let said = self.event(*attestation)?;
            let Body::Attest(attest) = &said.body else { return None };
            let (pledge, owner) = self.pledged(attest.pledge)?;
            must(back.account == Account::Member(owner) && self.stands_open(&books, attest.pledge))?;
            must(state.assets.contains_key(&pledge.asset))?;
            must(self.under(*attestation)?.member(said.device).is_some_and(|assessor| state.assesses(assessor)))?;
            must(attest.expires > event.time)?;
            let newest = self.in_use(&books, &back.account, attest.pledge);
            must(newest.is_none_or(|(time, other)| (said.time, *attestation) > (time, other)))?;
            must(self.shows_settled(event, *attestation, &state))?;
        }
        Some(())
    }

    pub(in crate::naive) fn judge_offer(&self, id: EventId, event: &Event, offer: &Offer) -> Option<()> {
        let state = self.under(id)?;
        must(offer.expires > event.time)?;
        match &offer.price {
            Some(price) => must(state.units.get(&price.unit)?.base.lower.places() == price.amount.places()),
            None => Some(()),
        }
    }

    pub(in crate::naive) fn judge_remove(&self, id: EventId, event: &Event, remove: &Remove) -> Option<()> {
        let state = self.under(id)?;
        let offer = self.event(remove.offer)?;
        must(matches!(offer.body, Body::Offer(_) | Body::Want(_)))?;
        let me = state.member(event.device)?;
        must(self.under(remove.offer)?.member(offer.device) == Some(me))?;
        must(!self.took_back(&self.books_for(&Account::Member(me.clone()), event, &state), remove.offer))
    }

    /// A pledge, and the member whose it is.
    pub fn pledged(&self, id: EventId) -> Option<(&Pledge, Handle)> {
        let event = self.event(id)?;
        let Body::Pledge(pledge) = &event.body else { return None };
        Some((pledge, self.under(id)?.member(event.device)?.clone()))
    }

    /// Whether a pledge stands in the books, and no word in them takes it back.
    pub fn stands_open(&self, books: &[EventId], pledge: EventId) -> bool {
        books.contains(&pledge) && !self.took_back(books, pledge)
    }

    pub(super) fn took_back(&self, books: &[EventId], what: EventId) -> bool {
        books.iter().any(|x| match self.event(*x).map(|e| &e.body) {
            Some(Body::Unpledge(unpledge)) => unpledge.pledge == what,
            Some(Body::Remove(remove)) => remove.offer == what,
            _ => false,
        })
    }

    /// The newest attestation of a pledge that the books name for an account.
    pub fn in_use(&self, books: &[EventId], account: &Account, pledge: EventId) -> Option<(event::Time, EventId)> {
        let named = books.iter().filter_map(|x| match &self.event(*x)?.body {
            Body::Back(back) if back.account == *account => Some(&back.attestations),
            _ => None,
        });
        let of_pledge = named.flatten().filter_map(|id| match &self.event(*id)?.body {
            Body::Attest(attest) if attest.pledge == pledge => Some((self.event(*id)?.time, *id)),
            _ => None,
        });
        of_pledge.max()
    }
}

impl State {
    /// Whether the member acts and is an assessor.
    pub fn assesses(&self, handle: &Handle) -> bool {
        let held = |(role, holder): &(event::RoleName, Handle)| role.as_str() == "assessor" && holder == handle;
        self.active(handle).is_some() && self.roles.iter().any(held)
    }

    /// The assets that members can pledge.
    pub fn asset_names(&self) -> Vec<Name> {
        self.assets.keys().cloned().collect()
    }
}
