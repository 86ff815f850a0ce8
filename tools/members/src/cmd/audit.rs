//! `members audit`: everything verified and folded anew.

use frame::{Common, Failure, Output, Session, Table};
use serde_json::json;
use store::Seal;

/// Verify every signature, fold the whole journal anew, and compare every row of the store
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Rebuild the store from the journal first
    #[arg(long)]
    rebuild: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    if args.rebuild && !common.dry_run {
        session.rebuild_store(out)?;
    }
    let audit = session.audit(out)?;
    let seal = match audit.seal {
        Seal::Whole => "whole",
        Seal::Foreign => "not by this installation",
        Seal::Broken => "broken",
    };
    let differs: Vec<String> = audit.differs.iter().map(|(table, n)| format!("{table}: {n} rows")).collect();
    let good = differs.is_empty() && audit.conserved && audit.seal == Seal::Whole;
    let mut table = Table::new(
        &[
            "good|Good",
            "events|Events verified",
            "refused|Refused by the rules",
            "conserved|Sums are zero",
            "seal|Seal",
            "differs|Store differs in",
            "trouble|Trouble",
            "state|State",
        ],
        "",
    );
    table.row([
        json!(good),
        json!(audit.events),
        json!(audit.refused),
        json!(audit.conserved),
        json!(seal),
        json!(differs),
        json!(audit.trouble),
        json!(audit.digest),
    ]);
    out.object(&table)?;
    match good {
        true => Ok(()),
        false if !audit.trouble.is_empty() => Err(Failure::could("the journal is damaged")
            .hint("keep this home as it is; ask another member for a bundle, made with `members bundle export FILE`")),
        false => Err(Failure::no("the store is not what the journal says")
            .hint("`members audit --rebuild` makes it anew from the journal")),
    }
}
