//! What is counted how: the methods, their rules and parameters, by the names that tools and polls use.

use crate::approval::Approval;
use crate::question::Question;
use crate::{Error, TieBreak};

/// A method with all that defines its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    /// Agree, abstain, disagree, block.
    Consent(Question),
    /// Yes, no, abstain.
    YesNo(Question),
    /// From min to max of the options.
    Choose {
        /// The fewest that a ballot chooses.
        min: u32,
        /// The most.
        max: u32,
    },
    /// As many as one approves.
    Approval(Approval),
    /// A score for each option.
    Score {
        /// The mean instead of the sum.
        mean: bool,
        /// What a blank means for the mean.
        blank: Blank,
        /// Scores beyond it make a ballot invalid.
        scale: Option<Scale>,
    },
    /// Dots to spend.
    Dots {
        /// How many a ballot may spend.
        budget: Option<u64>,
    },
    /// Points by rank.
    Borda {
        /// What the last of all gets: 0 or 1.
        base: u8,
        /// What those get whom a ballot does not rank.
        unranked: Unranked,
    },
    /// Instant runoff.
    Irv,
    /// Single transferable vote.
    Stv(Stv),
    /// Schulze's method.
    Schulze(Strength),
    /// Tideman's ranked pairs.
    RankedPairs(Strength),
    /// Score, then automatic runoff.
    Star {
        /// The scale; 0 to 5, or to the highest score that occurs, if not given.
        scale: Option<Scale>,
    },
    /// Time slots: yes, if need be, no.
    Time,
}

/// What a blank is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blank {
    /// A score of zero.
    Zero,
    /// No score at all.
    Skip,
}

/// A scale of scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// The lowest.
    pub least: i32,
    /// The highest.
    pub most: i32,
}

impl Scale {
    pub(crate) fn holds(self, mark: i32) -> bool {
        (self.least..=self.most).contains(&mark)
    }
}

/// What unranked candidates get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unranked {
    /// The average of the points left over.
    Average,
    /// Nothing.
    Zero,
}

/// The strength of a defeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// The votes of the winning side.
    Winning,
    /// By how many votes it wins.
    Margins,
}

/// Rule sets of the single transferable vote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stv {
    /// Scottish Local Government Elections Order 2007.
    Scottish,
    /// Reference WIGM of the Proportional Representation Foundation.
    WigmPrf,
    /// Reference Meek of the same.
    MeekPrf,
    /// Weighted inclusive Gregory in exact fractions.
    Wigm(Quota),
    /// Meek in 27 decimals, equal ranks split.
    Meek,
    /// RCTab's multi-winner rule.
    Rctab(Quota),
}

/// What it takes to be elected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// floor(valid / (seats + 1)) + 1
    Droop,
    /// valid / seats
    Hare,
    /// valid / (seats + 1)
    HagenbachBischoff,
    /// valid / (seats + 2)
    Imperiali,
}

/// The terms of a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// How it is counted.
    pub method: Method,
    /// How many are chosen; questions have none.
    pub seats: u32,
    /// What breaks ties that the rule cannot.
    pub tie_break: Option<TieBreak>,
}

/// The names of all methods.
pub const METHODS: [&str; 13] = [
    "consent",
    "yesno",
    "choose",
    "approval",
    "score",
    "dots",
    "borda",
    "irv",
    "stv",
    "schulze",
    "ranked-pairs",
    "star",
    "time",
];

impl Method {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Consent(_) => "consent",
            Method::YesNo(_) => "yesno",
            Method::Choose { .. } => "choose",
            Method::Approval(_) => "approval",
            Method::Score { .. } => "score",
            Method::Dots { .. } => "dots",
            Method::Borda { .. } => "borda",
            Method::Irv => "irv",
            Method::Stv(_) => "stv",
            Method::Schulze(_) => "schulze",
            Method::RankedPairs(_) => "ranked-pairs",
            Method::Star { .. } => "star",
            Method::Time => "time",
        }
    }

    /// The name of its rule, where it has several.
    pub fn rule(&self) -> Option<&'static str> {
        Some(match self {
            Method::Approval(Approval::Av) => "av",
            Method::Approval(Approval::Sav) => "sav",
            Method::Approval(Approval::Pav) => "pav",
            Method::Approval(Approval::SeqPav) => "seqpav",
            Method::Score { mean: false, .. } => "sum",
            Method::Score { mean: true, .. } => "mean",
            Method::Irv => "one-at-a-time",
            Method::Stv(Stv::Scottish) => "scottish",
            Method::Stv(Stv::WigmPrf) => "wigm-prf",
            Method::Stv(Stv::MeekPrf) => "meek-prf",
            Method::Stv(Stv::Wigm(_)) => "wigm",
            Method::Stv(Stv::Meek) => "meek",
            Method::Stv(Stv::Rctab(_)) => "rctab",
            Method::Schulze(Strength::Winning) | Method::RankedPairs(Strength::Winning) => "wv",
            Method::Schulze(Strength::Margins) | Method::RankedPairs(Strength::Margins) => "margins",
            _ => return None,
        })
    }

    /// A method by the names of method and rule, its other parameters as they are if nothing is said.
    pub fn named(method: &str, rule: Option<&str>) -> Result<Method, Error> {
        let no_rule = || {
            Error::terms(match Method::rules(method) {
                [] => format!("`{method}` has no rules to choose from"),
                rules => format!("`{method}` has the rules {}", rules.join(", ")),
            })
        };
        let rules = Method::rules(method);
        if rule.is_some_and(|rule| !rules.contains(&rule)) {
            return Err(no_rule());
        }
        let strength = match rule {
            Some("margins") => Strength::Margins,
            _ => Strength::Winning,
        };
        Ok(match (method, rule) {
            ("consent", _) => Method::Consent(Question::consent()),
            ("yesno", _) => Method::YesNo(Question::majority()),
            ("choose", _) => Method::Choose { min: 1, max: 1 },
            ("approval", Some("sav")) => Method::Approval(Approval::Sav),
            ("approval", Some("pav")) => Method::Approval(Approval::Pav),
            ("approval", Some("seqpav")) => Method::Approval(Approval::SeqPav),
            ("approval", _) => Method::Approval(Approval::Av),
            ("score", rule) => Method::Score { mean: rule == Some("mean"), blank: Blank::Zero, scale: None },
            ("dots", _) => Method::Dots { budget: None },
            ("borda", _) => Method::Borda { base: 1, unranked: Unranked::Average },
            ("irv", _) => Method::Irv,
            ("stv", Some("wigm-prf")) => Method::Stv(Stv::WigmPrf),
            ("stv", Some("meek-prf")) => Method::Stv(Stv::MeekPrf),
            ("stv", Some("wigm")) => Method::Stv(Stv::Wigm(Quota::Droop)),
            ("stv", Some("meek")) => Method::Stv(Stv::Meek),
            ("stv", Some("rctab")) => Method::Stv(Stv::Rctab(Quota::Droop)),
            ("stv", _) => Method::Stv(Stv::Scottish),
            ("schulze", _) => Method::Schulze(strength),
            ("ranked-pairs", _) => Method::RankedPairs(strength),
            ("star", _) => Method::Star { scale: None },
            ("time", _) => Method::Time,
            _ => return Err(Error::terms(format!("there is no such method: {}", METHODS.join(", ")))),
        })
    }

    /// The names of a method's rules, the one that is used if none is named first.
    pub fn rules(method: &str) -> &'static [&'static str] {
        match method {
            "approval" => &["av", "sav", "pav", "seqpav"],
            "score" => &["sum", "mean"],
            "irv" => &["one-at-a-time"],
            "stv" => &["scottish", "wigm-prf", "meek-prf", "wigm", "meek", "rctab"],
            "schulze" | "ranked-pairs" => &["wv", "margins"],
            _ => &[],
        }
    }

    /// Sets a quota, for the rules that let one choose.
    pub fn set_quota(&mut self, quota: &str) -> Result<(), Error> {
        let chosen = match quota {
            "droop" => Quota::Droop,
            "hare" => Quota::Hare,
            "hagenbach-bischoff" => Quota::HagenbachBischoff,
            "imperiali" => Quota::Imperiali,
            _ => return Err(Error::terms("quotas are droop, hare, hagenbach-bischoff and imperiali")),
        };
        match self {
            Method::Stv(Stv::Wigm(quota)) => *quota = chosen,
            Method::Stv(Stv::Rctab(quota)) if matches!(chosen, Quota::Droop | Quota::Hare) => *quota = chosen,
            Method::Stv(Stv::Rctab(_)) => return Err(Error::terms("the rule rctab has the quotas droop and hare")),
            _ if chosen == Quota::Droop && matches!(self, Method::Stv(Stv::Scottish)) => {}
            _ => return Err(Error::terms("a quota can be chosen for the rules wigm and rctab")),
        }
        Ok(())
    }
}
