//! What a change makes of a state: members that stop, come back, go, or go on with another device or office.

use event::{Account, Body, Change, EventId, Handle, NewDevice, Position};

use super::changes::Way;
use super::law::{Law, must};
use super::state::{Standing, State};

impl State {
    /// The changes of standing, device and office.
    pub(super) fn stand(&mut self, law: &Law, change: &Change, way: Way) -> Option<()> {
        let steward = self.closing(change);
        match change {
            Change::Suspend { handle, at } => {
                must(self.active(handle).is_some())?;
                self.end_at(law, handle, at)?;
                self.stop(handle, Standing::Suspended)?;
                self.hand_on(handle, *at, way.entry)?;
            }
            Change::Expel { handle, at } => {
                let suspended = self.members.get(handle)?.standing == Standing::Suspended;
                must(suspended || self.active(handle).is_some())?;
                self.end_at(law, handle, at)?;
                self.hand_on(handle, *at, way.entry)?;
                self.go(handle, *at, Standing::Expelled)?;
            }
            Change::Leave { handle } => {
                must(self.active(handle).is_some())?;
                let at = self.own_motion(law, handle, way.motion?)?;
                must(at.device != self.secretary)?;
                self.end(at)?;
                self.hand_on(handle, at, way.entry)?;
                self.go(handle, at, Standing::Left)?;
            }
            Change::Reinstate(to) => {
                must(self.members.get(&to.handle)?.standing == Standing::Suspended)?;
                let cut = *self.cuts.get(&self.members.get(&to.handle)?.device)?;
                self.members.get_mut(&to.handle)?.standing = Standing::Active;
                self.go_on(law, to, cut)?;
            }
            Change::Move(to) => {
                must(self.active(&to.handle).is_some())?;
                let at = match way.motion {
                    Some(motion) => self.own_motion(law, &to.handle, motion)?,
                    None => self.own_entry(law, &to.handle, way.entry)?,
                };
                self.end(at)?;
                if at.device == self.secretary {
                    self.secretary = to.device;
                }
                self.go_on(law, to, at)?;
            }
            Change::Rekey { to, at } => {
                must(self.active(&to.handle).is_some())?;
                self.end_at(law, &to.handle, at)?;
                self.go_on(law, to, *at)?;
            }
            Change::Secretary { handle, was } => {
                must(*was == self.secretary)?;
                let member = self.active(handle)?;
                must(self.stewards.contains(handle) && member.device != self.secretary)?;
                self.secretary = member.device;
            }
            _ => return None,
        }
        if steward {
            self.set = way.entry;
        }
        Some(())
    }

    /// The chain of the member's present device ends at a named event of it; where it ends there already, it stays so.
    fn end_at(&mut self, law: &Law, handle: &Handle, at: &Position) -> Option<()> {
        must(law.at(at) && at.device == self.members.get(handle)?.device)?;
        must(at.device != self.secretary)?;
        must(self.cuts.get(&at.device).is_none_or(|cut| cut == at))?;
        self.cuts.insert(at.device, *at);
        Some(())
    }

    /// A chain ends at its own motion. One that was cut before can end at that very event only: if it was cut later,
    /// leaving would undo what the cut has settled.
    fn end(&mut self, at: Position) -> Option<()> {
        must(self.cuts.get(&at.device).is_none_or(|cut| *cut == at))?;
        self.cuts.insert(at.device, at);
        Some(())
    }

    /// Where the motion stands, if it is on the chain of the member's present device.
    fn own_motion(&self, law: &Law, handle: &Handle, motion: EventId) -> Option<Position> {
        let at = law.position(motion)?;
        must(at.device == self.members.get(handle)?.device)?;
        Some(at)
    }

    /// The same for the secretary's inline entry about the own device.
    fn own_entry(&self, law: &Law, handle: &Handle, entry: EventId) -> Option<Position> {
        let at = law.position(entry)?;
        must(at.device == self.secretary && at.device == self.members.get(handle)?.device)?;
        Some(at)
    }

    /// Out of the stewards and of what needs an acting member.
    fn stop(&mut self, handle: &Handle, standing: Standing) -> Option<()> {
        self.members.get_mut(handle)?.standing = standing;
        self.stewards.retain(|h| h != handle);
        Some(())
    }

    /// For good: roles and keeping end, the account is closed.
    fn go(&mut self, handle: &Handle, at: Position, standing: Standing) -> Option<()> {
        self.stop(handle, standing)?;
        self.roles.retain(|(_, h)| h != handle);
        let own = Account::Member(handle.clone());
        self.keepers.remove(&own);
        self.closed.insert(own, at);
        Some(())
    }

    /// Accounts of the community that the member kept go to the secretary's member, with their books.
    fn hand_on(&mut self, handle: &Handle, at: Position, entry: EventId) -> Option<()> {
        let (heir, _) = self.devices.get(&self.secretary)?.clone();
        for (account, keeper) in &mut self.keepers {
            if matches!(account, Account::Common(_)) && keeper == handle {
                *keeper = heir.clone();
                self.handed.insert(account.clone(), (at, entry));
            }
        }
        Some(())
    }

    /// The member goes on with a new device, whose books go on from a position.
    fn go_on(&mut self, law: &Law, to: &NewDevice, from: Position) -> Option<()> {
        must(!self.devices.contains_key(&to.device))?;
        let asked = law.event(to.request)?;
        must(matches!(asked.body, Body::Join(_)) && asked.device == to.device && asked.author == to.handle)?;
        let member = self.members.get_mut(&to.handle)?;
        let (_, nth) = self.devices.get(&member.device)?;
        self.devices.insert(to.device, (to.handle.clone(), nth + 1));
        self.opens.insert(to.device, from);
        member.device = to.device;
        Some(())
    }
}
