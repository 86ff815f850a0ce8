//! Giving invitations, and which of them are good.

use event::{Body, Event, EventId, Handle, Invite, Invited, Join, KindOfMember, Time, invitation_message};
use rules::{Authority, Facts, Key, Value};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::invitation::Invitation;
use crate::keys::random;
use crate::output::Output;
use crate::session::{Session, now};
use crate::write::Written;

/// Whom to invite.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// How many may come.
    pub uses: u16,
    /// Until when.
    pub expires: Time,
    /// The handle that is suggested.
    pub handle: Option<Handle>,
    /// The kind of member that is meant.
    pub kind: KindOfMember,
}

impl Session {
    /// Writes invitations under one lock; each is handed over as soon as it is written, for its seed is kept nowhere.
    pub fn invite(
        &mut self,
        invitees: &[Invitee],
        output: &mut Output,
        each: impl FnMut(&Invitee, &Invitation) -> Result<(), Failure>,
    ) -> Result<Vec<Written>, Failure> {
        self.begin_writing(output)?;
        let written = self.invite_locked(invitees, output, each);
        self.end_writing()?;
        written
    }

    fn invite_locked(
        &mut self,
        invitees: &[Invitee],
        output: &mut Output,
        mut each: impl FnMut(&Invitee, &Invitation) -> Result<(), Failure>,
    ) -> Result<Vec<Written>, Failure> {
        let remotes = self.remotes_to_tell(output)?;
        let mut written = Vec::new();
        for invitee in invitees {
            let seed = Zeroizing::new(random()?);
            let key = event::Key::from_seed(&seed).public();
            let body = Body::Invite(Invite { key, uses: invitee.uses, expires: invitee.expires });
            let one = self.write_locked(body, None, output)?;
            if let (Some(id), Some(log)) = (one.id, self.store.log()?) {
                let mut invitation = Invitation {
                    seed,
                    id,
                    log,
                    checkpoint: self.store.register()?,
                    kind: invitee.kind,
                    handle: invitee.handle.clone(),
                    community: self.name()?.parse()?,
                    remotes: remotes.clone(),
                };
                for url in invitation.fit() {
                    output.warn(format!("`{}` does not fit into the invitation", event::harmless_line(&url)));
                }
                each(invitee, &invitation)?;
                if let Some(handle) = &invitee.handle {
                    self.local()?.set_value(&note(handle), &id.to_string())?;
                }
            }
            written.push(one);
        }
        Ok(written)
    }

    /// The addresses of this home's remotes, but for those that hold a password.
    fn remotes_to_tell(&self, output: &mut Output) -> Result<Vec<String>, Failure> {
        let mut told = Vec::new();
        for remote in self.remotes()? {
            match journal::secret(&remote.url).is_some() {
                true => output.warn(format!("remote {} holds a password: left out of the invitation", remote.name)),
                false => told.push(remote.url),
            }
        }
        Ok(told)
    }

    /// The invitation by which this home has invited somebody under that handle, as long as it is good.
    pub fn invited_as(&mut self, handle: &Handle) -> Result<Option<EventId>, Failure> {
        let Some(id) = self.local()?.value(&note(handle))? else { return Ok(None) };
        let id: EventId = id.parse()?;
        let good = rules::inviter(&self.store, &self.store.register()?, &id, now())?;
        Ok(good.map(|_| id))
    }

    /// What the community's rules want for an admission beside the inviter and the secretary, if anything.
    pub fn more_than_inviter(&self) -> Result<Option<String>, Failure> {
        let at = self.store.register()?;
        let stewards = match self.store.fact(&at, &Key::Stewards)? {
            Some(Value::Stewards(set)) => set.handles.len(),
            _ => 1,
        };
        let needed = rules::quorum(stewards);
        Ok(match self.store.fact(&at, &Key::Authority("admit".to_owned()))? {
            Some(Value::Authority(Authority::Quorum)) if needed > 1 => Some(format!(
                "the rules ask {needed} stewards for an admission: inviter and secretary count, for the rest `members \
                 admit HANDLE` opens the motion"
            )),
            Some(Value::Authority(Authority::Poll { .. })) => {
                Some("the rules ask for a poll on each admission: `members admit HANDLE` opens the motion".to_owned())
            }
            _ => None,
        })
    }

    /// Whether a request answers an invitation that is good now.
    pub(crate) fn is_invited(&self, request: &Event) -> Result<bool, Failure> {
        let Body::Join(Join { invited: Some(invited), .. }) = &request.body else { return Ok(false) };
        let (Some(log), Some(Body::Invite(invite))) = (request.log, self.store.body(&invited.by)?) else {
            return Ok(false);
        };
        let Invited { by, proof } = invited;
        let message = invitation_message(&log, by, &request.device, &request.author);
        Ok(event::verify_strict(&invite.key, &message, proof).is_ok()
            && rules::inviter(&self.store, &self.store.register()?, by, now())?.is_some())
    }
}

/// Where it is noted who was invited under a handle.
fn note(handle: &Handle) -> String {
    format!("invited {handle}")
}
