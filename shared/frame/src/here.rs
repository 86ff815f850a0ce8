//! What this installation is in the community, and what it can do about it.

use event::{Device, EventId, Handle};
use rules::{Facts, Key, Refusal, Standing, Value};

use crate::failure::Failure;
use crate::session::Session;

/// What this installation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Here {
    /// A copy without a device key.
    Reads,
    /// It has asked, to join or to be another device of a member.
    Asked(Option<Handle>),
    /// The present device of a member who takes part.
    Acts(Handle),
    /// The same, with a motion of its own by which its chain ends.
    Parting(Handle, EventId),
    /// A device that the member had before.
    Replaced {
        /// Whose.
        handle: Handle,
        /// The present device.
        by: Device,
        /// The entry that says so.
        entry: Option<EventId>,
    },
    /// The device of a member who takes no part.
    Rests(Handle, Standing),
    /// Its chain was forked.
    Frozen(Handle),
    /// Its key has signed what this home did not have.
    Elsewhere(Option<Handle>),
}

impl Session {
    /// What this installation is in the community.
    pub fn here(&mut self) -> Result<Here, Failure> {
        let by_register = self.by_register()?;
        let elsewhere = self.local()?.value("elsewhere")?.is_some();
        Ok(match by_register {
            Here::Acts(handle) | Here::Parting(handle, _) if elsewhere => Here::Elsewhere(Some(handle)),
            Here::Asked(handle) if elsewhere => Here::Elsewhere(handle),
            here => here,
        })
    }

    /// The same, as far as the journal tells.
    pub(crate) fn by_register(&self) -> Result<Here, Failure> {
        let Some(device) = self.device()? else { return Ok(Here::Reads) };
        let head = self.store.head(&device)?;
        let author = match &head {
            Some((link, _)) => self.store.author(link)?,
            None => None,
        };
        if self.store.log()?.is_none() {
            return Ok(Here::Asked(author));
        }
        let at = self.store.register()?;
        let Some(handle) = self.store.holder(&at, &device)? else { return Ok(Here::Asked(author)) };
        let Some(Value::Member(member)) = self.store.fact(&at, &Key::Member(handle.clone()))? else {
            return Ok(Here::Asked(Some(handle)));
        };
        if member.device != device {
            let entry = self.store.device_entry(&member.device)?;
            return Ok(Here::Replaced { handle, by: member.device, entry });
        }
        if !member.standing.is_active() {
            return Ok(Here::Rests(handle, member.standing));
        }
        if self.store.forked(&device)?.is_some() {
            return Ok(Here::Frozen(handle));
        }
        let Some((head, _)) = head else { return Ok(Here::Acts(handle)) };
        for motion in self.store.own_ends(&head)? {
            if !self.store.refused(&at, &motion)? {
                return Ok(Here::Parting(handle, motion));
            }
        }
        Ok(Here::Acts(handle))
    }
}

impl Here {
    /// In a few words.
    pub fn words(&self) -> String {
        match self {
            Here::Reads => "read-only copy".to_owned(),
            Here::Asked(_) => "asked to join".to_owned(),
            Here::Acts(_) => "member".to_owned(),
            Here::Parting(..) => "member, about to end here".to_owned(),
            Here::Replaced { by, .. } => format!("this device was replaced by {by}"),
            Here::Rests(_, standing) => standing.to_string(),
            Here::Frozen(_) => "frozen: the chain was forked".to_owned(),
            Here::Elsewhere(_) => "no longer writes: the key is at work elsewhere".to_owned(),
        }
    }

    /// Why nothing can be written here, and the way out.
    pub fn failure(&self) -> Option<Failure> {
        Some(match self {
            Here::Asked(_) | Here::Acts(_) | Here::Parting(..) => return None,
            Here::Reads => Failure::could("this copy has no device key")
                .hint("it can read; to write, ask from here: `members join --as HANDLE`, with --device as a member"),
            Here::Replaced { handle, by, entry } => {
                let entry = entry.map(|entry| format!(" (entry {})", entry.short())).unwrap_or_default();
                Failure::could(format!("this device was replaced by {by}{entry}"))
                    .hint(format!("{handle} writes there now; this copy can be read and synced as before"))
            }
            Here::Rests(handle, Standing::Suspended) => Failure::refused(Refusal::NotActive).hint(format!(
                "to come back: `members join --device` here, then `members reinstate {handle}` by another member"
            )),
            Here::Rests(..) => Failure::refused(Refusal::NotActive).hint(GONE),
            Here::Frozen(handle) => Failure::could("this device is frozen: its chain was forked").hint(format!(
                "two installations wrote with one key: `members join --device` here, then `members rekey {handle}` by \
                 another member"
            )),
            Here::Elsewhere(handle) => {
                let fact = "this device's key has signed events that this home did not have";
                let handle = handle.as_ref().map_or("HANDLE", Handle::as_str);
                Failure::could(fact).hint(format!(
                    "it was restored from a backup or copied. If the device lives on elsewhere, write there; if it is \
                     lost: `members join --device` here, then `members rekey {handle}` by another member"
                ))
            }
        })
    }
}

const GONE: &str = "this copy can be read; whoever comes back joins anew, under another handle";
