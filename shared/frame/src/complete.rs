//! Completions for bash, zsh and fish; names and short numbers come from the store, read-only.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Parser;
use clap_complete::CompletionCandidate;
use clap_complete::env::{Bash, CompleteEnv, EnvCompleter, Fish, Zsh};
use store::{Local, Store};

use crate::args::Common;
use crate::failure::Failure;
use crate::output::Output;
use crate::places::Places;

/// Of so many posts, the newest, a shell is told.
const POSTS: usize = 100;

/// Answers a shell that asks what could come next, and ends the process if it did.
pub(crate) fn answer<P: Parser>(tool: &'static str) {
    if std::env::var_os("COMPLETE").is_some() {
        CompleteEnv::with_factory(P::command).bin(tool).complete();
    }
}

/// Prints the script that makes a shell ask.
pub fn write_completions(shell: &str, tool: &str, output: &mut Output) -> Result<(), Failure> {
    let mut script = Vec::new();
    let written = match shell {
        "bash" => Bash.write_registration("COMPLETE", tool, tool, tool, &mut script),
        "zsh" => Zsh.write_registration("COMPLETE", tool, tool, tool, &mut script),
        "fish" => Fish.write_registration("COMPLETE", tool, tool, tool, &mut script),
        other => {
            return Err(Failure::usage(format!("no completions for `{}`", event::harmless_line(other)))
                .hint("the shells are bash, zsh and fish"));
        }
    };
    written.map_err(|e| Failure::could(e.to_string()))?;
    output.raw(&String::from_utf8_lossy(&script))
}

/// Handles of members that begin so.
pub fn handles(begun: &OsStr) -> Vec<CompletionCandidate> {
    names(begun, false)
}

/// Accounts that begin so.
pub fn accounts(begun: &OsStr) -> Vec<CompletionCandidate> {
    names(begun, true)
}

/// Channels that begin so.
pub fn channels(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let read = || -> Option<Vec<String>> {
        let local = Local::open(&folder()?.join("local.db")).ok()?;
        Some(local.channels().ok()?.into_iter().map(|(name, _, _)| name).collect())
    };
    let all = read().unwrap_or_default();
    all.iter().filter(|name| name.starts_with(&*begun)).map(CompletionCandidate::new).collect()
}

/// Open motions whose number begins so, each with what it changes.
pub fn motions(begun: &OsStr) -> Vec<CompletionCandidate> {
    numbered(begun, |store, local| {
        let motions = store.motions().ok()?.into_iter();
        motions.map(|motion| Some((local.number("motion", &motion.id).ok()?, motion.change.to_string()))).collect()
    })
}

/// Polls whose number begins so, each with its question.
pub fn polls(begun: &OsStr) -> Vec<CompletionCandidate> {
    numbered(begun, |store, local| {
        let polls = store.polls().ok()?.into_iter();
        polls
            .map(|poll| Some((local.number("poll", &poll.event.link.id).ok()?, poll.open.question.to_string())))
            .collect()
    })
}

/// The newest posts whose number begins so, each with its title.
pub fn posts(begun: &OsStr) -> Vec<CompletionCandidate> {
    numbered(begun, |store, local| {
        let ids = store.post_ids(None, None, POSTS).ok()?.into_iter();
        let titled = ids.filter_map(|id| {
            let (kept, row) = (local.kept(&id).ok()??, store.post(&id).ok()??);
            row.is_shown().then(|| (kept.number, row.post.title.to_string()))
        });
        Some(titled.collect())
    })
}

/// What has a short number, and what it is about.
fn numbered(
    begun: &OsStr,
    read: impl FnOnce(&Store, &Local) -> Option<Vec<(i64, String)>>,
) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let all = || {
        let folder = folder()?;
        let store = Store::read(&folder.join("store.db")).ok()??;
        read(&store, &Local::open(&folder.join("local.db")).ok()?)
    };
    let all = all().unwrap_or_default().into_iter().map(|(n, about)| (n.to_string(), about));
    let fits = all.filter(|(n, _)| n.starts_with(&*begun));
    fits.map(|(n, about)| CompletionCandidate::new(n).help(Some(event::harmless_line(&about).into()))).collect()
}

fn names(begun: &OsStr, common: bool) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let all = read_names().unwrap_or_default();
    let fits = |name: &&String| name.starts_with(&*begun) && (common || !name.starts_with('@'));
    all.iter().filter(fits).map(CompletionCandidate::new).collect()
}

fn read_names() -> Option<Vec<String>> {
    let store = Store::read(&folder()?.join("store.db")).ok()??;
    Some(store.account_names().ok()?.iter().map(ToString::to_string).collect())
}

/// The folder of the one community that the environment chooses; nothing where that is not clear.
fn folder() -> Option<PathBuf> {
    let common = Common {
        home: std::env::var_os("COMMONS_HOME").map(PathBuf::from),
        community: std::env::var("COMMONS_COMMUNITY").ok(),
        format: None,
        json: false,
        csv: false,
        quiet: true,
        verbose: false,
        dry_run: true,
        sync: false,
        yes: false,
    };
    let places = Places::of(&common).ok()?;
    let community = places.choose(common.community.as_deref()).ok()?;
    Some(places.data.join(community))
}
