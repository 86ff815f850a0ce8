//! Changes of a member's standing and devices (protocol, section 4): suspension, expulsion, leaving, another device.

use event::{Account, Device, Handle, NewDevice, Position};

use super::register::{Register, new_set};
use super::{Settings, Way, set_member};
use crate::case::{Rung, refuse};
use crate::facts::Facts;
use crate::refusal::Refusal;
use crate::register::{Books, Holder, Key, Member, Standing, Value};

/// What is set, and where a chain ends.
type Ended = (Settings, Option<Position>);

impl<F: Facts> Register<'_, F> {
    pub fn suspend(&self, handle: &Handle, at: &Position, way: &Way<'_>) -> Rung<Ended, F::Error> {
        let member = self.active(handle)?;
        let mut set = self.end_device(&member, at)?;
        set.extend(self.released(handle, way)?);
        set.extend(self.handed_on(handle, at, way)?);
        set.push(self.counted(member.kind, false)?);
        set.push(set_member(handle, Member { standing: Standing::Suspended, ..member }));
        Ok((set, Some(*at)))
    }

    pub fn expel(&self, handle: &Handle, at: &Position, way: &Way<'_>) -> Rung<Ended, F::Error> {
        let member = self.member(handle)?;
        match member.standing {
            Standing::Active | Standing::Suspended => {}
            Standing::Left | Standing::Expelled => return refuse(Refusal::NotActive),
        }
        self.end_device(&member, at)?;
        self.gone(handle, member, Standing::Expelled, at, way)
    }

    pub fn leave(&self, handle: &Handle, way: &Way<'_>) -> Rung<Ended, F::Error> {
        let member = self.active(handle)?;
        if !way.moved || way.own.device != member.device {
            return refuse(Refusal::NotOwnMotion);
        }
        self.gone(handle, member, Standing::Left, &way.own, way)
    }

    /// A member ends: the account is closed, with the books as they are at the end of the chain.
    fn gone(
        &self,
        handle: &Handle,
        member: Member,
        standing: Standing,
        at: &Position,
        way: &Way<'_>,
    ) -> Rung<Ended, F::Error> {
        let account = Account::Member(handle.clone());
        self.not_in_office(&member.device)?;
        let mut set = vec![self.cut(at)?];
        set.extend(self.released(handle, way)?);
        set.extend(self.handed_on(handle, at, way)?);
        if member.standing.is_active() {
            set.push(self.counted(member.kind, false)?);
        }
        set.push((Key::Keeper(account.clone()), None));
        set.push((Key::Closed(account), Some(Value::Position(*at))));
        set.push(set_member(handle, Member { standing, ..member }));
        Ok((set, Some(*at)))
    }

    pub fn reinstate(&self, to: &NewDevice) -> Rung<Ended, F::Error> {
        let member = self.member(&to.handle)?;
        if member.standing != Standing::Suspended {
            return refuse(Refusal::NotActive);
        }
        let Some(Value::Position(cut)) = self.get(&Key::Cut(member.device))? else { return refuse(Refusal::BadCut) };
        let mut set = self.goes_on(to, member, &cut)?;
        set.push(self.counted(member.kind, true)?);
        Ok((set, None))
    }

    pub fn move_to(&self, to: &NewDevice, way: &Way<'_>) -> Rung<Ended, F::Error> {
        let member = self.active(&to.handle)?;
        if way.own.device != member.device {
            return refuse(Refusal::NotOwnMotion);
        }
        let mut set = self.goes_on(to, member, &way.own)?;
        set.push(self.cut(&way.own)?);
        set.extend(self.renewed(&to.handle, way)?);
        if self.get(&Key::Secretary)? == Some(Value::Device(member.device)) {
            set.push((Key::Secretary, Some(Value::Device(to.device))));
        }
        Ok((set, Some(way.own)))
    }

    pub fn rekey(&self, to: &NewDevice, at: &Position, way: &Way<'_>) -> Rung<Ended, F::Error> {
        let member = self.active(&to.handle)?;
        let mut set = self.goes_on(to, member, at)?;
        set.extend(self.end_device(&member, at)?);
        set.extend(self.renewed(&to.handle, way)?);
        Ok((set, Some(*at)))
    }

    /// The member's present device ends there. One that was cut before ends where it was.
    fn end_device(&self, member: &Member, at: &Position) -> Rung<Settings, F::Error> {
        self.cut_at(at)?;
        if at.device != member.device {
            return refuse(Refusal::BadCut);
        }
        self.not_in_office(&member.device)?;
        Ok(vec![self.cut(at)?])
    }

    fn cut(&self, at: &Position) -> Rung<(Key, Option<Value>), F::Error> {
        let key = Key::Cut(at.device);
        match self.get(&key)? {
            Some(Value::Position(cut)) if cut != *at => refuse(Refusal::BadCut),
            _ => Ok((key, Some(Value::Position(*at)))),
        }
    }

    /// A new device takes over the books as they are at `from`.
    fn goes_on(&self, to: &NewDevice, member: Member, from: &Position) -> Rung<Settings, F::Error> {
        self.free_device(&to.device)?;
        self.request(&to.request, &to.handle, &to.device, None)?;
        let holder = Holder { handle: to.handle.clone(), nth: self.nth(&member.device)?.saturating_add(1) };
        Ok(vec![
            (Key::Device(to.device), Some(Value::Holder(holder))),
            (Key::Opens(to.device), Some(Value::Position(*from))),
            set_member(&to.handle, Member { device: to.device, standing: Standing::Active, ..member }),
        ])
    }

    fn nth(&self, device: &Device) -> Rung<u32, F::Error> {
        match self.get(&Key::Device(*device))? {
            Some(Value::Holder(holder)) => Ok(holder.nth),
            _ => refuse(Refusal::NoMember),
        }
    }

    /// A steward who ends makes a new set.
    fn released(&self, handle: &Handle, way: &Way<'_>) -> Rung<Settings, F::Error> {
        let mut set = self.stewards()?;
        if !set.handles.contains(handle) {
            return Ok(Vec::new());
        }
        set.handles.retain(|h| h != handle);
        Ok(vec![new_set(set, &way.id)?])
    }

    /// A steward with another device makes a new set of the same people.
    fn renewed(&self, handle: &Handle, way: &Way<'_>) -> Rung<Settings, F::Error> {
        let set = self.stewards()?;
        match set.handles.contains(handle) {
            true => Ok(vec![new_set(set, &way.id)?]),
            false => Ok(Vec::new()),
        }
    }

    /// The community's accounts go from whoever kept them to the member who keeps the register.
    fn handed_on(&self, handle: &Handle, at: &Position, way: &Way<'_>) -> Rung<Settings, F::Error> {
        let kept = self.kept(handle)?;
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let Some(Value::Device(secretary)) = self.get(&Key::Secretary)? else { return refuse(Refusal::NotSecretary) };
        let Some(Value::Holder(holder)) = self.get(&Key::Device(secretary))? else {
            return refuse(Refusal::NotSecretary);
        };
        let mut set = vec![(Key::Keeps(handle.clone()), None)];
        for account in &kept {
            set.push((Key::Keeper(account.clone()), Some(Value::Handle(holder.handle.clone()))));
            set.push((Key::Books(account.clone()), Some(Value::Books(Books { at: *at, entry: way.id }))));
        }
        let mut all = self.kept(&holder.handle)?;
        all.extend(kept);
        all.sort();
        set.push((Key::Keeps(holder.handle), Some(Value::Accounts(all))));
        Ok(set)
    }
}
