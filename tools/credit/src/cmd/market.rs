//! `credit offers` and `credit wants`: who has what, and who seeks what.

use clap::Subcommand;
use clap_complete::ArgValueCompleter;
use event::{Amount, Body, Line, Name, Offer, Price, Remove, Text, Time};
use frame::{Common, Failure, Output, Session, Table, now};
use serde_json::{Value, json};
use store::{OfferRow, Offers, Words};

const EXAMPLES: &str = "\
Examples:
  credit offers post 'Sourdough, two loaves' --category bread --price '1.5 hours'
  credit offers list bread
  credit wants post 'Rye flour' --category food
  credit wants match            # who has what I seek
  credit offers match           # who seeks what I have
  credit wants withdraw 1f2e3d4c";

/// How long an offer stands where nothing else is said.
const DEFAULT: &str = "90d";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List what is open, the newest first; with words what fits them best
    List(List),
    /// Post one
    Post(Post),
    /// End one of yours
    Withdraw {
        /// Which, by the first digits of its id
        id: String,
    },
    /// Find the other side of yours: who offers what you want, or wants what you offer
    Match {
        /// For this one only, by the first digits of its id
        id: Option<String>,
    },
}

#[derive(Debug, Default, clap::Args)]
struct List {
    /// Words that must be in it, or the beginnings of words
    words: Vec<String>,
    /// Only this category
    #[arg(long)]
    category: Option<String>,
    /// Only this member's
    #[arg(long, add = ArgValueCompleter::new(frame::handles))]
    by: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Post {
    /// What it is, in one line
    title: Option<String>,
    /// More about it, for everyone to read
    text: Vec<String>,
    /// Of which kind, such as food or tools
    #[arg(long)]
    category: Option<String>,
    /// For how much, such as `1.5 hours`
    #[arg(long)]
    price: Option<String>,
    /// Until when it stands: a day, a time, or a span such as 14d
    #[arg(long, default_value = DEFAULT)]
    expires: String,
}

/// Runs it for offers, or for wants.
pub fn run(args: Args, wanted: bool, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match args.what {
        None => out.table(&list(session, &List::default(), wanted)?),
        Some(What::List(ref asked)) => out.table(&list(session, asked, wanted)?),
        Some(What::Post(ref post)) => {
            let (offer, text) = draft(session, post, now())?;
            let body = if wanted { Body::Want(offer) } else { Body::Offer(offer) };
            session.write(body, text, out)?.show(out)
        }
        Some(What::Withdraw { ref id }) => {
            let offer = session.find("offer", id)?;
            session.write(Body::Remove(Remove { offer }), None, out)?.show(out)
        }
        Some(What::Match { ref id }) => out.table(&matching(session, id.as_deref(), wanted)?),
    })
}

fn list(session: &Session, asked: &List, wanted: bool) -> Result<Table, Failure> {
    let words: Vec<String> = asked.words.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
    let offers = Offers {
        wanted,
        by: asked.by.as_deref().map(str::parse).transpose()?,
        category: asked.category.as_deref().map(str::parse).transpose()?,
        words: (!words.is_empty()).then_some(Words::All(words)),
    };
    let empty = match wanted {
        true => "nobody wants such a thing: `credit wants post TITLE --category NAME`",
        false => "nobody offers such a thing: `credit offers post TITLE --category NAME`",
    };
    let mut table = Table::new(
        &[
            "short|Id",
            "id",
            "title|What",
            "category|Category",
            "price|Price>",
            "unit|Unit",
            "member|By",
            "expires|Until",
            "text",
        ],
        empty,
    );
    for row in session.store.offers(&offers, now())? {
        table.row(cells(&row).into_iter().chain([json!(row.event.text)]));
    }
    Ok(table)
}

fn draft(session: &Session, post: &Post, now: Time) -> Result<(Offer, Option<Text>), Failure> {
    let title = Line::tidy(&frame::ask(post.title.clone(), "TITLE", "What")?)?;
    let category: Name = frame::ask(post.category.clone(), "--category", "Of which kind, such as food")?.parse()?;
    let price = post.price.as_deref().map(|text| price(session, text)).transpose()?;
    let expires = frame::when(&post.expires, now)?;
    let text = match post.text.as_slice() {
        [] => None,
        words => Some(Text::tidy(&words.join(" "))?),
    };
    Ok((Offer { title, category, price, expires }, text))
}

fn price(session: &Session, text: &str) -> Result<Price, Failure> {
    let mut words = text.split_whitespace();
    let amount = words.next().unwrap_or_default();
    let def = super::unit(session, words.next())?;
    if words.next().is_some() {
        return Err(Failure::usage(format!("`{}` is no price", event::harmless_line(text)))
            .hint("write an amount and a unit, such as `1.5 hours`"));
    }
    Ok(Price { amount: Amount::typed(amount, def.base.lower.places())?, unit: def.unit })
}

/// The other side of one's own offers or wants, or of one of them, what fits best first.
fn matching(session: &mut Session, id: Option<&str>, wanted: bool) -> Result<Table, Failure> {
    let me = session.member()?;
    let own = match id {
        Some(text) => {
            let id = session.find("offer", text)?;
            let row = session.store.open_offer(&id)?.filter(|row| row.wanted == wanted);
            vec![row.ok_or_else(|| Failure::refused(rules::Refusal::NoOffer))?]
        }
        None => session.store.offers(&Offers { wanted, by: Some(me.clone()), ..Offers::default() }, now())?,
    };
    let mut table = Table::new(
        &[
            "for|For",
            "for_id",
            "short|Id",
            "id",
            "title|What",
            "category|Category",
            "price|Price>",
            "unit|Unit",
            "member|By",
            "expires|Until",
        ],
        if own.is_empty() { "you have none yet to match" } else { "nothing fits yet" },
    );
    for mine in own {
        for row in session.store.offers(&mine.other_side(), now())? {
            if row.member == mine.member {
                continue;
            }
            let of = [json!(mine.offer.title.to_string()), json!(mine.event.link.id.to_string())];
            table.row(of.into_iter().chain(cells(&row)));
        }
    }
    Ok(table)
}

/// An offer or want in a table, from its short id to its end.
fn cells(row: &OfferRow) -> [Value; 8] {
    let price = row.offer.price.as_ref();
    [
        json!(row.event.link.id.short()),
        json!(row.event.link.id.to_string()),
        json!(row.offer.title.to_string()),
        json!(row.offer.category.to_string()),
        json!(price.map(|price| price.amount.to_string())),
        json!(price.map(|price| price.unit.to_string())),
        json!(row.member.to_string()),
        json!(row.offer.expires.to_string()),
    ]
}
