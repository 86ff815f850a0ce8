//! One question: yes/no by threshold, and consent by the absence of blocks; both with quorums.
//!
//! **yesno.** It passes if the yeses are at least (or, strict, more than) the threshold's share of its base: yes and no
//! together, all valid ballots, or all members; and every quorum is met. A share of nothing is never reached.
//! **consent.** It passes if there are no more blocks than are allowed (none, if not said), at least one valid answer,
//! every quorum is met, and, where a threshold is given, that. A block counts as a no in the threshold.
//!
//! Quorum: a share or number of the members, or a factor times the square root of their number (the constitution of
//! Debian, 4.2.7 and A.6: 3·√n/2), counted in all valid ballots (abstentions included), in yes and no, or in yes alone
//! (an approval quorum, which has no no-show paradox). Invalid papers count for none.

use crate::outcome::{Condition, Outcome};
use crate::share::{Share, needs_root};
use crate::{Answers, Error};

/// What the share of a threshold is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// Yes and no together.
    YesNo,
    /// All valid ballots, abstentions included.
    Cast,
    /// All who may vote.
    Members,
}

/// A bar, and whether it must be exceeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threshold {
    /// Which share.
    pub share: Share,
    /// More than that, not just as much.
    pub strict: bool,
    /// Of what.
    pub of: Base,
}

/// How large a quorum is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A share of the members.
    Share(Share),
    /// So many.
    Number(u64),
    /// A factor, as two integers, times the square root of the number of members.
    Root(u64, u64),
}

/// Which ballots a quorum counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// All valid ones, abstentions included.
    Cast,
    /// Yes and no.
    YesNo,
    /// Yes.
    Yes,
}

/// A quorum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// How large.
    pub size: Size,
    /// More than that; of a share only.
    pub strict: bool,
    /// Of what.
    pub counted: Counted,
}

/// The conditions that a question must meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The threshold; for yes/no there is one.
    pub threshold: Option<Threshold>,
    /// All of them must be met.
    pub quorums: Vec<Quorum>,
    /// For consent: how many blocks are allowed.
    pub blocks: Option<u64>,
    /// How many may vote, where a condition asks.
    pub members: Option<u64>,
}

impl Question {
    /// More yeses than noes, no quorum.
    pub fn majority() -> Self {
        let half = Share::new(1, 2).ok();
        let threshold = half.map(|share| Threshold { share, strict: true, of: Base::YesNo });
        Question { threshold, quorums: Vec::new(), blocks: None, members: None }
    }

    /// No blocks, no quorum.
    pub fn consent() -> Self {
        Question { threshold: None, quorums: Vec::new(), blocks: Some(0), members: None }
    }
}

pub(crate) fn count(question: &Question, answers: &Answers, mut out: Outcome) -> Result<Outcome, Error> {
    let cast = answers.cast()?;
    let against = answers.no + answers.block;
    let members = || question.members.ok_or_else(|| Error::terms("a share of the members needs their number"));
    if question.members.is_some_and(|members| cast > members) {
        return Err(Error::ballots("there are more ballots than members"));
    }
    for quorum in &question.quorums {
        let (name, have) = match quorum.counted {
            Counted::Cast => ("quorum", cast),
            Counted::YesNo => ("quorum of yes and no", answers.yes + against),
            Counted::Yes => ("approval quorum", answers.yes),
        };
        let needs = match quorum.size {
            Size::Number(n) => n,
            Size::Share(share) => share.needs(members()?, quorum.strict),
            Size::Root(over, under) => needs_root(over, under, members()?),
        };
        let of = question.members.unwrap_or(cast);
        out.conditions.push(Condition { name, have, of, needs, met: have >= needs });
    }
    if let Some(threshold) = question.threshold {
        let of = match threshold.of {
            Base::YesNo => answers.yes + against,
            Base::Cast => cast,
            Base::Members => members()?,
        };
        let needs = threshold.share.needs(of, threshold.strict);
        let met = of > 0 && answers.yes >= needs;
        out.conditions.push(Condition { name: "threshold", have: answers.yes, of, needs, met });
    }
    if let Some(allowed) = question.blocks {
        let met = answers.block <= allowed && cast > 0;
        out.conditions.push(Condition { name: "blocks", have: answers.block, of: cast, needs: allowed, met });
    }
    (out.ballots, out.valid, out.invalid) = (cast + answers.invalid, cast, answers.invalid);
    out.passed = Some(out.conditions.iter().all(|condition| condition.met) && cast > 0);
    Ok(out)
}
