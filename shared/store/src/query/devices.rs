//! Devices, whose they are or were, and invitations, how many came by them.

use event::{Body, Device, EventId, Handle};
use rules::{Facts, Key, Value};

use crate::query::InvitationRow;
use crate::{Error, Store};

impl Store {
    /// The member whose device it is or was.
    pub fn holder(&self, at: &EventId, device: &Device) -> Result<Option<Handle>, Error> {
        Ok(match self.fact(at, &Key::Device(*device))? {
            Some(Value::Holder(holder)) => Some(holder.handle),
            _ => None,
        })
    }

    /// Every device that any member has had by the settled register: whose, the how manieth, and which.
    pub fn devices(&self) -> Result<Vec<(Handle, u32, Device)>, Error> {
        let at = self.register()?;
        let mut devices = Vec::new();
        for (key, _) in self.keys(&at, "device ")? {
            let device: Device = key.parse()?;
            if let Some(Value::Holder(holder)) = self.fact(&at, &Key::Device(device))? {
                devices.push((holder.handle, holder.nth, device));
            }
        }
        devices.sort();
        Ok(devices)
    }

    /// The entry by which a device became a member's.
    pub fn device_entry(&self, device: &Device) -> Result<Option<EventId>, Error> {
        let at = self.register()?;
        self.since(&at, &Key::Device(*device), Option::is_some)
    }

    /// Every valid invitation that is held, oldest first, and how many came by it.
    pub fn invitations(&self) -> Result<Vec<InvitationRow>, Error> {
        let at = self.register()?;
        let mut invitations = Vec::new();
        for event in self.of_kind("members.invite")? {
            if let Body::Invite(invite) = &event.body {
                let (invite, admitted) = (invite.clone(), rules::admitted_by(self, &at, &event.link.id)?);
                invitations.push(InvitationRow { event, invite, admitted });
            }
        }
        Ok(invitations)
    }
}
