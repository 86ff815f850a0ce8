//! What an honest steward acknowledges, and what a liar does.

use event::{Ack, Body, EventId, Position};

use super::desk::{Desk, Draft};

impl Desk<'_> {
    pub fn acknowledge(&mut self) -> Option<Draft> {
        self.known.as_ref()?.steward(self.me.device)?;
        let mut positions = Vec::new();
        for (device, heads) in self.heads() {
            if let Some(position) = self.acknowledgeable(device, &heads).filter(|_| self.chance.percent(85)) {
                positions.push(position);
            }
        }
        (!positions.is_empty()).then(|| Body::Ack(Ack { positions }).into())
    }

    /// How far an honest steward acknowledges a chain now, if that is news.
    fn acknowledgeable(&self, device: event::Device, heads: &[EventId]) -> Option<Position> {
        let state = self.known.as_ref()?;
        let on_r = self.law.state(self.naive.register?)?;
        let [head] = heads else { return None };
        if self.naive.forked.contains_key(&device) {
            return None;
        }
        let acked = self.law.last_ack(&self.chain, device);
        let fits = |id: &EventId| {
            let named = self.law.knows(*id).is_some_and(|entry| on_r.path.contains(&entry));
            let cut = self.naive.cut.get(&device).is_none_or(|cut| self.law.covers(cut.id, *id));
            named && cut && self.one_line(*id)
        };
        let mut chain = self.law.chain(*head);
        chain.reverse();
        // Beyond an end that I approved I acknowledge entries.
        let promised = |id: &EventId| self.law.keeps_promises(&self.chain, *id, state);
        let id = chain.into_iter().take_while(fits).filter(promised).last()?;
        let position = Position { device, seq: self.law.event(id)?.seq, id };
        match acked {
            Some(acked) if acked == id => {
                let again = !self.law.listed(&self.chain, &position, state.set) && !self.naive.settled.contains(&id);
                again.then_some(position)
            }
            Some(acked) if !self.law.covers(id, acked) => None,
            _ => self.news(acked, id).then_some(position),
        }
    }

    /// Entries that the acknowledgement would count for lie on one line with the last one acknowledged, or are of a
    /// later term. One secretary's chain can not contradict itself unseen, but two secretaries' can.
    fn one_line(&self, id: EventId) -> bool {
        let set = self.known.as_ref().map(|state| state.set);
        if !self.law.is_entry(id) || self.law.settlers(id) != set {
            return true;
        }
        let Some(known) = self.known_entry() else { return false };
        let Some(last) = self.law.last_acknowledged(&self.chain, known) else { return false };
        let term = |id| self.law.state(id).map(|s| s.term);
        self.law.carries(id, last) || self.law.carries(last, id) || term(id) > term(last)
    }

    /// Acknowledgements alone are no news.
    fn news(&self, acked: Option<EventId>, id: EventId) -> bool {
        let new = self.law.chain(id).into_iter().take_while(|x| Some(*x) != acked);
        new.into_iter().any(|x| self.law.event(x).is_some_and(|e| !matches!(e.body, Body::Ack(_))))
    }

    pub fn acknowledge_anything(&mut self) -> Option<Draft> {
        let mut positions = Vec::new();
        for (device, heads) in self.heads() {
            let acked = self.law.last_ack(&self.chain, device);
            let on: Vec<EventId> =
                heads.into_iter().filter(|h| acked.is_none_or(|a| a != *h && self.law.covers(*h, a))).collect();
            if let Some(id) = self.chance.pick(&on).copied()
                && let Some(event) = self.law.event(id)
            {
                positions.push(Position { device, seq: event.seq, id });
            }
        }
        (!positions.is_empty()).then(|| Body::Ack(Ack { positions }).into())
    }
}
