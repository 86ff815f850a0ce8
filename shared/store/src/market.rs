//! Offers and wants become rows, and their words are indexed.

use event::{Offer, Verified};
use rules::Link;
use rusqlite::params;

use crate::cache::int;
use crate::{Error, Store};

impl Store {
    pub(crate) fn offer(&self, offer: &Offer, wanted: bool, event: &Verified, link: &Link) -> Result<(), Error> {
        let mut insert = self
            .db
            .prepare_cached("INSERT INTO offer (id, seq, time, expires, wanted, category) VALUES (?, ?, ?, ?, ?, ?)")?;
        let n = insert.insert(params![
            &link.id.0[..],
            int(link.seq),
            link.time.seconds(),
            offer.expires.seconds(),
            i64::from(wanted),
            offer.category.as_str(),
        ])?;
        let text = event.event.text.as_ref().map(|text| text.as_str());
        self.db
            .prepare_cached("INSERT INTO offer_words (rowid, title, category, text) VALUES (?, ?, ?, ?)")?
            .execute(params![n, offer.title.as_str(), offer.category.as_str(), text])?;
        Ok(())
    }
}
