//! `vote proxy`: let another member vote for you wherever you do not.

use std::collections::BTreeMap;

use event::{Body, EventId, Handle, Proxy, Scope, Time};
use frame::{Common, Failure, Output, Session, Table};
use serde_json::json;

use crate::poll;

/// Let another member vote for you where you do not; your own ballot always goes before
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Trust somebody with your vote: in all polls, those on a topic, or one
    Give {
        /// Whom
        #[arg(add = clap_complete::ArgValueCompleter::new(frame::handles))]
        to: Handle,
        #[command(flatten)]
        place: Place,
    },
    /// Take it back
    Revoke {
        #[command(flatten)]
        place: Place,
    },
    /// Show who votes for whom
    List,
}

#[derive(Debug, clap::Args)]
struct Place {
    /// Only in this poll
    #[arg(long, value_name = "POLL", conflicts_with = "topic", add = clap_complete::ArgValueCompleter::new(frame::polls))]
    poll: Option<String>,
    /// Only in polls on this topic
    #[arg(long, value_name = "WORD")]
    topic: Option<Handle>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| match args.verb {
        None | Some(Verb::List) => list(session, out),
        Some(Verb::Give { to, place }) => write(session, Some(to), place, out),
        Some(Verb::Revoke { place }) => {
            let scope = scope(session, &place)?;
            let me = session.member()?;
            match standing(session)?.get(&(me, scope.clone())) {
                Some((_, Some(_), _)) => write(session, None, place, out),
                _ => Err(Failure::no("there is no such proxy of yours").hint("`vote proxy list` shows them")),
            }
        }
    })
}

fn scope(session: &mut Session, place: &Place) -> Result<Scope, Failure> {
    Ok(match (&place.poll, &place.topic) {
        (Some(text), _) => Scope::Poll(poll::find(session, text)?.id()),
        (None, Some(topic)) => Scope::Topic(topic.clone()),
        (None, None) => Scope::All,
    })
}

fn write(session: &mut Session, to: Option<Handle>, place: Place, out: &mut Output) -> Result<(), Failure> {
    session.member()?;
    let scope = scope(session, &place)?;
    session.write(Body::Proxy(Proxy { to, scope }), None, out)?.show(out)
}

type Standing = BTreeMap<(Handle, Scope), (Time, Option<Handle>, EventId)>;

/// The last proxy of each member for each scope.
fn standing(session: &Session) -> Result<Standing, Failure> {
    let mut standing = Standing::new();
    for event in session.store.all_proxies()? {
        let Body::Proxy(proxy) = &event.body else { continue };
        let Some(member) = rules::member_of(&session.store, &event.link.register, &event.link.device)? else {
            continue;
        };
        standing.insert((member, proxy.scope.clone()), (event.link.time, proxy.to.clone(), event.link.id));
    }
    Ok(standing)
}

fn list(session: &mut Session, out: &mut Output) -> Result<(), Failure> {
    let mut table =
        Table::new(&["member|Member", "to|Votes through", "scope|In", "since|Since", "id"], "nobody has a proxy");
    for ((member, scope), (since, to, id)) in standing(session)? {
        let Some(to) = to else { continue };
        let place = match &scope {
            Scope::All => "all polls".to_owned(),
            Scope::Topic(topic) => format!("polls on {topic}"),
            Scope::Poll(poll) => format!("poll {}", session.local()?.number("poll", poll)?),
        };
        table.row([
            json!(member.to_string()),
            json!(to.to_string()),
            json!(place),
            json!(since.to_string()),
            json!(id.to_string()),
        ]);
    }
    out.table(&table)
}
