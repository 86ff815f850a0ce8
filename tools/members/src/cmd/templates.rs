//! `members templates`: first rules to found with.

use clap::Subcommand;
use frame::{Common, Failure, Output, Table};
use serde_json::json;

use crate::document::{TEMPLATES, text};

const EXAMPLES: &str = "\
Examples:
  members templates
  members templates show food > our.toml
  members rules check our.toml
  members found 'The Pantry' --as ada --template our.toml";

/// List or show the rules that a community can begin with
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List the templates
    List,
    /// Print one, to change it and found with it
    Show {
        /// Which: its name, or a file
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
