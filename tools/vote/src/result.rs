//! A result of `vote count` as JSON, by the contract that vote(1) states.

use count::{Error, Figure, Matrix, Outcome, Round, Tie};
use frame::{Failure, Format, Output, Table};
use serde_json::{Map, Value, json};

use crate::rounds;

/// A failed count, with the exit code that it has.
pub fn failure(error: Error) -> Failure {
    let fact = error.to_string();
    match error {
        Error::Terms(_) => Failure::usage(fact).hint("vote(1) lists the methods, their rules and what they take"),
        Error::Line { .. } => Failure::could(fact).hint("vote(1), BALLOT FILES, shows the formats"),
        Error::Ballots(_) | Error::TooMuch(_) | Error::Read(_) => Failure::could(fact),
    }
}

/// Prints a result in the format asked for.
pub fn show(outcome: &Outcome, out: &mut Output) -> Result<(), Failure> {
    match out.format() {
        Format::Json => out.json(&json(outcome)),
        Format::Csv | Format::Tsv => out.table(&rows(outcome)),
        Format::Table => rounds::show(outcome, out),
    }
}

/// A count by the contract.
pub fn json(outcome: &Outcome) -> Value {
    let names = Names(outcome);
    let mut all = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            all.insert(key.to_owned(), value);
        }
    };
    let question = outcome.passed.is_some();
    put("schema", Some(json!(1)));
    put("method", Some(json!(outcome.method)));
    put("rule", outcome.rule.map(|rule| json!(rule)));
    put("seats", (!question).then(|| json!(outcome.seats)));
    put("ballots", Some(json!(outcome.ballots)));
    put("valid", Some(json!(outcome.valid)));
    put("invalid", Some(json!(outcome.invalid)));
    put("blank", (outcome.blank > 0).then(|| json!(outcome.blank)));
    put("withdrawn", (!outcome.withdrawn.is_empty()).then(|| json!(outcome.withdrawn)));
    put("passed", outcome.passed.map(|passed| json!(passed)));
    put("conditions", question.then(|| conditions(outcome)));
    put("winners", (!question).then(|| names.sorted(&outcome.winners)));
    put("order", outcome.order.as_ref().map(|places| places.iter().map(|place| names.sorted(place)).collect()));
    put("tie", (!question).then(|| outcome.tie().map_or(Value::Null, |tie| names.tie(tie))));
    put("quota", outcome.quota.as_ref().map(text));
    put("rounds", (!outcome.rounds.is_empty()).then(|| names.rounds()));
    put("scores", outcome.scores.as_ref().map(|scores| names.figures(scores)));
    put("finalists", outcome.finalists.as_ref().map(|both| names.list(both)));
    put("runoff", outcome.runoff.as_ref().map(|votes| names.votes(votes)));
    put("no_preference", outcome.no_preference.map(|n| json!(n.to_string())));
    put("pairwise", outcome.pairwise.as_ref().map(|matrix| names.matrix(matrix)));
    put("path_strengths", outcome.path_strengths.as_ref().map(|matrix| names.matrix(matrix)));
    put("condorcet_winner", outcome.condorcet_winner.map(|c| c.map_or(Value::Null, |c| json!(names.of(c)))));
    put("possible_winners", outcome.possible_winners.as_ref().map(|some| names.sorted(some)));
    put("committees", outcome.committees.as_ref().map(|all| all.iter().map(|some| names.sorted(some)).collect()));
    Value::Object(all)
}

fn text(figure: &Figure) -> Value {
    json!(figure.to_string())
}

fn conditions(outcome: &Outcome) -> Value {
    let one =
        |c: &count::Condition| json!({"name": c.name, "have": c.have, "of": c.of, "needs": c.needs, "met": c.met});
    outcome.conditions.iter().map(one).collect()
}

/// Candidates by name.
struct Names<'a>(&'a Outcome);

impl Names<'_> {
    fn of(&self, candidate: usize) -> &str {
        self.0.candidates.get(candidate).map_or("", String::as_str)
    }

    fn list(&self, some: &[usize]) -> Value {
        some.iter().map(|c| json!(self.of(*c))).collect()
    }

    fn sorted(&self, some: &[usize]) -> Value {
        let mut names: Vec<&str> = some.iter().map(|c| self.of(*c)).collect();
        names.sort_unstable();
        json!(names)
    }

    fn figures(&self, figures: &[(usize, Figure)]) -> Value {
        Value::Object(figures.iter().map(|(c, figure)| (self.of(*c).to_owned(), text(figure))).collect())
    }

    fn votes(&self, votes: &[(usize, u64)]) -> Value {
        Value::Object(votes.iter().map(|(c, n)| (self.of(*c).to_owned(), json!(n.to_string()))).collect())
    }

    fn matrix(&self, matrix: &Matrix) -> Value {
        let row = |a: usize| {
            let cells = (0..matrix.size()).filter(|b| *b != a);
            Value::Object(cells.map(|b| (self.of(b).to_owned(), json!(matrix.get(a, b)))).collect())
        };
        Value::Object((0..matrix.size()).map(|a| (self.of(a).to_owned(), row(a))).collect())
    }

    fn tie(&self, tie: &Tie) -> Value {
        let chosen = tie.chosen.map(|c| self.of(c));
        json!({"at": tie.at, "among": self.sorted(&tie.among), "resolved_by": tie.resolved_by, "chosen": chosen})
    }

    fn rounds(&self) -> Value {
        self.0.rounds.iter().enumerate().map(|(n, round)| self.round(n, round)).collect()
    }

    fn round(&self, number: usize, round: &Round) -> Value {
        let ties = self.0.ties_of(number);
        let tie = ties.iter().find(|tie| tie.resolved_by.is_none()).or(ties.first());
        let mut all = Map::new();
        all.insert("tally".into(), self.figures(&round.tally));
        all.insert("elected".into(), self.list(&round.elected));
        all.insert("eliminated".into(), self.list(&round.eliminated));
        all.insert("tie".into(), tie.map_or(Value::Null, |tie| self.tie(tie)));
        let optional = [("exhausted", &round.exhausted), ("loss", &round.loss), ("quota", &round.quota)];
        for (key, figure) in optional.into_iter().filter_map(|(key, figure)| Some((key, figure.as_ref()?))) {
            all.insert(key.into(), text(figure));
        }
        if let Some(event) = round.event {
            all.insert("event".into(), json!(event));
        }
        if let Some(candidate) = round.candidate {
            all.insert("candidate".into(), json!(self.of(candidate)));
        }
        if let Some(keep) = &round.keep_factors {
            all.insert("keep_factors".into(), self.figures(keep));
        }
        Value::Object(all)
    }
}

/// A row for each candidate of each round, or of the whole count where there are no rounds.
fn rows(outcome: &Outcome) -> Table {
    let names = Names(outcome);
    let mut table = Table::new(&["round", "candidate", "votes", "elected", "eliminated"], "");
    if outcome.passed.is_some() {
        let mut table = Table::new(&["condition", "have", "of", "needs", "met"], "");
        for c in &outcome.conditions {
            table.row([json!(c.name), json!(c.have), json!(c.of), json!(c.needs), json!(c.met)]);
        }
        return table;
    }
    for (n, round) in outcome.rounds.iter().enumerate() {
        for (c, votes) in &round.tally {
            let (elected, eliminated) = (round.elected.contains(c), round.eliminated.contains(c));
            table.row([json!(n + 1), json!(names.of(*c)), text(votes), json!(elected), json!(eliminated)]);
        }
    }
    if outcome.rounds.is_empty() {
        for c in 0..outcome.candidates.len() {
            let score = outcome.scores.as_ref().and_then(|scores| scores.iter().find(|(one, _)| *one == c));
            let score = score.map_or(Value::Null, |(_, figure)| text(figure));
            let elected = outcome.winners.contains(&c);
            table.row([Value::Null, json!(names.of(c)), score, json!(elected), Value::Null]);
        }
    }
    table
}
