//! What a member may pay in a day, in a week, in a month.

use event::{Account, Body, EventId, Time};

use super::super::law::Law;
use super::super::state::State;
use super::{Purse, total};

impl State {
    /// How much a member may still pay now; `None` where nothing caps it. Refunds need no room and take none.
    pub fn room(&self, law: &Law, books: &[EventId], (account, unit): &Purse, now: Time) -> Option<i128> {
        let (Account::Member(_), Some(caps)) = (account, self.caps.get(unit)) else { return None };
        let paid_within = |days: i64| -> i128 {
            let young = |time: Time| now.seconds() - time.seconds() < days * 86_400;
            let events = books.iter().filter_map(|id| law.event(*id)).filter(|event| young(event.time));
            let pays = events.filter_map(|event| match &event.body {
                Body::Pay(pay) if pay.from == *account && pay.unit == *unit && pay.refund.is_none() => Some(total(pay)),
                _ => None,
            });
            pays.sum()
        };
        let left = [(caps.day, 1), (caps.week, 7), (caps.month, 30)]
            .into_iter()
            .filter_map(|(most, days)| Some(i128::from(most?.minor()) - paid_within(days)));
        left.min()
    }
}
