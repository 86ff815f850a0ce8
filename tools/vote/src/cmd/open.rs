//! `vote open`: a question to all members.

use std::path::PathBuf;

use clap::ValueHint;
use event::{Body, Called, Choice, Form, Handle, Line, Method, Open, Terms, Text, Threshold};
use frame::{Common, Failure, Kind, Output, Session, now, when};
use rules::PollTerms;

use crate::{poll, terms};

const EXAMPLES: &str = "\
Examples:
  vote open 'Shall we buy a second cargo bike?' --quorum 1/2 --closes 7d
  vote open 'Close on Mondays?' --method consent
  vote open 'Who joins the board?' --method stv --seats 2 --option Ada --option Bruno --option Caro
  vote open 'When do we meet?' --method time --option '2026-12-01 18:00' --option '2026-12-03 18:00'
  vote open 'What first?' --method dots --points 10 --option Roof --option Bikes --option Garden
  vote open 'Other rules' --binding 4        # a passing result enters motion 4

rules(7), POLLS, defines every method.";

/// Open a poll; its teller counts it when it is over
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What is asked
    question: String,
    /// How it is counted
    #[arg(long, default_value = "yesno", value_parser = clap::builder::PossibleValuesParser::new(Method::names()))]
    method: String,
    /// By which rule of the method: scottish, meek, …; the usual one if nothing is said
    #[arg(long)]
    rule: Option<String>,
    /// What can be chosen; once for each option
    #[arg(long = "option", value_name = "TEXT")]
    options: Vec<String>,
    /// choose: how many options a ballot marks, 1 or 1..3
    #[arg(long, value_name = "N|MIN..MAX")]
    choices: Option<String>,
    /// score, star: the highest score or 1..10; dots: how many there are to give
    #[arg(long, value_name = "N|MIN..MAX")]
    points: Option<String>,
    /// How many options win
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=200))]
    seats: Option<u16>,
    /// From when ballots count, as for --closes
    #[arg(long, value_name = "WHEN")]
    opens: Option<String>,
    /// Until when ballots count: 2026-12-01T18:00:00Z, 2026-12-01 (its last second, UTC), or a span such as 7d, 12h, 30m, 90s; else as the rules say, or 7d
    #[arg(long, value_name = "WHEN")]
    closes: Option<String>,
    /// The share of all who may vote that must do so: 1/2, 50%; else as the rules say, or none
    #[arg(long, value_name = "SHARE")]
    quorum: Option<String>,
    /// What passes it: '>1/2', '>=2/3', '1/4 of electorate'; a bare share means at least so much; can stand several times; else what the motion needs, or as the rules say
    #[arg(long = "threshold", value_name = "SHARE")]
    thresholds: Vec<String>,
    /// What the threshold is a share of: the votes cast for and against, or the whole electorate
    #[arg(long, value_name = "BASE", default_value = "cast", value_parser = ["cast", "electorate"])]
    of: String,
    /// consent: how many blocks stop it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    blocks: Option<u32>,
    /// How a tie is broken that the method leaves; by lot, the poll's id is the seed
    #[arg(long, value_parser = ["first-listed", "last-listed", "lot"])]
    ties: Option<String>,
    /// Answers that need a reason, such as no,block; else as the rules say
    #[arg(long, value_delimiter = ',', value_name = "ANSWER")]
    reasons: Option<Vec<String>>,
    /// Only these may vote: handles, or role:NAME for who holds a role now
    #[arg(long, value_delimiter = ',', value_name = "HANDLE|role:NAME")]
    voters: Vec<String>,
    /// Who counts it, if not you
    #[arg(long, value_name = "HANDLE", add = clap_complete::ArgValueCompleter::new(frame::handles))]
    teller: Option<Handle>,
    /// What it is about, in a word: proxies can be given by topic
    #[arg(long, value_name = "WORD")]
    topic: Option<Handle>,
    /// Show nobody how it stands before it is counted; the log itself is open
    #[arg(long)]
    hide: bool,
    /// A poll of yours that nobody has voted in, which this one takes the place of
    #[arg(long, value_name = "POLL", add = clap_complete::ArgValueCompleter::new(frame::polls))]
    replaces: Option<String>,
    /// Without notice of this post to so many voters, so many days before it opens, it decides nothing; all of them, as the rules say of meetings or 7
    #[arg(long, value_name = "POST[:SHARE[:DAYS]]")]
    notice: Option<String>,
    /// The motion that the poll decides
    #[arg(long, value_name = "MOTION", add = clap_complete::ArgValueCompleter::new(frame::motions))]
    binding: Option<String>,
    /// A file that explains the question, - for standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    details: Option<PathBuf>,
}

pub fn run(args: Args, common: &Common, out: &mut Output) -> Result<(), Failure> {
    let mut session = Session::open(common, out)?;
    let details = match &args.details {
        Some(file) => {
            let typed = frame::multiline(Some(file))?;
            Some(Text::tidy(&typed).map_err(|e| Failure::usage(format!("--details: {e}")))?)
        }
        None => None,
    };
    session.around(common, out, |session, out| {
        session.member()?;
        // Older polls get their numbers first.
        poll::all(session)?;
        let open = args.poll(session)?;
        let terms = terms::said(&open);
        let written = session.write(Body::Open(open), details, out)?;
        written.show(out)?;
        match &written.id {
            Some(id) => {
                let number = session.local()?.number("poll", id)?;
                out.status(format!("poll {number}: {terms}"));
            }
            None => out.status(terms),
        }
        Ok(())
    })
}

impl Args {
    /// The poll that is asked for, what is left unsaid as the rules say.
    fn poll(&self, session: &mut Session) -> Result<Open, Failure> {
        let usual = session.poll_terms()?;
        let method = self.method()?;
        let now = now();
        let closes = match (&self.closes, usual.closes) {
            (Some(text), _) => when(text, now)?,
            (None, Some(period)) => when(&format!("{}s", period.seconds()), now)?,
            (None, None) => when("7d", now)?,
        };
        let quorum = match (&self.quorum, usual.quorum) {
            (Some(text), _) => terms::share(text)?,
            (None, Some(quorum)) => quorum,
            (None, None) => terms::share("0/1")?,
        };
        let tidy = |text: &String, what| Line::tidy(text).map_err(|e| Failure::usage(format!("{what}: {e}")));
        let motion = self.binding.as_ref().map(|motion| session.find("motion", motion)).transpose()?;
        let deciding = motion.as_ref().map(|motion| session.deciding_threshold(motion)).transpose()?.flatten();
        let replaces = self.replaces.as_ref().map(|poll| poll::find(session, poll)).transpose()?;
        let mut terms = Terms {
            seats: self.seats.filter(|seats| *seats > 1 || method.form() == Form::Answer),
            opens: self.opens.as_ref().map(|text| when(text, now)).transpose()?,
            teller: self.teller.clone().filter(|teller| session.me().ok().flatten().as_ref() != Some(teller)),
            voters: self.voters(session)?,
            topic: self.topic.clone(),
            hidden: self.hide,
            ties: self.ties.as_ref().map(|how| how.parse()).transpose()?,
            blocks: self.blocks.filter(|blocks| *blocks > 1 || method.name() != "consent"),
            reasons: self.reasons(&usual, method)?,
            replaces: replaces.map(|poll| poll.id()),
            notice: self.notice.as_deref().map(|text| called(session, text)).transpose()?,
        };
        terms.voters.sort();
        terms.voters.dedup();
        let open = Open {
            question: tidy(&self.question, "the question")?,
            method,
            closes,
            quorum,
            thresholds: self.thresholds(deciding, usual.threshold, method)?,
            motion,
            options: self.options.iter().map(|text| tidy(text, "--option")).collect::<Result<_, _>>()?,
            terms,
        };
        open.check().map_err(|e| Failure::usage(e.to_string()).hint("`vote open --help` shows each method at work"))?;
        Ok(open)
    }

    /// The method in its one spelling.
    fn method(&self) -> Result<Method, Failure> {
        let rules = Method::rules(&self.method);
        let mut words = vec![self.method.clone()];
        match (&self.rule, rules) {
            (Some(rule), []) => {
                return Err(Failure::usage(format!(
                    "`{}` has one rule only, not `{}`",
                    self.method,
                    event::harmless_line(rule)
                )));
            }
            (Some(rule), rules) if !rules.contains(&rule.as_str()) => {
                return Err(Failure::usage(format!(
                    "`{}` is no rule of `{}`",
                    event::harmless_line(rule),
                    self.method
                ))
                .hint(format!("the rules: {}", rules.join(", "))));
            }
            (Some(rule), _) => words.push(rule.clone()),
            (None, [usual, ..]) => words.push((*usual).to_owned()),
            (None, []) => {}
        }
        let range = |text: &str, low: &str| match text.contains("..") {
            true => text.to_owned(),
            false => format!("{low}..{text}"),
        };
        match self.method.as_str() {
            "choose" => words.push(range(self.choices.as_deref().unwrap_or("1"), "1")),
            "score" => words.push(range(self.points.as_deref().unwrap_or("5"), "0")),
            "dots" => words.push(self.points.clone().unwrap_or_else(|| "10".to_owned())),
            "star" => words.push(self.points.clone().unwrap_or_else(|| "5".to_owned())),
            _ => {}
        }
        let stray = (self.choices.is_some() && self.method != "choose")
            || (self.points.is_some() && !matches!(self.method.as_str(), "score" | "dots" | "star"));
        if stray {
            return Err(Failure::usage("--choices goes with `choose`, --points with `score`, `dots` and `star`"));
        }
        Ok(words.join(" ").parse()?)
    }

    /// Those that were typed; else what the motion needs, or as the rules say of polls.
    fn thresholds(
        &self,
        deciding: Option<Threshold>,
        usual: Option<Threshold>,
        method: Method,
    ) -> Result<Vec<Threshold>, Failure> {
        let mut thresholds =
            self.thresholds.iter().map(|text| terms::threshold(text, &self.of)).collect::<Result<Vec<_>, _>>()?;
        if thresholds.is_empty() {
            match (deciding, method.name()) {
                (Some(threshold), "yesno" | "consent") => thresholds.push(threshold),
                (_, "yesno") => thresholds.push(match usual.filter(|_| self.of == "cast") {
                    Some(threshold) => threshold,
                    None => terms::threshold(">1/2", &self.of)?,
                }),
                _ => {}
            }
        }
        thresholds.sort_by_key(ToString::to_string);
        thresholds.dedup();
        Ok(thresholds)
    }

    /// The answers of the method that need a reason.
    fn reasons(&self, usual: &PollTerms, method: Method) -> Result<Vec<Choice>, Failure> {
        let own: &[Choice] = match method.name() {
            "yesno" => &[Choice::Yes, Choice::No, Choice::Abstain],
            "consent" => &[Choice::Agree, Choice::Disagree, Choice::Block, Choice::Abstain],
            _ => &[Choice::Abstain],
        };
        let mut reasons: Vec<Choice> = match &self.reasons {
            Some(said) => said.iter().map(|word| word.parse()).collect::<Result<_, _>>()?,
            None => usual.reasons.iter().copied().filter(|choice| own.contains(choice)).collect(),
        };
        if let Some(stray) = reasons.iter().find(|choice| !own.contains(choice)) {
            return Err(Failure::usage(format!("`{stray}` is no answer by `{}`", method.name())));
        }
        reasons.sort();
        reasons.dedup();
        Ok(reasons)
    }

    fn voters(&self, session: &Session) -> Result<Vec<Handle>, Failure> {
        let mut voters = Vec::new();
        for word in &self.voters {
            match word.strip_prefix("role:") {
                None => voters.push(word.parse()?),
                Some(role) => {
                    let held = session.store.roles()?.into_iter().filter(|row| row.role.to_string() == role);
                    let before = voters.len();
                    voters.extend(held.filter_map(|row| row.holder));
                    if voters.len() == before {
                        return Err(Failure::no(format!("nobody holds the role `{}`", event::harmless_line(role)))
                            .hint("`members role` lists who holds which"));
                    }
                }
            }
        }
        Ok(voters)
    }
}

/// The notice that is asked for, of a post by the words that it has now.
fn called(session: &mut Session, text: &str) -> Result<Called, Failure> {
    let (post, share, days) = terms::called(text)?;
    let id = session.find("post", post).map_err(|failure| match failure.kind {
        Kind::No => Failure::no(format!("there is no post `{}`", event::harmless_line(post)))
            .hint("`announce list` shows the posts; `--sync` fetches new ones"),
        _ => failure,
    })?;
    let post = session.store.post(&id)?.map_or(id, |row| row.words);
    let days = match days {
        Some(days) => days,
        None => usual_days(session)?,
    };
    Ok(Called { post, share, days })
}

/// How many days before a meeting the rules ask notice for, begun ones in full; seven where they do not say.
fn usual_days(session: &Session) -> Result<u16, Failure> {
    let charter = session.charter()?;
    let days = charter.notice.get("meeting").map_or(7, |period| period.seconds().div_ceil(86_400));
    Ok(u16::try_from(days).unwrap_or(u16::MAX))
}
