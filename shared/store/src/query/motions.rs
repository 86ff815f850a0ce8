//! Motions as a whole: what they need, what was said about them, and what became of them.

use event::{Body, EventId, Handle};
use rules::{Facts, outlook};

use crate::cache::id;
use crate::query::{Closed, EventRow, MotionRow, MotionStory};
use crate::{Error, Store};

impl Store {
    /// Every motion, oldest first, with all that there is to it.
    pub fn all_motions(&self) -> Result<Vec<MotionStory>, Error> {
        let open = self.motions()?;
        let mut stories = Vec::new();
        for event in self.moved()? {
            let row = open.iter().find(|row| row.id == event.link.id).cloned();
            stories.extend(self.story(event, row)?);
        }
        Ok(stories)
    }

    /// The motions that are not closed, with all that there is to them.
    pub fn open_motions(&self) -> Result<Vec<MotionStory>, Error> {
        let mut stories = Vec::new();
        for row in self.motions()? {
            if let Some(event) = self.event(&row.id)? {
                stories.extend(self.story(event, Some(row))?);
            }
        }
        Ok(stories)
    }

    /// Every motion, oldest first.
    pub fn motion_ids(&self) -> Result<Vec<EventId>, Error> {
        Ok(self.moved()?.into_iter().map(|event| event.link.id).collect())
    }

    /// The motions in the order in which they were moved: within a second, whose author knew more comes later.
    pub(super) fn moved(&self) -> Result<Vec<EventRow>, Error> {
        let mut placed = Vec::new();
        for event in self.of_kind("members.motion")? {
            placed.push(((event.link.time, self.height(&event.link.register)?), event));
        }
        placed.sort_by_key(|(place, _)| *place);
        Ok(placed.into_iter().map(|(_, event)| event).collect())
    }

    /// One motion, none if it is no motion.
    pub fn motion(&self, motion: &EventId) -> Result<Option<MotionStory>, Error> {
        let Some(event) = self.event(motion)? else { return Ok(None) };
        let row = self.motions()?.into_iter().find(|row| row.id == *motion);
        self.story(event, row)
    }

    fn story(&self, event: EventRow, open: Option<MotionRow>) -> Result<Option<MotionStory>, Error> {
        let (at, motion) = (self.register()?, event.link.id);
        let (Body::Motion(moved), Some(outlook)) = (event.body, outlook(self, &at, &motion)?) else { return Ok(None) };
        let closed = self.closed_by(&motion)?;
        let mut row = match open {
            Some(row) => row,
            None => MotionRow {
                id: motion,
                author: event.author,
                time: event.link.time,
                change: moved.change,
                approvals: self.named_by(closed.as_ref())?,
            },
        };
        row.approvals.sort();
        let mut reasons = Vec::new();
        for (who, approval) in &row.approvals {
            reasons.extend(self.text(approval)?.map(|why| (who.clone(), why)));
        }
        let mut query = self.db.prepare_cached("SELECT id FROM objection WHERE motion = ? ORDER BY id")?;
        let ids = query.query_map([&motion.0[..]], |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?;
        let mut objections = Vec::new();
        for objection in ids {
            if let Some(event) = self.event(&id(objection)?)?.filter(|event| event.refusal == 0) {
                objections.push((event.author, event.text));
            }
        }
        objections.sort();
        Ok(Some(MotionStory {
            text: event.text,
            settled: event.settled,
            poll: self.decided_by(&motion)?,
            row,
            reasons,
            objections,
            closed,
            outlook,
        }))
    }

    /// The entry that closed a motion: in the settled register, or about to be.
    pub(super) fn closed_by(&self, motion: &EventId) -> Result<Option<Closed>, Error> {
        let newest = self.register()?;
        let mut query = self.db.prepare_cached(
            "SELECT id, refuses IS NOT NULL FROM entry WHERE motion = ?1 OR refuses = ?1 ORDER BY settled DESC, height",
        )?;
        let rows = query.query_map([&motion.0[..]], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, bool>(1)?)))?;
        for row in rows.collect::<Result<Vec<_>, _>>()? {
            let (entry, refused) = (id(row.0)?, row.1);
            let settled = self.on_register(&entry)?;
            // What a former secretary entered beside the register closes nothing.
            if settled || self.descends(&entry, &newest)? {
                return Ok(Some(Closed { entry, refused, settled }));
            }
        }
        Ok(None)
    }

    /// The approvals that the entry of a motion names.
    fn named_by(&self, closed: Option<&Closed>) -> Result<Vec<(Handle, EventId)>, Error> {
        let mut named = Vec::new();
        if let Some(closed) = closed
            && let Some(Body::Entry(entry)) = self.body(&closed.entry)?
            && let event::Route::Moved { approvals, .. } = entry.route
        {
            for approval in approvals {
                named.extend(self.event(&approval)?.map(|event| (event.author, approval)));
            }
        }
        Ok(named)
    }
}
