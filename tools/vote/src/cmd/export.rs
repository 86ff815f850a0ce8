//! `vote export`: the counted ballots as a file that other programs count.

use std::collections::BTreeMap;
use std::fmt::Write;

use event::{Ballot, Form, Open, Slot};
use frame::{Common, Failure, Output, Session};
use rules::Voice;
use serde_json::json;

use crate::{choice, poll};

/// Print the ballots that count, as a file for `vote count` and other programs
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The poll: its number in `vote list`, or the first digits of its id
    poll: String,
    /// blt for rankings, csv for points, marks and answers, json for everything with who said it
    #[arg(long, value_name = "FORMAT", value_parser = ["blt", "csv", "json"])]
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
            "blt" if open.method.form() == Form::Ranking => out.raw(&blt(open, voices.values())),
            "blt" => Err(Failure::usage("blt is for rankings").hint("take --to csv or --to json")),
            _ if open.method.form() == Form::Ranking => Err(Failure::usage("rankings are exported as blt or json")),
            _ => out.raw(&csv(open, voices.values())),
        }
    })
}

/// Merged ballots: weight, then what they say.
fn merged<'a>(voices: impl Iterator<Item = &'a Voice>) -> BTreeMap<String, (u64, &'a Ballot)> {
    let mut all: BTreeMap<String, (u64, &Ballot)> = BTreeMap::new();
    for voice in voices {
        let weight = u64::from(voice.weight);
        let one = all.entry(voice.says.to_string()).or_insert((0, &voice.says));
        one.0 = one.0.saturating_add(weight);
    }
    all
}

fn blt<'a>(open: &Open, voices: impl Iterator<Item = &'a Voice>) -> String {
    let mut text = format!("{} {}\n", open.options.len(), open.seats());
    for (weight, ballot) in merged(voices).values() {
        let ranks = match ballot {
            Ballot::Ranking(ranks) => ranks.as_slice(),
            _ => &[],
        };
        let group = |equal: &Vec<u16>| equal.iter().map(u16::to_string).collect::<Vec<_>>().join("=");
        let line: Vec<String> = ranks.iter().map(group).collect();
        let _ = writeln!(text, "{weight} {}{}0", line.join(" "), if line.is_empty() { "" } else { " " });
    }
    text.push_str("0\n");
    let quoted = |name: &str| format!("\"{}\"\n", event::harmless_line(name).replace('"', "'"));
    for option in &open.options {
        text.push_str(&quoted(option.as_str()));
    }
    text.push_str(&quoted(open.question.as_str()));
    text
}

fn csv<'a>(open: &Open, voices: impl Iterator<Item = &'a Voice>) -> String {
    let cell = |name: &str| format!("\"{}\"", event::harmless_line(name).replace('"', "\"\""));
    let answers = open.method.form() == Form::Answer;
    let mut text = match answers {
        true => "answer,count\n".to_owned(),
        false => {
            let names: Vec<String> = open.options.iter().map(|option| cell(option.as_str())).collect();
            format!("count,{}\n", names.join(","))
        }
    };
    for (said, (weight, ballot)) in merged(voices) {
        if answers {
            let _ = writeln!(text, "{said},{weight}");
            continue;
        }
        let mut row = vec![String::new(); open.options.len()];
        for (option, mark) in marks(ballot) {
            if let Some(cell) = row.get_mut(usize::from(option).saturating_sub(1)) {
                *cell = mark;
            }
        }
        let _ = writeln!(text, "{weight},{}", row.join(","));
    }
    text
}

fn marks(ballot: &Ballot) -> Vec<(u16, String)> {
    match ballot {
        Ballot::Marks(marks) => marks.iter().map(|option| (*option, "1".to_owned())).collect(),
        Ballot::Points(points) => points.iter().map(|(option, n)| (*option, n.to_string())).collect(),
        Ballot::Slots(slots) => {
            let worth = |slot: &Slot| match slot {
                Slot::Yes => "2",
                Slot::Maybe => "1",
                Slot::No => "0",
            };
            slots.iter().map(|(option, slot)| (*option, worth(slot).to_owned())).collect()
        }
        Ballot::Answer(_) | Ballot::Ranking(_) => Vec::new(),
    }
}
