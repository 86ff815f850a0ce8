//! `credit pledge`: what a member can do for the others, as what backs its credit.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Amount, Body, Name, Per, Pledge, Text, Time, Unpledge};
use frame::{Common, Failure, Output, Session, now};
use rules::Charter;

use crate::backed;

const EXAMPLES: &str = "\
Examples:
  credit pledge 40 solar --per month
  credit pledge list
  credit pledge end 1f2e3d4c";

/// Pledge a quantity of an asset of the rules; once attested it backs your credit
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub struct Args {
    /// How much, such as 40 or 2.5
    quantity: Option<String>,
    /// Of which asset
    asset: Option<String>,
    /// What to know about it, for everyone to read
    text: Vec<String>,
    /// In which time: day, week, month or year
    #[arg(long)]
    per: Option<String>,
    /// How long the pledge holds at most, such as 2027-12-31 or 52w
    #[arg(long)]
    until: Option<String>,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List pledges with what is attested of them
    List {
        /// Whose; everyone's by default
        #[arg(add = ArgValueCompleter::new(frame::handles))]
        member: Option<String>,
    },
    /// Take a pledge of yours back
    End {
        /// The pledge, by the first digits of its id
        pledge: String,
    },
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match &args.what {
        Some(What::List { member }) => {
            let member = member.as_deref().map(str::parse).transpose()?;
            out.table(&backed::pledges(session, member.as_ref(), now())?)
        }
        Some(What::End { pledge }) => {
            let pledge = session.find("pledge", pledge)?;
            session.write(Body::Unpledge(Unpledge { pledge }), None, out)?.show(out)
        }
        None if args.quantity.is_none() => out.table(&backed::pledges(session, None, now())?),
        None => {
            let pledge = draft(session, &args, now())?;
            let text = match args.text.as_slice() {
                [] => None,
                words => Some(Text::tidy(&words.join(" "))?),
            };
            session.write(Body::Pledge(pledge), text, out)?.show(out)
        }
    })
}

fn draft(session: &Session, args: &Args, now: Time) -> Result<Pledge, Failure> {
    let charter = session.store.charter()?;
    let assets = charter.map(|charter| charter.assets).unwrap_or_default();
    let names = || assets.keys().cloned().collect::<Vec<_>>().join(", ");
    let asset = match (&args.asset, assets.len()) {
        (Some(name), _) => name.clone(),
        (None, 0) => return Err(none_yet()),
        (None, _) => frame::ask(None, "ASSET", &format!("Of what ({})", names()))?,
    };
    if !assets.contains_key(&asset) {
        return Err(match assets.is_empty() {
            true => none_yet(),
            false => Failure::no(format!("there is no asset `{}`", event::harmless_line(&asset)))
                .hint(format!("the rules have {}", names())),
        });
    }
    let asset: Name = asset.parse()?;
    let quantity = amount(args.quantity.as_deref().unwrap_or_default())?;
    let per = args.per.as_deref().map(str::parse::<Per>).transpose()?;
    let until = args.until.as_deref().map(|until| frame::when(until, now)).transpose()?;
    if until.is_some_and(|until| until <= now) {
        return Err(Failure::usage("the pledge would be over before it begins"));
    }
    Ok(Pledge { asset, quantity, per, until })
}

fn none_yet() -> Failure {
    Failure::no("the rules have no assets that could be pledged")
        .hint("`members rules edit` adds a table `[assets.NAME]`; see rules(7)")
}

/// A quantity with the decimals that were typed.
pub fn amount(text: &str) -> Result<Amount, Failure> {
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let amount = Amount::typed(text, u8::try_from(decimals).unwrap_or(u8::MAX).min(event::MAX_PLACES))?;
    match amount.minor() {
        0 => Err(Failure::usage("a quantity of nothing")),
        _ => Ok(amount),
    }
}

/// The asset of a pledge in the rules now in force.
pub fn terms<'a>(charter: Option<&'a Charter>, asset: &Name) -> Option<&'a rules::Asset> {
    charter?.assets.get(asset.as_str())
}
