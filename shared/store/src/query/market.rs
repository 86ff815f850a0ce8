//! Who has what, and who seeks what: the open offers and wants, by their words.

use event::{Body, EventId, Time};
use rules::{Facts, Key, Value};
use rusqlite::params;

use crate::cache::id;
use crate::query::{OfferRow, Offers, Words};
use crate::{Error, Store};

impl OfferRow {
    /// What fits it on the other side: what shares a word of its title, or the category.
    pub fn other_side(&self) -> Offers {
        let words = Words::of(&format!("{} {}", self.offer.title, self.offer.category));
        Offers { wanted: !self.wanted, words: Some(Words::Any(words)), ..Offers::default() }
    }
}

impl Store {
    /// What is open at a time: with effect, not over, not removed, of a member who takes part. The newest first, or
    /// what fits the words best.
    pub fn offers(&self, asked: &Offers, now: Time) -> Result<Vec<OfferRow>, Error> {
        let words = asked.words.as_ref().map(Words::expression);
        let (table, matches, order) = match words {
            Some(_) => (
                "offer_words CROSS JOIN offer ON offer.n = offer_words.rowid",
                "offer_words MATCH ?1",
                "bm25(offer_words, 4, 2, 1), offer.time DESC, offer.seq DESC, offer.id",
            ),
            None => ("offer", "?1 IS NULL", "offer.time DESC, offer.seq DESC, offer.id"),
        };
        let mut query = self.db.prepare_cached(&format!(
            "SELECT offer.id FROM {table} WHERE {matches} AND offer.wanted = ?2 AND offer.expires > ?3
             AND (?4 IS NULL OR offer.category = ?4) ORDER BY {order}"
        ))?;
        let category = asked.category.as_ref().map(event::Name::as_str);
        let rows = query.query_map(params![words, asked.wanted, now.seconds(), category], |row| row.get(0))?;
        let mut open = Vec::new();
        for offer in rows.collect::<Result<Vec<Vec<u8>>, _>>()? {
            let Some(row) = self.open_offer(&id(offer)?)? else { continue };
            if asked.by.as_ref().is_none_or(|by| *by == row.member) {
                open.push(row);
            }
        }
        Ok(open)
    }

    /// An offer or want, unless it has no effect, is removed, or its member takes no part.
    pub fn open_offer(&self, offer: &EventId) -> Result<Option<OfferRow>, Error> {
        let Some(event) = self.event(offer)? else { return Ok(None) };
        let (offer, wanted) = match event.body.clone() {
            Body::Offer(offer) => (offer, false),
            Body::Want(want) => (want, true),
            _ => return Ok(None),
        };
        let Some(member) = rules::member_of(self, &event.link.register, &event.link.device)? else { return Ok(None) };
        let active = match self.fact(&self.register()?, &Key::Member(member.clone()))? {
            Some(Value::Member(member)) => member.standing.is_active(),
            _ => false,
        };
        let open = active && event.link.valid && self.effective(&event.link)?;
        let removed = self.ended_by(&event.link.id)?.is_some();
        Ok((open && !removed).then_some(OfferRow { event, offer, wanted, member }))
    }
}

impl Words {
    /// The words of a text that say something: of three letters at least, each once.
    pub fn of(text: &str) -> Vec<String> {
        let mut words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| word.chars().count() >= 3)
            .map(str::to_lowercase)
            .collect();
        words.sort_unstable();
        words.dedup();
        words
    }

    /// The question in the language of the index, in which nothing of the words is an operator.
    fn expression(&self) -> String {
        let (words, between) = match self {
            Words::All(words) => (words, " AND "),
            Words::Any(words) => (words, " OR "),
        };
        let quoted = |word: &String| format!("\"{}\"*", word.replace('"', " "));
        let words: Vec<String> = words.iter().filter(|w| w.chars().any(char::is_alphanumeric)).map(quoted).collect();
        match words.is_empty() {
            // Nothing fits no words.
            true => "\"\"".to_owned(),
            false => words.join(between),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_no_operators() {
        let all = |words: &[&str]| Words::All(words.iter().map(|w| (*w).to_owned()).collect()).expression();
        assert_eq!(all(&["rye", "flo\"ur OR"]), "\"rye\"* AND \"flo ur OR\"*");
        assert_eq!(all(&["*", "\""]), "\"\"");
        assert_eq!(Words::of("An old oven, OLD & used: l'été"), ["old", "oven", "used", "été"]);
    }
}
