//! `members templates`: first rules to found with.

use clap::Subcommand;
use frame::{Common, Failure, Output, Table};
use serde_json::json;

const TEMPLATES: [(&str, &str, &str); 2] = [
    ("timebank", "People help each other; an hour is an hour", include_str!("../../templates/timebank.toml")),
    ("blank", "A unit, and nothing decided yet", include_str!("../../templates/blank.toml")),
];

/// List or show the rules that a community can begin with
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the templates
    List,
    /// Print one: `members templates show timebank > our.toml`
    Show {
        /// Which
        name: String,
    },
}

pub fn run(args: Args, _: &Common, out: &mut Output) -> Result<(), Failure> {
    match args.what.unwrap_or(What::List) {
        What::List => {
            let mut table = Table::new(&["name|Name", "title|For"], "");
            for (name, title, _) in TEMPLATES {
                table.row([json!(name), json!(title)]);
            }
            out.table(&table)
        }
        What::Show { name } => out.raw(&text(&name)?),
    }
}

/// The text of a template, or of a file.
pub fn text(name: &str) -> Result<String, Failure> {
    if let Some((_, _, text)) = TEMPLATES.iter().find(|(known, _, _)| *known == name) {
        return Ok((*text).to_owned());
    }
    std::fs::read_to_string(name).map_err(|e| {
        Failure::usage(format!("there is no template `{}`, and no file: {e}", event::harmless_line(name)))
            .hint("`members templates` lists them")
    })
}
