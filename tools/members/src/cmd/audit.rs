//! `members audit`: everything verified and folded anew.

use event::Tally;
use frame::{Common, Failure, Output, Session, Table, money};
use serde_json::{Value, json};
use store::{PollRow, Seal, Store};

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
            "settled",
            "conserved|Sums are zero",
            "seal|Seal",
            "differs|Store differs in",
            "trouble|Trouble",
            "state|State",
            "register",
            "verdicts",
            "balances",
            "tallies",
        ],
        "",
    );
    table.row([
        json!(good),
        json!(audit.events),
        json!(audit.refused),
        json!(audit.verdicts.settled),
        json!(audit.conserved),
        json!(seal),
        json!(differs),
        json!(audit.trouble),
        json!(audit.digest),
        json!(session.store.register()?.to_string()),
        json!(audit.verdicts.digest),
        balances(&session.store)?,
        tallies(&session.store)?,
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

/// Every account that holds something, or that something is on its way to or from.
fn balances(store: &Store) -> Result<Value, Failure> {
    let mut rows = store.accounts()?;
    rows.sort_by_key(|row| (row.account.to_string(), row.unit.unit.as_str().to_owned()));
    let moved = rows.into_iter().filter(|row| (row.balance, row.pending_in, row.pending_out) != (0, 0, 0));
    let told = moved.map(|row| {
        let places = row.unit.base.lower.places();
        json!({
            "account": row.account.to_string(),
            "unit": row.unit.unit.as_str(),
            "balance": money(row.balance, places),
            "pending_in": money(row.pending_in, places),
            "pending_out": money(row.pending_out, places),
        })
    });
    Ok(Value::Array(told.collect()))
}

/// What came out of each poll that is counted, by the polls' ids.
fn tallies(store: &Store) -> Result<Value, Failure> {
    let mut polls = store.polls()?;
    polls.sort_by_key(|poll| poll.event.link.id);
    Ok(Value::Array(polls.iter().filter_map(tally).collect()))
}

fn tally(poll: &PollRow) -> Option<Value> {
    let (close, outcome) = poll.closed.as_ref()?;
    let mut told = json!({
        "poll": poll.event.link.id.to_string(),
        "close": close.to_string(),
        "result": outcome.word(),
        "electorate": outcome.electorate,
        "voted": outcome.tally.voted(),
    });
    let votes = match &outcome.tally {
        Tally::YesNo { yes, no, abstain } => json!({"yes": yes, "no": no, "abstain": abstain}),
        Tally::Consent { agree, abstain, disagree, block } => {
            json!({"agree": agree, "abstain": abstain, "disagree": disagree, "block": block})
        }
        Tally::Options { winners, tied, .. } => json!({"winners": winners, "tied": tied}),
    };
    if let (Some(told), Value::Object(mut votes)) = (told.as_object_mut(), votes) {
        told.append(&mut votes);
    }
    Some(told)
}
