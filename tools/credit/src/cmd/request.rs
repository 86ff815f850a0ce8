//! `credit request`: asks to be paid.

use clap_complete::ArgValueCompleter;
use event::{Account, Amount, Body, KindOfMember, Line, Request};
use frame::{Common, Failure, Output, Session, Written, now, when};
use rules::Standing;

const EXAMPLES: &str = "\
Examples:
  credit request bob 2.5 hours \"weeding the garden\" --due 14d
  credit request --each 5 hours \"dues of June\" --to @commons --key dues-june   # asks nobody twice
  credit request --each 3 hours \"shifts\" --kind person,household --key shifts-june";

/// Ask someone to pay you
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Whom, how much, the unit where there are several, and what for; with --each without whom
    #[arg(value_name = "WHOM AMOUNT UNIT PURPOSE", num_args = 0..)]
    words: Vec<String>,
    /// Ask every active member; needs --key, and asks nobody twice under it
    #[arg(long, requires = "key")]
    each: bool,
    /// With --each, only members of these kinds: person, organisation, household
    #[arg(long, requires = "each", value_delimiter = ',')]
    kind: Vec<KindOfMember>,
    /// To which account of yours it shall be paid, such as @commons
    #[arg(long, value_name = "ACCOUNT", add = ArgValueCompleter::new(frame::accounts))]
    to: Option<String>,
    /// When it is due: 2026-12-01, or a span such as 14d
    #[arg(long)]
    due: Option<String>,
    /// What sort of thing it is for, such as food
    #[arg(long)]
    category: Option<String>,
    /// A name for this request: under it nobody is asked twice
    #[arg(long)]
    key: Option<String>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let mut written = Vec::new();
        let drafts = drafts(session, &args)?;
        for request in &drafts {
            if let Some(key) = &request.key
                && let Some(id) = session.store.asked_under(&request.account, &request.of, key.as_str())?
            {
                if !args.each {
                    out.status(format!("asked before under this key, {}: nothing was written", id.short()));
                }
                continue;
            }
            written.push(session.write(Body::Request(request.clone()), None, out)?);
        }
        if written.is_empty() && args.each {
            out.status("everyone was asked before under this key: nothing was written");
        }
        if !written.is_empty() {
            Written::show_all(&written, out)?;
        }
        Ok(())
    })
}

fn drafts(session: &Session, args: &Args) -> Result<Vec<Request>, Failure> {
    let mut words = args.words.iter().map(String::as_str);
    let account = super::account(session, args.to.as_deref())?;
    let whom = match args.each {
        true => None,
        false => Some(frame::ask(words.next().map(str::to_owned), "WHOM", "Whom")?.parse::<Account>()?),
    };
    let amount = frame::ask(words.next().map(str::to_owned), "AMOUNT", "How much")?;
    let rest: Vec<String> = words.map(str::to_owned).collect();
    let (def, purpose) = super::unit_and_purpose(session, &rest)?;
    let amount = Amount::typed(&amount, def.base.lower.places())?;
    if amount.minor() == 0 {
        return Err(Failure::usage("a request for nothing"));
    }
    let due = args.due.as_deref().map(|text| when(text, now())).transpose()?;
    let category = args.category.as_deref().map(str::parse).transpose()?;
    let key = args.key.as_deref().map(Line::tidy).transpose()?;
    let of: Vec<Account> = match whom {
        Some(whom) => vec![whom],
        None => {
            let asked = |kind| args.kind.is_empty() || args.kind.contains(&kind);
            let active = session.store.members()?.into_iter().filter(|member| member.standing == Standing::Active);
            let members = active.filter(|member| asked(member.kind));
            members.map(|member| Account::Member(member.handle)).filter(|member| *member != account).collect()
        }
    };
    let draft = |of: Account| Request {
        account: account.clone(),
        of,
        amount,
        unit: def.unit.clone(),
        due,
        purpose: purpose.clone(),
        category: category.clone(),
        key: key.clone(),
    };
    Ok(of.into_iter().map(draft).collect())
}
