//! `members motions`: what is proposed and not entered yet.

use frame::{Common, Failure, Output, Session, Table};
use serde_json::json;

/// List motions that are not entered yet
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mut table = Table::new(
            &["number|No>", "id", "time|Since", "author|By", "change|Change", "approvals|Approved by"],
            "no motions are open",
        );
        for motion in session.store.motions()? {
            let number = session.local()?.number("motion", &motion.id)?;
            let who: Vec<String> = motion.approvals.iter().map(|(handle, _)| handle.to_string()).collect();
            table.row([
                json!(number),
                json!(motion.id.to_string()),
                json!(motion.time.to_string()),
                json!(motion.author.to_string()),
                json!(motion.change.to_string()),
                json!(who),
            ]);
        }
        out.table(&table)
    })
}
