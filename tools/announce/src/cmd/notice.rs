//! `announce notice`: who has been given notice of a post, and who has not.

use frame::{Common, Failure, Format, Output, Session, Table};
use serde_json::json;

use crate::post;

/// Show who has been given notice of a post, since when and how, and who still must be told
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The notice: its number, or the first digits of its id
    #[arg(add = clap_complete::ArgValueCompleter::new(frame::posts))]
    id: String,
    /// Only those who must still be told
    #[arg(long)]
    missing: bool,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let found = post::find(session, &args.id)?;
        if !found.row.post.notice {
            return Err(Failure::no(format!("post {} asks for no receipts", found.number))
                .hint("a post asks for them with `announce post --notice`, where the rules let its channel"));
        }
        let (notice, given) = session.store.notice(&found.row.words)?;
        let mut table = Table::new(
            &["member|Member", "given|Given", "since|Since", "how|How", "receipt"],
            "everyone has been given notice",
        );
        for row in given.iter().filter(|_| !args.missing) {
            let how = match (&row.told, &row.receipt) {
                (Some((by, how)), _) => format!("{how} (recorded by {by})"),
                (None, Some(_)) => "seen".to_owned(),
                (None, None) => "wrote it".to_owned(),
            };
            let receipt = row.receipt.map(|id| id.to_string());
            table.row([
                json!(row.member.to_string()),
                json!(true),
                json!(row.since.to_string()),
                json!(how),
                json!(receipt),
            ]);
        }
        let mut missing = Vec::new();
        for member in session.store.active_at(&found.row.words)? {
            if !notice.given.contains_key(&member) {
                table.row([json!(member.to_string()), json!(false), json!(null), json!(null), json!(null)]);
                missing.push(member.to_string());
            }
        }
        out.table(&table)?;
        if out.format() == Format::Table {
            let all = format!("{} of {} members have had notice", notice.given.len(), notice.members);
            out.status(match missing.is_empty() {
                true => all,
                false => format!("{all}; still to be told: {}", missing.join(", ")),
            });
        }
        Ok(())
    })
}
