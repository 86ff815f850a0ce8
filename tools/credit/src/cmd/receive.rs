//! `credit receive`: takes what has settled into one's accounts.

use event::Item;
use frame::{Common, Failure, Output, Session, Written};

/// Receive what has settled; `members sync` does this by itself unless `receive = "manual"` is set
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Only these payments, by the first digits of their ids
    ids: Vec<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let only = chosen(session, &args.ids)?;
        let written = session.receive(only.as_deref(), out)?;
        if !written.is_empty() {
            Written::show_all(&written, out)?;
        } else {
            out.status("nothing to receive: `members status` shows what is on its way");
        }
        Ok(())
    })
}

fn chosen(session: &mut Session, ids: &[String]) -> Result<Option<Vec<Item>>, Failure> {
    if ids.is_empty() {
        return Ok(None);
    }
    let mut items = Vec::new();
    for text in ids {
        let id = session.find("payment", text)?;
        let before = items.len();
        for account in session.kept_accounts()? {
            let open = session.store.open_items(&account)?;
            items.extend(open.into_iter().filter(|open| open.item.event() == id).map(|open| open.item));
        }
        if items.len() == before {
            return Err(Failure::no(format!("payment {} has nothing for you to receive", id.short()))
                .hint(format!("`credit show {}` tells what became of it", id.short())));
        }
    }
    Ok(Some(items))
}
