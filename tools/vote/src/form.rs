//! Ballots in the form that another program reads: a `.blt`, `.ranks`, CSV or JSON.

use count::Ballots;
use count::read::Format;
use frame::{Failure, Output};
use serde_json::{Value, json};

use crate::result::failure;

/// What `--to` takes.
pub const FORMS: [&str; 4] = ["blt", "ranks", "csv", "json"];

/// Prints ballots, equal ones together; `seats` is for the head of a `.blt` and for JSON.
pub fn show(ballots: &Ballots, to: &str, seats: u32, out: &mut Output) -> Result<(), Failure> {
    let format = match (to, ballots) {
        ("json", _) => return out.json(&json(ballots, seats)),
        ("blt", Ballots::Ranked(_)) => Format::Blt,
        ("ranks", Ballots::Ranked(_)) => Format::Ranks,
        ("csv", Ballots::Marked(_)) => Format::Scores,
        ("csv", Ballots::Answers(_)) => Format::Answers,
        ("csv", _) => {
            return Err(Failure::usage("csv is for marks and answers").hint("rankings go --to blt or --to ranks"));
        }
        _ => return Err(Failure::usage(format!("{to} is for rankings")).hint("take --to csv or --to json")),
    };
    let mut text = String::new();
    count::write(ballots, format, seats, &mut text).map_err(failure)?;
    // Names are of whoever wrote the file.
    out.raw(&event::harmless(&text))
}

/// The candidates by name, and every different ballot: how often it occurs, and what it says.
fn json(ballots: &Ballots, seats: u32) -> Value {
    match ballots {
        Ballots::Ranked(ranked) => {
            let name = |place: &usize| ranked.names().get(*place).map(String::as_str);
            let rows = ranked.ballots().map(|(n, groups)| {
                let ranking: Vec<Vec<Option<&str>>> =
                    groups.iter().map(|group| group.iter().map(name).collect()).collect();
                json!({"count": n, "ranking": ranking})
            });
            let rows: Vec<Value> = rows.collect();
            json!({
                "schema": 1,
                "title": ranked.title(),
                "seats": seats,
                "candidates": ranked.names(),
                "withdrawn": ranked.withdrawn(),
                "ballots": rows,
            })
        }
        Ballots::Marked(marked) => {
            let rows: Vec<Value> = marked.ballots().map(|(n, marks)| json!({"count": n, "marks": marks})).collect();
            json!({"schema": 1, "seats": seats, "candidates": marked.names(), "ballots": rows})
        }
        Ballots::Answers(all) => json!({
            "schema": 1,
            "answers": {
                "yes": all.yes, "no": all.no, "abstain": all.abstain, "block": all.block, "invalid": all.invalid,
            },
        }),
    }
}
