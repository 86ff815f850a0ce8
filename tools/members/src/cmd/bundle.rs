//! `members bundle`: the whole journal in one file, for a stick or a mail.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};
use frame::{Common, Failure, Output, Session};

/// Write or read the whole journal as one file
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write every event into a file
    Export {
        /// The file
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
    /// Take in what a file holds
    Import {
        /// The file
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    match args.what {
        What::Export { file } => {
            if !common.dry_run {
                session.export_bundle(&file)?;
            }
            out.status(format!("wrote {}", file.display()));
        }
        What::Import { file } => {
            let taken = session.import_bundle(&file, out)?;
            frame::Synced { taken, ..frame::Synced::default() }.report(out);
            out.status("imported; `members sync` publishes it and does the rest");
        }
    }
    Ok(())
}
