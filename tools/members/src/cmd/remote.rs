//! `members remote`: where to sync.

use clap::Subcommand;
use frame::{Common, Failure, Output, Session, Table};
use serde_json::json;

/// Add, list or remove places to sync with
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a remote
    Add {
        /// Your name for it
        name: String,
        /// A path, or an ssh or https address
        url: String,
    },
    /// List the remotes
    List,
    /// Remove a remote; nothing there or here is deleted
    Remove {
        /// Which
        name: String,
    },
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    match args.what.unwrap_or(What::List) {
        What::Add { name, url } => {
            if !common.dry_run {
                session.add_remote(&name, &url)?;
            }
            out.status(format!("remote {name}: `members sync` publishes there"));
            Ok(())
        }
        What::Remove { name } => {
            if !common.dry_run {
                session.remove_remote(&name)?;
            }
            out.status(format!("removed remote {name}"));
            Ok(())
        }
        What::List => {
            let mut table =
                Table::new(&["name|Name", "url|Address"], "there are no remotes: `members remote add NAME URL`");
            for remote in session.remotes()? {
                table.row([json!(remote.name), json!(remote.shown())]);
            }
            out.table(&table)
        }
    }
}
