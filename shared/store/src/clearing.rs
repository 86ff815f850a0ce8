//! What parties say to set-offs, as rows and as the law asks for it.

use event::{Account, EventId};
use rules::{Answer, Link};
use rusqlite::params;

use crate::cache::{id, int};
use crate::{Error, Store};

impl Store {
    pub(crate) fn answer_set_off(
        &self,
        clearing: &EventId,
        account: &Account,
        answer: Answer,
        link: &Link,
    ) -> Result<(), Error> {
        self.db.prepare_cached("INSERT INTO set_off VALUES (?, ?, ?, ?, ?, ?)")?.execute(params![
            link.line,
            account.to_string(),
            int(link.seq),
            &clearing.0[..],
            &link.id.0[..],
            what(answer),
        ])?;
        Ok(())
    }

    pub(crate) fn set_offs_on(&self, head: &Link, account: &Account) -> Result<Vec<(EventId, Answer)>, Error> {
        let mut query =
            self.db.prepare_cached("SELECT clearing, what FROM set_off WHERE line = ? AND account = ? AND seq <= ?")?;
        let mut found = Vec::new();
        for (line, upto) in self.segments(head)? {
            let rows = query.query_map(params![line, account.to_string(), int(upto)], |row| {
                Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))
            })?;
            for row in rows {
                let (clearing, said) = row?;
                found.push((id(clearing)?, answer(said)));
            }
        }
        Ok(found)
    }
}

fn what(answer: Answer) -> i64 {
    match answer {
        Answer::Agreed => 1,
        Answer::Dissented => 2,
        Answer::Released => 3,
    }
}

pub(crate) fn answer(what: i64) -> Answer {
    match what {
        1 => Answer::Agreed,
        2 => Answer::Dissented,
        _ => Answer::Released,
    }
}
