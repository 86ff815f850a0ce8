//! `credit account`: accounts of the community.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Account, Change, HandAccount, Handle, Line, OpenAccount};
use frame::{Common, Failure, Output, Session, Table, Written};
use serde_json::json;

/// List the accounts of the community, open one, or hand one on
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List them with their keepers
    List,
    /// Open one, such as @garden; it draws no credit unless `credit limit set` says so
    Open(Open),
    /// Hand one that you keep to another member
    Hand(Hand),
}

#[derive(Debug, clap::Args)]
struct Open {
    /// Its name, such as @garden
    account: String,
    /// What it is for
    #[arg(long)]
    title: String,
    /// Who keeps it; you by default
    #[arg(long, add = ArgValueCompleter::new(frame::handles))]
    keeper: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Hand {
    /// The account
    #[arg(add = ArgValueCompleter::new(frame::accounts))]
    account: String,
    /// Who keeps it from then on
    #[arg(add = ArgValueCompleter::new(frame::handles))]
    keeper: String,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let change = match &args.what {
            None | Some(What::List) => return list(session, out),
            Some(What::Open(open)) => Change::Open(opened(session, open)?),
            Some(What::Hand(hand)) => Change::Hand(handed(session, hand)?),
        };
        Written::show_all(&session.change(change, out)?, out)?;
        if let Some(What::Hand(hand)) = &args.what {
            let account = event::harmless_line(&hand.account);
            out.status(format!("from now on you write nothing on {account}; it goes over once this is settled"));
        }
        Ok(())
    })
}

fn opened(session: &Session, open: &Open) -> Result<OpenAccount, Failure> {
    let account = common(&open.account)?;
    let keeper: Handle = match &open.keeper {
        Some(keeper) => keeper.parse()?,
        None => session.member()?,
    };
    Ok(OpenAccount { account, title: Line::tidy(&open.title)?, keeper })
}

fn handed(session: &Session, hand: &Hand) -> Result<HandAccount, Failure> {
    common(&hand.account)?;
    let account = super::account(session, Some(&hand.account))?;
    let was = session.store.keeper(&account)?.ok_or_else(|| Failure::no(format!("nobody keeps {account}")))?;
    Ok(HandAccount { account, keeper: hand.keeper.parse()?, was })
}

fn common(text: &str) -> Result<Account, Failure> {
    match text.parse()? {
        account @ Account::Common(_) => Ok(account),
        Account::Member(name) => Err(Failure::usage(format!("`{name}` is a member's account"))
            .hint(format!("an account of the community begins with `@`: @{name}"))),
    }
}

fn list(session: &Session, out: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["account|Account", "title|For", "keeper|Kept by"], "");
    for account in session.store.account_names()? {
        if let Account::Common(_) = account {
            let keeper = session.store.keeper(&account)?.map(|keeper| keeper.to_string());
            table.row([json!(account.to_string()), json!(session.store.title(&account)?), json!(keeper)]);
        }
    }
    out.table(&table)
}
