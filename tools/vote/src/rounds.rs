//! A result of `vote count` for people: who won, then every round side by side, the scores, the pairwise matrix.

use count::{Matrix, Outcome, Tie};
use event::harmless_line;
use frame::{Failure, Output};
use unicode_width::UnicodeWidthStr;

/// Rounds are laid out in blocks of about this width.
const WIDTH: usize = 110;
/// The pairwise matrix is left to JSON beyond so many candidates.
const LARGEST: usize = 20;

/// Prints a result.
pub fn show(outcome: &Outcome, out: &mut Output) -> Result<(), Failure> {
    let name = |c: usize| harmless_line(outcome.candidates.get(c).map_or("", String::as_str));
    let list = |some: &[usize]| some.iter().map(|c| name(*c)).collect::<Vec<_>>().join(", ");
    if let Some(passed) = outcome.passed {
        return question(outcome, passed, out);
    }
    let open = (outcome.seats as usize).min(outcome.candidates.len()) > outcome.winners.len();
    match (outcome.winners.as_slice(), open) {
        ([], _) => out.line("Elected: nobody for certain")?,
        (winners, false) => out.line(format!("Elected: {}", list(winners)))?,
        (winners, true) => out.line(format!("Elected for certain: {}", list(winners)))?,
    }
    if let (Some(possible), true) = (&outcome.possible_winners, open) {
        out.line(format!("Possible: {}", list(possible)))?;
    }
    let rule = outcome.rule.map_or(String::new(), |rule| format!(", rule {rule}"));
    out.line(format!(
        "{}{rule}: {} for {}, {} valid{}{}{}",
        outcome.method,
        frame::counted(outcome.ballots as usize, "ballot"),
        frame::counted(outcome.seats as usize, "seat"),
        outcome.valid,
        some(outcome.blank, "blank"),
        some(outcome.invalid, "invalid"),
        outcome.quota.as_ref().map_or(String::new(), |quota| format!(", quota {quota}")),
    ))?;
    if !outcome.withdrawn.is_empty() {
        let names: Vec<String> = outcome.withdrawn.iter().map(|name| harmless_line(name)).collect();
        out.line(format!("Withdrawn: {}", names.join(", ")))?;
    }
    for tie in &outcome.ties {
        out.line(tied(tie, &list(&tie.among), tie.chosen.map(name)))?;
    }
    if !outcome.rounds.is_empty() {
        rounds(outcome, &name, out)?;
    } else if let Some(scores) = &outcome.scores {
        let mut sorted: Vec<_> = scores.iter().collect();
        sorted.sort_by(|a, b| b.1.value().cmp(a.1.value()));
        let rows = sorted.iter().map(|(c, figure)| vec![name(*c), figure.to_string(), mark(outcome, *c)]);
        out.line("")?;
        grid(rows.collect(), 1, out)?;
    }
    if let (Some(runoff), Some(neither)) = (&outcome.runoff, outcome.no_preference) {
        let votes: Vec<String> = runoff.iter().map(|(c, votes)| format!("{} {votes}", name(*c))).collect();
        out.line(format!("\nRunoff: {}, no preference {neither}", votes.join(", ")))?;
    }
    if let Some(matrix) = &outcome.pairwise {
        square("How many prefer the row to the column", matrix, outcome, &name, out)?;
    }
    if let Some(matrix) = &outcome.path_strengths {
        square("The strongest path from row to column", matrix, outcome, &name, out)?;
    }
    if let (Some(order), true) = (&outcome.order, outcome.pairwise.is_some()) {
        out.line(format!("\nOrder: {}", order.iter().map(|place| list(place)).collect::<Vec<_>>().join(" > ")))?;
    }
    Ok(())
}

fn some(n: u64, what: &str) -> String {
    if n == 0 { String::new() } else { format!(", {n} {what}") }
}

fn mark(outcome: &Outcome, c: usize) -> String {
    if outcome.winners.contains(&c) { "elected".into() } else { String::new() }
}

fn tied(tie: &Tie, among: &str, chosen: Option<String>) -> String {
    let by = match (&tie.resolved_by, chosen) {
        (Some(by), Some(chosen)) => format!("it falls on {chosen}: {}", harmless_line(by)),
        _ => "not broken".to_owned(),
    };
    format!("Tie at {}: {among}; {by}", tie.at)
}

fn question(outcome: &Outcome, passed: bool, out: &mut Output) -> Result<(), Failure> {
    let result = if passed { "passed" } else { "not passed" };
    let invalid = some(outcome.invalid, "invalid");
    out.line(format!("{}: {result}, {} valid{invalid}", outcome.method, outcome.valid))?;
    let rows = outcome.conditions.iter().map(|c| {
        let bar = if c.name == "blocks" { format!("at most {}", c.needs) } else { format!("needs {}", c.needs) };
        let met = if c.met { "met" } else { "not met" };
        vec![c.name.to_owned(), format!("{} of {}", c.have, c.of), bar, met.to_owned()]
    });
    grid(rows.collect(), 0, out)
}

/// Candidates down, rounds across, in blocks that fit.
fn rounds(outcome: &Outcome, name: &impl Fn(usize) -> String, out: &mut Output) -> Result<(), Failure> {
    let columns: Vec<Vec<String>> = (0..outcome.rounds.len()).map(|n| column(outcome, n, name)).collect();
    let heads: Vec<String> = (0..outcome.candidates.len()).map(name).collect();
    let mut first = vec![String::new(), String::new()];
    first.extend(heads);
    first.extend(["exhausted".to_owned(), "lost to rounding".to_owned()]);
    let wide = |column: &[String]| column.iter().map(|cell| cell.width()).max().unwrap_or(0) + 2;
    let mut at = 0;
    while at < columns.len() {
        let mut width = wide(&first);
        let mut end = at;
        while end < columns.len() && (end == at || width + wide(&columns[end]) <= WIDTH) {
            width += wide(&columns[end]);
            end += 1;
        }
        let row = |n: usize| {
            let cells = columns[at..end].iter().map(|column| column[n].clone());
            [first[n].clone()].into_iter().chain(cells).collect::<Vec<_>>()
        };
        let rows = (0..first.len()).map(row).filter(|row| row.iter().skip(1).any(|cell| !cell.is_empty()));
        out.line("")?;
        grid(rows.collect(), 1, out)?;
        at = end;
    }
    Ok(())
}

/// The cells of one round: its number, what it does, each candidate, exhausted, loss.
fn column(outcome: &Outcome, number: usize, name: &impl Fn(usize) -> String) -> Vec<String> {
    let round = &outcome.rounds[number];
    let what = match (round.event, round.candidate) {
        (Some(event), Some(c)) => format!("{event}: {}", name(c)),
        (Some(event), None) => event.replace('_', " "),
        _ => String::new(),
    };
    let mut cells = vec![(number + 1).to_string(), what];
    let votes = |c: usize| round.tally.iter().find(|(one, _)| *one == c).map(|(_, votes)| votes.to_string());
    for c in 0..outcome.candidates.len() {
        let state = match (round.elected.contains(&c), round.eliminated.contains(&c)) {
            (true, _) => " +",
            (_, true) => " -",
            _ => "  ",
        };
        cells.push(votes(c).map_or(String::new(), |votes| votes + state));
    }
    let figure = |figure: &Option<count::Figure>| figure.as_ref().map_or(String::new(), |f| format!("{f}  "));
    cells.extend([figure(&round.exhausted), figure(&round.loss)]);
    cells
}

fn square(
    title: &str,
    matrix: &Matrix,
    outcome: &Outcome,
    name: &impl Fn(usize) -> String,
    out: &mut Output,
) -> Result<(), Failure> {
    if matrix.size() > LARGEST {
        return Ok(());
    }
    let mut rows = vec![[title.to_owned()].into_iter().chain((0..matrix.size()).map(name)).collect::<Vec<_>>()];
    for a in 0..outcome.candidates.len() {
        let cells = (0..matrix.size()).map(|b| if a == b { "-".to_owned() } else { matrix.get(a, b).to_string() });
        rows.push([name(a)].into_iter().chain(cells).collect());
    }
    out.line("")?;
    grid(rows, 1, out)
}

/// Columns, those from `right` on at the right.
fn grid(rows: Vec<Vec<String>>, right: usize, out: &mut Output) -> Result<(), Failure> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count)
        .map(|n| rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    for row in &rows {
        let cells = row.iter().enumerate().map(|(n, cell)| {
            let pad = " ".repeat(widths[n].saturating_sub(cell.width()));
            if n >= right && right > 0 { format!("{pad}{cell}") } else { format!("{cell}{pad}") }
        });
        out.line(cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}
