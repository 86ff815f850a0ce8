//! Asking to join a community, or to be another device of a member; or only copying it, to read.

use std::rc::Rc;

use event::{Body, Device, Handle, Join, KindOfMember};
use rules::{Facts, Key, Standing, Value};

use crate::args::Common;
use crate::failure::Failure;
use crate::here::Here;
use crate::invitation::Invitation;
use crate::keys::Keyring;
use crate::output::Output;
use crate::places::{Places, folder_name};
use crate::prompt::ask;
use crate::session::{Session, now};
use crate::source::{Source, bring, find, given, must_be_meant};
use crate::start::{README, Staging, alone, publish};
use crate::write::Written;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Joining {
    /// An invitation, a file that holds one, a bundle, or an address; none to ask anew in this home.
    pub source: Option<String>,
    /// An invitation beside another source.
    pub invitation: Option<String>,
    /// Under which handle.
    pub handle: Option<String>,
    /// As what.
    pub kind: Option<KindOfMember>,
    /// As another device of the member with that handle.
    pub device: bool,
    /// Only to read.
    pub read_only: bool,
    /// With a passphrase for the key.
    pub passphrase: bool,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct Joined {
    /// The community's name.
    pub community: String,
    /// The request, none for a copy to read.
    pub written: Option<Written>,
    /// The device that asks.
    pub device: Option<Device>,
    /// Under which handle.
    pub handle: Option<Handle>,
    /// Whether an invitation is answered.
    pub invited: bool,
    /// Whether there is no address to publish at.
    pub by_hand: bool,
    /// Whether the member whose device it asks to be is suspended.
    pub suspended: bool,
}

/// Joins the community that an invitation, a remote or a bundle leads to.
pub fn join(common: &Common, wanted: &Joining, output: &mut Output) -> Result<Joined, Failure> {
    let places = Places::of(common)?;
    let beside = wanted.invitation.as_deref().map(|text| Invitation::read(&given(text)?)).transpose()?;
    let Some(source) = wanted.source.clone() else {
        return match places.communities().is_empty() || wanted.read_only {
            true => {
                let source = ask(None, "SOURCE", "An invitation, the remote's address, or a bundle file")?;
                join(common, &Joining { source: Some(source), ..wanted.clone() }, output)
            }
            false => ask_here(common, wanted, beside.as_ref(), output),
        };
    };
    let typed = source;
    let (source, invitation) = find(&typed, beside)?;
    let handle = match wanted.read_only {
        true => None,
        false => Some(chosen(wanted, invitation.as_ref())?),
    };
    let staging = Staging::unnamed(&places)?;
    let mut session = staging.session(&places, invitation.as_ref().map(|i| i.checkpoint), output)?;
    session.meant = invitation.as_ref().map(|i| i.log.to_string()).or(common.community.clone());
    let taken = bring(&mut session, (&source, &typed), invitation.as_ref(), output)?;
    taken.report(output);
    let name = session.name()?;
    if invitation.is_none() {
        must_be_meant(&session, &name, &taken)?;
    }
    let folder = folder_name(&name);
    let alone = alone(&places)?;
    if places.communities().contains(&folder) {
        return Err(Failure::no(format!("you are in `{folder}` already, or have asked to join"))
            .hint("`members sync`, then `members whoami`"));
    }
    let remotes = match &source {
        Source::Remotes(remotes) => remotes.as_slice(),
        Source::Bundle(_) => &[],
    };
    let by_hand = remotes.is_empty();
    let keys = Keyring::new(places.state.join(&folder));
    let Some(handle) = handle else {
        if keys.public()?.is_some() {
            return Err(Failure::no(format!("this home has a device key of `{folder}`"))
                .hint("join as you did before, or choose another --home"));
        }
        session.unlock()?;
        drop(session);
        if !common.dry_run {
            staging.named(&folder).finish(&places, remotes)?;
        }
        return Ok(Joined {
            community: name,
            written: None,
            device: None,
            handle: None,
            invited: false,
            by_hand,
            suspended: false,
        });
    };
    let body = request(&session, &handle, wanted, invitation.as_ref())?;
    if let (Some(left), false) = (keys.public()?, common.dry_run)
        && session.has_signed(&left.device)?
    {
        // Its chain has begun already; what else it has signed nobody here knows.
        keys.set_aside(&left.device)?;
    }
    let key = staging.make_key_in(&keys, wanted.passphrase, common.dry_run)?;
    session.dry_run = common.dry_run;
    let (body, invited) = body(&key);
    let written = session.write_first(handle.clone(), &key, body, None)?;
    let device = Some(key.public().device());
    let suspended = session.is_suspended(&handle)?;
    let joined =
        Joined { community: name, written: Some(written), device, handle: Some(handle), invited, by_hand, suspended };
    if !common.dry_run {
        session.journal()?.write_readme(README, &key, now().seconds())?;
    }
    session.unlock()?;
    drop(session);
    if !common.dry_run {
        let staging = staging.named(&folder);
        staging.finish(&places, remotes)?;
        drop(alone);
        publish(places, staging.name(), common, output)?;
    }
    Ok(joined)
}

/// Asks anew in a home whose device cannot write any more, or that could only read.
fn ask_here(
    common: &Common,
    wanted: &Joining,
    invitation: Option<&Invitation>,
    output: &mut Output,
) -> Result<Joined, Failure> {
    let mut session = Session::open(common, output)?;
    let before = match session.here()? {
        Here::Acts(handle) | Here::Parting(handle, _) => {
            return Err(Failure::no(format!("this home's device is in use, as {handle}")).hint(format!(
                "on the other machine: `members join SOURCE --as {handle} --device`; here: `members move DEVICE`"
            )));
        }
        Here::Asked(Some(handle)) => {
            return Err(
                Failure::no(format!("you have asked already, as {handle}")).hint("once it is granted, `members sync`")
            );
        }
        Here::Reads | Here::Asked(None) => None,
        Here::Replaced { handle, .. } | Here::Rests(handle, _) | Here::Frozen(handle) => Some(handle),
        Here::Elsewhere(handle) => handle,
    };
    let before = before.filter(|_| wanted.device).map(|handle| handle.to_string());
    let handle = chosen(&Joining { handle: wanted.handle.clone().or(before), ..wanted.clone() }, invitation)?;
    if invitation.is_some_and(|i| session.store.log().ok().flatten() != Some(i.log)) {
        return Err(Failure::usage("the invitation is to another community").hint("give it as the source"));
    }
    session.begin_writing(output)?;
    let asked = session.ask_locked(&handle, wanted, invitation);
    session.end_writing()?;
    let (written, device, invited) = asked?;
    let (community, by_hand, device) = (session.name()?, session.remotes()?.is_empty(), Some(device));
    if !common.dry_run
        && let Some(failure) = session.sync(None, output)?.failure()
    {
        return Err(failure);
    }
    let suspended = session.is_suspended(&handle)?;
    Ok(Joined { community, written: Some(written), device, handle: Some(handle), invited, by_hand, suspended })
}

fn chosen(wanted: &Joining, invitation: Option<&Invitation>) -> Result<Handle, Failure> {
    let suggested = invitation.and_then(|i| i.handle.as_ref()).map(ToString::to_string);
    let handle = wanted.handle.clone().or(suggested);
    Ok(ask(handle, "--as HANDLE", "The handle that you ask for")?.parse()?)
}

/// The request, once there is a key: what it says, and whether it answers an invitation.
fn request<'a>(
    session: &Session,
    handle: &'a Handle,
    wanted: &Joining,
    invitation: Option<&'a Invitation>,
) -> Result<impl FnOnce(&event::Key) -> (Body, bool) + use<'a>, Failure> {
    let at = session.store.register()?;
    let invitation = invitation.filter(|_| !wanted.device);
    match session.store.fact(&at, &Key::Glance(handle.glance()))? {
        Some(Value::Handle(member)) if wanted.device && member == *handle => {
            let standing = match session.store.fact(&at, &Key::Member(member))? {
                Some(Value::Member(member)) => member.standing,
                _ => Standing::Left,
            };
            if !matches!(standing, Standing::Active | Standing::Suspended) {
                return Err(Failure::no(format!("{handle} is no member any more"))
                    .hint("ask to join anew, under another handle"));
            }
        }
        _ if wanted.device => {
            return Err(Failure::no(format!("there is no member `{handle}`"))
                .hint("--device is for another device of somebody who is a member; leave it out to join"));
        }
        Some(Value::Handle(taken)) => {
            return Err(match taken == *handle {
                true => Failure::no(format!("`{handle}` is taken"))
                    .hint("choose another handle with --as; if you are that member yourself, add --device"),
                false => {
                    Failure::no(format!("`{handle}` looks like `{taken}`")).hint("choose another handle with --as")
                }
            });
        }
        _ => {}
    }
    if let Some(invitation) = invitation {
        must_be_good(session, invitation)?;
    }
    let kind = wanted.kind.or(invitation.map(|i| i.kind)).unwrap_or_default();
    Ok(move |key: &event::Key| {
        let invited = invitation.map(|i| i.proof(&key.public().device(), handle));
        let is_invited = invited.is_some();
        (Body::Join(Join { key: key.public(), kind, invited }), is_invited)
    })
}

/// The invitation is held, by the key whose seed this is, and has uses left.
fn must_be_good(session: &Session, invitation: &Invitation) -> Result<(), Failure> {
    let anew = "ask who invited you for a new one";
    let key = event::Key::from_seed(&invitation.seed).public();
    let invite = match session.store.body(&invitation.id)? {
        Some(Body::Invite(invite)) if invite.key == key => invite,
        _ => {
            return Err(Failure::could("the invitation is not in the journal there")
                .hint("ask who invited you to `members sync`, then try again"));
        }
    };
    if now() > invite.expires {
        return Err(Failure::no(format!("the invitation expired at {}", invite.expires)).hint(anew));
    }
    let at = session.store.register()?;
    if rules::admitted_by(&session.store, &at, &invitation.id)? >= u32::from(invite.uses) {
        return Err(Failure::no("the invitation is used up").hint(anew));
    }
    match rules::inviter(&session.store, &at, &invitation.id, now())? {
        Some(_) => Ok(()),
        None => {
            Err(Failure::no("the invitation no longer counts: the device that gave it is no steward's now").hint(anew))
        }
    }
}

impl Session {
    /// With the lock held: asks with a new key, which takes the old one's place.
    fn ask_locked(
        &mut self,
        handle: &Handle,
        wanted: &Joining,
        invitation: Option<&Invitation>,
    ) -> Result<(Written, Device, bool), Failure> {
        let body = request(self, handle, wanted, invitation)?;
        let key = match self.dry_run {
            true => Rc::new(event::Key::from_seed(&[7; 32])),
            false => {
                if let Some(old) = self.device()? {
                    self.keys.set_aside(&old)?;
                }
                let key = self.keys.create(wanted.passphrase)?;
                self.local()?.drop_value("elsewhere")?;
                key
            }
        };
        let (body, invited) = body(&key);
        let written = self.write_first(handle.clone(), &key, body, None)?;
        Ok((written, key.public().device(), invited))
    }

    /// Whether events of a device were met, in the books or among the requests to join.
    fn has_signed(&mut self, device: &Device) -> Result<bool, Failure> {
        let asks = self.local()?.requests()?.iter().any(|request| request.device == *device);
        Ok(asks || self.store.head(device)?.is_some())
    }

    fn is_suspended(&self, handle: &Handle) -> Result<bool, Failure> {
        let member = self.store.fact(&self.store.register()?, &Key::Member(handle.clone()))?;
        Ok(matches!(member, Some(Value::Member(member)) if member.standing == Standing::Suspended))
    }

    /// The member whose handle this is, or looks like this.
    pub fn look_alike(&self, handle: &Handle) -> Result<Option<Handle>, Failure> {
        let at = self.store.register()?;
        Ok(match self.store.fact(&at, &Key::Glance(handle.glance()))? {
            Some(Value::Handle(taken)) => Some(taken),
            _ => None,
        })
    }
}
