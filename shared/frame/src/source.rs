//! Where a newcomer gets the community from: an invitation's remotes, an address, or a bundle; and whether it is the one
//! that is meant.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use journal::Remote;
use rules::Facts;

use crate::failure::{Failure, Kind};
use crate::ingest::Taken;
use crate::invitation::{Invitation, is_invitation};
use crate::output::Output;
use crate::session::Session;
use crate::sync::absolute;

/// The most that is read of a file or standard input in search of an invitation.
const MOST: u64 = 64 * 1024;

/// Where the community comes from.
pub(crate) enum Source {
    Bundle(PathBuf),
    Remotes(Vec<Remote>),
}

/// A text that may stand on standard input instead.
pub(crate) fn given(text: &str) -> Result<String, Failure> {
    match text {
        "-" => crate::prompt::multiline(Some(Path::new("-"))),
        text => Ok(text.to_owned()),
    }
}

/// What a source is.
pub(crate) fn find(source: &str, beside: Option<Invitation>) -> Result<(Source, Option<Invitation>), Failure> {
    let path = Path::new(source);
    let text = match source {
        "-" => Some(given(source)?),
        _ if is_invitation(source) => Some(source.to_owned()),
        _ if path.is_file() => match text_of(path) {
            Some(text) => Some(text),
            None => return Ok((Source::Bundle(path.to_owned()), beside)),
        },
        _ => return Ok((Source::Remotes(vec![Remote::new("origin", &absolute(source))?]), beside)),
    };
    let invitation = Invitation::read(&text.unwrap_or_default())?;
    if invitation.remotes.is_empty() {
        return Err(Failure::usage("the invitation names no remote")
            .hint("join from a bundle: `members join FILE --invite 'commons1:…'`"));
    }
    let mut remotes = Vec::new();
    for (n, url) in invitation.remotes.iter().enumerate() {
        let name = if n == 0 { "origin".to_owned() } else { format!("origin{}", n.saturating_add(1)) };
        remotes.push(Remote::new(&name, url)?);
    }
    Ok((Source::Remotes(remotes), Some(invitation)))
}

/// What a small file says that is text and holds an invitation; a bundle is neither.
fn text_of(path: &Path) -> Option<String> {
    let mut text = String::new();
    fs::File::open(path).ok()?.take(MOST).read_to_string(&mut text).ok()?;
    let bundle = text.starts_with("# v") && text.contains("git bundle");
    (!bundle && text.lines().any(is_invitation)).then_some(text)
}

/// Brings the community in, from one remote after the other until it is the one that is meant.
pub(crate) fn bring(
    session: &mut Session,
    (source, typed): (&Source, &str),
    invitation: Option<&Invitation>,
    output: &mut Output,
) -> Result<Taken, Failure> {
    let (mut all, mut failures, mut seen) = (Taken::default(), Vec::new(), false);
    match source {
        Source::Bundle(file) => {
            all = session.import_locked(file, output)?;
            seen = true;
        }
        Source::Remotes(remotes) => {
            for remote in remotes {
                match session.fetch(remote, output) {
                    Ok(taken) => {
                        all.add(taken);
                        seen = true;
                    }
                    Err(failure) => failures.push(failure),
                }
                if session.store.log()?.is_some() && session.distrust()?.is_none() {
                    break;
                }
            }
        }
    }
    if !seen {
        let retry = failures.iter().position(|failure| failure.kind == Kind::Retry).unwrap_or(0);
        let failure = failures.into_iter().nth(retry);
        return Err(failure.unwrap_or_else(|| Failure::usage("nothing to join")));
    }
    let held = session.store.log()?;
    match (held, invitation) {
        (None, None) => Err(Failure::could(format!("there is no community in `{}`", event::harmless_line(typed)))
            .hint("ask for the right address, or found one there with `members found NAME --as HANDLE --remote URL`")),
        (None, Some(_)) => Err(other_history()),
        (Some(_), Some(_)) if session.distrust()?.is_some() => Err(other_history()),
        _ => Ok(all),
    }
}

fn other_history() -> Failure {
    Failure::could("this repository shows another history than the one you were invited to").hint(
        "ask who invited you: is the address right, and has `members sync` published what the invitation stands on?",
    )
}

/// Where several communities began, chance must not choose; nor who put a second one there.
pub(crate) fn must_be_meant(session: &Session, name: &str, taken: &Taken) -> Result<(), Failure> {
    let genesis = session.store.log()?.map(|log| log.to_string()).unwrap_or_default();
    let others: Vec<&String> = match &session.meant {
        None => taken.others.iter().collect(),
        // One that is called by its name could be meant as well.
        Some(meant) if genesis.starts_with(meant) => Vec::new(),
        Some(_) => {
            taken.others.iter().filter(|other| other.rsplit_once(" (").is_some_and(|(o, _)| o == name)).collect()
        }
    };
    match others.as_slice() {
        [] => Ok(()),
        some => {
            let some: Vec<&str> = some.iter().map(|other| other.as_str()).collect();
            let short = &genesis[..genesis.len().min(8)];
            Err(Failure::usage("several communities began there")
                .hint(format!("ask which is yours, and choose it with -C: {name} ({short}), {}", some.join(", "))))
        }
    }
}
