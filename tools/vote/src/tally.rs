//! The count of a poll as people and programs see it: votes, conditions, rounds, and every ballot.

use std::collections::BTreeMap;

use event::{Base, Handle, Outcome, Tally as Votes, Threshold};
use frame::{Failure, Format, Output, Table};
use rules::{Voice, reaches};
use serde_json::{Map, Value, json};

use crate::ballots::{Fate, Said};
use crate::poll::{Poll, State};
use crate::terms;
use crate::{choice, result, rounds};

/// How long the bar of the whole electorate is.
const BAR: u32 = 40;

/// A count, as far as it goes.
pub struct Tally<'a> {
    pub poll: &'a Poll,
    pub outcome: Outcome,
    said: Vec<Said>,
    voices: BTreeMap<Handle, Voice>,
    /// Of a choice between options: the count in full, with the names of the options.
    pub elected: Option<count::Outcome>,
}

impl<'a> Tally<'a> {
    /// The count of a poll.
    pub fn new(poll: &'a Poll, outcome: Outcome, said: Vec<Said>, voices: BTreeMap<Handle, Voice>) -> Self {
        let open = &poll.row.open;
        let elected = match open.options.is_empty() {
            true => None,
            // Nothing to count yet is no failure.
            false => rules::elect(open, voices.values(), &poll.id()).ok().map(|counted| count::Outcome {
                candidates: open.options.iter().map(|option| option.as_str().to_owned()).collect(),
                ..counted
            }),
        };
        Tally { poll, outcome, said, voices, elected }
    }

    /// Prints it in the format asked for.
    pub fn show(&self, out: &mut Output) -> Result<(), Failure> {
        match out.format() {
            Format::Table => self.drawn(out),
            Format::Json => {
                let mut value = self.value();
                value.insert("ballots".to_owned(), self.said.iter().map(|one| self.ballot(one)).collect());
                value.insert("proxies".to_owned(), self.proxies());
                if let Some(elected) = &self.elected {
                    value.insert("count".to_owned(), result::json(elected));
                }
                out.json(&Value::Object(value))
            }
            _ => out.object(&self.flat()),
        }
    }

    /// The votes by answer, in the order of the method.
    pub fn answers(&self) -> Vec<(&'static str, u32)> {
        match &self.outcome.tally {
            Votes::YesNo { yes, no, abstain } => vec![("yes", *yes), ("no", *no), ("abstain", *abstain)],
            Votes::Consent { agree, abstain, disagree, block } => {
                vec![("agree", *agree), ("abstain", *abstain), ("disagree", *disagree), ("block", *block)]
            }
            Votes::Options { .. } => Vec::new(),
        }
    }

    /// The names of the options that win, and of those that are tied.
    fn names(&self) -> (Vec<&str>, Vec<&str>) {
        let name = |n: &u16| self.poll.row.open.options.get(usize::from(*n).saturating_sub(1)).map(|o| o.as_str());
        match &self.outcome.tally {
            Votes::Options { winners, tied, .. } => {
                (winners.iter().filter_map(name).collect(), tied.iter().filter_map(name).collect())
            }
            _ => (Vec::new(), Vec::new()),
        }
    }

    /// The votes for, and what a threshold is a share of.
    fn parts(&self, threshold: &Threshold) -> (u32, u32) {
        let (part, cast) = match &self.outcome.tally {
            Votes::YesNo { yes, no, .. } => (*yes, yes.saturating_add(*no)),
            Votes::Consent { agree, disagree, block, .. } => {
                (*agree, agree.saturating_add(*disagree).saturating_add(*block))
            }
            Votes::Options { .. } => (0, 0),
        };
        match threshold.base {
            Base::Cast => (part, cast),
            Base::Electorate => (part, self.outcome.electorate),
        }
    }

    /// A share of nothing is never reached.
    fn meets(&self, threshold: &Threshold) -> bool {
        let (part, base) = self.parts(threshold);
        base > 0 && part > 0 && reaches(part, base, threshold.share, threshold.more_than)
    }

    fn quorum_met(&self) -> bool {
        reaches(self.outcome.tally.voted(), self.outcome.electorate, self.poll.row.open.quorum, false)
    }

    /// Whether the voters had the notice that the poll asks for.
    fn is_valid(&self) -> bool {
        rules::notice_given(&self.poll.row.open, self.outcome.noticed)
    }

    fn value(&self) -> Map<String, Value> {
        let (poll, open) = (self.poll, &self.poll.row.open);
        let voted = self.outcome.tally.voted();
        let mut all = Map::new();
        let mut put = |key: &str, value: Value| {
            all.insert(key.to_owned(), value);
        };
        put("number", json!(poll.number));
        put("id", json!(poll.id().to_string()));
        put("question", json!(open.question.as_str()));
        put("method", json!(open.method.to_string()));
        put("closes", json!(poll.row.closes.to_string()));
        put("teller", json!(poll.teller()));
        put("state", json!(poll.state().word()));
        put("result", json!(poll.result().unwrap_or("open")));
        put("provisional", json!(poll.row.closed.is_none()));
        for (answer, votes) in self.answers() {
            put(answer, json!(votes));
        }
        put("electorate", json!(self.outcome.electorate));
        put("voted", json!(voted));
        put("turnout", json!(format!("{voted}/{}", self.outcome.electorate)));
        put("quorum", json!(open.quorum.to_string()));
        put("quorum_met", json!(self.quorum_met()));
        if !open.thresholds.is_empty() {
            put("threshold", json!(terms::thresholds(open)));
            put("threshold_met", json!(open.thresholds.iter().all(|threshold| self.meets(threshold))));
        }
        if let (Some(called), Some(had)) = (&open.terms.notice, self.outcome.noticed) {
            put("notice", json!(terms::notice(called)));
            put("noticed", json!(format!("{}/{}", had.given, had.of)));
            put("notice_met", json!(self.is_valid()));
        }
        if !open.options.is_empty() {
            let (winners, tied) = self.names();
            put("winners", json!(winners));
            put("tied", json!(tied));
        }
        put("close", json!(poll.row.closed.as_ref().map(|(id, _)| id.to_string())));
        all
    }

    /// One row, without the ballots.
    fn flat(&self) -> Table {
        let value = self.value();
        let keys = KEYS.iter().copied().filter(|key| value.contains_key(*key)).collect::<Vec<_>>();
        let mut table = Table::new(&keys, "");
        table.row(keys.iter().map(|key| match &value[*key] {
            Value::Array(all) => json!(all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")),
            other => other.clone(),
        }));
        table
    }

    fn drawn(&self, out: &mut Output) -> Result<(), Failure> {
        let (open, outcome) = (&self.poll.row.open, &self.outcome);
        out.line(open.question.as_str())?;
        out.line(self.standing())?;
        out.line("")?;
        let wide = outcome.electorate.to_string().len();
        for (word, n) in self.answers() {
            out.line(format!("{word:<9}  {n:>wide$}  {}", bar(n, outcome.electorate)).trim_end())?;
        }
        if let Some(elected) = &self.elected {
            rounds::show(elected, out)?;
        }
        out.line("")?;
        let (voted, electorate) = (outcome.tally.voted(), outcome.electorate);
        out.line(format!("turnout    {voted} of {electorate}, quorum {}: {}", open.quorum, met(self.quorum_met())))?;
        let word = self.answers().first().map_or("", |(word, _)| *word);
        for threshold in &open.thresholds {
            let (part, base) = self.parts(threshold);
            out.line(format!("{word:<9}  {part} of {base}, threshold {threshold}: {}", met(self.meets(threshold))))?;
        }
        if let (Some(called), Some(had), Some(due)) = (&open.terms.notice, self.outcome.noticed, self.poll.notice_due())
        {
            let share = called.share;
            out.line(format!("notice     {had} by {due}, {share} asked: {}", met(self.is_valid())))?;
        }
        if let Votes::Consent { block, .. } = &outcome.tally {
            let stops = open.terms.blocks.unwrap_or(1);
            out.line(format!("block      {block}, {stops} would stop it: {}", met(*block < stops)))?;
        }
        self.listed(out)
    }

    /// Every ballot, and who votes through whom.
    fn listed(&self, out: &mut Output) -> Result<(), Failure> {
        if !self.said.is_empty() {
            out.line("")?;
            let keys = ["member|Member", "choice|Choice", "time|Cast", "id|Id", "state|State", "why|Why"];
            let mut table = Table::new(&keys, "");
            for one in &self.said {
                let mut value = self.ballot(one);
                value["id"] = json!(one.id.short());
                let recorded = one.recorded.as_ref().map(|(how, by)| format!("recorded by {by}, {how}"));
                let why = [recorded, one.why.clone()].into_iter().flatten().collect::<Vec<_>>().join(": ");
                value["why"] = if why.is_empty() { Value::Null } else { json!(why) };
                table.row(["member", "choice", "time", "id", "state", "why"].map(|key| value[key].clone()));
            }
            out.table(&table)?;
        }
        if self.voices.values().any(|voice| !voice.by.is_empty()) {
            out.line("")?;
            let mut table =
                Table::new(&["member|Member", "through|Votes through", "choice|Choice", "weight|Weight>"], "");
            for (member, voice) in self.voices.iter().filter(|(_, voice)| !voice.by.is_empty()) {
                let by: Vec<String> = voice.by.iter().map(|(_, who)| who.to_string()).collect();
                let says = choice::shown(&self.poll.row.open, &voice.says);
                table.row([json!(member.to_string()), json!(by.join(", then ")), json!(says), json!(voice.weight)]);
            }
            out.table(&table)?;
        }
        if self.said.iter().any(|one| one.fate == Fate::Missed) {
            out.line("")?;
            out.line("missed: a valid ballot, but the teller did not have it when counting")?;
        }
        Ok(())
    }

    fn proxies(&self) -> Value {
        let all = self.voices.iter().filter(|(_, voice)| !voice.by.is_empty()).map(|(member, voice)| {
            let by: Vec<Value> =
                voice.by.iter().map(|(id, who)| json!({"to": who.to_string(), "id": id.to_string()})).collect();
            json!({"member": member.to_string(), "by": by, "ballot": voice.ballot.to_string(), "weight": voice.weight})
        });
        json!(all.collect::<Vec<_>>())
    }

    /// Where the poll stands, in one line.
    pub fn standing(&self) -> String {
        let (closes, teller) = (self.poll.row.closes, self.poll.teller());
        let now = self.word();
        match (self.poll.state(), &self.poll.row.closed) {
            (_, Some((close, _))) => format!("{now}, counted by {teller} in {}", close.short()),
            (State::Open, None) => format!("open until {closes}; provisional: {now} as it stands"),
            (State::Planned, None) => format!("not open yet; closes {closes}"),
            (State::Replaced, None) => "another poll has taken its place".to_owned(),
            (_, None) => format!("over since {closes}, {teller} has not counted yet; provisional: {now} as it stands"),
        }
    }

    /// The result in a few words.
    fn word(&self) -> String {
        if !self.is_valid() {
            return "void for want of notice".to_owned();
        }
        match (self.names(), &self.outcome.tally) {
            ((winners, tied), Votes::Options { .. }) => {
                let mut words = Vec::new();
                if !winners.is_empty() {
                    words.push(winners.join(", "));
                }
                if !tied.is_empty() {
                    words.push(format!("tie of {}", tied.join(", ")));
                }
                if words.is_empty() {
                    words.push("nothing chosen".to_owned());
                }
                format!("{}: {}", self.outcome.word(), words.join("; "))
            }
            _ => self.outcome.word().to_owned(),
        }
    }

    fn ballot(&self, one: &Said) -> Value {
        let says = match &one.says {
            Some(says) => choice::shown(&self.poll.row.open, says),
            None => "contests".to_owned(),
        };
        json!({
            "member": one.member.to_string(),
            "choice": says,
            "time": one.time.to_string(),
            "id": one.id.to_string(),
            "state": one.fate.word(),
            "why": one.why,
            "recorded_by": one.recorded.as_ref().map(|(_, by)| by.to_string()),
            "how": one.recorded.as_ref().map(|(how, _)| how),
        })
    }
}

/// The columns of a flat tally, those that the method has.
const KEYS: [&str; 28] = [
    "number",
    "id",
    "question",
    "method",
    "closes",
    "teller",
    "state",
    "result",
    "provisional",
    "yes",
    "no",
    "agree",
    "disagree",
    "block",
    "abstain",
    "electorate",
    "voted",
    "turnout",
    "quorum",
    "quorum_met",
    "threshold",
    "threshold_met",
    "notice",
    "noticed",
    "notice_met",
    "winners",
    "tied",
    "close",
];

fn met(met: bool) -> &'static str {
    if met { "met" } else { "not met" }
}

/// A bar as long as the share of the electorate; whoever voted is seen.
fn bar(n: u32, electorate: u32) -> String {
    let share = u64::from(n).saturating_mul(BAR.into()).checked_div(electorate.into()).unwrap_or(0);
    let length = share.min(BAR.into()).max(u64::from(n > 0));
    "#".repeat(usize::try_from(length).unwrap_or(0))
}
