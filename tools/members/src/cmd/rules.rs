//! `members rules`: the community's rules document, and what another would change.

use clap::{Subcommand, ValueHint};
use clap_complete::ArgValueCompleter;
use event::{Body, Change, EventId, Motion};
use frame::{Common, Failure, Format, Output, Session, Table};

use rules::{Charter, Facts, Setting};
use serde_json::{Map, Value, json};

use crate::cmd::rules_change;
use crate::document::{self, Difference, differences};

const EXAMPLES: &str = "\
Examples:
  members rules > our.toml
  members rules check our.toml
  members rules diff our.toml
  members rules diff food
  members rules --json | jq .units
  members rules set our.toml
  members rules show 3 | diff our.toml -

The manual page rules(7), THE RULES DOCUMENT, explains every table.";

/// Show the community's rules, check and compare others, or move others
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show the rules in force, as they were agreed, or those that a motion proposes
    Show {
        /// A motion: its number, or the first digits of its id
        #[arg(add = ArgValueCompleter::new(frame::motions))]
        motion: Option<String>,
    },
    /// Show what another document would change; without one, what motions have changed since
    Diff {
        /// A file, a template, or - for standard input
        #[arg(value_name = "FILE|TEMPLATE", value_hint = ValueHint::FilePath)]
        other: Option<String>,
    },
    /// Check a document, and tell every mistake with line and key
    Check {
        /// A file, a template, or - for standard input
        #[arg(value_hint = ValueHint::FilePath)]
        file: String,
    },
    /// Move that another document shall be the rules
    Set {
        /// A file, a template, or - for standard input
        #[arg(value_name = "FILE|TEMPLATE", value_hint = ValueHint::FilePath)]
        file: String,
    },
    /// Change the rules in your editor, and move what you save
    Edit,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    match args.what.unwrap_or(What::Show { motion: None }) {
        What::Check { file } => check(&file, out),
        What::Set { file } => rules_change::set(&file, common, out),
        What::Edit => rules_change::edit(common, out),
        What::Show { motion } => {
            let mut session = Session::open(common, out)?;
            session.around(common, out, |session, out| {
                let (text, charter) = match &motion {
                    None => in_force(session)?,
                    Some(wanted) => proposed(session, wanted)?,
                };
                show(text, &charter, out)
            })
        }
        What::Diff { other } => {
            // A mistake in the file is told before anything else is done.
            let other = other.as_deref().map(document::read).transpose()?;
            let mut session = Session::open(common, out)?;
            session.around(common, out, |session, out| {
                let (_, charter) = in_force(session)?;
                let (to, empty) = match other {
                    Some(other) => (other.charter, "nothing would change"),
                    None => (as_moved(session, &charter)?, "no motion has changed them"),
                };
                diff(&differences(&charter, &to), empty, out)
            })
        }
    }
}

/// The rules document in force, and what it says.
pub fn in_force(session: &Session) -> Result<(String, Charter), Failure> {
    let text = match session.store.rules_event()? {
        Some(event) => session.store.text(&event)?,
        None => None,
    };
    let text = text.ok_or_else(|| {
        Failure::no("the rules are not here yet").hint("`members sync` fetches the community's journal")
    })?;
    let read = charter(&text)?;
    Ok((text, read))
}

/// What the document of an event says: of the genesis, or of a motion.
pub fn of(session: &Session, event: &EventId) -> Result<Charter, Failure> {
    charter(&session.store.text(event)?.unwrap_or_default())
}

/// What a document says that the law has let be.
pub fn charter(text: &str) -> Result<Charter, Failure> {
    Charter::read(text).map_err(|e| Failure::could(format!("the rules do not hold: {e}")))
}

/// The rules document that a motion proposes.
fn proposed(session: &mut Session, wanted: &str) -> Result<(String, Charter), Failure> {
    let motion = session.find("motion", wanted)?;
    match (session.store.body(&motion)?, session.store.text(&motion)?) {
        (Some(Body::Motion(Motion { change: Change::Rules { .. } })), Some(text)) => {
            let read = charter(&text)?;
            Ok((text, read))
        }
        _ => Err(Failure::no("that is no motion for other rules").hint("`members motions` lists the motions")),
    }
}

/// The document with what motions of their own have made of its units.
pub fn as_moved(session: &Session, charter: &Charter) -> Result<Charter, Failure> {
    let units = session.store.units()?.into_iter().map(|(def, _)| def).collect();
    Ok(Charter { units, ..charter.clone() })
}

fn show(text: String, charter: &Charter, out: &mut Output) -> Result<(), Failure> {
    match out.format() {
        Format::Table => out.line(text),
        Format::Json => out.json(&nested(charter)),
        Format::Csv | Format::Tsv => {
            let mut table = Table::new(&["key|Key", "value|Value"], "");
            for (key, setting) in charter.settings() {
                table.row([json!(key), value(&setting)]);
            }
            out.table(&table)
        }
    }
}

fn check(file: &str, out: &mut Output) -> Result<(), Failure> {
    if out.format() == Format::Table {
        document::read(file)?;
        out.status(format!("{} holds", document::called(file)));
        return Ok(());
    }
    let mut table = Table::new(&["line", "column", "key", "what"], "");
    let checked = document::check(file)?;
    for problem in checked.as_ref().err().map(rules::BadCharter::problems).unwrap_or_default() {
        table.row([json!(problem.line), json!(problem.column), json!(problem.key), json!(problem.what)]);
    }
    out.table(&table)?;
    checked.map(|_| ()).map_err(|_| Failure::usage(format!("{} does not hold", document::called(file))))
}

/// A line for each key that changes.
pub fn diff(differences: &[Difference], empty: &'static str, out: &mut Output) -> Result<(), Failure> {
    if out.format() != Format::Table {
        let mut table = Table::new(&["key", "was", "now"], "");
        for difference in differences {
            let side = |setting: &Option<Setting>| setting.as_ref().map_or(Value::Null, value);
            table.row([json!(difference.key), side(&difference.was), side(&difference.now)]);
        }
        return out.table(&table);
    }
    if differences.is_empty() {
        out.status(empty);
    }
    lines(differences).iter().try_for_each(|line| out.line(line))
}

/// The same as lines for people.
pub fn lines(differences: &[Difference]) -> Vec<String> {
    let wide = differences.iter().map(|difference| difference.key.chars().count()).max().unwrap_or(0);
    let line = |Difference { key, was, now }: &Difference| {
        let pad = " ".repeat(wide.saturating_sub(key.chars().count()));
        format!("{key}{pad}  {} -> {}", words(was), words(now))
    };
    differences.iter().map(line).collect()
}

fn words(setting: &Option<Setting>) -> String {
    match setting {
        None => "not set".to_owned(),
        Some(Setting::Text(text)) => text.clone(),
        Some(Setting::Truth(truth)) => truth.to_string(),
        Some(Setting::List(list)) if list.is_empty() => "none".to_owned(),
        Some(Setting::List(list)) => list.join(", "),
    }
}

fn value(setting: &Setting) -> Value {
    match setting {
        Setting::Text(text) => json!(text),
        Setting::Truth(truth) => json!(truth),
        Setting::List(list) => json!(list),
    }
}

/// The settings as tables within tables, like the document.
fn nested(charter: &Charter) -> Value {
    let mut top = Map::new();
    for (key, setting) in charter.settings() {
        let mut table = &mut top;
        let mut path = key.split('.').peekable();
        while let Some(name) = path.next() {
            if path.peek().is_none() {
                table.insert(name.to_owned(), value(&setting));
                break;
            }
            match table.entry(name).or_insert_with(|| Value::Object(Map::new())) {
                Value::Object(below) => table = below,
                _ => break,
            }
        }
    }
    Value::Object(top)
}
