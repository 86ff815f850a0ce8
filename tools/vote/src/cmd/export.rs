//! `vote export`: the counted ballots as a file that other programs count.

use count::Ballots;
use frame::{Common, Failure, Output, Session};
use serde_json::json;

use crate::{choice, form, poll, result};

/// Print the ballots that count, as a file for `vote count` and other programs
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: String,
    /// blt or ranks for rankings, csv for points, marks and answers, json for everything with who said it
    #[arg(long, value_name = "FORMAT", value_parser = form::FORMS)]
    to: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let poll = poll::find(session, &args.poll)?;
        if poll.kept_back() {
            return Err(Failure::no("the opener asked that nobody sees how it stands before it is counted"));
        }
        let open = &poll.row.open;
        let voices = session.store.voices(&poll.row)?;
        match args.to.as_str() {
            "json" => {
                let all = voices.iter().map(|(member, voice)| {
                    json!({
                        "member": member.to_string(),
                        "choice": voice.says.to_string(),
                        "shown": choice::shown(open, &voice.says),
                        "weight": voice.weight,
                        "ballot": voice.ballot.to_string(),
                        "by": voice.by.iter().map(|(_, who)| who.to_string()).collect::<Vec<_>>(),
                    })
                });
                out.json(&json!(all.collect::<Vec<_>>()))
            }
            to => {
                // Other programs take no quote within a name.
                let name = |text: &str| event::harmless(text).replace('"', "'");
                let names = open.options.iter().map(|option| name(option.as_str())).collect();
                let mut ballots = rules::ballots(open, names, voices.values()).map_err(result::failure)?;
                if let Ballots::Ranked(ranked) = &mut ballots {
                    ranked.entitle(&name(open.question.as_str()));
                }
                form::show(&ballots, to, open.seats().into(), out)
            }
        }
    })
}
