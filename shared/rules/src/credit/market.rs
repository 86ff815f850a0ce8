//! Offers and wants: nothing is bound by them, so little is asked.

use event::{Account, Body, Offer, Remove};

use super::unit;
use crate::books::ends;
use crate::case::{Case, Effects, Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::settle::member_of;

/// Something is offered or wanted, for a while, at a price in a unit that there is.
pub(crate) fn offer<F: Facts>(case: &Case<'_, F>, offer: &Offer) -> Rung<Effects, F::Error> {
    if let Some(price) = &offer.price {
        let def = unit(case, &price.unit)?;
        if price.amount.places() != def.base.lower.places() {
            return refuse(Refusal::WrongPlaces);
        }
    }
    match offer.expires > case.event.time {
        true => Ok(case.effects()),
        false => refuse(Refusal::OverBefore),
    }
}

/// A member ends its own offer or want, once, from whatever device it was made.
pub(crate) fn remove<F: Facts>(case: &Case<'_, F>, remove: &Remove) -> Rung<Effects, F::Error> {
    let me = case.member()?;
    let (Some(Body::Offer(_) | Body::Want(_)), Some(link)) =
        (case.facts.body(&remove.offer)?, case.facts.link(&remove.offer)?)
    else {
        return refuse(Refusal::NoOffer);
    };
    if member_of(case.facts, &link.register, &link.device)?.as_ref() != Some(&me) {
        return refuse(Refusal::NoOffer);
    }
    for chain in ends(case.facts, &case.register, &case.head()?, &Account::Member(me))? {
        if case.facts.taken_back(&chain, &remove.offer)? {
            return refuse(Refusal::NoOffer);
        }
    }
    Ok(case.effects())
}
