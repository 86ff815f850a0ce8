//! Completions for bash, zsh and fish; handles and accounts come from the store, read-only.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Parser;
use clap_complete::CompletionCandidate;
use clap_complete::env::{Bash, CompleteEnv, EnvCompleter, Fish, Zsh};

use crate::args::Common;
use crate::failure::Failure;
use crate::output::Output;
use crate::places::Places;

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
        let local = store::Local::open(&folder()?.join("local.db")).ok()?;
        Some(local.channels().ok()?.into_iter().map(|(name, _, _)| name).collect())
    };
    let all = read().unwrap_or_default();
    all.iter().filter(|name| name.starts_with(&*begun)).map(CompletionCandidate::new).collect()
}

/// Open motions whose number begins so, each with what it changes.
pub fn motions(begun: &OsStr) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let fits = |(n, _): &(String, String)| n.starts_with(&*begun);
    let all = read_motions().unwrap_or_default().into_iter().filter(fits);
    all.map(|(n, change)| CompletionCandidate::new(n).help(Some(change.into()))).collect()
}

fn read_motions() -> Option<Vec<(String, String)>> {
    let folder = folder()?;
    let store = store::Store::read(&folder.join("store.db")).ok()??;
    let local = store::Local::open(&folder.join("local.db")).ok()?;
    let numbered = store.motions().ok()?.into_iter().map(|motion| {
        let n = local.number("motion", &motion.id).ok()?;
        Some((n.to_string(), motion.change.to_string()))
    });
    numbered.collect()
}

fn names(begun: &OsStr, common: bool) -> Vec<CompletionCandidate> {
    let begun = begun.to_string_lossy();
    let all = read_names().unwrap_or_default();
    let fits = |name: &&String| name.starts_with(&*begun) && (common || !name.starts_with('@'));
    all.iter().filter(fits).map(CompletionCandidate::new).collect()
}

fn read_names() -> Option<Vec<String>> {
    let store = store::Store::read(&folder()?.join("store.db")).ok()??;
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
