//! `vote count`: counts any ballot file, without a community.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use clap::ValueHint;
use count::read::{FORMATS, Format};
use count::{Ballots, Blank, Method, Scale, Terms, TieBreak, Unranked};
use frame::{Failure, Output};

use crate::result::{self, failure};
use crate::{form, question};

const EXAMPLES: &str = "\
Examples:
  vote count board.blt                              # Scottish STV, the seats as the file says
  vote count board.blt --method stv --rule meek-prf --tie-break lot:2026-11-24
  vote count name.ranks --method schulze --json
  vote count budget.dots.csv --method dots --budget 10 --seats 3
  vote count roof.answers.csv --threshold 2/3 --quorum 1/2 --members 30
  vote count board.blt --to ranks                   # the same ballots in another format

vote(1) defines every method and rule.";

/// Count a ballot file: .blt, .ranks, .scores.csv, .approvals.csv, .dots.csv, .times.csv, .answers.csv
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The ballots; - for standard input
    #[arg(value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// The format, where the file's ending does not tell
    #[arg(long, value_parser = FORMATS.map(|(name, _)| name))]
    input: Option<String>,
    /// How to count; stv for rankings in a .blt, else as the format suggests
    #[arg(long, value_parser = count::METHODS)]
    method: Option<String>,
    /// Which rule of the method
    #[arg(long)]
    rule: Option<String>,
    /// How many are chosen; what a .blt says, else 1
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    seats: Option<u32>,
    /// stv: droop, hare, hagenbach-bischoff or imperiali
    #[arg(long)]
    quota: Option<String>,
    /// Whom a tie falls on that the rule cannot break: first-listed, last-listed, lot:SEED, order:FILE
    #[arg(long, value_name = "HOW")]
    tie_break: Option<String>,
    /// borda: what the last of all gets
    #[arg(long, value_parser = clap::value_parser!(u8).range(0..=1))]
    base: Option<u8>,
    /// borda: what those get whom a ballot does not rank
    #[arg(long, value_parser = ["average", "zero"])]
    unranked: Option<String>,
    /// score: what a blank means for the mean
    #[arg(long, value_parser = ["zero", "skip"])]
    blank: Option<String>,
    /// score, star: the scale, such as 0..5; ballots beyond it are invalid
    #[arg(long, value_name = "MIN..MAX")]
    scale: Option<String>,
    /// dots: how many a ballot may spend
    #[arg(long)]
    budget: Option<u64>,
    /// choose: how many a ballot chooses, such as 1..3
    #[arg(long, value_name = "MIN..MAX")]
    choices: Option<String>,
    /// Do not count: print the ballots, equal ones together, as blt, ranks, csv or json
    #[arg(long, value_name = "FORMAT", value_parser = form::FORMS, conflicts_with_all = ["method", "rule", "tie_break"])]
    to: Option<String>,
    #[command(flatten)]
    question: question::Conditions,
}

pub fn run(args: Args, out: &mut Output) -> Result<(), Failure> {
    let name = args.file.to_string_lossy();
    let format = match &args.input {
        Some(name) => FORMATS.iter().find(|(one, _)| one == name).map(|(_, format)| *format),
        None => Format::of_file(&name),
    };
    let format = format.ok_or_else(|| {
        Failure::usage("the file's ending does not tell its format")
            .hint("say which with --input: vote(1), BALLOT FILES")
    })?;
    if let Some(to) = &args.to {
        let ballots = read(&args.file, format)?;
        return form::show(&ballots, to, args.seats(&ballots), out);
    }
    let mut method = args.method(format)?;
    args.set(&mut method)?;
    let ballots = read(&args.file, format)?;
    let seats = args.seats(&ballots);
    let tie_break = args.tie_break.as_deref().map(tie_break).transpose()?;
    let outcome = count::count(&Terms { method, seats, tie_break }, &ballots).map_err(failure)?;
    result::show(&outcome, out)?;
    match (outcome.unbroken().is_some(), outcome.passed) {
        (true, _) => {
            Err(Failure::no("a tie is not broken").hint("decide how ties are broken before the vote: --tie-break"))
        }
        (false, Some(false)) => Err(Failure::no("it does not pass")),
        _ => Ok(()),
    }
}

fn read(file: &Path, format: Format) -> Result<Ballots, Failure> {
    let input: Box<dyn BufRead> = match file.as_os_str() == "-" {
        true => Box::new(io::stdin().lock()),
        false => {
            let file =
                File::open(file).map_err(|e| Failure::could(format!("cannot open `{}`: {e}", file.display())))?;
            Box::new(BufReader::with_capacity(1 << 18, file))
        }
    };
    count::read::read(input, format).map_err(failure)
}

/// The order for ties, as it is said.
fn tie_break(how: &str) -> Result<TieBreak, Failure> {
    match how.split_once(':') {
        None if how == "first-listed" => Ok(TieBreak::FirstListed),
        None if how == "last-listed" => Ok(TieBreak::LastListed),
        Some(("lot", seed)) if !seed.is_empty() => Ok(TieBreak::Lot(seed.to_owned())),
        Some(("order", file)) if !file.is_empty() => {
            let text =
                std::fs::read_to_string(file).map_err(|e| Failure::could(format!("cannot read `{file}`: {e}")))?;
            let names = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            Ok(TieBreak::Order { names, label: file.to_owned() })
        }
        _ => Err(Failure::usage(format!("`{how}` breaks no tie"))
            .hint("first-listed, last-listed, lot:SEED or order:FILE, a file with a name on each line")),
    }
}

impl Args {
    /// How many are chosen: as is said, else as the file says, else one.
    fn seats(&self, ballots: &Ballots) -> u32 {
        let in_file = match ballots {
            Ballots::Ranked(ranked) => ranked.seats(),
            _ => None,
        };
        self.seats.or(in_file).unwrap_or(1)
    }

    /// The method named, or the one that the format suggests.
    fn method(&self, format: Format) -> Result<Method, Failure> {
        let usual = match format {
            Format::Blt => "stv",
            Format::Scores => "score",
            Format::Approvals => "approval",
            Format::Dots => "dots",
            Format::Times => "time",
            Format::Answers => "yesno",
            Format::Ranks => {
                return match &self.method {
                    Some(method) => Method::named(method, self.rule.as_deref()).map_err(failure),
                    None => Err(Failure::usage("say how to count with --method").hint("schulze, irv, stv, borda, …")),
                };
            }
        };
        Method::named(self.method.as_deref().unwrap_or(usual), self.rule.as_deref()).map_err(failure)
    }

    /// Gives the method its parameters; one that does not go with it is refused.
    fn set(&self, method: &mut Method) -> Result<(), Failure> {
        if let Some(quota) = &self.quota {
            method.set_quota(quota).map_err(failure)?;
        }
        let name = method.name();
        let stray = |flag: &str| Failure::usage(format!("--{flag} does not go with the method {name}"));
        if let Some(given) = self.base {
            let Method::Borda { base, .. } = method else { return Err(stray("base")) };
            *base = given;
        }
        if let Some(given) = &self.unranked {
            let Method::Borda { unranked, .. } = method else { return Err(stray("unranked")) };
            *unranked = if given == "zero" { Unranked::Zero } else { Unranked::Average };
        }
        if let Some(given) = &self.blank {
            let Method::Score { blank, .. } = method else { return Err(stray("blank")) };
            *blank = if given == "skip" { Blank::Skip } else { Blank::Zero };
        }
        if let Some(given) = &self.scale {
            let (least, most) = span(given, "scale")?;
            let (Method::Score { scale, .. } | Method::Star { scale }) = method else { return Err(stray("scale")) };
            *scale = Some(Scale { least, most });
        }
        if let Some(given) = self.budget {
            let Method::Dots { budget } = method else { return Err(stray("budget")) };
            *budget = Some(given);
        }
        if let Some(given) = &self.choices {
            let (least, most) = span(given, "choices")?;
            let Method::Choose { min, max } = method else { return Err(stray("choices")) };
            (*min, *max) = (least, most);
        }
        match method {
            Method::YesNo(question) | Method::Consent(question) => self.question.set(question)?,
            _ if self.question.is_set() => return Err(stray("threshold, --quorum and the like")),
            _ => {}
        }
        Ok(())
    }
}

/// `1..3`, or `2` for `2..2`.
fn span<N: std::str::FromStr + PartialOrd + Copy>(text: &str, flag: &str) -> Result<(N, N), Failure> {
    let bad = || Failure::usage(format!("--{flag} is written MIN..MAX, such as 0..5"));
    let (least, most) = text.split_once("..").unwrap_or((text, text));
    let (least, most) = (least.parse().map_err(|_| bad())?, most.parse().map_err(|_| bad())?);
    match least <= most {
        true => Ok((least, most)),
        false => Err(bad()),
    }
}
