//! `members recovery`: a page to print and keep, for the day on which this device is lost.

use frame::{Common, Failure, Format, Output, Session};
use rules::Facts;
use serde_json::json;

/// Print what to do if this device is lost: print it, and keep it somewhere else
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let session = Session::open(common, out)?;
    let log = session.store.log()?.map(|log| log.to_string()).unwrap_or_default();
    let checkpoint = session.store.register()?.to_string();
    let device = session.device()?.map(|device| device.to_string());
    let me = session.me()?.map(|me| me.to_string());
    let remotes: Vec<String> = session.remotes()?.into_iter().map(|remote| remote.shown()).collect();
    let members = session.store.members()?;
    let mine = members.iter().find(|member| Some(member.handle.to_string()) == me);
    let (steward, secretary) = (mine.is_some_and(|m| m.steward), mine.is_some_and(|m| m.secretary));
    let stewards: Vec<String> = members.iter().filter(|m| m.steward).map(|m| m.handle.to_string()).collect();
    let keeper = members.iter().find(|m| m.secretary).map(|m| m.handle.to_string()).unwrap_or_default();
    let steps = steps(&me, steward, secretary, stewards.len(), remotes.first());
    if out.format() != Format::Table {
        return out.json(&json!({
            "community": session.name()?,
            "log": log,
            "checkpoint": checkpoint,
            "handle": me,
            "device": device,
            "remotes": remotes,
            "stewards": stewards,
            "secretary": keeper,
            "steps": steps,
        }));
    }
    let head = |name: &str, value: &str| format!("{name:<12}{value}");
    out.line(format!("If this device is lost: {}", session.name()?))?;
    out.line("")?;
    out.line(head("log", &log))?;
    out.line(head("checkpoint", &checkpoint))?;
    out.line(head("handle", me.as_deref().unwrap_or("none yet")))?;
    out.line(head("device", device.as_deref().unwrap_or("none: a read-only copy")))?;
    for url in &remotes {
        out.line(head("remote", url))?;
    }
    out.line(head("stewards", &stewards.join(", ")))?;
    out.line(head("secretary", &keeper))?;
    out.line("")?;
    for (n, step) in steps.iter().enumerate() {
        out.line(format!("{}. {step}", n.saturating_add(1)))?;
    }
    Ok(())
}

fn steps(me: &Option<String>, steward: bool, secretary: bool, stewards: usize, remote: Option<&String>) -> Vec<String> {
    let handle = me.as_deref().unwrap_or("HANDLE");
    let source = remote.map_or("URL", String::as_str);
    let mut steps = vec![
        "Tell the stewards at once, by a way that the device does not share: phone, or in person.".to_owned(),
        "Never restore the device's key from a backup: two installations with one key freeze each other.".to_owned(),
    ];
    if secretary && stewards < 3 {
        steps.push(
            "There is no quorum without this device: another steward, or any member, must `members refound`."
                .to_owned(),
        );
        return steps;
    }
    if secretary {
        steps.push(
            "The other stewards: `members succeed`, so that the next one keeps the register; then `members sync`."
                .to_owned(),
        );
    }
    steps.push(format!("On the new device: `members join {source} --as {handle}`. Read its device to the stewards."));
    steps.push(format!("A steward: `members rekey {handle}`, and others `members approve`. The balance goes along."));
    if steward {
        steps.push("You are a steward: until then one fewer can be lost. Ask the others to sync often.".to_owned());
    }
    steps.push("`members sync`, then `members whoami`: you are a member again. Print this page anew.".to_owned());
    steps.push(
        "What was published counts, up to where the stewards cut it; what was never published is gone.".to_owned(),
    );
    steps
}
