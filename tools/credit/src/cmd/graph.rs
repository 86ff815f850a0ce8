//! `credit graph`: who gives to whom, as a graph for Graphviz.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use event::{Account, Unit, UnitDef};
use frame::{Common, Failure, Format, Output, Session, Table, money};
use serde_json::json;

use crate::report::flows::{Flow, flows};
use crate::sight;
use crate::span::SpanArgs;

/// Print who gave how much to whom, as a graph for `dot`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// In one unit only
    #[arg(long)]
    unit: Option<String>,
    #[command(flatten)]
    span: SpanArgs,
}

/// What one account gave to another in one unit.
struct Edge<'a> {
    from: &'a Account,
    to: &'a Account,
    unit: &'a UnitDef,
    flow: &'a Flow,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let span = args.span.read()?;
    let mut session = Session::open(common, out)?;
    session.around(common, out, |session, out| {
        let units = match &args.unit {
            Some(unit) => vec![super::unit(session, Some(unit))?],
            None => super::units_by_age(session)?,
        };
        let seen: BTreeSet<Account> = sight::visible(session, session.store.parties()?)?.into_iter().collect();
        let flows = flows(session, span)?;
        let def = |code: &Unit| units.iter().find(|def| def.unit == *code);
        let edges = flows.iter().filter(|((_, from, to), _)| seen.contains(from) || seen.contains(to));
        let edges: Vec<Edge<'_>> =
            edges.filter_map(|((code, from, to), flow)| Some(Edge { from, to, unit: def(code)?, flow })).collect();
        match out.format() {
            Format::Table => out.raw(&dot(&session.name()?, &edges)),
            _ => out.table(&rows(&edges)),
        }
    })
}

fn rows(edges: &[Edge<'_>]) -> Table {
    let mut table = Table::new(&["account", "counterparty", "amount", "unit", "payments"], "");
    for edge in edges {
        table.row([
            json!(edge.from.to_string()),
            json!(edge.to.to_string()),
            json!(money(edge.flow.minor, edge.unit.base.lower.places())),
            json!(edge.unit.unit.to_string()),
            json!(edge.flow.payments),
        ]);
    }
    table
}

/// A string of the language; nothing in it is an escape.
fn quoted(text: &str) -> String {
    format!("\"{}\"", event::harmless_line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

fn dot(title: &str, edges: &[Edge<'_>]) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "digraph {} {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];", quoted(title));
    let ends: BTreeSet<&Account> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    for account in ends {
        let shape = if matches!(account, Account::Common(_)) { "box" } else { "ellipse" };
        let _ = writeln!(text, "  {} [shape={shape}];", quoted(&account.to_string()));
    }
    let mut most: BTreeMap<&Unit, i64> = BTreeMap::new();
    for edge in edges {
        let so_far = most.entry(&edge.unit.unit).or_default();
        *so_far = edge.flow.minor.max(*so_far);
    }
    for edge in edges {
        // The strongest flow of a unit is drawn six points wide, the weakest one.
        let most = most.get(&edge.unit.unit).copied().unwrap_or(1).max(1);
        let tenths = i128::from(edge.flow.minor).saturating_mul(50) / i128::from(most) + 10;
        let label = format!("{} {}", money(edge.flow.minor, edge.unit.base.lower.places()), edge.unit.unit);
        let _ = writeln!(
            text,
            "  {} -> {} [label={}, penwidth={}.{}];",
            quoted(&edge.from.to_string()),
            quoted(&edge.to.to_string()),
            quoted(&label),
            tenths / 10,
            tenths % 10
        );
    }
    text.push_str("}\n");
    text
}
